//! Taking in bus messages. Source: Redis 7.0, `cluster.c`, `clusterProcessPacket`.

use super::Node;
use super::bus_out::kind_of;
use super::view::{ME, PeerIx, Stamp};
use crate::cluster::bus::{Body, Gossip, Header, Message};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;

impl Node {
    /// A bus message arrived.
    pub(super) fn receive_bus(&mut self, context: &mut Context<'_>, conn: Conn, message: &Message) {
        self.received[kind_of(&message.body)] += 1;
        self.view.addressed |= matches!(message.body, Body::Ping(_) | Body::Meet(_));
        let header = &message.header;
        let Some(sender) = self.view.find_at(header.sender, header.addr) else {
            self.receive_from_stranger(context, conn, message);
            return;
        };
        if sender == ME || (conn.opener == context.me && !self.check_name(context, conn, header)) {
            return;
        }
        self.note_sender(context, sender, header);
        self.note_paused_master(sender, header);
        match &message.body {
            Body::Ping(gossip) | Body::Meet(gossip) => {
                self.update_address(context, sender, header.addr);
                let own = self.gossip(context);
                self.send_bus(context, conn, Body::Pong(own));
                self.heartbeat(context, sender, header, gossip);
            }
            Body::Pong(gossip) => {
                if self.view.peer(sender).conn(self.host) == Some(conn) {
                    self.view.set_pong_received(sender, Stamp::at(context.now));
                    self.view.set_ping_sent(sender, None);
                    self.answered(context, sender);
                }
                self.heartbeat(context, sender, header, gossip);
            }
            Body::Fail(about) => {
                if let Some(ix) = self.view.find(*about) {
                    self.told_failed(context, ix, sender);
                }
            }
            Body::Publish { channel, message } => {
                self.deliver(context, false, channel, message);
            }
            Body::PublishShard { channel, message } => {
                self.deliver(context, true, channel, message);
            }
            Body::AuthRequest => self.consider_vote(context, sender, header),
            Body::AuthAck => self.count_vote(context, sender, header),
            Body::MfStart => self.pause_for(context, sender),
            Body::Update { owner, config_epoch, slots } => {
                self.take_update(context, *owner, *config_epoch, slots);
            }
        }
    }

    /// Whoever is not known is answered, but not believed. One who asks to be taken in is.
    fn receive_from_stranger(&mut self, context: &mut Context<'_>, conn: Conn, message: &Message) {
        match message.body {
            Body::Ping(_) | Body::Meet(_) => {
                if let Body::Meet(_) = message.body {
                    self.be_met(context, &message.header);
                }
                let gossip = self.gossip(context);
                self.send_bus(context, conn, Body::Pong(gossip));
            }
            Body::Pong(_) if conn.opener == context.me => {
                self.check_name(context, conn, &message.header);
            }
            _ => {}
        }
    }

    /// What every message from a known node tells.
    fn note_sender(&mut self, context: &mut Context<'_>, sender: PeerIx, header: &Header) {
        self.view.current_epoch = self.view.current_epoch.max(header.current_epoch);
        let peer = self.view.peer_mut(sender);
        peer.data_received = Stamp::at(context.now);
        peer.config_epoch = peer.config_epoch.max(header.config_epoch);
        peer.repl_offset = header.offset;
    }

    /// PING, PONG and MEET carry role, slots and gossip.
    fn heartbeat(&mut self, context: &mut Context<'_>, sender: PeerIx, header: &Header, gossip: &[Gossip]) {
        self.view.peer_mut(sender).no_failover = header.no_failover;
        self.take_role(sender, header);
        self.take_slots(context, sender, header);
        self.settle_epoch_collision(context, sender, header);
        self.process_gossip(context, sender, gossip);
    }

    /// Master or replica: as the header says.
    fn take_role(&mut self, sender: PeerIx, header: &Header) {
        let before = self.view.peer(sender);
        if !header.replica {
            if !before.is_master() {
                self.view.set_master(sender);
                self.todo.update_state = true;
            }
            return;
        }
        if before.is_master() {
            // A master that follows another serves nothing any more.
            for slot in self.view.slots_of(sender).iter() {
                self.view.set_owner(slot, None);
            }
            self.view.set_replica(sender, None);
            self.todo.update_state = true;
        }
        let same =
            self.view.peer(sender).replica_of().filter(|&ix| Some(self.view.peer(ix).id()) == header.master);
        let master = same.or_else(|| header.master.and_then(|id| self.view.find(id)));
        if let Some(master) = master.filter(|&master| master != sender) {
            self.view.set_replica(sender, Some(master));
        }
    }

    /// Two masters with one config epoch: the one with the smaller id takes a new one.
    ///
    /// Source: Redis 7.0, `cluster.c`, `clusterHandleConfigEpochCollision`.
    fn settle_epoch_collision(&mut self, context: &mut Context<'_>, sender: PeerIx, header: &Header) {
        let both_masters = self.view.me().is_master() && self.view.peer(sender).is_master();
        let same = header.config_epoch == self.view.me().config_epoch;
        if !both_masters || !same || header.sender <= self.view.me().id() {
            return;
        }
        self.view.current_epoch += 1;
        let epoch = self.view.current_epoch;
        self.view.peer_mut(ME).config_epoch = epoch;
        let with = self.view.peer(sender).addr();
        context.fact(FactKind::EpochCollision { host: self.host, with, epoch });
    }
}
