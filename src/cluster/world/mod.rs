//! The world: all machines and clients, one queue of events, one clock, one source of chance.
//!
//! The world carries messages and rings timers. It decides nothing about the cluster: nodes do.

/// An actor's side of the world. A macro, for a method would borrow the actor along with the rest of the world.
macro_rules! context {
    ($world:ident, $me:expr, $cause:expr) => {
        $crate::cluster::context::Context {
            now: $world.now,
            me: $me,
            rng: &mut $world.rng,
            book: &$world.book,
            cause: $cause,
            facts: &mut $world.facts,
            out: &mut $world.out,
            serial: &mut $world.serial,
        }
    };
}

mod acts;
mod build;
mod closer;
mod delivery;
mod directory;
mod door;
mod faults;
mod flights;
mod growth;
mod look;
mod machine;
mod meddle;
mod onlooker;
mod operating;
mod queue;
mod slow;
mod zones;

use std::rc::Rc;

use super::address::AddressBook;
use super::client::Client;
use super::connection::{Conn, Payload, Toward};
use super::context::{Context, FactSink, Output};
use super::digest::Digest;
use super::fact::{Fact, FactId, FactKind};
use super::id::{ClientId, HostId, Place};
use super::network::Network;
use super::operator::Operator;
use super::rng::Rng;
use super::time::Micros;
pub use acts::Refused;
pub use build::{MOST_NODES, Plan};
pub use closer::{Letter, Pinged};
use machine::{Machine, Process};
use onlooker::Onlooker;
use queue::{Due, NEVER, Queue};

/// Something on its way.
#[derive(Clone, Debug, Hash)]
struct Flying {
    conn: Conn,
    toward: Toward,
    payload: Payload,
    sent: Micros,
    cause: Option<FactId>,
}

/// A timer of an actor, and if it is a process of the one that had this boot number.
#[derive(Clone, Copy, Debug, Hash)]
struct Timer {
    place: Place,
    boot: u32,
    word: u64,
}

/// The word of the timer for a process that has slept enough.
const AWAKE: u64 = u64::MAX;

/// The word of the timer for a slow process that comes to what has waited.
const LATE: u64 = AWAKE - 1;

/// What is due: for the digest, which is of all of it in order.
#[derive(Hash)]
enum Event<'a> {
    Arrival(&'a Flying),
    Timer(&'a Timer),
}

/// The world. Cloning it is cheap: what does not change is shared.
#[derive(Clone, Debug)]
pub struct World {
    now: Micros,
    rng: Rng,
    /// Apart from the timers, which are many and small.
    flying: Queue<Flying>,
    timers: Queue<Timer>,
    /// Counts events: those of one moment happen in the order they were planned.
    planned: u64,
    machines: Vec<Rc<Machine>>,
    clients: Vec<Rc<Client>>,
    operator: Rc<Operator>,
    network: Rc<Network>,
    book: Rc<AddressBook>,
    facts: FactSink,
    onlooker: Onlooker,
    serial: u32,
    commands: u64,
    /// Messages that cannot get through now; they go on when they can, as TCP's retransmissions do.
    held: Vec<Flying>,
    /// What came out of the door and nobody has taken yet.
    outside: Vec<(Conn, Payload)>,
    out: Vec<Output>,
}

impl World {
    /// Virtual time since the city opened.
    pub fn now(&self) -> Micros {
        self.now - self.facts.opened_at
    }

    /// How long it is until a moment that a node keeps, such as a key's deadline.
    pub fn until(&self, moment: Micros) -> Micros {
        moment.saturating_sub(self.now)
    }

    /// Processes everything due up to `until` (time since the city opened) and stands there.
    pub fn run_until(&mut self, until: Micros) {
        let until = until.saturating_add(self.facts.opened_at);
        while self.next().0 <= until && self.step() {}
        self.now = self.now.max(until);
    }

    /// The same, but stops soon after so much work is done: events planned or processed, of which a browser does some
    /// 100,000 a second. Says whether it came to `until`. Wherever it stops, all that was due up to [`World::now`] has
    /// happened.
    pub fn run_within(&mut self, until: Micros, work: u64) -> bool {
        let until = until.saturating_add(self.facts.opened_at);
        let enough = self.work().saturating_add(work);
        while self.next().0 <= until {
            if self.work() >= enough && self.next().0 > self.now {
                return false;
            }
            self.step();
        }
        self.now = self.now.max(until);
        true
    }

    /// What was planned, and of that what was done, counted twice.
    fn work(&self) -> u64 {
        2 * self.planned - (self.flying.len() + self.timers.len()) as u64
    }

    fn next(&self) -> Due {
        self.flying.next_due().min(self.timers.next_due())
    }

    /// Processes the next event; says whether there was one.
    pub fn step(&mut self) -> bool {
        let (arrival, ring) = (self.flying.next_due(), self.timers.next_due());
        if arrival < ring {
            self.now = arrival.0;
            if let Some(flying) = self.flying.pop() {
                self.arrive(flying);
            }
            return true;
        }
        let Some(Timer { place, boot, word }) = self.timers.pop() else {
            return false;
        };
        self.now = ring.0;
        match place {
            Place::Node(host) if word == AWAKE => self.awake(host, boot),
            Place::Node(host) if word == LATE => self.handle_until(host, self.now),
            Place::Node(host) => self.ring(host, boot, word),
            Place::Operator => self.with_operator(None, |operator, context| operator.wake(context, word)),
            Place::Outside => {}
            Place::Client(id) => self.with_client(id, None, |client, context| client.wake(context, word)),
        }
        true
    }

    /// When the next event is due, since the city opened.
    pub fn next_due(&self) -> Option<Micros> {
        Some(self.next()).filter(|due| *due != NEVER).map(|(at, _)| at.saturating_sub(self.facts.opened_at))
    }

    /// The facts stated since the last call.
    pub fn take_facts(&mut self) -> Vec<Fact> {
        self.look_on();
        std::mem::take(&mut self.facts.fresh)
    }

    /// The same for whoever does not keep them: the room that they took is used again.
    pub fn drain_facts(&mut self) -> impl ExactSizeIterator<Item = Fact> + '_ {
        self.look_on();
        self.facts.fresh.drain(..)
    }

    /// A digest of everything that determines what happens next.
    pub fn digest(&self) -> u64 {
        let arrivals = self.flying.iter().map(|(due, flying)| (due, Event::Arrival(flying)));
        let timers = self.timers.iter().map(|(due, timer)| (due, Event::Timer(timer)));
        let mut queue: Vec<(Due, Event<'_>)> = arrivals.chain(timers).collect();
        queue.sort_unstable_by_key(|(due, _)| *due);
        let digest = (
            (self.now, &self.rng, &queue, self.planned, &self.machines),
            (&self.clients, &self.operator, &self.network, &self.book, self.serial, self.commands, &self.held),
        );
        Digest::of(&digest)
    }

    /// Events planned so far: a measure of the work that it took to come here, the same on every machine.
    pub fn planned(&self) -> u64 {
        self.planned
    }

    fn plan(&mut self, at: Micros) -> Due {
        self.planned += 1;
        (at, self.planned)
    }

    fn plan_timer(&mut self, at: Micros, timer: Timer) {
        let due = self.plan(at);
        self.timers.push(due, timer);
    }

    fn plan_arrival(&mut self, at: Micros, flying: Flying) {
        let due = self.plan(at);
        self.flying.push(due, flying);
    }

    fn machine(&self, host: HostId) -> &Machine {
        &self.machines[usize::from(host.0)]
    }

    fn machine_mut(&mut self, host: HostId) -> &mut Machine {
        Rc::make_mut(&mut self.machines[usize::from(host.0)])
    }

    /// Lets a client do something.
    fn with_client(
        &mut self,
        id: ClientId,
        cause: Option<FactId>,
        work: impl FnOnce(&mut Client, &mut Context<'_>),
    ) {
        let Some(client) = self.clients.get_mut(usize::from(id.0)) else {
            return;
        };
        let mut context = context!(self, Place::Client(id), cause);
        work(Rc::make_mut(client), &mut context);
        self.carry_out(Place::Client(id), 0);
    }

    /// Lets a running process do something.
    fn with_node(
        &mut self,
        host: HostId,
        cause: Option<FactId>,
        work: impl FnOnce(&mut super::node::Node, &mut Context<'_>),
    ) {
        let machine = Rc::make_mut(&mut self.machines[usize::from(host.0)]);
        let boot = machine.boot;
        let Process::Running(node) = &mut machine.process else {
            return;
        };
        let first_fact = self.facts.fresh.len();
        let mut context = context!(self, Place::Node(host), cause);
        work(node, &mut context);
        self.note_shards(first_fact);
        self.look_on();
        self.carry_out(Place::Node(host), boot);
    }

    /// Has facts say what they came from.
    #[inline(never)]
    fn look_on(&mut self) {
        if !self.facts.fresh.is_empty() {
            self.onlooker.look(&mut self.facts.fresh);
        }
    }

    /// What an onlooker adds to the machines: who belongs to which shard.
    fn note_shards(&mut self, first: usize) {
        for index in first..self.facts.fresh.len() {
            match self.facts.fresh[index].kind {
                FactKind::BecameReplica { host, of, .. } => {
                    let shard = self.machine(of).shard;
                    self.machine_mut(host).shard = shard;
                }
                FactKind::ClusterReset { host, .. } => {
                    let shard = self.machines.iter().map(|machine| machine.shard).max().unwrap_or(0) + 1;
                    self.machine_mut(host).shard = shard;
                }
                _ => {}
            }
        }
    }

    /// Sends what an actor wants sent, and sets its timers.
    fn carry_out(&mut self, place: Place, boot: u32) {
        let (mut out, mut exit) = (std::mem::take(&mut self.out), None);
        for output in out.drain(..) {
            match output {
                Output::Send { conn, toward, payload, cause } => {
                    self.post(Flying { conn, toward, payload, sent: self.now, cause });
                }
                Output::Wake { at, word } => self.plan_timer(at, Timer { place, boot, word }),
                Output::Exit { cause } => exit = Some(cause),
                Output::Sleep { until, cause } => self.sleep(place, boot, until, cause),
            }
        }
        self.out = out;
        if let (Some(cause), Place::Node(host)) = (exit, place) {
            self.exit(host, cause);
        }
    }

    /// Puts something on the network; says when it arrives.
    fn post(&mut self, flying: Flying) -> Micros {
        let (from, to) = (flying.conn.source(flying.toward), flying.conn.target(flying.toward));
        let even = self.network.is_even();
        if even && to == Place::Outside && self.network.passes(from, to) {
            self.outside.push((flying.conn, flying.payload));
            return self.now;
        }
        if even && (from == Place::Outside || to == Place::Outside) {
            self.arrive(flying);
            return self.now;
        }
        let due = if even {
            self.now + self.network.latency(from, to)
        } else {
            Rc::make_mut(&mut self.network).due(self.now, from, to, &mut self.rng)
        };
        let twice = self.network.weather.duplicate_per_mille;
        if twice > 0 && matches!(flying.payload, Payload::Bus(_)) && self.rng.below(1000) < u32::from(twice) {
            self.plan_arrival(due, flying.clone());
        }
        self.plan_arrival(due, flying);
        due
    }
}
