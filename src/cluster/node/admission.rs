//! How much a node takes: clients (`maxclients`, and `timeout` for idle ones), and keys and bytes, for a page must not be filled.
//!
//! Source: Redis 7.0, `networking.c`, `acceptCommonHandler`; `timeout.c`, `clientsCronHandleTimeout`. The bounds of keys and
//! bytes are our own; what is said of them is what `maxmemory` and `proto-max-bulk-len` say.

use super::serve::OUT_OF_MEMORY;
use super::{Accepted, Node};
use crate::cluster::command::data::VALUE_LIMIT;
use crate::cluster::command::{Flag, Spec};
use crate::cluster::connection::{Conn, Payload, Port};
use crate::cluster::context::Context;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::time::SECOND;

/// The most keys that a node takes. Redis counts bytes alone (`maxmemory`, `noeviction`).
pub const MOST_KEYS: u32 = 100_000;
/// Beyond so many bytes, by the model of `maxmemory`, a node takes no more, whatever its settings: one request more may come to
/// it, which the door bounds by itself.
pub const MOST_BYTES: u64 = 256 * 1024 * 1024;

impl Node {
    /// Why a command would bring more than a node takes; `None` if it would not.
    pub(super) fn too_much(&self, spec: &Spec, argv: &[Blob]) -> Option<&'static str> {
        if !spec.is(Flag::DenyOom) {
            return None;
        }
        if argv.iter().any(|word| word.len() > VALUE_LIMIT) {
            return Some("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        }
        self.has_no_room_for(spec.keys.of(argv).count().max(1)).then_some(OUT_OF_MEMORY)
    }

    /// Whether so many keys more would be too many, or there are too many bytes already.
    pub(super) fn has_no_room_for(&self, keys: usize) -> bool {
        self.store.len() as usize + keys > MOST_KEYS as usize || self.store.memory() > MOST_BYTES
    }

    /// Somebody connects.
    pub(super) fn accept(&mut self, context: &mut Context<'_>, conn: Conn, port: Port) {
        let use_ = match port {
            Port::Bus => Accepted::Bus(context.now),
            Port::Client if self.is_full() => {
                self.stats.rejected += 1;
                let full = Reply::error("ERR max number of clients + cluster connections reached");
                context.send(conn, Payload::Reply(full));
                context.close(conn);
                return;
            }
            Port::Client => Accepted::Client(self.new_client(context.now)),
        };
        self.accepted.insert(conn, use_);
    }

    /// `maxclients`.
    pub(super) fn max_clients(&self) -> usize {
        self.remembered_number("maxclients").unwrap_or(10_000)
    }

    fn remembered_number(&self, name: &str) -> Option<usize> {
        self.config.remembered.get(name).and_then(|value| value.parse().ok())
    }

    fn is_full(&self) -> bool {
        // Nobody counts where nobody set a bound: a large city opens a million connections.
        self.config.remembered.get("maxclients").is_some()
            && self.all_clients().count() + self.bus_links().len() >= self.max_clients()
    }

    /// Closes the connections of clients that have said nothing for longer than `timeout`.
    pub(super) fn close_idle_clients(&mut self, context: &mut Context<'_>) {
        let Some(timeout) = self.remembered_number("timeout").filter(|&seconds| seconds > 0) else {
            return;
        };
        let idle: Vec<Conn> = self
            .all_clients()
            .filter(|(_, client)| client.replica.is_none() && !client.blocked && !client.subscribed)
            .filter(|(_, client)| context.now.saturating_sub(client.identity.seen) / SECOND > timeout as u64)
            .map(|(conn, _)| conn)
            .collect();
        for conn in idle {
            self.kill_client(context, conn);
        }
    }
}
