//! What a cluster refuses, and what is asked for but not there: databases, functions, scripts, logs of slowness.
//!
//! Source: Redis 7.0, `db.c`, `replication.c`, `function_lua.c`, `eval.c`, `slowlog.c`, `latency.c`, `debug.c`.

use super::argument::{is_word, settle};
use super::float::timeout_ms;
use super::table::{BLANK, Flag, Group, Handler, Keys, Spec};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::Node;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::time::MS;

pub(super) const COMMANDS: &[Spec] = &[
    Spec { name: "replicaof", ..REPLICAOF },
    Spec { name: "slaveof", ..REPLICAOF },
    Spec {
        name: "failover",
        arity: -1,
        flags: &[Flag::Admin, Flag::Stale],
        syntax: "[TO host port [FORCE]] [ABORT] [TIMEOUT milliseconds]",
        summary: "Start a coordinated failover between this server and one of its replicas.",
        run: Handler::Data(|_, _| {
            Reply::error("ERR FAILOVER not allowed in cluster mode. Use CLUSTER FAILOVER command instead.")
        }),
        ..ROW
    },
    Spec {
        name: "evalsha",
        arity: -3,
        flags: &[Flag::Stale],
        keys: Keys::Counted(2),
        group: Group::Scripting,
        syntax: "sha1 numkeys [key [key ...]] [arg [arg ...]]",
        summary: "Execute a Lua script server side",
        // No script can be loaded, so none is there.
        run: Handler::Data(|_, _| Reply::error("NOSCRIPT No matching script. Please use EVAL.")),
    },
    Spec {
        name: "function",
        group: Group::Scripting,
        summary: "A container for function commands",
        run: Handler::Container(FUNCTION),
        ..SUB
    },
    Spec {
        name: "slowlog",
        summary: "A container for slow log commands",
        run: Handler::Container(SLOWLOG),
        ..SUB
    },
    Spec {
        name: "latency",
        summary: "A container for latency diagnostics commands",
        run: Handler::Container(LATENCY),
        ..SUB
    },
    Spec { name: "debug", summary: "A container for debugging commands", run: Handler::Container(DEBUG), ..SUB },
];

const REPLICAOF: Spec = Spec {
    arity: 3,
    flags: &[Flag::Admin, Flag::Stale],
    syntax: "host port",
    summary: "Make the server a replica of another instance, or promote it as master.",
    run: Handler::Data(|_, _| Reply::error("ERR REPLICAOF not allowed in cluster mode.")),
    ..ROW
};

const FUNCTION: &[Spec] = &[
    Spec {
        name: "function|list",
        arity: -2,
        syntax: "[LIBRARYNAME library-name-pattern] [WITHCODE]",
        summary: "List information about all the functions",
        run: Handler::Data(|_, argv| settle(list_functions(&argv[2..]))),
        ..SCRIPTING
    },
    Spec {
        name: "function|dump",
        summary: "Dump all functions into a serialized binary payload",
        run: Handler::Data(|_, _| Reply::bulk(NO_FUNCTIONS)),
        ..SCRIPTING
    },
    Spec {
        name: "function|flush",
        arity: -2,
        flags: &[Flag::Write],
        syntax: "[ASYNC|SYNC]",
        summary: "Deleting all functions",
        run: Handler::Data(|_, argv| match &argv[2..] {
            [] => Reply::ok(),
            [word] if is_word(word, "ASYNC") || is_word(word, "SYNC") => Reply::ok(),
            _ => Reply::error("ERR FUNCTION FLUSH only supports SYNC|ASYNC option"),
        }),
        ..SCRIPTING
    },
    Spec {
        name: "function|restore",
        arity: -3,
        flags: &[Flag::Write, Flag::DenyOom],
        syntax: "serialized-value [FLUSH|APPEND|REPLACE]",
        summary: "Restore all the functions on the given payload",
        run: Handler::Data(|_, argv| match &argv[2][..] {
            NO_FUNCTIONS => Reply::ok(),
            _ => Reply::error("ERR DUMP payload version or checksum are wrong"),
        }),
        ..SCRIPTING
    },
    Spec {
        name: "function|delete",
        arity: 3,
        flags: &[Flag::Write],
        syntax: "library-name",
        summary: "Delete a function by name",
        run: Handler::Data(|_, _| Reply::error("ERR Library not found")),
        ..SCRIPTING
    },
];

/// `FUNCTION DUMP` of a server without functions: version 10 of the format, and the checksum of these two bytes.
const NO_FUNCTIONS: &[u8] = b"\n\x00]\x9b\\@\x0f\x7f\xa2\xda";

const SCRIPTING: Spec = Spec { arity: 2, flags: &[], group: Group::Scripting, ..ROW };

const SLOWLOG: &[Spec] = &[
    Spec {
        name: "slowlog|get",
        arity: -2,
        syntax: "[count]",
        summary: "Get the slow log's entries",
        run: Handler::Data(|_, _| Reply::Array(Vec::new())),
        ..LOOK
    },
    Spec {
        name: "slowlog|len",
        summary: "Get the slow log's length",
        run: Handler::Data(|_, _| Reply::Integer(0)),
        ..LOOK
    },
    Spec {
        name: "slowlog|reset",
        summary: "Clear all entries from the slow log",
        run: Handler::Data(|_, _| Reply::ok()),
        ..LOOK
    },
];

const LATENCY: &[Spec] = &[
    Spec {
        name: "latency|latest",
        summary: "Return the latest latency samples for all events.",
        run: Handler::Data(|_, _| Reply::Array(Vec::new())),
        ..LOOK
    },
    Spec {
        name: "latency|history",
        arity: 3,
        syntax: "event",
        summary: "Return timestamp-latency samples for the event.",
        run: Handler::Data(|_, _| Reply::Array(Vec::new())),
        ..LOOK
    },
    Spec {
        name: "latency|reset",
        arity: -2,
        syntax: "[event [event ...]]",
        summary: "Reset latency data for one or more events.",
        run: Handler::Data(|_, _| Reply::Integer(0)),
        ..LOOK
    },
];

const DEBUG: &[Spec] = &[Spec {
    name: "debug|sleep",
    arity: 3,
    syntax: "seconds",
    summary: "Stop the server for some seconds",
    run: Handler::Later(sleep),
    ..LOOK
}];

const LOOK: Spec = Spec { arity: 2, flags: &[Flag::Admin, Flag::Loading, Flag::Stale], ..ROW };
const SUB: Spec = Spec { arity: -2, ..LOOK };

const ROW: Spec = Spec { arity: 3, flags: &[Flag::Loading, Flag::Stale], ..BLANK };

/// What is no number is none: Redis reads it with `strtod`.
fn sleep(node: &mut Node, context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Option<Reply> {
    match timeout_ms(&argv[2]).unwrap_or(0) {
        0 => Some(Reply::ok()),
        ms => node.sleep(context, conn, ms.saturating_mul(MS)),
    }
}

fn list_functions(mut words: &[Blob]) -> Result<Reply, Reply> {
    while let [word, rest @ ..] = words {
        words = match rest {
            rest if is_word(word, "WITHCODE") => rest,
            [_pattern, rest @ ..] if is_word(word, "LIBRARYNAME") => rest,
            [] if is_word(word, "LIBRARYNAME") => {
                return Err(Reply::error("ERR library name argument was not given"));
            }
            _ => {
                let option = String::from_utf8_lossy(word);
                return Err(Reply::error(format!("ERR Unknown argument {option}")));
            }
        };
    }
    Ok(Reply::Array(Vec::new()))
}
