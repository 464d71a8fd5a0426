//! Failure detection: suspicion (PFAIL), agreement (FAIL), and taking both back.
//!
//! Source: Redis 7.0, `cluster.c`, `clusterNodeAddFailureReport`, `clusterNodeCleanupFailureReports`,
//! `markNodeAsFailingIfNeeded`, `clearNodeFailureIfNeeded`.

use super::Node;
use super::view::{ME, PeerIx};
use crate::cluster::bus::Body;
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;
use crate::cluster::time::{MS, Micros};

/// The time of a FAIL that came with the first word of a node (`fail_time` 0): longer ago than anything.
pub(super) const SINCE_EVER: Micros = 0;

impl Node {
    /// A master said that `about` does not answer.
    pub(super) fn add_failure_report(&mut self, context: &mut Context<'_>, about: PeerIx, by: PeerIx) {
        self.view.add_report(about, by, context.now);
        self.mark_failed_if_agreed(context, about);
    }

    /// How many masters report `about`; reports are good for two node timeouts.
    pub(super) fn live_reports(&mut self, about: PeerIx, now: Micros) -> u16 {
        let valid = 2 * self.config.node_timeout;
        self.view.keep_reports(about, |_, at| now - at.or_start() <= valid)
    }

    /// Suspects whoever has left a ping, and everything else, unanswered for longer than the node timeout.
    pub(super) fn suspect_if_silent(&mut self, context: &mut Context<'_>, ix: PeerIx) {
        let now = context.now / MS * MS;
        let peer = self.view.peer(ix);
        let Some(ping_sent) = peer.ping_sent().get() else {
            return;
        };
        let silent = (now - ping_sent).min(now - peer.data_received.or_start());
        if silent <= self.config.node_timeout || peer.in_trouble() {
            return;
        }
        let kind = FactKind::Suspected { host: self.host, peer: peer.addr(), silent };
        let fact = context.because(self.view.trouble(ix), |context| context.fact(kind));
        self.view.set_pfail(ix, true);
        self.view.set_trouble(ix, fact);
        self.todo.update_state = true;
    }

    /// PFAIL becomes FAIL when enough masters report it; I count if I am one. Then everybody is told.
    pub(super) fn mark_failed_if_agreed(&mut self, context: &mut Context<'_>, ix: PeerIx) {
        if !self.view.peer(ix).pfail() || self.view.peer(ix).failed() {
            return;
        }
        let needed = self.view.quorum();
        let own = u16::from(self.view.me().is_master());
        let reports = self.live_reports(ix, context.now) + own;
        if reports < needed {
            return;
        }
        let told = self.view.reports(ix).iter().map(|&(by, _)| self.view.peer(by).addr());
        let by = self.view.me().is_master().then_some(self.host).into_iter().chain(told).collect();
        self.view.set_pfail(ix, false);
        self.view.set_failed(ix, Some(context.now));
        let (id, addr) = (self.view.peer(ix).id(), self.view.peer(ix).addr());
        let kind = FactKind::Failed { host: self.host, peer: addr, reports, needed, by };
        let fact = context.because(self.view.trouble(ix), |context| context.fact(kind));
        self.view.set_trouble(ix, fact);
        context.because(Some(fact), |context| self.broadcast(context, &Body::Fail(id)));
        self.todo.update_state = true;
    }

    /// Somebody announces that `ix` has failed: that is enough.
    pub(super) fn told_failed(&mut self, context: &mut Context<'_>, ix: PeerIx, by: PeerIx) {
        if ix == ME || self.view.peer(ix).failed() {
            return;
        }
        let (addr, by) = (self.view.peer(ix).addr(), self.view.peer(by).addr());
        self.view.set_pfail(ix, false);
        self.view.set_failed(ix, Some(context.now));
        let fact = context.fact(FactKind::ToldFailed { host: self.host, peer: addr, by });
        self.view.set_trouble(ix, fact);
        self.todo.update_state = true;
    }

    /// A PONG came by my own link: suspicion ends; FAIL ends if nobody needs it any more.
    pub(super) fn answered(&mut self, context: &mut Context<'_>, ix: PeerIx) {
        let (host, addr) = (self.host, self.view.peer(ix).addr());
        if self.view.peer(ix).pfail() {
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
        let Some(since) = peer.fail_since().get() else {
            return;
        };
        let harmless = !peer.is_master() || peer.slot_count() == 0;
        let overdue = since == SINCE_EVER || context.now - since > 2 * self.config.node_timeout;
        if harmless || overdue {
            let kind = FactKind::FailCleared { host: self.host, peer: peer.addr() };
            self.view.set_failed(ix, None);
            context.fact(kind);
            self.todo.update_state = true;
        }
    }
}
