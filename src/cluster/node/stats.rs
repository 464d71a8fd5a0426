//! What a node counts of its own work, for `INFO`.

use litemap::LiteMap;
use std::rc::Rc;

use super::Node;
use crate::cluster::time::Micros;

/// The most kinds of errors that are counted apart.
const MOST_ERRORS: usize = 128;

/// Counters since the process started.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Stats {
    /// When the process started.
    pub(super) started: Micros,
    /// Clients that ever connected: their ids.
    pub(super) clients: u64,
    pub(super) connections: u64,
    pub(super) commands: u64,
    /// Keys found expired here.
    pub(super) expired: u64,
    /// Connections that were one too many.
    pub(super) rejected: u64,
    /// Looks of commands that only read: at a key that is there, and at none.
    pub(super) hits: u64,
    pub(super) misses: u64,
    /// Keys that went to make room.
    pub(super) evicted: u64,
    /// Replicas that got a whole copy, that went on where they were, and that asked for the latter in vain.
    pub(super) sync_full: u64,
    pub(super) sync_partial_ok: u64,
    pub(super) sync_partial_err: u64,
    /// Error replies by their code.
    pub(super) errors: LiteMap<Rc<str>, u64>,
}

impl Node {
    /// When the process started.
    pub fn started(&self) -> Micros {
        self.stats.started
    }

    /// `CONFIG RESETSTAT`. Source: Redis 7.0, `server.c`, `resetServerStats`.
    pub fn reset_stats(&mut self) {
        self.stats = Stats { started: self.stats.started, clients: self.stats.clients, ..Stats::default() };
    }
}

impl Stats {
    /// An error reply was given. Source: Redis 7.0, `networking.c`, `afterErrorReply` (code: up to the first blank).
    pub(super) fn count_error(&mut self, text: &str) {
        let code = text.split(' ').next().unwrap_or_default();
        if let Some(count) = self.errors.get_mut(code) {
            *count += 1;
        } else if self.errors.len() < MOST_ERRORS {
            self.errors.insert(code.into(), 1);
        }
    }
}
