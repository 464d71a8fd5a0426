//! The smart client: it learns, follows, tries others, and gives up with a sentence.

use cluster_city::cluster::fact::{FactKind, Silence};
use cluster_city::cluster::id::{ClientId, HostId};
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::cluster::world::Plan;
use cluster_city::sim::{Action, Scenario, Session, Step};

fn city(timeout_s: u64) -> Session {
    let plan = Plan { node_timeout: timeout_s * SECOND, ..Plan::small() };
    Session::new(&Scenario { plan }, 11).expect("the city can be built")
}

fn typed(session: &mut Session, line: &str) {
    session.act(Action::Command { client: ClientId(0), target: None, line: line.into() }).expect("it is taken");
}

fn kinds(session: &Session) -> impl Iterator<Item = &FactKind> {
    session.facts().iter().map(|fact| &fact.kind)
}

#[test]
fn it_knows_the_way_from_the_start() {
    let mut session = city(15);
    typed(&mut session, "SET user:123 Ada");
    session.advance_to(50 * MS);
    assert!(kinds(&session).any(|kind| matches!(kind, FactKind::Routed { slot: Some(12893), to: HostId(2), .. })));
    assert!(!kinds(&session).any(|kind| matches!(kind, FactKind::Redirected { .. })));
    assert_eq!(session.snapshot().clients[0].served, 1);
}

#[test]
fn who_gets_an_error_is_not_served() {
    let mut session = city(15);
    let counts = |session: &Session| {
        let client = &session.snapshot().clients[0];
        (client.served, client.sent_on, client.turned_away)
    };
    let line = || "SET user:123 Ada".into();
    session
        .act(Action::Command { client: ClientId(0), target: Some(HostId(0)), line: line() })
        .expect("it is taken");
    session.advance_to(SECOND);
    assert_eq!(counts(&session), (0, 1, 0), "MOVED, which a plain client does not follow");
    typed(&mut session, "FOO");
    session.advance_to(2 * SECOND);
    assert_eq!(counts(&session), (0, 1, 0), "ERR unknown command: nobody refused anything");
    typed(&mut session, "SET user:123 Ada");
    session.advance_to(3 * SECOND);
    assert_eq!(counts(&session), (1, 1, 0));
}

#[test]
fn it_tries_others_and_gives_up_while_nobody_has_noticed() {
    let mut session = city(15);
    session.act(Action::Kill(HostId(2))).expect("it runs");
    session.advance_to(10 * MS);
    typed(&mut session, "GET user:123");
    session.advance_to(100 * MS);
    let refused = |kind: &&FactKind| matches!(kind, FactKind::Unanswered { silence: Silence::Refused, .. });
    assert_eq!(kinds(&session).filter(refused).count(), 3);
    assert!(kinds(&session).any(|kind| matches!(kind, FactKind::Redirected { to: HostId(2), .. })));
    assert!(kinds(&session).any(|kind| matches!(kind, FactKind::GaveUp { .. })));
    let client = &session.snapshot().clients[0];
    assert_eq!((client.turned_away, client.waiting), (1, 0));
}

#[test]
fn it_learns_the_new_master_by_moved() {
    let mut session = city(2);
    session.act(Action::Kill(HostId(2))).expect("it runs");
    let promoted = session.step(20 * SECOND, |fact| matches!(fact.kind, FactKind::Promoted { .. }));
    assert!(matches!(promoted, Step::Event(_)));
    session.advance_to(session.now() + SECOND);
    typed(&mut session, "SET user:123 Ada");
    session.advance_to(session.now() + 100 * MS);
    let moved = |kind: &FactKind| matches!(kind, FactKind::Redirected { slot: 12893, to: HostId(5), .. });
    assert!(kinds(&session).any(moved));
    let map = &session.snapshot().clients[0].map;
    assert_eq!(map.iter().find(|(range, _)| range.end == 16383).map(|(_, host)| *host), Some(HostId(5)));
    // The next question finds its way at the first try.
    let before = session.snapshot().clients[0].sent_on;
    typed(&mut session, "GET user:123");
    session.advance_to(session.now() + 100 * MS);
    assert_eq!(session.snapshot().clients[0].sent_on, before);
}

#[test]
fn a_frozen_node_costs_it_two_seconds() {
    let mut session = city(15);
    session.act(Action::Freeze(HostId(2))).expect("it runs");
    typed(&mut session, "GET user:123");
    session.advance_to(1900 * MS);
    assert_eq!(session.snapshot().clients[0].waiting, 1);
    session.advance_to(2100 * MS);
    assert!(kinds(&session).any(|kind| matches!(kind, FactKind::Unanswered { silence: Silence::TimedOut, .. })));
    session.advance_to(10 * SECOND);
    assert_eq!(session.snapshot().clients[0].waiting, 0, "it gave up");
}
