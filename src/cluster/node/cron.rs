//! What a node does ten times a second. Source: Redis 7.0, `cluster.c`, `clusterCron`.

use super::Node;
use super::view::{Flags, ME, PeerIx, PeerRef, Stamp};
use crate::cluster::context::Context;
use crate::cluster::time::{MS, Micros};

impl Node {
    /// One round.
    pub(super) fn cron(&mut self, context: &mut Context<'_>) {
        self.crons += 1;
        self.give_up_handshakes(context);
        self.open_missing_links(context);
        if self.crons.is_multiple_of(10) {
            self.ping_one_at_random(context);
        }
        if context.now > self.quiet_until {
            self.look_after_all(context);
        }
        self.manual_cron(context);
        if !self.view.me().is_master() {
            self.handle_manual(context);
            self.handle_failover(context);
            self.look_for_orphans(context);
        }
        if self.todo.update_state || !self.health.is_ok() {
            self.todo.update_state = false;
            self.update_state(context);
        }
        self.expire_some(context);
        self.recheck_blocked(context);
        self.send_copies(context);
        self.shutdown_cron(context);
        if self.crons.is_multiple_of(10) {
            self.close_idle_clients(context);
            self.replication_cron(context);
        }
    }

    /// Of five nodes chosen by chance, pings the one not heard of for the longest time.
    fn ping_one_at_random(&mut self, context: &mut Context<'_>) {
        let known = u32::from(self.view.len());
        let mut oldest: Option<PeerIx> = None;
        for _ in 0..5 {
            let ix = self.view.nth(context.rng.below(known));
            let peer = self.view.peer(ix);
            if ix == ME || peer.link_is_down() || peer.flags().any(Flags::PINGED.and(Flags::HANDSHAKE)) {
                continue;
            }
            if oldest.is_none_or(|oldest| peer.pong_received() < self.view.peer(oldest).pong_received()) {
                oldest = Some(ix);
            }
        }
        if let Some(ix) = oldest {
            self.send_ping(context, ix);
        }
    }

    /// Looks after everybody, and remembers until when nobody can need it again. In a large cluster that saves nearly
    /// all of the work: a node looks at a thousand others about once a second instead of ten times.
    fn look_after_all(&mut self, context: &mut Context<'_>) {
        for ix in self.view.other_ixs() {
            self.look_after(context, ix);
        }
        let next = self.view.others().map(|(_, peer)| self.due(peer)).min();
        self.quiet_until = next.unwrap_or(Micros::MAX);
    }

    /// Something about a node changed: it may need looking after sooner.
    pub(super) fn note_due(&mut self, ix: PeerIx) {
        self.quiet_until = self.quiet_until.min(self.due(self.view.peer(ix)));
    }

    /// The last moment at which [`Node::look_after`] certainly has nothing to do for a node.
    fn due(&self, peer: PeerRef<'_>) -> Micros {
        let timeout = self.config.node_timeout;
        let half = timeout / 2;
        if peer.flags().any(Flags::HANDSHAKE.and(Flags::NOADDR)) {
            return Micros::MAX;
        }
        let Some(ping_sent) = peer.ping_sent().get() else {
            return peer.pong_received().or_start() + half;
        };
        let heard = peer.data_received.or_start();
        let renew =
            peer.link_since().map_or(Micros::MAX, |since| (since + timeout).max(ping_sent.max(heard) + half));
        if peer.in_trouble() { renew } else { renew.min(ping_sent.max(heard) + timeout) }
    }

    /// Renews a dead link, pings before half the timeout is over, suspects after the whole.
    fn look_after(&mut self, context: &mut Context<'_>, ix: PeerIx) {
        // Whole milliseconds, as Redis compares: who counts microseconds too pings a round earlier, and a node whose old link is
        // dead is never silent for long enough that it would be dropped.
        let now = context.now / MS * MS;
        let timeout = self.config.node_timeout;
        let half = timeout / 2;
        let peer = self.view.peer(ix);
        if peer.flags().any(Flags::HANDSHAKE.and(Flags::NOADDR)) {
            return;
        }
        // What was never heard of counts from the beginning of time.
        let unheard = |at: Stamp| now - at.or_start() > half;
        let link_is_old = peer.link_since().is_some_and(|since| now - since > timeout);
        let waits = peer.ping_sent().is_set();
        if link_is_old && waits && unheard(peer.ping_sent()) && unheard(peer.data_received) {
            self.drop_link(context, ix);
        }
        let peer = self.view.peer(ix);
        if !peer.link_is_down() && !peer.ping_sent().is_set() && unheard(peer.pong_received()) {
            self.send_ping(context, ix);
            return;
        }
        self.suspect_if_silent(context, ix);
    }
}
