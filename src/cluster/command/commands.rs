//! COMMAND: the command table as clients ask for it. Source: Redis 7.0, `server.c`, `commandCommand`.

use super::argument::{is_word, settle, syntax};
use super::help::HELP;
use super::keys::glob;
use super::table::{BLANK, COMMANDS as ALL, Flag, Group, Handler, Keys, Spec, Unfit, find};
use super::told;
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::Node;
use crate::cluster::reply::{Blob, Reply};

/// COMMAND without a subcommand.
pub(super) const ALONE: Spec = Spec { run: Handler::Data(|_, _| info(&[])), ..COMMANDS[0] };

pub(super) const COMMANDS: &[Spec] =
    &[Spec { name: "command", arity: -1, run: Handler::Container(SUBCOMMANDS), ..ROW }];

const SUBCOMMANDS: &[Spec] = &[
    Spec { name: "command|count", run: Handler::Node(|_, _, _, _| Reply::Integer(rows().count() as i64)), ..ROW },
    Spec { name: "command|list", arity: -2, run: Handler::Node(list), ..ROW },
    Spec { name: "command|info", arity: -2, run: Handler::Node(|_, _, _, argv| info(&argv[2..])), ..ROW },
    Spec { name: "command|docs", arity: -2, run: Handler::Node(docs), ..ROW },
    Spec {
        name: "command|getkeys",
        arity: -4,
        run: Handler::Node(|_, _, _, argv| settle(keys(&argv[2..], false))),
        ..ROW
    },
    Spec {
        name: "command|getkeysandflags",
        arity: -4,
        run: Handler::Node(|_, _, _, argv| settle(keys(&argv[2..], true))),
        ..ROW
    },
];

const ROW: Spec = Spec { arity: 2, flags: &[Flag::Loading, Flag::Stale], ..BLANK };

fn rows() -> impl Iterator<Item = &'static Spec> {
    ALL.iter().copied().flatten()
}

/// Every command, each followed by its subcommands, as Redis tells them.
fn all() -> impl Iterator<Item = Spec> {
    rows().flat_map(|spec| std::iter::once(*spec).chain(subcommands(spec)))
}

/// A row by its name: `get`, `cluster|nodes`.
fn row(name: &[u8]) -> Option<Spec> {
    all().find(|spec| spec.name.as_bytes().eq_ignore_ascii_case(name))
}

/// HELP is in every one of them, and in none of the table's. DEBUG has none that Redis tells.
fn subcommands(spec: &'static Spec) -> Vec<Spec> {
    match spec.run {
        Handler::Container(subcommands) if spec.name != "debug" => {
            let help = told::help_of(spec.name).map(|name| Spec { name, group: spec.group, ..HELP });
            subcommands.iter().copied().chain(help).collect()
        }
        _ => Vec::new(),
    }
}

/// `COMMAND` by itself, and `COMMAND INFO`.
pub(in crate::cluster) fn info(names: &[Blob]) -> Reply {
    if names.is_empty() {
        return Reply::Array(rows().map(|spec| details(spec, subcommands(spec))).collect());
    }
    let told = |name: &Blob| {
        let spec = row(name)?;
        let inner = rows().find(|row| row.name == spec.name).map(subcommands);
        Some(details(&spec, inner.unwrap_or_default()))
    };
    Reply::Array(names.iter().map(|name| told(name).unwrap_or(Reply::Null)).collect())
}

fn list(_node: &mut Node, _context: &mut Context<'_>, _conn: Conn, argv: &[Blob]) -> Reply {
    let (by, word) = match &argv[2..] {
        [] => (None, &b""[..]),
        [filter, by, word] if is_word(filter, "FILTERBY") => (Some(by), &word[..]),
        _ => return syntax(),
    };
    let wanted = |spec: &Spec| {
        Some(match by {
            None => true,
            Some(by) if is_word(by, "MODULE") => false,
            Some(by) if is_word(by, "ACLCAT") => {
                told::of(spec.name).is_in(&String::from_utf8_lossy(word).to_ascii_lowercase())
            }
            Some(by) if is_word(by, "PATTERN") => glob(&word.to_ascii_lowercase(), spec.name.as_bytes()),
            Some(_) => return None,
        })
    };
    let mut names = Vec::new();
    for spec in all() {
        match wanted(&spec) {
            None => return syntax(),
            Some(true) => names.push(Reply::bulk(spec.name)),
            Some(false) => {}
        }
    }
    Reply::Array(names)
}

/// Ten fields as in Redis 7.0.
fn details(spec: &Spec, inner: Vec<Spec>) -> Reply {
    let (first, last, step) = spec.keys.range();
    let told = told::of(spec.name);
    let inner: Vec<Reply> = inner.iter().map(|sub| details(sub, Vec::new())).collect();
    Reply::Array(vec![
        Reply::bulk(spec.name),
        Reply::Integer(spec.arity.into()),
        told.flags(),
        Reply::Integer(first),
        Reply::Integer(last),
        Reply::Integer(step),
        told.categories(),
        told.tips(),
        told.key_specifications(),
        if inner.is_empty() { Reply::Set(inner) } else { Reply::Array(inner) },
    ])
}

/// The name of a group as COMMAND DOCS gives it.
pub(super) fn group_name(group: Group) -> &'static str {
    match group {
        Group::String => "string",
        Group::Generic => "generic",
        Group::List => "list",
        Group::Set => "set",
        Group::Hash => "hash",
        Group::SortedSet => "sorted-set",
        Group::Bitmap => "bitmap",
        Group::Transactions => "transactions",
        Group::Connection => "connection",
        Group::Server => "server",
        Group::Cluster => "cluster",
        Group::PubSub => "pubsub",
        Group::Scripting => "scripting",
    }
}

fn docs(_node: &mut Node, _context: &mut Context<'_>, _conn: Conn, argv: &[Blob]) -> Reply {
    let names = &argv[2..];
    let documented: Vec<Spec> = if names.is_empty() {
        rows().copied().collect()
    } else {
        names.iter().filter_map(|name| row(name)).collect()
    };
    Reply::Map(documented.iter().map(|spec| (Reply::bulk(spec.name), documentation(spec))).collect())
}

fn documentation(spec: &Spec) -> Reply {
    let told = told::of(spec.name);
    let mut fields = vec![
        (Reply::bulk("summary"), Reply::bulk(told.summary())),
        (Reply::bulk("since"), Reply::bulk(told.since())),
        (Reply::bulk("group"), Reply::bulk(group_name(spec.group))),
    ];
    told.documentation(&mut fields);
    let inner = rows().find(|row| row.name == spec.name).map(subcommands).unwrap_or_default();
    if !inner.is_empty() {
        let inner = inner.iter().map(|sub| (Reply::bulk(sub.name), documentation(sub)));
        fields.push((Reply::bulk("subcommands"), Reply::Map(inner.collect())));
    }
    Reply::Map(fields)
}

/// `COMMAND GETKEYS`, with or without flags. Source: Redis 7.0, `server.c`, `getKeysSubcommandImpl`.
fn keys(argv: &[Blob], with_flags: bool) -> Result<Reply, Reply> {
    let spec = find(argv).map_err(|unfit| {
        Reply::error(match unfit {
            Unfit::Unknown(_) => "ERR Invalid command specified",
            Unfit::Arity(_) => "ERR Invalid number of arguments specified for command",
        })
    })?;
    // Channels of a shard are routed as keys are, and are none.
    if spec.keys == Keys::None || ["ssubscribe", "sunsubscribe", "spublish"].contains(&spec.name) {
        return Err(Reply::error("ERR The command has no key arguments"));
    }
    let keys = spec.keys.of(argv).cloned().map(Reply::Bulk).enumerate();
    let keys: Vec<Reply> = keys
        .map(|(at, key)| {
            let flags = || Reply::Set(key_flags(spec, argv, at == 0).into_iter().map(Reply::status).collect());
            if with_flags { Reply::Array(vec![key, flags()]) } else { key }
        })
        .collect();
    if keys.is_empty() && spec.name != "evalsha" {
        return Err(Reply::error("ERR Invalid arguments specified for command"));
    }
    Ok(Reply::Array(keys))
}

/// Whether nothing but GET and OVERFLOW stands there: what BITFIELD would refuse counts as writing.
fn only_gets(words: &[Blob]) -> bool {
    match words {
        [] => true,
        [word, _, _, rest @ ..] if is_word(word, "get") => only_gets(rest),
        [word, _, rest @ ..] if is_word(word, "overflow") => only_gets(rest),
        _ => false,
    }
}

/// Source: Redis 7.0, `db.c`, `setGetKeys`, `bitfieldGetKeys`: what these two do depends on their words.
fn key_flags(spec: &Spec, argv: &[Blob], first: bool) -> Vec<&'static str> {
    let from = |first| argv.iter().skip(first);
    let says = |first, words: &[&str]| from(first).any(|given| words.iter().any(|word| is_word(given, word)));
    match spec.name {
        "set" if says(3, &["get"]) => vec!["RW", "access", "update"],
        "set" => vec!["OW", "update"],
        "bitfield" if !only_gets(&argv[2..]) => vec!["RW", "access", "update"],
        "bitfield" => vec!["RO", "access"],
        _ => told::of(spec.name).key_flags(first),
    }
}
