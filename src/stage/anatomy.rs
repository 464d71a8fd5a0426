//! What a failover was made of: its phases, how long each took, and what set that.

use std::rc::Rc;

use super::words;
use crate::cluster::fact::{Fact, FactId, FactKind};
use crate::cluster::id::HostId;
use crate::cluster::time::{MS, Micros};
use crate::sim::timeline::FactLog;

/// One phase of a failover.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    asked: Option<Micros>,
    scheduled: Option<(Micros, Micros, Micros, u16)>,
    bids: u32,
    requested: Option<(Micros, u16)>,
}

/// The phases of the failover that ended in this promotion; none if the fact is no promotion.
pub fn phases(log: &FactLog, id: FactId) -> Vec<Phase> {
    let Some(fact) = log.get(id) else { return Vec::new() };
    let FactKind::Promoted { host, was_replica_of: lost, .. } = fact.kind else {
        return Vec::new();
    };
    let moments = moments(log, fact, host, lost);
    let mut phases = before(&moments, fact.at);
    phases.push(back(log, fact, host));
    phases
}

/// Looks back from a promotion to where it began: the one before it for the same shop, or the first suspicion.
fn moments(log: &FactLog, promotion: &Fact, host: HostId, lost: HostId) -> Moments {
    let mut moments = Moments::default();
    for fact in log.up_to(promotion.id).rev().skip(1) {
        match fact.kind {
            FactKind::Promoted { host: other, was_replica_of, .. } if other == lost || was_replica_of == lost => {
                break;
            }
            FactKind::FailCleared { peer, .. } | FactKind::Unsuspected { peer, .. } if peer == lost => break,
            FactKind::Suspected { peer, silent, .. } if peer == lost => {
                moments.suspected = Some(fact.at);
                let began = fact
                    .cause
                    .and_then(|cause| root(log, cause))
                    .map_or(fact.at - silent.min(fact.at), |act| act.at);
                moments.silent = Some((began, silent));
            }
            FactKind::Failed { peer, reports, needed, .. } if peer == lost => {
                moments.failed = Some((fact.at, reports, needed));
            }
            FactKind::ElectionScheduled { host: other, fixed, random, rank, .. } if other == host => {
                moments.bids += 1;
                moments.scheduled = Some((fact.at, fixed, random, rank));
            }
            FactKind::VotesRequested { host: other, needed, .. } if other == host => {
                moments.requested.get_or_insert((fact.at, needed));
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
    let scheduled = moments.scheduled.map_or(requested, |(at, ..)| at);
    if let Some(asked) = moments.asked {
        let how = "CLUSTER FAILOVER: writes stop until the backup has them all; FORCE and TAKEOVER do not wait";
        add("handover", asked, requested, how.to_owned());
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
            add(
                "agreed",
                failed,
                scheduled.max(failed),
                "FAIL is told to all: one message to the backup".to_owned(),
            );
        }
        if let Some((at, fixed, random, rank)) = moments.scheduled {
            let again = if moments.bids > 1 { format!("; {} attempts", moments.bids) } else { String::new() };
            let how = format!(
                "{} ms + {} ms by chance + {rank} × 1,000 ms for its rank{again}",
                fixed / MS,
                random / MS
            );
            add("waiting", at, requested.max(at), how);
        }
    }
    if let Some((at, needed)) = moments.requested {
        add("voting", at, promoted, format!("the way there and back: {needed} votes needed"));
    }
    phases
}

/// From the promotion to the first client served by the new master.
fn back(log: &FactLog, promotion: &Fact, host: HostId) -> Phase {
    let served = log.after(promotion.id).find(
        |fact| matches!(&fact.kind, FactKind::Answered { from, reply, .. } if *from == host && !reply.is_error()),
    );
    let set_by = match served {
        Some(_) => "when somebody asked, and how long MOVED took to find the way",
        None => "nobody has asked yet",
    };
    let took = served.map(|fact| fact.at - promotion.at);
    Phase { name: "clients back", from: promotion.at, took, set_by: set_by.into() }
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
        assert_eq!(names, ["silence", "suspected", "agreed", "waiting", "voting", "clients back"]);
        assert_eq!(told[0].from, 3 * SECOND);
        for pair in told.windows(2) {
            assert_eq!(Some(pair[1].from), pair[0].took.map(|took| pair[0].from + took), "{told:#?}");
        }
        assert!(told[0].took > Some(14 * SECOND), "{told:#?}");
        assert!(told[3].took >= Some(500 * MS) && told[3].set_by.starts_with("500 ms + "), "{told:#?}");
        assert!(told[5].took.is_some());
    }

    #[test]
    fn a_handover_has_no_silence() {
        let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
        line.advance_to(3 * SECOND);
        line.act(typed(Some(5), "CLUSTER FAILOVER"), "").expect("the client takes it");
        line.advance_to(40 * SECOND);
        let names: Vec<&str> = of_the_last(&line).iter().map(|phase| phase.name).collect();
        assert_eq!(
            (names[0], names[names.len() - 2], names[names.len() - 1]),
            ("handover", "voting", "clients back")
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
