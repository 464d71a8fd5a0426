//! How many commands a second the core carries out on one thread, natively: `cargo bench --no-default-features --bench
//! commands`.
//!
//! A command counts from its submission to the smart client to the answer at the client: hashing and routing, a request on
//! the simulated network, the node's checks and its store, the answer back, the facts of all that, and for SET the
//! replica's part too.
#![allow(clippy::print_stdout, reason = "printing figures is what this program is for")]

use std::rc::Rc;
use std::time::{Duration, Instant};

use cluster_city::cluster::id::ClientId;
use cluster_city::cluster::reply::Blob;
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::cluster::world::{Plan, World};

/// What is set.
const VALUE: &[u8] = b"a-value-of-thirty-two-bytes-.....";
/// Different keys.
const KEYS: usize = 2_000;
/// Rounds; the median counts.
const ROUNDS: usize = 40;
/// Commands of a round.
const EACH: usize = 20_000;
/// Commands in flight at once, at most.
const IN_FLIGHT: [usize; 3] = [1_000, 16, 1];

fn main() {
    let only = std::env::args().nth(1).filter(|word| !word.starts_with('-'));
    println!("Million commands a second, by processor time; in brackets by the clock on the wall.");
    for name in ["SET", "GET"] {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        for in_flight in IN_FLIGHT {
            let mut world = World::new(&Plan::small(), 1).expect("the plan is sound");
            world.open(120 * SECOND);
            let rounds: Vec<_> = (0..ROUNDS).map(|nth| round(&mut world, name, nth, in_flight)).collect();
            let median = |times: Vec<Duration>| {
                let mut times = times;
                times.sort_unstable();
                EACH as f64 / times[ROUNDS / 2].as_secs_f64() / 1e6
            };
            let processor = median(rounds.iter().map(|times| times.0).collect());
            let wall = median(rounds.iter().map(|times| times.1).collect());
            println!("{name}, {in_flight:>5} in flight: {processor:>6.2} ({wall:.2})");
        }
    }
}

/// How long a round took, by the processor and by the wall: less what it takes to make the requests.
fn round(world: &mut World, typed: &str, nth: usize, in_flight: usize) -> (Duration, Duration) {
    let keys: Vec<usize> = (0..EACH).map(|number| (nth * 7 + number) % KEYS).collect();
    let mut facts = 0;
    let all = timed(|| {
        for some in keys.chunks(in_flight) {
            for &key in some {
                world.submit(ClientId(0), None, request(typed, key)).expect("the client takes it");
            }
            world.run_until(world.now() + MS);
            facts += world.drain_facts().len();
        }
    });
    assert!(facts >= 3 * EACH, "every command is answered");
    let making = timed(|| {
        for some in keys.chunks(in_flight) {
            drop(some.iter().map(|&key| request(typed, key)).collect::<Vec<_>>());
        }
    });
    (all.0.saturating_sub(making.0), all.1.saturating_sub(making.1))
}

fn request(typed: &str, key: usize) -> Rc<[Blob]> {
    let key = format!("key:{key}");
    match typed {
        "SET" => [b"SET"[..].into(), key.into_bytes().into(), VALUE[..].into()].into(),
        _ => [typed.as_bytes().into(), key.into_bytes().into()].into(),
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
