//! Going through keys and collections in steps: the SCAN family. Source: Redis 7.0, `db.c`, `scanGenericCommand`.
//!
//! Cursors are our own; the promise is Redis's: what is there all the time is told at least once.

use super::Data;
use super::argument::{err, is_word, need_integer, settle, syntax};
use super::keys::glob;
use super::shape;
use super::table::{Keys, Spec, rows};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::Score;

pub(super) const COMMANDS: &[Spec] = rows! { Generic:
    "scan" -2 [Read] Keys::None, Data(scan);
    @Hash "hscan" -3 [Read] Keys::One(1), Data(hscan);
    @Set "sscan" -3 [Read] Keys::One(1), Data(sscan);
    @SortedSet "zscan" -3 [Read] Keys::One(1), Data(zscan);
};

/// A cursor as C's `strtoul` reads it: nothing is 0, and what is negative counts from the end of all numbers.
fn cursor(word: &[u8]) -> Result<u64, Reply> {
    let (digits, negative) = match word.split_first() {
        None => return Ok(0),
        Some((b'-', rest)) => (rest, true),
        Some((b'+', rest)) => (rest, false),
        Some(_) => (word, false),
    };
    let strict = digits.iter().all(u8::is_ascii_digit);
    let number = std::str::from_utf8(digits).ok().filter(|_| strict).and_then(|text| text.parse::<u64>().ok());
    let number = number.ok_or_else(|| err("ERR invalid cursor"))?;
    Ok(if negative { number.wrapping_neg() } else { number })
}

struct Options<'a> {
    count: u64,
    pattern: Option<&'a Blob>,
    kind: Option<&'a Blob>,
}

impl Options<'_> {
    fn wants(&self, name: &[u8]) -> bool {
        self.pattern.is_none_or(|pattern| glob(pattern, name))
    }
}

fn options(words: &[Blob], of_keys: bool) -> Result<Options<'_>, Reply> {
    let mut options = Options { count: 10, pattern: None, kind: None };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(syntax)?;
        match () {
            () if is_word(word, "COUNT") => {
                let count = need_integer(value)?;
                options.count = u64::try_from(count).ok().filter(|&count| count > 0).ok_or_else(syntax)?;
            }
            () if is_word(word, "MATCH") => options.pattern = Some(value),
            () if of_keys && is_word(word, "TYPE") => options.kind = Some(value),
            () => return Err(syntax()),
        }
    }
    Ok(options)
}

fn answer(cursor: u64, items: Vec<Reply>) -> Reply {
    Reply::Array(vec![Reply::bulk(cursor.to_string()), Reply::Array(items)])
}

fn scan(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_scan(data, argv))
}

fn try_scan(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let from = cursor(&argv[1])?;
    let options = options(&argv[2..], true)?;
    let (next, keys) = data.store.scan(from, options.count);
    let mut found = Vec::new();
    for key in keys {
        if !options.wants(&key) {
            continue;
        }
        let kind = data.peek(&key).map(|entry| entry.value.type_name());
        if kind.is_some_and(|kind| options.kind.is_none_or(|wanted| is_word(wanted, kind))) {
            found.push(Reply::Bulk(key));
        }
    }
    Ok(answer(next, found))
}

/// Places of a collection from its end on: a small one whole, of a large one the next few.
fn places(length: usize, large: bool, cursor: u64, options: &Options<'_>) -> (u64, std::ops::Range<usize>) {
    if !large {
        return (0, 0..length);
    }
    let to = if cursor == 0 { length } else { length.min(cursor as usize) };
    let from = to - to.min(usize::try_from(options.count).unwrap_or(usize::MAX));
    (from as u64, from..to)
}

fn hscan(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_hscan(data, argv))
}

fn try_hscan(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let from = cursor(&argv[2])?;
    let Some(hash) = data.hash(&argv[1])? else {
        return Ok(answer(0, Vec::new()));
    };
    let options = options(&argv[3..], false)?;
    let (next, places) = places(hash.len(), hash.is_large(), from, &options);
    let found = places.filter_map(|at| hash.get_index(at)).filter(|(field, _)| options.wants(field));
    let flat = found.flat_map(|(field, value)| [field, value]).map(|item| Reply::Bulk(item.clone()));
    Ok(answer(next, flat.collect()))
}

fn sscan(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_sscan(data, argv))
}

fn try_sscan(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let from = cursor(&argv[2])?;
    let Some(set) = data.members(&argv[1])? else {
        return Ok(answer(0, Vec::new()));
    };
    let options = options(&argv[3..], false)?;
    let (next, places) = places(set.len(), set.is_large(), from, &options);
    let all = if set.is_large() { None } else { Some(set.sorted()) };
    let member = |at| all.as_ref().map_or(set.get_index(at), |all| all.get(at));
    let found = places.filter_map(member).filter(|member| options.wants(member));
    Ok(answer(next, found.map(|member| Reply::Bulk(member.clone())).collect()))
}

fn zscan(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_zscan(data, argv))
}

fn try_zscan(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let from = cursor(&argv[2])?;
    let Some(zset) = data.zset(&argv[1])? else {
        return Ok(answer(0, Vec::new()));
    };
    let options = options(&argv[3..], false)?;
    if !zset.is_large() {
        let found = zset.from(0).filter(|(_, member)| options.wants(member));
        return Ok(answer(0, pairs(found.map(|(score, member)| (member, *score)), true)));
    }
    let (next, places) = places(zset.len(), true, from, &options);
    let found = places.filter_map(|at| zset.any(at)).filter(|(member, _)| options.wants(member));
    Ok(answer(next, pairs(found, false)))
}

/// Scores are strings here, in RESP3 too; those of a small sorted set are integers where they can be.
fn pairs<'a>(items: impl Iterator<Item = (&'a Blob, Score)>, small: bool) -> Vec<Reply> {
    let text = |score| if small { shape::listpack_text(score) } else { shape::score_text(score) };
    items.flat_map(|(member, score)| [Reply::Bulk(member.clone()), text(score)]).collect()
}
