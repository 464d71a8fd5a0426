//! Acknowledged writes that can be told apart: what each leaves behind, and how to look for it.

use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::{Store, Value};

/// What an acknowledged write leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trace {
    /// SET: this very value.
    Holds(Blob),
    /// LPUSH, RPUSH: this item in the list.
    Item(Blob),
    /// SADD, ZADD: this member.
    Member(Blob),
    /// HSET: this field, with this value.
    Field(Blob, Blob),
    /// APPEND: this piece in the text.
    Piece(Blob),
    /// INCR: at least this number.
    AtLeast(i64),
    /// DEL: nothing.
    Absent,
    /// EXPIRE: nothing, or a deadline.
    Fading,
}

impl Trace {
    /// What a command left behind that was answered so; `None` if it wrote nothing that can be followed.
    pub(super) fn of(argv: &[Blob], reply: &Reply) -> Option<Self> {
        let word = |place: usize| argv.get(place).cloned();
        match (argv.first()?.to_ascii_lowercase().as_slice(), reply) {
            (b"set", Reply::Status(_)) if argv.len() == 3 => Some(Self::Holds(word(2)?)),
            (b"lpush" | b"rpush", Reply::Integer(_)) => Some(Self::Item(word(2)?)),
            (b"sadd", Reply::Integer(1)) => Some(Self::Member(word(2)?)),
            (b"zadd", Reply::Integer(1)) => Some(Self::Member(word(3)?)),
            (b"hset", Reply::Integer(1)) => Some(Self::Field(word(2)?, word(3)?)),
            (b"append", Reply::Integer(_)) => Some(Self::Piece(word(2)?)),
            (b"incr", Reply::Integer(number)) => Some(Self::AtLeast(*number)),
            (b"del", Reply::Integer(1)) if argv.len() == 2 => Some(Self::Absent),
            (b"expire", Reply::Integer(1)) => Some(Self::Fading),
            _ => None,
        }
    }

    /// Whether a store shows it at `key`.
    pub(super) fn is_in(&self, store: &Store, key: &[u8]) -> bool {
        let Some(entry) = store.raw(key) else {
            return matches!(self, Self::Absent | Self::Fading);
        };
        let text = entry.value.text();
        match (self, &entry.value) {
            (Self::Absent, _) => false,
            (Self::Fading, _) => entry.deadline.is_some(),
            (Self::Holds(wanted), _) => text == Some(&wanted[..]),
            (Self::Piece(piece), _) => {
                text.is_some_and(|text| text.windows(piece.len()).any(|part| part == &piece[..]))
            }
            (Self::AtLeast(least), _) => text.and_then(number) >= Some(*least),
            (Self::Item(item), Value::List(items)) => items.contains(item),
            (Self::Member(member), Value::Set(set)) => set.contains(member),
            (Self::Member(member), Value::ZSet(zset)) => zset.score(member).is_some(),
            (Self::Field(field, value), Value::Hash(hash)) => hash.get(field) == Some(value),
            _ => false,
        }
    }
}

fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Whether a command has this name.
pub(super) fn is_named(argv: &[Blob], name: &str) -> bool {
    argv.first().is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
}

/// Whether a command replaces or removes what its key held before.
pub(super) fn replaces(argv: &[Blob]) -> bool {
    ["set", "del", "expire"].iter().any(|name| is_named(argv, name))
}
