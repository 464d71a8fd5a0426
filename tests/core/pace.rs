//! Time on a page: in frames and in pieces of work it is the same time, and what matters in it is seen.

use cluster_city::cluster::id::{HostId, RackId};
use cluster_city::cluster::snapshot::{NodeState, Role};
use cluster_city::cluster::time::SECOND;
use cluster_city::cluster::world::Plan;
use cluster_city::sim::timeline::{Pace, Timeline};
use cluster_city::sim::{Action, Opening, Scenario, Session};

#[test]
fn time_in_small_pieces_of_work_is_the_same_time() {
    let plan = Plan { start_spread: 3 * SECOND, ..Plan::small() };
    let straight = || Session::new(&Scenario { plan: plan.clone() }, 5).expect("the plan is sound");
    let (mut one, mut other, mut pieces) = (straight(), straight(), 0);
    one.act(Action::Kill(HostId(1))).expect("it runs");
    other.act(Action::Kill(HostId(1))).expect("it runs");
    one.advance_to(30 * SECOND);
    while !other.advance_within(30 * SECOND, 50) {
        pieces += 1;
    }
    assert!(pieces > 20, "{pieces}");
    assert_eq!((one.now(), one.digest()), (other.now(), other.digest()));
}

#[test]
fn a_timeline_that_falls_behind_is_the_same_timeline() {
    let mut line = Timeline::new(&Scenario::first_city(), 5, |_| ()).expect("the first city can be built");
    let mut straight = line.clone();
    let mut moments = Vec::new();
    while !line.advance_within(10 * SECOND, 40) {
        assert_eq!(line.branch().end(), line.now());
        moments.push(line.now());
    }
    assert!(moments.len() > 5 && moments.is_sorted_by(|one, next| one < next), "{moments:?}");
    straight.advance_to(10 * SECOND);
    assert_eq!(line.session().digest(), straight.session().digest());
    line.seek(4 * SECOND);
    assert!(line.advance_within(5 * SECOND, 1), "what is known is gone through at once");
    straight.seek(5 * SECOND);
    assert_eq!(line.session().digest(), straight.session().digest());
}

/// What frames of a second each show of a shop that burns: its state, whether somebody asks for votes, whether somebody
/// took its place.
fn frames(line: &mut Timeline<()>, count: u64) -> Vec<(NodeState, bool, bool)> {
    let mut pace = Pace::default();
    let mut shown = Vec::new();
    for _ in 0..count {
        pace.frame(line, SECOND, 400, &|| true);
        let snapshot = line.session().snapshot();
        let asks = snapshot.nodes.iter().any(|node| node.election.as_ref().is_some_and(|bid| bid.epoch.is_some()));
        let heirs = snapshot.nodes.iter().filter(|node| node.role == Role::Master).count();
        shown.push((snapshot.nodes[0].state, asks, heirs > 3));
    }
    shown.dedup();
    shown
}

#[test]
fn at_sixty_times_the_speed_every_step_of_a_failover_is_drawn() {
    use NodeState::{Down, Fail, Pfail};
    let order = [(Down, false, false), (Pfail, false, false), (Fail, false, false), (Fail, true, false)];
    for seed in 1..20 {
        let mut line = Timeline::new(&Scenario::first_city(), seed, |_| ()).expect("the first city can be built");
        line.advance_to(3 * SECOND);
        line.act(Action::Kill(HostId(0)), "").expect("it runs");
        let before = line.now();
        let shown = frames(&mut line, 60);
        let mut next = 0;
        shown.iter().for_each(|state| next += usize::from(order.get(next) == Some(state)));
        assert!(next == order.len() && shown.ends_with(&[(Fail, false, true)]), "seed {seed}: {shown:?}");
        assert_eq!(line.now() - before, 60 * SECOND, "what was owed is made up for");
        // The same when it is gone through once more, as what is known.
        let end = line.session().digest();
        line.seek(before);
        assert_eq!(frames(&mut line, 60), shown, "seed {seed}");
        assert_eq!(line.session().digest(), end, "seed {seed}");
    }
}

#[test]
fn time_goes_on_where_something_happens_in_every_frame() {
    let plan = Plan { masters: 60, racks: 4, node_timeout: SECOND, ..Plan::small() };
    let mut line = Timeline::new(&Scenario { plan }, 5, |_| ()).expect("the plan is sound");
    line.act(Action::PowerOff(RackId(0)), "").expect("it has power");
    let mut pace = Pace::default();
    for frame in 1..80 {
        pace.frame(&mut line, SECOND / 2, u64::MAX, &|| true);
        let due = frame * SECOND / 2;
        assert!(line.now() <= due && due - line.now() <= 17 * SECOND / 2, "{} of {due}", line.now());
    }
}

#[test]
fn a_city_opened_in_pieces_is_the_same_city() {
    let scenario = Scenario { plan: Plan { masters: 20, start_spread: 3 * SECOND, ..Plan::small() } };
    let (mut opening, mut told) = (Opening::new(&scenario, 5).expect("the plan is sound"), vec![0]);
    while !opening.go_on(500) {
        told.push(opening.thousandths());
    }
    assert!(told.len() > 20 && told.is_sorted() && told.iter().all(|told| *told < 1_000), "{told:?}");
    let (pieces, whole) = (opening.session(), Session::new(&scenario, 5).expect("the plan is sound"));
    assert_eq!((pieces.now(), pieces.digest()), (0, whole.digest()));
}

#[test]
fn a_snapshot_brought_up_to_date_part_by_part_is_a_snapshot() {
    let mut session = Session::new(&Scenario::first_city(), 5).expect("the first city can be built");
    let mut parts = session.snapshot();
    session.act(Action::Kill(HostId(1))).expect("it runs");
    for at in [0, 10, 17, 30] {
        session.advance_to(at * SECOND);
        (0..6).for_each(|node| session.world().refresh(&mut parts, node..node + 1, 1_000, &|_| true));
        assert_eq!(parts, session.snapshot(), "at {at} s");
    }
    session.world().refresh(&mut parts, 0..6, 1, &|_| true);
    assert!(parts.flights.len() <= 1);
    session.act(Action::AddMachine(RackId(0))).expect("there is room");
    session.world().refresh(&mut parts, 0..1, 1_000, &|_| true);
    assert_eq!(parts, session.snapshot(), "with one node more");
}

#[test]
fn processes_that_start_apart_ping_apart() {
    let dearest = |start_spread: u64| {
        let plan = Plan { masters: 40, racks: 4, start_spread, ..Plan::small() };
        let mut session = Session::new(&Scenario { plan }, 5).expect("the plan is sound");
        let work = |session: &mut Session| {
            let before = session.world().planned();
            session.advance_to(session.now() + SECOND);
            session.world().planned() - before
        };
        (0..20).map(|_| work(&mut session)).max().unwrap_or(0)
    };
    let (together, apart) = (dearest(0), dearest(7 * SECOND));
    assert!(apart * 2 < together, "the dearest second: {together} events, {apart} apart");
}

#[test]
fn what_frames_owe_is_made_up_for_between_them() {
    let mut line = Timeline::new(&Scenario::first_city(), 5, |_| ()).expect("the first city can be built");
    let mut straight = line.clone();
    let (mut pace, mut behind) = (Pace::default(), 0);
    for frame in 1..=100 {
        // Each stops after its first piece of work.
        pace.frame(&mut line, SECOND / 5, 10, &|| false);
        behind += u32::from(pace.is_behind());
        for _ in 0..10_000 {
            pace.make_up(&mut line, 10, &|| false);
        }
        assert_eq!(line.now(), frame * SECOND / 5, "neither behind nor ahead");
    }
    assert!(behind > 20, "{behind} frames stopped early");
    straight.advance_to(20 * SECOND);
    assert_eq!(line.session().digest(), straight.session().digest());
}

#[test]
fn a_frames_time_may_all_run_behind_it() {
    let mut line = Timeline::new(&Scenario::first_city(), 5, |_| ()).expect("the first city can be built");
    let mut pace = Pace::default();
    for frame in 1..=10 {
        pace.owe(SECOND);
        assert_eq!((line.now(), pace.is_behind()), ((frame - 1) * SECOND, true), "nothing runs in it");
        pace.make_up(&mut line, u64::MAX, &|| true);
        assert_eq!((line.now(), pace.is_behind()), (frame * SECOND, false));
    }
    // What two frames owe is made up for behind the second.
    (0..2).for_each(|_| pace.owe(SECOND));
    pace.make_up(&mut line, u64::MAX, &|| true);
    assert_eq!(line.now(), 12 * SECOND);
}
