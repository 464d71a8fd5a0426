//! Strings: GET, SET and their like. Source: Redis 7.0, `t_string.c`.

use super::Data;
use super::argument::{is_word, need_integer, settle, syntax};
use super::data::{VALUE_LIMIT, from_unix_ms};
use super::table::{Flag, Group, Handler, Keys, Spec};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::Value;
use crate::cluster::time::{MS, Micros};

const TOO_LONG: &str = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";

pub(super) const COMMANDS: &[Spec] = &[
    Spec {
        name: "get",
        arity: 2,
        flags: &[Flag::Read, Flag::Fast],
        keys: Keys::One(1),
        group: Group::String,
        syntax: "key",
        summary: "Get the value of a key",
        since: "1.0.0",
        complexity: "O(1)",
        run: Handler::Data(get),
    },
    Spec {
        name: "set",
        arity: -3,
        flags: &[Flag::Write, Flag::DenyOom],
        keys: Keys::One(1),
        group: Group::String,
        syntax: "key value [NX|XX] [GET] [EX seconds|PX milliseconds|EXAT unix-time-seconds|PXAT unix-time-milliseconds|KEEPTTL]",
        summary: "Set the string value of a key",
        since: "1.0.0",
        complexity: "O(1)",
        run: Handler::Data(set),
    },
    Spec {
        name: "append",
        arity: 3,
        flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
        keys: Keys::One(1),
        group: Group::String,
        syntax: "key value",
        summary: "Append a value to a key",
        since: "2.0.0",
        complexity: "O(1)",
        run: Handler::Data(append),
    },
    Spec {
        name: "strlen",
        arity: 2,
        flags: &[Flag::Read, Flag::Fast],
        keys: Keys::One(1),
        group: Group::String,
        syntax: "key",
        summary: "Get the length of the value stored in a key",
        since: "2.2.0",
        complexity: "O(1)",
        run: Handler::Data(strlen),
    },
    Spec {
        name: "mget",
        arity: -2,
        flags: &[Flag::Read, Flag::Fast],
        keys: Keys::From(1),
        group: Group::String,
        syntax: "key [key ...]",
        summary: "Get the values of all the given keys",
        since: "1.0.0",
        complexity: "O(N) where N is the number of keys to retrieve",
        run: Handler::Data(mget),
    },
    Spec {
        name: "mset",
        arity: -3,
        flags: &[Flag::Write, Flag::DenyOom],
        keys: Keys::Pairs(1),
        group: Group::String,
        syntax: "key value [key value ...]",
        summary: "Set multiple keys to multiple values",
        since: "1.0.1",
        complexity: "O(N) where N is the number of keys to set",
        run: Handler::Data(mset),
    },
];

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
    let options = set_options(&argv[3..], data.now)?;
    // With GET a wrong type is an error, and nothing is set.
    let old = if options.get { Some(data.string(key)?) } else { None };
    let exists = data.get(key).is_some();
    let allowed = match options.only_if {
        None => true,
        Some(Existence::Absent) => !exists,
        Some(Existence::Present) => exists,
    };
    if !allowed {
        return Ok(old.map_or(Reply::Null, bulk_or_null));
    }
    if value.len() > VALUE_LIMIT {
        return Err(Reply::error(TOO_LONG));
    }
    let kept = if options.keep_ttl { data.deadline(key) } else { None };
    data.store.set(key, Value::String(value.clone()), options.deadline.or(kept));
    // Replicas need no conditions, and an absolute time: they may carry it out later.
    if options.keep_ttl {
        data.pass_on_words(&[b"SET", key, value, b"KEEPTTL"]);
    } else if let Some(deadline) = options.deadline {
        let at = super::data::unix_ms(deadline).to_string();
        data.pass_on_words(&[b"SET", key, value, b"PXAT", at.as_bytes()]);
    } else {
        data.pass_on_words(&[b"SET", key, value]);
    }
    Ok(old.map_or(Reply::ok(), bulk_or_null))
}

fn set_options(words: &[Blob], now: Micros) -> Result<SetOptions, Reply> {
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
        } else if let (Some(unit), None, false) = (timed, expiry, options.keep_ttl) {
            expiry = Some((unit, words.next().ok_or_else(syntax)?));
        } else {
            return Err(syntax());
        }
    }
    if let Some((unit, amount)) = expiry {
        options.deadline = Some(set_deadline(unit, amount, now)?);
    }
    Ok(options)
}

/// Source: Redis 7.0, `t_string.c`, `getExpireMillisecondsOrReply`.
fn set_deadline(unit: &str, amount: &Blob, now: Micros) -> Result<Micros, Reply> {
    let invalid = || Reply::error("ERR invalid expire time in 'set' command");
    let amount = need_integer(amount)?;
    if amount <= 0 {
        return Err(invalid());
    }
    let ms = match unit {
        "EX" | "EXAT" => amount.checked_mul(1000).ok_or_else(invalid)?,
        _ => amount,
    };
    if unit.ends_with("AT") {
        return Ok(from_unix_ms(ms));
    }
    // As in Redis, the absolute time in milliseconds must fit.
    i64::try_from(super::data::unix_ms(now)).ok().and_then(|base| base.checked_add(ms)).ok_or_else(invalid)?;
    Ok(now.saturating_add((ms as u64).saturating_mul(MS)))
}

fn append(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_append(data, argv))
}

fn try_append(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let (key, tail) = (&argv[1], &argv[2]);
    let mut whole = data.string(key)?.map_or(Vec::new(), |old| old.to_vec());
    if whole.len() + tail.len() > VALUE_LIMIT {
        return Err(Reply::error(TOO_LONG));
    }
    whole.extend_from_slice(tail);
    let length = whole.len() as i64;
    let deadline = data.deadline(key);
    data.store.set(key, Value::String(whole.into()), deadline);
    data.pass_on(argv);
    Ok(Reply::Integer(length))
}

fn strlen(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.string(&argv[1]).map(|value| Reply::Integer(value.map_or(0, |bytes| bytes.len() as i64))))
}

fn mget(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    // A key of another type answers nil here, not an error.
    let values = argv[1..].iter().map(|key| data.string(key).map_or(Reply::Null, bulk_or_null));
    Reply::Array(values.collect())
}

fn mset(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    if argv.len().is_multiple_of(2) {
        return Reply::error("ERR wrong number of arguments for 'mset' command");
    }
    if argv[1..].iter().any(|word| word.len() > VALUE_LIMIT) {
        return Reply::error(TOO_LONG);
    }
    for pair in argv[1..].chunks_exact(2) {
        data.store.set(&pair[0], Value::String(pair[1].clone()), None);
    }
    data.pass_on(argv);
    Reply::ok()
}
