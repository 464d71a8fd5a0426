//! How many commands a second the core carries out on one thread, natively: `cargo bench --no-default-features --bench
//! commands`.
//!
//! Two ways. *Through the city*: a command counts from its submission to the city's own smart client to the answer there:
//! hashing and routing, a request on the simulated network, the node's checks and its store, the answer back, the facts of
//! all that, and for SET the replica's part too. *Through the door*: a smart client beside the city, as a program that embeds
//! the core has one: it hashes the key, looks into its own slot table and asks that node on a connection of the door; checks,
//! routing, store, replication and the replica's part are the same, and no request need fly. And each in two cities: of three
//! masters with a replica each, and of three masters alone.
#![allow(clippy::print_stdout, reason = "printing figures is what this program is for")]

use std::rc::Rc;
use std::time::{Duration, Instant};

use cluster_city::cluster::connection::{Conn, Payload};
use cluster_city::cluster::id::{ClientId, HostId};
use cluster_city::cluster::reply::{Blob, Reply};
use cluster_city::cluster::slot::key_slot;
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::cluster::world::{Plan, World};

/// As in `examples/serve`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is set.
const VALUE: &[u8] = b"a-value-of-thirty-two-bytes-.....";
/// Different keys.
const KEYS: usize = 2_000;
/// Rounds, if the second argument does not say how many; the median counts.
const ROUNDS: usize = 15;
/// Commands of a round: enough that the system's own grain of time, a few milliseconds, makes no difference.
const EACH: usize = 400_000;
/// Commands in flight at once, at most.
const IN_FLIGHT: [usize; 3] = [1_000, 16, 1];

fn main() {
    let only = std::env::args().nth(1).filter(|word| !word.starts_with('-'));
    let way = std::env::args().nth(3);
    let goes = |name: &str| way.as_ref().is_none_or(|way| way == name);
    let rounds = std::env::args().nth(2).and_then(|word| word.parse().ok()).unwrap_or(ROUNDS);
    println!("| million a second by processor time; in brackets by the clock on the wall | best round | middle |");
    println!("|---|---|---|");
    for name in ["SET", "GET"] {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        for (replicas, label) in [(1, ""), (0, ", without replicas")] {
            for in_flight in IN_FLIGHT.into_iter().filter(|_| goes("city")) {
                let mut city = city(replicas);
                let rounds =
                    (0..rounds).map(|nth| round(name, nth, in_flight, |some| through_the_city(&mut city, some)));
                report(&format!("{name} through the city, {in_flight} in flight{label}"), rounds.collect());
            }
            if goes("door") {
                let mut door = Door::new(city(replicas));
                let rounds = (0..rounds).map(|nth| round(name, nth, 16, |some| door.carry_out(some)));
                report(&format!("{name} through the door{label}"), rounds.collect());
            }
        }
    }
}

fn city(replicas: u16) -> World {
    let mut world = World::new(&Plan { replicas, ..Plan::small() }, 1).expect("the plan is sound");
    world.open(120 * SECOND);
    // GET finds something.
    for key in 0..KEYS {
        world.submit(ClientId(0), None, request("SET", key)).expect("the client takes it");
        world.run_until(world.now() + MS);
    }
    world
}

/// The middle of all rounds; by the processor also the best, which other work on the machine has slowed least.
fn report(name: &str, rounds: Vec<(Duration, Duration)>) {
    let sorted = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times
    };
    let rate = |time: Duration| EACH as f64 / time.as_secs_f64() / 1e6;
    let processor = sorted(rounds.iter().map(|times| times.0).collect());
    let wall = sorted(rounds.iter().map(|times| times.1).collect());
    let middle = rounds.len() / 2;
    let both = |at: usize| format!("{:.2} ({:.2})", rate(processor[at]), rate(wall[at]));
    println!("| {name} | {} | {} |", both(0), both(middle));
}

fn through_the_city(world: &mut World, requests: Vec<Rc<[Blob]>>) {
    let wanted = 3 * requests.len();
    for argv in requests {
        world.submit(ClientId(0), None, argv).expect("the client takes it");
    }
    world.run_until(world.now() + MS);
    assert!(world.drain_facts().len() >= wanted, "every command is answered");
}

/// A smart client beside the city.
struct Door {
    world: World,
    conns: Vec<Conn>,
    /// Of each slot, the connection to its owner.
    owners: Vec<u8>,
    heard: Vec<(Conn, Payload)>,
}

impl Door {
    fn new(mut world: World) -> Self {
        let map = world.snapshot().clients[0].map.clone();
        let conns: Vec<Conn> = (0..3).map(|host| world.dial(HostId(host)).expect("it is there")).collect();
        let owner = |&(range, host): &(_, HostId)| {
            let range: &cluster_city::cluster::slot::SlotRange = range;
            (range.start..=range.end).map(move |_| host)
        };
        let owners = map.iter().flat_map(|(range, host)| owner(&(range, *host))).collect::<Vec<_>>();
        let owners = owners.into_iter().map(|host| host.0 as u8).collect();
        world.run_until(world.now() + MS);
        drop(world.take_outside());
        Self { world, conns, owners, heard: Vec::new() }
    }

    fn carry_out(&mut self, requests: Vec<Rc<[Blob]>>) {
        for argv in requests {
            let conn = self.conns[usize::from(self.owners[usize::from(key_slot(&argv[1]))])];
            self.world.ask(conn, argv);
            self.world.take_outside_into(&mut self.heard);
            let answer = self.heard.pop();
            let fit = matches!(answer, Some((_, Payload::Reply(Reply::Status(_) | Reply::Bulk(_) | Reply::Null))));
            assert!(fit && self.heard.is_empty(), "one answer to one question");
        }
        // Replicas carry it out now.
        self.world.run_until(self.world.now() + MS);
        drop(self.world.drain_facts());
    }
}

/// How long a round took, by the processor and by the wall: less what it takes to make the requests.
fn round(
    name: &str,
    nth: usize,
    at_once: usize,
    mut carry_out: impl FnMut(Vec<Rc<[Blob]>>),
) -> (Duration, Duration) {
    let keys: Vec<usize> = (0..EACH).map(|number| (nth * 7 + number) % KEYS).collect();
    let requests = |some: &[usize]| some.iter().map(|&key| request(name, key)).collect::<Vec<_>>();
    let all = timed(|| keys.chunks(at_once).for_each(|some| carry_out(requests(some))));
    let making = timed(|| keys.chunks(at_once).for_each(|some| drop(requests(some))));
    (all.0.saturating_sub(making.0), all.1.saturating_sub(making.1))
}

fn request(name: &str, key: usize) -> Rc<[Blob]> {
    let key = format!("key:{key}");
    match name {
        "SET" => [b"SET"[..].into(), key.into_bytes().into(), VALUE[..].into()].into(),
        _ => [name.as_bytes().into(), key.into_bytes().into()].into(),
    }
}

/// By the processor and by the wall.
fn timed(work: impl FnOnce()) -> (Duration, Duration) {
    let (start, used) = (Instant::now(), processor_time());
    work();
    (processor_time().saturating_sub(used), start.elapsed())
}

/// How long this thread has had a processor, where the system tells it: other work on the machine does not count.
fn processor_time() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| Duration::from_nanos(0), Duration::from_nanos)
}
