//! Facts: what happened, when, and because of what. Output of the core, never its input.

use std::rc::Rc;

use super::address::Address;
use super::id::{ClientId, CommandId, HostId, Place, RackId};
use super::network::{Streets, Weather};
pub use super::node::FailoverMode;
use super::operator::Task;
use super::reply::{Blob, Reply};
use super::resp::Protocol;
use super::slot::Slot;
use super::snapshot::FlightKind;
use super::time::Micros;

/// A fact's number; counts up from 1 within a world, in the order things happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(pub u64);

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fact {
    /// Its number.
    pub id: FactId,
    /// When, in virtual time since the city opened.
    pub at: Micros,
    /// The fact that caused it; `None` where a timer or chance did.
    pub cause: Option<FactId>,
    /// What happened.
    pub kind: FactKind,
}

/// Why a machine did not answer a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Silence {
    /// The machine is up, nobody listens on the port.
    Refused,
    /// The connection broke while waiting.
    Closed,
    /// Nothing came back in time.
    TimedOut,
}

/// Which redirection a node sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Redirect {
    /// The slot lives elsewhere: remember it.
    Moved,
    /// This one question goes elsewhere: do not remember it.
    Ask,
}

/// Why a master does not vote for a replica. Redis only logs these; no refusal is ever sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VoteRefusal {
    /// The request's epoch is older than the voter's.
    OldEpoch,
    /// The voter has voted in this epoch already.
    AlreadyVoted,
    /// The voter does not think that the replica's master has failed.
    MasterIsUp,
    /// The voter voted for a replica of the same master less than two node timeouts ago.
    TooSoon,
    /// Somebody with a newer config epoch owns a slot that the replica claims.
    StaleSlots,
}

/// Why a node answers `CLUSTERDOWN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DownReason {
    /// Some slot has no owner, or its owner has failed.
    SlotsUncovered,
    /// Less than a majority of masters can be reached.
    Minority,
    /// It has just started, and waits before it trusts what it sees.
    Starting,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant's sentence names its fields")]
pub enum FactKind {
    // What people do.
    /// A process was ended with no warning.
    Killed { host: HostId },
    /// A process ended itself, as SHUTDOWN told it to.
    ShutDown { host: HostId },
    /// A process was started again.
    Restarted { host: HostId },
    /// A process was stopped in its tracks (SIGSTOP): it keeps its connections and answers nothing.
    Frozen { host: HostId },
    /// A frozen process goes on.
    Thawed { host: HostId },
    /// A rack lost its power, and all its machines with it.
    PowerLost { rack: RackId },
    /// A rack has its power back.
    PowerBack { rack: RackId },

    /// Nothing gets through from one side to the other, nor back if `both_ways`.
    RoadsCut { one: Rc<[Place]>, other: Rc<[Place]>, both_ways: bool },
    /// Roads are open again.
    RoadsMended,
    /// Messages between two sides take so much longer.
    RoadsSlowed { by: Micros },
    /// A machine does everything so much later; by nothing: as fast as before.
    MachineSlowed { host: HostId, by: Micros },
    /// One message was lost on its way, `done` thousandths of it, and its connection with it.
    MessageLost { from: Place, to: Place, kind: FlightKind, done: u16 },
    /// One message was held up on its way, and what came behind it.
    MessageDelayed { from: Place, to: Place, by: Micros },
    /// The streets are longer, or shorter.
    StreetsChanged { streets: Streets },
    /// The streets are worse, or better, everywhere.
    WeatherChanged { weather: Weather },

    // Clients.
    /// A command was given to a client. `target` is a chosen node; `None` for the smart client.
    CommandTyped { client: ClientId, command: CommandId, target: Option<HostId>, argv: Rc<[Blob]> },
    /// The client chose a node for it: by slot, or any node where `slot` is `None`.
    Routed { client: ClientId, command: CommandId, slot: Option<Slot>, to: HostId },
    /// A node pointed elsewhere.
    Redirected { client: ClientId, command: CommandId, redirect: Redirect, slot: Slot, from: HostId, to: HostId },
    /// A node did not answer.
    Unanswered { client: ClientId, command: CommandId, from: HostId, silence: Silence },
    /// The final answer reached the client, on a connection that speaks this.
    Answered { client: ClientId, command: CommandId, from: HostId, reply: Reply, protocol: Protocol },
    /// What a client asked to hear of came to it: a message of pub/sub, or what MONITOR shows. `command` asked for it.
    Heard { client: ClientId, command: CommandId, from: HostId, reply: Reply, protocol: Protocol },
    /// The client stopped trying; `text` is the sentence it shows.
    GaveUp { client: ClientId, command: CommandId, text: Rc<str> },
    /// The client's own copy of the slot map changed in so many slots.
    MapLearned { client: ClientId, from: HostId, slots: u16 },

    // Failure detection.
    /// `host` lost its connection to `peer`.
    LinkLost { host: HostId, peer: HostId },
    /// `host` suspects `peer` (PFAIL): its PING has been without an answer, and nothing else came, for `silent`.
    Suspected { host: HostId, peer: HostId, silent: Micros },
    /// `host` heard from `peer` again and drops the suspicion.
    Unsuspected { host: HostId, peer: HostId },
    /// `host` found that `reports` masters of the `needed`, those of `by`, suspect `peer`, and declares it failed (FAIL).
    Failed { host: HostId, peer: HostId, reports: u16, needed: u16, by: Rc<[HostId]> },
    /// `host` was told by `by` that `peer` has failed.
    ToldFailed { host: HostId, peer: HostId, by: HostId },
    /// `host` takes the FAIL mark off `peer`.
    FailCleared { host: HostId, peer: HostId },
    /// `host` now answers keys again (`ok`), or answers `CLUSTERDOWN`.
    StateChanged { host: HostId, down: Option<DownReason> },

    // Elections.
    /// A replica will ask for votes after `fixed + random + rank × 1 s`.
    ElectionScheduled { host: HostId, master: HostId, fixed: Micros, random: Micros, rank: u16 },
    /// A replica asks every node for its vote.
    VotesRequested { host: HostId, epoch: u64, needed: u16 },
    /// A master gave its vote of this epoch.
    Voted { host: HostId, candidate: HostId, epoch: u64 },
    /// A master kept its vote; nobody is told.
    VoteRefused { host: HostId, candidate: HostId, epoch: u64, reason: VoteRefusal },
    /// A vote reached the candidate.
    VoteCounted { host: HostId, from: HostId, epoch: u64, votes: u16, needed: u16 },
    /// The votes did not come in time.
    ElectionExpired { host: HostId, epoch: u64, votes: u16, needed: u16 },
    /// A replica is master now, with this config epoch and so many slots.
    Promoted { host: HostId, was_replica_of: HostId, epoch: u64, slots: u16 },
    /// A node follows another master now. `was_master` tells whether it served slots of its own before.
    BecameReplica { host: HostId, of: HostId, was_master: bool },
    /// `host` learned that `owner` serves `slots` slots, with this config epoch.
    SlotsLearned { host: HostId, owner: HostId, slots: u16, epoch: u64 },
    /// Two masters had the same config epoch; `host` took a new one.
    EpochCollision { host: HostId, with: HostId, epoch: u64 },

    // Manual failover.
    /// A replica was told to take over: by the handshake, without it, or without even a vote.
    HandoverAsked { host: HostId, mode: FailoverMode },
    /// A master lets no writes in until its replica has caught up and taken over.
    WritesPaused { host: HostId, replica: HostId },
    /// The replica has everything up to `offset`: it may ask for votes.
    CaughtUp { host: HostId, offset: u64 },
    /// The handover did not come about in time; writes go on.
    HandoverTimedOut { host: HostId },

    // Resharding.
    /// A replica leaves its master, which has enough, for one that has none.
    OrphanAdopted { host: HostId, master: HostId },
    /// A slot is to go from `host` to `to`, key by key.
    SlotLeaving { host: HostId, slot: Slot, to: HostId },
    /// So many keys went from `host` to `to`.
    KeysMoved { host: HostId, to: HostId, keys: u32 },
    /// A MIGRATE broke off: these keys stay with `host`, and `to` may have them too.
    KeysInDoubt { host: HostId, to: HostId, keys: Rc<[Blob]> },
    /// A slot belongs to `host` now, with this config epoch.
    SlotArrived { host: HostId, slot: Slot, epoch: u64 },

    // The operator.
    /// The operator was told to do something.
    TaskBegun { task: Task },
    /// It did it, and moved so many slots.
    TaskDone { task: Task, slots: u16 },
    /// It stopped in the middle; `text` says why.
    TaskFailed { task: Task, slots: u16, text: Rc<str> },

    // Membership.
    /// A new machine stands in a rack, with a node on it that knows nobody and serves nothing.
    MachineAdded { host: HostId, rack: RackId, shard: u16, address: Address },
    /// A machine stands in another rack now.
    MachineMoved { host: HostId, rack: RackId },
    /// `host` was told to get to know whoever lives at `addr`.
    Meeting { host: HostId, addr: HostId },
    /// `peer` told `host` its name: they know each other now.
    Introduced { host: HostId, peer: HostId },
    /// `host` was told to forget `peer`.
    Forgotten { host: HostId, peer: HostId },
    /// A node forgot everybody and serves nothing; `hard` took its name too.
    ClusterReset { host: HostId, hard: bool },
    /// Slots were given to a node by hand, or taken from the table as it sees it.
    SlotsAssigned { host: HostId, slots: u16, added: bool },

    // Replication.
    /// A replica asked for, and gets, only what it missed (`offset` on).
    PartialSync { host: HostId, master: HostId, offset: u64 },
    /// A replica gets a whole copy of the data.
    FullSync { host: HostId, master: HostId, keys: u32 },
    /// A replica is in the stream of its master.
    SyncDone { host: HostId, master: HostId, offset: u64 },
    /// A replica lost its replication connection.
    ReplicationLost { host: HostId, master: HostId },
    /// A key's time was over and its master removed it.
    Expired { host: HostId, key: Blob },
    /// Memory was short and a master let a key go.
    Evicted { host: HostId, key: Blob },
    /// A node dropped so many keys of slots it no longer owns.
    KeysDropped { host: HostId, keys: u32 },
    /// Of a thousand messages between two sides so many are lost, and sent again.
    RoadsLossy { per_mille: u16 },
}

impl FactKind {
    /// Whether a command ended because whoever typed it wanted no more of it: stopped it, rather than was refused.
    pub fn is_by_wish(&self) -> bool {
        matches!(self, Self::GaveUp { text, .. } if text.starts_with("stopped "))
    }
}
