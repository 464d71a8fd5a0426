//! What a client wants popped, now or when it comes: what blocking commands and their plain sisters share.
//!
//! Source: Redis 7.0, `t_list.c`, `serveClientBlockedOnList`; `t_zset.c`, `genericZpopCommand`.

use super::Data;
use super::argument::{WRONG_TYPE, bulks, err, is_word, need_within, syntax};
use super::shape;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::{Score, Value};

/// What is wanted of the first of some keys that has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Wish {
    /// One element of a list: BLPOP, BRPOP.
    Pop {
        /// From the left end.
        left: bool,
    },
    /// Some elements of a list: LMPOP.
    PopSome {
        /// From the left end.
        left: bool,
        /// At most so many.
        most: u64,
    },
    /// One element, that goes to another list: LMOVE.
    Move {
        /// The other list.
        to: Blob,
        /// From the left end.
        from_left: bool,
        /// To the left end.
        to_left: bool,
    },
    /// One member of a sorted set: BZPOPMIN, BZPOPMAX.
    ZPop {
        /// The lowest one.
        min: bool,
    },
    /// Some members of a sorted set: ZMPOP.
    ZPopSome {
        /// The lowest ones.
        min: bool,
        /// At most so many.
        most: u64,
    },
}

impl Wish {
    /// The answer inside a transaction, where nothing waits.
    pub fn nothing(&self) -> Reply {
        match self {
            Self::Move { .. } => Reply::Null,
            _ => Reply::NullArray,
        }
    }

    fn is_list(&self) -> bool {
        matches!(self, Self::Pop { .. } | Self::PopSome { .. } | Self::Move { .. })
    }
}

/// Grants a wish from the first key that has something; `None` if none has. A key of the wrong type is an error to one
/// who asks (`strict`), and nothing to one who waits.
pub fn grant(data: &mut Data<'_>, keys: &[Blob], wish: &Wish, strict: bool) -> Option<Reply> {
    for key in keys {
        let fits = match data.get(key) {
            None => continue,
            Some(Value::List(_)) => wish.is_list(),
            Some(Value::ZSet(_)) => !wish.is_list(),
            Some(_) => false,
        };
        if fits {
            return Some(from_key(data, key, wish).unwrap_or_else(|error| error));
        }
        if strict {
            return Some(err(WRONG_TYPE));
        }
    }
    None
}

fn from_key(data: &mut Data<'_>, key: &Blob, wish: &Wish) -> Result<Reply, Reply> {
    match *wish {
        Wish::Pop { left } => {
            let taken = pop(data, key, left, 1)?;
            Ok(bulks([key].into_iter().chain(&taken)))
        }
        Wish::PopSome { left, most } => {
            let taken = pop(data, key, left, most)?;
            Ok(Reply::Array(vec![Reply::Bulk(key.clone()), bulks(taken.iter())]))
        }
        Wish::Move { ref to, from_left, to_left } => {
            data.list(to)?;
            let Some(element) = data.list_mut(key)?.pop(from_left) else {
                return Ok(Reply::Null);
            };
            data.list_mut(to)?.push(element.clone(), to_left);
            data.changed(to);
            data.changed(key);
            data.pass_on_words(&[b"LMOVE", key, to, side(from_left), side(to_left)]);
            Ok(Reply::Bulk(element))
        }
        Wish::ZPop { min } => {
            let taken = zpop(data, key, min, 1)?;
            let one = taken.first().map(|(score, member)| (Reply::Bulk(member.clone()), shape::double(*score)));
            let (member, score) = one.unwrap_or((Reply::Null, Reply::Null));
            Ok(Reply::Array(vec![Reply::Bulk(key.clone()), member, score]))
        }
        Wish::ZPopSome { min, most } => {
            let taken = zpop(data, key, min, most)?;
            let pair = |(score, member): &(Score, Blob)| {
                Reply::Array(vec![Reply::Bulk(member.clone()), shape::double(*score)])
            };
            Ok(Reply::Array(vec![Reply::Bulk(key.clone()), Reply::Array(taken.iter().map(pair).collect())]))
        }
    }
}

fn side(left: bool) -> &'static [u8] {
    if left { b"LEFT" } else { b"RIGHT" }
}

fn pop(data: &mut Data<'_>, key: &Blob, left: bool, most: u64) -> Result<Vec<Blob>, Reply> {
    let list = data.list_mut(key)?;
    let most = most.min(list.len() as u64);
    let taken = (0..most).filter_map(|_| list.pop(left)).collect();
    data.changed(key);
    let most = most.to_string();
    data.pass_on_words(&[if left { b"LPOP" } else { b"RPOP" }, key, most.as_bytes()]);
    Ok(taken)
}

/// Removes the lowest or highest members, and passes that on.
pub(super) fn zpop(data: &mut Data<'_>, key: &Blob, min: bool, most: u64) -> Result<Vec<(Score, Blob)>, Reply> {
    let zset = data.zset_mut(key)?;
    let most = most.min(zset.len() as u64) as usize;
    let from = if min { 0 } else { zset.len() - most };
    let mut taken: Vec<(Score, Blob)> = zset.from(from).take(most).cloned().collect();
    taken.iter().for_each(|(_, member)| _ = zset.take(member));
    if !min {
        taken.reverse();
    }
    data.changed(key);
    let most = most.to_string();
    let name: &[u8] = if min { b"ZPOPMIN" } else { b"ZPOPMAX" };
    data.pass_on_words(&[name, key, most.as_bytes()]);
    Ok(taken)
}

/// The two sides of LMOVE and BLMOVE.
pub(super) fn sides(argv: &[Blob]) -> Result<(bool, bool), Reply> {
    let left = |word: &Blob| match () {
        () if is_word(word, "LEFT") => Ok(true),
        () if is_word(word, "RIGHT") => Ok(false),
        () => Err(syntax()),
    };
    Ok((left(&argv[3])?, left(&argv[4])?))
}

/// `numkeys key [key ...] ONE|OTHER [COUNT count]`: the keys, whether it is the one, and how many.
pub(super) fn several<'a>(words: &'a [Blob], one: &str, other: &str) -> Result<(&'a [Blob], bool, u64), Reply> {
    let keys = need_within(&words[0], 1, i64::MAX, "ERR numkeys should be greater than 0")? as usize;
    let (keys, rest) = words[1..].split_at_checked(keys).ok_or_else(syntax)?;
    let (which, mut rest) = rest.split_first().ok_or_else(syntax)?;
    let is_one = is_word(which, one);
    if !is_one && !is_word(which, other) {
        return Err(syntax());
    }
    let mut most = None;
    while let Some((word, tail)) = rest.split_first() {
        let ([number, tail @ ..], true, None) = (tail, is_word(word, "COUNT"), most) else {
            return Err(syntax());
        };
        most = Some(need_within(number, 1, i64::MAX, "ERR count should be greater than 0")? as u64);
        rest = tail;
    }
    Ok((keys, is_one, most.unwrap_or(1)))
}
