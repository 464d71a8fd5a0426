//! A plain `CLUSTER FAILOVER` hands over the whole history: while the master lets no writes in, nothing else may enter its
//! stream either, or the replica takes over with less, and the old master needs a whole copy afterwards. Who was asked so
//! waits for its master's word, unless it takes that for failed: then it is elected like any other.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Check, Violation, violated};
use crate::cluster::fact::{Fact, FactKind, FailoverMode};
use crate::cluster::id::HostId;
use crate::cluster::node::Node;
use crate::cluster::world::World;

/// Replicas that have all that their paused master has.
#[derive(Debug, Default)]
pub(super) struct Handovers {
    /// The offset at which the master of a replica let no more writes in, since that one asked. Word of an earlier pause
    /// counts in Redis too: what follows from that is not held against the master.
    paused_at: BTreeMap<HostId, u64>,
    /// The offsets of all pauses of each master so far, whomever they were for.
    pauses: BTreeMap<HostId, BTreeSet<u64>>,
    caught_up: BTreeSet<HostId>,
    /// Replicas that were asked to take over with their master's word, and have it not yet.
    waiting: BTreeSet<HostId>,
    /// Comparisons made.
    pub(super) compared: u64,
}

impl Handovers {
    /// Whether word of this offset is of an earlier pause.
    pub(super) fn is_stale(&self, host: HostId, offset: u64) -> bool {
        self.paused_at.get(&host) != Some(&offset)
    }

    /// A fact, and the world right after it.
    pub(super) fn read(&mut self, world: &World, fact: &Fact) -> Result<(), Violation> {
        match fact.kind {
            FactKind::HandoverAsked { host, mode } => {
                self.caught_up.remove(&host);
                self.waiting.remove(&host);
                self.waiting.extend((mode == FailoverMode::Handshake).then_some(host));
                self.paused_at.remove(&host);
            }
            FactKind::WritesPaused { host, replica } => {
                if let Some(offset) = world.node(host).map(|node| node.replication.offset) {
                    self.paused_at.insert(replica, offset);
                    self.pauses.entry(host).or_default().insert(offset);
                }
            }
            FactKind::HandoverTimedOut { host } => drop(self.waiting.remove(&host)),
            FactKind::CaughtUp { host, offset } if self.is_stale(host, offset) => {
                self.waiting.remove(&host);
                return self.of_an_earlier_pause(world, fact, host, offset);
            }
            FactKind::CaughtUp { host, .. } => {
                self.waiting.remove(&host);
                self.caught_up.insert(host);
            }
            FactKind::Promoted { host, was_replica_of, .. } if self.caught_up.remove(&host) => {
                return self.same_history(world, fact, was_replica_of, host);
            }
            FactKind::Promoted { host, was_replica_of, .. } if self.waiting.remove(&host) => {
                return took_it_for_failed(world, fact, was_replica_of, host);
            }
            _ => {}
        }
        Ok(())
    }

    /// What a replica takes for its master's offset must be that of a pause, if not of this one.
    fn of_an_earlier_pause(&self, world: &World, fact: &Fact, host: HostId, offset: u64) -> Result<(), Violation> {
        let Some(node) = world.node(host) else {
            return Ok(());
        };
        let Some(master) = node.view.me().replica_of().map(|master| node.view.peer(master).addr()) else {
            return Ok(());
        };
        if self.pauses.get(&master).is_some_and(|offsets| offsets.contains(&offset)) {
            return Ok(());
        }
        let what = format!("{host:?} believes that {master:?} paused at {offset}, which it never did");
        violated(Check::Handover, fact.at, what)
    }

    /// Of a master that waits for this replica still.
    fn same_history(&mut self, world: &World, fact: &Fact, old: HostId, new: HostId) -> Result<(), Violation> {
        let (Some(old_node), Some(new_node)) = (world.node(old), world.node(new)) else {
            return Ok(());
        };
        let waits_for = old_node.manual.as_ref().and_then(|manual| manual.pauses_for());
        if waits_for != Some(new_node.view.me().id()) {
            return Ok(());
        }
        self.compared += 1;
        // In the event that made it a master it may have written already: of keys that had expired, a cron removes some.
        let first_own = new_node.replication.replid2.map_or(0, |(_, first)| first);
        let (had, has) = (old_node.replication.offset, first_own.saturating_sub(1));
        if had == has {
            return Ok(());
        }
        let what = format!("{new:?} takes over with offset {has}, and its paused master {old:?} is at {had}");
        violated(Check::Handover, fact.at, what)
    }
}

/// Without its master's word a replica takes over only from one that has failed (7.0, `clusterHandleSlaveFailover`).
fn took_it_for_failed(world: &World, fact: &Fact, old: HostId, new: HostId) -> Result<(), Violation> {
    let holds = |node: &Node| node.view.others().any(|(_, peer)| peer.addr() == old && peer.failed());
    if world.node(new).is_none_or(holds) {
        return Ok(());
    }
    let what = format!("{new:?} takes over from {old:?}, which lives, before it has heard that it waits");
    violated(Check::Handover, fact.at, what)
}
