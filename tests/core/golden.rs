//! What redis-server 7.0.15 answered in a long dialogue, our nodes answer too: byte by byte, pair by pair.

use std::collections::BTreeMap;

use cluster_city::cluster::connection::{Conn, Payload};
use cluster_city::cluster::id::HostId;
use cluster_city::cluster::resp::{Protocol, encode};
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::cluster::world::{Plan, World};

use crate::golden_dialogue::value::Value;
use crate::golden_dialogue::{Cluster, GOLDEN, Line, NODES, lines, replay};

/// Requests that are not understood here yet. A line whose reply begins to agree must go.
const WAITING: &[&str] =
    &["COPY {t2}k {t2}c DB 1", "OBJECT ENCODING {t2}x", "CONFIG GET save", r#"SCRIPT LOAD "return 1""#];

/// Our nodes, spoken to in RESP through the world's door.
struct City {
    world: World,
    doors: BTreeMap<String, (Conn, Protocol)>,
}

impl City {
    fn new() -> Self {
        let plan = Plan { loopback: Some(7101), ..Plan::small() };
        let mut world = World::new(&plan, 1).expect("the plan is sound");
        world.open(60 * SECOND);
        Self { world, doors: BTreeMap::new() }
    }
}

impl Cluster for City {
    fn ask(&mut self, connection: &str, request: &[Vec<u8>]) -> Value {
        let name = connection.split(' ').next().expect("a name");
        let node = NODES.iter().position(|node| *node == name).expect("a node");
        let world = &mut self.world;
        let dial = || (world.dial(HostId(node as u16)).expect("there is such a node"), Protocol::Resp2);
        let (conn, mut protocol) = *self.doors.entry(connection.to_owned()).or_insert_with(dial);
        self.world.ask(conn, request.iter().map(|word| word.as_slice().into()).collect());
        for _ in 0..100_000 {
            assert!(self.world.step(), "the world stands still");
            for (at, payload) in self.world.take_outside() {
                match payload {
                    Payload::Speaks(now) if at == conn => {
                        protocol = now;
                        self.doors.insert(connection.to_owned(), (conn, protocol));
                    }
                    Payload::Reply(reply) if at == conn => {
                        let mut bytes = Vec::new();
                        encode(&reply, protocol, &mut bytes);
                        let (value, rest) = Value::read(&bytes).expect("a whole value");
                        assert_eq!((rest, value.bytes()), (&[][..], bytes.clone()));
                        return value;
                    }
                    _ => {}
                }
            }
        }
        panic!("no answer to {request:?}");
    }

    fn port(&self, node: usize) -> u16 {
        7101 + node as u16
    }

    fn breathe(&mut self) {
        self.world.run_until(self.world.now() + 20 * MS);
    }
}

#[test]
fn our_nodes_answer_as_redis_did() {
    let ours = replay(&mut City::new(), GOLDEN);
    let mut ours = ours.into_iter();
    let (mut wrong, mut section, mut count) = (String::new(), "", 0);
    for line in lines(GOLDEN) {
        match line {
            Line::Text(text) => section = text,
            Line::Settle => {}
            Line::Pair { connection, request, recorded } => {
                let (recorded, ours) = (recorded.expect("a recorded reply"), ours.next().expect("a reply"));
                count += 1;
                match (ours == recorded, WAITING.contains(&request)) {
                    (true, false) | (false, true) => {}
                    (true, true) => wrong += &format!("{request}: agrees now, take it out of WAITING\n"),
                    (false, false) => {
                        wrong +=
                            &format!("{section}: {connection}> {request}\n  real {recorded}\n  ours {ours}\n");
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(count >= 229, "only {count} pairs");
}
