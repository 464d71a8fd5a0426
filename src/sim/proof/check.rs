//! Checkers that look at a world after every event: votes and wins, owners of slots, and copies of histories.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::cluster::digest::Digest;
use crate::cluster::fact::{Fact, FactKind, FailoverMode};
use crate::cluster::id::HostId;
use crate::cluster::node::Node;
use crate::cluster::node::replication::{MasterLink, ReplId};
use crate::cluster::node::view::ME;
use crate::cluster::store::Store;
use crate::cluster::time::{MS, Micros, SECOND};
use crate::cluster::world::World;

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// A master votes once in an epoch.
    Votes,
    /// An epoch is won once, by a majority's votes.
    Wins,
    /// A bid waits for its rank, and is not made with data that is too old.
    Bids,
    /// No two masters claim a slot with the same config epoch.
    Owners,
    /// A replica's data is what its master had at the same offset.
    History,
    /// An acknowledged write is there, or went in a window that has a name.
    Losses,
    /// Of a transaction there is all or nothing.
    Transactions,
    /// WAIT counts only replicas that have what it waited for.
    Wait,
    /// A majority side serves every slot again in time.
    Serving,
    /// Views become one, and replicas copies, in time.
    Convergence,
    /// A key lives on one master.
    Keys,
    /// A replica that takes over by a plain handover has exactly what its master has.
    Handover,
}

/// Something that must not be, and was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which check found it.
    pub check: Check,
    /// When, since the city opened.
    pub at: Micros,
    /// What it saw, in a sentence.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {} ms: {}", self.check, self.at / MS, self.what)
    }
}

/// `Err` with a violation.
pub(super) fn violated<T>(check: Check, at: Micros, what: String) -> Result<T, Violation> {
    Err(Violation { check, at, what })
}

/// Votes, wins and bids, as the facts tell them.
#[derive(Debug, Default)]
pub(super) struct Elections {
    votes: BTreeSet<(HostId, u64)>,
    wins: BTreeMap<u64, (HostId, bool)>,
    /// How many voted for whom.
    ayes: BTreeMap<(HostId, u64), usize>,
    takeovers: BTreeSet<HostId>,
    /// Whose place each took, as far back as is known: a shard goes by the name of its first master.
    shards: BTreeMap<HostId, HostId>,
    /// The shards for which somebody voted in an epoch, and those for which two did.
    ballots: BTreeSet<(u64, HostId)>,
    twofold: BTreeSet<u64>,
    /// Epochs that two won, each with a majority as it knew it.
    pub(super) won_twice: BTreeSet<u64>,
    /// When each was last told to take over: how old its data is does not matter then.
    asked_at: BTreeMap<HostId, Micros>,
    /// When each replica's copy was last fed by its master, and whether it is in the stream still.
    fed_at: Vec<(Micros, bool)>,
}

impl Elections {
    pub(super) fn read(&mut self, world: &World, fact: &Fact) -> Result<(), Violation> {
        if let FactKind::Voted { host, candidate, epoch } = fact.kind {
            *self.ayes.entry((candidate, epoch)).or_default() += 1;
            if !self.ballots.insert((epoch, self.shard_of(host))) {
                self.twofold.insert(epoch);
            }
        }
        match fact.kind {
            FactKind::Voted { host, epoch, .. } if !self.votes.insert((host, epoch)) => {
                violated(Check::Votes, fact.at, format!("{host:?} voted twice in epoch {epoch}"))
            }
            FactKind::HandoverAsked { host, mode } => {
                self.asked_at.insert(host, fact.at);
                if mode == FailoverMode::Takeover {
                    self.takeovers.insert(host);
                }
                Ok(())
            }
            FactKind::Promoted { host, was_replica_of, epoch, .. } => {
                self.shards.insert(host, self.shard_of(was_replica_of));
                if self.takeovers.remove(&host) { Ok(()) } else { self.won(world, fact, host, epoch) }
            }
            FactKind::ElectionScheduled { host, fixed, rank, .. } if fixed > 0 => {
                rank_is_right(world, fact, host, rank)
            }
            FactKind::VotesRequested { host, .. } => self.data_is_fresh(world, fact, host),
            // A process that was stopped may come into the stream, and leave it for another master or hear of its end, in one go.
            FactKind::SyncDone { host, .. } => {
                self.feed_at(host, (fact.at, true));
                Ok(())
            }
            FactKind::ReplicationLost { host, .. } => {
                self.feed_at(host, (fact.at, false));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn shard_of(&self, host: HostId) -> HostId {
        self.shards.get(&host).copied().unwrap_or(host)
    }

    /// An epoch is won once: unless a deposed master that has not heard of it and its successor both voted (or two that took
    /// over from one master without knowing of each other), as they may in Redis. Winners of one epoch then settle it as a collision (B16).
    fn won(&mut self, world: &World, fact: &Fact, host: HostId, claimed: u64) -> Result<(), Violation> {
        // A collision may have given it a greater config epoch than that of its votes; a smaller one beats nobody.
        let epoch = world.node(host).map_or(claimed, |node| node.election.epoch);
        if claimed < epoch {
            let what = format!("{host:?} won epoch {epoch} and claims its slots with {claimed}");
            return violated(Check::Wins, fact.at, what);
        }
        // As in Redis, the votes of an election stay good for two node timeouts: a winner that was demoted meanwhile may
        // claim its old win again, in vain.
        let fewer = self.won_a_smaller_majority(world, host, epoch);
        let before = self.wins.insert(epoch, (host, fewer)).filter(|&(before, _)| before != host);
        if let Some((before, knew_fewer)) = before {
            if !fewer && !knew_fewer && !self.twofold.contains(&epoch) {
                return violated(Check::Wins, fact.at, format!("{before:?} and {host:?} both won epoch {epoch}"));
            }
            self.won_twice.insert(epoch);
        }
        self.enough_votes(world, fact, host, epoch)
    }

    /// Whether a winner has no majority of the masters that others know, for it has heard that some were deposed and not by
    /// whom: 7.0 counts the majority of those that it knows (`clusterHandleSlaveFailover`, `cluster->size`).
    fn won_a_smaller_majority(&self, world: &World, host: HostId, epoch: u64) -> bool {
        let known = world.node(host).map_or(0, masters_with_slots);
        let most = running(world).map(|(_, node)| masters_with_slots(node)).max().unwrap_or(known);
        known < most && self.ayes.get(&(host, epoch)).is_some_and(|&votes| votes <= most / 2)
    }

    /// The votes for the winner in the epoch, counted by the checker itself against the winner's number of masters.
    fn enough_votes(&self, world: &World, fact: &Fact, host: HostId, epoch: u64) -> Result<(), Violation> {
        let voters = self.ayes.get(&(host, epoch)).copied().unwrap_or(0);
        let Some(node) = world.node(host) else {
            return Ok(());
        };
        let masters = masters_with_slots(node);
        if voters > masters / 2 {
            return Ok(());
        }
        violated(
            Check::Wins,
            fact.at,
            format!("{host:?} won epoch {epoch} with {voters} votes of {masters} masters"),
        )
    }

    /// Who is in the stream now. Called after every event, for every node.
    pub(super) fn watch(&mut self, host: HostId, node: &Node, now: Micros) {
        let streams = matches!(node.replication.link, MasterLink::Streaming(_));
        // The event that ends the stream counts: until then nobody knows that the last one was the last.
        if streams || self.fed_at.get(usize::from(host.0)).is_some_and(|&(_, streamed)| streamed) {
            self.feed_at(host, (now, streams));
        }
    }

    fn feed_at(&mut self, host: HostId, fed: (Micros, bool)) {
        let index = usize::from(host.0);
        self.fed_at.resize(self.fed_at.len().max(index + 1), (0, false));
        self.fed_at[index] = fed;
    }

    /// `cluster-replica-validity-factor`, reckoned from when the copy was last seen in the stream; in whole seconds.
    fn data_is_fresh(&self, world: &World, fact: &Fact, host: HostId) -> Result<(), Violation> {
        let told = self.asked_at.get(&host).is_some_and(|&at| fact.at - at <= 6 * SECOND);
        let Some(node) = world.node(host).filter(|_| !told) else {
            return Ok(());
        };
        let config = &node.config;
        let limit = config
            .node_timeout
            .saturating_mul(config.replica_validity_factor + 1)
            .saturating_add(config.repl_ping_period + SECOND);
        let age = fact.at - self.fed_at.get(usize::from(host.0)).map_or(0, |&(at, _)| at);
        if config.replica_validity_factor == 0 || age <= limit {
            return Ok(());
        }
        violated(Check::Bids, fact.at, format!("{host:?} bids with data {} ms old", age / MS))
    }
}

/// The rank is the number of siblings with more of the stream, as the candidate knows them.
fn rank_is_right(world: &World, fact: &Fact, host: HostId, rank: u16) -> Result<(), Violation> {
    let Some(node) = world.node(host) else {
        return Ok(());
    };
    let Some(master) = node.view.me().replica_of() else {
        return Ok(());
    };
    let siblings = node.view.others().filter(|(_, peer)| peer.replica_of() == Some(master) && !peer.no_failover);
    let ahead = siblings.filter(|(_, peer)| peer.repl_offset > node.replication.replica_offset()).count();
    if usize::from(rank) == ahead {
        return Ok(());
    }
    violated(Check::Bids, fact.at, format!("{host:?} takes rank {rank} with {ahead} siblings ahead of it"))
}

fn masters_with_slots(node: &Node) -> usize {
    // The winner has its old master's slots by now, so the count is what it was.
    node.view.peers().filter(|(_, peer)| peer.is_master() && peer.slot_count() > 0).count()
}

/// Two running masters may both claim a slot for a while, never with the same config epoch: unless one of them took its
/// epoch without asking anybody (TAKEOVER, a slot that arrived), or two won it, which B16's rule puts right later.
#[derive(Debug, Default)]
pub(super) struct Owners {
    unasked: BTreeSet<(HostId, u64)>,
    taking: BTreeSet<HostId>,
}

impl Owners {
    /// Whether the fact may have changed a claim.
    pub(super) fn read(&mut self, fact: &Fact) -> bool {
        match fact.kind {
            FactKind::HandoverAsked { host, mode: FailoverMode::Takeover } => {
                self.taking.insert(host);
                false
            }
            FactKind::Promoted { host, epoch, .. } => {
                if self.taking.remove(&host) {
                    self.unasked.insert((host, epoch));
                }
                true
            }
            FactKind::SlotArrived { host, epoch, .. } | FactKind::EpochCollision { host, epoch, .. } => {
                self.unasked.insert((host, epoch));
                true
            }
            FactKind::SlotsLearned { .. } | FactKind::BecameReplica { .. } => true,
            _ => false,
        }
    }

    /// Looks at all claims; epochs that two won are looked at by [`Elections`].
    pub(super) fn check(&self, world: &World, won_twice: &BTreeSet<u64>) -> Result<(), Violation> {
        let mut by_epoch: BTreeMap<u64, HostId> = BTreeMap::new();
        for (host, node) in running(world) {
            let me = node.view.me();
            if !me.is_master() || me.slot_count() == 0 {
                continue;
            }
            let epoch = me.config_epoch;
            let asked = |host| !self.unasked.contains(&(host, epoch));
            let before = by_epoch.insert(epoch, host).filter(|_| !won_twice.contains(&epoch));
            let Some(other) = before.filter(|&other| asked(other) && asked(host)) else {
                continue;
            };
            let (mine, theirs) = (node.view.slots_of(ME), world.node(other).map(|node| node.view.slots_of(ME)));
            let both = theirs.and_then(|theirs| mine.iter().find(|&slot| theirs.contains(slot)));
            if let Some(slot) = both {
                let what = format!("{host:?} and {other:?} both claim slot {slot} with epoch {epoch}");
                return violated(Check::Owners, world.now(), what);
            }
        }
        Ok(())
    }
}

/// What every master's data was at every point of its history, and whether replicas agree.
///
/// A point that no master was seen at (several commands done within one event) is not compared; the next one is.
#[derive(Debug, Default)]
pub(super) struct Histories {
    data: BTreeMap<(ReplId, u64), u64>,
    /// Where a history branched off another.
    parents: BTreeMap<ReplId, (ReplId, u64)>,
    seen: Vec<Option<(ReplId, u64, bool)>>,
    /// How often a replica's data was compared.
    pub(super) compared: u64,
}

impl Histories {
    pub(super) fn watch(&mut self, host: HostId, node: &Node, now: Micros) -> Result<(), Violation> {
        let replication = &node.replication;
        let master = node.view.me().is_master();
        let streams = master || matches!(replication.link, MasterLink::Streaming(_));
        let at = (replication.replid, replication.offset, streams);
        let index = usize::from(host.0);
        if self.seen.len() <= index {
            self.seen.resize(index + 1, None);
        }
        if self.seen[index] == Some(at) || !streams {
            self.seen[index] = Some(at);
            return Ok(());
        }
        self.seen[index] = Some(at);
        if let Some((old, until)) = replication.replid2 {
            self.parents.entry(replication.replid).or_insert((old, until));
        }
        let digest = contents(&node.store);
        match self.lookup(replication.replid, replication.offset) {
            Some(known) if known != digest => {
                let what =
                    format!("{host:?} holds other data than its history had at offset {}", replication.offset);
                violated(Check::History, now, what)
            }
            Some(_) => {
                self.compared += u64::from(!master);
                Ok(())
            }
            None if master => {
                self.data.insert((replication.replid, replication.offset), digest);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// A node was reset: its data begins anew, although its history says where it branched off (as in 7.0, `clusterReset`).
    pub(super) fn begin_anew(&mut self, node: &Node) {
        let replid = node.replication.replid;
        self.parents.insert(replid, (replid, 0));
    }

    /// A process ended: what it was is no more.
    pub(super) fn forget(&mut self, host: HostId) {
        if let Some(seen) = self.seen.get_mut(usize::from(host.0)) {
            *seen = None;
        }
    }

    fn lookup(&self, mut replid: ReplId, offset: u64) -> Option<u64> {
        // Every step goes to an older history; the bound only guards against a circle.
        for _ in 0..64 {
            if let Some(&digest) = self.data.get(&(replid, offset)) {
                return Some(digest);
            }
            let &(parent, until) = self.parents.get(&replid)?;
            if offset >= until {
                return None;
            }
            replid = parent;
        }
        None
    }
}

/// A digest of keys, values and deadlines, whatever their order.
pub(super) fn contents(store: &Store) -> u64 {
    let entry = |(key, entry): (&_, &crate::cluster::store::Entry)| {
        Digest::of(&(key, &entry.value, entry.deadline.map(|at| at / MS)))
    };
    store.iter().map(entry).fold(u64::from(store.len()), u64::wrapping_add)
}

/// Machines whose process runs.
pub(super) fn running(world: &World) -> impl Iterator<Item = (HostId, &Node)> {
    world.hosts().filter_map(|host| Some((host, world.node(host)?)))
}
