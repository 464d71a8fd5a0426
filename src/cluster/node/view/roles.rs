//! Masters and replicas in the picture, and which masters replicas may migrate to.
//!
//! Source: Redis 7.0, `cluster.c`, `clusterSetNodeAsMaster`, `clusterNodeAddSlave`, `clusterNodeRemoveSlave`,
//! `clusterNodeSetSlotBit`, `clusterMastersHaveSlaves`.

use super::{Flags, ME, PeerIx, View};

impl View {
    /// A replica of `master`, or of somebody unknown.
    pub fn set_replica(&mut self, ix: PeerIx, master: Option<PeerIx>) {
        if self.peer(ix).is_master() {
            self.known_mut(ix).flags.set(Flags::REPLICA, true);
            self.peer_mut(ix).migrate_to = false;
        }
        self.attach(ix, master);
        self.some_orphan = true;
    }

    /// A master. One that was somebody's replica may be migrated to: it stands where a master with replicas stood.
    pub fn set_master(&mut self, ix: PeerIx) {
        if self.peer(ix).is_master() {
            return;
        }
        let had_master = self.peer(ix).replica_of().is_some();
        self.attach(ix, None);
        self.known_mut(ix).flags.set(Flags::REPLICA, false);
        self.peer_mut(ix).migrate_to |= had_master && ix != ME;
        self.some_orphan = true;
    }

    /// Everybody who follows a node, whether well or not.
    pub fn replicas_of(&self, master: PeerIx) -> impl Iterator<Item = PeerIx> {
        self.peers().filter(move |(_, peer)| peer.replica_of() == Some(master)).map(|(ix, _)| ix)
    }

    /// A node that has no replica any more, because the last one went elsewhere, is meant to have none.
    pub(super) fn left_by_a_replica(&mut self, master: PeerIx) {
        if self.replicas_of(master).next().is_none() {
            self.peer_mut(master).migrate_to = false;
        }
        self.some_orphan = true;
    }

    /// A node got its first slot: it may be migrated to if masters of this cluster have replicas at all.
    pub(super) fn got_first_slot(&mut self, ix: PeerIx) {
        let of_a_master = |master| self.peer(master).is_master();
        if self.peers().any(|(_, peer)| peer.replica_of().is_some_and(of_a_master)) {
            self.peer_mut(ix).migrate_to = true;
        }
        self.some_orphan = true;
    }

    fn attach(&mut self, ix: PeerIx, master: Option<PeerIx>) {
        let before = self.peer(ix).replica_of();
        if before == master {
            return;
        }
        self.peer_mut(ix).replica_of = master;
        if let Some(before) = before {
            self.left_by_a_replica(before);
        }
        if let Some(master) = master {
            self.peer_mut(master).migrate_to = true;
        }
    }
}
