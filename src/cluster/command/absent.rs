//! What a cluster refuses, and what is asked for but not there: databases, functions, scripts, logs of slowness.
//!
//! Source: Redis 7.0, `db.c`, `replication.c`, `function_lua.c`, `eval.c`, `slowlog.c`, `latency.c`, `debug.c`.

use super::argument::{is_word, need_within, settle, subcommand_syntax};
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
        // No script can be loaded, so none is there.
        run: Handler::Data(|_, _| Reply::error("NOSCRIPT No matching script. Please use EVAL.")),
    },
    Spec { name: "function", group: Group::Scripting, run: Handler::Container(FUNCTION), ..SUB },
    Spec { name: "slowlog", run: Handler::Container(SLOWLOG), ..SUB },
    Spec { name: "latency", run: Handler::Container(LATENCY), ..SUB },
    Spec { name: "debug", run: Handler::Container(DEBUG), ..SUB },
];

const REPLICAOF: Spec = Spec {
    arity: 3,
    flags: &[Flag::Admin, Flag::Stale],
    run: Handler::Data(|_, _| Reply::error("ERR REPLICAOF not allowed in cluster mode.")),
    ..ROW
};

const FUNCTION: &[Spec] = &[
    Spec {
        name: "function|list",
        arity: -2,
        run: Handler::Data(|_, argv| settle(list_functions(&argv[2..]))),
        ..SCRIPTING
    },
    Spec { name: "function|dump", run: Handler::Data(|_, _| Reply::bulk(NO_FUNCTIONS)), ..SCRIPTING },
    Spec {
        name: "function|flush",
        arity: -2,
        flags: &[Flag::Write],
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
        run: Handler::Data(|_, argv| match &argv[2..] {
            [_, policy] if !["flush", "append", "replace"].iter().any(|word| is_word(policy, word)) => {
                Reply::error("ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.")
            }
            [dump] | [dump, _] if **dump == *NO_FUNCTIONS => Reply::ok(),
            [_] | [_, _] => Reply::error("ERR DUMP payload version or checksum are wrong"),
            _ => subcommand_syntax(argv),
        }),
        ..SCRIPTING
    },
    Spec {
        name: "function|delete",
        arity: 3,
        flags: &[Flag::Write],
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
        run: Handler::Data(|_, argv| match &argv[2..] {
            [] => Reply::Array(Vec::new()),
            [count] => settle(
                need_within(count, -1, i64::MAX, "ERR count should be greater than or equal to -1")
                    .map(|_| Reply::Array(Vec::new())),
            ),
            _ => subcommand_syntax(argv),
        }),
        ..LOOK
    },
    Spec { name: "slowlog|len", run: Handler::Data(|_, _| Reply::Integer(0)), ..LOOK },
    Spec { name: "slowlog|reset", run: Handler::Data(|_, _| Reply::ok()), ..LOOK },
];

const LATENCY: &[Spec] = &[
    Spec { name: "latency|latest", run: Handler::Data(|_, _| Reply::Array(Vec::new())), ..LOOK },
    Spec { name: "latency|history", arity: 3, run: Handler::Data(|_, _| Reply::Array(Vec::new())), ..LOOK },
    Spec { name: "latency|reset", arity: -2, run: Handler::Data(|_, _| Reply::Integer(0)), ..LOOK },
];

const DEBUG: &[Spec] = &[Spec { name: "debug|sleep", arity: 3, run: Handler::Later(sleep), ..LOOK }];

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
