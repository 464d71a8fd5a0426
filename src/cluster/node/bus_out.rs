//! Building and sending bus messages. Source: Redis 7.0, `cluster.c`, `clusterBuildMessageHdr`,
//! `clusterSendPing`, `clusterSendMessage`, `clusterBroadcastPong`, `clusterSendFail`, `clusterSendUpdate`.

use std::rc::Rc;

use super::Node;
use super::view::{ME, PeerIx};
use crate::cluster::bus::{Body, Header, Message};
use crate::cluster::connection::{Conn, Payload};
use crate::cluster::context::Context;
use crate::cluster::fact::FactId;

/// How many kinds of messages are counted.
pub(super) const KINDS: usize = 10;

/// The names that `CLUSTER INFO` counts them under.
pub(super) const KIND_NAMES: [&str; KINDS] =
    ["ping", "pong", "meet", "fail", "publish", "auth-req", "auth-ack", "update", "mfstart", "publishshard"];

/// A link that more than so much waits for is given up, as one is that too much is held back on. Redis sets no bound
/// (`cluster-link-sendbuf-limit 0`).
const MOST_UNSENT: usize = 20_000;

/// A message for a link that is being opened.
#[derive(Clone, Debug, Hash)]
pub(super) struct Unsent {
    conn: Conn,
    message: Rc<Message>,
    cause: Option<FactId>,
}

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

    /// Sends to one node by my own link. One that is being opened takes what is said meanwhile, as it is said: a link of 7.0
    /// has its buffer (`sndbuf`) from the first SYN on.
    fn put(&mut self, context: &mut Context<'_>, ix: PeerIx, message: Rc<Message>) {
        let peer = self.view.peer(ix);
        let Some(conn) = peer.conn(self.host) else {
            return;
        };
        let is_up = peer.link_is_up();
        self.sent[kind_of(&message.body)] += 1;
        if is_up {
            context.send(conn, Payload::Bus(message));
            return;
        }
        self.unsent.push(Unsent { conn, message, cause: context.cause });
        if self.unsent.len() > MOST_UNSENT {
            self.drop_link(context, ix);
        }
    }

    /// A link is open: what was said meanwhile goes out, in its order and before everything else.
    pub(super) fn send_unsent(&mut self, context: &mut Context<'_>, conn: Conn) {
        for Unsent { message, cause, .. } in self.unsent.extract_if(.., |unsent| unsent.conn == conn) {
            context.because(cause, |context| context.send(conn, Payload::Bus(message)));
        }
    }

    /// What waits for a link that was given up goes with it.
    pub(super) fn forget_unsent(&mut self) {
        let Self { unsent, view, host, .. } = self;
        unsent.retain(|unsent| view.by_link(unsent.conn, *host).is_some());
    }

    /// Sends to one node by my own link, if there is one.
    pub(super) fn send_to(&mut self, context: &mut Context<'_>, ix: PeerIx, body: Body) {
        if !self.view.peer(ix).link_is_down() {
            let header = self.header(&body);
            self.put(context, ix, Rc::new(Message { header, body }));
        }
    }

    /// PINGs a node and notes when. On a link that is still opening the note is all, for opening it sends the same and newer;
    /// but a pause is told as it was, which is another one or none by then.
    pub(super) fn send_ping(&mut self, context: &mut Context<'_>, ix: PeerIx) {
        if self.view.peer(ix).link_is_up() || self.hands_over() {
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
            if !self.view.peer(ix).in_handshake() {
                self.put(context, ix, message.clone());
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
