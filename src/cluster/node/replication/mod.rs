//! Replication: what master and replica say to each other, and what each keeps.
//!
//! Source: Redis 7.0, `replication.c`.

mod backlog;
mod loading;
mod master;
mod replica;

use std::rc::Rc;

pub use backlog::{Backlog, StreamItem};
pub use master::{Phase, ReplicaRecord};

use super::Node;
use crate::cluster::config::Config;
use crate::cluster::connection::{Conn, Payload};
use crate::cluster::context::Context;
use crate::cluster::id::HostId;
use crate::cluster::store::Store;
use crate::cluster::time::{Micros, SECOND};

/// The name of one history of writes.
pub type ReplId = [u8; 20];

/// What travels between master and replica.
#[derive(Clone, Debug, Hash)]
pub enum ReplMessage {
    /// `PSYNC`: from this history, I have everything up to `offset`. With the replica's own address.
    Psync {
        /// The history.
        replid: ReplId,
        /// The last byte that the replica has.
        offset: u64,
        /// Where the replica lives.
        from: HostId,
    },
    /// `+CONTINUE`: the stream goes on from there.
    Continue {
        /// The history's name from now on.
        replid: ReplId,
    },
    /// `+FULLRESYNC`: a whole copy comes.
    FullResync {
        /// The history's name.
        replid: ReplId,
        /// The offset that the copy stands for.
        offset: u64,
        /// How many bytes it has.
        bytes: u64,
    },
    /// A part of the copy.
    Chunk {
        /// How many bytes.
        bytes: u64,
    },
    /// The last part; stands for the whole copy. Apart, so that all other messages are small.
    Copy(Box<Store>),
    /// A command of the stream.
    Stream(StreamItem),
    /// `REPLCONF ACK`: I have everything up to here.
    Ack(u64),
}

/// A replica's connection to its master.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MasterLink {
    /// None.
    Down,
    /// Asked for.
    Opening(Conn),
    /// PSYNC sent.
    Handshake(Conn),
    /// A copy is coming.
    Copying {
        /// On this connection.
        conn: Conn,
        /// Bytes here.
        done: u64,
        /// Bytes in all.
        total: u64,
    },
    /// In the stream.
    Streaming(Conn),
}

/// A node's side of replication, whichever it is on.
#[derive(Clone, Debug, Hash)]
pub struct Replication {
    /// The history that this node's data is a prefix of.
    pub replid: ReplId,
    /// The history before the last promotion, and the first offset at which the two differ.
    pub replid2: Option<(ReplId, u64)>,
    /// Bytes of the stream that this node has written or carried out.
    pub offset: u64,
    /// The last part of the stream.
    pub backlog: Rc<Backlog>,
    /// A replica's connection to its master.
    pub link: MasterLink,
    /// Where that master is.
    pub master: Option<HostId>,
    /// When that connection was last lost; `None` while it stands or if it never did.
    pub down_since: Option<Micros>,
    /// When anything last came from the master.
    pub last_io: Option<Micros>,
    /// What came of a transaction whose EXEC has not come yet.
    unfinished: Vec<StreamItem>,
    /// When the master last put a PING into the stream.
    pinged_at: Micros,
    /// Somebody began to WAIT: replicas are to be asked how far they are.
    pub(super) acks_wanted: bool,
    /// Whether a copy is on its way to some replica.
    copying: bool,
    /// The history and the offset of the copy that is on its way. Until it is loaded, what is here is what it was.
    coming: Option<(ReplId, u64)>,
    /// The master said that what is here is no prefix of its history: the next PSYNC asks for everything. Redis calls it
    /// having no cached master (`replicationDiscardCachedMaster`).
    astray: bool,
    /// A copy that came whole, while it is loaded.
    loading: Option<Box<loading::Loading>>,
    /// How many replicas confirmed lately enough; counted once a second.
    pub(super) good_replicas: u64,
}

impl Replication {
    /// A fresh history.
    pub fn new(replid: ReplId) -> Self {
        Self {
            replid,
            replid2: None,
            offset: 0,
            backlog: Rc::default(),
            link: MasterLink::Down,
            master: None,
            down_since: None,
            last_io: None,
            unfinished: Vec::new(),
            pinged_at: 0,
            acks_wanted: false,
            copying: false,
            coming: None,
            astray: false,
            loading: None,
            good_replicas: 0,
        }
    }

    /// The connection to the master, in whatever state.
    pub fn master_conn(&self) -> Option<Conn> {
        match self.link {
            MasterLink::Down => None,
            MasterLink::Opening(conn)
            | MasterLink::Handshake(conn)
            | MasterLink::Copying { conn, .. }
            | MasterLink::Streaming(conn) => Some(conn),
        }
    }

    /// The offset a replica tells: 0 while it has no data of its master's.
    ///
    /// Source: Redis 7.0, `replication.c`, `replicationGetSlaveOffset`.
    pub fn replica_offset(&self) -> u64 {
        if self.astray { 0 } else { self.offset }
    }

    /// The history and how much of it is here.
    fn point(&self) -> (ReplId, u64) {
        (self.replid, self.offset)
    }

    /// Whether this replica is in its master's stream.
    pub fn is_streaming(&self) -> bool {
        matches!(self.link, MasterLink::Streaming(_))
    }

    /// Whether `min-replicas-to-write` is met.
    pub fn has_enough_replicas(&self, config: &Config) -> bool {
        // A lag of 0 turns it off, as a number of 0 does (`checkGoodReplicasStatus`).
        self.master.is_some()
            || config.min_replicas_max_lag == 0
            || self.good_replicas >= config.min_replicas_to_write
    }

    /// How old a replica's data may be, in whole seconds of the clock, as Redis counts (`server.unixtime`); `None` if it never
    /// had its master's.
    pub fn data_age(&self, now: Micros) -> Option<Micros> {
        let heard = match self.link {
            MasterLink::Streaming(_) => self.last_io,
            _ => self.down_since,
        };
        heard.map(|at| now / SECOND * SECOND - at / SECOND * SECOND)
    }
}

impl Node {
    /// A replication message arrived, for either side.
    pub(super) fn receive_repl(&mut self, context: &mut Context<'_>, conn: Conn, message: ReplMessage) {
        let from_master = self.replication.master_conn() == Some(conn);
        match message {
            ReplMessage::Psync { replid, offset, from } => {
                self.take_replica(context, conn, replid, offset, from);
            }
            ReplMessage::Ack(offset) => self.take_ack(context.now, conn, offset),
            message if from_master => self.take_from_master(context, conn, message),
            _ => context.close(conn),
        }
    }

    /// Seconds turn into work: both sides once a second. A replica may have replicas of its own.
    pub(super) fn replication_cron(&mut self, context: &mut Context<'_>) {
        if !self.view.me().is_master() {
            self.replica_cron(context);
        }
        self.master_cron(context);
    }
}

fn send(context: &mut Context<'_>, conn: Conn, message: ReplMessage) {
    context.send(conn, Payload::Repl(message));
}
