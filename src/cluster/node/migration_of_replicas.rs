//! A master without replicas gets one from a shard that has more than it needs.
//!
//! Source: Redis 7.0, `cluster.c`, `clusterHandleSlaveMigration`, and the orphan count of `clusterCron`.

use litemap::LiteMap;

use super::Node;
use super::view::{ME, PeerIx, Stamp};
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;
use crate::cluster::time::{Micros, SECOND};

/// `CLUSTER_SLAVE_MIGRATION_DELAY`: a master must have been without replicas for so long.
const DELAY: Micros = 5 * SECOND;

impl Node {
    /// Looks for orphans, once a second, and moves if it is for this replica to do so. Redis looks ten times a second.
    pub(super) fn look_for_orphans(&mut self, context: &mut Context<'_>) {
        let Some(my_master) = self.view.me().replica_of() else {
            return;
        };
        let well = self.replicas_that_are_well();
        self.note_orphans(&well, context.now);
        let most = well.values().map(Vec::len).max().unwrap_or(0);
        let mine = well.get(&my_master).map_or(0, Vec::len);
        let allowed = self.config.allow_replica_migration && self.health.is_ok();
        let spare = mine as u64 > self.config.migration_barrier;
        if !allowed || most < 2 || mine != most || !spare || !self.is_candidate(&well, most) {
            return;
        }
        let orphan = self.view.others().find(|(_, peer)| {
            peer.slot_count() > 0 && peer.orphaned_at.get().is_some_and(|at| context.now - at > DELAY)
        });
        if let Some((orphan, peer)) = orphan {
            let kind = FactKind::OrphanAdopted { host: self.host, master: peer.addr() };
            let fact = context.fact(kind);
            context.because(Some(fact), |context| self.follow(context, orphan));
        }
    }

    /// Of every master the replicas that I neither suspect nor know to have failed; I am well myself.
    fn replicas_that_are_well(&self) -> LiteMap<PeerIx, Vec<PeerIx>> {
        let mut well: LiteMap<PeerIx, Vec<PeerIx>> = LiteMap::new();
        for (ix, peer) in self.view.peers() {
            if let Some(master) = peer.replica_of().filter(|_| ix == ME || !peer.in_trouble()) {
                well.entry(master).or_default().push(ix);
            }
        }
        well
    }

    /// Only a master that once had replicas can lack them: one that never had any is meant to be alone.
    fn note_orphans(&mut self, well: &LiteMap<PeerIx, Vec<PeerIx>>, now: Micros) {
        for ix in self.view.other_ixs() {
            let has = well.contains_key(&ix);
            let lives = self.view.peer(ix).is_master() && !self.view.peer(ix).failed();
            let peer = self.view.peer_mut(ix);
            peer.had_replicas |= has;
            peer.orphaned_at = match peer.orphaned_at {
                _ if !lives || has || !peer.had_replicas => Stamp::NEVER,
                Stamp::NEVER => Stamp::at(now),
                since => since,
            };
        }
    }

    /// Of all replicas of the richest masters the one with the smallest id goes.
    fn is_candidate(&self, well: &LiteMap<PeerIx, Vec<PeerIx>>, most: usize) -> bool {
        let rich = well.values().filter(|replicas| replicas.len() == most).flatten();
        rich.map(|&ix| self.view.peer(ix).id()).min() == Some(self.view.me().id())
    }
}
