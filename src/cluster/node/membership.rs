//! Who belongs to the cluster: meeting, being introduced, forgetting, starting anew.
//!
//! Source: Redis 7.0, `cluster.c`, `clusterStartHandshake`, `clusterProcessPacket` (the parts on handshakes),
//! `CLUSTER MEET`, `FORGET`, `REPLICATE`, `clusterReset`.

use super::view::{ME, PeerIx};
use super::{Accepted, Node};
use crate::cluster::bus::{Body, Header};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;
use crate::cluster::id::{HostId, NodeId, Place};
use crate::cluster::slot::SLOTS;
use crate::cluster::time::SECOND;
use crate::cluster::world::MOST_NODES;

/// Handshakes beyond so many wait until others are over: strangers cannot fill a node's memory.
const MOST_KNOWN: u16 = 2 * MOST_NODES;

impl Node {
    /// `CLUSTER MEET`: gets to know whoever lives at an address. Asking twice changes nothing.
    pub fn meet(&mut self, context: &mut Context<'_>, addr: HostId) {
        if self.view.is_meeting(addr) || self.view.len() >= MOST_KNOWN {
            return;
        }
        let name = context.rng.node_id();
        self.view.meet(name, addr, true, context.now);
        context.fact(FactKind::Meeting { host: self.host, addr });
    }

    /// Somebody unknown wants to be known.
    pub(super) fn be_met(&mut self, context: &mut Context<'_>, header: &Header) {
        if self.view.len() < MOST_KNOWN {
            let name = context.rng.node_id();
            self.view.meet(name, header.addr, false, context.now);
        }
    }

    /// My first word to somebody I was told to meet.
    pub(super) fn greet(&mut self, context: &mut Context<'_>, ix: PeerIx) {
        let gossip = self.gossip(context);
        self.send_to(context, ix, Body::Meet(gossip));
    }

    /// An answer on a link of mine tells who lives there. Says whether the rest of the message is of use.
    pub(super) fn check_name(&mut self, context: &mut Context<'_>, conn: Conn, header: &Header) -> bool {
        let Some(ix) = self.view.by_link(conn, self.host) else {
            return true;
        };
        if self.view.peer(ix).in_handshake() {
            self.introduce(context, ix, header);
            return false;
        }
        if self.view.peer(ix).id() == header.sender {
            return true;
        }
        // Somebody else lives there now: where the one I knew has gone, I cannot say.
        self.drop_link(context, ix);
        self.view.lose_address(ix);
        self.todo.update_state = true;
        false
    }

    fn introduce(&mut self, context: &mut Context<'_>, ix: PeerIx, header: &Header) {
        if let Some(known) = self.view.find(header.sender) {
            self.update_address(context, known, header.addr);
            self.remove_peer(context, ix);
            return;
        }
        self.view.introduced(ix, header.sender);
        if header.replica {
            self.view.set_replica(ix, None);
        }
        self.view.set_pong_received(ix, super::view::Stamp::at(context.now));
        self.view.set_ping_sent(ix, None);
        self.note_due(ix);
        context.fact(FactKind::Introduced { host: self.host, peer: header.addr });
    }

    /// A node that I know speaks from another address than I thought.
    pub(super) fn update_address(&mut self, context: &mut Context<'_>, ix: PeerIx, addr: HostId) {
        if ix == ME || !self.view.is_elsewhere(ix, addr) {
            return;
        }
        self.drop_link(context, ix);
        self.view.move_to(ix, addr);
        self.quiet_until = 0;
        if self.view.me().replica_of() == Some(ix) {
            self.replicate_from(context, addr);
        }
    }

    /// Whoever was met and has not told its name in time was nobody.
    pub(super) fn give_up_handshakes(&mut self, context: &mut Context<'_>) {
        let patience = self.config.node_timeout.max(SECOND);
        for id in self.view.met_before(context.now.saturating_sub(patience)) {
            if let Some(ix) = self.view.find(id) {
                self.remove_peer(context, ix);
            }
        }
    }

    /// `CLUSTER FORGET`.
    pub fn forget(&mut self, context: &mut Context<'_>, text: &[u8]) -> Result<(), String> {
        let ix = self.named(text)?;
        if ix == ME {
            return Err("I tried hard but I can't forget myself...".to_owned());
        }
        if self.view.me().replica_of() == Some(ix) {
            return Err("Can't forget my master!".to_owned());
        }
        let peer = self.view.peer(ix);
        let (id, addr) = (peer.id(), peer.addr());
        self.view.blacklist(id, context.now);
        self.remove_peer(context, ix);
        let caller = |(conn, use_): (Conn, &Accepted)| {
            (conn.opener == Place::Node(addr) && matches!(use_, Accepted::Bus(_))).then_some(conn)
        };
        for conn in self.accepted.iter().filter_map(caller).collect::<Vec<_>>() {
            self.accepted.remove(&conn);
            context.close(conn);
        }
        context.fact(FactKind::Forgotten { host: self.host, peer: addr });
        self.todo.update_state = true;
        Ok(())
    }

    /// Takes a node out of my picture, with all that hangs on it.
    #[inline(never)]
    fn remove_peer(&mut self, context: &mut Context<'_>, ix: PeerIx) {
        let id = self.view.peer(ix).id();
        self.drop_link(context, ix);
        self.migrating.retain(|_, target| *target != id);
        self.importing.retain(|_, source| *source != id);
        self.view.remove(ix);
    }

    /// `CLUSTER REPLICATE`.
    pub fn replicate(&mut self, context: &mut Context<'_>, text: &[u8]) -> Result<(), String> {
        let ix = self.named(text)?;
        if ix == ME {
            return Err("Can't replicate myself".to_owned());
        }
        if !self.view.peer(ix).is_master() {
            return Err("I can only replicate a master, not a replica.".to_owned());
        }
        if self.view.me().is_master() && (self.view.me().slot_count() > 0 || !self.store.is_empty()) {
            return Err("To set a master the node must be empty and without assigned slots.".to_owned());
        }
        self.follow(context, ix);
        Ok(())
    }

    /// `CLUSTER RESET`: a master of nothing that knows nobody; `hard` takes its name and its epochs too.
    pub fn reset_cluster(&mut self, context: &mut Context<'_>, hard: bool) -> Result<(), String> {
        if self.view.me().is_master() && !self.store.is_empty() {
            return Err("CLUSTER RESET can't be called with master nodes containing keys".to_owned());
        }
        if !self.view.me().is_master() {
            self.view.set_master(ME);
            self.stop_replicating(context);
            self.store.clear();
        }
        self.end_manual(context);
        for slot in 0..SLOTS {
            self.view.set_owner(slot, None);
        }
        while self.view.len() > 1 {
            let last = self.view.nth(u32::from(self.view.len()) - 1);
            self.remove_peer(context, last);
        }
        self.migrating.clear();
        self.importing.clear();
        if hard {
            self.view.current_epoch = 0;
            self.view.last_vote_epoch = 0;
            self.view.peer_mut(ME).config_epoch = 0;
            self.view.rename_me(context.rng.node_id());
        }
        context.fact(FactKind::ClusterReset { host: self.host, hard });
        self.todo.update_state = true;
        Ok(())
    }

    /// `CLUSTER SET-CONFIG-EPOCH`.
    pub fn set_config_epoch(&mut self, epoch: i64) -> Result<(), String> {
        let Ok(epoch) = u64::try_from(epoch) else {
            return Err(format!("Invalid config epoch specified: {epoch}"));
        };
        if self.view.len() > 1 {
            return Err(
                "The user can assign a config epoch only when the node does not know any other node.".into()
            );
        }
        if self.view.me().config_epoch != 0 {
            return Err("Node config epoch is already non-zero".to_owned());
        }
        self.view.peer_mut(ME).config_epoch = epoch;
        self.view.current_epoch = self.view.current_epoch.max(epoch);
        self.todo.update_state = true;
        Ok(())
    }

    /// A node by what a person typed.
    pub fn named(&self, text: &[u8]) -> Result<PeerIx, String> {
        let known = NodeId::parse(text).and_then(|id| self.view.find(id));
        known.ok_or_else(|| format!("Unknown node {}", String::from_utf8_lossy(text)))
    }
}
