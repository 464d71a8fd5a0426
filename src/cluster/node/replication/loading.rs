//! Loading a whole copy takes time, and the replica answers little meanwhile. Source: Redis 7.0, `replication.c`,
//! `readSyncBulkPayload`; `rdb.c`, `rdbLoadProgressCallback`.

use std::rc::Rc;

use super::{Backlog, ReplMessage, StreamItem, send};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::{LOADED, Node};
use crate::cluster::store::Store;
use crate::cluster::time::{Micros, SECOND};

/// A copy that is being loaded.
#[derive(Clone, Debug, Hash)]
pub(super) struct Loading {
    conn: Conn,
    copy: Store,
    until: Micros,
    /// What the master sent meanwhile.
    stream: Vec<StreamItem>,
}

impl Node {
    /// The whole copy is here.
    pub(super) fn load(&mut self, context: &mut Context<'_>, conn: Conn, copy: Store) {
        let time = copy.copy_bytes() * SECOND / self.config.load_bytes_per_second.max(1);
        let until = context.now + time;
        self.replication.loading = Some(Box::new(Loading { conn, copy, until, stream: Vec::new() }));
        if time == 0 {
            self.loaded(context);
        } else {
            context.wake(until, LOADED);
        }
    }

    /// Whether a copy is being loaded.
    pub fn is_loading(&self) -> bool {
        self.replication.loading.is_some()
    }

    /// Keeps what the master sends while its copy is loaded; gives it back if there is nothing to wait for.
    pub(super) fn keep_while_loading(&mut self, item: StreamItem) -> Option<StreamItem> {
        match &mut self.replication.loading {
            Some(loading) => {
                loading.stream.push(item);
                None
            }
            None => Some(item),
        }
    }

    /// The timer of a load rang: the copy takes the place of what was here, and the stream goes on.
    pub(in crate::cluster::node) fn loaded(&mut self, context: &mut Context<'_>) {
        if self.replication.loading.as_ref().is_none_or(|loading| loading.until > context.now) {
            return;
        }
        if let Some(loading) = self.replication.loading.take() {
            let Loading { conn, copy, stream, .. } = *loading;
            self.replace_all(copy);
            self.in_stream(context, conn);
            // At once: until then its master has not heard how far it is (`replicationSendAck` at the end).
            send(context, conn, ReplMessage::Ack(self.replication.offset));
            for item in stream {
                self.take_item(context, item);
            }
        }
    }

    /// The master is gone, or another one: a copy that came whole is still good, as far as it goes.
    pub(super) fn finish_loading_alone(&mut self) {
        if let Some(loading) = self.replication.loading.take() {
            self.replace_all(loading.copy);
        }
        self.replication.coming = None;
    }

    /// The copy takes the place of what was here, and only now its history that of the old one: who is elected, or loses its
    /// master, before this point still has what it had.
    fn replace_all(&mut self, copy: Store) {
        self.store.replace_all(copy);
        let replication = &mut self.replication;
        if let Some((replid, offset)) = replication.coming.take() {
            (replication.replid, replication.offset, replication.replid2) = (replid, offset, None);
            replication.backlog = Rc::new(Backlog::at(offset));
            replication.astray = false;
        }
    }
}
