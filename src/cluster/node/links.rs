//! Opening, losing and dropping connections. Source: Redis 7.0, `cluster.c`,
//! `clusterNodeCronHandleReconnect`, `clusterLinkConnectHandler`, `freeClusterLink`.

use super::Node;
use super::view::{Flags, PeerIx};
use crate::cluster::connection::{Conn, Port};
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;

impl Node {
    /// Asks for a connection to everybody to whom there is none.
    pub(super) fn open_missing_links(&mut self, context: &mut Context<'_>) {
        self.forget_unsent();
        if !std::mem::take(&mut self.view.some_link_down) {
            return;
        }
        for ix in self.view.other_ixs() {
            let peer = self.view.peer(ix);
            if peer.link_is_down() && !peer.flags().any(Flags::NOADDR) {
                let conn = context.open(peer.addr(), Port::Bus);
                self.view.link_opening(ix, conn, context.now);
                self.note_due(ix);
            }
        }
    }

    /// A connection that I asked for is there.
    pub(super) fn connection_open(&mut self, context: &mut Context<'_>, conn: Conn) {
        if let Some(ix) = self.view.by_link(conn, self.host) {
            self.view.link_up(ix);
            self.send_unsent(context, conn);
            // The ping that waits for an answer keeps its time: a new link does not make the silence shorter.
            let waiting_since = self.view.peer(ix).ping_sent().get();
            if self.view.take_greeting(ix) {
                self.greet(context, ix);
            } else {
                self.send_ping(context, ix);
            }
            if waiting_since.is_some() {
                self.view.set_ping_sent(ix, waiting_since);
                self.note_due(ix);
            }
        } else if self.replication.master_conn() == Some(conn) {
            self.master_connected(context, conn);
        } else {
            context.close(conn);
        }
    }

    /// A connection broke, was refused, or was closed by the other end.
    pub(super) fn connection_lost(&mut self, context: &mut Context<'_>, conn: Conn) {
        self.forget_subscriptions(conn);
        self.forget_monitor(conn);
        self.forget_tracker(conn);
        if self.accepted.remove(&conn) {
            self.count_good_replicas(context.now);
            return;
        }
        if let Some(ix) = self.view.by_link(conn, self.host) {
            let was_up = self.view.peer(ix).link_is_up();
            self.view.link_down(ix);
            if was_up {
                self.note_link_lost(context, ix);
            }
        } else if self.replication.master_conn() == Some(conn) {
            self.master_lost(context);
        }
    }

    /// Drops a link that is silent; cron opens a new one.
    pub(super) fn drop_link(&mut self, context: &mut Context<'_>, ix: PeerIx) {
        if let Some(conn) = self.view.peer(ix).conn(self.host) {
            context.close(conn);
        }
        self.view.link_down(ix);
    }

    fn note_link_lost(&mut self, context: &mut Context<'_>, ix: PeerIx) {
        let fact = context.fact(FactKind::LinkLost { host: self.host, peer: self.view.peer(ix).addr() });
        self.view.set_trouble(ix, fact);
    }
}
