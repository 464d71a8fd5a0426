//! The server's own state: ROLE, TIME. Source: Redis 7.0, `replication.c`, `server.c`.

use super::Data;
use super::argument::{is_word, syntax};
use super::table::{BLANK, Flag, Handler, Spec};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::Node;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::time::MS;

pub(super) const COMMANDS: &[Spec] = &[
    Spec { name: "role", run: Handler::Node(role), ..ROW },
    Spec {
        name: "info",
        arity: -1,
        flags: &[Flag::Loading, Flag::Stale],
        run: Handler::Node(|node, context, _, argv| {
            let sections: Vec<String> =
                argv[1..].iter().map(|word| String::from_utf8_lossy(word).to_ascii_lowercase()).collect();
            Reply::verbatim(node.info(context.book, context.now, &sections))
        }),
        ..ROW
    },
    Spec {
        name: "lastsave",
        // Nothing is saved: as in Redis this is when the process started.
        run: Handler::Node(|node, _, _, _| Reply::Integer((node.config.unix_ms(node.started()) / 1000) as i64)),
        ..ROW
    },
    Spec {
        name: "shutdown",
        arity: -1,
        flags: &[Flag::Admin, Flag::Loading, Flag::Stale, Flag::NoMulti],
        run: Handler::Later(shutdown),
        ..ROW
    },
    Spec { name: "time", run: Handler::Data(time), ..ROW },
];

const ROW: Spec = Spec { flags: &[Flag::Fast, Flag::Loading, Flag::Stale], run: Handler::Data(time), ..BLANK };

fn role(node: &mut Node, context: &mut Context<'_>, _conn: Conn, _argv: &[Blob]) -> Reply {
    node.role_reply(context.book)
}

/// Source: Redis 7.0, `db.c`, `shutdownCommand`. There is no disk: what to save, and whether that matters, is read and
/// makes no difference.
fn shutdown(node: &mut Node, context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Option<Reply> {
    let said = |word: &str| argv[1..].iter().any(|given| is_word(given, word));
    let known = |given: &Blob| ["SAVE", "NOSAVE", "NOW", "FORCE", "ABORT"].iter().any(|word| is_word(given, word));
    let alone = argv[1..].iter().all(|given| is_word(given, "ABORT"));
    if !argv[1..].iter().all(known) || (said("ABORT") && !alone) || (said("SAVE") && said("NOSAVE")) {
        return Some(syntax());
    }
    if said("ABORT") {
        let aborted = node.abort_shutdown(context);
        return Some(if aborted { Reply::ok() } else { Reply::error("ERR No shutdown in progress.") });
    }
    node.shut_down(context, conn, said("NOW"));
    None
}

fn time(data: &mut Data<'_>, _argv: &[Blob]) -> Reply {
    let ms = data.config.unix_ms(data.now);
    let micros = ms % 1000 * MS + data.now % MS;
    let text = |number: u64| Reply::bulk(number.to_string());
    Reply::Array(vec![text(ms / 1000), text(micros)])
}
