//! The connection itself: PING, ECHO, READONLY and their like. Source: Redis 7.0, `server.c`, `cluster.c`.

use super::Data;
use super::argument::{NOT_AN_INTEGER, integer};
use super::table::{BLANK, Flag, Group, Handler, Spec};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::Node;
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = &[
    Spec { name: "ping", arity: -1, flags: &[Flag::Fast], run: Handler::Node(ping), ..ROW },
    Spec { name: "echo", arity: 2, run: Handler::Data(echo), ..ROW },
    Spec { name: "select", arity: 2, run: Handler::Data(select), ..ROW },
    Spec { name: "readonly", group: Group::Cluster, run: Handler::Node(readonly), ..ROW },
    Spec { name: "readwrite", group: Group::Cluster, run: Handler::Node(readwrite), ..ROW },
];

const ROW: Spec = Spec {
    flags: &[Flag::Fast, Flag::Loading, Flag::Stale],
    group: Group::Connection,
    run: Handler::Node(ping),
    ..BLANK
};

fn ping(node: &mut Node, _context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Reply {
    match argv {
        // A listener of RESP2 expects arrays.
        [_] | [_, _] if node.only_listens(conn) => {
            let message = argv.get(1).cloned().unwrap_or_default();
            Reply::Array(vec![Reply::bulk("pong"), Reply::Bulk(message)])
        }
        [_] => Reply::status("PONG"),
        [_, message] => Reply::Bulk(message.clone()),
        _ => Reply::error("ERR wrong number of arguments for 'ping' command"),
    }
}

fn echo(_data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    Reply::Bulk(argv[1].clone())
}

/// A cluster has one database.
fn select(_data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    match integer(&argv[1]) {
        Some(0) => Reply::ok(),
        Some(_) => Reply::error("ERR SELECT is not allowed in cluster mode"),
        None => Reply::error(NOT_AN_INTEGER),
    }
}

fn readonly(node: &mut Node, _context: &mut Context<'_>, conn: Conn, _argv: &[Blob]) -> Reply {
    node.set_read_only(conn, true);
    Reply::ok()
}

fn readwrite(node: &mut Node, _context: &mut Context<'_>, conn: Conn, _argv: &[Blob]) -> Reply {
    node.set_read_only(conn, false);
    Reply::ok()
}
