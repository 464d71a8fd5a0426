//! What a failover was made of: its phases, how long each took, and what set that.

use std::rc::Rc;

use super::words;
use crate::cluster::fact::{Fact, FactId, FactKind};
use crate::cluster::id::HostId;
use crate::cluster::time::{MS, Micros, SECOND};
use crate::narrate::{Term, Voice};
use crate::sim::timeline::FactLog;

/// One phase of a failover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phase {
    /// `silence`, `suspected`, …: a stable name.
    pub name: &'static str,
    /// When it began.
    pub from: Micros,
    /// How long it took; `None` while it goes on.
    pub took: Option<Micros>,
    /// What set its length.
    pub set_by: Rc<str>,
}

/// The moments between the phases, as far as they are known.
#[derive(Default)]
struct Moments {
    silent: Option<(Micros, Micros)>,
    suspected: Option<Micros>,
    failed: Option<(Micros, u16, u16)>,
    /// When the promoted one declared FAIL itself, rather than was told.
    by_itself: Option<Micros>,
    asked: Option<Micros>,
    /// When the first bid was scheduled.
    scheduled: Option<Micros>,
    bids: u32,
    /// The first bid that came to a ballot, the newest whose ballot failed, and the newest.
    first: Option<Bid>,
    in_vain: Option<Bid>,
    last: Option<Bid>,
    requested: Option<(Micros, u16)>,
}

/// One attempt to be elected.
#[derive(Clone, Copy, Default)]
struct Bid {
    at: Micros,
    fixed: Micros,
    random: Micros,
    rank: u16,
    /// When votes were asked for.
    asked: Option<Micros>,
    /// When their time was over, the epoch, the votes and how many were needed.
    expired: Option<(Micros, u64, u16, u16)>,
}

/// The phases of the failover that ended in this promotion; none if the fact is no promotion.
pub fn phases(log: &FactLog, id: FactId) -> Vec<Phase> {
    let Some(fact) = log.get(id) else { return Vec::new() };
    let FactKind::Promoted { host, was_replica_of: lost, .. } = fact.kind else {
        return Vec::new();
    };
    let moments = moments(log, fact, host, lost);
    let mut phases = before(&moments, fact.at);
    let promoted = heard_of(log, fact);
    let from = fact.at + promoted.took.unwrap_or(0);
    phases.push(promoted);
    phases.push(back(log, fact, host, from));
    phases
}

/// Looks back from a promotion to where it began: the one before it for the same shop, or the first suspicion.
fn moments(log: &FactLog, promotion: &Fact, host: HostId, lost: HostId) -> Moments {
    let mut moments = Moments::default();
    let mut bid = Bid::default();
    for fact in log.up_to(promotion.id).rev().skip(1) {
        match fact.kind {
            ref kind if begins_anew(kind, lost) => break,
            FactKind::Suspected { peer, silent, .. } if peer == lost => {
                moments.suspected = Some(fact.at);
                let began = fact
                    .cause
                    .and_then(|cause| root(log, cause))
                    .map_or(fact.at - silent.min(fact.at), |act| act.at);
                moments.silent = Some((began, silent));
            }
            FactKind::Failed { host: by, peer, reports, needed, .. } if peer == lost => {
                moments.failed = Some((fact.at, reports, needed));
                moments.by_itself = moments.by_itself.or((by == host).then_some(fact.at));
            }
            FactKind::ElectionScheduled { host: other, fixed, random, rank, .. } if other == host => {
                let done = Bid { at: fact.at, fixed, random, rank, ..std::mem::take(&mut bid) };
                moments.bids += 1;
                moments.scheduled = Some(done.at);
                moments.last.get_or_insert(done);
                moments.first = done.asked.map_or(moments.first, |_| Some(done));
                moments.in_vain = moments.in_vain.or(done.expired.map(|_| done));
            }
            FactKind::VotesRequested { host: other, needed, .. } if other == host => {
                bid.asked = Some(fact.at);
                moments.requested.get_or_insert((fact.at, needed));
            }
            FactKind::ElectionExpired { host: other, epoch, votes, needed } if other == host => {
                bid.expired = Some((fact.at, epoch, votes, needed));
            }
            FactKind::HandoverAsked { host: other, .. } if other == host => {
                moments.asked = Some(fact.at);
                break;
            }
            _ => {}
        }
    }
    moments
}

/// Whether what is told of a shop's failover begins after this: one before it ended, or the shop was heard from.
pub(super) fn begins_anew(kind: &FactKind, lost: HostId) -> bool {
    match *kind {
        FactKind::Promoted { host, was_replica_of, .. } => host == lost || was_replica_of == lost,
        FactKind::FailCleared { peer, .. } | FactKind::Unsuspected { peer, .. } => peer == lost,
        _ => false,
    }
}

/// The act that a chain of causes began with.
pub(super) fn root(log: &FactLog, id: FactId) -> Option<&Fact> {
    let mut fact = log.get(id)?;
    while let Some(cause) = fact.cause.and_then(|cause| log.get(cause)) {
        fact = cause;
    }
    Some(fact)
}

/// The phases up to the promotion.
fn before(moments: &Moments, promoted: Micros) -> Vec<Phase> {
    let mut phases: Vec<Phase> = Vec::new();
    let mut add = |name, from: Micros, until: Micros, set_by: String| {
        phases.push(Phase { name, from, took: Some(until.saturating_sub(from)), set_by: set_by.into() });
    };
    let requested = moments.requested.map_or(promoted, |(at, _)| at);
    let scheduled = moments.scheduled.unwrap_or(requested);
    if let Some(asked) = moments.asked {
        let backup = Voice::Marked.word(Term::Copy);
        let how = format!(
            "CLUSTER FAILOVER: writes stop until the {backup} has them all; FORCE and TAKEOVER do not wait"
        );
        add("handover", asked, requested, how);
    } else {
        if let (Some((began, silent)), Some(suspected)) = (moments.silent, moments.suspected) {
            let how = format!("cluster-node-timeout: no answer for {}, since the last PING", words::span(silent));
            add("silence", began, suspected, how);
        }
        if let (Some(suspected), Some((failed, reports, needed))) = (moments.suspected, moments.failed) {
            let how = format!("gossip: until {needed} masters suspect it ({reports} did)");
            add("suspected", suspected, failed, how);
        }
        if let Some((failed, ..)) = moments.failed {
            let backup = Voice::Marked.word(Term::Copy);
            let how = match moments.by_itself.map(|own| own.saturating_sub(failed) / MS) {
                Some(later) => {
                    let after = if later > 0 { format!(", {later} ms after the first") } else { String::new() };
                    format!("the {backup} declared FAIL itself{after}: until its next clusterCron, every 100 ms")
                }
                None => format!("FAIL is told to all: one message to the {backup}"),
            };
            add("agreed", failed, scheduled.max(failed), how);
        }
        if let Some(last) = moments.last {
            let mut from = scheduled;
            let mut again = if moments.bids > 1 { format!("; {} attempts", moments.bids) } else { String::new() };
            if let (Some(first), Some(in_vain)) = (moments.first, moments.in_vain) {
                let asked = first.asked.unwrap_or(last.at);
                add("waiting", from, asked, delay(&first, asked.saturating_sub(first.at)));
                add("no majority", asked, last.at, without_majority(&in_vain));
                (from, again) = (last.at, String::new());
            }
            add("waiting", from, requested.max(from), delay(&last, requested.saturating_sub(last.at)) + &again);
        }
    }
    if let Some((at, needed)) = moments.requested {
        add("voting", at, promoted, format!("the way there and back: {needed} votes needed"));
    }
    phases
}

/// How long a bid waited before it asked, and what that was made of, to the last millisecond.
///
/// Source: Redis 7.0, `cluster.c`, `clusterHandleSlaveFailover`: the rank is looked at again in each round of the wait.
fn delay(bid: &Bid, took: Micros) -> String {
    let Bid { fixed, random, rank, .. } = bid;
    let mut said = format!("{} ms + {} ms by chance + {rank} × 1,000 ms for its rank", fixed / MS, random / MS);
    let more = took.saturating_sub(fixed + random + u64::from(*rank) * SECOND);
    if more >= SECOND {
        said += &format!(" + {} × 1,000 ms, for others turned out to have more", more / SECOND);
    }
    if more % SECOND >= MS {
        said += &format!(" + {} ms until the next round of clusterCron, every 100 ms", more % SECOND / MS);
    }
    said
}

/// How a ballot ended that failed, and when the next bid may come.
///
/// Source: Redis 7.0, `cluster.c`, `clusterHandleSlaveFailover`: `auth_timeout`, `auth_retry_time`.
fn without_majority(bid: &Bid) -> String {
    let (until, epoch, votes, needed) = bid.expired.unwrap_or_default();
    let took = words::span(until.saturating_sub(bid.asked.unwrap_or(until)));
    format!(
        "epoch {epoch}: {votes} of {needed} votes in {took} (2 × cluster-node-timeout); asks again after 4 × cluster-node-timeout"
    )
}

/// Said where nobody can have been served or turned away.
pub(super) const NOBODY: &str = "nobody asked";

/// From the promotion until all who answered CLUSTERDOWN before serve again; where nobody did, until the last has heard of it.
fn heard_of(log: &FactLog, promotion: &Fact) -> Phase {
    /// Who has not heard of it by then is dead, or cut off.
    const LATEST: Micros = 10 * SECOND;
    let FactKind::Promoted { host: new, epoch: won, .. } = promotion.kind else { return Phase::default() };
    let mut down: Vec<HostId> = Vec::new();
    for fact in log.up_to(promotion.id) {
        match fact.kind {
            FactKind::StateChanged { host, down: state } => {
                down.retain(|other| *other != host);
                down.extend(state.map(|_| host));
            }
            FactKind::Killed { host } | FactKind::ShutDown { host } | FactKind::Frozen { host } => {
                down.retain(|other| *other != host)
            }
            _ => {}
        }
    }
    let (mut heard, mut served) = (None, None);
    for fact in log.after(promotion.id).take_while(|fact| fact.at <= promotion.at + LATEST) {
        match fact.kind {
            FactKind::SlotsLearned { owner, epoch, .. } if owner == new && epoch == won => heard = Some(fact.at),
            FactKind::StateChanged { host, down: None } if down.contains(&host) => served = Some(fact.at),
            _ => {}
        }
    }
    let end = served.max(heard);
    let set_by = match (end, served) {
        (None, _) => "nobody has heard of it yet",
        (_, Some(_)) => "its PONG to all: until the last one knows who serves the slots (cluster_state:ok)",
        _ => "its PONG to all: until the last one knows who serves the slots",
    };
    let took = end.map(|at| at - promotion.at);
    Phase { name: "promoted", from: promotion.at, took, set_by: set_by.into() }
}

/// From then to the first client served by the new master.
fn back(log: &FactLog, promotion: &Fact, host: HostId, from: Micros) -> Phase {
    let served = log.after(promotion.id).find(
        |fact| matches!(&fact.kind, FactKind::Answered { from, reply, .. } if *from == host && !reply.is_error()),
    );
    let set_by = match served {
        Some(served) if served.at < from => "before the last had heard of it",
        Some(_) => "when somebody asked, and how long MOVED took to find the way",
        None => NOBODY,
    };
    let took = served.map(|fact| fact.at.saturating_sub(from));
    Phase { name: "clients back", from, took, set_by: set_by.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::ClientId;
    use crate::cluster::time::SECOND;
    use crate::sim::timeline::Timeline;
    use crate::sim::{Action, Scenario};

    fn typed(target: Option<u16>, line: &str) -> Action {
        Action::Command { client: ClientId(0), target: target.map(HostId), line: line.into() }
    }

    fn of_the_last(line: &Timeline<()>) -> Vec<Phase> {
        let facts = line.branch().facts();
        let last = facts.up_to(facts.last()).rfind(|fact| matches!(fact.kind, FactKind::Promoted { .. }));
        phases(facts, last.expect("there was one").id)
    }

    #[test]
    fn the_phases_of_a_fire_follow_each_other() {
        let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
        line.advance_to(3 * SECOND);
        line.act(Action::Kill(HostId(2)), "").expect("it runs");
        line.advance_to(40 * SECOND);
        let told = of_the_last(&line);
        assert_eq!(told.last().map(|phase| (phase.name, phase.took)), Some(("clients back", None)));
        line.act(typed(None, "GET user:123"), "").expect("the client takes it");
        line.advance_to(50 * SECOND);
        let told = of_the_last(&line);
        let names: Vec<&str> = told.iter().map(|phase| phase.name).collect();
        assert_eq!(names, ["silence", "suspected", "agreed", "waiting", "voting", "promoted", "clients back"]);
        assert_eq!(told[0].from, 3 * SECOND);
        for pair in told.windows(2) {
            assert_eq!(Some(pair[1].from), pair[0].took.map(|took| pair[0].from + took), "{told:#?}");
        }
        assert!(told[0].took > Some(14 * SECOND), "{told:#?}");
        assert!(told[3].took >= Some(500 * MS) && told[3].set_by.starts_with("500 ms + "), "{told:#?}");
        assert!(told[5].took > Some(100 * MS) && told[5].took < Some(SECOND), "{told:#?}");
        assert!(told[6].took.is_some());
        // What the wait is said to be made of is how long it was.
        let numbers = told[3].set_by.split(" + ").map(|part| {
            let (many, rest) = part.split_once(" × ").unwrap_or(("1", part));
            let number = rest.split(' ').next().unwrap().replace(',', "");
            many.parse::<u64>().unwrap() * number.parse::<u64>().unwrap()
        });
        assert_eq!(Some(numbers.sum::<u64>()), told[3].took.map(|took| took / MS), "{told:#?}");
    }

    #[test]
    fn who_declared_fail_itself_waits_for_no_message() {
        let mut seen = [false; 2];
        for seed in 1..=12 {
            let mut line =
                Timeline::new(&Scenario::first_city(), seed, |_| ()).expect("the first city can be built");
            line.act(Action::Kill(HostId(2)), "").expect("it runs");
            line.advance_to(40 * SECOND);
            let told = of_the_last(&line);
            let agreed = told.iter().find(|phase| phase.name == "agreed").expect("FAIL was declared");
            let facts = line.branch().facts();
            let is_told =
                |fact: &Fact| matches!(fact.kind, FactKind::ToldFailed { host: HostId(5), peer: HostId(2), .. });
            let by_message = facts.up_to(facts.last()).any(is_told);
            assert_eq!(agreed.set_by.contains("one message"), by_message, "{seed}: {agreed:?}");
            assert_eq!(agreed.set_by.contains("until its next clusterCron"), !by_message, "{agreed:?}");
            let first = facts.up_to(facts.last()).find(|fact| matches!(fact.kind, FactKind::Failed { .. }));
            let own_first = matches!(first.map(|fact| &fact.kind), Some(FactKind::Failed { host: HostId(5), .. }));
            assert!(!own_first || agreed.took <= Some(100 * MS), "{seed}: {agreed:?}");
            assert_eq!(agreed.set_by.contains("declared FAIL itself:"), own_first, "{seed}: {agreed:?}");
            seen[usize::from(by_message)] = true;
        }
        assert_eq!(seen, [true; 2], "both ways");
    }

    #[test]
    fn a_handover_has_no_silence() {
        let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
        line.advance_to(3 * SECOND);
        line.act(typed(Some(5), "CLUSTER FAILOVER"), "").expect("the client takes it");
        line.advance_to(40 * SECOND);
        let names: Vec<&str> = of_the_last(&line).iter().map(|phase| phase.name).collect();
        assert_eq!(
            (names[0], names[names.len() - 3], names[names.len() - 2], names[names.len() - 1]),
            ("handover", "voting", "promoted", "clients back")
        );
    }

    #[test]
    fn nothing_else_has_phases() {
        let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
        line.act(Action::Kill(HostId(2)), "").expect("it runs");
        let facts = line.branch().facts();
        assert_eq!(phases(facts, facts.last()), []);
    }
}
