//! Carrying out a client's command. Source: Redis 7.0, `server.c`, `processCommand` (the order of checks).

use std::rc::Rc;

use super::route::Asker;
use super::{Accepted, ClientState, Node};
use crate::cluster::command::data::{Data, Effects};
use crate::cluster::command::{Flag, Handler, Keys, Spec, find};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::slot::Slot;
use crate::cluster::store::Spot;

/// `NOREPLICAS …`
const NO_REPLICAS: &str = "NOREPLICAS Not enough good replicas to write.";
/// `OOM …`
pub(super) const OUT_OF_MEMORY: &str = "OOM command not allowed when used memory > 'maxmemory'.";
/// `READONLY …`
const READ_ONLY: &str = "READONLY You can't write against a read only replica.";

/// `MASTERDOWN …`
const MASTER_DOWN: &str = "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.";
/// `LOADING …`
const LOADING: &str = "LOADING Redis is loading the dataset in memory";
/// What a client of RESP2 may say while it listens to channels.
const WHILE_LISTENING: [&str; 9] = [
    "ping",
    "subscribe",
    "ssubscribe",
    "sunsubscribe",
    "unsubscribe",
    "psubscribe",
    "punsubscribe",
    "quit",
    "reset",
];

/// What came of work on the keyspace: effects for replicas, keys found expired, keys that got a list or sorted set.
pub(super) struct Done {
    effects: Effects,
    expired: Vec<Blob>,
    ready: Vec<Blob>,
    /// Hits and misses.
    looks: (u64, u64),
}

impl Node {
    /// A command came: it is answered, or kept while writes are paused.
    pub(super) fn request(&mut self, context: &mut Context<'_>, conn: Conn, argv: Rc<[Blob]>) {
        if self.request_plainly(context, conn, &argv) {
            return;
        }
        let pauses = self.pauses(conn, &argv);
        let Some(client) = self.client_mut(conn) else {
            return;
        };
        client.identity.seen = context.now;
        if client.blocked {
            client.kept.push_back(argv);
        } else if self.keep_in_pause(conn, &argv) {
            self.hold(conn);
        } else if pauses {
            self.hold(conn);
            self.keep_for_later(conn, argv);
        } else if let Some(reply) = self.serve(context, conn, argv) {
            self.answer(context, conn, reply);
            if self.client(conn).is_some_and(|client| client.closing) {
                self.kill_client(context, conn);
            }
        } else {
            self.hold(conn);
        }
        if self.tracking.is_some() {
            self.tell_own(context);
        }
        self.serve_blocked(context);
    }

    fn hold(&mut self, conn: Conn) {
        if let Some(client) = self.client_mut(conn) {
            client.blocked = true;
        }
    }

    /// A client got the answer it waited for: what it sent meanwhile comes next.
    pub(super) fn unblock(&mut self, context: &mut Context<'_>, conn: Conn) {
        if let Some(client) = self.client_mut(conn) {
            client.blocked = false;
        }
        while let Some(argv) =
            self.client_mut(conn).filter(|client| !client.blocked).and_then(|client| client.kept.pop_front())
        {
            self.request(context, conn, argv);
        }
    }

    /// Answers one command; `None` if the answer comes later.
    fn serve(&mut self, context: &mut Context<'_>, conn: Conn, argv: Rc<[Blob]>) -> Option<Reply> {
        let reply = self.serve_admitted(context, conn, argv.clone());
        self.after_command(conn, &argv);
        reply
    }

    /// What the routing of a client's command depends on besides the command.
    pub(super) fn asker(&self, now: u64, conn: Conn, name: &str) -> Asker {
        let read_only = self.client(conn).is_some_and(|client| client.read_only);
        Asker { read_only, asking: self.is_asking(conn, name), now }
    }

    fn serve_admitted(&mut self, context: &mut Context<'_>, conn: Conn, argv: Rc<[Blob]>) -> Option<Reply> {
        let admitted = self.admit(context, conn, &argv).and_then(|(spec, slot)| {
            self.fits_in_memory(context, conn, spec)?;
            Ok((spec, slot))
        });
        match admitted {
            Err(_) if argv[0].eq_ignore_ascii_case(b"post") || argv[0].eq_ignore_ascii_case(b"host:") => {
                // A page in a browser, and not a client. Source: Redis 7.0, `networking.c`, `securityWarningCommand`.
                self.kill_client(context, conn);
                None
            }
            Err(refusal) => Some(self.refuse(conn, &argv[0], refusal)),
            Ok((spec, _)) if self.queues(conn, spec) => {
                self.queue(conn, spec, argv);
                Some(Reply::status("QUEUED"))
            }
            Ok((spec, slot)) => {
                self.stats.commands += 1;
                if let Some(client) = self.client_mut(conn) {
                    client.identity.command = spec.name;
                }
                let reply = self.run(context, conn, spec, &argv, slot);
                self.show_to_monitors(context, conn, spec, &argv);
                self.note_offset(conn);
                reply
            }
        }
    }

    /// The checks before a command runs, in Redis's order. With the slot of its only key, if that is known by now.
    fn admit(
        &self,
        context: &Context<'_>,
        conn: Conn,
        argv: &Rc<[Blob]>,
    ) -> Result<(&'static Spec, Option<Slot>), Reply> {
        let spec = find(argv).map_err(|unfit| Reply::error(unfit.text()))?;
        if spec.is(Flag::NoMulti) && self.queues(conn, spec) {
            return Err(Reply::error("ERR Command not allowed inside a transaction"));
        }
        // EXEC is routed with all that it runs, by itself.
        let slot = self.plainly_mine(spec, argv);
        if slot.is_none() {
            self.route(context.book, &[(spec, argv.clone())], self.asker(context.now, conn, spec.name))?;
        }
        if let Some(why) = self.too_much(spec, argv) {
            return Err(Reply::error(why));
        }
        let queued = if spec.name == "exec" { self.keys_queued(conn) } else { 0 };
        if queued > 0 && self.has_no_room_for(queued) {
            return Err(Reply::error(OUT_OF_MEMORY));
        }
        let writes = spec.is(Flag::Write);
        if writes && !self.replication.has_enough_replicas(&self.config) {
            return Err(Reply::error(NO_REPLICAS));
        }
        // A write with keys was sent to the master above; one without keys arrives here.
        if writes && spec.keys == Keys::None && !self.view.me().is_master() {
            return Err(Reply::error(READ_ONLY));
        }
        if self.only_listens(conn) && !WHILE_LISTENING.contains(&spec.name) {
            return Err(Reply::error(format!(
                "ERR Can't execute '{}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in \
                 this context",
                spec.name
            )));
        }
        let stale = !self.view.me().is_master() && !self.replication.is_streaming();
        if stale && !self.config.replica_serve_stale_data && !spec.is(Flag::Stale) {
            return Err(Reply::error(MASTER_DOWN));
        }
        if self.is_loading() && !spec.is(Flag::Loading) {
            return Err(Reply::error(LOADING));
        }
        Ok((spec, slot))
    }

    /// Where memory is bounded: evicts, and refuses what would take more if that does not help. Source: Redis 7.0,
    /// `server.c`, `processCommand`.
    fn fits_in_memory(&mut self, context: &mut Context<'_>, conn: Conn, spec: &Spec) -> Result<(), Reply> {
        let fits = self.config.eviction.max_memory == 0 || self.make_room(context);
        if self.tracking.is_some() {
            self.tell_changes(context, Some(conn), false, Vec::new());
            self.bound_tracking(context, conn);
        }
        if fits {
            return Ok(());
        }
        let grows =
            spec.is(Flag::DenyOom) || self.queues(conn, spec) || (spec.name == "exec" && self.exec_grows(conn));
        if grows { Err(Reply::error(OUT_OF_MEMORY)) } else { Ok(()) }
    }

    /// WAIT waits for all that was written when this client's last command was done, by whomever: Redis 7.0,
    /// `processCommand`, sets `c->woff` after every command.
    fn note_offset(&mut self, conn: Conn) {
        let offset = self.replication.offset;
        if let Some(client) = self.client_mut(conn) {
            client.wrote_to = offset;
        }
    }

    /// Runs a command that was admitted. `slot` is that of its only key, where it is known.
    pub(super) fn run(
        &mut self,
        context: &mut Context<'_>,
        conn: Conn,
        spec: &Spec,
        argv: &Rc<[Blob]>,
        slot: Option<Slot>,
    ) -> Option<Reply> {
        let reply = match spec.run {
            Handler::Data(work) => Some(self.on_keyspace(context, conn, |data| {
                data.given = Some(argv.clone());
                data.reads = !spec.is(Flag::Write);
                data.slot = slot.filter(|_| spec.keys == Keys::One(1));
                work(data, argv)
            })),
            Handler::Node(work) => Some(work(self, context, conn, argv)),
            Handler::Later(work) => work(self, context, conn, argv),
            // `find` gives subcommands, and for COMMAND alone a row of its own.
            Handler::Container(_) => Some(Reply::Array(Vec::new())),
        };
        if self.tracking.is_some() {
            self.tell_changes(context, Some(conn), true, Vec::new());
            self.remember_reads(conn, spec, argv);
        }
        reply
    }

    /// Runs `work` on the keyspace for a client; states what expired, and tells replicas what they must do.
    pub(super) fn on_keyspace<T>(
        &mut self,
        context: &mut Context<'_>,
        conn: Conn,
        work: impl FnOnce(&mut Data<'_>) -> T,
    ) -> T {
        let (result, done) = self.on_data(context, false, work);
        self.note_done(context, conn, done);
        result
    }

    fn note_done(&mut self, context: &mut Context<'_>, conn: Conn, done: Done) {
        self.stats.expired += done.expired.len() as u64;
        self.stats.hits += done.looks.0;
        self.stats.misses += done.looks.1;
        if self.store.has_noted() {
            self.tell_changes(context, Some(conn), true, done.expired.clone());
        }
        for key in done.expired {
            context.fact(FactKind::Expired { host: self.host, key });
        }
        self.pass_on(context, conn, done.effects);
        if !self.blocked.is_empty() {
            self.ready.extend(done.ready);
        }
    }

    /// Runs `work` on the keyspace, and tells what came of it.
    pub(super) fn on_data<T>(
        &mut self,
        context: &mut Context<'_>,
        from_master: bool,
        work: impl FnOnce(&mut Data<'_>) -> T,
    ) -> (T, Done) {
        let (is_master, stands_still) = (self.view.me().is_master(), self.stands_still());
        let mut data = Data {
            store: &mut self.store,
            now: context.now,
            from_master,
            is_master,
            removes_expired: is_master && !stands_still,
            config: &self.config,
            rng: context.rng,
            given: None,
            row: None,
            slot: None,
            near: Spot::NOWHERE,
            reads: false,
            looks: (0, 0),
            effects: Effects::default(),
            expired: Vec::new(),
            ready: Vec::new(),
        };
        let result = work(&mut data);
        let done = Done { effects: data.effects, expired: data.expired, ready: data.ready, looks: data.looks };
        (result, done)
    }

    pub(super) fn client(&self, conn: Conn) -> Option<&ClientState> {
        match self.accepted.get(&conn)? {
            Accepted::Client(client) => Some(client),
            Accepted::Bus(_) => None,
        }
    }

    pub(super) fn client_mut(&mut self, conn: Conn) -> Option<&mut ClientState> {
        match self.accepted.get_mut(&conn)? {
            Accepted::Client(client) => Some(client),
            Accepted::Bus(_) => None,
        }
    }

    /// READONLY and READWRITE of one connection.
    pub fn set_read_only(&mut self, conn: Conn, read_only: bool) {
        if let Some(client) = self.client_mut(conn) {
            client.read_only = read_only;
        }
    }
}
