//! CLUSTER and its subcommands. Source: Redis 7.0, `cluster.c`, `clusterCommand`.

use super::argument::{integer, is_word, need_integer, settle, subcommand_syntax, syntax};
use super::introspection;
use super::membership;
use super::table::{BLANK, Flag, Group, Handler, Spec};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::{FailoverMode, Node, SetSlot};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::slot::{SLOTS, Slot, key_slot};

pub(super) const COMMANDS: &[Spec] = &[Spec { name: "cluster", arity: -2, run: Handler::Container(&ALL), ..ROW }];

/// The subcommands of this file, of [`membership`] and of [`introspection`].
const ALL: [Spec; MINE + MEMBERSHIP + introspection::SUBCOMMANDS.len()] = {
    let mut all = [ROW; MINE + MEMBERSHIP + introspection::SUBCOMMANDS.len()];
    let mut index = 0;
    while index < all.len() {
        all[index] = if index < MINE {
            SUBCOMMANDS[index]
        } else if index < MINE + MEMBERSHIP {
            membership::SUBCOMMANDS[index - MINE]
        } else {
            introspection::SUBCOMMANDS[index - MINE - MEMBERSHIP]
        };
        index += 1;
    }
    all
};
const MINE: usize = SUBCOMMANDS.len();
const MEMBERSHIP: usize = membership::SUBCOMMANDS.len();

const SUBCOMMANDS: &[Spec] = &[
    Spec { name: "cluster|keyslot", arity: 3, run: Handler::Node(keyslot), ..ROW },
    Spec { name: "cluster|nodes", run: Handler::Node(nodes), ..ROW },
    Spec { name: "cluster|slots", run: Handler::Node(slots), ..ROW },
    Spec { name: "cluster|info", run: Handler::Node(info), ..ROW },
    Spec { name: "cluster|myid", run: Handler::Node(myid), ..ROW },
    Spec { name: "cluster|countkeysinslot", arity: 3, run: Handler::Node(count_keys_in_slot), ..ROW },
    Spec {
        name: "cluster|failover",
        arity: -2,
        flags: &[Flag::Admin, Flag::Stale],
        run: Handler::Node(failover),
        ..ROW
    },
    Spec {
        name: "cluster|setslot",
        arity: -4,
        flags: &[Flag::Admin, Flag::Stale],
        run: Handler::Node(set_slot),
        ..ROW
    },
    Spec {
        name: "cluster|bumpepoch",
        flags: &[Flag::Admin, Flag::Stale],
        run: Handler::Node(|node, _, _, _| {
            let before = node.view.me().config_epoch;
            let epoch = node.bump_epoch();
            Reply::status(format!("{} {epoch}", if epoch == before { "STILL" } else { "BUMPED" }))
        }),
        ..ROW
    },
    Spec { name: "cluster|getkeysinslot", arity: 4, run: Handler::Node(get_keys_in_slot), ..ROW },
];

pub(super) const ROW: Spec = Spec { arity: 2, flags: &[Flag::Stale], group: Group::Cluster, ..BLANK };

fn keyslot(_node: &mut Node, _context: &mut Context<'_>, _conn: Conn, argv: &[Blob]) -> Reply {
    Reply::Integer(key_slot(&argv[2]).into())
}

fn nodes(node: &mut Node, context: &mut Context<'_>, _conn: Conn, _argv: &[Blob]) -> Reply {
    Reply::verbatim(node.nodes_text(context.book))
}

fn slots(node: &mut Node, context: &mut Context<'_>, _conn: Conn, _argv: &[Blob]) -> Reply {
    node.slots_reply(context.book)
}

fn info(node: &mut Node, _context: &mut Context<'_>, _conn: Conn, _argv: &[Blob]) -> Reply {
    Reply::verbatim(node.info_text())
}

fn myid(node: &mut Node, _context: &mut Context<'_>, _conn: Conn, _argv: &[Blob]) -> Reply {
    Reply::bulk(node.view.me().id().to_string())
}

fn failover(node: &mut Node, context: &mut Context<'_>, _conn: Conn, argv: &[Blob]) -> Reply {
    let mode = match &argv[2..] {
        [] => FailoverMode::Handshake,
        [word] if is_word(word, "FORCE") => FailoverMode::Force,
        [word] if is_word(word, "TAKEOVER") => FailoverMode::Takeover,
        [_] => return syntax(),
        _ => return subcommand_syntax(argv),
    };
    node.start_manual_failover(context, mode)
}

fn set_slot(node: &mut Node, context: &mut Context<'_>, _conn: Conn, argv: &[Blob]) -> Reply {
    let Some(slot) = slot_number(&argv[2]) else {
        return Reply::error("ERR Invalid or out of range slot");
    };
    let what = match &argv[3..] {
        [word, id] if is_word(word, "MIGRATING") => SetSlot::Migrating(id),
        [word, id] if is_word(word, "IMPORTING") => SetSlot::Importing(id),
        [word, id] if is_word(word, "NODE") => SetSlot::Node(id),
        [word] if is_word(word, "STABLE") => SetSlot::Stable,
        _ => return Reply::error("ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP"),
    };
    node.set_slot(context, slot, what)
}

pub(super) fn slot_number(bytes: &[u8]) -> Option<Slot> {
    let slot = integer(bytes)?;
    Slot::try_from(slot).ok().filter(|&slot| slot < SLOTS)
}

fn count_keys_in_slot(node: &mut Node, _context: &mut Context<'_>, _conn: Conn, argv: &[Blob]) -> Reply {
    settle(
        need_slot(&argv[2], "ERR Invalid slot")
            .map(|slot| Reply::Integer(node.store.in_slot(slot).count() as i64)),
    )
}

fn get_keys_in_slot(node: &mut Node, _context: &mut Context<'_>, _conn: Conn, argv: &[Blob]) -> Reply {
    const INVALID: &str = "ERR Invalid slot or number of keys";
    settle(need_slot(&argv[2], INVALID).and_then(|slot| {
        let count = usize::try_from(need_integer(&argv[3])?).ok();
        let count = count.ok_or_else(|| Reply::error(INVALID))?;
        Ok(Reply::Array(node.store.in_slot(slot).take(count).cloned().map(Reply::Bulk).collect()))
    }))
}

/// A slot, or an error: what is no number has its own.
fn need_slot(bytes: &[u8], out_of_range: &str) -> Result<Slot, Reply> {
    if integer(bytes).is_none() {
        return Err(Reply::error(super::argument::NOT_AN_INTEGER));
    }
    slot_number(bytes).ok_or_else(|| Reply::error(out_of_range))
}
