//! The world at one moment, as an onlooker with eyes everywhere sees it. For drawing, checking and
//! narrating only: no node and no client ever reads it.

use std::rc::Rc;

use super::id::{ClientId, HostId, NodeId, Place, RackId};
use super::slot::{Slot, SlotRange};
use super::time::Micros;

/// Everything there is to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Virtual time since the city opened.
    pub now: Micros,
    /// `cluster-node-timeout`.
    pub node_timeout: Micros,
    /// The racks, in order.
    pub racks: Vec<RackView>,
    /// All machines, in order of their [`HostId`].
    pub nodes: Vec<NodeView>,
    /// Who serves which slots, without gaps from 0 to 16383, ascending.
    pub directory: Vec<DirectoryEntry>,
    /// The clients, in order.
    pub clients: Vec<ClientView>,
    /// Messages on their way, oldest first.
    pub flights: Vec<Flight>,
    /// Slots on their way from one master to another.
    pub moving: Vec<Moving>,
    /// Directions in which nothing gets through.
    pub cuts: Vec<(Place, Place)>,
}

/// A slot that is being handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moving {
    /// The slot.
    pub slot: Slot,
    /// Who has it (MIGRATING).
    pub from: HostId,
    /// Who is to have it.
    pub to: HostId,
}

/// A rack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RackView {
    /// Its id.
    pub id: RackId,
    /// `A`, `B`, …
    pub name: Rc<str>,
    /// Whether it has power.
    pub powered: bool,
}

/// Master or replica, as the node itself sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Serves slots, or could.
    Master,
    /// A copy of `of`.
    Replica {
        /// The machine of its master, as far as it knows.
        of: Option<HostId>,
    },
}

/// How a node is doing, seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeState {
    /// Runs, and nobody suspects it.
    Ok,
    /// Its process does not run, and nobody has noticed yet.
    Down,
    /// Its process is frozen, and nobody has noticed yet.
    Paused,
    /// At least one other node suspects it.
    Pfail,
    /// The masters have agreed that it has failed.
    Fail,
}

/// How far a replica is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncState {
    /// A master: nothing to copy.
    Master,
    /// Has everything its master has.
    InSync,
    /// So many writes (and bytes of stream) behind its master.
    Behind {
        /// Write commands not yet here.
        writes: u32,
        /// Bytes of the replication stream not yet here.
        bytes: u64,
    },
    /// A full copy is being made: `done` of `total` bytes. Both are 0 while it waits for the copy to begin.
    Loading {
        /// Bytes here.
        done: u64,
        /// Bytes in all.
        total: u64,
    },
    /// No connection to its master for so long.
    LinkDown {
        /// Since when it has been without, as a span.
        for_time: Micros,
    },
}

/// A replica's bid to become master.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElectionView {
    /// When it will ask (or asked) for votes.
    pub asks_at: Micros,
    /// When the wait began.
    pub scheduled_at: Micros,
    /// The three parts of the wait: fixed, random, and rank × 1 s.
    pub wait: [Micros; 3],
    /// The epoch it asks in; `None` while it still waits.
    pub epoch: Option<u64>,
    /// Who voted for it so far.
    pub votes: Vec<HostId>,
    /// How many votes it needs.
    pub needed: u16,
}

/// A machine and the node on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeView {
    /// The machine.
    pub host: HostId,
    /// The node's identity.
    pub id: NodeId,
    /// `10.0.3.1:6379`.
    pub address: Rc<str>,
    /// Its rack.
    pub rack: RackId,
    /// Shard number from 1: gives hue and name. A replica has its master's.
    pub shard: u16,
    /// What it is.
    pub role: Role,
    /// How it is doing.
    pub state: NodeState,
    /// Whether its process runs (a frozen one does, a killed one does not).
    pub running: bool,
    /// Whether its process is frozen.
    pub frozen: bool,
    /// By how much later it does everything.
    pub slow: Micros,
    /// Running masters (other than itself) that hold PFAIL or FAIL about it.
    pub suspected_by: Vec<HostId>,
    /// Masters whose suspicion makes FAIL.
    pub quorum: u16,
    /// How long it has not answered, as a span, where it does not.
    pub silent_for: Option<Micros>,
    /// Its config epoch (a replica: its master's).
    pub config_epoch: u64,
    /// The highest epoch it has seen.
    pub current_epoch: u64,
    /// Whether it answers keys (`cluster_state:ok`).
    pub cluster_ok: bool,
    /// The slots it serves, by its own view.
    pub slots: Vec<SlotRange>,
    /// Keys it holds.
    pub keys: u32,
    /// Replication offset.
    pub offset: u64,
    /// How far a replica is.
    pub sync: SyncState,
    /// Its bid, while there is one.
    pub election: Option<ElectionView>,
    /// When it was last promoted.
    pub promoted_at: Option<Micros>,
}

/// A master and its replica that lose power together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Crowded {
    /// The master.
    pub master: HostId,
    /// Its replica.
    pub replica: HostId,
    /// The rack they share.
    pub rack: RackId,
}

impl Snapshot {
    /// The anti-affinity check: replicas that stand in their master's rack, and so are no use when it loses power.
    ///
    /// Source: Redis 7.0, `redis-cli.c`, `clusterManagerGetAntiAffinityScore`, with racks in the place of hosts.
    pub fn crowded(&self) -> Vec<Crowded> {
        let replicas = self.nodes.iter().filter_map(|node| match node.role {
            Role::Replica { of: Some(master) } => Some((node, master)),
            _ => None,
        });
        let shared = replicas.filter_map(|(node, master)| {
            let rack = self.nodes.iter().find(|other| other.host == master)?.rack;
            (rack == node.rack).then_some(Crowded { master, replica: node.host, rack })
        });
        shared.collect()
    }

    /// The rack where a new node does most good: away from `master` and its replicas, with power, and with fewest machines.
    pub fn best_rack(&self, master: Option<HostId>) -> Option<RackId> {
        let kin = |node: &&NodeView| Some(node.host) == master || node.role == (Role::Replica { of: master });
        let powered = self.racks.iter().filter(|rack| rack.powered);
        powered.map(|rack| rack.id).min_by_key(|&rack| {
            let here = || self.nodes.iter().filter(move |node| node.rack == rack);
            (here().filter(kin).count() * usize::from(master.is_some()), here().count(), rack)
        })
    }
}

/// What one node believes of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Belief {
    /// Whom the belief is about.
    pub about: HostId,
    /// Whether it takes it for a master.
    pub master: bool,
    /// Whose replica it takes it for.
    pub replica_of: Option<HostId>,
    /// PFAIL.
    pub suspected: bool,
    /// FAIL.
    pub failed: bool,
    /// How many other masters reported it.
    pub reports: u16,
    /// Time since its last PONG; `None` if there never was one.
    pub pong_ago: Option<Micros>,
    /// Time since the PING that waits for an answer, if one does.
    pub ping_pending: Option<Micros>,
    /// Its config epoch in this node's view.
    pub config_epoch: u64,
    /// How many slots it serves in this node's view.
    pub slots: u16,
}

/// A run of slots with one owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// The slots.
    pub range: SlotRange,
    /// Who serves them: the running master whose claim has the highest config epoch; a dead one if no other claims them.
    pub owner: Option<HostId>,
    /// The owner's shard.
    pub shard: Option<u16>,
    /// Whether a client that asks the owner would be answered now.
    pub served: bool,
}

/// A client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientView {
    /// Its id.
    pub id: ClientId,
    /// Its own copy of the slot map: runs of slots and the machine it would ask. Empty until it has fetched one.
    pub map: Vec<(SlotRange, HostId)>,
    /// Commands answered, with anything but an error.
    pub served: u64,
    /// Redirections followed.
    pub sent_on: u64,
    /// Commands given up, or refused for the state of the cluster, as by `CLUSTERDOWN`.
    pub turned_away: u64,
    /// Nodes that it asked, and that have not answered since.
    pub silent: Vec<HostId>,
    /// Commands waiting for their answer.
    pub waiting: u32,
}

/// What kind of message flies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlightKind {
    /// A client's command.
    Request,
    /// An answer.
    Reply,
    /// An error answer.
    ErrorReply,
    /// A MOVED answer.
    Moved,
    /// An ASK answer.
    Ask,
    /// A piece of the replication stream, or a whole copy.
    Replication,
    /// A replica's word of how far it is.
    Ack,
    /// Bus PING (or MEET).
    Ping,
    /// Bus PONG.
    Pong,
    /// Bus FAIL.
    Fail,
    /// FAILOVER_AUTH_REQUEST.
    VoteRequest,
    /// FAILOVER_AUTH_ACK.
    Vote,
    /// Bus UPDATE.
    Update,
    /// Opening or closing of a connection.
    Connection,
}

/// A message on its way. Where it is at a moment follows from `sent`, `due` and that moment alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flight {
    /// Stays the same while it flies.
    pub id: u64,
    /// What it is.
    pub kind: FlightKind,
    /// Where it comes from.
    pub from: Place,
    /// Where it goes.
    pub to: Place,
    /// When it was sent.
    pub sent: Micros,
    /// When it arrives.
    pub due: Micros,
    /// Held back by a cut road or a dead machine: it waits near its sender.
    pub held: bool,
    /// The shard it is about, if it is about one.
    pub shard: Option<u16>,
    /// The slot it is about, if it is about one.
    pub slot: Option<Slot>,
    /// A few words: `SET user:123`, `OK`, `epoch 7`.
    pub label: Rc<str>,
}
