//! CONFIG GET and SET of what the city honours. Source: Redis 7.0, `config.c`.

use std::rc::Rc;

use super::argument::{integer, is_word, syntax};
use super::config_rest;
use super::keys::glob;
use super::table::{BLANK, Flag, Handler, Spec};
use crate::cluster::config::{Config, Policy};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::Node;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::time::{MS, Micros, SECOND};

pub(super) const COMMANDS: &[Spec] = &[Spec { name: "config", run: Handler::Container(SUBCOMMANDS), ..ROW }];

const SUBCOMMANDS: &[Spec] = &[
    Spec { name: "config|get", arity: -3, run: Handler::Node(get), ..ROW },
    Spec { name: "config|set", arity: -4, run: Handler::Node(set), ..ROW },
    Spec {
        name: "config|resetstat",
        arity: 2,
        run: Handler::Node(|node, _, _, _| {
            node.reset_stats();
            Reply::ok()
        }),
        ..ROW
    },
    Spec {
        name: "config|rewrite",
        arity: 2,
        run: Handler::Data(|_, _| Reply::error("ERR The server is running without a config file")),
        ..ROW
    },
];

const ROW: Spec = Spec { arity: -2, flags: &[Flag::Admin, Flag::Loading, Flag::Stale], ..BLANK };

/// Where a parameter lives, and how it is written.
enum Place<'a> {
    YesNo(&'a mut bool),
    Number(&'a mut u64),
    Millis(&'a mut Micros),
    Seconds(&'a mut Micros),
    /// Bytes, with a unit if wanted: `100mb`.
    Memory(&'a mut u64),
    Policy(&'a mut Policy),
}

/// The parameters, by name.
const NAMES: [&str; 25] = [
    "cluster-node-timeout",
    "cluster-replica-validity-factor",
    "cluster-require-full-coverage",
    "cluster-allow-reads-when-down",
    "cluster-migration-barrier",
    "cluster-allow-replica-migration",
    "cluster-replica-no-failover",
    "cluster-allow-pubsubshard-when-down",
    "replica-serve-stale-data",
    "min-replicas-to-write",
    "min-replicas-max-lag",
    "repl-ping-replica-period",
    "repl-timeout",
    "repl-backlog-size",
    "repl-diskless-sync-delay",
    "maxmemory",
    "maxmemory-policy",
    "maxmemory-samples",
    "lfu-log-factor",
    "lfu-decay-time",
    "hash-max-listpack-entries",
    "hash-max-listpack-value",
    "set-max-intset-entries",
    "zset-max-listpack-entries",
    "zset-max-listpack-value",
];

/// What is what it is here. Tools ask for it: `redis-benchmark` for the first two before it begins.
const FIXED: [(&str, &str); 3] = [("save", ""), ("appendonly", "no"), ("cluster-enabled", "yes")];

fn place<'a>(config: &'a mut Config, name: &str) -> Option<Place<'a>> {
    Some(match name {
        "cluster-node-timeout" => Place::Millis(&mut config.node_timeout),
        "cluster-replica-validity-factor" => Place::Number(&mut config.replica_validity_factor),
        "cluster-require-full-coverage" => Place::YesNo(&mut config.require_full_coverage),
        "cluster-allow-reads-when-down" => Place::YesNo(&mut config.allow_reads_when_down),
        "cluster-migration-barrier" => Place::Number(&mut config.migration_barrier),
        "cluster-allow-replica-migration" => Place::YesNo(&mut config.allow_replica_migration),
        "cluster-replica-no-failover" => Place::YesNo(&mut config.replica_no_failover),
        "cluster-allow-pubsubshard-when-down" => Place::YesNo(&mut config.allow_pubsubshard_when_down),
        "replica-serve-stale-data" => Place::YesNo(&mut config.replica_serve_stale_data),
        "min-replicas-to-write" => Place::Number(&mut config.min_replicas_to_write),
        "min-replicas-max-lag" => Place::Seconds(&mut config.min_replicas_max_lag),
        "repl-ping-replica-period" => Place::Seconds(&mut config.repl_ping_period),
        "repl-timeout" => Place::Seconds(&mut config.repl_timeout),
        "repl-backlog-size" => Place::Memory(&mut config.repl_backlog_size),
        "repl-diskless-sync-delay" => Place::Seconds(&mut config.repl_diskless_sync_delay),
        "maxmemory" => Place::Memory(&mut config.eviction.max_memory),
        "maxmemory-policy" => Place::Policy(&mut config.eviction.policy),
        "maxmemory-samples" => Place::Number(&mut config.eviction.samples),
        "lfu-log-factor" => Place::Number(&mut config.eviction.lfu_log_factor),
        "lfu-decay-time" => Place::Number(&mut config.eviction.lfu_decay_minutes),
        "hash-max-listpack-entries" => Place::Number(&mut config.limits.hash_entries),
        "hash-max-listpack-value" => Place::Number(&mut config.limits.hash_value),
        "set-max-intset-entries" => Place::Number(&mut config.limits.set_intset),
        "zset-max-listpack-entries" => Place::Number(&mut config.limits.zset_entries),
        "zset-max-listpack-value" => Place::Number(&mut config.limits.zset_value),
        _ => return None,
    })
}

/// Every name, with what it is another name for.
fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    let fixed = FIXED.iter().map(|(name, _)| *name).chain(config_rest::all().map(|(name, _)| name));
    fixed.chain(NAMES).map(|name| (name, name)).chain(config_rest::OTHER_NAMES.iter().copied())
}

/// Source: `configGetCommand`: who asks for one name gets it back as it was written, who asks by a pattern as it is known.
fn get(node: &mut Node, _context: &mut Context<'_>, _conn: Conn, argv: &[Blob]) -> Reply {
    let mut config = Config::clone(&node.config);
    let mut found: Vec<(&str, Reply, Reply)> = Vec::new();
    for pattern in &argv[2..] {
        let literal = !pattern.iter().any(|sign| b"[*?".contains(sign));
        let small = pattern.to_ascii_lowercase();
        for (name, meant) in names().filter(|(name, _)| glob(&small, name.as_bytes())) {
            if found.iter().any(|(before, ..)| *before == name) {
                continue;
            }
            let told = if literal { Reply::Bulk(pattern.clone()) } else { Reply::bulk(name) };
            found.push((name, told, Reply::bulk(value(&mut config, meant))));
        }
    }
    Reply::Map(found.into_iter().map(|(_, name, value)| (name, value)).collect())
}

/// What a parameter is now.
fn value(config: &mut Config, name: &str) -> String {
    if let Some(value) = config.remembered.get(name) {
        return value.to_string();
    }
    let Some(place) = place(config, name) else {
        let mut start = FIXED.iter().copied().chain(config_rest::all());
        return start.find(|(known, _)| *known == name).map_or("", |(_, start)| start).to_owned();
    };
    match place {
        Place::YesNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Place::Number(number) | Place::Memory(number) => number.to_string(),
        Place::Policy(policy) => {
            let named = Policy::NAMES.iter().find(|(one, _)| one == policy);
            named.map_or("", |(_, name)| name).to_owned()
        }
        Place::Millis(time) => (*time / MS).to_string(),
        Place::Seconds(time) => (*time / SECOND).to_string(),
    }
}

fn set(node: &mut Node, context: &mut Context<'_>, _conn: Conn, argv: &[Blob]) -> Reply {
    let pairs = &argv[2..];
    if !pairs.len().is_multiple_of(2) {
        return syntax();
    }
    // All or nothing: the settings change only when every value fits.
    let mut config = Config::clone(&node.config);
    for (at, pair) in pairs.chunks_exact(2).enumerate() {
        let name = String::from_utf8_lossy(&pair[0]).to_ascii_lowercase();
        if pairs.chunks_exact(2).take(at).any(|before| is_word(&before[0], &name)) {
            return refused(&name, "duplicate parameter");
        }
        if name == "cluster-enabled" {
            return refused(&name, "can't set immutable config");
        }
        let given = name;
        let name = config_rest::meant(&given);
        if let Some((_, value)) = FIXED.iter().find(|(fixed, _)| *fixed == name) {
            match value.as_bytes() == &pair[1][..] {
                true => continue,
                false => return refused(&given, config_rest::NOT_HERE),
            }
        }
        if let Some(checked) = config_rest::check(name, &pair[1]) {
            match checked {
                Ok((name, value)) => drop(config.remembered.insert(name, value)),
                Err(why) => return refused(&given, &why),
            }
            continue;
        }
        let Some(place) = place(&mut config, name) else {
            return Reply::error(format!(
                "ERR Unknown option or number of arguments for CONFIG SET - '{}'",
                String::from_utf8_lossy(&pair[0])
            ));
        };
        if let Err(why) = put(name, place, &pair[1]) {
            return refused(&given, &why);
        }
    }
    node.set_config(Rc::new(config), context.now);
    Reply::ok()
}

fn refused(name: &str, why: &str) -> Reply {
    Reply::error(format!("ERR CONFIG SET failed (possibly related to argument '{name}') - {why}"))
}

/// A second of virtual time has as many microseconds as fit; more than 100 years make no sense.
const MOST: i64 = 100 * 365 * 24 * 3600;

fn put(name: &str, place: Place<'_>, value: &Blob) -> Result<(), String> {
    // What Redis bounds by its longest integer is bounded here by what makes sense.
    let number = || match (integer(value), bounds(name)) {
        (None, _) => Err("argument couldn't be parsed into an integer".to_owned()),
        (Some(number), (low, high)) if (low..=high).contains(&number) => Ok(number.min(MOST) as u64),
        (_, (low, high)) => Err(format!("argument must be between {low} and {high} inclusive")),
    };
    match place {
        Place::YesNo(target) if is_word(value, "yes") => *target = true,
        Place::YesNo(target) if is_word(value, "no") => *target = false,
        Place::YesNo(_) => return Err("argument must be 'yes' or 'no'".to_owned()),
        Place::Number(target) => *target = number()?,
        Place::Memory(target) => {
            let bytes = memory(value).ok_or("argument must be a memory value")?;
            let (low, high) = bounds(name);
            if bytes < low as u64 {
                return Err(format!("argument must be between {low} and {high} inclusive"));
            }
            *target = bytes;
        }
        Place::Policy(target) => {
            let named = Policy::NAMES.iter().find(|(_, name)| is_word(value, name));
            *target = named.ok_or(
                "argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, volatile-ttl, \
                 allkeys-lru, allkeys-lfu, allkeys-random, noeviction",
            )?.0;
        }
        Place::Millis(target) => *target = number()? * MS,
        Place::Seconds(target) => *target = number()? * SECOND,
    }
    Ok(())
}

/// What a number may be. Source: Redis 7.0, `config.c`, `static_configs`.
fn bounds(name: &str) -> (i64, i64) {
    const INT: i64 = i32::MAX as i64;
    match name {
        "maxmemory-samples" | "repl-timeout" | "repl-ping-replica-period" => (1, INT),
        "repl-backlog-size" => (1, i64::MAX),
        "cluster-node-timeout" | "maxmemory" => (0, i64::MAX),
        name if name.contains("listpack") || name.contains("intset") => (0, i64::MAX),
        _ => (0, INT),
    }
}

/// Bytes with a unit. Source: Redis 7.0, `util.c`, `memtoull`.
pub(super) fn memory(value: &[u8]) -> Option<u64> {
    let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, unit) = value.split_at(digits);
    let units = [("", 0), ("b", 0), ("k", 3), ("kb", 10), ("m", 6), ("mb", 20), ("g", 9), ("gb", 30)];
    let (unit, power) = units.into_iter().find(|(name, _)| is_word(unit, name))?;
    let number: u64 = std::str::from_utf8(number).ok()?.parse().ok()?;
    number.checked_mul(if unit.ends_with('b') { 1 << power } else { 10u64.pow(power) })
}
