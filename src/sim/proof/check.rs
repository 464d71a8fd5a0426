//! What is checked; and votes, wins and bids, as the facts tell them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::cluster::digest::Digest;
use crate::cluster::fact::{Fact, FactKind, FailoverMode};
use crate::cluster::id::HostId;
use crate::cluster::node::Node;
use crate::cluster::node::replication::MasterLink;
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
    /// A moment that is gone back or on to is the same again.
    Travel,
    /// A master that has long heard of no majority takes no writes.
    Minority,
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
    /// Whose votes each counted, and those who counted one twice: a message that comes twice is none that TCP lets happen,
    /// and Redis does not ask whose a vote is (`clusterProcessPacket`, `failover_auth_count`).
    counted: BTreeSet<(HostId, u64, HostId)>,
    doubled: BTreeSet<(HostId, u64)>,
    /// Who was told to take over without a vote, and when: it does so at once, or not at all.
    takeovers: BTreeMap<HostId, Micros>,
    /// Whose place each took, as far back as is known: a shard goes by the name of its first master.
    shards: BTreeMap<HostId, HostId>,
    /// The shards for which somebody voted in an epoch, and those for which two did.
    ballots: BTreeSet<(u64, HostId)>,
    twofold: BTreeSet<u64>,
    /// Epochs that two won, each with a majority as it knew it, and who they were.
    pub(super) won_twice: BTreeMap<u64, BTreeSet<HostId>>,
    /// Who was told to take over and may begin: how old its data is does not matter then.
    called: BTreeSet<HostId>,
    /// When somebody last went on who had stood still, or had been slow.
    woke_at: Option<Micros>,
    /// The config epoch of each node after the last event.
    epochs: Vec<u64>,
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
        if let FactKind::VoteCounted { host, from, epoch, .. } = fact.kind
            && !self.counted.insert((host, epoch, from))
        {
            self.doubled.insert((host, epoch));
        }
        match fact.kind {
            FactKind::Voted { host, epoch, .. } if !self.votes.insert((host, epoch)) => {
                violated(Check::Votes, fact.at, format!("{host:?} voted twice in epoch {epoch}"))
            }
            FactKind::HandoverAsked { host, mode } => {
                self.called.remove(&host);
                match mode {
                    FailoverMode::Handshake => {}
                    FailoverMode::Force => drop(self.called.insert(host)),
                    FailoverMode::Takeover => drop(self.takeovers.insert(host, fact.at)),
                }
                Ok(())
            }
            FactKind::CaughtUp { host, .. } => {
                self.called.insert(host);
                Ok(())
            }
            FactKind::Thawed { .. } | FactKind::RoadsMended => {
                self.woke_at = Some(fact.at);
                Ok(())
            }
            FactKind::HandoverTimedOut { host } | FactKind::Restarted { host } => {
                self.called.remove(&host);
                Ok(())
            }
            FactKind::Promoted { host, was_replica_of, epoch, .. } => {
                self.called.remove(&host);
                self.shards.insert(host, self.shard_of(was_replica_of));
                let took = self.takeovers.remove(&host) == Some(fact.at);
                if took {
                    self.took_an_epoch(world, fact, host, epoch)
                } else {
                    self.won(world, fact, host, epoch)
                }
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
            let doubled = [before, host].iter().any(|&winner| self.doubled.contains(&(winner, epoch)));
            if !fewer && !knew_fewer && !doubled && !self.twofold.contains(&epoch) {
                return violated(Check::Wins, fact.at, format!("{before:?} and {host:?} both won epoch {epoch}"));
            }
            self.won_twice.entry(epoch).or_default().extend([before, host]);
        }
        self.enough_votes(world, fact, host, epoch)
    }

    /// Who takes over without a vote claims its slots with an epoch that is newer than any it knows, or with its own of before, if
    /// none is newer than that (`clusterBumpConfigEpochWithoutConsensus`).
    /// Who goes on after it stood still, or was slow, hears of more in the same event: what it knew when it took over is not seen.
    fn took_an_epoch(&self, world: &World, fact: &Fact, host: HostId, epoch: u64) -> Result<(), Violation> {
        let known = world.node(host).and_then(|node| node.view.others().map(|(_, peer)| peer.config_epoch).max());
        let own = self.epochs.get(usize::from(host.0)).copied();
        let at_once = self.woke_at == Some(fact.at) || world.network().slow_machines > 0;
        if at_once || known.is_none_or(|known| known < epoch || (known == epoch && own == Some(epoch))) {
            return Ok(());
        }
        violated(Check::Wins, fact.at, format!("{host:?} took over with epoch {epoch}, and knows of {known:?}"))
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
        if voters > masters / 2 || self.doubled.contains(&(host, epoch)) {
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
        let index = usize::from(host.0);
        self.epochs.resize(self.epochs.len().max(index + 1), 0);
        self.epochs[index] = node.view.me().config_epoch;
        let streams = matches!(node.replication.link, MasterLink::Streaming(_));
        // The event that ends the stream counts: until then nobody knows that the last one was the last.
        if streams || self.fed_at.get(index).is_some_and(|&(_, streamed)| streamed) {
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
        let Some(node) = world.node(host).filter(|_| !self.called.contains(&host)) else {
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
