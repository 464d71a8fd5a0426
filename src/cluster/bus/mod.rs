//! The cluster bus: what nodes say to each other about each other.
//!
//! Source: Redis 7.0, `cluster.h` (message layout), `cluster.c` (`clusterBuildMessageHdr`).

use std::rc::Rc;

use super::id::{HostId, NodeId};
use super::node::view::Flags;
use super::reply::Blob;
use super::slot::SlotSet;

/// What every bus message begins with. A replica sends its master's config epoch and slots.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// Who sends.
    pub sender: NodeId,
    /// Where the sender can be reached.
    pub addr: HostId,
    /// The highest epoch it has seen.
    pub current_epoch: u64,
    /// Its (or its master's) config epoch.
    pub config_epoch: u64,
    /// Its replication offset.
    pub offset: u64,
    /// The slots it (or its master) serves.
    pub slots: Rc<SlotSet>,
    /// Its master; `None` for a master.
    pub master: Option<NodeId>,
    /// It is a replica, if only of somebody it has forgotten.
    pub replica: bool,
    /// It must not be promoted by itself.
    pub no_failover: bool,
    /// Whether it answers keys.
    pub cluster_ok: bool,
    /// Vote even if my master looks well: a manual failover.
    pub force_ack: bool,
    /// I let no writes in, so that my replica can catch up: a manual failover.
    pub paused: bool,
}

/// What a node says of a third one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gossip {
    /// About whom.
    pub id: NodeId,
    /// When its last PONG came (or is known of), in whole seconds as on the wire; see [`super::node::view::Stamp::second`].
    pub pong_second: u32,
    /// Where it can be reached.
    pub addr: HostId,
    /// REPLICA, PFAIL, FAIL, HANDSHAKE, NOADDR as the sender sees them.
    pub flags: Flags,
}

/// A bus message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// Its header.
    pub header: Header,
    /// Its kind and the rest.
    pub body: Body,
}

/// Kinds of bus messages.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    /// Are you there? With gossip.
    Ping(Vec<Gossip>),
    /// I am. With gossip; also sent unasked when something changed.
    Pong(Vec<Gossip>),
    /// A ping that asks to be taken in.
    Meet(Vec<Gossip>),
    /// The masters have agreed that this node failed.
    Fail(NodeId),
    /// A message of pub/sub, to every node.
    Publish {
        /// The channel.
        channel: Blob,
        /// The message.
        message: Blob,
    },
    /// A message of sharded pub/sub, to the nodes of the shard.
    PublishShard {
        /// The channel.
        channel: Blob,
        /// The message.
        message: Blob,
    },
    /// FAILOVER_AUTH_REQUEST: vote for me.
    AuthRequest,
    /// FAILOVER_AUTH_ACK: you have my vote.
    AuthAck,
    /// MFSTART: a manual failover; pause your writes and tell me your offset.
    MfStart,
    /// You are behind: this node serves these slots with this config epoch.
    Update {
        /// The owner.
        owner: NodeId,
        /// Its config epoch.
        config_epoch: u64,
        /// All its slots.
        slots: Rc<SlotSet>,
    },
}
