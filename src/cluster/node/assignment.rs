//! Slots given and taken by hand: ADDSLOTS, DELSLOTS and their ranges, FLUSHSLOTS. Nothing is told to others: they learn
//! of new slots by heartbeats, and of given up ones not at all.
//!
//! Source: Redis 7.0, `cluster.c`, `clusterAddSlot`, `clusterDelSlot`, `CLUSTER ADDSLOTS` and the like.

use super::Node;
use super::view::ME;
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;
use crate::cluster::slot::{SLOTS, Slot, SlotSet};

impl Node {
    /// Takes slots that nobody has, or gives up slots that somebody has: all of them, or none and an error.
    pub fn assign_slots(&mut self, context: &mut Context<'_>, slots: &[Slot], add: bool) -> Result<(), String> {
        let mut seen = SlotSet::EMPTY;
        for &slot in slots {
            if self.view.owner(slot).is_some() == add {
                let what = if add { "busy" } else { "unassigned" };
                return Err(format!("Slot {slot} is already {what}"));
            }
            if !seen.insert(slot) {
                return Err(format!("Slot {slot} specified multiple times"));
            }
        }
        for &slot in slots {
            if add {
                self.importing.remove(&slot);
            }
            self.view.set_owner(slot, add.then_some(ME));
        }
        let count = slots.len() as u16;
        context.fact(FactKind::SlotsAssigned { host: self.host, slots: count, added: add });
        self.todo.update_state = true;
        Ok(())
    }

    /// `CLUSTER FLUSHSLOTS`.
    pub fn flush_slots(&mut self, context: &mut Context<'_>) -> Result<(), String> {
        if !self.store.is_empty() {
            return Err("DB must be empty to perform CLUSTER FLUSHSLOTS.".to_owned());
        }
        let slots = self.view.me().slot_count();
        for slot in 0..SLOTS {
            self.view.set_owner(slot, None);
        }
        context.fact(FactKind::SlotsAssigned { host: self.host, slots, added: false });
        self.todo.update_state = true;
        Ok(())
    }
}
