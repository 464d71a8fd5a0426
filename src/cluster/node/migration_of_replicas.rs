//! A master without replicas gets one from a shard that has more than it needs.
//!
//! Source: Redis 7.0, `cluster.c`, `clusterHandleSlaveMigration`, and the orphan count of `clusterCron`.

use super::Node;
use super::view::{Flags, ME, PeerIx, PeerRef, Stamp};
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;
use crate::cluster::time::{Micros, SECOND};

/// `CLUSTER_SLAVE_MIGRATION_DELAY`: a master must have been without replicas for so long.
const DELAY: Micros = 5 * SECOND;

/// The replicas of every known node that have not failed, counted by its place in the list.
struct Replicas(Vec<u32>);

impl Replicas {
    fn of(&self, ix: PeerIx) -> u32 {
        self.0.get(ix.index()).copied().unwrap_or(0)
    }
}

impl Node {
    /// Looks for orphans, and moves if it is for this replica to do so. Where nothing has changed since there was none, there
    /// is none.
    pub(super) fn look_for_orphans(&mut self, context: &mut Context<'_>) {
        let Some(my_master) = self.view.me().replica_of().filter(|_| self.view.some_orphan) else {
            return;
        };
        let replicas = self.count_replicas();
        let unfit = Flags::REPLICA.and(Flags::FAIL).and(Flags::HANDSHAKE).and(Flags::NOADDR);
        let masters = || self.view.others().filter(|(_, peer)| !peer.flags().any(unfit));
        let some = masters().any(|(ix, peer)| peer.slot_count() > 0 && is_orphan(peer, replicas.of(ix)));
        let most = masters().map(|(ix, _)| replicas.of(ix)).max().unwrap_or(0);
        // A master that failed has no replicas to spare.
        let mine = masters().find(|(ix, _)| *ix == my_master).map_or(0, |(ix, _)| replicas.of(ix));
        self.view.some_orphan = some;
        let may = self.config.allow_replica_migration && self.health.is_ok();
        if !some || most < 2 || mine != most || !may || !self.is_spare(my_master) {
            return;
        }
        let is_candidate = self.is_candidate(&replicas, most);
        // The first of them alone counts: another must wait until that one is served.
        let orphan = self.note_orphans(&replicas, context.now).filter(|&(_, since)| context.now - since > DELAY);
        if let Some((orphan, _)) = orphan.filter(|_| is_candidate) {
            let master = self.view.peer(orphan).addr();
            let fact = context.fact(FactKind::OrphanAdopted { host: self.host, master });
            context.because(Some(fact), |context| self.follow(context, orphan));
        }
    }

    fn count_replicas(&self) -> Replicas {
        let mut counts = vec![0; usize::from(self.view.len())];
        for (_, peer) in self.view.peers().filter(|(_, peer)| !peer.failed()) {
            if let Some(count) = peer.replica_of().and_then(|master| counts.get_mut(master.index())) {
                *count += 1;
            }
        }
        Replicas(counts)
    }

    /// My master can spare one: those that are suspected do not count here.
    fn is_spare(&self, my_master: PeerIx) -> bool {
        let well = |ix: &PeerIx| *ix == ME || !self.view.peer(*ix).in_trouble();
        self.view.replicas_of(my_master).filter(well).count() as u64 > self.config.migration_barrier
    }

    /// Of all replicas of the richest masters, failed ones too, the one with the smallest id goes.
    fn is_candidate(&self, replicas: &Replicas, most: u32) -> bool {
        let rich = |master| self.view.peer(master).is_master() && replicas.of(master) == most;
        let theirs = self.view.peers().filter(|(_, peer)| peer.replica_of().is_some_and(rich));
        theirs.map(|(_, peer)| peer.id()).min() == Some(self.view.me().id())
    }

    /// Notes since when each orphan has been one. Gives the first of those that serve slots.
    fn note_orphans(&mut self, replicas: &Replicas, now: Micros) -> Option<(PeerIx, Micros)> {
        let mut first = None;
        for ix in self.view.other_ixs() {
            let peer = self.view.peer(ix);
            let (orphan, serves) = (is_orphan(peer, replicas.of(ix)), peer.slot_count() > 0);
            let since = match peer.orphaned_at {
                _ if !orphan => Stamp::NEVER,
                Stamp::NEVER => Stamp::at(now),
                since => since,
            };
            self.view.peer_mut(ix).orphaned_at = since;
            first = first.or(since.get().filter(|_| serves).map(|since| (ix, since)));
        }
        first
    }
}

/// A living master that should have replicas, and has none that has not failed.
fn is_orphan(peer: PeerRef<'_>, replicas: u32) -> bool {
    peer.is_master() && !peer.failed() && peer.migrate_to && replicas == 0
}
