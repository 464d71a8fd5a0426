//! SHUTDOWN and DEBUG SLEEP: a process that ends, or stands still, because a client said so.
//!
//! Source: Redis 7.0, `db.c`, `shutdownCommand`; `server.c`, `prepareForShutdown`, `isReadyToShutdown`.

use super::replication::Phase;
use super::{Node, SLEPT};
use crate::cluster::connection::{Conn, Payload};
use crate::cluster::context::Context;
use crate::cluster::reply::Reply;
use crate::cluster::time::{Micros, SECOND};

/// `shutdown-timeout`: so long a master waits for its replicas to have all that it wrote.
const TIMEOUT: Micros = 10 * SECOND;

/// A shutdown that waits for replicas.
#[derive(Clone, Debug, Hash)]
pub(super) struct Shutdown {
    until: Micros,
    askers: Vec<Conn>,
}

impl Node {
    /// `SHUTDOWN`: ends the process, at once if wanted. Nobody is answered, for there is nobody who could.
    pub fn shut_down(&mut self, context: &mut Context<'_>, conn: Conn, now: bool) {
        if let Some(shutdown) = &mut self.shutdown {
            shutdown.askers.push(conn);
        } else if now || !self.replicas_lag() {
            context.exit();
        } else {
            self.shutdown = Some(Box::new(Shutdown { until: context.now + TIMEOUT, askers: vec![conn] }));
            // What would be written now, a replica might never hear of.
            self.pause_clients(context, TIMEOUT / 1000, false);
        }
    }

    /// `SHUTDOWN ABORT`; says whether there was one.
    pub fn abort_shutdown(&mut self, context: &mut Context<'_>) -> bool {
        let Some(shutdown) = self.shutdown.take() else {
            return false;
        };
        for conn in shutdown.askers {
            let text = "ERR Errors trying to SHUTDOWN. Check logs.";
            context.send(conn, Payload::Reply(Reply::error(text)));
            self.unblock(context, conn);
        }
        self.unpause_clients(context);
        true
    }

    /// Ten times a second: whether the wait is over.
    pub(super) fn shutdown_cron(&mut self, context: &mut Context<'_>) {
        let over = self.shutdown.as_ref().is_some_and(|shutdown| context.now >= shutdown.until);
        if over || (self.shutdown.is_some() && !self.replicas_lag()) {
            context.exit();
        }
    }

    fn replicas_lag(&self) -> bool {
        let offset = self.replication.offset;
        self.replica_records().any(|replica| matches!(replica.phase, Phase::Online) && replica.acked < offset)
    }

    /// `DEBUG SLEEP`: the whole process stands still for so long; the answer comes when it goes on.
    pub fn sleep(&mut self, context: &mut Context<'_>, conn: Conn, time: Micros) -> Option<Reply> {
        context.sleep(context.now.saturating_add(time), SLEPT);
        if self.client(conn).is_some_and(|client| client.in_exec.is_some()) {
            // The transaction's answer goes out with what else was done before the sleep.
            return Some(Reply::ok());
        }
        self.sleeper = Some(conn);
        None
    }

    /// The sleep is over.
    pub(super) fn slept(&mut self, context: &mut Context<'_>) {
        if let Some(conn) = self.sleeper.take() {
            self.answer(context, conn, Reply::ok());
            self.unblock(context, conn);
        }
    }
}
