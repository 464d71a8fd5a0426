//! Our nodes as a cluster that can be talked to: in RESP, through the world's door.

use std::collections::BTreeMap;

use cluster_city::cluster::connection::{Conn, Payload};
use cluster_city::cluster::id::HostId;
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
        let plan = Plan { loopback: Some(7101), node_timeout, ..Plan::small() };
        let mut world = World::new(&plan, 1).expect("the plan is sound");
        world.open(60 * SECOND);
        Self { world, doors: BTreeMap::new() }
    }
}

impl Cluster for City {
    fn try_ask(&mut self, connection: &str, request: &[Vec<u8>]) -> Option<Value> {
        let host = HostId(node_of(connection) as u16);
        let world = &mut self.world;
        let dial = || (world.dial(host).expect("there is such a node"), Protocol::Resp2);
        let (conn, mut protocol) = *self.doors.entry(connection.to_owned()).or_insert_with(dial);
        self.world.ask(conn, request.iter().map(|word| word.as_slice().into()).collect());
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
}
