//! What the page tells of a session, folded from its acts and facts: log, marks, terminal, the learner's progress.

use std::collections::VecDeque;
use std::rc::Rc;

use super::journal::Journal;
use super::rate::Rate;
use super::transcript::Transcript;
use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::id::Place;
use crate::cluster::snapshot::Snapshot;
use crate::lesson::first_walk::FirstWalk;
use crate::sim::timeline::{Act, Fold};
use crate::sim::{Action, ActionError};

/// Sentences that wait to be read out; more than a few would never be caught up with.
const TO_TELL: usize = 4;
/// Streets remembered until they shine, at most.
const TRODDEN: usize = 24;

/// What is told up to a moment. Follows the timeline.
#[derive(Clone, Debug)]
pub struct Told {
    /// The log and the milestones.
    pub journal: Journal,
    /// The terminal.
    pub transcript: Transcript,
    /// The guide's progress.
    pub walk: FirstWalk,
    /// How many requests were answered of late.
    pub rate: Rate,
    /// Milestones not yet read out, and whether the next one takes their place.
    pub to_tell: VecDeque<(Rc<str>, bool)>,
    /// Streets that something has just gone along.
    pub trodden: VecDeque<(Place, Place)>,
}

impl Told {
    /// Nothing yet, of a city that opens like this.
    pub fn new(opening: &Snapshot) -> Self {
        Self {
            journal: Journal::new(opening),
            transcript: Transcript::default(),
            walk: FirstWalk::default(),
            rate: Rate::default(),
            to_tell: VecDeque::new(),
            trodden: VecDeque::new(),
        }
    }

    /// Forgets what would be said and shown of things as they happen: they did not happen just now.
    pub fn hush(&mut self) {
        self.to_tell.clear();
        self.trodden.clear();
    }
}

impl Fold for Told {
    fn act(&mut self, act: &Act) {
        if let Action::Command { line, .. } = &act.action {
            self.transcript.typed(&act.prompt, line);
        }
    }

    fn refused(&mut self, act: &Act, error: &ActionError) {
        if let Action::Command { line, .. } = &act.action {
            self.transcript.typed(&act.prompt, line);
            self.transcript.refused(&error.sentence);
        }
    }

    fn fact(&mut self, fact: &Fact) {
        self.transcript.observe(fact, self.journal.cast());
        self.walk.observe(fact, self.journal.cast());
        self.rate.observe(fact);
        if let Some(street) = street(fact) {
            push(&mut self.trodden, street, TRODDEN);
        }
        if let Some(sentence) = self.journal.observe(fact) {
            // Of what comes by the dozen only the newest waits, and only until something else comes of it.
            self.to_tell.retain(|(_, passing)| !passing);
            let passing = matches!(fact.kind, FactKind::Voted { .. } | FactKind::Suspected { .. });
            push(&mut self.to_tell, (sentence, passing), TO_TELL);
        }
    }
}

fn push<T>(waiting: &mut VecDeque<T>, newest: T, most: usize) {
    if waiting.len() == most {
        waiting.pop_front();
    }
    waiting.push_back(newest);
}

/// The street that a fact tells something went along.
fn street(fact: &Fact) -> Option<(Place, Place)> {
    match fact.kind {
        FactKind::Routed { client, to, .. } => Some((Place::Client(client), Place::Node(to))),
        FactKind::Redirected { client, from, .. } | FactKind::Answered { client, from, .. } => {
            Some((Place::Node(from), Place::Client(client)))
        }
        FactKind::Voted { host, candidate, .. } => Some((Place::Node(host), Place::Node(candidate))),
        FactKind::ToldFailed { host, by, .. } => Some((Place::Node(by), Place::Node(host))),
        FactKind::PartialSync { host, master, .. } | FactKind::FullSync { host, master, .. } => {
            Some((Place::Node(master), Place::Node(host)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fact::FactId;
    use crate::cluster::id::HostId;
    use crate::stage::fixture;

    #[test]
    fn votes_do_not_keep_a_promotion_waiting() {
        let mut told = Told::new(&fixture::opening());
        let voted = |host| FactKind::Voted { host: HostId(host), candidate: HostId(5), epoch: 7 };
        let promoted = FactKind::Promoted { host: HostId(5), was_replica_of: HostId(2), epoch: 7, slots: 5461 };
        let asked = FactKind::VotesRequested { host: HostId(5), epoch: 7, needed: 2 };
        for (id, kind) in (1..).zip([asked, voted(0), voted(1), promoted]) {
            told.fact(&Fact { id: FactId(id), at: id, cause: None, kind });
        }
        let waiting: Vec<&str> = told.to_tell.iter().map(|(sentence, _)| &**sentence).collect();
        assert!(
            matches!(waiting[..], [asks, is] if asks.contains("asks every") && is.contains(" now: ")),
            "{waiting:?}"
        );
    }
}
