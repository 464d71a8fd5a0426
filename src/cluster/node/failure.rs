//! Failure detection: suspicion (PFAIL), agreement (FAIL), and taking both back.
//!
//! Source: Redis 7.0, `cluster.c`, `clusterNodeAddFailureReport`, `clusterNodeCleanupFailureReports`,
//! `markNodeAsFailingIfNeeded`, `clearNodeFailureIfNeeded`.

use super::Node;
use super::view::{ME, PeerIx};
use crate::cluster::bus::Body;
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;
use crate::cluster::time::Micros;

impl Node {
    /// A master said that `about` does not answer.
    pub(super) fn add_failure_report(&mut self, about: PeerIx, by: PeerIx, now: Micros) {
        let reports = &mut self.view.peer_mut(about).reports;
        match reports.iter_mut().find(|(who, _)| *who == by) {
            Some(report) => report.1 = now,
            None => reports.push((by, now)),
        }
    }

    /// A master said that `about` is well.
    pub(super) fn remove_failure_report(&mut self, about: PeerIx, by: PeerIx) {
        self.view.peer_mut(about).reports.retain(|(who, _)| *who != by);
    }

    /// How many masters report `about`; reports are good for two node timeouts.
    pub(super) fn live_reports(&mut self, about: PeerIx, now: Micros) -> u16 {
        let valid = 2 * self.config.node_timeout;
        let reports = &mut self.view.peer_mut(about).reports;
        reports.retain(|&(_, at)| now - at <= valid);
        reports.len() as u16
    }

    /// Suspects whoever has left a ping, and everything else, unanswered for longer than the node timeout.
    pub(super) fn suspect_if_silent(&mut self, context: &mut Context<'_>, ix: PeerIx) {
        let now = context.now;
        let peer = self.view.peer_mut(ix);
        let Some(ping_sent) = peer.ping_sent else {
            return;
        };
        let heard = peer.data_received.unwrap_or(0);
        let silent = (now - ping_sent).min(now - heard);
        if silent <= self.config.node_timeout || peer.pfail || peer.failed() {
            return;
        }
        let (addr, trouble) = (peer.addr, peer.trouble);
        let host = self.host;
        let fact =
            context.because(trouble, |context| context.fact(FactKind::Suspected { host, peer: addr, silent }));
        self.view.set_pfail(ix, true);
        self.view.peer_mut(ix).trouble = Some(fact);
        self.todo.update_state = true;
    }

    /// PFAIL becomes FAIL when enough masters report it; I count if I am one. Then everybody is told.
    pub(super) fn mark_failed_if_agreed(&mut self, context: &mut Context<'_>, ix: PeerIx) {
        if !self.view.peer(ix).pfail || self.view.peer(ix).failed() {
            return;
        }
        let needed = self.view.quorum();
        let own = u16::from(self.view.me().is_master());
        let reports = self.live_reports(ix, context.now) + own;
        if reports < needed {
            return;
        }
        self.view.set_pfail(ix, false);
        let peer = self.view.peer_mut(ix);
        peer.fail_since = Some(context.now);
        let (id, addr, trouble) = (peer.id, peer.addr, peer.trouble);
        let kind = FactKind::Failed { host: self.host, peer: addr, reports, needed };
        let fact = context.because(trouble, |context| context.fact(kind));
        self.view.peer_mut(ix).trouble = Some(fact);
        context.because(Some(fact), |context| self.broadcast(context, &Body::Fail(id)));
        self.todo.update_state = true;
    }

    /// Somebody announces that `ix` has failed: that is enough.
    pub(super) fn told_failed(&mut self, context: &mut Context<'_>, ix: PeerIx, by: PeerIx) {
        if ix == ME || self.view.peer(ix).failed() {
            return;
        }
        let by = self.view.peer(by).addr;
        self.view.set_pfail(ix, false);
        let peer = self.view.peer_mut(ix);
        peer.fail_since = Some(context.now);
        let addr = peer.addr;
        let fact = context.fact(FactKind::ToldFailed { host: self.host, peer: addr, by });
        self.view.peer_mut(ix).trouble = Some(fact);
        self.todo.update_state = true;
    }

    /// A PONG came by my own link: suspicion ends; FAIL ends if nobody needs it any more.
    pub(super) fn answered(&mut self, context: &mut Context<'_>, ix: PeerIx) {
        let (host, addr) = (self.host, self.view.peer(ix).addr);
        if self.view.peer(ix).pfail {
            self.view.set_pfail(ix, false);
            context.fact(FactKind::Unsuspected { host, peer: addr });
            self.todo.update_state = true;
        } else {
            self.clear_failure_if_needed(context, ix);
        }
    }

    /// A replica, or a master without slots, is well again at once; a master with slots only after two node
    /// timeouts, when nobody took its place.
    pub(super) fn clear_failure_if_needed(&mut self, context: &mut Context<'_>, ix: PeerIx) {
        let peer = self.view.peer(ix);
        let Some(since) = peer.fail_since else {
            return;
        };
        let harmless = !peer.is_master() || peer.slot_count == 0;
        let overdue = context.now - since > 2 * self.config.node_timeout;
        if harmless || overdue {
            let kind = FactKind::FailCleared { host: self.host, peer: peer.addr };
            self.view.peer_mut(ix).fail_since = None;
            context.fact(kind);
            self.todo.update_state = true;
        }
    }
}
