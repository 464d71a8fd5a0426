//! Time travel: any moment can be reached and is the same as before; acting in the past forks, and nothing is lost.

use std::rc::Rc;

use cluster_city::cluster::fact::{Fact, FactId, FactKind};
use cluster_city::cluster::id::{ClientId, HostId, RackId};
use cluster_city::cluster::rng::Rng;
use cluster_city::cluster::time::{MS, Micros, SECOND};
use cluster_city::sim::timeline::{Act, Fold, MOST_CHECKPOINTS, MOST_GHOSTS, Timeline};
use cluster_city::sim::{Action, ActionError, Scenario, Session, Step};

/// Everything that was folded, in order; runs are shared with the checkpoints.
#[derive(Clone, Debug, Default, PartialEq)]
struct Seen {
    told: Rc<Vec<String>>,
    refused: u32,
}

impl Fold for Seen {
    fn act(&mut self, act: &Act) {
        Rc::make_mut(&mut self.told).push(format!("{} {:?} {}", act.at, act.action, act.prompt));
    }

    fn refused(&mut self, _act: &Act, _error: &ActionError) {
        self.refused += 1;
    }

    fn fact(&mut self, fact: &Fact) {
        Rc::make_mut(&mut self.told).push(format!("{fact:?}"));
    }
}

type Seeing = Timeline<Seen>;

fn open(seed: u64) -> Seeing {
    Timeline::new(&Scenario::first_city(), seed, |_| Seen::default()).expect("the first city can be built")
}

fn typed(line: impl Into<Rc<str>>) -> Action {
    Action::Command { client: ClientId(0), target: None, line: line.into() }
}

fn an_act(rng: &mut Rng) -> Action {
    let host = HostId(rng.below(6) as u16);
    match rng.below(14) {
        0 | 1 => Action::Kill(host),
        2 | 3 => Action::Restart(host),
        4 => Action::Freeze(host),
        5 => Action::Thaw(host),
        6 => Action::PowerOff(RackId(rng.below(3) as u16)),
        7 => Action::PowerOn(RackId(rng.below(3) as u16)),
        8 => Action::SlowMachine { host, by: u64::from(rng.below(3)) * 700 * MS },
        9 => Action::RegionRoads { region: 0, open: rng.below(2) == 0 },
        _ => typed(format!("SET key:{} {}", rng.below(9), rng.below(99))),
    }
}

/// What a moment looks like from everywhere.
fn look(line: &Seeing) -> (Micros, u64, Seen, Vec<Fact>) {
    let facts = line.branch().facts().up_to(line.shown()).cloned().collect();
    (line.now(), line.session().digest(), line.fold().clone(), facts)
}

/// Plays a random story; some acts fall on one moment, and time runs in uneven steps.
fn play(line: &mut Seeing, rng: &mut Rng, steps: u32) {
    for _ in 0..steps {
        // A moment has all its acts: what was looked at so far must not get another one.
        line.advance_to(line.now() + MS);
        for _ in 0..rng.below(3) {
            let _refused_or_not = line.act(an_act(rng), "city>");
        }
        line.advance_to(line.now() + u64::from(rng.below(4_000)) * MS);
    }
}

fn fires(line: &Seeing) -> usize {
    line.branch().facts().after(FactId(0)).filter(|fact| matches!(fact.kind, FactKind::Killed { .. })).count()
}

#[test]
fn any_moment_is_the_same_again() {
    for seed in 0..24 {
        let (mut line, mut rng) = (open(seed), Rng::new(seed ^ 0x7ea));
        let mut seen = Vec::new();
        for _ in 0..40 {
            play(&mut line, &mut rng, 1);
            seen.push(look(&line));
        }
        for _ in 0..60 {
            let expected = &seen[rng.below(40) as usize];
            line.seek(expected.0);
            let there = look(&line);
            assert_eq!((there.0, there.1), (expected.0, expected.1), "seed {seed}: another world");
            assert_eq!(there.3, expected.3, "seed {seed}: other facts");
            assert_eq!(there.2.told, expected.2.told, "seed {seed}: folded otherwise");
        }
        assert!(line.ghosts().is_empty(), "looking does not fork");
    }
}

#[test]
fn a_timeline_is_a_straight_run() {
    for seed in 0..12 {
        let (mut line, mut rng) = (open(seed), Rng::new(seed));
        play(&mut line, &mut rng, 30);
        let end = line.now();
        line.seek(end / 3);
        line.advance_to(end / 2);
        line.advance_to(end);
        let mut straight = Session::new(&Scenario::first_city(), seed).expect("the first city can be built");
        for act in line.branch().acts() {
            straight.advance_to(act.at);
            straight.act(act.action.clone()).expect("it was possible before");
        }
        straight.advance_to(end);
        assert_eq!(line.session().digest(), straight.digest(), "seed {seed}");
        let facts = line.branch().facts().up_to(line.shown());
        assert!(facts.eq(straight.facts()), "seed {seed}: other facts");
    }
}

#[test]
fn a_moment_between_two_steps_can_be_reached_too() {
    let mut line = open(5);
    line.advance_to(3 * SECOND);
    line.act(Action::Kill(HostId(2)), "").expect("it runs");
    line.advance_to(40 * SECOND);
    let promoted =
        line.branch().facts().after(FactId(0)).find(|fact| matches!(fact.kind, FactKind::Promoted { .. }));
    let at = promoted.expect("a backup took over").at;
    line.seek(at - 1);
    assert!(line.session().snapshot().nodes.iter().all(|node| node.promoted_at.is_none()));
    line.seek(at);
    assert_eq!(line.session().snapshot().nodes.iter().filter(|node| node.promoted_at.is_some()).count(), 1);
    line.seek(1 << 60);
    assert_eq!(line.now(), 40 * SECOND, "nothing is known beyond the end");
}

#[test]
fn the_future_comes_back_by_itself() {
    let mut line = open(1);
    line.advance_to(2 * SECOND);
    line.act(Action::Kill(HostId(2)), "").expect("it runs");
    line.advance_to(30 * SECOND);
    let (end, all) = (look(&line), line.branch().facts().last());
    line.seek(SECOND);
    assert!(line.is_past() && line.shown() < all);
    assert_eq!(line.branch().facts().last(), all, "what comes after is still known");
    line.advance_to(30 * SECOND);
    assert_eq!(look(&line), end);
    assert!(!line.is_past());
}

#[test]
fn acting_in_the_past_keeps_the_other_future() {
    let mut line = open(3);
    line.advance_to(5 * SECOND);
    line.act(Action::Kill(HostId(2)), "").expect("it runs");
    line.advance_to(35 * SECOND);
    let burnt = look(&line);
    let first = line.branch().id();

    line.seek(4 * SECOND);
    line.act(typed("SET user:123 Ada"), "city>").expect("the client takes it");
    assert_eq!((line.ghosts().len(), line.ghosts()[0].id()), (1, first));
    assert_eq!(line.ghosts()[0].parting(line.branch()), 4 * SECOND);
    line.advance_to(35 * SECOND);
    assert_eq!(fires(&line), 0, "the shop was saved");
    let saved = look(&line);

    assert!(line.return_to(first));
    assert_eq!(look(&line), burnt);
    let other = line.ghosts()[0].id();
    assert!(line.return_to(other) && line.ghosts().len() == 1);
    assert_eq!(look(&line), saved);
}

#[test]
fn a_fire_can_be_left_out_without_another_act() {
    let mut line = open(3);
    line.advance_to(5 * SECOND);
    line.act(Action::Kill(HostId(2)), "").expect("it runs");
    line.advance_to(9 * SECOND);
    line.seek(4 * SECOND);
    line.leave();
    line.advance_to(60 * SECOND);
    assert_eq!((fires(&line), line.ghosts().len()), (0, 1));
    let (burnt, saved) = (line.ghosts()[0].id(), line.branch().id());
    assert!(line.return_to(burnt) && fires(&line) == 1);
    assert!(line.return_to(saved) && fires(&line) == 0, "a future without events is one, too");
}

#[test]
fn ghosts_are_few() {
    let mut line = open(1);
    for number in 0..10 {
        line.seek(SECOND);
        line.act(typed(format!("SET a {number}")), "").expect("the client takes it");
        line.advance_to(20 * SECOND);
    }
    assert_eq!(line.ghosts().len(), MOST_GHOSTS);
    assert!(!line.return_to(cluster_city::sim::timeline::BranchId(1)), "the oldest is gone");
}

#[test]
fn a_refused_act_does_not_fork() {
    let mut line = open(1);
    line.act(typed("SET a 1"), "").expect("the client takes it");
    line.advance_to(20 * SECOND);
    line.seek(SECOND);
    let before = (line.session().digest(), line.branch().id());
    line.act(Action::Thaw(HostId(0)), "").expect_err("it is not frozen");
    assert_eq!((line.session().digest(), line.branch().id()), before);
    assert!(line.ghosts().is_empty() && line.is_past() && line.fold().refused == 1);
}

#[test]
fn undo_goes_back_act_by_act_and_redo_returns() {
    let mut line = open(2);
    let mut moments = Vec::new();
    for number in 0..3 {
        // All at one moment: undo tells them apart.
        moments.push(line.session().digest());
        line.act(typed(format!("SET a{number} 1")), "").expect("the client takes it");
    }
    line.advance_to(3 * SECOND);
    let end = look(&line);
    for expected in moments.iter().rev() {
        assert!(line.undo().is_some());
        assert_eq!(line.session().digest(), *expected);
        assert!(!line.is_past(), "what was undone does not come by itself");
    }
    assert!(line.undo().is_none());
    assert_eq!(line.ghosts().len(), 1, "one ghost has it all");
    for expected in &moments[1..] {
        assert!(line.can_redo() && line.redo());
        assert_eq!(line.session().digest(), *expected);
    }
    assert!(line.can_redo() && line.redo());
    assert!(!line.can_redo() && !line.redo());
    assert_eq!(look(&line), end);
}

#[test]
fn redo_goes_through_all_that_was_undone_while_time_ran() {
    let mut line = open(2);
    for number in 0..4 {
        line.act(typed(format!("SET a{number} 1")), "").expect("the client takes it");
        line.advance_to(line.now() + SECOND);
    }
    let end = look(&line);
    for _ in 0..4 {
        line.undo().expect("there is an act");
        line.advance_to(line.now() + 300 * MS);
    }
    for left in (0..4).rev() {
        assert!(line.can_redo() && line.redo(), "{left} to come");
    }
    assert!(!line.can_redo());
    assert_eq!(look(&line), end);
}

#[test]
fn an_act_ends_redo() {
    let mut line = open(2);
    line.act(typed("SET a 1"), "").expect("the client takes it");
    line.advance_to(3 * SECOND);
    line.undo().expect("there is an act");
    assert!(line.can_redo());
    line.act(typed("SET b 1"), "").expect("the client takes it");
    assert!(!line.can_redo() && !line.redo());
    assert_eq!(line.ghosts().len(), 1);
}

#[test]
fn the_same_act_again_is_the_same_future() {
    let mut line = open(2);
    line.advance_to(SECOND);
    line.act(typed("SET a 1"), "").expect("the client takes it");
    line.act(Action::Kill(HostId(2)), "").expect("it runs");
    line.advance_to(30 * SECOND);
    let end = look(&line);
    line.undo().expect("there is an act");
    line.act(Action::Kill(HostId(2)), "").expect("it runs");
    assert!(line.ghosts().is_empty(), "nothing in it is different");
    // What is known of it comes back, and is right.
    assert_eq!(line.branch().end(), end.0);
    line.seek(end.0);
    assert_eq!(look(&line), end);
    // Another act is another future, however alike, and so is the same act a moment later.
    for (later, act) in [(0, Action::Kill(HostId(1))), (MS, Action::Kill(HostId(2)))] {
        line.undo().expect("there is an act");
        line.advance_to(line.now() + later);
        line.act(act, "").expect("it runs");
    }
    assert_eq!(line.ghosts().len(), 2);
}

#[test]
fn runs_until_something_happens_known_or_not() {
    let suspected = |fact: &Fact| matches!(fact.kind, FactKind::Suspected { .. });
    let mut line = open(4);
    assert_eq!(line.run_until(5 * SECOND, &suspected), Step::Quiet);
    assert_eq!(line.now(), 5 * SECOND);
    line.act(Action::Kill(HostId(0)), "").expect("it runs");
    let found = line.run_until(60 * SECOND, &suspected);
    let there = look(&line);
    line.advance_to(60 * SECOND);
    line.seek(2 * SECOND);
    assert_eq!(line.run_until(60 * SECOND, &suspected), found);
    assert_eq!(look(&line), there);
    assert!(matches!(found, Step::Event(_)));
}

#[test]
fn an_hour_keeps_few_checkpoints() {
    let mut line = Timeline::new(&Scenario::first_city(), 1, |_| ()).expect("the first city can be built");
    for minute in 1..=60 {
        let _refused_or_not =
            line.act([Action::Kill(HostId(2)), Action::Restart(HostId(2))][minute % 2].clone(), "");
        line.advance_to(minute as u64 * 60 * SECOND);
    }
    let kept = line.checkpoints();
    assert!((20..=MOST_CHECKPOINTS).contains(&kept), "{kept}");
}
