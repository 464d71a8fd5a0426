//! Our nodes as a cluster that can be talked to: in RESP, through the world's door.

use std::collections::BTreeMap;
use std::rc::Rc;

use cluster_city::cluster::bus::Message;
use cluster_city::cluster::connection::{Conn, Payload};
use cluster_city::cluster::id::{HostId, Place};
use cluster_city::cluster::resp::{Protocol, encode};
use cluster_city::cluster::time::{MS, Micros, SECOND};
use cluster_city::cluster::world::{Plan, World};

use super::value::Value;
use super::{Cluster, node_of};

/// How long an answer may take.
const PATIENCE: Micros = 30 * SECOND;

/// Three masters with a replica each, at 127.0.0.1:7101 and on.
pub(crate) struct City {
    world: World,
    doors: BTreeMap<String, (Conn, Protocol)>,
}

impl City {
    pub(crate) fn new(node_timeout: Micros) -> Self {
        Self::of(&Plan { loopback: Some(7101), node_timeout, ..Plan::small() })
    }

    /// Six nodes that know nobody.
    #[allow(dead_code, reason = "the test targets that share this use different parts")]
    pub(crate) fn blank(node_timeout: Micros) -> Self {
        Self::of(&Plan { loopback: Some(7101), node_timeout, masters: 0, replicas: 0, blank: 6, ..Plan::small() })
    }

    fn of(plan: &Plan) -> Self {
        let mut world = World::new(plan, 1).expect("the plan is sound");
        world.open(60 * SECOND);
        Self { world, doors: BTreeMap::new() }
    }

    /// Sends a request, whatever is answered.
    pub(crate) fn say(&mut self, connection: &str, request: &[Vec<u8>]) -> (Conn, Protocol) {
        let host = HostId(node_of(connection) as u16);
        let world = &mut self.world;
        let dial = || (world.dial(host).expect("there is such a node"), Protocol::Resp2);
        let door = *self.doors.entry(connection.to_owned()).or_insert_with(dial);
        self.world.ask(door.0, request.iter().map(|word| word.as_slice().into()).collect());
        door
    }

    /// What comes on these connections until they have ended, and whether they have.
    #[allow(dead_code, reason = "the test targets that share this use different parts")]
    pub(crate) fn last_words<const N: usize>(&mut self, doors: [Conn; N]) -> [(String, bool); N] {
        let (mut said, limit) = (doors.map(|_| (String::new(), false)), self.world.now() + PATIENCE);
        while self.world.now() < limit && said.iter().any(|(_, ended)| !ended) && self.world.step() {
            for (at, payload) in self.world.take_outside() {
                let Some((said, ended)) = doors.iter().position(|door| *door == at).map(|nth| &mut said[nth])
                else {
                    continue;
                };
                match payload {
                    Payload::Closed { .. } => *ended = true,
                    Payload::Reply(reply) => {
                        let mut bytes = Vec::new();
                        encode(&reply, Protocol::Resp2, &mut bytes);
                        *said += &Value::read(&bytes).expect("a whole value").0.show();
                    }
                    _ => {}
                }
            }
        }
        said
    }

    /// The next message that a node sends on the bus, of those that are wanted.
    #[allow(dead_code, reason = "the test targets that share this use different parts")]
    pub(crate) fn overhear(&mut self, node: &str, wanted: impl Fn(&Message) -> bool) -> Rc<Message> {
        let from = Place::Node(HostId(node_of(node) as u16));
        // Those that were on their way before say what was so before.
        let since = self.world.now();
        while self.world.now() < since + PATIENCE {
            let flights = self.world.snapshot().flights.into_iter();
            for flight in flights.filter(|flight| flight.from == from && flight.sent >= since) {
                match self.world.letter(flight.id).map(|letter| letter.payload) {
                    Some(Payload::Bus(message)) if wanted(&message) => return message,
                    _ => {}
                }
            }
            self.world.step();
        }
        panic!("{node} sends no such message")
    }
}

impl Cluster for City {
    fn try_ask(&mut self, connection: &str, request: &[Vec<u8>]) -> Option<Value> {
        let (conn, mut protocol) = self.say(connection, request);
        let limit = self.world.now() + PATIENCE;
        loop {
            for (at, payload) in self.world.take_outside().into_iter().filter(|(at, _)| *at == conn) {
                match payload {
                    Payload::Speaks(now) => protocol = now,
                    Payload::Closed { .. } => {
                        self.doors.remove(connection);
                        return None;
                    }
                    Payload::Reply(reply) => {
                        self.doors.insert(connection.to_owned(), (at, protocol));
                        let mut bytes = Vec::new();
                        encode(&reply, protocol, &mut bytes);
                        let (value, rest) = Value::read(&bytes).expect("a whole value");
                        assert_eq!((rest, &value.bytes()), (&[][..], &bytes));
                        return Some(value);
                    }
                    _ => {}
                }
            }
            if self.world.now() >= limit || !self.world.step() {
                return None;
            }
        }
    }

    fn port(&self, node: usize) -> u16 {
        7101 + node as u16
    }

    fn breathe(&mut self) {
        self.world.run_until(self.world.now() + 10 * MS);
    }

    fn kill(&mut self, node: usize) {
        self.world.kill(HostId(node as u16)).expect("it runs");
        self.doors.retain(|connection, _| node_of(connection) != node);
    }

    fn restart(&mut self, node: usize) {
        self.world.restart(HostId(node as u16)).expect("it does not run");
    }

    fn freeze(&mut self, node: &str) {
        self.world.freeze(HostId(node_of(node) as u16)).expect("it runs");
    }

    fn thaw(&mut self, node: &str) {
        self.world.thaw(HostId(node_of(node) as u16)).expect("it stands still");
    }
}
