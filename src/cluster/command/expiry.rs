//! Deadlines: EXPIRE, TTL, PERSIST. Source: Redis 7.0, `expire.c`.

use super::Data;
use super::argument::{is_word, need_integer, settle};
use super::table::{Keys, Spec, rows};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::time::{MS, SECOND};

pub(super) const COMMANDS: &[Spec] = rows! { Generic:
    "expire" -3 [Write Fast] Keys::One(1), Data(expire);
    "pexpire" -3 [Write Fast] Keys::One(1), Data(pexpire);
    "expireat" -3 [Write Fast] Keys::One(1), Data(expireat);
    "pexpireat" -3 [Write Fast] Keys::One(1), Data(pexpireat);
    "ttl" 2 [Read Fast] Keys::One(1), Data(ttl);
    "pttl" 2 [Read Fast] Keys::One(1), Data(pttl);
    "expiretime" 2 [Read Fast] Keys::One(1), Data(expiretime);
    "pexpiretime" 2 [Read Fast] Keys::One(1), Data(pexpiretime);
    "persist" 2 [Write Fast] Keys::One(1), Data(persist);
};

/// How the amount of an EXPIRE is meant.
#[derive(Clone, Copy)]
struct Unit {
    command: &'static str,
    ms: i64,
    absolute: bool,
}

fn expire(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(set_deadline(data, argv, Unit { command: "expire", ms: 1000, absolute: false }))
}

fn pexpire(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(set_deadline(data, argv, Unit { command: "pexpire", ms: 1, absolute: false }))
}

fn expireat(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(set_deadline(data, argv, Unit { command: "expireat", ms: 1000, absolute: true }))
}

fn pexpireat(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(set_deadline(data, argv, Unit { command: "pexpireat", ms: 1, absolute: true }))
}

/// NX, XX, GT, LT.
#[derive(Clone, Copy, Default)]
struct Condition {
    nx: bool,
    xx: bool,
    gt: bool,
    lt: bool,
}

fn condition(words: &[Blob]) -> Result<Condition, Reply> {
    let mut found = Condition::default();
    for word in words {
        match () {
            () if is_word(word, "NX") => found.nx = true,
            () if is_word(word, "XX") => found.xx = true,
            () if is_word(word, "GT") => found.gt = true,
            () if is_word(word, "LT") => found.lt = true,
            () => {
                let word = String::from_utf8_lossy(word);
                return Err(Reply::error(format!("ERR Unsupported option {word}")));
            }
        }
    }
    if found.nx && (found.xx || found.gt || found.lt) {
        return Err(Reply::error("ERR NX and XX, GT or LT options at the same time are not compatible"));
    }
    if found.gt && found.lt {
        return Err(Reply::error("ERR GT and LT options at the same time are not compatible"));
    }
    Ok(found)
}

/// Source: Redis 7.0, `expire.c`, `expireGenericCommand`.
fn set_deadline(data: &mut Data<'_>, argv: &[Blob], unit: Unit) -> Result<Reply, Reply> {
    let key = &argv[1];
    let condition = condition(&argv[3..])?;
    let amount = need_integer(&argv[2])?;
    let invalid = || Reply::error(format!("ERR invalid expire time in '{}' command", unit.command));
    let ms = amount.checked_mul(unit.ms).ok_or_else(invalid)?;
    let base = if unit.absolute { 0 } else { data.config.unix_ms(data.now) as i64 };
    let at_ms = ms.checked_add(base).ok_or_else(invalid)?;
    if data.peek(key).is_none() {
        return Ok(Reply::Integer(0));
    }
    // No deadline counts as the end of time.
    let current = data.deadline(key).map(|deadline| data.config.unix_ms(deadline) as i64);
    let refused = (condition.nx && current.is_some())
        || (condition.xx && current.is_none())
        || (condition.gt && current.is_none_or(|current| at_ms <= current))
        || (condition.lt && current.is_some_and(|current| at_ms >= current));
    if refused {
        return Ok(Reply::Integer(0));
    }
    let past = at_ms <= data.config.unix_ms(data.now) as i64;
    if past && data.is_master && !data.from_master {
        data.store.remove(key);
        data.pass_on_words(&[b"DEL", key]);
        return Ok(Reply::Integer(1));
    }
    let deadline =
        if unit.absolute { data.config.from_unix_ms(at_ms) } else { data.now.saturating_add(ms as u64 * MS) };
    data.store.set_deadline(key, Some(deadline));
    data.pass_on_deadline(key, deadline);
    Ok(Reply::Integer(1))
}

fn deadline_of(data: &mut Data<'_>, key: &[u8]) -> Result<u64, Reply> {
    data.peek(key).ok_or(Reply::Integer(-2))?.deadline.ok_or(Reply::Integer(-1))
}

fn remaining(data: &mut Data<'_>, key: &[u8]) -> Result<u64, Reply> {
    deadline_of(data, key).map(|deadline| deadline.saturating_sub(data.now))
}

fn expiretime(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(deadline_of(data, &argv[1]).map(|at| Reply::Integer(((data.config.unix_ms(at) + 500) / 1000) as i64)))
}

fn pexpiretime(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(deadline_of(data, &argv[1]).map(|at| Reply::Integer(data.config.unix_ms(at) as i64)))
}

fn ttl(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    // Rounded to the nearest second, as Redis does.
    settle(remaining(data, &argv[1]).map(|left| Reply::Integer(((left + SECOND / 2) / SECOND) as i64)))
}

fn pttl(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(remaining(data, &argv[1]).map(|left| Reply::Integer((left / MS) as i64)))
}

fn persist(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    let key = &argv[1];
    if data.peek(key).is_none() || data.deadline(key).is_none() {
        return Reply::Integer(0);
    }
    data.store.set_deadline(key, None);
    data.pass_on(argv);
    Reply::Integer(1)
}
