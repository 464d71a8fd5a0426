//! The server's own state: ROLE, TIME. Source: Redis 7.0, `replication.c`, `server.c`.

use super::Data;
use super::data::unix_ms;
use super::table::{Flag, Group, Handler, Keys, Spec};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::Node;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::time::MS;

pub(super) const COMMANDS: &[Spec] = &[
    Spec {
        name: "role",
        since: "2.8.12",
        summary: "Return the role of the instance in the context of replication",
        run: Handler::Node(role),
        ..ROW
    },
    Spec {
        name: "info",
        arity: -1,
        flags: &[Flag::Loading, Flag::Stale],
        syntax: "[section [section ...]]",
        summary: "Get information and statistics about the server",
        run: Handler::Node(|node, context, _, argv| {
            let sections: Vec<String> =
                argv[1..].iter().map(|word| String::from_utf8_lossy(word).to_ascii_lowercase()).collect();
            Reply::verbatim(node.info(context.book, context.now, &sections))
        }),
        ..ROW
    },
    Spec {
        name: "time",
        since: "2.6.0",
        summary: "Return the current server time",
        run: Handler::Data(time),
        ..ROW
    },
];

const ROW: Spec = Spec {
    name: "",
    arity: 1,
    flags: &[Flag::Fast, Flag::Loading, Flag::Stale],
    keys: Keys::None,
    group: Group::Server,
    syntax: "",
    summary: "",
    since: "1.0.0",
    complexity: "O(1)",
    run: Handler::Data(time),
};

fn role(node: &mut Node, context: &mut Context<'_>, _conn: Conn, _argv: &[Blob]) -> Reply {
    node.role_reply(context.book)
}

fn time(data: &mut Data<'_>, _argv: &[Blob]) -> Reply {
    let ms = unix_ms(data.now);
    let micros = ms % 1000 * MS + data.now % MS;
    let text = |number: u64| Reply::bulk(number.to_string());
    Reply::Array(vec![text(ms / 1000), text(micros)])
}
