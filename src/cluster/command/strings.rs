//! Strings: GET, SET and their like. Source: Redis 7.0, `t_string.c`.

use super::Data;
use super::argument::{err, is_word, need_integer, settle, syntax};
use super::data::VALUE_LIMIT;
use super::table::{Keys, Spec, rows};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::Value;
use crate::cluster::time::{MS, Micros};

pub(super) const TOO_LONG: &str = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";

pub(super) const COMMANDS: &[Spec] = rows! { String:
    "get" 2 [Read Fast] Keys::One(1), Data(get);
    "set" -3 [Write DenyOom] Keys::One(1), Data(set);
    "setnx" 3 [Write DenyOom Fast] Keys::One(1), Data(setnx);
    "setex" 4 [Write DenyOom] Keys::One(1), Data(setex);
    "psetex" 4 [Write DenyOom] Keys::One(1), Data(psetex);
    "getset" 3 [Write DenyOom Fast] Keys::One(1), Data(getset);
    "getdel" 2 [Write Fast] Keys::One(1), Data(getdel);
    "getex" -2 [Write Fast] Keys::One(1), Data(getex);
    "append" 3 [Write DenyOom Fast] Keys::One(1), Data(append);
    "strlen" 2 [Read Fast] Keys::One(1), Data(strlen);
    "mget" -2 [Read Fast] Keys::From(1), Data(mget);
    "mset" -3 [Write DenyOom] Keys::Pairs(1), Data(mset);
    "msetnx" -3 [Write DenyOom] Keys::Pairs(1), Data(msetnx);
};

fn get(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.string(&argv[1]).map(bulk_or_null))
}

fn bulk_or_null(value: Option<Blob>) -> Reply {
    value.map_or(Reply::Null, Reply::Bulk)
}

/// The options of SET.
#[derive(Default)]
struct SetOptions {
    only_if: Option<Existence>,
    get: bool,
    keep_ttl: bool,
    deadline: Option<Micros>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Existence {
    Absent,
    Present,
}

fn set(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_set(data, argv))
}

fn try_set(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let (key, value) = (&argv[1], &argv[2]);
    let options = set_options(&argv[3..], data, "set")?;
    // With GET a wrong type is an error, and nothing is set.
    let old = if options.get { Some(data.string(key)?) } else { None };
    let spot = data.look(key);
    let allowed = match options.only_if {
        None => true,
        Some(Existence::Absent) => spot.is_none(),
        Some(Existence::Present) => spot.is_some(),
    };
    if !allowed {
        return Ok(old.map_or(Reply::Null, bulk_or_null));
    }
    if value.len() > VALUE_LIMIT {
        return Err(Reply::error(TOO_LONG));
    }
    let kept = if options.keep_ttl { data.deadline(key) } else { None };
    data.set_at(spot, key, Value::String(value.clone()), options.deadline.or(kept));
    // Replicas need no conditions, and an absolute time: they may carry it out later.
    if options.keep_ttl {
        data.pass_on_words(&[b"SET", key, value, b"KEEPTTL"]);
    } else if let Some(deadline) = options.deadline {
        let at = data.config.unix_ms(deadline).to_string();
        data.pass_on_words(&[b"SET", key, value, b"PXAT", at.as_bytes()]);
    } else {
        data.pass_on_plain_set(argv);
    }
    Ok(old.map_or(Reply::ok(), bulk_or_null))
}

fn set_options(words: &[Blob], data: &Data<'_>, command: &'static str) -> Result<SetOptions, Reply> {
    let mut options = SetOptions::default();
    let mut expiry: Option<(&str, &Blob)> = None;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let timed = ["EX", "PX", "EXAT", "PXAT"].into_iter().find(|unit| is_word(word, unit));
        if is_word(word, "NX") && options.only_if != Some(Existence::Present) {
            options.only_if = Some(Existence::Absent);
        } else if is_word(word, "XX") && options.only_if != Some(Existence::Absent) {
            options.only_if = Some(Existence::Present);
        } else if is_word(word, "GET") {
            options.get = true;
        } else if is_word(word, "KEEPTTL") && expiry.is_none() {
            options.keep_ttl = true;
        } else if let Some(unit) =
            timed.filter(|unit| !options.keep_ttl && expiry.is_none_or(|(one, _)| one == *unit))
        {
            expiry = Some((unit, words.next().ok_or_else(syntax)?));
        } else {
            return Err(syntax());
        }
    }
    if let Some((unit, amount)) = expiry {
        options.deadline = Some(set_deadline(unit, amount, data, command)?);
    }
    Ok(options)
}

/// Source: Redis 7.0, `t_string.c`, `getExpireMillisecondsOrReply`.
fn set_deadline(unit: &str, amount: &Blob, data: &Data<'_>, command: &str) -> Result<Micros, Reply> {
    let invalid = || Reply::error(format!("ERR invalid expire time in '{command}' command"));
    let amount = need_integer(amount)?;
    if amount <= 0 {
        return Err(invalid());
    }
    let ms = match unit {
        "EX" | "EXAT" => amount.checked_mul(1000).ok_or_else(invalid)?,
        _ => amount,
    };
    if unit.ends_with("AT") {
        return Ok(data.config.from_unix_ms(ms));
    }
    // As in Redis, the absolute time in milliseconds must fit.
    i64::try_from(data.config.unix_ms(data.now)).ok().and_then(|base| base.checked_add(ms)).ok_or_else(invalid)?;
    Ok(data.now.saturating_add((ms as u64).saturating_mul(MS)))
}

fn setnx(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    if data.peek(&argv[1]).is_some() {
        return Reply::Integer(0);
    }
    data.set(&argv[1], Value::String(argv[2].clone()), None);
    data.pass_on_words(&[b"SET", &argv[1], &argv[2]]);
    Reply::Integer(1)
}

fn setex(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(set_for(data, argv, "EX", "setex"))
}

fn psetex(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(set_for(data, argv, "PX", "psetex"))
}

fn set_for(data: &mut Data<'_>, argv: &[Blob], unit: &str, command: &str) -> Result<Reply, Reply> {
    let deadline = set_deadline(unit, &argv[2], data, command)?;
    data.set(&argv[1], Value::String(argv[3].clone()), Some(deadline));
    let at = data.config.unix_ms(deadline).to_string();
    data.pass_on_words(&[b"SET", &argv[1], &argv[3], b"PXAT", at.as_bytes()]);
    Ok(Reply::ok())
}

fn getset(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    let old = data.string(&argv[1]);
    if old.is_ok() {
        data.set(&argv[1], Value::String(argv[2].clone()), None);
        data.pass_on_words(&[b"SET", &argv[1], &argv[2]]);
    }
    settle(old.map(bulk_or_null))
}

fn getdel(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    let old = data.string(&argv[1]);
    if let Ok(Some(_)) = old {
        data.store.remove(&argv[1]);
        data.pass_on_words(&[b"DEL", &argv[1]]);
    }
    settle(old.map(bulk_or_null))
}

fn getex(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_getex(data, argv))
}

fn try_getex(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let key = &argv[1];
    let (mut expiry, mut persist) = (None, false);
    let mut words = argv[2..].iter();
    while let Some(word) = words.next() {
        let timed = ["EX", "PX", "EXAT", "PXAT"].into_iter().find(|unit| is_word(word, unit));
        match timed {
            Some(unit) if !persist && expiry.is_none_or(|(one, _)| one == unit) => {
                expiry = Some((unit, words.next().ok_or_else(syntax)?));
            }
            None if is_word(word, "PERSIST") && expiry.is_none() => persist = true,
            _ => return Err(syntax()),
        }
    }
    let Some(value) = data.string(key)? else {
        return Ok(Reply::Null);
    };
    if let Some((unit, amount)) = expiry {
        let deadline = set_deadline(unit, amount, data, "getex")?;
        if deadline <= data.now && data.is_master && !data.from_master {
            data.store.remove(key);
            data.pass_on_words(&[b"DEL", key]);
        } else {
            data.store.set_deadline(key, Some(deadline));
            data.pass_on_deadline(key, deadline);
        }
    } else if persist && data.deadline(key).is_some() {
        data.store.set_deadline(key, None);
        data.pass_on_words(&[b"PERSIST", key]);
    }
    Ok(Reply::Bulk(value))
}

fn append(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_append(data, argv))
}

fn try_append(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let (key, tail) = (&argv[1], &argv[2]);
    if data.get(key).is_none() {
        data.set(key, Value::String(tail.clone()), None);
        data.pass_on(argv);
        return Ok(Reply::Integer(tail.len() as i64));
    }
    if data.bytes(key)?.len() + tail.len() > VALUE_LIMIT {
        return Err(err(TOO_LONG));
    }
    let whole = data.bytes_mut(key)?;
    whole.extend_from_slice(tail);
    let length = whole.len() as i64;
    data.changed(key);
    data.pass_on(argv);
    Ok(Reply::Integer(length))
}

fn strlen(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.bytes(&argv[1]).map(|bytes| Reply::Integer(bytes.len() as i64)))
}

fn mget(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    // A key of another type answers nil here, not an error.
    let values = argv[1..].iter().map(|key| data.string(key).map_or(Reply::Null, bulk_or_null));
    Reply::Array(values.collect())
}

fn mset(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(set_all(data, argv, "ERR wrong number of arguments for 'mset' command").map(|()| Reply::ok()))
}

fn msetnx(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    let even = argv.len() % 2 == 1;
    if even && argv[1..].iter().step_by(2).any(|key| data.peek(key).is_some()) {
        return Reply::Integer(0);
    }
    let outcome = set_all(data, argv, "ERR wrong number of arguments for 'msetnx' command");
    settle(outcome.map(|()| Reply::Integer(1)))
}

fn set_all(data: &mut Data<'_>, argv: &[Blob], odd: &'static str) -> Result<(), Reply> {
    if argv.len().is_multiple_of(2) {
        return Err(err(odd));
    }
    if argv[1..].iter().any(|word| word.len() > VALUE_LIMIT) {
        return Err(err(TOO_LONG));
    }
    for pair in argv[1..].chunks_exact(2) {
        data.set(&pair[0], Value::String(pair[1].clone()), None);
    }
    data.pass_on(argv);
    Ok(())
}
