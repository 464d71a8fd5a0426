//! A machine: power, a process or none, and what waits for a frozen one.

use crate::cluster::order::SmallSet;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::cluster::config::Config;
use crate::cluster::connection::{Conn, Payload};
use crate::cluster::fact::FactId;
use crate::cluster::node::{Node, NodesConf};
use crate::cluster::time::Micros;

/// The process on a machine.
#[derive(Clone, Debug, Hash)]
#[expect(clippy::large_enum_variant, reason = "nearly every machine runs; a box would cost every access")]
pub(super) enum Process {
    /// It runs.
    Running(Node),
    /// It does not; this is what its nodes.conf says.
    Dead(NodesConf),
}

/// What came while the process was frozen.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Inbox {
    pub(super) arrived: Vec<(Conn, Payload, Option<FactId>)>,
    /// The words of the timers that rang in the meantime.
    pub(super) rang: SmallSet<u64>,
}

/// What a slow process has not come to yet.
#[derive(Clone, Debug, Hash)]
pub(super) enum Late {
    Arrived(Conn, Payload, Option<FactId>),
    /// A timer with this word rang.
    Rang(u64),
}

/// A machine.
#[derive(Clone, Debug, Hash)]
pub(super) struct Machine {
    pub(super) process: Process,
    pub(super) config: Rc<Config>,
    /// There while the process is frozen.
    pub(super) frozen: Option<Inbox>,
    /// By how much later it does everything.
    pub(super) slow: Micros,
    /// What waits while the machine is slow, and until when; in order.
    pub(super) late: VecDeque<(Micros, Late)>,
    /// Counts starts: timers of an earlier process mean nothing to this one.
    pub(super) boot: u32,
    /// Whether the process ran when the power went.
    pub(super) lost_power: bool,
    /// Shard number from 1, for names and hues.
    pub(super) shard: u16,
    /// Since when it does not answer.
    pub(super) silent_since: Option<Micros>,
}

impl Machine {
    /// The running process.
    pub(super) fn node(&self) -> Option<&Node> {
        match &self.process {
            Process::Running(node) => Some(node),
            Process::Dead(_) => None,
        }
    }
}
