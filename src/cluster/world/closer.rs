//! Looking closer than a snapshot does: one node's slot table, keys per slot, one message's content. Changes nothing.

use super::{Event, Flying, World};
use crate::cluster::connection::Payload;
use crate::cluster::fact::FactId;
use crate::cluster::id::HostId;
use crate::cluster::slot::{SLOTS, SlotRange};
use crate::cluster::snapshot::{DirectoryEntry, Flight, Moving};

/// A message with its content.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Where it is, and what it looks like from outside.
    pub flight: Flight,
    /// What it says.
    pub payload: Payload,
    /// The fact that it was sent because of.
    pub cause: Option<FactId>,
}

impl World {
    /// A running node's slot table: runs of slots, and the machine it takes for their owner. Empty if it does not run.
    pub fn slot_table(&self, host: HostId) -> Vec<(SlotRange, Option<HostId>)> {
        let Some(node) = self.node(host) else {
            return Vec::new();
        };
        let mut runs: Vec<(SlotRange, Option<HostId>)> = Vec::new();
        for slot in 0..SLOTS {
            let owner = node.view.owner(slot).map(|ix| node.view.peer(ix).addr());
            match runs.last_mut() {
                Some((range, last)) if *last == owner => range.end = slot,
                _ => runs.push((SlotRange { start: slot, end: slot }, owner)),
            }
        }
        runs
    }

    /// How many keys each slot has: at its owner in `directory`, and where it is moving to.
    pub fn keys_per_slot(&self, directory: &[DirectoryEntry]) -> Vec<u32> {
        let moving = self.moving();
        let mut counts = vec![0; usize::from(SLOTS)];
        for host in self.hosts() {
            let Some(node) = self.node(host).filter(|node| node.view.me().is_master() && !node.store.is_empty())
            else {
                continue;
            };
            for (_, entry) in node.store.iter() {
                let slot = entry.slot;
                let run = directory.partition_point(|run| run.range.end < slot);
                let own = directory.get(run).is_some_and(|run| run.owner == Some(host));
                if own || moving.iter().any(|moving| moving.slot == slot && moving.to == host) {
                    counts[usize::from(slot)] += 1;
                }
            }
        }
        counts
    }

    /// A message on its way, by the id of its flight.
    pub fn letter(&self, id: u64) -> Option<Letter> {
        let letter = |flying: &Flying, due, held| Letter {
            flight: self.flight(id, flying, due, held),
            payload: flying.payload.clone(),
            cause: flying.cause,
        };
        let held = self.held.iter().enumerate().find(|(index, _)| u64::MAX - *index as u64 == id);
        if let Some((_, flying)) = held {
            return Some(letter(flying, self.now, true));
        }
        self.queue.iter().find_map(|(&(due, number), event)| match event {
            Event::Arrival(flying) if number == id => Some(letter(flying, due, false)),
            _ => None,
        })
    }

    /// The slots that running masters are handing over.
    pub(super) fn moving(&self) -> Vec<Moving> {
        let mut moving = Vec::new();
        for from in self.hosts() {
            let Some(node) = self.node(from) else {
                continue;
            };
            for (slot, id) in node.leaving() {
                if let Some(ix) = node.view.find(id) {
                    moving.push(Moving { slot, from, to: node.view.peer(ix).addr() });
                }
            }
        }
        moving
    }
}
