//! How fast the core is, natively: `cargo xtask bench`. `-- --big` adds 1,000 nodes (a minute more).
//!
//! Two instruments. The table, medians and 99th percentiles over many seeds, is our own: every seed is another story, and
//! its slow end is what a person would notice; criterion knows means of one thing done again and again. What is done again
//! and again (a failover of one seed, a snapshot, a copy, commands) criterion measures, and says what changed since its
//! last run in `target/criterion`.
#![allow(clippy::print_stdout, reason = "printing figures is what this program is for")]

use std::time::{Duration, Instant};

use cluster_city::cluster::command::line;
use cluster_city::cluster::fact::FactKind;
use cluster_city::cluster::id::{ClientId, HostId};
use cluster_city::cluster::reply::Blob;
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::cluster::world::{Plan, World};
use criterion::{BatchSize, Criterion};

fn main() {
    println!("| | median | 99th percentile |\n|---|---|---|");
    opening();
    failover();
    looking();
    commands();
    for masters in [3, 50, 150] {
        running(masters);
    }
    if std::env::args().any(|word| word == "--big") {
        running(500);
    }
    steady(&mut Criterion::default().sample_size(40));
}

/// What criterion measures: always the same, from the same world.
fn steady(criterion: &mut Criterion) {
    let opened = city(&Plan::small(), 1);
    let mut of_copies = |name: &str, work: fn(&mut World)| {
        criterion.bench_function(name, |bencher| {
            bencher.iter_batched_ref(|| opened.clone(), work, BatchSize::SmallInput);
        });
    };
    of_copies("six nodes: from a kill to the promotion", kill_to_promotion);
    of_copies("six nodes: a snapshot", |world| drop(world.snapshot()));
    of_copies("six nodes: a copy of the world", |world| drop(world.clone()));
    of_copies("1,000 SET through the smart client", |world| submit(world, arguments("SET key:%d value", 0)));
    criterion.final_summary();
}

fn city(plan: &Plan, seed: u64) -> World {
    let mut world = World::new(plan, seed).expect("the plan is sound");
    world.open(120 * SECOND);
    world
}

/// Runs `work` for every seed and prints the middle and the slow end.
fn report(name: &str, seeds: u64, mut work: impl FnMut(u64) -> Duration) {
    let mut times: Vec<Duration> = (0..seeds).map(&mut work).collect();
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!("| {name} | {:.2?} | {:.2?} |", at(50), at(99));
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn opening() {
    report("six nodes: from nothing to in sync (7 virtual seconds)", 300, |seed| {
        timed(|| drop(city(&Plan::small(), seed)))
    });
}

fn failover() {
    report("six nodes: from a kill to the promotion (20 virtual seconds)", 500, |seed| {
        let mut world = city(&Plan::small(), seed);
        world.take_facts();
        timed(|| kill_to_promotion(&mut world))
    });
}

fn kill_to_promotion(world: &mut World) {
    world.kill(HostId(2)).expect("it runs");
    while !world.take_facts().iter().any(|fact| matches!(fact.kind, FactKind::Promoted { .. })) {
        world.step();
    }
}

fn looking() {
    let world = city(&Plan::small(), 1);
    report("six nodes: a snapshot of everything there is to draw", 2_000, |_| timed(|| drop(world.snapshot())));
    report("six nodes: a copy of the world", 2_000, |_| timed(|| drop(world.clone())));
}

fn commands() {
    for (name, typed) in [("SET", "SET key:%d some-value-of-thirty-two-bytes-..."), ("GET", "GET key:%d")] {
        let mut world = city(&Plan::small(), 1);
        report(&format!("1,000 {name} through the smart client, network included"), 200, |round| {
            let argvs = arguments(typed, round * 7);
            timed(|| submit(&mut world, argvs))
        });
    }
}

/// A thousand commands, with the numbers from `first` on for `%d`.
fn arguments(typed: &str, first: u64) -> Vec<Vec<Blob>> {
    let split = |number: u64| line::split(&typed.replace("%d", &(first + number).to_string()));
    (0..1000).map(|number| split(number).expect("the line can be read")).collect()
}

fn submit(world: &mut World, argvs: Vec<Vec<Blob>>) {
    for argv in argvs {
        world.submit(ClientId(0), None, argv.into()).expect("the client takes it");
    }
    world.run_until(world.now() + 5 * MS);
    world.take_facts();
}

fn running(masters: u16) {
    let plan = Plan { masters, racks: 10, ..Plan::small() };
    let mut world = city(&plan, 1);
    let nodes = masters * 2;
    report(&format!("{nodes} nodes: one virtual second, idle, full gossip"), 20, |_| {
        timed(|| world.run_until(world.now() + SECOND))
    });
}
