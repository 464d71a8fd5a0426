//! A node: one Redis server in cluster mode, without its sockets.
//!
//! It takes inputs (something arrived on a connection, a timer rang) and gives outputs through its
//! [`Context`]. It knows of the cluster only what messages told it.

mod admission;
mod assignment;
mod blocked;
mod bus_in;
mod bus_out;
mod clients;
mod conf;
mod cron;
mod doors;
mod election;
pub mod eviction;
mod expire;
mod failure;
mod gossip;
mod health;
mod info;
mod links;
mod manual;
mod membership;
mod migrate;
mod migration_of_replicas;
mod monitor;
mod moving;
mod ownership;
mod plain;
mod pubsub;
pub mod replication;
mod report;
mod route;
mod serve;
mod shutdown;
mod stats;
mod topology;
mod tracking;
mod transaction;
pub mod view;
mod vote;
mod wait;

use std::collections::VecDeque;
use std::rc::Rc;

use litemap::LiteMap;

use super::config::Config;
use super::connection::{Conn, Payload};
use super::context::Context;
use super::id::{HostId, NodeId};
use super::reply::Blob;
use super::slot::Slot;
use super::store::Store;
use super::time::Micros;
pub use admission::{MOST_BYTES, MOST_KEYS};
use blocked::Blocked;
pub use clients::{Replies, Wanted};
pub use conf::{KnownNode, NodesConf};
use doors::Doors;
pub use election::Election;
pub use health::Health;
pub use info::VERSION;
pub use manual::{FailoverMode, Manual};
use migrate::Migration;
pub use moving::SetSlot;
pub use pubsub::Kind;
use replication::{ReplicaRecord, Replication};
pub use tracking::Tracks;
use transaction::Transaction;
use view::View;
use wait::Waiter;

/// A node.
#[derive(Clone, Debug, Hash)]
pub struct Node {
    /// Its machine.
    pub host: HostId,
    /// Its settings.
    pub config: Rc<Config>,
    /// What it believes of the cluster.
    pub view: View,
    /// Whether it answers keys.
    pub health: Health,
    /// Its bid to become master.
    pub election: Election,
    /// A manual failover, while one goes on: at the replica that asked, and at its master.
    pub manual: Option<Manual>,
    /// Its side of replication.
    pub replication: Replication,
    /// Its keys.
    pub store: Store,
    /// Its slots that go to another node.
    migrating: LiteMap<Slot, NodeId>,
    /// Slots of others that come here.
    importing: LiteMap<Slot, NodeId>,
    /// A MIGRATE that everything else waits for.
    migration: Option<Box<Migration>>,
    /// Connections it accepted.
    accepted: Doors,
    /// Messages sent and received, by kind (see [`bus_out::KINDS`]).
    sent: [u64; bus_out::KINDS],
    received: [u64; bus_out::KINDS],
    /// Messages for links that are being opened, in their order.
    unsent: Vec<bus_out::Unsent>,
    /// Clients in WAIT.
    waiters: Vec<Waiter>,
    /// Who listens to which channel.
    pubsub: pubsub::Pubsub,
    /// CLIENT PAUSE.
    paused: Option<clients::Pause>,
    stats: stats::Stats,
    /// Clients that wait for a list or a sorted set, in the order in which they came.
    blocked: Vec<Blocked>,
    /// Keys that got a list or a sorted set since somebody was last served.
    ready: Vec<Blob>,
    /// Clients that got the answer they waited for: what they sent meanwhile comes next.
    unblocked: VecDeque<Conn>,
    /// Candidates for eviction.
    eviction_pool: eviction::Pool,
    /// How often cron ran.
    crons: u64,
    /// Until then nobody needs looking after.
    quiet_until: u64,
    /// Connections that see every command, in the order in which they came.
    monitors: Vec<Conn>,
    /// A shutdown that waits for replicas.
    shutdown: Option<Box<shutdown::Shutdown>>,
    /// The client that said DEBUG SLEEP.
    sleeper: Option<Conn>,
    /// CLIENT TRACKING, once anybody has asked for it.
    tracking: Option<Box<tracking::Tracking>>,
    todo: Todo,
}

/// What a connection from outside is used for.
#[derive(Clone, Debug, Hash)]
enum Accepted {
    /// Since then.
    Bus(Micros),
    Client(Box<ClientState>),
}

/// What a node keeps of a client's connection.
#[derive(Clone, Debug, Default, Hash)]
struct ClientState {
    identity: clients::Identity,
    /// It sees every command.
    monitors: bool,
    /// It listens to some channel.
    subscribed: bool,
    /// After READONLY.
    read_only: bool,
    /// The other end is a replica that follows this node.
    replica: Option<ReplicaRecord>,
    /// Between MULTI and EXEC.
    transaction: Option<Transaction>,
    /// After WATCH: keys, and the versions they had.
    watched: Vec<(Blob, Option<u64>)>,
    /// The offset after its last write.
    wrote_to: u64,
    /// It waits for an answer; what it sends meanwhile is kept, so that answers keep their order.
    blocked: bool,
    kept: VecDeque<Rc<[Blob]>>,
    /// While EXEC runs what was queued: what replicas must do for it. Nothing waits there.
    in_exec: Option<Vec<Rc<[Blob]>>>,
    /// After QUIT: the connection closes once this is answered.
    closing: bool,
    /// After ASKING, for one command.
    asking: bool,
    /// CLIENT TRACKING.
    tracks: Option<Box<Tracks>>,
}

/// Work put off to the end of an input. Source: Redis 7.0, `cluster.c`, `clusterBeforeSleep`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Todo {
    update_state: bool,
    handle_failover: bool,
    handle_manual: bool,
}

/// The word of the timer that rings ten times a second.
const CRON: u64 = 0;
/// The word of a timer for the end of a WAIT.
const WAIT_OVER: u64 = 1;
/// The word of a timer for the end of a MIGRATE.
const MIGRATE_OVER: u64 = 2;
/// The word of a timer for the end of loading a copy.
const LOADED: u64 = 17;
/// The word of a timer for the end of a CLIENT PAUSE.
const CLIENT_PAUSE_OVER: u64 = 16;
/// The word of a timer for the end of a DEBUG SLEEP.
const SLEPT: u64 = 18;

impl Node {
    /// Starts a process from what its `nodes.conf` says. Its memory is empty. It takes connections at once; its cron begins
    /// after `later` at the soonest.
    pub fn boot(
        host: HostId,
        config: Rc<Config>,
        conf: &NodesConf,
        context: &mut Context<'_>,
        later: Micros,
    ) -> Self {
        let mut node = Self {
            host,
            config,
            view: View::from_conf(conf),
            health: Health::default(),
            election: Election::default(),
            manual: None,
            replication: Replication::new(context.rng.id()),
            store: Store::default(),
            migrating: conf.migrating.clone(),
            importing: conf.importing.clone(),
            migration: None,
            accepted: Doors::default(),
            sent: [0; bus_out::KINDS],
            received: [0; bus_out::KINDS],
            unsent: Vec::new(),
            waiters: Vec::new(),
            pubsub: pubsub::Pubsub::default(),
            paused: None,
            stats: stats::Stats { started: context.now, ..stats::Stats::default() },
            blocked: Vec::new(),
            ready: Vec::new(),
            unblocked: VecDeque::new(),
            eviction_pool: Vec::new(),
            crons: 0,
            quiet_until: 0,
            monitors: Vec::new(),
            shutdown: None,
            sleeper: None,
            tracking: None,
            todo: Todo::default(),
        };
        node.replication.down_since = None;
        // Processes do not start in step: the first cron comes somewhere within its period.
        let phase = u64::from(context.rng.below(super::config::CRON_PERIOD as u32));
        context.wake(context.now + later + phase, CRON);
        node.update_state(context);
        node
    }

    /// Something arrived.
    pub fn receive(&mut self, context: &mut Context<'_>, conn: Conn, payload: Payload) {
        if self.migration.is_some() {
            self.receive_while_migrating(context, conn, payload);
            return;
        }
        let mine = conn.opener == context.me;
        match payload {
            Payload::Open(port) => self.accept(context, conn, port),
            Payload::Accepted => self.connection_open(context, conn),
            Payload::Closed { .. } => self.connection_lost(context, conn),
            Payload::Bus(message) if mine || self.accepted.contains(&conn) => {
                self.receive_bus(context, conn, &message);
            }
            Payload::Repl(message) if mine || self.accepted.contains(&conn) => {
                self.receive_repl(context, conn, message);
            }
            Payload::Request(argv) if self.accepted.contains(&conn) => self.request(context, conn, argv),
            // Late words on a connection that this process never had.
            Payload::Bus(_) | Payload::Repl(_) | Payload::Request(_) | Payload::Reply(_) => context.close(conn),
            // Nodes ask no questions whose answers change how they speak.
            Payload::Push(_) | Payload::Speaks(_) => {}
        }
        self.settle_waiters(context);
        self.settle_blocked(context);
        self.before_sleep(context);
    }

    /// A timer rang.
    pub fn wake(&mut self, context: &mut Context<'_>, word: u64) {
        if word == CRON {
            context.wake(context.now + super::config::CRON_PERIOD, CRON);
            match &mut self.migration {
                Some(migration) => migration.rang = true,
                None => self.cron(context),
            }
        }
        if word == LOADED {
            self.loaded(context);
        }
        if word == SLEPT {
            self.slept(context);
        }
        if word == CLIENT_PAUSE_OVER {
            self.pause_timer(context);
        }
        if word == MIGRATE_OVER {
            self.migration_timeout(context);
        }
        self.settle_waiters(context);
        self.settle_blocked(context);
        self.before_sleep(context);
    }

    /// All connections this process holds: the machine resets them when the process dies.
    pub fn open_connections(&self) -> Vec<Conn> {
        let links = self.view.peers().filter_map(|(_, peer)| peer.conn(self.host));
        let master = self.replication.master_conn();
        let target = self.migration.as_ref().map(|migration| migration.target());
        self.accepted.iter().map(|(conn, _)| conn).chain(links).chain(master).chain(target).collect()
    }

    fn before_sleep(&mut self, context: &mut Context<'_>) {
        if self.todo != Todo::default() {
            self.do_what_was_put_off(context);
        }
        self.ask_for_acks(context);
        self.leave_lost_channels(context);
        if self.tracking.is_some() {
            self.tell_the_rest(context);
        }
    }

    fn do_what_was_put_off(&mut self, context: &mut Context<'_>) {
        if std::mem::take(&mut self.todo.handle_manual) {
            self.handle_manual(context);
        }
        // Scheduling an election that need not wait asks for this work again: two rounds are the most there can be.
        for _ in 0..2 {
            if std::mem::take(&mut self.todo.handle_failover) {
                self.handle_failover(context);
            }
        }
        if std::mem::take(&mut self.todo.update_state) {
            self.update_state(context);
        }
    }
}
