//! How fast the core is inside a browser: `cargo xtask bench --browser` prints what `benches/core.rs` prints natively.
//!
//! Figures, not tests: nothing here fails because a machine is slow.
#![cfg(target_arch = "wasm32")]

use std::rc::Rc;

use cluster_city::cluster::connection::Payload;
use cluster_city::cluster::fact::FactKind;
use cluster_city::cluster::id::{ClientId, HostId};
use cluster_city::cluster::reply::Blob;
use cluster_city::cluster::slot::{SLOTS, key_slot};
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::cluster::world::{Plan, World};
use cluster_city::sim::timeline::Timeline;
use cluster_city::sim::{Action, Scenario, Session};
use cluster_city::stage::told::Told;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

// A worker may be busy for longer than the driver lets a page be.
wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Milliseconds by the browser's own clock.
fn now() -> f64 {
    js_sys::Date::now()
}

fn timed(work: impl FnOnce()) -> f64 {
    let start = now();
    work();
    now() - start
}

/// Prints the middle and the slow end of many runs, in milliseconds.
fn report(name: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    console_log!("| {name} | {:.2} ms | {:.2} ms |", at(50), at(99));
}

fn city(plan: &Plan, seed: u64) -> World {
    let mut world = World::new(plan, seed).expect("the plan is sound");
    world.open(120 * SECOND);
    world
}

#[wasm_bindgen_test]
fn six_nodes() {
    // A browser's clock is coarse: ten failovers are timed at once.
    let failovers = (0..30).map(|round| {
        let mut worlds: Vec<World> = (0..10).map(|seed| city(&Plan::small(), round * 10 + seed)).collect();
        let time = timed(|| {
            for world in &mut worlds {
                world.take_facts();
                world.kill(HostId(2)).expect("it runs");
                while !world.take_facts().iter().any(|fact| matches!(fact.kind, FactKind::Promoted { .. })) {
                    world.step();
                }
            }
        });
        time / 10.0
    });
    report("six nodes: from a kill to the promotion", failovers.collect());
}

/// Commands of a round.
const EACH: usize = 20_000;
/// Different keys.
const KEYS: usize = 2_000;

fn request(name: &str, key: usize) -> Rc<[Blob]> {
    let key = format!("key:{key}").into_bytes().into();
    match name {
        "SET" => [b"SET"[..].into(), key, b"a-value-of-thirty-two-bytes-....."[..].into()].into(),
        _ => [name.as_bytes().into(), key].into(),
    }
}

/// A round without what it takes to make the requests, in milliseconds; `carry_out` is given a few of them at a time.
fn round(name: &str, nth: usize, at_once: usize, mut carry_out: impl FnMut(Vec<Rc<[Blob]>>)) -> f64 {
    let keys: Vec<usize> = (0..EACH).map(|number| (nth * 7 + number) % KEYS).collect();
    let requests = |some: &[usize]| some.iter().map(|&key| request(name, key)).collect::<Vec<_>>();
    let all = timed(|| keys.chunks(at_once).for_each(|some| carry_out(requests(some))));
    all - timed(|| keys.chunks(at_once).for_each(|some| drop(requests(some))))
}

/// As `benches/commands.rs` has it: through the city, and through its door; with replicas, and without.
#[wasm_bindgen_test]
fn commands() {
    for (replicas, label) in [(1, ""), (0, ", without replicas")] {
        let mut world = city(&Plan { replicas, ..Plan::small() }, 1);
        through_the_city(&mut world, label);
        through_the_door(&mut world, label);
    }
}

fn through_the_city(world: &mut World, label: &str) {
    for name in ["SET", "GET"] {
        let rounds = (0..30).map(|nth| {
            round(name, nth, 1_000, |some| {
                some.into_iter().for_each(|argv| drop(world.submit(ClientId(0), None, argv)));
                world.run_until(world.now() + MS);
                assert!(world.drain_facts().len() >= 3_000, "every command is answered");
            })
        });
        report(&format!("{EACH} {name} through the city{label}"), rounds.collect());
    }
}

fn through_the_door(world: &mut World, label: &str) {
    let map = world.snapshot().clients[0].map.clone();
    let conns: Vec<_> = (0..3).map(|host| world.dial(HostId(host)).expect("it is there")).collect();
    let owner = |slot| map.iter().find(|(range, _)| (range.start..=range.end).contains(&slot));
    let owners: Vec<_> = (0..SLOTS).map(|slot| owner(slot).map(|(_, host)| conns[usize::from(host.0)])).collect();
    world.run_until(world.now() + MS);
    drop(world.take_outside());
    let mut heard = Vec::new();
    for name in ["SET", "GET"] {
        let rounds = (0..30).map(|nth| {
            round(name, nth, 16, |some| {
                for argv in some {
                    let conn = owners[usize::from(key_slot(&argv[1]))].expect("somebody owns it");
                    world.ask(conn, argv);
                    world.take_outside_into(&mut heard);
                    assert!(matches!(heard.pop(), Some((_, Payload::Reply(_)))), "an answer");
                }
                world.run_until(world.now() + MS);
                drop(world.drain_facts());
            })
        });
        report(&format!("{EACH} {name} through the door{label}"), rounds.collect());
    }
}

/// As `benches/timeline.rs` has it: half an hour with a fire every three minutes and two commands a second.
#[wasm_bindgen_test]
fn seeking() {
    let scenario = Scenario::first_city();
    let told = |session: &Session| Told::new(&session.snapshot());
    let mut line = Timeline::new(&scenario, 1, told).expect("the first city can be built");
    for second in 1..=1_800 {
        let host = HostId((second / 180 % 6) as u16);
        match second % 180 {
            60 => drop(line.act(Action::Kill(host), "")),
            120 => drop(line.act(Action::Restart(host), "")),
            _ => {}
        }
        for text in [format!("SET key:{} {second}", second % 500), format!("GET key:{}", second * 7 % 500)] {
            drop(line.act(Action::Command { client: ClientId(0), target: None, line: text.into() }, "city>"));
            line.advance_to(line.now() + SECOND / 2);
        }
    }
    let end = line.branch().end();
    let leaps = (0..2_000_u64).map(|nth| timed(|| line.seek(nth * 619 % 1_000 * end / 1_000)));
    report("a leap to any moment of half an hour, not drawn", leaps.collect());
    console_log!("its checkpoints: {}, memory: {} MB", line.checkpoints(), memory());
}

fn memory() -> usize {
    core::arch::wasm32::memory_size(0) * 64 / 1000
}

/// As `benches/growth.rs` has it. Memory never shrinks here, so each size is told after the smaller ones.
#[wasm_bindgen_test]
fn growth() {
    console_log!("growth | nodes | opening, ms | a virtual second, ms | the dearest of 30, ms | memory, MB |");
    console_log!("growth |---|---|---|---|---|");
    for masters in [3, 6, 15, 50, 100, 150, 250, 350, 500] {
        let mut world = World::new(&spread(masters), 1).expect("the plan is sound");
        let opening = timed(|| world.open(120 * SECOND));
        // A browser's clock is coarse: a small city's second is timed several at a time.
        let at_once = if masters < 50 { 30 } else { 1 };
        let mut seconds: Vec<f64> =
            (0..30).map(|_| timed(|| world.run_until(world.now() + at_once * SECOND)) / at_once as f64).collect();
        seconds.sort_by(f64::total_cmp);
        let nodes = masters * 2;
        console_log!("growth | {nodes} | {opening:.0} | {:.2} | {:.1} | {} |", seconds[15], seconds[29], memory());
    }
}

/// A large city as the page opens it.
fn spread(masters: u16) -> Plan {
    let small = Plan::small();
    Plan { masters, racks: masters.min(10), start_spread: small.node_timeout / 2, ..small }
}

#[wasm_bindgen_test]
fn a_thousand_nodes() {
    let plan = spread(500);
    let mut world = World::new(&plan, 1).expect("the plan is sound");
    let (mut pieces, mut open) = (Vec::new(), false);
    while !open {
        pieces.push(timed(|| open = world.open_within(60 * SECOND, 1_000)));
    }
    console_log!("1,000 nodes: open after {:.1} s", pieces.iter().sum::<f64>() / 1e3);
    report("1,000 nodes: a piece of the opening", pieces);
    let (mut seconds, mut pieces) = (Vec::new(), Vec::new());
    for second in 1..=25 {
        let (mut time, mut there) = (0.0, false);
        while !there {
            let piece = timed(|| there = world.run_within(second * SECOND, 1_000));
            time += piece;
            pieces.push(piece);
        }
        world.take_facts();
        seconds.push(time);
    }
    console_log!(
        "25 virtual seconds: {:.1} s, the dearest {:.0} ms",
        seconds.iter().sum::<f64>() / 1e3,
        seconds.iter().copied().fold(0.0, f64::max)
    );
    report("1,000 nodes: a virtual second", seconds);
    report("1,000 nodes: a piece of 1,000 events", pieces);
    console_log!("memory of the whole program: {} MB", memory());
}
