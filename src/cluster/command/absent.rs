//! What a cluster refuses, and what is asked for but not there: databases, functions, scripts, logs of slowness.
//!
//! Source: Redis 7.0, `db.c`, `replication.c`, `function_lua.c`, `eval.c`, `slowlog.c`, `latency.c`, `debug.c`.

use super::argument::{is_word, need_integer, settle};
use super::table::{Flag, Group, Handler, Keys, Spec};
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = &[
    Spec {
        name: "move",
        arity: 3,
        flags: &[Flag::Write, Flag::Fast],
        keys: Keys::One(1),
        group: Group::Generic,
        syntax: "key db",
        summary: "Move a key to another database",
        run: Handler::Data(|_, _| Reply::error("ERR MOVE is not allowed in cluster mode")),
        ..ROW
    },
    Spec {
        name: "swapdb",
        arity: 3,
        flags: &[Flag::Write, Flag::Fast],
        since: "4.0.0",
        syntax: "index1 index2",
        summary: "Swaps two Redis databases",
        run: Handler::Data(|_, _| Reply::error("ERR SWAPDB is not allowed in cluster mode")),
        ..ROW
    },
    Spec { name: "replicaof", since: "5.0.0", ..REPLICAOF },
    Spec { name: "slaveof", ..REPLICAOF },
    Spec {
        name: "failover",
        arity: -1,
        flags: &[Flag::Admin, Flag::Stale],
        since: "6.2.0",
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
        group: Group::Scripting,
        syntax: "sha1 numkeys [key [key ...]] [arg [arg ...]]",
        summary: "Execute a Lua script server side",
        since: "2.6.0",
        // No script can be loaded, so none is there.
        run: Handler::Data(|_, _| Reply::error("NOSCRIPT No matching script. Please use EVAL.")),
        ..ROW
    },
    Spec {
        name: "function",
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

const SCRIPTING: Spec = Spec { arity: 2, flags: &[], group: Group::Scripting, since: "7.0.0", ..ROW };

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
    run: Handler::Data(|_, argv| settle(need_integer(&argv[2]).map(sleep))),
    ..LOOK
}];

const LOOK: Spec = Spec { arity: 2, flags: &[Flag::Admin, Flag::Loading, Flag::Stale], ..ROW };
const SUB: Spec = Spec { arity: -2, since: "2.2.12", complexity: "Depends on subcommand.", ..LOOK };

const ROW: Spec = Spec {
    name: "",
    arity: 3,
    flags: &[Flag::Loading, Flag::Stale],
    keys: Keys::None,
    group: Group::Server,
    syntax: "",
    summary: "",
    since: "1.0.0",
    complexity: "O(1)",
    run: Handler::Container(&[]),
};

/// Nothing else is slept: a stopped server is what freezing a machine shows.
fn sleep(seconds: i64) -> Reply {
    if seconds == 0 { Reply::ok() } else { Reply::error("ERR freeze the machine instead of DEBUG SLEEP") }
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
