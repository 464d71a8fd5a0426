//! How a connection begins, begins anew and ends: HELLO, AUTH, RESET, QUIT. Source: Redis 7.0, `networking.c`,
//! `helloCommand`; `acl.c`, `authCommand`.

use super::argument::{integer, is_word, settle};
use super::client::set_name;
use super::table::{BLANK, Flag, Group, Handler, Spec};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::{Node, VERSION};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::resp::Protocol;

pub(super) const COMMANDS: &[Spec] = &[
    Spec {
        name: "hello",
        arity: -1,
        run: Handler::Node(|node, context, conn, argv| settle(hello(node, context, conn, argv))),
        ..ROW
    },
    Spec {
        name: "auth",
        arity: -2,
        run: Handler::Node(|_, _, _, argv| match &argv[1..] {
            [_] => Reply::error(NO_PASSWORD),
            [user, _] => settle(authenticate(user).map(|()| Reply::ok())),
            _ => super::argument::syntax(),
        }),
        ..ROW
    },
    Spec {
        name: "reset",
        run: Handler::Node(|node, context, conn, _| {
            node.reset_client(context, conn);
            Reply::status("RESET")
        }),
        ..ROW
    },
    Spec {
        name: "quit",
        arity: -1,
        run: Handler::Node(|node, _, conn, _| {
            node.close_after_reply(conn);
            Reply::ok()
        }),
        ..ROW
    },
];

const ROW: Spec = Spec { flags: &[Flag::Fast, Flag::Loading, Flag::Stale], group: Group::Connection, ..BLANK };

const NO_PASSWORD: &str = "ERR AUTH <password> called without any password configured for the default user. Are you \
    sure your configuration is correct?";

/// The one user, `default`, needs no password.
fn authenticate(user: &[u8]) -> Result<(), Reply> {
    if user == b"default" {
        return Ok(());
    }
    Err(Reply::error("WRONGPASS invalid username-password pair or user is disabled."))
}

fn hello(node: &mut Node, context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Result<Reply, Reply> {
    let protocol = match argv.get(1).map(|word| integer(word)) {
        None => None,
        Some(Some(2)) => Some(Protocol::Resp2),
        Some(Some(3)) => Some(Protocol::Resp3),
        Some(Some(_)) => return Err(Reply::error("NOPROTO unsupported protocol version")),
        Some(None) => return Err(Reply::error("ERR Protocol version is not an integer or out of range")),
    };
    let mut words = argv.get(2..).unwrap_or_default();
    while let [word, rest @ ..] = words {
        words = match rest {
            [user, _password, rest @ ..] if is_word(word, "AUTH") => {
                authenticate(user)?;
                rest
            }
            [name, rest @ ..] if is_word(word, "SETNAME") => {
                if let refused @ Reply::Error(_) = set_name(node, conn, name) {
                    return Err(refused);
                }
                rest
            }
            _ => {
                let option = String::from_utf8_lossy(word);
                return Err(Reply::error(format!("ERR Syntax error in HELLO option '{option}'")));
            }
        };
    }
    if let Some(protocol) = protocol {
        node.set_protocol(context, conn, protocol);
    }
    let version = if node.protocol(conn) == Protocol::Resp3 { 3 } else { 2 };
    let role = if node.view.me().is_master() { "master" } else { "replica" };
    Ok(Reply::map([
        ("server", Reply::bulk("redis")),
        ("version", Reply::bulk(VERSION)),
        ("proto", Reply::Integer(version)),
        ("id", Reply::Integer(node.client_id(conn) as i64)),
        ("mode", Reply::bulk("cluster")),
        ("role", Reply::bulk(role)),
        ("modules", Reply::Array(Vec::new())),
    ]))
}
