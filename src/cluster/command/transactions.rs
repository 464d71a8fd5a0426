//! Transactions: MULTI, EXEC, DISCARD, WATCH, UNWATCH; and WAIT. Source: Redis 7.0, `multi.c`, `replication.c`.

use super::argument::need_integer;
use super::table::{BLANK, Flag, Group, Handler, Keys, Spec};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::Node;
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = &[
    Spec { name: "multi", run: Handler::Node(|node, _, conn, _| node.multi(conn)), ..ROW },
    Spec {
        name: "exec",
        flags: &[Flag::Loading, Flag::Stale],
        run: Handler::Node(|node, context, conn, _| node.exec(context, conn)),
        ..ROW
    },
    Spec { name: "discard", run: Handler::Node(|node, _, conn, _| node.discard(conn)), ..ROW },
    Spec {
        name: "watch",
        arity: -2,
        keys: Keys::From(1),
        run: Handler::Node(|node, context, conn, argv| node.watch(context.now, conn, &argv[1..])),
        ..ROW
    },
    Spec { name: "unwatch", run: Handler::Node(|node, _, conn, _| node.unwatch(conn)), ..ROW },
    Spec { name: "wait", arity: 3, flags: &[], group: Group::Generic, run: Handler::Later(wait), ..ROW },
];

const ROW: Spec = Spec { flags: &[Flag::Fast, Flag::Loading, Flag::Stale], group: Group::Transactions, ..BLANK };

fn wait(node: &mut Node, context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Option<Reply> {
    let numbers = need_integer(&argv[1]).and_then(|wanted| {
        let timeout =
            need_integer(&argv[2]).map_err(|_| Reply::error("ERR timeout is not an integer or out of range"))?;
        let timeout = u64::try_from(timeout).map_err(|_| Reply::error("ERR timeout is negative"))?;
        Ok((u64::try_from(wanted).unwrap_or(0), timeout))
    });
    match numbers {
        Ok((wanted, timeout)) => node.wait(context, conn, wanted, timeout),
        Err(error) => Some(error),
    }
}
