//! COMMAND: the command table as clients ask for it. Source: Redis 7.0, `server.c`, `commandCommand`.

use super::argument::{settle, syntax};
use super::table::{COMMANDS as ALL, Flag, Group, Handler, Keys, Spec, find};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::Node;
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = &[Spec {
    name: "command",
    arity: -1,
    summary: "Get array of Redis command details",
    complexity: "O(N) where N is the total number of Redis commands",
    run: Handler::Container(SUBCOMMANDS),
    ..ROW
}];

const SUBCOMMANDS: &[Spec] = &[
    Spec {
        name: "command|count",
        summary: "Get total number of Redis commands",
        complexity: "O(1)",
        run: Handler::Node(|_, _, _, _| Reply::Integer(rows().count() as i64)),
        ..ROW
    },
    Spec {
        name: "command|list",
        arity: -2,
        since: "7.0.0",
        summary: "Get an array of Redis command names",
        run: Handler::Node(list),
        ..ROW
    },
    Spec {
        name: "command|info",
        arity: -2,
        syntax: "[command-name [command-name ...]]",
        summary: "Get array of specific Redis command details, or all when no argument is given.",
        run: Handler::Node(|_, _, _, argv| info(&argv[2..])),
        ..ROW
    },
    Spec {
        name: "command|docs",
        arity: -2,
        since: "7.0.0",
        syntax: "[command-name [command-name ...]]",
        summary: "Get array of specific Redis command documentation",
        run: Handler::Node(docs),
        ..ROW
    },
    Spec {
        name: "command|getkeys",
        arity: -4,
        syntax: "command arg [arg ...]",
        summary: "Extract keys given a full Redis command",
        complexity: "O(N) where N is the number of arguments to the command",
        run: Handler::Node(|_, _, _, argv| settle(get_keys(&argv[2..]))),
        ..ROW
    },
];

const ROW: Spec = Spec {
    name: "",
    arity: 2,
    flags: &[Flag::Loading, Flag::Stale],
    keys: Keys::None,
    group: Group::Server,
    syntax: "",
    summary: "",
    since: "2.8.13",
    complexity: "O(N) where N is the number of commands to look up",
    run: Handler::Container(&[]),
};

fn rows() -> impl Iterator<Item = &'static Spec> {
    ALL.iter().copied().flatten()
}

/// A row by its name: `get`, `cluster|nodes`.
fn row(name: &[u8]) -> Option<&'static Spec> {
    let same = |spec: &&Spec| spec.name.as_bytes().eq_ignore_ascii_case(name);
    rows().flat_map(|spec| std::iter::once(spec).chain(subcommands(spec))).find(same)
}

fn subcommands(spec: &'static Spec) -> &'static [Spec] {
    match spec.run {
        Handler::Container(subcommands) => subcommands,
        _ => &[],
    }
}

/// `COMMAND` by itself, and `COMMAND INFO`.
pub(in crate::cluster) fn info(names: &[Blob]) -> Reply {
    if names.is_empty() {
        return Reply::Array(rows().map(details).collect());
    }
    Reply::Array(names.iter().map(|name| row(name).map_or(Reply::Null, details)).collect())
}

fn list(_node: &mut Node, _context: &mut Context<'_>, _conn: Conn, argv: &[Blob]) -> Reply {
    if argv.len() > 2 {
        return syntax();
    }
    let named = rows().flat_map(|spec| std::iter::once(spec).chain(subcommands(spec)));
    Reply::Array(named.map(|spec| Reply::bulk(spec.name)).collect())
}

/// Ten fields as in Redis 7.0. Tips and key specifications are left empty: the older fields say where the keys are.
fn details(spec: &'static Spec) -> Reply {
    let (first, last, step) = spec.keys.range();
    let mut flags: Vec<Reply> = spec.flags.iter().map(|&flag| Reply::status(flag_name(flag))).collect();
    if spec.keys.is_movable() {
        flags.push(Reply::status("movablekeys"));
    }
    Reply::Array(vec![
        Reply::bulk(spec.name),
        Reply::Integer(spec.arity.into()),
        Reply::Set(flags),
        Reply::Integer(first),
        Reply::Integer(last),
        Reply::Integer(step),
        Reply::Set(categories(spec).into_iter().map(Reply::status).collect()),
        Reply::Array(Vec::new()),
        Reply::Array(Vec::new()),
        Reply::Array(subcommands(spec).iter().map(details).collect()),
    ])
}

fn flag_name(flag: Flag) -> &'static str {
    match flag {
        Flag::Write => "write",
        Flag::Read => "readonly",
        Flag::Fast => "fast",
        Flag::DenyOom => "denyoom",
        Flag::Admin => "admin",
        Flag::Loading => "loading",
        Flag::Stale => "stale",
        Flag::PubSub => "pubsub",
        Flag::Blocking => "blocking",
    }
}

/// Source: Redis 7.0, `acl.c`, `ACLCommandCategories`, `setImplicitACLCategories`.
fn categories(spec: &Spec) -> Vec<String> {
    let mut names = Vec::new();
    let mut add = |condition: bool, name: &str| {
        if condition {
            names.push(format!("@{name}"));
        }
    };
    let group = group_name(spec.group);
    add(spec.group == Group::Generic, "keyspace");
    add(spec.is(Flag::Read), "read");
    add(spec.is(Flag::Write), "write");
    let is_data = !matches!(
        spec.group,
        Group::Generic
            | Group::Server
            | Group::Cluster
            | Group::Connection
            | Group::Transactions
            | Group::PubSub
            | Group::Scripting
    );
    add(is_data, if spec.group == Group::SortedSet { "sortedset" } else { group });
    add(spec.is(Flag::Blocking), "blocking");
    add(spec.is(Flag::PubSub), "pubsub");
    add(spec.is(Flag::Admin), "admin");
    add(spec.is(Flag::Fast), "fast");
    add(!spec.is(Flag::Fast), "slow");
    add(spec.is(Flag::Admin), "dangerous");
    add(spec.group == Group::Connection, "connection");
    add(spec.group == Group::Transactions, "transaction");
    add(spec.group == Group::Scripting, "scripting");
    names
}

/// The name of a group as COMMAND DOCS gives it.
fn group_name(group: Group) -> &'static str {
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
    let pair = |spec: &'static Spec| (Reply::bulk(spec.name), documentation(spec));
    let names = &argv[2..];
    if names.is_empty() {
        return Reply::Map(rows().map(pair).collect());
    }
    Reply::Map(names.iter().filter_map(|name| row(name)).map(pair).collect())
}

/// What the table knows; the tree of arguments is not in it.
fn documentation(spec: &'static Spec) -> Reply {
    let mut fields = vec![
        (Reply::bulk("summary"), Reply::bulk(spec.summary)),
        (Reply::bulk("since"), Reply::bulk(spec.since)),
        (Reply::bulk("group"), Reply::bulk(group_name(spec.group))),
        (Reply::bulk("complexity"), Reply::bulk(spec.complexity)),
    ];
    let subs = subcommands(spec);
    if !subs.is_empty() {
        let subs = subs.iter().map(|sub| (Reply::bulk(sub.name), documentation(sub)));
        fields.push((Reply::bulk("subcommands"), Reply::Map(subs.collect())));
    }
    Reply::Map(fields)
}

fn get_keys(argv: &[Blob]) -> Result<Reply, Reply> {
    let found = find(argv);
    let known = argv.first().is_some_and(|name| row(name).is_some());
    let spec = match found {
        Ok(spec) => spec,
        Err(_) if known => return Err(Reply::error("ERR Invalid number of arguments specified for command")),
        Err(_) => return Err(Reply::error("ERR Invalid command specified")),
    };
    if spec.keys == Keys::None {
        return Err(Reply::error("ERR The command has no key arguments"));
    }
    let keys: Vec<Reply> = spec.keys.of(argv).cloned().map(Reply::Bulk).collect();
    if keys.is_empty() {
        return Err(Reply::error("ERR Invalid arguments specified for command"));
    }
    Ok(Reply::Array(keys))
}
