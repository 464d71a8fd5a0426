//! The running session, and everything that is folded from its facts as they come. No browser in here.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::cluster::fact::{Fact, FactId, FactKind};
use crate::cluster::id::{ClientId, HostId, Place};
use crate::cluster::snapshot::Snapshot;
use crate::cluster::time::{Micros, SECOND};
use crate::lesson::first_walk::FirstWalk;
use crate::narrate::{self, Weight};
use crate::sim::{Action, ActionError, Scenario, Session, Step};
use crate::stage::journal::Journal;
use crate::stage::transcript::Transcript;

/// The learner's own client.
pub(super) const YOU: ClientId = ClientId(0);
/// How far one step looks for a milestone.
const STEP: Micros = 60 * SECOND;
/// Sentences that wait to be read out; more than a few would never be caught up with.
const TO_TELL: usize = 4;

/// The session and what was folded from its facts.
pub(super) struct World {
    session: Session,
    seen: FactId,
    snapshot: Rc<Snapshot>,
    /// The log and the milestones.
    pub(super) journal: Journal,
    /// The terminal.
    pub(super) transcript: Transcript,
    /// The guide's progress.
    pub(super) walk: FirstWalk,
    /// Milestones not yet read out.
    pub(super) to_tell: VecDeque<Rc<str>>,
    /// Streets that something has just gone along.
    pub(super) trodden: Vec<(Place, Place)>,
}

impl World {
    /// Opens the city.
    pub(super) fn new(seed: u64) -> Self {
        let session = Session::new(&Scenario::first_city(), seed).expect("the first city can be built");
        let snapshot = Rc::new(session.snapshot());
        let journal = Journal::new(&snapshot);
        let mut world = Self {
            session,
            seen: FactId(0),
            snapshot,
            journal,
            transcript: Transcript::default(),
            walk: FirstWalk::default(),
            to_tell: VecDeque::new(),
            trodden: Vec::new(),
        };
        world.absorb();
        world.trodden.clear();
        world
    }

    /// The world now.
    pub(super) fn snapshot(&self) -> &Rc<Snapshot> {
        &self.snapshot
    }

    /// The session, to ask for what a snapshot does not hold.
    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// Lets time run.
    pub(super) fn advance(&mut self, by: Micros) {
        self.session.advance_to(self.session.now() + by);
        self.absorb();
    }

    /// Runs to the next milestone; whether there was one.
    pub(super) fn step(&mut self) -> bool {
        let step = self.session.step(STEP, |fact| narrate::weight(fact) == Weight::Milestone);
        self.absorb();
        step != Step::Quiet
    }

    /// Does something.
    pub(super) fn act(&mut self, action: Action) -> Result<(), ActionError> {
        let result = self.session.act(action);
        self.absorb();
        result
    }

    /// Gives a line to the learner's client.
    pub(super) fn command(&mut self, prompt: &str, line: &str, target: Option<HostId>) {
        self.transcript.typed(prompt, line);
        let result = self.session.act(Action::Command { client: YOU, target, line: line.into() });
        if let Err(error) = result {
            self.transcript.refused(&error.sentence);
        }
        self.absorb();
    }

    /// Takes in what has happened since the last time.
    fn absorb(&mut self) {
        self.snapshot = Rc::new(self.session.snapshot());
        let facts = self.session.facts();
        let first = facts.partition_point(|fact| fact.id <= self.seen);
        for fact in facts.range(first..) {
            self.seen = fact.id;
            self.transcript.observe(fact, &self.snapshot);
            self.walk.observe(fact, &self.snapshot);
            self.trodden.extend(street(fact));
            if let Some(sentence) = self.journal.observe(fact) {
                if self.to_tell.len() == TO_TELL {
                    self.to_tell.pop_front();
                }
                self.to_tell.push_back(sentence);
            }
        }
    }
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
