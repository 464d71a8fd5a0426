//! What is wrong with slots that were left open, and what `fix` does about each. Slots that nobody has and nobody awaits,
//! and keys on nodes that have no business with them, are left to `redis-cli` at the door.
//!
//! Source: Redis 7.0, `redis-cli.c`, `clusterManagerFixOpenSlot`.

use super::job::Job;
use super::plan::Move;
use super::survey::Line;
use super::task::{Step, words};
use crate::cluster::id::{HostId, NodeId};
use crate::cluster::slot::Slot;

impl Job {
    /// The master that a slot for `id` should go to now: a master that failed has its replica in its place.
    fn heir_of(&self, id: NodeId) -> Option<NodeId> {
        let line = self.lines.iter().find(|line| line.id == id)?;
        let heir = line.replica_of.unwrap_or(line.id);
        self.lines.iter().any(|line| line.id == heir && line.master && !line.unwell).then_some(heir)
    }

    /// Slots that leave somebody for nobody, left somebody already, or came to somebody already: they need only be closed
    /// (`clusterManagerFixOpenSlot`, case 4).
    pub(super) fn abandoned(&self) -> Vec<(HostId, Slot)> {
        let stays = |line: &Line, to| self.heir_of(to).is_none_or(|heir| heir == line.id);
        let mut closed = Vec::new();
        for line in &self.lines {
            let leaving = line.leaving.iter();
            let over = leaving.filter(|&(slot, &to)| stays(line, to) || !line.slots.contains(slot));
            let came = line.coming.keys().filter(|slot| line.slots.contains(slot));
            closed.extend(over.map(|(slot, _)| slot).chain(came).map(|&slot| (line.host, slot)));
        }
        closed
    }

    /// A node that imports a slot does not hear that the slot's owner was replaced, and may answer CLUSTERDOWN for it (7.0,
    /// `clusterUpdateSlotsConfigWith`): it has to be told before it can take keys.
    pub(super) fn owners_of_coming(&self) -> impl Iterator<Item = Step> + '_ {
        let coming = self.lines.iter().flat_map(|line| line.coming.keys().map(move |slot| (line, slot)));
        coming.filter_map(|(line, slot)| {
            let owner =
                self.lines.iter().find(|other| other.slots.contains(slot)).filter(|owner| owner.id != line.id)?;
            let argv = words(&["CLUSTER", "SETSLOT", &slot.to_string(), "NODE", &owner.id.to_string()]);
            Some(Step::Mention(line.host, argv))
        })
    }

    /// A slot that comes to somebody, and that nobody has: the first to whom it comes keeps it. redis-cli gives it to whoever
    /// holds most of its keys (`clusterManagerFixOpenSlot`, no clear owner).
    pub(super) fn coming_from_nobody(&self) -> impl Iterator<Item = Step> + '_ {
        let imports = |line: &Line, slot: &Slot| line.coming.contains_key(slot);
        let coming = self.lines.iter().flat_map(|line| line.coming.keys().map(move |slot| (line, slot)));
        let ownerless = coming.filter(|(_, slot)| !self.lines.iter().any(|line| line.slots.contains(slot)));
        let first = move |line: &Line, slot| self.lines.iter().find(|other| imports(other, slot)) == Some(line);
        ownerless.filter(move |(line, slot)| first(line, slot)).map(|(line, slot)| {
            let argv = words(&["CLUSTER", "SETSLOT", &slot.to_string(), "NODE", &line.id.to_string()]);
            Step::Say(line.host, argv)
        })
    }

    /// Slots that leave somebody or come to somebody, each to where it was going.
    pub(super) fn half_moved(&self) -> Vec<Move> {
        let mut moves: Vec<Move> = Vec::new();
        for line in &self.lines {
            let on = |(&slot, &to)| Some(Move { slot, from: line.id, to: self.heir_of(to)? });
            moves.extend(line.leaving.iter().filter(|(slot, _)| line.slots.contains(slot)).filter_map(on));
        }
        for line in &self.lines {
            for &slot in line.coming.keys() {
                let owner = self.lines.iter().find(|line| line.slots.contains(&slot));
                let planned = moves.iter().any(|one| one.slot == slot);
                if let Some(owner) = owner.filter(|owner| owner.id != line.id && !planned) {
                    moves.push(Move { slot, from: owner.id, to: line.id });
                }
            }
        }
        moves.retain(|one| one.from != one.to);
        moves
    }
}
