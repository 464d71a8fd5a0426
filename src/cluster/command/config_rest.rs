//! Settings that make no difference here: they are remembered as they were set, and checked as Redis checks them.
//!
//! Source: Redis 7.0, `config.c`.

use std::rc::Rc;

use super::argument::{integer, is_word};
use super::config::memory;

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fits {
    YesNo,
    /// Within these bounds.
    Number(i64, i64),
    /// Bytes, with a unit if wanted.
    Memory,
    /// One of these.
    Word(&'static str),
    /// Set when the server starts, and never after.
    Never,
    /// Not to be set by a client that Redis does not trust with it.
    Protected,
    /// Redis can be told, and this city cannot: it has no such thing.
    NotHere,
}

const INT: i64 = i32::MAX as i64;
const LONG: i64 = i64::MAX;

/// By name: what it is at the start, and what it may be.
const REST: &[(&str, &str, Fits)] = &[
    ("active-expire-effort", "1", Fits::Number(1, 10)),
    ("activerehashing", "yes", Fits::YesNo),
    ("appendfsync", "everysec", Fits::Word("everysec, always, no")),
    ("auto-aof-rewrite-percentage", "100", Fits::Number(0, INT)),
    ("busy-reply-threshold", "5000", Fits::Number(0, LONG)),
    // A machine's address is the world's.
    ("cluster-announce-bus-port", "0", Fits::Never),
    ("cluster-announce-hostname", "", Fits::Never),
    ("cluster-announce-ip", "", Fits::Never),
    ("cluster-announce-port", "0", Fits::Never),
    ("cluster-announce-tls-port", "0", Fits::Never),
    ("cluster-config-file", "nodes.conf", Fits::Never),
    ("cluster-link-sendbuf-limit", "0", Fits::Memory),
    ("cluster-port", "0", Fits::Never),
    ("cluster-preferred-endpoint-type", "ip", Fits::Never),
    ("crash-log-enabled", "yes", Fits::YesNo),
    ("daemonize", "no", Fits::Never),
    ("databases", "16", Fits::Never),
    ("dynamic-hz", "yes", Fits::YesNo),
    ("hz", "10", Fits::Number(0, INT)),
    ("io-threads", "1", Fits::Never),
    ("latency-monitor-threshold", "0", Fits::Number(0, LONG)),
    ("latency-tracking", "yes", Fits::YesNo),
    ("lazyfree-lazy-eviction", "no", Fits::YesNo),
    ("lazyfree-lazy-expire", "no", Fits::YesNo),
    ("lazyfree-lazy-server-del", "no", Fits::YesNo),
    ("lazyfree-lazy-user-del", "no", Fits::YesNo),
    ("lazyfree-lazy-user-flush", "no", Fits::YesNo),
    ("list-compress-depth", "0", Fits::Number(0, INT)),
    ("list-max-listpack-size", "-2", Fits::Number(-INT - 1, INT)),
    ("loglevel", "notice", Fits::Word("debug, verbose, notice, warning")),
    ("maxclients", "10000", Fits::Number(1, u32::MAX as i64)),
    ("maxmemory-eviction-tenacity", "10", Fits::Number(0, 100)),
    ("no-appendfsync-on-rewrite", "no", Fits::YesNo),
    ("rdbcompression", "yes", Fits::YesNo),
    ("repl-backlog-ttl", "3600", Fits::Number(0, LONG)),
    ("repl-disable-tcp-nodelay", "no", Fits::YesNo),
    ("repl-diskless-load", "disabled", Fits::Word("disabled, on-empty-db, swapdb")),
    ("repl-diskless-sync", "yes", Fits::YesNo),
    ("replica-lazy-flush", "no", Fits::YesNo),
    ("replica-priority", "100", Fits::Number(0, INT)),
    ("sanitize-dump-payload", "no", Fits::Word("no, yes, clients")),
    ("slowlog-log-slower-than", "10000", Fits::Number(-1, LONG)),
    ("slowlog-max-len", "128", Fits::Number(0, LONG)),
    ("stop-writes-on-bgsave-error", "yes", Fits::YesNo),
    ("syslog-ident", "redis", Fits::Never),
    ("tcp-backlog", "511", Fits::Never),
    ("tcp-keepalive", "300", Fits::Number(0, INT)),
    ("timeout", "0", Fits::Number(0, INT)),
    ("tracking-table-max-keys", "1000000", Fits::Number(0, LONG)),
    // Scripts and streams are not there, but what is set for them does no harm.
    ("stream-node-max-entries", "100", Fits::Number(0, LONG)),
    ("dir", "/", Fits::Protected),
    // What would make a difference, and is not there: it is told, and cannot be changed.
    (
        "client-output-buffer-limit",
        "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
        Fits::NotHere,
    ),
    ("masterauth", "", Fits::NotHere),
    ("masteruser", "", Fits::NotHere),
    ("maxmemory-clients", "0", Fits::NotHere),
    ("notify-keyspace-events", "", Fits::NotHere),
    ("replica-read-only", "yes", Fits::NotHere),
    ("requirepass", "", Fits::NotHere),
];

/// Why a setting that Redis has cannot be changed.
pub(super) const NOT_HERE: &str = "Redis can do that, this city cannot";

/// Older names, and what they mean.
pub(super) const OTHER_NAMES: [(&str, &str); 15] = [
    ("cluster-slave-no-failover", "cluster-replica-no-failover"),
    ("cluster-slave-validity-factor", "cluster-replica-validity-factor"),
    ("hash-max-ziplist-entries", "hash-max-listpack-entries"),
    ("hash-max-ziplist-value", "hash-max-listpack-value"),
    ("list-max-ziplist-size", "list-max-listpack-size"),
    ("lua-time-limit", "busy-reply-threshold"),
    ("min-slaves-max-lag", "min-replicas-max-lag"),
    ("min-slaves-to-write", "min-replicas-to-write"),
    ("repl-ping-slave-period", "repl-ping-replica-period"),
    ("slave-lazy-flush", "replica-lazy-flush"),
    ("slave-priority", "replica-priority"),
    ("slave-read-only", "replica-read-only"),
    ("slave-serve-stale-data", "replica-serve-stale-data"),
    ("zset-max-ziplist-entries", "zset-max-listpack-entries"),
    ("zset-max-ziplist-value", "zset-max-listpack-value"),
];

/// What a name means, which may be another one.
pub(super) fn meant(name: &str) -> &str {
    OTHER_NAMES.iter().find(|(other, _)| *other == name).map_or(name, |(_, meant)| meant)
}

/// The names, with what they are at the start.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    REST.iter().map(|(name, start, _)| (*name, *start))
}

/// The name as the table has it, if a setting of this name is remembered, with the value as it is to be remembered, if it
/// will do.
pub(super) fn check(name: &str, value: &[u8]) -> Option<Result<(&'static str, Rc<str>), String>> {
    let (name, _, fits) = REST.iter().find(|(known, ..)| *known == name)?;
    let within = |low: i64, high: i64| match integer(value) {
        None => Err("argument couldn't be parsed into an integer".to_owned()),
        Some(number) if (low..=high).contains(&number) => Ok(()),
        Some(_) => Err(format!("argument must be between {low} and {high} inclusive")),
    };
    let checked = match *fits {
        Fits::Memory => {
            let bytes = memory(value).ok_or_else(|| "argument must be a memory value".to_owned());
            return Some(bytes.map(|bytes| (*name, bytes.to_string().into())));
        }
        Fits::Never => Err("can't set immutable config".to_owned()),
        Fits::Protected => Err("can't set protected config".to_owned()),
        Fits::NotHere => Err(NOT_HERE.to_owned()),
        Fits::Number(low, high) => within(low, high),
        Fits::YesNo if is_word(value, "yes") || is_word(value, "no") => Ok(()),
        Fits::YesNo => Err("argument must be 'yes' or 'no'".to_owned()),
        Fits::Word(words) if words.split(", ").any(|word| is_word(value, word)) => Ok(()),
        Fits::Word(words) => Err(format!("argument(s) must be one of the following: {words}")),
    };
    let value = match *name {
        // Source: `updateHZ`.
        "hz" => integer(value).unwrap_or(10).clamp(1, 500).to_string(),
        _ => String::from_utf8_lossy(value).into_owned(),
    };
    Some(checked.map(|()| (*name, value.into())))
}
