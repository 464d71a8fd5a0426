//! Sorted sets: popping the lowest or highest, now or when there is one. Source: Redis 7.0, `t_zset.c`,
//! `genericZpopCommand`, `blockingGenericZpopCommand`, `zmpopGenericCommand`.

use super::Data;
use super::argument::{need_within, settle, syntax};
use super::blocking::wait;
use super::float::timeout_ms;
use super::shape;
use super::table::{Keys, Spec, rows};
use super::wish::{self, Wish, zpop};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::Node;
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = rows! { SortedSet:
    "zpopmin" -2 [Write Fast] Keys::One(1), Data(zpopmin);
    "zpopmax" -2 [Write Fast] Keys::One(1), Data(zpopmax);
    "zmpop" -4 [Write] Keys::Counted(1), Data(zmpop);
    "bzpopmin" -3 [Write Fast Blocking] Keys::ButLast(1), Later(bzpopmin);
    "bzpopmax" -3 [Write Fast Blocking] Keys::ButLast(1), Later(bzpopmax);
    "bzmpop" -5 [Write Blocking] Keys::Counted(2), Later(bzmpop);
};

fn zpopmin(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(pop(data, argv, true))
}

fn zpopmax(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(pop(data, argv, false))
}

fn pop(data: &mut Data<'_>, argv: &[Blob], min: bool) -> Result<Reply, Reply> {
    let most = match &argv[2..] {
        [] => 1,
        [word] => need_within(word, 0, i64::MAX, "ERR value is out of range, must be positive")? as u64,
        _ => return Err(syntax()),
    };
    if data.zset(&argv[1])?.is_none() || most == 0 {
        return Ok(Reply::Array(Vec::new()));
    }
    let taken = zpop(data, &argv[1], min, most)?;
    let scored = shape::scored(taken.iter().map(|(score, member)| (*score, member)), true);
    // Without a count there are no pairs, in RESP3 either.
    Ok(if argv.len() == 2 { shape::flat(scored) } else { scored })
}

fn zmpop(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(wish::several(&argv[1..], "MIN", "MAX").map(|(keys, min, most)| {
        wish::grant(data, keys, &Wish::ZPopSome { min, most }, true).unwrap_or(Reply::NullArray)
    }))
}

fn bzpop(node: &mut Node, context: &mut Context<'_>, conn: Conn, argv: &[Blob], min: bool) -> Option<Reply> {
    let (timeout, keys) = argv[1..].split_last()?;
    let wish = timeout_ms(timeout).map(|timeout| (Wish::ZPop { min }, timeout));
    wait(node, context, conn, keys, wish)
}

fn bzpopmin(node: &mut Node, context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Option<Reply> {
    bzpop(node, context, conn, argv, true)
}

fn bzpopmax(node: &mut Node, context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Option<Reply> {
    bzpop(node, context, conn, argv, false)
}

fn bzmpop(node: &mut Node, context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Option<Reply> {
    let wish = wish::several(&argv[2..], "MIN", "MAX")
        .and_then(|(keys, min, most)| Ok((keys, Wish::ZPopSome { min, most }, timeout_ms(&argv[1])?)));
    match wish {
        Ok((keys, wish, timeout)) => node.wait_for(context, conn, keys, wish, timeout),
        Err(error) => Some(error),
    }
}
