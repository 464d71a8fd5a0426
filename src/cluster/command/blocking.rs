//! Lists: commands that wait for an element. Source: Redis 7.0, `t_list.c`, `blockingPopGenericCommand`.

use super::float::timeout_ms;
use super::table::{Keys, Spec, rows};
use super::wish::{self, Wish};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::Node;
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = rows! { List:
    "blpop" -3 [Write Blocking] Keys::ButLast(1), Later(blpop);
    "brpop" -3 [Write Blocking] Keys::ButLast(1), Later(brpop);
    "blmove" 6 [Write DenyOom Blocking] Keys::Two(1), Later(blmove);
    "brpoplpush" 4 [Write DenyOom Blocking] Keys::Two(1), Later(brpoplpush);
    "blmpop" -5 [Write Blocking] Keys::Counted(2), Later(blmpop);
};

/// Answers now, or when one of the keys has what is wished for.
pub(super) fn wait(
    node: &mut Node,
    context: &mut Context<'_>,
    conn: Conn,
    keys: &[Blob],
    wish: Result<(Wish, u64), Reply>,
) -> Option<Reply> {
    match wish {
        Ok((wish, timeout)) => node.wait_for(context, conn, keys, wish, timeout),
        Err(error) => Some(error),
    }
}

fn keys_and_timeout(argv: &[Blob], wish: Wish) -> (&[Blob], Result<(Wish, u64), Reply>) {
    match argv[1..].split_last() {
        Some((timeout, keys)) => (keys, timeout_ms(timeout).map(|timeout| (wish, timeout))),
        None => (&[], Err(super::argument::syntax())),
    }
}

fn blpop(node: &mut Node, context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Option<Reply> {
    let (keys, wish) = keys_and_timeout(argv, Wish::Pop { left: true });
    wait(node, context, conn, keys, wish)
}

fn brpop(node: &mut Node, context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Option<Reply> {
    let (keys, wish) = keys_and_timeout(argv, Wish::Pop { left: false });
    wait(node, context, conn, keys, wish)
}

fn blmove(node: &mut Node, context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Option<Reply> {
    let wish = wish::sides(argv).and_then(|(from_left, to_left)| {
        Ok((Wish::Move { to: argv[2].clone(), from_left, to_left }, timeout_ms(&argv[5])?))
    });
    wait(node, context, conn, &argv[1..2], wish)
}

fn brpoplpush(node: &mut Node, context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Option<Reply> {
    let wish = timeout_ms(&argv[3])
        .map(|timeout| (Wish::Move { to: argv[2].clone(), from_left: false, to_left: true }, timeout));
    wait(node, context, conn, &argv[1..2], wish)
}

fn blmpop(node: &mut Node, context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Option<Reply> {
    let wish = wish::several(&argv[2..], "LEFT", "RIGHT")
        .and_then(|(keys, left, most)| Ok((keys, Wish::PopSome { left, most }, timeout_ms(&argv[1])?)));
    match wish {
        Ok((keys, wish, timeout)) => node.wait_for(context, conn, keys, wish, timeout),
        Err(error) => Some(error),
    }
}
