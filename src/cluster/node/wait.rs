//! WAIT: an answer once enough replicas have what this client wrote. Source: Redis 7.0, `replication.c`,
//! `waitCommand`, `processClientsWaitingReplicas`.

use super::replication::Phase;
use super::{Node, WAIT_OVER};
use crate::cluster::broken::Rule;
use crate::cluster::connection::{Conn, Payload};
use crate::cluster::context::Context;
use crate::cluster::reply::Reply;
use crate::cluster::time::{MS, Micros};

/// A client in WAIT.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Waiter {
    conn: Conn,
    offset: u64,
    wanted: u64,
    /// `None` waits for ever.
    until: Option<Micros>,
}

impl Node {
    /// `WAIT wanted timeout`; `None` if the answer comes later.
    pub fn wait(&mut self, context: &mut Context<'_>, conn: Conn, wanted: u64, timeout_ms: u64) -> Option<Reply> {
        if !self.view.me().is_master() {
            return Some(Reply::error(
                "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica \
                 is configured to be writable (which is not the default) writes to replicas are just local and are \
                 not propagated.",
            ));
        }
        let offset = self.client(conn).map_or(0, |client| client.wrote_to);
        let have = self.confirmed(offset);
        let in_transaction = self.client(conn).is_some_and(|client| client.in_exec.is_some());
        if have >= wanted || in_transaction {
            return Some(Reply::Integer(have as i64));
        }
        let until = (timeout_ms > 0).then(|| context.now.saturating_add(timeout_ms.saturating_mul(MS)));
        if let Some(until) = until {
            context.wake(until, WAIT_OVER);
        }
        self.waiters.push(Waiter { conn, offset, wanted, until });
        self.replication.acks_wanted = true;
        None
    }

    /// How many replicas have confirmed this offset.
    fn confirmed(&self, offset: u64) -> u64 {
        let online = self.replica_records().filter(|replica| matches!(replica.phase, Phase::Online));
        let unconfirmed = self.config.broken.is(Rule::WaitCounts);
        online.filter(|replica| unconfirmed || replica.acked >= offset).count() as u64
    }

    /// `CLIENT UNBLOCK`: says whether that client waited.
    pub fn unblock_client(&mut self, context: &mut Context<'_>, conn: Conn, with_error: bool) -> bool {
        let Some(index) = self.waiters.iter().position(|waiter| waiter.conn == conn) else {
            return self.unblock_wishing(context, conn, with_error);
        };
        let waiter = self.waiters.remove(index);
        let reply = if with_error {
            Reply::error("UNBLOCKED client unblocked via CLIENT UNBLOCK")
        } else {
            Reply::Integer(self.confirmed(waiter.offset) as i64)
        };
        context.send(conn, Payload::Reply(reply));
        self.unblock(context, conn);
        true
    }

    /// Answers whoever need not wait any longer.
    pub(super) fn settle_waiters(&mut self, context: &mut Context<'_>) {
        if self.waiters.is_empty() {
            return;
        }
        for waiter in std::mem::take(&mut self.waiters) {
            let have = self.confirmed(waiter.offset);
            let over = waiter.until.is_some_and(|until| context.now >= until);
            if !self.accepted.contains(&waiter.conn) {
                continue;
            }
            if !self.view.me().is_master() {
                self.turn_away(context, waiter.conn);
            } else if have >= waiter.wanted || over {
                context.send(waiter.conn, Payload::Reply(Reply::Integer(have as i64)));
                self.unblock(context, waiter.conn);
            } else {
                self.waiters.push(waiter);
            }
        }
    }
}
