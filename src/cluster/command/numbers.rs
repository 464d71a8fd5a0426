//! Counters. Source: Redis 7.0, `t_string.c`, `incrDecrCommand`.

use super::Data;
use super::argument::{NOT_AN_INTEGER, err, integer, need_integer, settle};
use super::float::NOT_A_FLOAT;
use super::long_double::LongDouble;
use super::table::{Keys, Spec, rows};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::Value;

pub(super) const COMMANDS: &[Spec] = rows! { String:
    "incr" 2 [Write DenyOom Fast] Keys::One(1), Data(incr);
    "decr" 2 [Write DenyOom Fast] Keys::One(1), Data(decr);
    "incrby" 3 [Write DenyOom Fast] Keys::One(1), Data(incr_by);
    "decrby" 3 [Write DenyOom Fast] Keys::One(1), Data(decr_by);
};

/// Apart, for it brings 80-bit floats along.
pub(super) const FLOATS: &[Spec] = rows! { String:
    "incrbyfloat" 3 [Write DenyOom Fast] Keys::One(1), Data(incr_by_float);
};

fn incr(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(add(data, argv, 1))
}

fn decr(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(add(data, argv, -1))
}

fn incr_by(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(need_integer(&argv[2]).and_then(|amount| add(data, argv, amount)))
}

fn decr_by(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(need_integer(&argv[2]).and_then(|amount| {
        let negated = amount.checked_neg().ok_or_else(|| Reply::error("ERR decrement would overflow"))?;
        add(data, argv, negated)
    }))
}

fn add(data: &mut Data<'_>, argv: &[Blob], amount: i64) -> Result<Reply, Reply> {
    let key = &argv[1];
    let old = match data.string(key)? {
        None => 0,
        Some(bytes) => integer(&bytes).ok_or_else(|| err(NOT_AN_INTEGER))?,
    };
    let new = old.checked_add(amount).ok_or_else(|| err("ERR increment or decrement would overflow"))?;
    let deadline = data.deadline(key);
    data.set(key, Value::String(new.to_string().into_bytes().into()), deadline);
    data.pass_on(argv);
    Ok(Reply::Integer(new))
}

fn incr_by_float(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_incr_by_float(data, argv))
}

fn try_incr_by_float(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let key = &argv[1];
    let old = data.string(key)?;
    let sum = float_sum(old.as_deref(), &argv[2], NOT_A_FLOAT, "ERR increment would produce NaN or Infinity")?;
    let deadline = data.deadline(key);
    data.set(key, Value::Float(sum.clone()), deadline);
    // Every machine adds alike here; passing the sum on is what Redis does.
    data.pass_on_words(&[b"SET", key, &sum, b"KEEPTTL"]);
    Ok(Reply::Bulk(sum))
}

/// The sum of two written numbers, written; nothing counts as 0.
pub(super) fn float_sum(
    old: Option<&[u8]>,
    amount: &[u8],
    not_a_float: &'static str,
    too_large: &'static str,
) -> Result<Blob, Reply> {
    let old = old.map_or(Some(LongDouble::default()), LongDouble::parse).ok_or_else(|| err(not_a_float))?;
    let amount = LongDouble::parse(amount).ok_or_else(|| err(NOT_A_FLOAT))?;
    let sum = old.plus(amount);
    if sum.is_infinite() || old.is_infinite() || amount.is_infinite() {
        return Err(err(too_large));
    }
    Ok(sum.text().into_bytes().into())
}
