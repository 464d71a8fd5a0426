//! The subcommands of CLUSTER that say who belongs to it and who has which slot.
//!
//! Source: Redis 7.0, `cluster.c`, `clusterCommand`.

use super::argument::{is_word, need_integer, settle, syntax};
use super::cluster::{ROW, slot_number};
use super::table::{Flag, Handler, Spec};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::Node;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::slot::Slot;

/// What changes the cluster is for administrators, and works while data is stale.
const ADMIN: Spec = Spec { flags: &[Flag::Admin, Flag::Stale], ..ROW };

pub(super) const SUBCOMMANDS: &[Spec] = &[
    Spec { name: "cluster|meet", arity: -4, run: Handler::Node(meet), ..ADMIN },
    Spec {
        name: "cluster|forget",
        arity: 3,
        run: Handler::Node(|node, context, _, argv| done(node.forget(context, &argv[2]))),
        ..ADMIN
    },
    Spec {
        name: "cluster|replicate",
        arity: 3,
        run: Handler::Node(|node, context, _, argv| done(node.replicate(context, &argv[2]))),
        ..ADMIN
    },
    Spec { name: "cluster|reset", arity: -2, run: Handler::Node(reset), ..ADMIN },
    Spec {
        name: "cluster|set-config-epoch",
        arity: 3,
        run: Handler::Node(|node, _, _, argv| {
            settle(need_integer(&argv[2]).map(|epoch| done(node.set_config_epoch(epoch))))
        }),
        ..ADMIN
    },
    Spec {
        name: "cluster|addslots",
        arity: -3,
        run: Handler::Node(|node, context, _, argv| assign(node, context, each(&argv[2..]), true)),
        ..ADMIN
    },
    Spec {
        name: "cluster|addslotsrange",
        arity: -4,
        run: Handler::Node(|node, context, _, argv| assign(node, context, ranges(argv), true)),
        ..ADMIN
    },
    Spec {
        name: "cluster|delslots",
        arity: -3,
        run: Handler::Node(|node, context, _, argv| assign(node, context, each(&argv[2..]), false)),
        ..ADMIN
    },
    Spec {
        name: "cluster|delslotsrange",
        arity: -4,
        run: Handler::Node(|node, context, _, argv| assign(node, context, ranges(argv), false)),
        ..ADMIN
    },
    Spec {
        name: "cluster|flushslots",
        run: Handler::Node(|node, context, _, _| done(node.flush_slots(context))),
        ..ADMIN
    },
];

fn done(result: Result<(), String>) -> Reply {
    match result {
        Ok(()) => Reply::ok(),
        Err(text) => Reply::error(format!("ERR {text}")),
    }
}

/// More words than a subcommand takes.
fn too_many(name: &[u8]) -> Reply {
    let name = String::from_utf8_lossy(name);
    Reply::error(format!("ERR unknown subcommand or wrong number of arguments for '{name}'. Try CLUSTER HELP."))
}

/// An address where no machine is gets `OK` too: nobody answers there, and the handshake comes to nothing.
fn meet(node: &mut Node, context: &mut Context<'_>, _conn: Conn, argv: &[Blob]) -> Reply {
    if argv.len() > 5 {
        return too_many(&argv[1]);
    }
    let text = |blob: &Blob| String::from_utf8_lossy(blob).into_owned();
    let (ip, port) = (text(&argv[2]), text(&argv[3]));
    for (blob, kind) in argv[3..].iter().zip(["base", "bus"]) {
        if need_integer(blob).is_err() {
            return Reply::error(format!("ERR Invalid TCP {kind} port specified: {}", text(blob)));
        }
    }
    let is_port = |blob: &Blob| text(blob).parse::<u16>().is_ok_and(|port| port > 0);
    let sound = ip.parse::<std::net::Ipv4Addr>().is_ok() && argv[3..].iter().all(is_port);
    if !sound {
        return Reply::error(format!("ERR Invalid node address specified: {ip}:{port}"));
    }
    if let Some(addr) = context.book.resolve(&format!("{ip}:{port}")) {
        node.meet(context, addr);
    }
    Reply::ok()
}

fn reset(node: &mut Node, context: &mut Context<'_>, _conn: Conn, argv: &[Blob]) -> Reply {
    let hard = match &argv[2..] {
        [] => false,
        [word] if is_word(word, "SOFT") => false,
        [word] if is_word(word, "HARD") => true,
        [_] => return syntax(),
        _ => return too_many(&argv[1]),
    };
    done(node.reset_cluster(context, hard))
}

fn assign(node: &mut Node, context: &mut Context<'_>, slots: Result<Vec<Slot>, Reply>, add: bool) -> Reply {
    settle(slots.map(|slots| done(node.assign_slots(context, &slots, add))))
}

fn each(words: &[Blob]) -> Result<Vec<Slot>, Reply> {
    let slot = |word: &Blob| slot_number(word).ok_or_else(|| Reply::error("ERR Invalid or out of range slot"));
    words.iter().map(slot).collect()
}

fn ranges(argv: &[Blob]) -> Result<Vec<Slot>, Reply> {
    let bounds = &argv[2..];
    if !bounds.len().is_multiple_of(2) {
        let name = String::from_utf8_lossy(&argv[1]).to_ascii_lowercase();
        return Err(Reply::error(format!("ERR wrong number of arguments for 'cluster|{name}' command")));
    }
    let bounds = each(bounds)?;
    let mut slots = Vec::new();
    for pair in bounds.chunks_exact(2) {
        let (start, end) = (pair[0], pair[1]);
        if start > end {
            let text = format!("ERR start slot number {start} is greater than end slot number {end}");
            return Err(Reply::error(text));
        }
        slots.extend(start..=end);
    }
    Ok(slots)
}
