//! Checks of "Why?": of whole stories, that a fact leads back to what began it.

use super::why::*;
use crate::cluster::fact::{Fact, FactId, FactKind};
use crate::cluster::id::{ClientId, HostId, Place};
use crate::cluster::time::SECOND;
use crate::narrate::{About, Cast, Voice};
use crate::sim::timeline::Timeline;
use crate::sim::{Action, Scenario};

/// A fire in the first city, sixty seconds long.
fn fire() -> (Timeline<()>, Cast) {
    let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
    let opening = Cast::new(&line.session().snapshot());
    line.advance_to(3 * SECOND);
    line.act(Action::Kill(HostId(2)), "").expect("it runs");
    line.advance_to(60 * SECOND);
    (line, opening)
}

fn told(line: &Timeline<()>, opening: &Cast, wanted: impl Fn(&FactKind) -> bool) -> Why {
    let facts = line.branch().facts();
    let fact = facts.after(FactId(0)).find(|fact| wanted(&fact.kind)).expect("it happened");
    why(facts, fact.id, opening, 15 * SECOND).expect("it is kept")
}

#[test]
fn a_promotion_leads_back_to_the_fire() {
    let (line, opening) = fire();
    let why = told(&line, &opening, |kind| matches!(kind, FactKind::Promoted { .. }));
    let texts: Vec<&str> = why.rungs.iter().map(|rung| &*rung.text).collect();
    assert_eq!(why.origin, "It was done to the city.");
    assert_eq!(Voice::Story.say(texts[0]), "Shop 3 is on fire: its process is killed.");
    assert!(texts.iter().any(|text| text.contains("(PFAIL)")), "{texts:#?}");
    assert!(texts.iter().any(|text| text.contains("(FAIL)")), "{texts:#?}");
    assert!(
        texts.last().is_some_and(|text| Voice::Redis.say(text).starts_with("Replica 3 is Master 3 now")),
        "{texts:#?}"
    );
    for pair in why.rungs.windows(2) {
        assert_eq!(pair[1].at.checked_sub(pair[0].at), Some(pair[1].after), "{:#?}", why.rungs);
    }
    let lit = |who: u16, whom: Option<u16>| {
        let place = |host: u16| Some(Place::Node(HostId(host)));
        why.lit.contains(&About { who: place(who), whom: whom.and_then(place), rack: None })
    };
    let promoted = why.rungs.len() > 4 && lit(2, None) && lit(5, Some(2));
    assert!(promoted, "the fire, and who took over: {:#?}", why.lit);
    let facts = why.rungs.iter().filter(|rung| rung.part != Some("ping"));
    assert!(facts.is_sorted_by_key(|rung| rung.id) && !why.phases.is_empty());
    assert_eq!(why.rungs.iter().filter(|rung| rung.part == Some("ping")).count(), 3, "{:#?}", why.rungs);
}

#[test]
fn a_failure_names_every_report_that_it_was_counted_from() {
    let (line, opening) = fire();
    let why = told(&line, &opening, |kind| matches!(kind, FactKind::Failed { .. }));
    let said = |part| {
        let rungs = why.rungs.iter().filter(move |rung| rung.part == part);
        rungs.filter(|rung| rung.text.contains("(PFAIL)")).count()
    };
    // A backup was the first to count them: its own suspicion is no report, for it has no say.
    assert_eq!((said(Some("report")), said(None)), (2, 1), "{:#?}", why.rungs);
    let facts = line.branch().facts();
    let Some(FactKind::Failed { by, reports: 2, .. }) =
        facts.get(why.rungs.last().unwrap().id).map(|fact| &fact.kind)
    else {
        panic!("two masters are left to report")
    };
    assert_eq!(by.len(), 2);
    assert!(by.iter().all(|host| why.lit.iter().any(|about| about.who == Some(Place::Node(*host)))));
}

#[test]
fn a_suspicion_names_the_ping_that_was_not_answered() {
    let (line, opening) = fire();
    let why = told(&line, &opening, |kind| matches!(kind, FactKind::Suspected { .. }));
    let waits = why.rungs.iter().find(|rung| rung.part == Some("ping")).expect("it stands there");
    let doubts = why.rungs.last().expect("it ends with the suspicion");
    let [ping, suspicion] = [waits, doubts].map(|rung| Voice::Story.say(&rung.text));
    assert!(ping.starts_with("From here on a PING of ") && ping.contains("to Shop 3 waits (ping_sent)"), "{ping}");
    assert!(ping.ends_with("cluster-node-timeout: 15.0 s."), "{ping}");
    assert!(suspicion.contains("(PFAIL)"), "{suspicion}");
    assert!(doubts.at > waits.at + 15 * SECOND, "{:#?}", why.rungs);
}

#[test]
fn a_promotion_names_every_vote_that_made_it() {
    let (line, opening) = fire();
    let why = told(&line, &opening, |kind| matches!(kind, FactKind::Promoted { .. }));
    let votes: Vec<&Rung> = why.rungs.iter().filter(|rung| rung.text.contains("The vote of")).collect();
    assert_eq!(votes.iter().map(|rung| rung.part).collect::<Vec<_>>(), [Some("vote"), None], "{:#?}", why.rungs);
    // Each of them was given before it was counted, and both are told.
    for voter in ["Shop 1", "Shop 2"] {
        let texts: Vec<_> = why.rungs.iter().map(|rung| Voice::Story.say(&rung.text)).collect();
        let at = |begin: String| texts.iter().filter(|text| text.starts_with(&begin)).count();
        let place = |begin: String| texts.iter().position(|text| text.starts_with(&begin));
        let (gives, counts) = (format!("{voter} votes for"), format!("The vote of {voter}"));
        assert_eq!((at(gives.clone()), at(counts.clone())), (1, 1), "{texts:#?}");
        assert!(place(gives) < place(counts), "{texts:#?}");
    }
}

#[test]
fn what_comes_of_power_that_is_back_leads_to_that_and_to_the_timers_between() {
    let rack = crate::cluster::id::RackId(1);
    let expected: [&[&str]; 2] =
        [&["Unsuspected", "FullSync", "SyncDone"], &["FailCleared", "StateChanged", "BecameReplica", "FullSync"]];
    for (soon, expected) in [true, false].into_iter().zip(expected) {
        let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
        let opening = Cast::new(&line.session().snapshot());
        line.advance_to(3 * SECOND);
        line.act(Action::PowerOff(rack), "").expect("it has power");
        line.run_until(60 * SECOND, &|fact| soon && matches!(fact.kind, FactKind::Suspected { .. }));
        let before = line.shown();
        line.act(Action::PowerOn(rack), "").expect("it has none");
        line.advance_to(line.now() + 30 * SECOND);
        let facts = line.branch().facts();
        for kind in expected {
            let is = |fact: &&Fact| format!("{:?}", fact.kind).starts_with(kind);
            let mut of_kind = facts.after(before).filter(is).peekable();
            assert!(of_kind.peek().is_some(), "no {kind}");
            for fact in of_kind {
                let why = why(facts, fact.id, &opening, 15 * SECOND).expect("it is kept");
                let texts: Vec<_> = why.rungs.iter().map(|rung| Voice::Story.say(&rung.text)).collect();
                let back = texts.iter().any(|text| text.starts_with("Rack B has its power back"));
                assert!(back && !texts[0].contains("loses its power"), "{texts:#?}");
                let waited = texts.iter().any(|text| text.contains("repl-diskless-sync-delay, 5.0 s"));
                assert!(waited || *kind != "FullSync", "{texts:#?}");
            }
        }
    }
}

#[test]
fn a_second_ballot_tells_of_the_first_and_of_what_was_lost() {
    use crate::cluster::snapshot::FlightKind;
    let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
    let opening = Cast::new(&line.session().snapshot());
    line.act(Action::Kill(HostId(2)), "").expect("it runs");
    let asked = (Place::Node(HostId(5)), Place::Node(HostId(0)));
    let request = loop {
        let flights = line.session().snapshot().flights;
        let mut asking = flights.iter().filter(|flight| flight.kind == FlightKind::VoteRequest);
        if let Some(flight) = asking.find(|flight| (flight.from, flight.to) == asked) {
            break flight.id;
        }
        assert!(line.now() < 60 * SECOND, "nobody asks for votes");
        line.advance_to(line.now() + 5_000);
    };
    line.act(Action::LoseMessage(request), "").expect("it is on its way");
    line.advance_to(150 * SECOND);
    let why = told(&line, &opening, |kind| matches!(kind, FactKind::Promoted { .. }));
    let texts: Vec<_> = why.rungs.iter().map(|rung| Voice::Story.say(&rung.text)).collect();
    let at = |part: &str| texts.iter().position(|text| text.contains(part));
    let order = ["vote in epoch 7", "A vote request from Backup 3 to Shop 1 is lost", "1 of 2 votes in epoch 7"];
    let order = order.iter().chain(&["vote in epoch 8", "is Shop 3 now"]).map(|part| at(part));
    let order: Option<Vec<usize>> = order.collect();
    assert!(order.is_some_and(|order| order.is_sorted()), "{texts:#?}");
    let names: Vec<&str> = why.phases.iter().map(|phase| phase.name).collect();
    let wanted = "silence suspected agreed waiting no-majority waiting voting promoted clients-back";
    assert_eq!(names.join(" ").replace("no m", "no-m").replace("s b", "s-b"), wanted);
    let [.., first, failed, second, voting, _, _] = &why.phases[..] else { panic!("{names:?}") };
    let set_by = &failed.set_by;
    assert!(set_by.starts_with("epoch 7: 1 of 2 votes in 30.") && set_by.contains("4 × cluster"), "{set_by}");
    assert!((60..62).contains(&(failed.took.unwrap_or(0) / SECOND)), "{:#?}", why.phases);
    assert_ne!(first.set_by, second.set_by, "each by its own chance");
    for phases in [[first, failed], [failed, second], [second, voting]] {
        assert_eq!(Some(phases[1].from), phases[0].took.map(|took| phases[0].from + took));
    }
    // What was waited is what is said of it, but for the cron that looks ten times a second.
    for waiting in [first, second] {
        let chance =
            waiting.set_by.split(" ms").nth(1).and_then(|said| said.trim_start_matches(" + ").parse().ok());
        let said = 500_000 + 1_000 * chance.unwrap_or(u64::MAX / 2_000);
        let took = waiting.took.unwrap_or(0);
        assert!((said..said + 200_000).contains(&took), "{waiting:?}");
    }
}

#[test]
fn cut_roads_frame_who_is_cut_off() {
    let (mut line, opening) = fire();
    line.act(Action::CutOff(crate::cluster::id::RackId(0)), "").expect("it stands there");
    let why = told(&line, &opening, |kind| matches!(kind, FactKind::RoadsCut { .. }));
    let framed: Vec<_> = why.lit.iter().filter_map(|about| about.who).collect();
    assert_eq!(framed, [HostId(0), HostId(5)].map(Place::Node));
}

#[test]
fn a_long_chain_keeps_both_its_ends() {
    let (mut line, opening) = fire();
    line.seek(4 * SECOND);
    let get = Action::Command { client: ClientId(0), target: None, line: "GET user:123".into() };
    line.act(get, "").expect("the client takes it");
    line.advance_to(70 * SECOND);
    let why = told(&line, &opening, |kind| matches!(kind, FactKind::GaveUp { .. }));
    assert_eq!(why.origin, "You typed it.");
    assert_eq!(&*why.rungs[0].text, "You type GET user:123.");
    assert!(why.rungs.len() <= MOST && why.rungs.len() + why.left_out >= 4, "{why:#?}");
    assert!(why.phases.is_empty(), "no failover");
}
