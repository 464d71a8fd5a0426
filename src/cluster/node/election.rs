//! A replica's bid to become master. Source: Redis 7.0, `cluster.c`, `clusterHandleSlaveFailover`,
//! `clusterGetSlaveRank`, `clusterFailoverReplaceYourMaster`.

use super::view::{ME, PeerIx};
use super::{Manual, Node};
use crate::cluster::broken::Rule;
use crate::cluster::bus::{Body, Header};
use crate::cluster::config::{ELECTION_DELAY, ELECTION_RANDOM, ELECTION_RANK_STEP};
use crate::cluster::context::Context;
use crate::cluster::fact::{FactId, FactKind};
use crate::cluster::id::HostId;
use crate::cluster::time::{Micros, SECOND};

/// The state of a bid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Election {
    /// When votes are (or were) asked for; `None` before the first bid.
    pub asks_at: Option<Micros>,
    /// When the wait began.
    pub scheduled_at: Micros,
    /// The fixed part of the wait: nothing in a manual failover.
    pub fixed: Micros,
    /// The random part of the wait.
    pub random: Micros,
    /// How many siblings had a better offset.
    pub rank: u16,
    /// Whether votes were asked for.
    pub asked: bool,
    /// The epoch they were asked in.
    pub epoch: u64,
    /// Who gave theirs.
    pub votes: Vec<HostId>,
    /// Whether the end of this bid was stated.
    expired: bool,
    /// When this node last won.
    pub won_at: Option<Micros>,
    /// The fact that this bid hangs on.
    cause: Option<FactId>,
}

impl Election {
    /// Names what a promotion without an election came from.
    pub(super) fn cause_from(&mut self, cause: FactId) {
        self.cause = Some(cause);
    }
}

impl Node {
    /// How long votes may take to come in.
    fn vote_timeout(&self) -> Micros {
        (2 * self.config.node_timeout).max(2 * SECOND)
    }

    /// Bids, asks, waits or wins, whichever is due.
    pub(super) fn handle_failover(&mut self, context: &mut Context<'_>) {
        let Some(master) = self.view.me().replica_of() else {
            return;
        };
        if !self.may_bid(context.now, master) {
            return;
        }
        let now = context.now;
        let retry = 2 * self.vote_timeout();
        let Some(asks_at) = self.election.asks_at.filter(|&at| now <= at || now - at <= retry) else {
            self.schedule(context, master);
            return;
        };
        if !self.election.asked && self.manual.is_none() {
            self.fall_back_by_rank(master);
        }
        let asks_at = self.election.asks_at.unwrap_or(asks_at);
        if now < asks_at {
            return;
        }
        if now - asks_at > self.vote_timeout() {
            self.expire_bid(context);
        } else if !self.election.asked {
            self.ask_for_votes(context);
        } else if self.election.votes.len() >= self.votes_to_win() {
            self.take_over(context, master, self.election.epoch);
        }
    }

    fn votes_to_win(&self) -> usize {
        let quorum = usize::from(self.view.quorum());
        if self.config.broken.is(Rule::MajorityWins) { quorum.saturating_sub(1) } else { quorum }
    }

    /// My master has failed and serves slots, and my copy is not too old.
    fn may_bid(&self, now: Micros, master: PeerIx) -> bool {
        let peer = self.view.peer(master);
        let manual = self.manual.as_ref().is_some_and(Manual::may_start);
        let called_for = manual || (peer.failed() && !self.config.replica_no_failover);
        if !called_for || peer.slot_count() == 0 {
            return false;
        }
        if manual || self.config.broken.is(Rule::DataAge) {
            return true;
        }
        let factor = self.config.replica_validity_factor;
        let limit = self.config.node_timeout.saturating_mul(factor).saturating_add(self.config.repl_ping_period);
        let Some(age) = self.replication.data_age(now) else {
            return factor == 0;
        };
        let age = if age > self.config.node_timeout { age - self.config.node_timeout } else { age };
        factor == 0 || age <= limit
    }

    fn schedule(&mut self, context: &mut Context<'_>, master: PeerIx) {
        let mut random = u64::from(context.rng.below((ELECTION_RANDOM / 1000) as u32)) * 1000;
        let mut rank = self.rank(master);
        let mut fixed = ELECTION_DELAY;
        if let Some(manual) = &self.manual {
            // The master waits: nothing is gained by waiting for it too.
            (fixed, random, rank) = (0, 0, 0);
            self.view.set_trouble(master, manual.cause);
            self.todo.handle_failover = true;
        }
        let wait = fixed + random + ELECTION_RANK_STEP * u64::from(rank);
        let (cause, addr) = (self.view.trouble(master), self.view.peer(master).addr());
        let kind = FactKind::ElectionScheduled { host: self.host, master: addr, fixed, random, rank };
        let fact = context.because(cause, |context| context.fact(kind));
        self.election = Election {
            asks_at: Some(context.now + wait),
            scheduled_at: context.now,
            fixed,
            random,
            rank,
            won_at: self.election.won_at,
            cause: Some(fact),
            ..Election::default()
        };
        // My siblings should know my offset before they rank themselves.
        context.because(Some(fact), |context| self.broadcast_pong(context, true));
    }

    /// Siblings with more of the master's stream than I have go first.
    fn rank(&self, master: PeerIx) -> u16 {
        if self.config.broken.is(Rule::RankByOffset) {
            return 0;
        }
        let mine = self.replication.replica_offset();
        let better = self
            .view
            .others()
            .filter(|(_, peer)| peer.replica_of() == Some(master) && !peer.no_failover && peer.repl_offset > mine);
        better.count() as u16
    }

    /// While waiting, a better sibling that shows up costs another second.
    fn fall_back_by_rank(&mut self, master: PeerIx) {
        let rank = self.rank(master);
        if rank > self.election.rank {
            let more = ELECTION_RANK_STEP * u64::from(rank - self.election.rank);
            self.election.asks_at = self.election.asks_at.map(|at| at + more);
            self.election.rank = rank;
        }
    }

    fn ask_for_votes(&mut self, context: &mut Context<'_>) {
        self.view.current_epoch += 1;
        self.election.epoch = self.view.current_epoch;
        self.election.asked = true;
        let (epoch, needed) = (self.election.epoch, self.view.quorum());
        let kind = FactKind::VotesRequested { host: self.host, epoch, needed };
        let fact = context.because(self.election.cause, |context| context.fact(kind));
        self.election.cause = Some(fact);
        context.because(Some(fact), |context| self.broadcast(context, &Body::AuthRequest));
    }

    /// A vote came in. Only masters with slots count, and only votes of this epoch or a later one.
    pub(super) fn count_vote(&mut self, context: &mut Context<'_>, from: PeerIx, header: &Header) {
        let peer = self.view.peer(from);
        let counts = peer.is_master() && peer.slot_count() > 0 && header.current_epoch >= self.election.epoch;
        if !counts || !self.election.asked || self.view.me().is_master() {
            return;
        }
        let from = peer.addr();
        self.election.votes.push(from);
        let fact = context.fact(FactKind::VoteCounted {
            host: self.host,
            from,
            epoch: self.election.epoch,
            votes: self.election.votes.len() as u16,
            needed: self.view.quorum(),
        });
        self.election.cause = Some(fact);
        self.todo.handle_failover = true;
    }

    fn expire_bid(&mut self, context: &mut Context<'_>) {
        if self.election.expired || !self.election.asked {
            return;
        }
        self.election.expired = true;
        let kind = FactKind::ElectionExpired {
            host: self.host,
            epoch: self.election.epoch,
            votes: self.election.votes.len() as u16,
            needed: self.view.quorum(),
        };
        context.because(self.election.cause, |context| context.fact(kind));
    }

    /// Won: a master now, with the dead one's slots and the epoch of the vote.
    pub(super) fn take_over(&mut self, context: &mut Context<'_>, old: PeerIx, epoch: u64) {
        let slots = self.view.slots_of(old);
        self.view.set_master(ME);
        let epoch = if self.config.broken.is(Rule::WinnerTakesEpoch) { 0 } else { epoch };
        self.view.peer_mut(ME).config_epoch = epoch.max(self.view.me().config_epoch);
        for slot in slots.iter() {
            self.view.set_owner(slot, Some(ME));
        }
        self.election.won_at = Some(context.now);
        let kind = FactKind::Promoted {
            host: self.host,
            was_replica_of: self.view.peer(old).addr(),
            epoch: self.view.me().config_epoch,
            slots: slots.len(),
        };
        let fact = context.because(self.election.cause, |context| context.fact(kind));
        context.because(Some(fact), |context| {
            self.stop_replicating(context);
            self.update_state(context);
            // Its first word as a master is flagged PAUSED, if it was asked to take over: `resetManualFailover` comes after.
            self.broadcast_pong(context, false);
            self.end_manual(context);
        });
    }

    /// Whether a bid is going on.
    pub fn bidding(&self, now: Micros) -> bool {
        let live = self.election.asks_at.is_some_and(|at| now <= at + self.vote_timeout());
        live && self.view.me().replica_of().is_some_and(|master| self.may_bid(now, master))
    }
}
