//! Slots on the move: MIGRATING here, IMPORTING there, and who owns them in the end.
//!
//! Source: Redis 7.0, `cluster.c`, `CLUSTER SETSLOT`.

use super::Node;
use super::view::{ME, PeerIx};
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;
use crate::cluster::id::NodeId;
use crate::cluster::reply::Reply;
use crate::cluster::slot::Slot;

/// What `CLUSTER SETSLOT` does to a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetSlot<'a> {
    /// It goes from here to that node.
    Migrating(&'a [u8]),
    /// It comes here from that node.
    Importing(&'a [u8]),
    /// It belongs to that node.
    Node(&'a [u8]),
    /// It does not move.
    Stable,
}

impl Node {
    /// The slots that go from here to another node, and to which.
    pub fn leaving(&self) -> impl Iterator<Item = (Slot, NodeId)> + '_ {
        self.migrating.iter().map(|(slot, id)| (*slot, *id))
    }

    /// The slots that come here from another node, and from which.
    pub fn coming(&self) -> impl Iterator<Item = (Slot, NodeId)> + '_ {
        self.importing.iter().map(|(slot, id)| (*slot, *id))
    }

    /// `CLUSTER SETSLOT`; all checks come before any change.
    pub fn set_slot(&mut self, context: &mut Context<'_>, slot: Slot, what: SetSlot<'_>) -> Reply {
        match self.try_set_slot(context, slot, what) {
            Ok(()) => Reply::ok(),
            Err(text) => Reply::error(format!("ERR {text}")),
        }
    }

    fn try_set_slot(&mut self, context: &mut Context<'_>, slot: Slot, what: SetSlot<'_>) -> Result<(), String> {
        if !self.view.me().is_master() {
            return Err("Please use SETSLOT only with masters.".to_owned());
        }
        let mine = self.view.owner(slot) == Some(ME);
        match what {
            SetSlot::Migrating(_) if !mine => Err(format!("I'm not the owner of hash slot {slot}")),
            SetSlot::Importing(_) if mine => Err(format!("I'm already the owner of hash slot {slot}")),
            SetSlot::Migrating(id) => {
                let target = self.other_master(id, "I don't know about node")?;
                self.migrating.insert(slot, self.view.peer(target).id());
                let to = self.view.peer(target).addr();
                context.fact(FactKind::SlotLeaving { host: self.host, slot, to });
                Ok(())
            }
            SetSlot::Importing(id) => {
                let source = self.other_master(id, "I don't know about node")?;
                self.importing.insert(slot, self.view.peer(source).id());
                Ok(())
            }
            SetSlot::Stable => {
                self.migrating.remove(&slot);
                self.importing.remove(&slot);
                Ok(())
            }
            SetSlot::Node(id) => {
                let owner = self.other_master(id, "Unknown node")?;
                self.give_slot(context, slot, owner)
            }
        }
    }

    /// A master by its id, or the error that names it.
    fn other_master(&self, id: &[u8], unknown: &str) -> Result<PeerIx, String> {
        let known = NodeId::parse(id).and_then(|id| self.view.find(id));
        let Some(ix) = known else {
            return Err(format!("{unknown} {}", String::from_utf8_lossy(id)));
        };
        if !self.view.peer(ix).is_master() {
            return Err("Target node is not a master".to_owned());
        }
        Ok(ix)
    }

    fn give_slot(&mut self, context: &mut Context<'_>, slot: Slot, owner: PeerIx) -> Result<(), String> {
        let keys_left = self.store.in_slot(slot).next().is_some();
        let was_mine = self.view.owner(slot) == Some(ME);
        if was_mine && owner != ME && keys_left {
            return Err(format!(
                "Can't assign hashslot {slot} to a different node while I still hold keys for this hash slot."
            ));
        }
        if !keys_left {
            self.migrating.remove(&slot);
        }
        self.view.set_owner(slot, Some(owner));
        self.todo.update_state = true;
        if was_mine && owner != ME && self.view.me().slot_count() == 0 && self.config.allow_replica_migration {
            // The last slot is gone: whoever has it has this shard's data.
            self.follow(context, owner);
        }
        if owner == ME && self.importing.remove(&slot).is_some() {
            // Nobody is asked: the new owner's claim must beat the old one's.
            let epoch = self.bump_epoch();
            let fact = context.fact(FactKind::SlotArrived { host: self.host, slot, epoch });
            context.because(Some(fact), |context| self.broadcast_pong(context, false));
        }
        Ok(())
    }

    /// Whether a slot of another node is to come here. Until it is here or closed again, nothing that others say of it is
    /// heard: not even that its owner was replaced.
    pub fn imports_slots(&self) -> bool {
        !self.importing.is_empty()
    }

    /// Whether a slot is open here: on its way to another node, or from one.
    pub fn is_open(&self, slot: Slot) -> bool {
        self.migrating.contains_key(&slot) || self.importing.contains_key(&slot)
    }

    /// The slots that are open here.
    pub fn open_slots(&self) -> impl Iterator<Item = Slot> + '_ {
        self.migrating.keys().chain(self.importing.keys()).copied()
    }

    /// The open slots, as this node's own line of `CLUSTER NODES` shows them.
    pub(super) fn open_slots_text(&self) -> String {
        let mut text = String::new();
        for (slot, target) in &self.migrating {
            text.push_str(&format!(" [{slot}->-{}]", target));
        }
        for (slot, source) in &self.importing {
            text.push_str(&format!(" [{slot}-<-{}]", source));
        }
        text
    }
}
