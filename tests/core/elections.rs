//! Failure detection and elections over many seeds: what must hold in every run, and when it happens.

use cluster_city::cluster::fact::{Fact, FactKind};
use cluster_city::cluster::id::HostId;
use cluster_city::cluster::time::{MS, Micros, SECOND};
use cluster_city::cluster::world::{Plan, World};

/// What a killed master led to, up to the promotion, in time since the kill.
struct Fall {
    suspected: Micros,
    failed: Micros,
    promoted: Micros,
    facts: Vec<Fact>,
}

fn fall(timeout: Micros, seed: u64) -> Fall {
    let plan = Plan { node_timeout: timeout, ..Plan::small() };
    let mut world = World::new(&plan, seed).expect("the plan is sound");
    world.open(60 * SECOND);
    // Not always at the same point of everybody's round.
    world.run_until(3 * SECOND + seed * 37 * MS);
    let start = world.now();
    world.kill(HostId(2)).expect("it runs");
    let mut facts = Vec::new();
    let mut first = |facts: &mut Vec<Fact>, wanted: fn(&FactKind) -> bool| {
        while world.now() < start + 120 * SECOND {
            if let Some(fact) = facts.iter().find(|fact| wanted(&fact.kind)) {
                return fact.at - start;
            }
            world.run_until(world.now() + 10 * MS);
            facts.extend(world.take_facts());
        }
        panic!("seed {seed}: it never happened");
    };
    let suspected = first(&mut facts, |kind| matches!(kind, FactKind::Suspected { peer: HostId(2), .. }));
    let failed = first(&mut facts, |kind| matches!(kind, FactKind::Failed { peer: HostId(2), .. }));
    let promoted = first(&mut facts, |kind| matches!(kind, FactKind::Promoted { .. }));
    Fall { suspected, failed, promoted, facts }
}

#[test]
fn the_order_is_suspicion_agreement_wait_votes_promotion() {
    for seed in 0..40 {
        let timeout = 2 * SECOND;
        let fall = fall(timeout, seed);
        assert!(fall.suspected > timeout, "seed {seed}: suspected before the timeout");
        assert!(fall.suspected <= timeout + timeout / 2 + 300 * MS, "seed {seed}: PFAIL after {}", fall.suspected);
        assert!(fall.failed >= fall.suspected, "seed {seed}");
        let wait = fall.promoted - fall.failed;
        assert!((500 * MS..1300 * MS).contains(&wait), "seed {seed}: promoted {wait} µs after FAIL");
        let count = |wanted: fn(&FactKind) -> bool| fall.facts.iter().filter(|fact| wanted(&fact.kind)).count();
        assert_eq!(count(|kind| matches!(kind, FactKind::Voted { .. })), 2, "seed {seed}: both survivors vote");
        assert_eq!(count(|kind| matches!(kind, FactKind::VotesRequested { epoch: 7, .. })), 1, "seed {seed}");
    }
}

#[test]
fn a_promotion_goes_back_to_the_kill() {
    let fall = fall(2 * SECOND, 3);
    let find = |id| fall.facts.iter().find(|fact| fact.id == id);
    let mut fact = fall.facts.iter().find(|fact| matches!(fact.kind, FactKind::Promoted { .. }));
    let mut chain = Vec::new();
    while let Some(current) = fact {
        chain.push(format!("{:?}", current.kind).split([' ', '{']).next().unwrap_or("").to_owned());
        fact = current.cause.and_then(find);
    }
    assert_eq!(chain.first().map(String::as_str), Some("Promoted"));
    assert_eq!(chain.last().map(String::as_str), Some("Killed"), "{chain:?}");
    for part in ["VoteCounted", "Voted", "VotesRequested", "ElectionScheduled"] {
        assert!(chain.iter().any(|kind| kind == part), "{part} in {chain:?}");
    }
}
