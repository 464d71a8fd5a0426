//! "Why?": what led to a fact, back to an act or a timer, in words: a chain of causes, and beside it what else was needed.

use std::rc::Rc;

use super::anatomy::{self, Phase};
use crate::cluster::config::{Config, MAX_REJOIN_DELAY, MIN_REJOIN_DELAY, WRITABLE_DELAY};
use crate::cluster::fact::{Fact, FactId, FactKind};
use crate::cluster::id::{HostId, Place};
use crate::cluster::time::Micros;
use crate::narrate::{self, About, Cast, Term, Voice};
use crate::sim::timeline::FactLog;

/// Causes shown; of a longer chain the middle is left out.
const MOST: usize = 12;
/// Reports or votes shown of one decision.
const MOST_SAID: usize = 24;

/// One cause, and what it caused below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// The fact.
    pub id: FactId,
    /// When.
    pub at: Micros,
    /// How long after the one above it.
    pub after: Micros,
    /// The sentence, to be said in a voice.
    pub text: Rc<str>,
    /// What it is to a decision below it that one cause alone does not bring about: `report`, or `vote`, which
    /// failed ballots are too; `ping` is what a suspicion waited for, which may have begun before the first cause; `timer`
    /// what something else did.
    pub part: Option<&'static str>,
}

/// A fact with its causes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Where it all began, in a sentence.
    pub origin: &'static str,
    /// From the first cause to the fact itself, in the order of their moments.
    pub rungs: Vec<Rung>,
    /// Causes left out between the first and the others.
    pub left_out: usize,
    /// Reports and votes left out, for there are too many.
    pub unsaid: usize,
    /// What the shown causes are about, each once: to be lit up in the city.
    pub lit: Rc<Vec<About>>,
    /// What a failover was made of, if the fact is a promotion.
    pub phases: Vec<Phase>,
}

/// Why a fact happened; `None` if it is too old to be known. `opening` has the names that the city opened with, `timeout` is
/// `cluster-node-timeout`.
#[inline(never)]
pub fn why(log: &FactLog, id: FactId, opening: &Cast, timeout: Micros) -> Option<Why> {
    let mut chain = vec![log.get(id)?];
    while let Some(cause) = chain.last().and_then(|fact| log.get(fact.cause?)) {
        chain.push(cause);
    }
    chain.reverse();
    let first = chain[0];
    let origin =
        if first.cause.is_some() { "What led to it is too long ago to be kept." } else { narrate::origin(first) };
    let left_out = chain.len().saturating_sub(MOST);
    let kept: Vec<&Fact> = chain[..1].iter().chain(&chain[1 + left_out.min(chain.len() - 1)..]).copied().collect();
    let mut parts: Vec<(&Fact, &'static str)> = Vec::new();
    let mut unsaid = 0;
    for decision in &kept {
        let (mut found, part) = parts_of(log, decision);
        // One of them may be the cause that stands there already.
        found.retain(|part| kept.iter().all(|one| one.id != part.id));
        unsaid += found.len().saturating_sub(MOST_SAID);
        parts.extend(found.into_iter().take(MOST_SAID).map(|fact| (fact, part)));
    }
    let mut lit: Vec<About> = Vec::new();
    let shown = kept.iter().copied().chain(parts.iter().map(|(fact, _)| *fact));
    for about in shown.flat_map(narrate::abouts) {
        if !lit.contains(&about) {
            lit.push(about);
        }
    }
    let mut cast = opening.clone();
    let mut rungs: Vec<Rung> = Vec::new();
    for fact in log.up_to(id) {
        let part = parts.iter().find(|(one, _)| one.id == fact.id).map(|(_, part)| *part);
        if part.is_some() || kept.iter().any(|one| one.id == fact.id) {
            if let Some((at, text, part)) = waited(log, fact, &cast, timeout) {
                // It stands where its moment belongs, among what was told before.
                let place = rungs.iter().rposition(|above| above.at <= at).map_or(0, |above| above + 1);
                rungs.insert(place, Rung { id: fact.id, at, after: 0, text, part: Some(part) });
            }
            let text = narrate::sentence(fact, &cast, Voice::Marked).into();
            rungs.push(Rung { id: fact.id, at: fact.at, after: 0, text, part });
        }
        cast.note(fact);
    }
    for below in 1..rungs.len() {
        rungs[below].after = rungs[below].at - rungs[below - 1].at;
    }
    Some(Why { origin, rungs, left_out, unsaid, lit: lit.into(), phases: anatomy::phases(log, id) })
}

/// The PING that a suspicion waited for, and since when: no fact of its own, for thousands are answered.
///
/// Source: Redis 7.0, `cluster.c`, `clusterCron`: the shorter of the time since `ping_sent` and since anything came.
fn unanswered(fact: &Fact, cast: &Cast, timeout: Micros) -> Option<(Micros, Rc<str>)> {
    let FactKind::Suspected { host, peer, silent } = fact.kind else { return None };
    let name = |host| cast.name(host, Voice::Marked);
    let text = format!(
        "From here on a PING of {} to {} waits (ping_sent). No PONG comes, nor anything else, for cluster-node-timeout: {}.",
        name(host),
        name(peer),
        narrate::span(timeout)
    );
    Some((fact.at.saturating_sub(silent), text.into()))
}

/// The timer that a fact waited for, and since when, if it waited for one that no fact tells of.
///
/// Source: Redis 7.0, `replication.c`, `shouldStartChildReplication`; `cluster.c`, `clusterUpdateState`.
fn waited(log: &FactLog, fact: &Fact, cast: &Cast, timeout: Micros) -> Option<(Micros, Rc<str>, &'static str)> {
    let name = |host| cast.name(host, Voice::Marked);
    let span = narrate::span;
    let (since, text) = match fact.kind {
        FactKind::FullSync { master, .. } => {
            let delay = Config::default().repl_diskless_sync_delay;
            let text = format!(
                "From here on {} waits for others that may want the same copy: repl-diskless-sync-delay, {}.",
                name(master),
                span(delay)
            );
            (fact.at.saturating_sub(delay), text)
        }
        FactKind::StateChanged { host, down: None } if cast.is_master(host) => {
            let cause = log.get(fact.cause?).filter(|cause| fact.at - cause.at >= MIN_REJOIN_DELAY)?;
            let text = format!(
                "From here on {} waits: a {} serves {} after its start (CLUSTER_WRITABLE_DELAY), and {} after it was in a \
                 minority (CLUSTER_MAX_REJOIN_DELAY).",
                name(host),
                Voice::Marked.word(Term::OneMaster),
                span(WRITABLE_DELAY),
                span(timeout.clamp(MIN_REJOIN_DELAY, MAX_REJOIN_DELAY))
            );
            (cause.at, text)
        }
        _ => return unanswered(fact, cast, timeout).map(|(at, text)| (at, text, "ping")),
    };
    Some((since, text.into(), "timer"))
}

/// What a decision is counted from, the newest first: the suspicions behind a FAIL; the votes behind a promotion, and the
/// ballots that failed before, with what was lost of them by hand.
fn parts_of<'a>(log: &'a FactLog, decision: &Fact) -> (Vec<&'a Fact>, &'static str) {
    let before = log.up_to(decision.id).rev().skip(1);
    match &decision.kind {
        FactKind::Failed { peer, by, .. } => {
            let mut missing: Vec<HostId> = by.to_vec();
            let mut found = Vec::new();
            for fact in before {
                if let Some(at) = missing.iter().position(|host| says_down(&fact.kind, *host, *peer)) {
                    missing.remove(at);
                    found.push(fact);
                }
                if missing.is_empty() {
                    break;
                }
            }
            (found, "report")
        }
        FactKind::Promoted { host, was_replica_of, epoch, .. } => {
            let mut ballots = ballots_of(before, *host, *was_replica_of, *epoch);
            // A vote is given before it is counted: each of them, not that of the cause alone.
            if 2 * ballots.len() > MOST_SAID {
                return (ballots, "vote");
            }
            let counted = ballots.iter().filter(|fact| matches!(fact.kind, FactKind::VoteCounted { .. }));
            let given: Vec<&Fact> = counted.filter_map(|fact| log.get(fact.cause?)).collect();
            ballots.extend(given);
            (ballots, "vote")
        }
        _ => (Vec::new(), ""),
    }
}

/// The votes that a replica of `lost` won with in this epoch, and its ballots that failed before, the newest first.
fn ballots_of<'a>(
    before: impl Iterator<Item = &'a Fact>,
    host: HostId,
    lost: HostId,
    epoch: u64,
) -> Vec<&'a Fact> {
    let me = Place::Node(host);
    let (mut won, mut failed) = (true, false);
    let mut found = Vec::new();
    for fact in before {
        let told = match fact.kind {
            FactKind::VoteCounted { host: to, epoch: of, .. } => won && to == host && of == epoch,
            FactKind::VotesRequested { host: other, .. } if other == host => {
                won = false;
                std::mem::take(&mut failed)
            }
            FactKind::ElectionExpired { host: other, .. } if other == host => {
                failed = true;
                true
            }
            // Whatever it was, its connection went with it, and with that a vote may have gone: any between the two.
            FactKind::MessageLost { from, to, .. } => failed && (from == me || to == me),
            ref kind if anatomy::begins_anew(kind, lost) => break,
            _ => false,
        };
        if told {
            found.push(fact);
        }
    }
    found
}

/// Whether a fact has `host` begin to hold that `peer` is down.
fn says_down(kind: &FactKind, host: HostId, peer: HostId) -> bool {
    use FactKind as F;
    match kind {
        F::Suspected { host: by, peer: of, .. }
        | F::Failed { host: by, peer: of, .. }
        | F::ToldFailed { host: by, peer: of, .. } => (*by, *of) == (host, peer),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fact::FactKind;
    use crate::cluster::id::{ClientId, HostId};
    use crate::cluster::time::SECOND;
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
        assert!(
            ping.starts_with("From here on a PING of ") && ping.contains("to Shop 3 waits (ping_sent)"),
            "{ping}"
        );
        assert!(ping.ends_with("cluster-node-timeout: 15.0 s."), "{ping}");
        assert!(suspicion.contains("(PFAIL)"), "{suspicion}");
        assert!(doubts.at > waits.at + 15 * SECOND, "{:#?}", why.rungs);
    }

    #[test]
    fn a_promotion_names_every_vote_that_made_it() {
        let (line, opening) = fire();
        let why = told(&line, &opening, |kind| matches!(kind, FactKind::Promoted { .. }));
        let votes: Vec<&Rung> = why.rungs.iter().filter(|rung| rung.text.contains("The vote of")).collect();
        assert_eq!(
            votes.iter().map(|rung| rung.part).collect::<Vec<_>>(),
            [Some("vote"), None],
            "{:#?}",
            why.rungs
        );
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
        let expected: [&[&str]; 2] = [
            &["Unsuspected", "FullSync", "SyncDone"],
            &["FailCleared", "StateChanged", "BecameReplica", "FullSync"],
        ];
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
        let order =
            ["vote in epoch 7", "A vote request from Backup 3 to Shop 1 is lost", "1 of 2 votes in epoch 7"];
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
}
