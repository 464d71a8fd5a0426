//! A session that can be rewound: seek to any moment, act there, and keep what would have been.
//!
//! The same acts at the same moments make the same world, so a moment is reached from the checkpoint before it by
//! doing again what was done. A moment is settled: everything due by then has happened, and all acts of that moment
//! are done; only [`Timeline::undo`] stands between two acts of one moment.

mod branch;
mod checkpoint;
mod fork;
mod log;
mod pace;
mod travel;

use std::rc::Rc;

use super::{Action, ActionError, Scenario, Session, Step};
use crate::cluster::fact::{Fact, FactId, FactKind};
use crate::cluster::time::{MS, Micros, SECOND};
pub use branch::{Act, Branch, BranchId};
pub use checkpoint::MOST_CHECKPOINTS;
use checkpoint::{Checkpoint, Checkpoints, Moment};
pub use log::{FactLog, MOST_LOGGED};
pub use pace::{Pace, must_be_seen};

/// Other futures kept; the oldest goes first.
pub const MOST_GHOSTS: usize = 3;
/// Acts of one session, at the most.
pub const MOST_ACTS: usize = 100_000;
/// Undone acts that can be done again.
const MOST_UNDONE: usize = 64;
/// Time that runs between two looks at whether a checkpoint is due.
const SLICE: Micros = 100 * MS;

/// What is folded from acts and facts as they come, and follows the timeline's moment. Cloned into every checkpoint,
/// so it should share what it holds.
pub trait Fold: Clone {
    /// An act is done now; its facts follow.
    fn act(&mut self, act: &Act);
    /// An act was refused: nothing follows.
    fn refused(&mut self, act: &Act, error: &ActionError);
    /// Something happened.
    fn fact(&mut self, fact: &Fact);
}

/// What came with a fact costs, in events: sentences are written; and where many slots change hands or health, whole
/// slot maps are gone through.
fn weight(kind: &FactKind) -> u64 {
    use FactKind as F;
    match kind {
        F::Promoted { .. }
        | F::SlotsLearned { .. }
        | F::BecameReplica { .. }
        | F::Failed { .. }
        | F::ToldFailed { .. }
        | F::FailCleared { .. }
        | F::MapLearned { .. }
        | F::StateChanged { .. } => 400,
        _ => 8,
    }
}

/// Where nothing is folded.
impl Fold for () {
    fn act(&mut self, _act: &Act) {}
    fn refused(&mut self, _act: &Act, _error: &ActionError) {}
    fn fact(&mut self, _fact: &Fact) {}
}

/// A session with all its moments and a few other futures.
#[derive(Clone, Debug)]
pub struct Timeline<F> {
    session: Session,
    fold: F,
    /// Acts done by now.
    done: usize,
    /// The last fact by now.
    shown: FactId,
    /// What came with the facts by now cost, in events.
    weighed: u64,
    branch: Branch<F>,
    ghosts: Vec<Branch<F>>,
    branches: u32,
    undone: Vec<(BranchId, Moment)>,
}

impl<F: Fold> Timeline<F> {
    /// Opens a city; `fold` is given the opening. `Err` says what about the scenario cannot be.
    pub fn new(scenario: &Scenario, seed: u64, fold: impl FnOnce(&Session) -> F) -> Result<Self, ActionError> {
        let session = Session::new(scenario, seed)?;
        let fold = fold(&session);
        Ok(Self::of(session, fold))
    }

    /// The timeline of a city that was just opened, with what is folded from its opening.
    pub fn of(mut session: Session, fold: F) -> Self {
        // It opened with some event of this moment; what else is due belongs to it too.
        session.advance_to(session.now());
        let moment = Moment { at: session.now(), done: 0 };
        let opening = Checkpoint {
            moment,
            shown: FactId(0),
            weighed: 0,
            work: 0,
            session: session.clone(),
            fold: fold.clone(),
        };
        let checkpoints = Checkpoints::new(opening, session.world().hosts().count());
        let (acts, log) = (Vec::new(), FactLog::default());
        let branch = Branch { id: BranchId(1), acts, log, end: moment.at, checkpoints };
        let (ghosts, undone) = (Vec::new(), Vec::new());
        Self { session, fold, done: 0, shown: FactId(0), weighed: 0, branch, ghosts, branches: 1, undone }
    }

    /// The moment that is shown.
    pub fn now(&self) -> Micros {
        self.session.now()
    }

    /// Whether more of this branch is known than is shown.
    pub fn is_past(&self) -> bool {
        self.now() < self.branch.end || self.done < self.branch.acts.len()
    }

    /// The session at this moment. Its own facts are empty: the branch has them.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// What was folded up to this moment.
    pub fn fold(&self) -> &F {
        &self.fold
    }

    /// The same, to be changed by what is neither act nor fact; such a change goes with the next seek.
    pub fn fold_mut(&mut self) -> &mut F {
        &mut self.fold
    }

    /// The last fact up to this moment; 0 before the first.
    pub fn shown(&self) -> FactId {
        self.shown
    }

    /// How many acts were done up to this moment.
    pub fn done(&self) -> usize {
        self.done
    }

    /// The branch that is shown.
    pub fn branch(&self) -> &Branch<F> {
        &self.branch
    }

    /// The other futures, oldest first.
    pub fn ghosts(&self) -> &[Branch<F>] {
        &self.ghosts
    }

    /// Checkpoints kept of the branch that is shown.
    pub fn checkpoints(&self) -> usize {
        self.branch.checkpoints.len()
    }

    /// Does something now. In the past, the future that was known becomes a ghost. An act that makes no sense is
    /// refused with a sentence and changes nothing.
    pub fn act(&mut self, action: Action, prompt: &str) -> Result<(), ActionError> {
        let act = Act { at: self.now(), action, prompt: prompt.into() };
        let done = if self.done < MOST_ACTS {
            self.session.act(act.action.clone())
        } else {
            Err(ActionError { sentence: format!("A session has room for {MOST_ACTS} acts: open the city anew.") })
        };
        if let Err(error) = done {
            self.fold.refused(&act, &error);
            return Err(error);
        }
        if self.is_past() {
            self.fork();
        }
        self.undone.clear();
        self.fold.act(&act);
        self.branch.acts.push(Rc::new(act));
        self.done += 1;
        self.settle();
        if !self.ghosts.is_empty() {
            self.merge();
        }
        Ok(())
    }

    /// Lets time run: through what is known, and on.
    pub fn advance_to(&mut self, until: Micros) {
        self.replay(Moment { at: until, done: usize::MAX });
        self.branch.end = self.branch.end.max(self.now());
    }

    /// Lets time run on, but stops soon after so much work is done (see [`World::run_within`]); says whether it came to
    /// `until`. So a page whose city is too much for it falls behind, and does not stand still.
    ///
    /// [`World::run_within`]: crate::cluster::world::World::run_within
    pub fn advance_within(&mut self, until: Micros, work: u64) -> bool {
        self.advance_watching(until, work, &|_| false);
        self.now() >= until
    }

    /// The same, but stops also at the first moment of something that `wanted` picks, and says whether it did.
    pub fn advance_watching(&mut self, until: Micros, work: u64, wanted: &dyn Fn(&Fact) -> bool) -> bool {
        if self.is_past() {
            // What is known was once done in time.
            let known = self.branch.log.after(self.shown).take_while(|fact| fact.at <= until);
            let seen = { known }.find(|fact| wanted(fact)).map(|fact| fact.at);
            self.advance_to(seen.unwrap_or(until).min(self.branch.end));
            if seen.is_some() {
                return true;
            }
        }
        let there = self.now() >= until;
        let step = if there { Step::Quiet } else { self.session.advance_watching(until, work, wanted) };
        self.settle();
        self.branch.end = self.branch.end.max(self.now());
        step != Step::Quiet
    }

    /// Runs until something that `wanted` picks, at most `limit` on.
    pub fn run_until(&mut self, limit: Micros, wanted: &dyn Fn(&Fact) -> bool) -> Step {
        let until = self.now().saturating_add(limit);
        let known = self.branch.log.after(self.shown).find(|fact| fact.at <= until && wanted(fact));
        if let Some((id, at)) = known.map(|fact| (fact.id, fact.at)) {
            self.seek(at);
            return Step::Event(id);
        }
        self.advance_to(self.branch.end.min(until));
        while self.now() < until {
            let step = self.session.step(SECOND.min(until - self.now()), wanted);
            self.settle();
            self.branch.end = self.now();
            if step != Step::Quiet {
                return step;
            }
        }
        Step::Quiet
    }

    /// Goes to a moment of this branch, the nearest one that is known.
    pub fn seek(&mut self, at: Micros) {
        let at = at.min(self.branch.end);
        let done = self.branch.acts.partition_point(|act| act.at <= at);
        self.go(Moment { at, done });
    }
}
