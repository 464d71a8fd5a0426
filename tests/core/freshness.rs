//! How old may be what a node has: a copy that stands for election, and a confirmation that counts for
//! `min-replicas-to-write`. Redis counts both in whole seconds of the clock.

use cluster_city::cluster::fact::FactKind;
use cluster_city::cluster::id::{ClientId, HostId, Place};
use cluster_city::cluster::time::{MS, Micros, SECOND};
use cluster_city::cluster::world::{Plan, World};

use crate::terminal::split;

const MASTER: HostId = HostId(2);
const REPLICA: HostId = HostId(5);
const TIMEOUT: Micros = 2 * SECOND;

fn city(seed: u64) -> World {
    let plan = Plan { node_timeout: TIMEOUT, ..Plan::small() };
    let mut world = World::new(&plan, seed).expect("the plan is sound");
    world.open(60 * SECOND);
    world
}

fn tell(world: &mut World, host: HostId, line: &str) {
    world.submit(ClientId(0), Some(host), split(line)).expect("the client takes it");
    world.run_until(world.now() + 10 * MS);
}

/// The moment by the nodes' clocks.
fn clock(world: &World) -> Micros {
    Micros::MAX - world.until(Micros::MAX)
}

fn seconds_between(earlier: Micros, later: Micros) -> u64 {
    later / SECOND - earlier / SECOND
}

/// Goes on until it is so; `false` if it is not within `limit`.
fn comes(world: &mut World, limit: Micros, is_it: impl Fn(&FactKind) -> bool) -> bool {
    let end = world.now() + limit;
    while world.now() < end {
        world.step();
        if world.take_facts().iter().any(|fact| is_it(&fact.kind)) {
            return true;
        }
    }
    false
}

/// A replica that cannot hear its master any more, which dies some time later: when it heard it last, when it knew that it
/// failed, and when it asked for votes, if it did.
fn stand(factor: u64, gap: Micros) -> (Micros, Micros, Option<Micros>) {
    let mut world = city(gap / MS);
    tell(&mut world, REPLICA, "CONFIG SET repl-ping-replica-period 1");
    tell(&mut world, REPLICA, &format!("CONFIG SET cluster-replica-validity-factor {factor}"));
    world.cut(&[Place::Node(MASTER)], &[Place::Node(REPLICA)], true).expect("the road is open");
    world.run_until(world.now() + gap);
    let heard = world.node(REPLICA).and_then(|node| node.replication.last_io).expect("it was in the stream");
    world.kill(MASTER).expect("it runs");
    let failed = |kind: &FactKind| {
        matches!(kind, FactKind::Failed { host: REPLICA, .. } | FactKind::ToldFailed { host: REPLICA, .. })
    };
    assert!(comes(&mut world, 10 * SECOND, failed), "it hears that its master failed");
    let failed_at = clock(&world);
    let asks = |kind: &FactKind| matches!(kind, FactKind::VotesRequested { host: REPLICA, .. });
    let asked_at = comes(&mut world, 10 * SECOND, asks).then(|| clock(&world));
    (heard, failed_at, asked_at)
}

/// Redis 7.0, `clusterHandleSlaveFailover`: at most `repl-ping-replica-period` and so many node timeouts, beside the one until the
/// master failed: with a factor of 1 five seconds here. It is asked for again until votes are.
#[test]
fn a_copy_just_fresh_enough_stands_and_one_just_too_old_does_not() {
    const MOST: u64 = 5;
    // The time between FAIL and the request is at most a second and a round.
    const WAIT: Micros = SECOND + 100 * MS;
    let (mut oldest, mut longest, mut youngest) = (0, 0, u64::MAX);
    for gap in (0..4_000).step_by(50) {
        let (heard, failed_at, asked_at) = stand(1, gap * MS);
        match asked_at {
            Some(asked_at) => {
                oldest = oldest.max(seconds_between(heard, asked_at));
                longest = longest.max(asked_at - heard);
            }
            None => youngest = youngest.min(seconds_between(heard, failed_at + WAIT)),
        }
    }
    assert_eq!(oldest, MOST, "the oldest copy that stood");
    assert!(longest > MOST * SECOND, "whole seconds count: {longest}");
    assert_eq!(youngest, MOST + 1, "the youngest that did not");
}

#[test]
fn a_copy_of_any_age_stands_where_no_age_is_too_great() {
    assert_eq!(stand(1, 30 * SECOND).2, None);
    assert!(stand(0, 30 * SECOND).2.is_some());
}

/// Whether a master takes writes, and how many seconds ago, by the clock, its replica last confirmed.
fn good(world: &World) -> (bool, u64) {
    let node = world.node(MASTER).expect("it runs");
    let confirmed = node.replica_records().map(|replica| replica.acked_at).max().expect("it has one");
    (node.replication.has_enough_replicas(&node.config), seconds_between(confirmed, clock(world)))
}

/// Redis 7.0, `refreshGoodSlavesCount`: a confirmation of the second before counts, however long ago that is, and one of the
/// second before that does not.
#[test]
fn confirmations_count_by_the_second_that_they_fall_into() {
    let mut longest = 0;
    for seed in 0..40 {
        let mut world = city(seed);
        tell(&mut world, MASTER, "CONFIG SET min-replicas-to-write 1 min-replicas-max-lag 1");
        world.run_until(world.now() + 2 * SECOND + seed * 29 * MS);
        world.freeze(REPLICA).expect("it runs");
        // Counted once a second: what it says in between is of the last count.
        let mut counted = (true, 0);
        while counted.0 {
            let node = world.node(MASTER).expect("it runs");
            let confirmed = node.replica_records().map(|replica| replica.acked_at).max().expect("it has one");
            let before = clock(&world);
            world.step();
            let now = good(&world);
            if now.0 != counted.0 {
                assert!(now.1 >= 2, "seed {seed}: a confirmation of the second before does not count");
                assert!(now.1 <= 3, "seed {seed}: {} s", now.1);
                longest = longest.max(before - confirmed);
            }
            counted = now;
        }
    }
    assert!(longest > 2 * SECOND, "one that was nearly two seconds old counted: {longest}");
}
