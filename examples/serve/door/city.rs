//! The world behind the ports: requests go in, time runs on, and what comes out goes to whom it is for.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cluster_city::cluster::connection::{Conn, Payload};
use cluster_city::cluster::id::{HostId, Place};
use cluster_city::cluster::reply::Blob;
use cluster_city::cluster::time::{MS, Micros, SECOND};
use cluster_city::cluster::world::World;
use tokio::sync::Notify;

use super::asked::Asked;
use super::clock::Clock;
use super::link::Line;

/// So far virtual time may run ahead of the wall clock to finish what was begun, such as a WAIT or a MIGRATE.
const AHEAD: Micros = MS;
/// The longest a city takes to come up.
const OPENING: Micros = 60 * SECOND;

/// The city.
#[derive(Debug)]
pub(crate) struct City {
    pub(crate) first_port: u16,
    inner: RefCell<Inner>,
    /// Something is due sooner than the clock's keeper thinks.
    sooner: Notify,
    /// A process may have ended or begun.
    processes: Notify,
    piece: RefCell<Vec<u8>>,
}

#[derive(Debug)]
struct Inner {
    world: World,
    clock: Clock,
    /// The connections, by their serial.
    lines: HashMap<u32, Rc<Line>>,
    /// Connections whose requests wait because the node does not take any.
    stalled: Vec<Rc<Line>>,
    /// When the clock's keeper will look.
    planned: Micros,
    /// Room for what comes out of the door.
    said: Vec<(Conn, Payload)>,
}

impl City {
    /// Builds the city and lets it come up.
    pub(crate) fn open(asked: &Asked) -> Result<Self, String> {
        let mut world = World::new(&asked.plan(), asked.seed)?;
        world.open(OPENING);
        let clock = Clock::new(asked.speed);
        // A clock before 1970 is wrong whatever is made of it.
        let today = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        world.set_wall_clock(today.as_millis() as u64);
        let inner =
            Inner { world, clock, lines: HashMap::new(), stalled: Vec::new(), planned: 0, said: Vec::new() };
        Ok(Self {
            first_port: asked.port,
            inner: RefCell::new(inner),
            sooner: Notify::new(),
            processes: Notify::new(),
            piece: RefCell::default(),
        })
    }

    /// Looks at the world.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.inner.borrow().world)
    }

    /// Does something to the world, now.
    pub(crate) fn act<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut inner = self.inner.borrow_mut();
        inner.catch_up();
        let result = act(&mut inner.world);
        self.finish(&mut inner, None);
        result
    }

    /// Runs the world up to now; says for how long nothing is due after that.
    pub(crate) fn run(&self) -> Duration {
        let mut inner = self.inner.borrow_mut();
        inner.catch_up();
        self.finish(&mut inner, None);
        inner.planned = inner.world.next_due().unwrap_or(Micros::MAX);
        inner.clock.until(inner.planned)
    }

    /// Something is due sooner than `run` said.
    pub(crate) async fn sooner(&self) {
        self.sooner.notified().await;
    }

    /// A process ended or began.
    pub(crate) async fn processes_changed(&self) {
        self.processes.notified().await;
    }

    /// Opens a connection to a node.
    pub(crate) fn dial(&self, host: HostId) -> Option<Rc<Line>> {
        let mut inner = self.inner.borrow_mut();
        inner.catch_up();
        let conn = inner.world.dial(host).ok()?;
        let line = Rc::new(Line::new(conn));
        inner.lines.insert(conn.serial, line.clone());
        self.finish(&mut inner, None);
        Some(line)
    }

    /// Sends requests as long as the node takes them and there is room for answers; says whether it stopped before
    /// there were no more.
    pub(crate) fn ask(&self, line: &Rc<Line>, next: impl FnMut() -> Option<Rc<[Blob]>>) -> bool {
        let mut inner = self.inner.borrow_mut();
        inner.catch_up();
        let stopped = self.ask_all(&mut inner, line, next);
        self.finish(&mut inner, Some(line));
        stopped
    }

    fn ask_all(&self, inner: &mut Inner, line: &Rc<Line>, mut next: impl FnMut() -> Option<Rc<[Blob]>>) -> bool {
        loop {
            if line.is_gone() || !line.has_room() {
                return true;
            }
            if inner.world.is_waiting(line.conn) {
                inner.stall(line);
                return true;
            }
            let Some(argv) = next() else {
                return false;
            };
            inner.world.ask(line.conn, argv);
            self.hand_out(inner, Some(line));
            if inner.world.is_waiting(line.conn) {
                self.finish(inner, Some(line));
            }
        }
    }

    /// Whether a connection's node takes no requests from it now.
    pub(crate) fn waits(&self, line: &Line) -> bool {
        self.inner.borrow().world.is_waiting(line.conn)
    }

    /// Lends room for a piece of input: one for all connections.
    pub(crate) fn with_piece<T>(&self, size: usize, work: impl FnOnce(&mut [u8]) -> T) -> T {
        let mut piece = self.piece.borrow_mut();
        piece.resize(size, 0);
        work(&mut piece)
    }

    /// The client is gone.
    pub(crate) fn hang_up(&self, line: &Line) {
        let mut inner = self.inner.borrow_mut();
        if inner.lines.remove(&line.conn.serial).is_some() {
            inner.catch_up();
            inner.world.hang_up(line.conn);
            self.finish(&mut inner, None);
        }
    }

    /// Breaks every connection to a node without a goodbye: its rack lost power.
    pub(crate) fn break_lines(&self, host: HostId) {
        let mut inner = self.inner.borrow_mut();
        inner.lines.retain(|_, line| {
            let stays = line.conn.acceptor != Place::Node(host);
            if !stays {
                line.close();
            }
            stays
        });
    }

    /// Hands out what there is.
    fn hand_out(&self, inner: &mut Inner, asker: Option<&Rc<Line>>) {
        let mut said = std::mem::take(&mut inner.said);
        inner.world.take_outside_into(&mut said);
        for (conn, payload) in said.drain(..) {
            inner.deliver(conn, payload, asker, &self.processes);
        }
        inner.said = said;
    }

    /// Finishes what is due, and hands out what there is, after `asker` (who looks for itself) said something.
    fn finish(&self, inner: &mut Inner, asker: Option<&Rc<Line>>) {
        inner.settle();
        self.hand_out(inner, asker);
        inner.wake_stalled();
        // Facts are for those who watch; nobody does.
        drop(inner.world.drain_facts());
        if inner.world.next_due().is_some_and(|due| due < inner.planned) {
            inner.planned = 0;
            self.sooner.notify_one();
        }
    }
}

impl Inner {
    /// Runs the world up to the wall clock.
    fn catch_up(&mut self) {
        let now = self.clock.now().max(self.world.now());
        self.world.run_until(now);
    }

    /// Finishes what is due at once or nearly so.
    fn settle(&mut self) {
        let limit = self.clock.last() + AHEAD;
        let now = self.world.now();
        self.world.run_until(now);
        while let Some(due) = self.world.next_due()
            && due <= limit
        {
            self.world.run_until(due);
        }
    }

    fn deliver(&mut self, conn: Conn, payload: Payload, asker: Option<&Rc<Line>>, processes: &Notify) {
        let asks = asker.is_some_and(|asker| asker.conn == conn);
        let Some(line) = asker.filter(|_| asks).or_else(|| self.lines.get(&conn.serial)) else {
            return;
        };
        match payload {
            Payload::Reply(reply) => line.reply(&reply),
            Payload::Push(reply) => {
                if !line.push(&reply) {
                    self.world.hang_up(conn);
                    self.lines.remove(&conn.serial);
                    return;
                }
            }
            Payload::Speaks(protocol) => line.speak(protocol),
            Payload::Closed { .. } => {
                processes.notify_one();
                line.close();
                self.lines.remove(&conn.serial);
                return;
            }
            Payload::Open(_) | Payload::Accepted | Payload::Bus(_) | Payload::Repl(_) | Payload::Request(_) => {
                return;
            }
        }
        if !asks {
            line.ring();
        }
    }

    fn stall(&mut self, line: &Rc<Line>) {
        if !self.stalled.iter().any(|other| other.conn == line.conn) {
            self.stalled.push(line.clone());
        }
    }

    fn wake_stalled(&mut self) {
        let world = &self.world;
        self.stalled.retain(|line| {
            let waits = !line.is_gone() && world.is_waiting(line.conn);
            if !waits {
                line.ring();
            }
            waits
        });
    }
}
