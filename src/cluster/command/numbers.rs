//! Counters. Source: Redis 7.0, `t_string.c`, `incrDecrCommand`.

use super::Data;
use super::argument::{NOT_AN_INTEGER, integer, need_integer, settle};
use super::table::{Flag, Group, Handler, Keys, Spec};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::Value;

pub(super) const COMMANDS: &[Spec] = &[
    Spec { name: "incr", summary: "Increment the integer value of a key by one", run: Handler::Data(incr), ..ROW },
    Spec { name: "decr", summary: "Decrement the integer value of a key by one", run: Handler::Data(decr), ..ROW },
    Spec {
        name: "incrby",
        arity: 3,
        syntax: "key increment",
        summary: "Increment the integer value of a key by the given amount",
        run: Handler::Data(incr_by),
        ..ROW
    },
    Spec {
        name: "decrby",
        arity: 3,
        syntax: "key decrement",
        summary: "Decrement the integer value of a key by the given number",
        run: Handler::Data(decr_by),
        ..ROW
    },
];

/// What the four have in common.
const ROW: Spec = Spec {
    name: "",
    arity: 2,
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: Keys::One(1),
    group: Group::String,
    syntax: "key",
    summary: "",
    since: "1.0.0",
    complexity: "O(1)",
    run: Handler::Data(incr),
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
        Some(bytes) => integer(&bytes).ok_or_else(|| Reply::error(NOT_AN_INTEGER))?,
    };
    let new = old.checked_add(amount).ok_or_else(|| Reply::error("ERR increment or decrement would overflow"))?;
    let deadline = data.deadline(key);
    data.store.set(key, Value::String(new.to_string().into_bytes().into()), deadline);
    data.pass_on(argv);
    Ok(Reply::Integer(new))
}
