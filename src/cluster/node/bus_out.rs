//! Building and sending bus messages. Source: Redis 7.0, `cluster.c`, `clusterBuildMessageHdr`,
//! `clusterSendPing`, `clusterBroadcastPong`, `clusterSendFail`, `clusterSendUpdate`.

use std::rc::Rc;

use super::Node;
use super::view::{ME, PeerIx};
use crate::cluster::bus::{Body, Header, Message};
use crate::cluster::connection::{Conn, Payload};
use crate::cluster::context::Context;

/// How many kinds of messages are counted.
pub(super) const KINDS: usize = 10;

/// The names that `CLUSTER INFO` counts them under.
pub(super) const KIND_NAMES: [&str; KINDS] =
    ["ping", "pong", "meet", "fail", "publish", "auth-req", "auth-ack", "update", "mfstart", "publishshard"];

/// The place of a message in the counters.
pub(super) fn kind_of(body: &Body) -> usize {
    match body {
        Body::Ping(_) => 0,
        Body::Pong(_) => 1,
        Body::Meet(_) => 2,
        Body::Fail(_) => 3,
        Body::Publish { .. } => 4,
        Body::AuthRequest => 5,
        Body::AuthAck => 6,
        Body::Update { .. } => 7,
        Body::MfStart => 8,
        Body::PublishShard { .. } => 9,
    }
}

impl Node {
    /// The header of what this node sends now.
    fn header(&mut self, body: &Body) -> Header {
        let claimant = self.view.claimant();
        Header {
            sender: self.view.me().id(),
            addr: self.host,
            current_epoch: self.view.current_epoch,
            config_epoch: self.view.peer(claimant).config_epoch,
            offset: if self.view.me().is_master() {
                self.replication.offset
            } else {
                self.replication.replica_offset()
            },
            slots: self.view.claim(),
            master: (claimant != ME).then(|| self.view.peer(claimant).id()),
            replica: !self.view.me().is_master(),
            no_failover: self.config.replica_no_failover,
            cluster_ok: self.health.is_ok(),
            force_ack: matches!(body, Body::AuthRequest) && self.manual.is_some(),
            paused: self.view.me().is_master() && self.manual.is_some(),
        }
    }

    /// Sends on any bus connection.
    pub(super) fn send_bus(&mut self, context: &mut Context<'_>, conn: Conn, body: Body) {
        self.sent[kind_of(&body)] += 1;
        let message = Rc::new(Message { header: self.header(&body), body });
        context.send(conn, Payload::Bus(message));
    }

    /// My link to a node, if it is up.
    fn open_link(&self, ix: PeerIx) -> Option<Conn> {
        let peer = self.view.peer(ix);
        peer.conn(self.host).filter(|_| peer.link_is_up())
    }

    /// Sends to one node by my own link, if it is up.
    pub(super) fn send_to(&mut self, context: &mut Context<'_>, ix: PeerIx, body: Body) {
        if let Some(conn) = self.open_link(ix) {
            self.send_bus(context, conn, body);
        }
    }

    /// PINGs a node and notes when. On a link that is still opening the note is all: opening it sends the ping.
    pub(super) fn send_ping(&mut self, context: &mut Context<'_>, ix: PeerIx) {
        if self.view.peer(ix).link_is_up() {
            let gossip = self.gossip(context);
            self.send_to(context, ix, Body::Ping(gossip));
        }
        self.view.set_ping_sent(ix, Some(context.now));
        self.note_due(ix);
    }

    /// Tells everybody something at once.
    pub(super) fn broadcast(&mut self, context: &mut Context<'_>, body: &Body) {
        let header = self.header(body);
        let message = Rc::new(Message { header, body: body.clone() });
        for ix in self.view.other_ixs() {
            if let Some(conn) = self.open_link(ix).filter(|_| !self.view.peer(ix).in_handshake()) {
                self.sent[kind_of(body)] += 1;
                context.send(conn, Payload::Bus(message.clone()));
            }
        }
    }

    /// An unasked PONG: to everybody, or to the other replicas of my master.
    pub(super) fn broadcast_pong(&mut self, context: &mut Context<'_>, siblings_only: bool) {
        let master = self.view.me().replica_of();
        for ix in self.view.other_ixs() {
            let peer = self.view.peer(ix);
            let sibling = peer.replica_of() == master && master.is_some();
            if (siblings_only && !sibling) || peer.in_handshake() {
                continue;
            }
            let gossip = self.gossip(context);
            self.send_to(context, ix, Body::Pong(gossip));
        }
    }
}
