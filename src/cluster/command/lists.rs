//! Lists, as far as they are here yet. Source: Redis 7.0, `t_list.c`.

use std::collections::VecDeque;

use super::Data;
use super::argument::{WRONG_TYPE, need_integer, settle};
use super::table::{Flag, Group, Handler, Keys, Spec};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::Value;

pub(super) const COMMANDS: &[Spec] = &[
    Spec {
        name: "lpush",
        summary: "Prepend one or multiple elements to a list",
        run: Handler::Data(lpush),
        ..PUSH
    },
    Spec {
        name: "rpush",
        summary: "Append one or multiple elements to a list",
        run: Handler::Data(rpush),
        ..PUSH
    },
    Spec {
        name: "llen",
        arity: 2,
        flags: &[Flag::Read, Flag::Fast],
        syntax: "key",
        summary: "Get the length of a list",
        run: Handler::Data(llen),
        ..PUSH
    },
    Spec {
        name: "lrange",
        arity: 4,
        flags: &[Flag::Read],
        syntax: "key start stop",
        summary: "Get a range of elements from a list",
        complexity: "O(S+N) where S is the offset of the start and N the number of elements in the range",
        run: Handler::Data(lrange),
        ..PUSH
    },
];

const PUSH: Spec = Spec {
    name: "",
    arity: -3,
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: Keys::One(1),
    group: Group::List,
    syntax: "key element [element ...]",
    summary: "",
    since: "1.0.0",
    complexity: "O(1) for each element added",
    run: Handler::Data(lpush),
};

fn list<'a>(data: &'a mut Data<'_>, key: &[u8]) -> Result<Option<&'a VecDeque<Blob>>, Reply> {
    match data.get(key) {
        None => Ok(None),
        Some(Value::List(items)) => Ok(Some(items)),
        Some(_) => Err(Reply::error(WRONG_TYPE)),
    }
}

fn lpush(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(push(data, argv, VecDeque::push_front))
}

fn rpush(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(push(data, argv, VecDeque::push_back))
}

fn push(data: &mut Data<'_>, argv: &[Blob], put: fn(&mut VecDeque<Blob>, Blob)) -> Result<Reply, Reply> {
    let key = &argv[1];
    if list(data, key)?.is_none() {
        data.store.set(key, Value::List(VecDeque::new()), None);
    }
    let Some(Value::List(items)) = data.store.value_mut(key) else {
        return Err(Reply::error(WRONG_TYPE));
    };
    for element in &argv[2..] {
        put(items, element.clone());
    }
    let length = items.len() as i64;
    data.pass_on(argv);
    Ok(Reply::Integer(length))
}

fn llen(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(list(data, &argv[1]).map(|items| Reply::Integer(items.map_or(0, |items| items.len() as i64))))
}

fn lrange(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_lrange(data, argv))
}

fn try_lrange(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let (start, stop) = (need_integer(&argv[2])?, need_integer(&argv[3])?);
    let Some(items) = list(data, &argv[1])? else {
        return Ok(Reply::Array(Vec::new()));
    };
    let length = items.len() as i64;
    let start = if start < 0 { start.saturating_add(length).max(0) } else { start };
    let stop = (if stop < 0 { stop.saturating_add(length) } else { stop }).min(length - 1);
    if start > stop || start >= length {
        return Ok(Reply::Array(Vec::new()));
    }
    let range = items.iter().skip(start as usize).take((stop - start + 1) as usize);
    Ok(Reply::Array(range.cloned().map(Reply::Bulk).collect()))
}
