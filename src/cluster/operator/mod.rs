//! The operator: does what `redis-cli --cluster` does, by commands alone. It is no node and knows nothing by itself; it asks
//! nodes and tells nodes, one word at a time, and anything may happen in between.
//!
//! Source: Redis 7.0, `redis-cli.c`, `clusterManagerMoveSlot`, `clusterManagerCommandRebalance`, `clusterManagerCommandAddNode`,
//! `clusterManagerCommandDeleteNode`, `clusterManagerFixOpenSlot`.

mod job;
mod open;
pub mod plan;
pub mod survey;
mod task;

use litemap::LiteMap;
use std::rc::Rc;

use super::connection::{Conn, Payload, Port};
use super::context::Context;
use super::fact::{FactId, FactKind};
use super::id::HostId;
use super::reply::{Blob, Reply};
use super::time::{MS, Micros, SECOND};
use job::{Job, Next};
pub use task::Task;

/// Why a task ended that people stopped.
pub const STOPPED: &str = "it was told to";

/// A node that does not answer for so long is given up, and the task with it: MIGRATE may take its 60 s.
const PATIENCE: Micros = 65 * SECOND;
/// How often the operator asks again when it waits for something to become known.
const PAUSE: Micros = 200 * MS;

/// The operator.
#[derive(Clone, Debug, Default, Hash)]
pub struct Operator {
    job: Option<Job>,
    links: LiteMap<HostId, Link>,
    /// Counts what it waits for: timers of earlier waits mean nothing.
    waits: u64,
}

#[derive(Clone, Debug, Hash)]
struct Link {
    conn: Conn,
    /// What is to be said once the connection is there.
    unsaid: Option<Rc<[Blob]>>,
}

/// How far a task has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The task.
    pub task: Task,
    /// Slots moved.
    pub moved: u16,
    /// Slots to move.
    pub of: u16,
}

impl Operator {
    /// What it is doing.
    pub fn progress(&self) -> Option<Progress> {
        self.job.as_ref().map(|job| Progress { task: job.task, moved: job.moved, of: job.of })
    }

    /// Begins a task; `entry` is the first node to be asked. `cause` is the fact of being told to.
    #[inline(never)]
    pub fn begin(&mut self, context: &mut Context<'_>, task: Task, entry: HostId, cause: FactId) {
        self.job = Some(Job::new(task, entry, cause));
        self.go_on(context);
    }

    /// Drops what it is doing, in the middle of whatever that is.
    #[inline(never)]
    pub fn stop(&mut self, context: &mut Context<'_>) -> bool {
        for (_, link) in std::mem::take(&mut self.links) {
            context.close(link.conn);
        }
        self.waits += 1;
        self.job.take().is_some()
    }

    /// Something came on one of its connections.
    #[inline(never)]
    pub fn receive(&mut self, context: &mut Context<'_>, conn: Conn, payload: Payload) {
        let Some((&host, link)) = self.links.iter_mut().find(|(_, link)| link.conn == conn) else {
            return;
        };
        match payload {
            Payload::Accepted => {
                if let Some(argv) = link.unsaid.take() {
                    context.send(conn, Payload::Request(argv));
                }
            }
            Payload::Reply(reply) => self.answered(context, host, &reply),
            Payload::Closed { .. } => {
                self.links.remove(&host);
                self.fail(context, format!("{} does not answer", context.book.address(host)));
            }
            _ => {}
        }
    }

    /// A timer rang.
    #[inline(never)]
    pub fn wake(&mut self, context: &mut Context<'_>, word: u64) {
        if word == self.waits * 2 {
            self.fail(context, format!("no answer for {} s", PATIENCE / SECOND));
        } else if word == self.waits * 2 + 1 {
            self.go_on(context);
        }
    }

    fn answered(&mut self, context: &mut Context<'_>, host: HostId, reply: &Reply) {
        self.waits += 1;
        let Some(job) = &mut self.job else {
            return;
        };
        match job.answered(context.book, host, reply) {
            Ok(Next::Now) => self.go_on(context),
            Ok(Next::Later) => context.wake(context.now + PAUSE, self.waits * 2 + 1),
            Err(text) => self.fail(context, text),
        }
    }

    /// Says the next thing, or is done.
    fn go_on(&mut self, context: &mut Context<'_>) {
        let Some(job) = &mut self.job else {
            return;
        };
        let cause = job.cause;
        match job.say() {
            Some((host, argv)) => {
                context.because(Some(cause), |context| self.say(context, host, argv));
            }
            None => {
                let kind = FactKind::TaskDone { task: job.task, slots: job.moved };
                context.because(Some(cause), |context| context.fact(kind));
                self.stop(context);
            }
        }
    }

    fn say(&mut self, context: &mut Context<'_>, host: HostId, argv: Rc<[Blob]>) {
        match self.links.get(&host) {
            Some(link) => context.send(link.conn, Payload::Request(argv)),
            None => {
                let conn = context.open(host, Port::Client);
                self.links.insert(host, Link { conn, unsaid: Some(argv) });
            }
        }
        context.wake(context.now + PATIENCE, self.waits * 2);
    }

    fn fail(&mut self, context: &mut Context<'_>, text: String) {
        if let Some(job) = &self.job {
            let kind = FactKind::TaskFailed { task: job.task, slots: job.moved, text: text.into() };
            context.because(Some(job.cause), |context| context.fact(kind));
        }
        self.stop(context);
    }
}
