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
pub(super) const MOST: usize = 12;
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
