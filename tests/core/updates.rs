//! UPDATE, the word to one who claims what others have by now, and votes: on which connection they go.

use cluster_city::cluster::fact::FactKind;
use cluster_city::cluster::id::{ClientId, HostId, Place};
use cluster_city::cluster::snapshot::{Flight, FlightKind, Role};
use cluster_city::cluster::time::{MS, Micros, SECOND};
use cluster_city::sim::{Action, Scenario, Session};

/// Who does not know yet that it was replaced, and the only one who can tell it.
const OLD: Place = Place::Node(HostId(0));
const TELLER: Place = Place::Node(HostId(2));

/// Messages of a kind that are on their way from one to another.
fn flights(session: &Session, kind: FlightKind, from: Place, to: Place) -> Vec<Flight> {
    let mut flights = session.snapshot().flights;
    flights.retain(|flight| flight.kind == kind && (flight.from, flight.to) == (from, to));
    flights
}

/// Goes on until this is so.
fn until(session: &mut Session, within: Micros, so: impl Fn(&Session) -> bool) {
    let end = session.now() + within;
    while !so(session) {
        assert!(session.now() < end, "not within {} ms", within / MS);
        session.advance_to(session.now() + 5 * MS);
    }
}

/// Redis 7.0, `clusterSendUpdate(sender->link, …)`: while one's own link is down there is nothing to say it on, although the
/// heartbeat itself is answered on the link of the one who sent it.
#[test]
fn an_update_goes_out_on_the_link_of_the_one_who_sends_it() {
    let mut session = Session::new(&Scenario::first_city(), 5).expect("it can be built");
    session.advance_to(8 * SECOND);
    let others = [1, 3, 4, 5].map(|host| Place::Node(HostId(host))).into();
    session.act(Action::Cut { one: vec![OLD], other: others, both_ways: true }).expect("all are there");
    session.act(Action::Slow { one: vec![OLD], other: vec![TELLER], by: SECOND }).expect("both are there");
    // Heartbeats of both links on their way at once, and the teller's is lost with its link: a new one takes two seconds.
    let soon = |session: &Session, flight: &Flight| flight.due > session.now() + 500 * MS;
    until(&mut session, 60 * SECOND, |session| {
        let heartbeats = flights(session, FlightKind::Ping, OLD, TELLER);
        heartbeats.iter().any(|flight| soon(session, flight))
            && !flights(session, FlightKind::Ping, TELLER, OLD).is_empty()
    });
    let arrives = flights(&session, FlightKind::Ping, OLD, TELLER).last().expect("it is on its way").due;
    let own = flights(&session, FlightKind::Ping, TELLER, OLD)[0].id;
    session.act(Action::LoseMessage(own)).expect("it is on its way");
    let backup = |role: &Role| matches!(role, Role::Replica { of: Some(HostId(0)) });
    let heir = session.snapshot().nodes.iter().find(|node| backup(&node.role)).expect("it has a backup").host;
    let line = "CLUSTER FAILOVER TAKEOVER".into();
    session.act(Action::Command { client: ClientId(0), target: Some(heir), line }).expect("it is taken");

    session.advance_to(arrives + MS);
    assert!(!flights(&session, FlightKind::Pong, TELLER, OLD).is_empty(), "the heartbeat is answered");
    assert_eq!(flights(&session, FlightKind::Update, TELLER, OLD), [], "the teller has no link to say it on");
    until(&mut session, 30 * SECOND, |session| !flights(session, FlightKind::Update, TELLER, OLD).is_empty());
}

/// Redis 7.0, `clusterSendFailoverAuth`: a vote whose link is down is spent and never arrives, although the request for it came
/// on the candidate's own link.
#[test]
fn a_vote_without_a_link_is_spent_and_never_arrives() {
    let spent = (1..60).filter(|&seed| vote_is_lost_with_its_link(seed)).count();
    assert!(spent > 0, "in no city was a heartbeat on its way beside the request for a vote");
}

/// Whether a heartbeat could be lost beside the request for a vote. If so, the vote is spent and does not go out.
fn vote_is_lost_with_its_link(seed: u64) -> bool {
    let mut session = Session::new(&Scenario::first_city(), seed).expect("it can be built");
    session.advance_to(8 * SECOND);
    let backup = |role: &Role| matches!(role, Role::Replica { of: Some(HostId(0)) });
    let heir = session.snapshot().nodes.iter().find(|node| backup(&node.role)).expect("it has a backup").host;
    let heir = Place::Node(heir);
    session.act(Action::Slow { one: vec![TELLER], other: vec![heir], by: SECOND }).expect("both are there");
    session.act(Action::Kill(HostId(0))).expect("it runs");
    until(&mut session, 60 * SECOND, |session| {
        !flights(session, FlightKind::VoteRequest, heir, TELLER).is_empty()
    });
    let request = flights(&session, FlightKind::VoteRequest, heir, TELLER)[0].clone();
    let Some(own) = flights(&session, FlightKind::Ping, TELLER, heir).first().map(|flight| flight.id) else {
        return false;
    };
    session.act(Action::LoseMessage(own)).expect("it is on its way");
    session.advance_to(request.due + 100 * MS);
    let voted = |kind: &FactKind| matches!(kind, FactKind::Voted { host: HostId(2), .. });
    assert!(session.facts().iter().any(|fact| voted(&fact.kind)), "seed {seed}: it votes");
    assert_eq!(flights(&session, FlightKind::Vote, TELLER, heir), [], "seed {seed}: it has no link to say it on");
    true
}
