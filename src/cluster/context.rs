//! What an actor (a node or a client) may do while it handles an input: send, set timers, state facts.

use super::address::AddressBook;
use super::connection::{Conn, Payload, Port, Toward};
use super::fact::{Fact, FactId, FactKind};
use super::id::{HostId, Place};
use super::rng::Rng;
use super::time::Micros;

/// Where facts go, and where their numbers come from.
#[derive(Clone, Debug, Default, Hash)]
pub struct FactSink {
    last: u64,
    /// The moment the city opened; facts count time from there.
    pub opened_at: Micros,
    /// Facts not yet taken by whoever keeps them.
    pub fresh: Vec<Fact>,
}

impl FactSink {
    /// States a fact.
    pub fn state(&mut self, now: Micros, cause: Option<FactId>, kind: FactKind) -> FactId {
        self.last += 1;
        let id = FactId(self.last);
        self.fresh.push(Fact { id, at: now.saturating_sub(self.opened_at), cause, kind });
        id
    }

    /// The newest fact's number.
    pub fn last(&self) -> FactId {
        FactId(self.last)
    }

    /// Says what a fact of this moment came from.
    pub fn blame(&mut self, id: FactId, cause: Option<FactId>) {
        if let Some(fact) = self.fresh.iter_mut().rev().find(|fact| fact.id == id) {
            fact.cause = cause;
        }
    }
}

/// What an actor asks of the world.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each variant's sentence names its fields")]
pub enum Output {
    /// Send this on that connection.
    Send { conn: Conn, toward: Toward, payload: Payload, cause: Option<FactId> },
    /// Wake me at that time with that word.
    Wake { at: Micros, word: u64 },
    /// My process ends, as it was told to.
    Exit { cause: Option<FactId> },
    /// My process stands still until then.
    Sleep { until: Micros, cause: Option<FactId> },
}

/// The actor's side of the world.
#[derive(Debug)]
pub struct Context<'a> {
    /// Virtual time.
    pub now: Micros,
    /// Who acts.
    pub me: Place,
    /// The world's chance.
    pub rng: &'a mut Rng,
    /// Addresses of all machines.
    pub book: &'a AddressBook,
    /// The fact that what happens now is caused by.
    pub cause: Option<FactId>,
    /// Where facts go.
    pub facts: &'a mut FactSink,
    /// Where requests to the world go.
    pub out: &'a mut Vec<Output>,
    /// The last connection serial used.
    pub serial: &'a mut u32,
}

impl Context<'_> {
    /// States a fact, caused by whatever is being handled.
    pub fn fact(&mut self, kind: FactKind) -> FactId {
        self.facts.state(self.now, self.cause, kind)
    }

    /// Runs `work` with another cause.
    pub fn because<T>(&mut self, cause: Option<FactId>, work: impl FnOnce(&mut Self) -> T) -> T {
        let inner = cause.or(self.cause);
        let before = std::mem::replace(&mut self.cause, inner);
        let result = work(self);
        self.cause = before;
        result
    }

    /// Opens a connection; `Accepted` or `Closed` comes back on it.
    pub fn open(&mut self, to: HostId, port: Port) -> Conn {
        *self.serial += 1;
        let conn = Conn { opener: self.me, acceptor: Place::Node(to), serial: *self.serial };
        self.send(conn, Payload::Open(port));
        conn
    }

    /// Sends something to the other end.
    #[inline]
    pub fn send(&mut self, conn: Conn, payload: Payload) {
        let toward = if conn.opener == self.me { Toward::Acceptor } else { Toward::Opener };
        self.out.push(Output::Send { conn, toward, payload, cause: self.cause });
    }

    /// Closes a connection.
    pub fn close(&mut self, conn: Conn) {
        self.send(conn, Payload::Closed { refused: false });
    }

    /// Ends the process that acts: SHUTDOWN.
    pub fn exit(&mut self) {
        self.out.push(Output::Exit { cause: self.cause });
    }

    /// Lets the process that acts stand still: DEBUG SLEEP. It is woken with `word` when that is over.
    pub fn sleep(&mut self, until: Micros, word: u64) {
        self.out.push(Output::Sleep { until, cause: self.cause });
        self.wake(until, word);
    }

    /// Asks to be woken.
    pub fn wake(&mut self, at: Micros, word: u64) {
        self.out.push(Output::Wake { at, word });
    }
}
