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
        let second = || argv.get(2).cloned();
        match (argv.first()?.to_ascii_lowercase().as_slice(), reply) {
            (b"set", Reply::Status(_)) if argv.len() == 3 => Some(Self::Holds(second()?)),
            (b"lpush" | b"rpush", Reply::Integer(_)) => Some(Self::Item(second()?)),
            (b"append", Reply::Integer(_)) => Some(Self::Piece(second()?)),
            (b"incr", Reply::Integer(number)) => Some(Self::AtLeast(*number)),
            (b"del", Reply::Integer(1)) if argv.len() == 2 => Some(Self::Absent),
            (b"expire", Reply::Integer(1)) => Some(Self::Fading),
            _ => None,
        }
    }

    /// Whether a store shows it at `key`.
    pub(super) fn is_in(&self, store: &Store, key: &[u8]) -> bool {
        let entry = store.raw(key);
        let value = entry.map(|entry| &entry.value);
        match (self, value) {
            (Self::Absent, value) => value.is_none(),
            (Self::Fading, _) => entry.is_none_or(|entry| entry.deadline.is_some()),
            (Self::Holds(text), Some(Value::String(held))) => text == held,
            (Self::Item(item), Some(Value::List(items))) => items.contains(item),
            (Self::Piece(piece), Some(Value::String(text))) => {
                text.windows(piece.len()).any(|part| part == &piece[..])
            }
            (Self::AtLeast(least), Some(Value::String(text))) => number(text) >= Some(*least),
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
