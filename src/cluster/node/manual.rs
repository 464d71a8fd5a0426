//! A failover that somebody asks for. Source: Redis 7.0, `cluster.c`, `CLUSTER FAILOVER`,
//! `clusterHandleManualFailover`, `manualFailoverCheckTimeout`, `clusterBumpConfigEpochWithoutConsensus`.

use std::rc::Rc;

use super::Node;
use super::view::{ME, PeerIx};
use crate::cluster::broken::Rule;
use crate::cluster::bus::{Body, Header};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::fact::{FactId, FactKind};
use crate::cluster::id::NodeId;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::time::{Micros, SECOND};

/// `CLUSTER_MF_TIMEOUT`: a handover takes at most so long.
const TIMEOUT: Micros = 5 * SECOND;

/// How a replica is told to take over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailoverMode {
    /// The master pauses writes and tells its offset; nothing is lost.
    Handshake,
    /// Without the master's help, but by vote.
    Force,
    /// Without even a vote.
    Takeover,
}

/// A manual failover that goes on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Manual {
    /// When it is given up.
    ends_at: Micros,
    /// What it came from.
    pub(super) cause: FactId,
    side: Side,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Side {
    /// The replica waits for the offset at which its master paused.
    Replica { master_offset: Option<u64>, may_start: bool },
    /// The master keeps its clients' writes until the replica has taken over.
    Master { replica: NodeId, kept: Vec<(Conn, Rc<[Blob]>)> },
}

impl Manual {
    /// Whether the replica may ask for votes.
    pub fn may_start(&self) -> bool {
        matches!(self.side, Side::Replica { may_start: true, .. })
    }

    /// The replica that this master lets no writes in for.
    pub fn pauses_for(&self) -> Option<NodeId> {
        match self.side {
            Side::Master { replica, .. } => Some(replica),
            Side::Replica { .. } => None,
        }
    }
}

impl Node {
    /// `CLUSTER FAILOVER`.
    pub fn start_manual_failover(&mut self, context: &mut Context<'_>, mode: FailoverMode) -> Reply {
        if self.view.me().is_master() {
            return Reply::error("ERR You should send CLUSTER FAILOVER to a replica");
        }
        let Some(master) = self.view.me().replica_of() else {
            return Reply::error("ERR I'm a replica but my master is unknown to me");
        };
        let peer = self.view.peer(master);
        // A link that is being opened is one: `myself->slaveof->link` is there from the first SYN on, and keeps MFSTART.
        if mode == FailoverMode::Handshake && (peer.failed() || peer.link_is_down()) {
            return Reply::error("ERR Master is down or failed, please use CLUSTER FAILOVER FORCE");
        }
        self.end_manual(context);
        let cause = context.fact(FactKind::HandoverAsked { host: self.host, mode });
        let may_start = mode == FailoverMode::Force;
        let side = Side::Replica { master_offset: None, may_start };
        self.manual = Some(Manual { ends_at: context.now + TIMEOUT, cause, side });
        context.because(Some(cause), |context| match mode {
            FailoverMode::Handshake => self.send_to(context, master, Body::MfStart),
            FailoverMode::Force => self.todo.handle_failover = true,
            FailoverMode::Takeover => {
                self.election.cause_from(cause);
                let epoch = if self.config.broken.is(Rule::TakeoverTakesEpoch) { 0 } else { self.bump_epoch() };
                self.take_over(context, master, epoch);
            }
        });
        Reply::ok()
    }

    /// A config epoch of my own, greater than every other, without asking anybody.
    pub fn bump_epoch(&mut self) -> u64 {
        let highest = self.view.peers().map(|(_, peer)| peer.config_epoch).max().unwrap_or(0);
        let own = self.view.me().config_epoch;
        if own == 0 || own != highest {
            self.view.current_epoch += 1;
            self.view.peer_mut(ME).config_epoch = self.view.current_epoch;
        }
        self.view.me().config_epoch
    }

    /// My replica wants to take over: no more writes, and my offset at once and with every cron.
    pub(super) fn pause_for(&mut self, context: &mut Context<'_>, replica: PeerIx) {
        if self.view.peer(replica).replica_of() != Some(ME) || !self.view.me().is_master() {
            return;
        }
        // Asked again, it pauses on: a write that slipped through in between would be missing from the offset that the
        // replica was told first.
        let kept = match self.manual.take().map(|manual| manual.side) {
            Some(Side::Master { kept, .. }) => kept,
            _ => Vec::new(),
        };
        let addr = self.view.peer(replica).addr();
        let cause = context.fact(FactKind::WritesPaused { host: self.host, replica: addr });
        let side = Side::Master { replica: self.view.peer(replica).id(), kept };
        self.manual = Some(Manual { ends_at: context.now + TIMEOUT, cause, side });
        context.because(Some(cause), |context| self.send_ping(context, replica));
    }

    /// My master says that it has paused: what it has now is what I must reach.
    pub(super) fn note_paused_master(&mut self, sender: PeerIx, header: &Header) {
        let mine = self.view.me().replica_of() == Some(sender);
        if let Some(Manual { side: Side::Replica { master_offset, .. }, .. }) = &mut self.manual
            && mine
            && header.paused
            && master_offset.is_none()
        {
            *master_offset = Some(header.offset);
            self.todo.handle_manual = true;
        }
    }

    /// Starts the election once this replica has all that its master has.
    pub(super) fn handle_manual(&mut self, context: &mut Context<'_>) {
        let offset = self.replication.replica_offset();
        let Some(manual) = &mut self.manual else {
            return;
        };
        let Side::Replica { master_offset: Some(wanted), may_start, .. } = &mut manual.side else {
            return;
        };
        if *may_start || *wanted != offset {
            return;
        }
        *may_start = true;
        let kind = FactKind::CaughtUp { host: self.host, offset };
        manual.cause = context.because(Some(manual.cause), |context| context.fact(kind));
        self.todo.handle_failover = true;
    }

    /// Gives up in time; until then the paused master repeats its offset.
    pub(super) fn manual_cron(&mut self, context: &mut Context<'_>) {
        let Some(manual) = &self.manual else {
            return;
        };
        if context.now > manual.ends_at {
            let kind = FactKind::HandoverTimedOut { host: self.host };
            context.because(Some(manual.cause), |context| context.fact(kind));
            self.end_manual(context);
        } else if let Side::Master { replica, .. } = manual.side
            && let Some(replica) = self.view.find(replica)
        {
            self.send_ping(context, replica);
        }
    }

    /// Ends a manual failover, whichever way it went; what was kept is answered now.
    pub(super) fn end_manual(&mut self, context: &mut Context<'_>) {
        if let Some(Manual { side: Side::Master { kept, .. }, .. }) = self.manual.take() {
            for (conn, argv) in kept {
                if let Some(client) = self.client_mut(conn) {
                    client.kept.push_front(argv);
                    self.unblock(context, conn);
                }
            }
        }
    }

    /// Whether this master lets no writes in because a replica is to take over.
    pub(super) fn hands_over(&self) -> bool {
        self.manual.as_ref().is_some_and(|manual| manual.pauses_for().is_some())
    }

    /// Whether the data and the stream stand still, for clients are paused: nothing expires or is evicted, and no replica is
    /// asked for what it has. Source: Redis 7.0, `networking.c`, `checkClientPauseTimeoutAndReturnIfPaused`.
    pub(super) fn stands_still(&self) -> bool {
        (self.hands_over() || self.is_paused()) && !self.config.broken.is(Rule::PauseStream)
    }

    /// Whether a command has to wait because writes are paused.
    pub(super) fn pauses(&self, conn: Conn, argv: &[Blob]) -> bool {
        self.hands_over() && !self.config.broken.is(Rule::PauseWrites) && self.would_write(conn, argv)
    }

    /// Keeps a command until the pause is over.
    pub(super) fn keep_for_later(&mut self, conn: Conn, argv: Rc<[Blob]>) {
        if let Some(Manual { side: Side::Master { kept, .. }, .. }) = &mut self.manual {
            kept.push((conn, argv));
        }
    }
}
