//! The replica's side: asking to follow, taking the copy, carrying out the stream. Source: Redis 7.0,
//! `replication.c`, `replicationSetMaster`, `replicationUnsetMaster`, `slaveTryPartialResynchronization`.

use super::{MasterLink, ReplId, ReplMessage, StreamItem, send};
use crate::cluster::broken::Rule;
use crate::cluster::command::{Handler, find};
use crate::cluster::connection::{Conn, Port};
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;
use crate::cluster::id::HostId;
use crate::cluster::node::Node;

impl Node {
    /// Follows `master` from now on. What is here already may be a prefix of its history, so it is kept until the
    /// master says otherwise.
    pub(in crate::cluster::node) fn replicate_from(&mut self, context: &mut Context<'_>, master: HostId) {
        self.drop_replicas(context);
        self.finish_loading_alone();
        if let Some(conn) = self.replication.master_conn() {
            context.close(conn);
        }
        // As in Redis, who never had this master's stream counts as without it since ever, and is never elected in its place.
        if matches!(self.replication.link, MasterLink::Streaming(_)) {
            self.replication.down_since = Some(context.now);
        }
        self.replication.link = MasterLink::Down;
        // A master's own history may go on at its successor's, whatever it once was as a replica.
        if self.replication.master.is_none() {
            self.replication.astray = false;
        }
        self.replication.master = Some(master);
        self.connect_to_master(context);
    }

    /// Becomes the origin of the stream: a new history that begins where the old one ends here.
    pub(in crate::cluster::node) fn stop_replicating(&mut self, context: &mut Context<'_>) {
        self.finish_loading_alone();
        if let Some(conn) = self.replication.master_conn() {
            context.close(conn);
        }
        self.replication.link = MasterLink::Down;
        self.replication.master = None;
        self.replication.astray = false;
        self.replication.down_since = None;
        self.replication.unfinished.clear();
        let old = std::mem::replace(&mut self.replication.replid, context.rng.id());
        self.replication.replid2 = Some((old, self.replication.offset + 1));
        self.drop_replicas(context);
    }

    fn connect_to_master(&mut self, context: &mut Context<'_>) {
        self.replication.unfinished.clear();
        if let Some(master) = self.replication.master {
            self.replication.link = MasterLink::Opening(context.open(master, Port::Client));
            self.replication.last_io = Some(context.now);
        }
    }

    /// The connection to the master is there: ask to follow.
    pub(in crate::cluster::node) fn master_connected(&mut self, context: &mut Context<'_>, conn: Conn) {
        self.replication.link = MasterLink::Handshake(conn);
        self.replication.last_io = Some(context.now);
        // `PSYNC ? -1` asks for everything: no history has this name.
        let asked = if self.replication.astray { (ReplId::default(), 0) } else { self.replication.point() };
        let ((replid, offset), from) = (asked, self.host);
        send(context, conn, ReplMessage::Psync { replid, offset, from });
    }

    /// The connection to the master is gone.
    pub(in crate::cluster::node) fn master_lost(&mut self, context: &mut Context<'_>) {
        self.finish_loading_alone();
        let was_following = matches!(self.replication.link, MasterLink::Copying { .. } | MasterLink::Streaming(_));
        let was_streaming = matches!(self.replication.link, MasterLink::Streaming(_));
        self.replication.link = MasterLink::Down;
        if was_streaming {
            self.replication.down_since = Some(context.now);
            if let Some(master) = self.replication.master {
                context.fact(FactKind::ReplicationLost { host: self.host, master });
            }
        }
        // A connection that stood is tried again at once; one that was refused, or whose other end would not have me, by cron.
        if was_following {
            self.connect_to_master(context);
        }
    }

    /// Once a second: reconnect, give up on silence, confirm the offset.
    pub(super) fn replica_cron(&mut self, context: &mut Context<'_>) {
        let silent = self.replication.last_io.is_some_and(|at| context.now - at > self.config.repl_timeout);
        match self.replication.link {
            MasterLink::Down => {
                if self.replication.master.is_none() {
                    let master = self.view.me().replica_of().map(|ix| self.view.peer(ix).addr());
                    self.replication.master = master;
                }
                self.connect_to_master(context);
            }
            MasterLink::Opening(conn)
            | MasterLink::Handshake(conn)
            | MasterLink::Copying { conn, .. }
            | MasterLink::Streaming(conn)
                if silent =>
            {
                context.close(conn);
                self.master_lost(context);
            }
            MasterLink::Streaming(conn) => send(context, conn, ReplMessage::Ack(self.replication.offset)),
            _ => {}
        }
    }

    /// The master says something.
    pub(super) fn take_from_master(&mut self, context: &mut Context<'_>, conn: Conn, message: ReplMessage) {
        self.replication.last_io = Some(context.now);
        match message {
            ReplMessage::Continue { replid } => {
                if replid != self.replication.replid {
                    let old = std::mem::replace(&mut self.replication.replid, replid);
                    self.replication.replid2 = Some((old, self.replication.offset + 1));
                    // Whoever follows me has to hear of the new name.
                    self.drop_replicas(context);
                }
                self.in_stream(context, conn);
            }
            ReplMessage::FullResync { replid, offset, bytes } => {
                self.replication.coming = Some((replid, offset));
                self.replication.astray = true;
                self.replication.link = MasterLink::Copying { conn, done: 0, total: bytes };
            }
            ReplMessage::Chunk { bytes } => {
                if let MasterLink::Copying { done, .. } = &mut self.replication.link {
                    *done += bytes;
                }
            }
            ReplMessage::Copy(mut store) => {
                if self.config.broken.is(Rule::CopyReplaces) {
                    self.store
                        .iter()
                        .for_each(|(key, old)| store.set(key, old.value.clone(), old.deadline, old.access));
                }
                // What they have of me is of another history now.
                self.drop_replicas(context);
                self.load(context, conn, *store);
            }
            ReplMessage::Stream(item) => {
                if let Some(item) = self.keep_while_loading(item) {
                    self.take_item(context, item);
                }
            }
            ReplMessage::Psync { .. } | ReplMessage::Ack(_) => {}
        }
    }

    pub(super) fn in_stream(&mut self, context: &mut Context<'_>, conn: Conn) {
        self.replication.link = MasterLink::Streaming(conn);
        self.replication.down_since = None;
        if let Some(master) = self.replication.master {
            let offset = self.replication.offset;
            context.fact(FactKind::SyncDone { host: self.host, master, offset });
        }
    }

    /// A command of the stream. What stands between MULTI and EXEC is carried out with EXEC, and counts only then: a
    /// replica that never hears the end has not begun. Source: Redis 7.0, `networking.c`, `commandProcessed`.
    pub(super) fn take_item(&mut self, context: &mut Context<'_>, item: StreamItem) {
        let is = |name: &[u8]| item.argv[0].eq_ignore_ascii_case(name);
        let (begins, ends) = (is(b"MULTI"), is(b"EXEC"));
        if !begins && self.replication.unfinished.is_empty() {
            self.carry_out(context, item);
            return;
        }
        self.replication.unfinished.push(item);
        if ends {
            for item in std::mem::take(&mut self.replication.unfinished) {
                self.carry_out(context, item);
            }
        }
    }

    fn carry_out(&mut self, context: &mut Context<'_>, item: StreamItem) {
        let skipped = self.config.broken.is(Rule::EveryCommand) && item.end.is_multiple_of(5);
        // Only commands on data are in the stream, and the master found them fit.
        if let Some(spec) = item.row.or_else(|| find(&item.argv).ok())
            && let Handler::Data(work) = spec.run
            && !skipped
        {
            self.on_data(context, true, |data| {
                data.near = item.near;
                data.given = Some(item.argv.clone());
                work(data, &item.argv)
            });
            if let Some(conn) = self.replication.master_conn() {
                self.show_to_monitors(context, conn, spec, &item.argv);
            }
        }
        let asked = item.argv[0].eq_ignore_ascii_case(b"REPLCONF");
        self.replication.offset = item.end;
        self.stream_on(context, item);
        // A client of the master waits for this one: do not let it wait for the next second.
        if let (true, Some(conn)) = (asked, self.replication.master_conn()) {
            send(context, conn, ReplMessage::Ack(self.replication.offset));
        }
    }
}
