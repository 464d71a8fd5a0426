//! Strings as rows of bits: SETBIT, BITCOUNT, BITPOS, BITOP. Source: Redis 7.0, `bitops.c`.

use super::Data;
use super::argument::{count, err, is_word, need_integer, need_within, settle, syntax};
use super::data::VALUE_LIMIT;
use super::table::{Keys, Spec, rows};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::Value;

pub(super) const COMMANDS: &[Spec] = rows! { Bitmap:
    "setbit" 4 [Write DenyOom] Keys::One(1), Data(setbit);
    "getbit" 3 [Read Fast] Keys::One(1), Data(getbit);
    "bitcount" -2 [Read] Keys::One(1), Data(bitcount);
    "bitpos" -3 [Read] Keys::One(1), Data(bitpos);
    "bitop" -4 [Write DenyOom] Keys::From(2), Data(bitop);
};

/// `ERR bit offset is not an integer or out of range`.
pub(super) const BAD_OFFSET: &str = "ERR bit offset is not an integer or out of range";

fn offset(word: &[u8]) -> Result<usize, Reply> {
    need_within(word, 0, VALUE_LIMIT as i64 * 8 - 1, BAD_OFFSET).map(|offset| offset as usize)
}

fn bit(bytes: &[u8], at: usize) -> bool {
    bytes.get(at / 8).is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1)
}

fn setbit(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_setbit(data, argv))
}

fn try_setbit(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let key = &argv[1];
    let at = offset(&argv[2])?;
    let on = need_within(&argv[3], 0, 1, "ERR bit is not an integer or out of range")?;
    let old = bit(data.bytes(key)?, at);
    let bytes = data.bytes_mut(key)?;
    bytes.resize(bytes.len().max(at / 8 + 1), 0);
    let mask = 128 >> (at % 8);
    bytes[at / 8] = bytes[at / 8] & !mask | if on == 1 { mask } else { 0 };
    data.changed(key);
    data.pass_on(argv);
    Ok(Reply::Integer(old.into()))
}

fn getbit(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(offset(&argv[2]).and_then(|at| Ok(Reply::Integer(bit(data.bytes(&argv[1])?, at).into()))))
}

/// Negative places count from the end; both ends are cut to the length.
fn span(start: i64, end: i64, length: usize) -> (i64, i64) {
    let length = length as i64;
    let place = |at: i64| if at < 0 { at.saturating_add(length).max(0) } else { at };
    (place(start), place(end).min(length - 1))
}

fn is_bits(word: &[u8]) -> Result<bool, Reply> {
    match () {
        () if is_word(word, "BIT") => Ok(true),
        () if is_word(word, "BYTE") => Ok(false),
        () => Err(syntax()),
    }
}

fn bitcount(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_bitcount(data, argv))
}

fn try_bitcount(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    if data.peek(&argv[1]).is_none() {
        return Ok(count(0));
    }
    let bytes = data.bytes(&argv[1])?;
    let (from, to) = match &argv[2..] {
        [] => (0, bytes.len() as i64 * 8 - 1),
        [start, end, unit @ ..] if unit.len() <= 1 => {
            let (start, end) = (need_integer(start)?, need_integer(end)?);
            if start < 0 && end < 0 && start > end {
                return Ok(count(0));
            }
            if unit.first().map_or(Ok(false), |unit| is_bits(unit))? {
                span(start, end, bytes.len() * 8)
            } else {
                let (start, end) = span(start, end, bytes.len());
                (start.saturating_mul(8), end.saturating_mul(8).saturating_add(7))
            }
        }
        _ => return Err(syntax()),
    };
    let (mut at, mut ones) = (from, 0);
    while at <= to {
        if at % 8 == 0 && at + 7 <= to {
            ones += bytes[at as usize / 8].count_ones() as usize;
            at += 8;
        } else {
            ones += usize::from(bit(bytes, at as usize));
            at += 1;
        }
    }
    Ok(count(ones))
}

fn bitpos(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_bitpos(data, argv))
}

fn try_bitpos(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let wanted = need_integer(&argv[2])?;
    if !(0..=1).contains(&wanted) {
        return Err(err("ERR The bit argument must be 1 or 0."));
    }
    let wanted = wanted == 1;
    if data.peek(&argv[1]).is_none() {
        return Ok(Reply::Integer(if wanted { -1 } else { 0 }));
    }
    let bytes = data.bytes(&argv[1])?;
    let (mut from, mut to, mut end_given) = (0, bytes.len() as i64 * 8 - 1, false);
    if argv.len() > 6 {
        return Err(syntax());
    }
    if let Some(start) = argv.get(3) {
        let start = need_integer(start)?;
        let in_bits = argv.get(5).map_or(Ok(false), |unit| is_bits(unit))?;
        end_given = argv.len() > 4;
        let end = argv.get(4).map_or(Ok(-1), |end| need_integer(end))?;
        if in_bits {
            (from, to) = span(start, end, bytes.len() * 8);
        } else {
            let (start, end) = span(start, end, bytes.len());
            (from, to) = (start.saturating_mul(8), end.saturating_mul(8).saturating_add(7));
        }
    }
    if from > to {
        return Ok(Reply::Integer(-1));
    }
    let dull = if wanted { 0 } else { 255 };
    let mut at = from;
    while at <= to {
        if at % 8 == 0 && at + 7 <= to && bytes[at as usize / 8] == dull {
            at += 8;
        } else if bit(bytes, at as usize) == wanted {
            return Ok(Reply::Integer(at));
        } else {
            at += 1;
        }
    }
    // A string without an end given goes on in zeros.
    Ok(Reply::Integer(if wanted || end_given { -1 } else { bytes.len() as i64 * 8 }))
}

fn bitop(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_bitop(data, argv))
}

fn try_bitop(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let operation =
        ["AND", "OR", "XOR", "NOT"].into_iter().find(|name| is_word(&argv[1], name)).ok_or_else(syntax)?;
    if operation == "NOT" && argv.len() != 4 {
        return Err(err("ERR BITOP NOT must be called with a single source key."));
    }
    let mut sources = Vec::new();
    for key in &argv[3..] {
        sources.push(data.bytes(key)?.to_vec());
    }
    let length = sources.iter().map(Vec::len).max().unwrap_or(0);
    let mut sources = sources.into_iter();
    let mut result = sources.next().unwrap_or_default();
    result.resize(length, 0);
    if operation == "NOT" {
        result.iter_mut().for_each(|byte| *byte = !*byte);
    }
    for source in sources {
        for (at, byte) in result.iter_mut().enumerate() {
            let other = source.get(at).copied().unwrap_or(0);
            *byte = match operation {
                "AND" => *byte & other,
                "OR" => *byte | other,
                _ => *byte ^ other,
            };
        }
    }
    let target = &argv[2];
    if length > 0 {
        data.set(target, Value::raw(result), None);
        data.pass_on(argv);
    } else if data.peek(target).is_some() {
        data.store.remove(target);
        data.pass_on_words(&[b"DEL", target]);
    }
    Ok(count(length))
}
