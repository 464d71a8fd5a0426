//! The master's side: feeding replicas, and copying everything to new ones. Source: Redis 7.0,
//! `replication.c`, `replicationFeedSlaves`, `masterTryPartialResynchronization`, `replicationCron`.

use std::rc::Rc;

use super::backlog::wire_bytes;
use super::{ReplId, ReplMessage, StreamItem, send};
use crate::cluster::broken::Rule;
use crate::cluster::command::Spec;
use crate::cluster::config::{CRON_PERIOD, Config};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;
use crate::cluster::id::HostId;
use crate::cluster::node::doors::Doors;
use crate::cluster::node::{Accepted, Node};
use crate::cluster::reply::Blob;
use crate::cluster::store::{Spot, Store};
use crate::cluster::time::{Micros, SECOND};

/// How far the master is with a replica.
#[derive(Clone, Debug, Hash)]
pub enum Phase {
    /// The copy has not begun: others may come and share it.
    Waiting {
        /// Since when.
        since: Micros,
    },
    /// The copy is on its way.
    Copying {
        /// The data as it was when the copy began.
        copy: Store,
        /// The offset it stands for.
        offset: u64,
        /// Bytes sent.
        sent: u64,
        /// Bytes in all.
        total: u64,
    },
    /// In the stream.
    Online,
}

/// What a master keeps of a replica.
#[derive(Clone, Debug, Hash)]
pub struct ReplicaRecord {
    /// Where the replica lives.
    pub addr: HostId,
    /// How far it is.
    pub phase: Phase,
    /// The last offset it confirmed.
    pub acked: u64,
    /// When it did.
    pub acked_at: Micros,
}

impl Node {
    /// Puts a write into the stream. Only masters do: a replica's stream is its master's.
    pub(in crate::cluster::node) fn feed(&mut self, context: &mut Context<'_>, argv: impl Into<Rc<[Blob]>>) {
        self.feed_near(context, argv.into(), Spot::NOWHERE, None);
    }

    /// The same for a command whose key stands at `near` here, and whose row may be known.
    pub(in crate::cluster::node) fn feed_near(
        &mut self,
        context: &mut Context<'_>,
        argv: Rc<[Blob]>,
        near: Spot,
        row: Option<&'static Spec>,
    ) {
        if !self.view.me().is_master() {
            return;
        }
        self.replication.offset += wire_bytes(&argv);
        self.stream_on(context, StreamItem { near, row, ..StreamItem::new(self.replication.offset, argv) });
    }

    /// Keeps a command of the stream for those who missed it, and sends it to all who follow this node. A replica does so
    /// too, with its master's stream (`replicationFeedStreamFromMasterStream`).
    pub(super) fn stream_on(&mut self, context: &mut Context<'_>, mut item: StreamItem) {
        Rc::make_mut(&mut self.replication.backlog).push(&mut item, self.config.repl_backlog_size);
        let idle = self.config.broken.is(Rule::StreamsAtOnce);
        let online =
            replicas(&self.accepted).filter(|(_, replica)| !idle && matches!(replica.phase, Phase::Online));
        // The last one gets it as it is: there is most often only one.
        let mut last = None;
        for (conn, _) in online {
            if let Some(before) = last.replace(conn) {
                send(context, before, ReplMessage::Stream(item.clone()));
            }
        }
        if let Some(conn) = last {
            send(context, conn, ReplMessage::Stream(item));
        }
    }

    /// A replica asks to follow: it gets what it missed, or waits for a whole copy. A replica takes replicas itself while it
    /// is in its master's stream (`syncCommand`, else NOMASTERLINK).
    pub(super) fn take_replica(
        &mut self,
        context: &mut Context<'_>,
        conn: Conn,
        replid: ReplId,
        offset: u64,
        from: HostId,
    ) {
        if !self.view.me().is_master() && !self.replication.is_streaming() {
            self.accepted.remove(&conn);
            context.close(conn);
            return;
        }
        let same_history = replid == self.replication.replid
            || self.replication.replid2.is_some_and(|(old, until)| replid == old && offset < until);
        let known = offset <= self.replication.offset;
        let missed: Option<Vec<StreamItem>> = (same_history && known)
            .then(|| self.replication.backlog.after(offset).map(|items| items.collect()))
            .flatten();
        let (now, own) = (context.now, self.replication.replid);
        let Some(client) = self.client_mut(conn) else {
            return;
        };
        let had_history = offset > 0;
        let phase = if missed.is_some() { Phase::Online } else { Phase::Waiting { since: now } };
        // What it asked from may be of another history: it has confirmed nothing of this one yet.
        client.replica = Some(ReplicaRecord { addr: from, phase, acked: 0, acked_at: now });
        self.accepted.note_replica(conn);
        if let Some(missed) = missed {
            self.stats.sync_partial_ok += 1;
            context.fact(FactKind::PartialSync { host: from, master: self.host, offset });
            send(context, conn, ReplMessage::Continue { replid: own });
            for item in missed {
                send(context, conn, ReplMessage::Stream(item));
            }
            self.count_good_replicas(now);
        } else if had_history {
            self.stats.sync_partial_err += 1;
        }
    }

    /// Asks every replica how far it is, if somebody began to wait for that; after a pause at the soonest. Source: Redis
    /// 7.0, `server.c`, `beforeSleep`.
    pub(in crate::cluster::node) fn ask_for_acks(&mut self, context: &mut Context<'_>) {
        if self.replication.acks_wanted && !self.stands_still() {
            self.replication.acks_wanted = false;
            self.feed(context, ["REPLCONF", "GETACK", "*"].map(|word| word.as_bytes().into()));
        }
    }

    pub(super) fn take_ack(&mut self, now: Micros, conn: Conn, offset: u64) {
        if let Some(replica) = self.client_mut(conn).and_then(|client| client.replica.as_mut()) {
            replica.acked = offset;
            replica.acked_at = now;
        }
    }

    /// Once a second: a PING in the stream now and then (a master's), copies that may begin, replicas that fell silent.
    pub(super) fn master_cron(&mut self, context: &mut Context<'_>) {
        let now = context.now;
        if now - self.replication.pinged_at >= self.config.repl_ping_period
            && replicas(&self.accepted).next().is_some()
        {
            self.replication.pinged_at = now;
            // The replica that takes over waits for the offset at which writes were paused.
            if !self.hands_over() || !self.stands_still() {
                self.feed(context, [b"PING"[..].into()]);
            }
        }
        let silent: Vec<Conn> = replicas(&self.accepted)
            .filter(|(_, replica)| matches!(replica.phase, Phase::Online))
            .filter(|(_, replica)| now - replica.acked_at > self.config.repl_timeout)
            .map(|(conn, _)| conn)
            .collect();
        for conn in silent {
            self.accepted.remove(&conn);
            context.close(conn);
        }
        self.count_good_replicas(now);
        self.begin_copies(context);
    }

    /// In whole seconds of the clock, as Redis counts: once a second, and when a replica comes or goes. Source: Redis 7.0,
    /// `replication.c`, `refreshGoodSlavesCount`.
    pub(in crate::cluster::node) fn count_good_replicas(&mut self, now: Micros) {
        let lag = self.config.min_replicas_max_lag / SECOND;
        let good = replicas(&self.accepted).filter(|(_, replica)| {
            matches!(replica.phase, Phase::Online) && now / SECOND - replica.acked_at / SECOND <= lag
        });
        self.replication.good_replicas = good.count() as u64;
    }

    /// When one replica has waited long enough, all that wait get the same copy.
    fn begin_copies(&mut self, context: &mut Context<'_>) {
        let now = context.now;
        let waiting: Vec<(Conn, Micros, HostId)> = replicas(&self.accepted)
            .filter_map(|(conn, replica)| match replica.phase {
                Phase::Waiting { since } => Some((conn, since, replica.addr)),
                _ => None,
            })
            .collect();
        let delay = self.config.repl_diskless_sync_delay;
        if !waiting.iter().any(|&(_, since, _)| now - since >= delay) {
            return;
        }
        let (replid, offset) = (self.replication.replid, self.replication.offset);
        let bytes = self.store.copy_bytes();
        let started = waiting.len() as u64;
        for (conn, _, addr) in waiting {
            let copy = self.store.clone();
            let fact = context.fact(FactKind::FullSync { host: addr, master: self.host, keys: copy.len() });
            context.because(Some(fact), |context| {
                send(context, conn, ReplMessage::FullResync { replid, offset, bytes });
            });
            if let Some(replica) = self.client_mut(conn).and_then(|client| client.replica.as_mut()) {
                replica.phase = Phase::Copying { copy, offset, sent: 0, total: bytes };
                replica.acked_at = now;
            }
        }
        self.stats.sync_full += started;
        self.replication.copying = true;
        self.send_copies(context);
    }

    /// Sends the next part of every copy that is on its way.
    pub(in crate::cluster::node) fn send_copies(&mut self, context: &mut Context<'_>) {
        if !std::mem::take(&mut self.replication.copying) {
            return;
        }
        let step = (self.config.sync_bytes_per_second * CRON_PERIOD / SECOND).max(1);
        let now = context.now;
        for (conn, accepted) in self.accepted.iter_mut() {
            let Accepted::Client(client) = accepted else {
                continue;
            };
            let Some(replica) = &mut client.replica else {
                continue;
            };
            let Phase::Copying { copy, offset, sent, total } = &mut replica.phase else {
                continue;
            };
            *sent += step;
            if *sent < *total {
                send(context, conn, ReplMessage::Chunk { bytes: step });
                self.replication.copying = true;
                continue;
            }
            send(context, conn, ReplMessage::Copy(Box::new(std::mem::take(copy))));
            // What was written since the copy began. If the backlog does not reach back so far, the copy was in vain.
            let Some(since) = self.replication.backlog.after(*offset) else {
                replica.phase = Phase::Waiting { since: now };
                continue;
            };
            for item in since {
                send(context, conn, ReplMessage::Stream(item));
            }
            replica.phase = Phase::Online;
            replica.acked_at = now;
        }
        self.count_good_replicas(now);
    }

    /// New settings count at once.
    pub fn set_config(&mut self, config: Rc<Config>, now: Micros) {
        self.config = config;
        self.quiet_until = 0;
        self.count_good_replicas(now);
    }

    /// The replicas that follow this node, as it knows them.
    pub fn replica_records(&self) -> impl Iterator<Item = &ReplicaRecord> {
        replicas(&self.accepted).map(|(_, replica)| replica)
    }

    /// Sends every follower away: they come back and learn the new history.
    pub(super) fn drop_replicas(&mut self, context: &mut Context<'_>) {
        let conns: Vec<Conn> = replicas(&self.accepted).map(|(conn, _)| conn).collect();
        for conn in conns {
            self.accepted.remove(&conn);
            context.close(conn);
        }
    }
}

fn replicas(accepted: &Doors) -> impl Iterator<Item = (Conn, &ReplicaRecord)> {
    accepted.replicas().filter_map(|(conn, accepted)| match accepted {
        Accepted::Client(client) => Some((conn, client.replica.as_ref()?)),
        Accepted::Bus(_) => None,
    })
}
