//! What a node knows of its clients' connections, for CLIENT and its like. Source: Redis 7.0, `networking.c`.

use std::rc::Rc;

use super::{Accepted, CLIENT_PAUSE_OVER, ClientState, Node};
use crate::cluster::address::{Address, AddressBook};
use crate::cluster::connection::{Conn, Payload};
use crate::cluster::context::Context;
use crate::cluster::id::Place;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::resp::Protocol;
use crate::cluster::time::{MS, Micros, SECOND};

/// Who is at the other end, and how it wants to be spoken to.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Identity {
    /// Counts the connections of this process.
    pub(super) id: u64,
    /// `CLIENT SETNAME`; empty without.
    pub(super) name: Blob,
    pub(super) since: Micros,
    /// When it last said something, and what.
    pub(super) seen: Micros,
    pub(super) command: &'static str,
    pub(super) protocol: Protocol,
    pub(super) no_evict: bool,
    pub(super) replies: Replies,
}

/// `CLIENT REPLY`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Replies {
    /// Every command is answered.
    #[default]
    On,
    /// None is.
    Off,
    /// The next one is not.
    SkipNext,
    /// This one is not.
    Skip,
}

/// `CLIENT PAUSE`: what waits until it is over.
#[derive(Clone, Debug, Hash)]
pub(super) struct Pause {
    until: Micros,
    all: bool,
    kept: Vec<(Conn, Rc<[Blob]>)>,
}

/// What `CLIENT LIST` and `CLIENT KILL` may ask a client to be.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// One of these ids.
    pub ids: Option<Vec<u64>>,
    /// Of this kind: `normal`, `master`, `replica`, `pubsub`.
    pub kind: Option<&'static str>,
    /// From this address.
    pub addr: Option<String>,
    /// To this address.
    pub laddr: Option<String>,
    /// Anybody but this one.
    pub not: Option<Conn>,
    /// Logged in under this name: there is none but `default`.
    pub user: Option<String>,
}

impl Node {
    /// A client connected.
    pub(super) fn new_client(&mut self, now: Micros) -> Box<ClientState> {
        self.stats.connections += 1;
        self.stats.clients += 1;
        let id = self.stats.clients;
        let identity = Identity { id, since: now, seen: now, ..Identity::default() };
        Box::new(ClientState { identity, ..ClientState::default() })
    }

    /// `CLIENT ID`.
    pub fn client_id(&self, conn: Conn) -> u64 {
        self.client(conn).map_or(0, |client| client.identity.id)
    }

    /// `CLIENT GETNAME`.
    pub fn client_name(&self, conn: Conn) -> Blob {
        self.client(conn).map(|client| client.identity.name.clone()).unwrap_or_default()
    }

    /// Whether a client's requests are kept for later.
    pub fn keeps_requests_of(&self, conn: Conn) -> bool {
        self.migration.is_some() || self.client(conn).is_some_and(|client| client.blocked)
    }

    /// `CLIENT SETNAME`; says whether the name will do.
    pub fn set_client_name(&mut self, conn: Conn, name: &Blob) -> bool {
        let fit = name.iter().all(|byte| (b'!'..=b'~').contains(byte));
        if let (true, Some(client)) = (fit, self.client_mut(conn)) {
            client.identity.name = name.clone();
        }
        fit
    }

    /// `CLIENT NO-EVICT`.
    pub fn set_no_evict(&mut self, conn: Conn, on: bool) {
        if let Some(client) = self.client_mut(conn) {
            client.identity.no_evict = on;
        }
    }

    /// `CLIENT REPLY`.
    pub fn set_replies(&mut self, conn: Conn, replies: Replies) {
        if let Some(client) = self.client_mut(conn) {
            client.identity.replies = replies;
        }
    }

    /// The protocol a connection speaks.
    pub fn protocol(&self, conn: Conn) -> Protocol {
        self.client(conn).map_or(Protocol::Resp2, |client| client.identity.protocol)
    }

    /// `HELLO`: what comes from here on is meant in that protocol.
    pub fn set_protocol(&mut self, context: &mut Context<'_>, conn: Conn, protocol: Protocol) {
        if let Some(client) = self.client_mut(conn)
            && client.identity.protocol != protocol
        {
            client.identity.protocol = protocol;
            context.send(conn, Payload::Speaks(protocol));
        }
    }

    /// `RESET`: the connection is as good as new. Source: Redis 7.0, `networking.c`, `clearClientConnectionState`.
    pub fn reset_client(&mut self, context: &mut Context<'_>, conn: Conn) {
        self.forget_subscriptions(conn);
        self.forget_monitor(conn);
        self.stop_tracking(conn);
        self.set_protocol(context, conn, Protocol::Resp2);
        if let Some(client) = self.client_mut(conn) {
            let Identity { id, since, seen, command, .. } = client.identity;
            client.identity = Identity { id, since, seen, command, ..Identity::default() };
            client.transaction = None;
            client.watched.clear();
            client.read_only = false;
            client.asking = false;
        }
    }

    /// Answers a client, unless it wants no answer.
    pub(super) fn answer(&mut self, context: &mut Context<'_>, conn: Conn, reply: Reply) {
        if let Reply::Error(text) = &reply {
            self.stats.count_error(text);
        }
        let Some(client) = self.client_mut(conn) else {
            return;
        };
        let replies = client.identity.replies;
        client.identity.replies = match replies {
            Replies::SkipNext => Replies::Skip,
            Replies::Skip => Replies::On,
            other => other,
        };
        if replies == Replies::On {
            context.send(conn, Payload::Reply(reply));
        }
    }

    /// The lines of `CLIENT LIST`.
    pub fn client_list(&self, book: &AddressBook, now: Micros, wanted: &Wanted) -> String {
        let found = self.clients(book, wanted);
        found.into_iter().map(|conn| self.client_line(book, now, conn) + "\n").collect()
    }

    /// The client with this id.
    pub fn client_by_id(&self, id: u64) -> Option<Conn> {
        self.all_clients().find(|(_, client)| client.identity.id == id).map(|(conn, _)| conn)
    }

    /// The clients that are as wanted, oldest first.
    pub fn clients(&self, book: &AddressBook, wanted: &Wanted) -> Vec<Conn> {
        let fits = |(conn, client): &(Conn, &ClientState)| {
            wanted.not != Some(*conn)
                && wanted.ids.as_ref().is_none_or(|ids| ids.contains(&client.identity.id))
                && wanted.kind.is_none_or(|kind| kind == kind_of(client))
                && wanted.addr.as_ref().is_none_or(|addr| *addr == far_end(book, *conn))
                && wanted.laddr.as_ref().is_none_or(|addr| *addr == book.address(self.host).to_string())
                && wanted.user.as_ref().is_none_or(|user| user == "default")
        };
        let mut found: Vec<_> = self.all_clients().filter(fits).collect();
        crate::cluster::order::sort_by_key(&mut found, |(_, client)| client.identity.id);
        found.into_iter().map(|(conn, _)| conn).collect()
    }

    /// How many clients are connected, replicas not counted; and how many of them wait for an answer.
    pub fn count_clients(&self) -> (usize, usize) {
        let clients = || self.all_clients().filter(|(_, client)| client.replica.is_none());
        (clients().count(), clients().filter(|(_, client)| client.blocked).count())
    }

    pub(super) fn all_clients(&self) -> impl Iterator<Item = (Conn, &ClientState)> {
        self.accepted.iter().filter_map(|(conn, accepted)| match accepted {
            Accepted::Client(client) => Some((conn, &**client)),
            Accepted::Bus(_) => None,
        })
    }

    /// One line of `CLIENT LIST`, as `catClientInfoString` writes it. What is about memory is not measured here.
    pub fn client_line(&self, book: &AddressBook, now: Micros, conn: Conn) -> String {
        let Some(client) = self.client(conn) else {
            return String::new();
        };
        let identity = &client.identity;
        let multi = client.transaction.as_ref().map_or(-1, |transaction| transaction.len() as i64);
        let seconds = |since: Micros| now.saturating_sub(since) / SECOND;
        let (sub, psub, ssub) = self.pubsub.counts(conn);
        format!(
            "id={} addr={} laddr={} fd=8 name={} age={} idle={} flags={} db=0 sub={sub} psub={psub} ssub={ssub} \
             multi={multi} qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=1024 rbp=0 obl=0 oll=0 omem=0 tot-mem=0 \
             events=r cmd={} user=default redir={} resp={}",
            identity.id,
            far_end(book, conn),
            book.address(self.host),
            String::from_utf8_lossy(&identity.name),
            seconds(identity.since),
            seconds(identity.seen),
            flags(client, sub + psub + ssub > 0),
            if identity.command.is_empty() { "NULL" } else { identity.command },
            client.tracks.as_ref().map_or(-1, |tracks| tracks.redirect.map_or(0, |(id, _)| id as i64)),
            if identity.protocol == Protocol::Resp3 { 3 } else { 2 },
        )
    }

    /// `CLIENT KILL`, `QUIT`: closes a client's connection.
    pub fn kill_client(&mut self, context: &mut Context<'_>, conn: Conn) {
        self.forget_subscriptions(conn);
        self.forget_monitor(conn);
        self.forget_tracker(conn);
        if self.accepted.remove(&conn) {
            self.count_good_replicas(context.now);
            context.close(conn);
        }
    }

    /// `QUIT`: the connection closes once this command is answered.
    pub fn close_after_reply(&mut self, conn: Conn) {
        if let Some(client) = self.client_mut(conn) {
            client.closing = true;
        }
    }

    /// `CLIENT PAUSE`: all commands, or those that write, wait until then.
    pub fn pause_clients(&mut self, context: &mut Context<'_>, ms: u64, all: bool) {
        let until = context.now.saturating_add(ms.saturating_mul(MS));
        let before = self.paused.take();
        let (kept, was) = before.map_or((Vec::new(), (0, false)), |pause| (pause.kept, (pause.until, pause.all)));
        // As in Redis a second pause makes the first at most longer and stricter.
        self.paused = Some(Pause { until: until.max(was.0), all: all || was.1, kept });
        context.wake(until, CLIENT_PAUSE_OVER);
    }

    /// `CLIENT UNPAUSE`, or the time is over: what was kept is answered now.
    pub fn unpause_clients(&mut self, context: &mut Context<'_>) {
        for (conn, argv) in self.paused.take().map_or(Vec::new(), |pause| pause.kept) {
            if let Some(client) = self.client_mut(conn) {
                client.kept.push_front(argv);
                self.unblock(context, conn);
            }
        }
    }

    /// Whether `CLIENT PAUSE` goes on.
    pub(super) fn is_paused(&self) -> bool {
        self.paused.is_some()
    }

    /// The timer of a pause rang.
    pub(super) fn pause_timer(&mut self, context: &mut Context<'_>) {
        if self.paused.as_ref().is_some_and(|pause| pause.until <= context.now) {
            self.unpause_clients(context);
        }
    }

    /// Keeps a command if `CLIENT PAUSE` says so.
    pub(super) fn keep_in_pause(&mut self, conn: Conn, argv: &Rc<[Blob]>) -> bool {
        if self.paused.is_none() {
            return false;
        }
        let is_replica = self.client(conn).is_some_and(|client| client.replica.is_some());
        let writes = self.would_write(conn, argv);
        let Some(pause) = &mut self.paused else {
            return false;
        };
        let holds = pause.all || writes;
        if holds && !is_replica {
            pause.kept.push((conn, argv.clone()));
            return true;
        }
        false
    }
}

/// Source: Redis 7.0, `networking.c`, `getClientType`.
fn kind_of(client: &ClientState) -> &'static str {
    match () {
        () if client.replica.is_some() => "replica",
        () if client.subscribed => "pubsub",
        () => "normal",
    }
}

fn flags(client: &ClientState, subscribed: bool) -> String {
    let signs = [
        (client.replica.is_some(), 'S'),
        (client.monitors, 'O'),
        (subscribed, 'P'),
        (client.transaction.is_some(), 'x'),
        (client.blocked, 'b'),
        (client.tracks.is_some(), 't'),
        (client.tracks.as_ref().is_some_and(|tracks| tracks.broken), 'R'),
        (client.tracks.as_ref().is_some_and(|tracks| tracks.bcast), 'B'),
        (client.read_only, 'r'),
        (client.identity.no_evict, 'e'),
    ];
    let set: String = signs.into_iter().filter(|(is, _)| *is).map(|(_, sign)| sign).collect();
    if set.is_empty() { "N".to_owned() } else { set }
}

/// The address at the far end. A port is made from the connection's number, as a kernel takes the next one free.
pub(super) fn far_end(book: &AddressBook, conn: Conn) -> String {
    let ip = match conn.opener {
        Place::Node(host) => book.address(host).ip,
        Place::Client(client) => [10, 0, 0, (client.0 % 250) as u8 + 1],
        Place::Outside | Place::Operator => [127, 0, 0, 1],
    };
    Address { ip, port: 32_768 + (conn.serial % 28_000) as u16 }.to_string()
}
