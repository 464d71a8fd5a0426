//! Carrying out a client's command. Source: Redis 7.0, `server.c`, `processCommand` (the order of checks).

use std::rc::Rc;

use super::{Accepted, ClientState, Node};
use crate::cluster::command::{Data, Flag, Handler, Keys, Spec, find};
use crate::cluster::connection::{Conn, Payload};
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;
use crate::cluster::reply::{Blob, Reply};

/// `READONLY …`
const READ_ONLY: &str = "READONLY You can't write against a read only replica.";

impl Node {
    /// A command came: it is answered, or kept while writes are paused.
    pub(super) fn request(&mut self, context: &mut Context<'_>, conn: Conn, argv: Rc<[Blob]>) {
        if self.pauses(&argv) {
            self.keep_for_later(conn, argv);
            return;
        }
        let reply = self.serve(context, conn, &argv);
        context.send(conn, Payload::Reply(reply));
    }

    /// Answers one command.
    fn serve(&mut self, context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Reply {
        let spec = match find(argv) {
            Ok(spec) => spec,
            Err(unfit) => return Reply::error(unfit.text()),
        };
        let read_only = self.client(conn).is_some_and(|client| client.read_only);
        if let Err(elsewhere) = self.route(context.book, spec, argv, read_only) {
            return elsewhere;
        }
        // A write with keys was sent to the master above; one without keys arrives here.
        let writes = spec.is(Flag::Write);
        if writes && spec.keys == Keys::None && self.view.me().replica_of.is_some() {
            return Reply::error(READ_ONLY);
        }
        self.run(context, conn, spec, argv)
    }

    fn run(&mut self, context: &mut Context<'_>, conn: Conn, spec: &Spec, argv: &[Blob]) -> Reply {
        match spec.run {
            Handler::Data(work) => {
                let (reply, effects, expired) = self.on_data(context.now, false, |data| work(data, argv));
                for key in expired {
                    context.fact(FactKind::Expired { host: self.host, key });
                }
                for effect in effects {
                    self.feed(context, &effect);
                }
                reply
            }
            Handler::Node(work) => work(self, context, conn, argv),
            Handler::Container(_) => Reply::error("ERR unknown subcommand"),
        }
    }

    /// Runs `work` on the keyspace; gives what it answered, what replicas must do, and what it found expired.
    pub(super) fn on_data<T>(
        &mut self,
        now: u64,
        from_master: bool,
        work: impl FnOnce(&mut Data<'_>) -> T,
    ) -> (T, Vec<Rc<[Blob]>>, Vec<Blob>) {
        let is_master = self.view.me().is_master();
        let mut data =
            Data { store: &mut self.store, now, from_master, is_master, effects: Vec::new(), expired: Vec::new() };
        let result = work(&mut data);
        (result, data.effects, data.expired)
    }

    fn client(&self, conn: Conn) -> Option<&ClientState> {
        match self.accepted.get(&conn)? {
            Accepted::Client(client) => Some(client),
            Accepted::Bus => None,
        }
    }

    pub(super) fn client_mut(&mut self, conn: Conn) -> Option<&mut ClientState> {
        match self.accepted.get_mut(&conn)? {
            Accepted::Client(client) => Some(client),
            Accepted::Bus => None,
        }
    }

    /// READONLY and READWRITE of one connection.
    pub fn set_read_only(&mut self, conn: Conn, read_only: bool) {
        if let Some(client) = self.client_mut(conn) {
            client.read_only = read_only;
        }
    }
}
