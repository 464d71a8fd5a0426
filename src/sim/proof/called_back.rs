//! Owners that are called back by an echo (B15), as a real 7.0.15 was in two of four tries (story `called_back`): the header of
//! a replica carries its master's epoch, who takes that for the sender's own calls the sender's successor back with an UPDATE,
//! and that one gives its slots to a node that claims none. What was in them is gone, and nobody serves them until somebody
//! gives them away anew.

use std::collections::BTreeSet;

use super::check::running;
use super::ledger::owner_of;
use crate::cluster::id::{ClientId, HostId};
use crate::cluster::node::view::ME;
use crate::cluster::slot::Slot;
use crate::cluster::world::World;
use crate::sim::Action;

/// The slots that `host` has just given up to follow `of`, which is a replica and never had the epoch that `host` knows of it.
pub(super) fn slots_given_up(world: &World, host: HostId, of: HostId) -> BTreeSet<Slot> {
    let (Some(node), Some(caller)) = (world.node(host), world.node(of)) else {
        return BTreeSet::new();
    };
    let Some(followed) = node.view.me().replica_of().filter(|&ix| node.view.peer(ix).addr() == of) else {
        return BTreeSet::new();
    };
    let own = caller.view.me();
    if own.is_master() || own.config_epoch >= node.view.peer(followed).config_epoch {
        return BTreeSet::new();
    }
    let given = node.view.slots_of(followed);
    given.iter().filter(|&slot| owner_of(world, slot).is_none()).collect()
}

/// Gives those of the slots that nobody claims to a master, as `redis-cli --cluster fix` does with slots that are not covered.
pub(super) fn claims_anew(world: &World, slots: &BTreeSet<Slot>) -> Vec<Action> {
    let mut masters =
        running(world).filter(|(_, node)| node.view.me().is_master() && node.view.me().slot_count() > 0);
    let Some((target, node)) = masters.next() else {
        return Vec::new();
    };
    let bare: Vec<Slot> = slots.iter().copied().filter(|&slot| owner_of(world, slot).is_none()).collect();
    let owned: Vec<Slot> =
        bare.iter().copied().filter(|&slot| node.view.owner(slot).is_some_and(|owner| owner != ME)).collect();
    let mut lines = Vec::new();
    for (how, slots) in [("DELSLOTSRANGE", &owned), ("ADDSLOTSRANGE", &bare)] {
        for run in slots.chunk_by(|one, next| one + 1 == *next) {
            lines.push(format!("CLUSTER {how} {} {}", run[0], run[run.len() - 1]));
        }
    }
    if !lines.is_empty() {
        lines.push("CLUSTER BUMPEPOCH".to_owned());
    }
    let say = |line: String| Action::Command { client: ClientId(0), target: Some(target), line: line.into() };
    lines.into_iter().map(say).collect()
}
