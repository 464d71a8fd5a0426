//! When things happen after a failure, over many seeds, beside when they happened on real clusters.
//!
//! Source: six redis-server 7.0.15 on the loopback, several such clusters at once on a busy machine, at random moments; told of
//! in `docs/fidelity.md`. A replica had no delay before its copy, which has no part in this.

use cluster_city::cluster::fact::{Fact, FactKind};
use cluster_city::cluster::id::{ClientId, HostId, Place};
use cluster_city::cluster::reply::Reply;
use cluster_city::cluster::time::{MS, Micros, SECOND};
use cluster_city::cluster::world::{Plan, World};

use crate::terminal::split;

/// Whom it happens to: a master.
const IT: HostId = HostId(2);
const SEEDS: u64 = 100;
/// Milliseconds between two looks at everybody.
const ROUND: u64 = 100;

/// Milliseconds on real clusters: the shortest, nine of ten are longer, nine of ten are shorter, the longest.
type Real = [u64; 4];

/// A cluster whose processes do not begin in the same tenth of a second: such ones ping, gossip and confirm in step, and real
/// ones soon get out of it, for a round takes each a little longer than it should.
fn city(timeout: Micros, seed: u64) -> World {
    let plan = Plan { node_timeout: timeout, start_spread: SECOND, ..Plan::small() };
    let mut world = World::new(&plan, seed).expect("the plan is sound");
    world.open(60 * SECOND);
    world.run_until(timeout + 3 * SECOND + seed * 137 * MS);
    world.take_facts();
    world
}

/// How long after `start` something is stated.
fn when(world: &mut World, start: Micros, wanted: impl Fn(&FactKind) -> bool) -> Micros {
    while world.now() < start + 300 * SECOND {
        let facts: Vec<Fact> = world.take_facts();
        if let Some(fact) = facts.iter().find(|fact| wanted(&fact.kind)) {
            return fact.at - start;
        }
        world.step();
    }
    panic!("it never happens");
}

/// The middle one of ours lies where eight of ten real ones do, and nine of ten of ours between the shortest and the longest.
fn check(what: &str, timeout: Micros, mut times: Vec<Micros>, [min, low, high, max]: Real) {
    times.sort_unstable();
    let times: Vec<u64> = times.into_iter().map(|time| time / MS).collect();
    let median = times[times.len() / 2];
    let within = times.iter().filter(|time| (min..=max).contains(time)).count();
    let all = format!("{what}, T = {} s: median {median}, {within} within, of {times:?}", timeout / SECOND);
    assert!((low..=high).contains(&median), "{all}");
    assert!(within * 10 >= times.len() * 9, "{all}");
}

/// What follows a master that is killed (or frozen), as long after it as on real ones: PFAIL somewhere, FAIL, a promotion.
fn falls(timeout: Micros, frozen: bool, real: [Real; 3]) {
    let mut times = [const { Vec::new() }; 3];
    for seed in 0..SEEDS {
        let mut world = city(timeout, seed);
        let start = world.now();
        if frozen { world.freeze(IT) } else { world.kill(IT) }.expect("it runs");
        times[0].push(when(&mut world, start, |kind| matches!(kind, FactKind::Suspected { peer: IT, .. })));
        times[1].push(when(&mut world, start, |kind| matches!(kind, FactKind::Failed { peer: IT, .. })));
        times[2].push(when(&mut world, start, |kind| matches!(kind, FactKind::Promoted { .. })));
    }
    for ((what, times), real) in ["PFAIL", "FAIL", "promoted"].into_iter().zip(times).zip(real) {
        check(&format!("{what}, frozen: {frozen}"), timeout, times, real);
    }
}

#[test]
fn a_killed_master_is_replaced_when_real_ones_are() {
    let at_2 = [[2_020, 2_049, 2_725, 2_966], [2_231, 2_463, 3_460, 3_742], [3_023, 3_257, 4_376, 4_665]];
    falls(2 * SECOND, false, at_2);
    let at_5 = [[5_051, 5_120, 6_405, 6_988], [5_831, 6_316, 7_984, 9_265], [6_559, 7_171, 8_884, 10_380]];
    falls(5 * SECOND, false, at_5);
    let at_15 =
        [[15_029, 15_129, 17_126, 18_225], [15_657, 17_416, 21_500, 23_123], [16_279, 18_306, 22_213, 24_091]];
    falls(15 * SECOND, false, at_15);
}

/// How long until the first PFAIL was not measured apart here: nobody sees whether a process died or stands still.
#[test]
fn a_frozen_master_is_replaced_when_real_ones_are() {
    let at_2 = [[2_020, 2_049, 2_725, 2_966], [2_244, 2_316, 3_366, 3_491], [2_979, 3_146, 4_232, 4_654]];
    falls(2 * SECOND, true, at_2);
    let at_5 = [[5_051, 5_120, 6_405, 6_988], [5_185, 5_786, 7_811, 8_287], [6_092, 6_502, 8_713, 9_088]];
    falls(5 * SECOND, true, at_5);
    let at_15 =
        [[15_029, 15_129, 17_126, 18_225], [16_568, 16_802, 21_329, 23_047], [17_409, 17_642, 22_222, 24_004]];
    falls(15 * SECOND, true, at_15);
}

/// The 105 elections of which only the extremes and the middle are known: a narrower look at the same.
#[test]
fn promotions_at_15_s_are_spread_as_105_real_ones_were() {
    let mut times: Vec<Micros> = (0..105)
        .map(|seed| {
            let mut world = city(15 * SECOND, 1_000 + seed);
            let start = world.now();
            world.kill(IT).expect("it runs");
            when(&mut world, start, |kind| matches!(kind, FactKind::Promoted { .. })) / MS
        })
        .collect();
    times.sort_unstable();
    // The extremes of one hundred and five are a matter of chance, those of ours too: a twentieth may lie outside.
    let within = times.iter().filter(|time| (16_279..=23_596).contains(*time)).count();
    assert!(within >= 100, "{within} of {times:?}");
    assert!(times[52].abs_diff(19_775) <= 500, "{}", times[52]);
}

fn cut_off(world: &mut World) {
    let others = [0, 1, 3, 4, 5].map(|host| Place::Node(HostId(host)));
    world.cut(&[Place::Node(IT)], &others, true).expect("the roads are open");
}

/// At 2 and 5 s ours may be a round later than any real one: the timeout and its half are so many rounds to the microsecond, so
/// that each is over only with the next one, and a real round takes a little longer than 100 ms.
#[test]
fn a_master_alone_stops_writing_when_real_ones_do() {
    let real = [
        [2_069, 2_294, 2_999, 3_085 + ROUND],
        [5_234, 5_813, 7_363, 7_526 + ROUND],
        [16_166, 17_241, 20_653, 21_919],
    ];
    for (timeout, real) in [2, 5, 15].into_iter().zip(real) {
        let alone = |seed| {
            let mut world = city(timeout * SECOND, seed);
            let start = world.now();
            cut_off(&mut world);
            when(&mut world, start, |kind| matches!(kind, FactKind::StateChanged { host: IT, down: Some(_) }))
        };
        check("a minority", timeout * SECOND, (0..SEEDS).map(alone).collect(), real);
    }
}

/// Says a line to the master every 5 ms until the answer is as wanted; the moments of the answers, and what they were.
fn ask_until(world: &mut World, line: &str, done: impl Fn(&Reply) -> bool) -> Vec<(Micros, Reply)> {
    let mut answers: Vec<(Micros, Reply)> = Vec::new();
    while !answers.last().is_some_and(|(_, reply)| done(reply)) {
        world.submit(ClientId(0), Some(IT), split(line)).expect("the client takes it");
        world.run_until(world.now() + 5 * MS);
        answers.extend(world.take_facts().into_iter().filter_map(|fact| match fact.kind {
            FactKind::Answered { reply, .. } => Some((fact.at, reply)),
            _ => None,
        }));
    }
    answers
}

fn begins(reply: &Reply, code: &str) -> bool {
    matches!(reply, Reply::Error(text) if text.starts_with(code))
}

#[test]
fn without_its_replica_a_master_refuses_writes_when_real_ones_do() {
    let alone = |seed| {
        let mut world = city(15 * SECOND, seed);
        let line = split("CONFIG SET min-replicas-to-write 1 min-replicas-max-lag 1");
        world.submit(ClientId(0), Some(IT), line).expect("the client takes it");
        world.run_until(world.now() + SECOND + seed * 37 * MS);
        let start = world.now();
        cut_off(&mut world);
        world.take_facts();
        let answers = ask_until(&mut world, "SET user:123 Ada", |reply| begins(reply, "NOREPLICAS"));
        answers.last().expect("there is one").0 - start
    };
    check("NOREPLICAS", 15 * SECOND, (0..SEEDS).map(alone).collect(), [258, 867, 2_176, 2_639]);
}

#[test]
fn a_master_that_came_back_is_down_as_long_as_real_ones() {
    for timeout in [2, 5, 15] {
        let back = |seed: u64| {
            let mut world = city(timeout * SECOND, seed);
            world.kill(IT).expect("it runs");
            world.run_until(world.now() + 200 * MS + seed * 7 * MS);
            world.restart(IT).expect("it is dead");
            world.take_facts();
            let answers = ask_until(&mut world, "GET user:123", |reply| *reply == Reply::Null);
            let mut down = answers.iter().filter(|(_, reply)| begins(reply, "CLUSTERDOWN"));
            let first = down.next().expect("it is down at first").0;
            down.next_back().expect("and for some time").0 - first
        };
        check("CLUSTERDOWN", timeout * SECOND, (0..SEEDS).map(back).collect(), [1_982, 1_990, 2_027, 2_084]);
    }
}
