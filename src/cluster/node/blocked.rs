//! Clients that wait for a list or a sorted set to have something. Source: Redis 7.0, `blocked.c`,
//! `handleClientsBlockedOnKeys`; `cluster.c`, `clusterRedirectBlockedClientIfNeeded`.

use std::rc::Rc;

use super::{Node, WAIT_OVER};
use crate::cluster::command::wish::{self, Wish};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::slot::key_slot;
use crate::cluster::time::{MS, Micros};

/// A client that waits. They stand in the order in which they came.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Blocked {
    conn: Conn,
    keys: Rc<[Blob]>,
    wish: Wish,
    /// `None` waits for ever.
    until: Option<Micros>,
}

impl Node {
    /// Grants a wish now, or keeps the client waiting: `None`. A transaction never waits.
    pub fn wait_for(
        &mut self,
        context: &mut Context<'_>,
        conn: Conn,
        keys: &[Blob],
        wish: Wish,
        timeout_ms: u64,
    ) -> Option<Reply> {
        if let Some(reply) = self.on_keyspace(context, conn, |data| wish::grant(data, keys, &wish, true)) {
            return Some(reply);
        }
        if self.client(conn).is_some_and(|client| client.in_exec.is_some()) {
            return Some(wish.nothing());
        }
        let until = (timeout_ms > 0).then(|| context.now.saturating_add(timeout_ms.saturating_mul(MS)));
        if let Some(until) = until {
            context.wake(until, WAIT_OVER);
        }
        self.blocked.push(Blocked { conn, keys: keys.into(), wish, until });
        None
    }

    /// Serves those who wait for the keys that a command, or a whole transaction, has filled.
    pub(super) fn serve_blocked(&mut self, context: &mut Context<'_>) {
        while !self.ready.is_empty() {
            let ready = std::mem::take(&mut self.ready);
            if self.blocked.is_empty() {
                return;
            }
            for key in &ready {
                self.serve_blocked_on(context, key);
            }
        }
    }

    #[inline(never)]
    fn serve_blocked_on(&mut self, context: &mut Context<'_>, key: &Blob) {
        let mut at = 0;
        while let Some(blocked) = self.blocked.get(at) {
            let (conn, wish) = (blocked.conn, blocked.wish.clone());
            if !blocked.keys.contains(key) {
                at += 1;
                continue;
            }
            if self.client(conn).is_none() {
                self.blocked.remove(at);
                continue;
            }
            let keys = std::slice::from_ref(key);
            match self.on_keyspace(context, conn, |data| wish::grant(data, keys, &wish, false)) {
                Some(reply) => {
                    self.blocked.remove(at);
                    let offset = self.replication.offset;
                    if let Some(client) = self.client_mut(conn) {
                        client.wrote_to = offset;
                    }
                    self.answer_late(context, conn, reply);
                }
                None => at += 1,
            }
        }
    }

    /// Answers a client that waited. What it sent meanwhile comes next, once this input has been dealt with.
    fn answer_late(&mut self, context: &mut Context<'_>, conn: Conn, reply: Reply) {
        self.answer(context, conn, reply);
        if self.tracking.is_some() {
            self.tell_own(context);
        }
        self.unblocked.push_back(conn);
    }

    /// Lets those go on who got their answer.
    pub(super) fn resume_unblocked(&mut self, context: &mut Context<'_>) {
        while let Some(conn) = self.unblocked.pop_front() {
            self.unblock(context, conn);
        }
    }

    /// Takes away from the waiting those for whom there is an answer.
    fn release(&mut self, context: &mut Context<'_>, answer: impl Fn(&Self, &Blocked) -> Option<Reply>) {
        if self.blocked.is_empty() {
            return;
        }
        for blocked in std::mem::take(&mut self.blocked) {
            if self.client(blocked.conn).is_none() {
                continue;
            }
            match answer(self, &blocked) {
                Some(reply) => self.answer_late(context, blocked.conn, reply),
                None => self.blocked.push(blocked),
            }
        }
    }

    /// Answers a client that waits at a node that became a replica, and hangs up. Source: Redis 7.0, `blocked.c`,
    /// `disconnectAllBlockedClients`.
    pub(super) fn turn_away(&mut self, context: &mut Context<'_>, conn: Conn) {
        let text = "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)";
        self.answer(context, conn, Reply::error(text));
        self.kill_client(context, conn);
    }

    /// Answers whoever waited long enough, or waits at a node that became a replica.
    pub(super) fn settle_blocked(&mut self, context: &mut Context<'_>) {
        if self.blocked.is_empty() && self.unblocked.is_empty() {
            return;
        }
        if !self.view.me().is_master() {
            for blocked in std::mem::take(&mut self.blocked) {
                self.turn_away(context, blocked.conn);
            }
        }
        let now = context.now;
        self.release(context, |_, blocked| {
            blocked.until.is_some_and(|until| now >= until).then_some(Reply::NullArray)
        });
        self.resume_unblocked(context);
    }

    /// Sends away those who wait for keys that this node serves no longer. Cron asks.
    pub(super) fn recheck_blocked(&mut self, context: &mut Context<'_>) {
        let book = context.book;
        self.release(context, |node, blocked| {
            if !node.health.is_ok() {
                return Some(Reply::error(super::route::DOWN));
            }
            let slot = key_slot(blocked.keys.first()?);
            match node.view.owner(slot) {
                Some(super::view::ME) => None,
                None => Some(Reply::error(super::route::NOT_SERVED)),
                _ if node.importing.contains_key(&slot) => None,
                Some(owner) => {
                    let address = book.address(node.view.peer(owner).addr());
                    Some(Reply::error(format!("MOVED {slot} {address}")))
                }
            }
        });
        self.resume_unblocked(context);
    }

    /// Ends the wait of a client, as if its time were over or with an error; says whether it waited.
    pub(super) fn unblock_wishing(&mut self, context: &mut Context<'_>, conn: Conn, with_error: bool) -> bool {
        let Some(at) = self.blocked.iter().position(|blocked| blocked.conn == conn) else {
            return false;
        };
        self.blocked.remove(at);
        let error = "UNBLOCKED client unblocked via CLIENT UNBLOCK";
        let reply = if with_error { Reply::error(error) } else { Reply::NullArray };
        self.answer_late(context, conn, reply);
        true
    }
}
