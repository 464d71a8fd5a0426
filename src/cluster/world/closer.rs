//! Looking closer than a snapshot does: one node's slot table, keys per slot, one message's content. Changes nothing.

use super::{Flying, World};
use crate::cluster::connection::Payload;
use crate::cluster::fact::FactId;
use crate::cluster::id::{HostId, Place};
use crate::cluster::slot::{SLOTS, SlotRange};
use crate::cluster::snapshot::{DirectoryEntry, Flight, FlightKind, Moving};
use crate::cluster::time::Micros;

/// A message with its content.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Where it is, and what it looks like from outside.
    pub flight: Flight,
    /// What it says.
    pub payload: Payload,
    /// The fact that it was sent because of.
    pub cause: Option<FactId>,
    /// Why its sender pinged just then, if it is a PING of a node's own timer.
    pub pinged: Option<Pinged>,
    /// When it was sent, as the nodes' own clocks have it: gossip tells moments by them.
    pub sent_by_clock: Micros,
}

/// Why a node pings another without being asked to. Source: Redis 7.0, `cluster.c`, `clusterCron`,
/// `clusterLinkConnectHandler`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pinged {
    /// The connection was just made.
    Connected,
    /// The last PONG is so old, more than half of the node timeout.
    Silent(Micros),
    /// Of five chosen by chance it is the one whose last PONG is the oldest: so old.
    Chosen(Micros),
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
        let letter = |flying: &Flying, due, held| {
            let flight = self.flight(id, flying, due, held);
            let pinged = self.pinged(&flight, flying.sent);
            let (payload, cause) = (flying.payload.clone(), flying.cause);
            Letter { flight, payload, cause, pinged, sent_by_clock: flying.sent }
        };
        let held = self.held.iter().enumerate().find(|(index, _)| u64::MAX - *index as u64 == id);
        if let Some((_, flying)) = held {
            return Some(letter(flying, self.now, true));
        }
        let flying = self.flying.iter().find(|((_, number), _)| *number == id);
        flying.map(|((due, _), flying)| letter(flying, due, false))
    }

    /// Nothing about the sender's view of the receiver changes before the answer is there: so it can be asked now.
    fn pinged(&self, flight: &Flight, sent: Micros) -> Option<Pinged> {
        let (FlightKind::Ping, Place::Node(from), Place::Node(to)) = (flight.kind, flight.from, flight.to) else {
            return None;
        };
        let node = self.node(from)?;
        let peer = node.view.peer_at(to)?;
        let since = peer.link_since().filter(|since| *since <= sent)?;
        let heard = peer.pong_received().get();
        let silent = sent.saturating_sub(heard.unwrap_or(0));
        Some(match heard {
            None => Pinged::Connected,
            Some(heard) if heard < since => Pinged::Connected,
            _ if silent > node.config.node_timeout / 2 => Pinged::Silent(silent),
            _ => Pinged::Chosen(silent),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::node::view::ME;
    use crate::cluster::time::SECOND;
    use crate::cluster::world::Plan;

    fn city() -> World {
        let mut world = World::new(&Plan::small(), 1).expect("it can be built");
        world.open(60 * SECOND);
        world
    }

    #[test]
    fn runs_are_the_slots_however_they_lie() {
        let world = city();
        let mut view = world.node(HostId(0)).expect("it runs").view.clone();
        let other = view.find(world.node(HostId(1)).expect("it runs").view.me().id());
        assert_eq!(view.runs_of(ME), view.slots_of(ME).ranges());
        for slot in [0, 127, 128, 129, 4_000, 5_460] {
            view.set_owner(slot, other);
        }
        view.set_owner(16_383, Some(ME));
        assert_eq!(view.runs_of(ME), view.slots_of(ME).ranges());
        assert_eq!(view.runs_of(ME).len(), 4);
    }

    #[test]
    fn a_slot_table_is_one_nodes_own() {
        let mut world = city();
        let owners =
            |world: &World, host| world.slot_table(host).into_iter().map(|(_, owner)| owner).collect::<Vec<_>>();
        assert_eq!(owners(&world, HostId(5)), [Some(HostId(0)), Some(HostId(1)), Some(HostId(2))]);
        world.kill(HostId(5)).expect("it runs");
        assert!(world.slot_table(HostId(5)).is_empty(), "who does not run has none");
    }

    #[test]
    fn keys_are_counted_in_their_slots() {
        let mut world = city();
        for line in ["SET user:123 Ada", "SET {user:123}:b Eve"] {
            let argv = crate::cluster::command::line::split(line).expect("a line");
            world.submit(crate::cluster::id::ClientId(0), None, argv.into()).expect("it is taken");
        }
        world.run_until(10 * SECOND);
        let counts = world.keys_per_slot(&world.snapshot().directory);
        assert_eq!(
            (counts[12_893], counts.iter().sum::<u32>()),
            (2, 2),
            "a backup's copies are not counted again"
        );
    }
}
