//! The running session with its timeline, and everything that is folded from its facts. Of the browser only its clock.

use std::rc::Rc;

use super::browser;
use crate::cluster::fact::{Fact, FactId};
use crate::cluster::id::{ClientId, HostId};
use crate::cluster::snapshot::Snapshot;
use crate::cluster::time::Micros;
use crate::narrate::{self, Cast, Weight};
use crate::sim::timeline::{BranchId, Pace, Timeline};
use crate::sim::{Action, ActionError, Session, Step};
use crate::stage::beside::{self, Course};
use crate::stage::compare::{self, Compared, Future, Outcome};
use crate::stage::parcel::Kinds;
use crate::stage::timeline::{Ghost, Mark};
use crate::stage::told::Told;
use crate::stage::why::{self, Why};

/// Events between two looks at the clock: some milliseconds with a thousand nodes. Six nodes at 60× need as many in a
/// frame.
const PIECE: u64 = 200;
/// Milliseconds that the simulation may take of a frame, where there is that much to do. A thousand nodes keep up with
/// real time on about 13 of 16, and one event of theirs, a node that pings all others, takes some ten: so a large city goes
/// on behind each frame, once that is on the screen; behind one that also draws it has less left.
const FRAMES_SHARE: f64 = 8.0;
const BETWEEN: f64 = 12.0;
const BETWEEN_DRAWN: f64 = 8.5;

/// From so many nodes on, each frame looks at a few of them, and at some of the messages.
const LARGE: usize = 100;
const GLANCE: usize = 50;
const MESSAGES: usize = 2_000;

/// The learner's own client.
pub(super) const YOU: ClientId = ClientId(0);

/// The session and what was folded from its facts.
pub(super) struct World {
    line: Timeline<Told>,
    pace: Pace,
    snapshot: Rc<Snapshot>,
    /// Whether something was typed since it was taken.
    stale: bool,
    /// Up to which node a large city was looked at in the last frame.
    looked: usize,
    /// Counts frames.
    beat: u32,
    /// What a large city may take between the last frame and the next.
    between: f64,
    opening: Cast,
    /// The marks of each branch, up to its end.
    marks: Vec<(BranchId, Rc<Vec<Rc<Mark>>>)>,
}

impl World {
    /// A city that was just opened.
    pub(super) fn new(session: Session) -> Self {
        let snapshot = Rc::new(session.snapshot());
        let line = Timeline::of(session, Told::new(&snapshot));
        let opening = Cast::new(&snapshot);
        Self {
            line,
            pace: Pace::default(),
            snapshot,
            stale: false,
            looked: 0,
            beat: 0,
            between: BETWEEN,
            opening,
            marks: Vec::new(),
        }
    }

    /// The world at the moment that is shown.
    pub(super) fn snapshot(&self) -> &Rc<Snapshot> {
        &self.snapshot
    }

    /// The session, to ask for what a snapshot does not hold.
    pub(super) fn session(&self) -> &Session {
        self.line.session()
    }

    /// The timeline.
    pub(super) fn line(&self) -> &Timeline<Told> {
        &self.line
    }

    /// What is told up to the moment that is shown.
    pub(super) fn told(&self) -> &Told {
        self.line.fold()
    }

    /// The same, to take from it what was read or shown.
    pub(super) fn told_mut(&mut self) -> &mut Told {
        self.line.fold_mut()
    }

    /// Lets time run; a city that is too much for this machine falls behind rather than stand still.
    /// Says whether there is something to draw: frames are drawn as often as they are asked to, those of a large city every
    /// third time, or every sixth while it is behind. In all of them messages fly on.
    pub(super) fn advance(&mut self, by: Micros, kinds: Kinds, every: u32) -> bool {
        self.beat = self.beat.wrapping_add(1);
        let large = self.is_large();
        let every = match (large && every > 1, self.pace.is_behind()) {
            (false, _) => every,
            (true, false) => 3,
            (true, true) => 6,
        };
        let drawn = self.beat.is_multiple_of(every);
        if large {
            self.pace.owe(by);
            self.between = if drawn { BETWEEN_DRAWN } else { BETWEEN };
        } else {
            let late = browser::clock() + FRAMES_SHARE;
            self.pace.frame(&mut self.line, by, PIECE, &|| browser::clock() < late);
        }
        if drawn {
            self.glance(kinds);
        }
        drawn
    }

    /// Whether the city is so large that each frame does a part of it.
    pub(super) fn is_large(&self) -> bool {
        self.snapshot.nodes.len() >= LARGE
    }

    /// Whether a large city is behind.
    pub(super) fn is_behind(&self) -> bool {
        self.is_large() && self.pace.is_behind()
    }

    /// Lets what frames still owe run between two of them; the next one draws it.
    pub(super) fn make_up(&mut self) {
        let late = browser::clock() + self.between;
        self.pace.make_up(&mut self.line, PIECE, &|| browser::clock() < late);
    }

    /// Looks at the world once a frame: at a part of a large city only.
    fn glance(&mut self, kinds: Kinds) {
        let count = self.snapshot.nodes.len();
        if count < LARGE {
            return self.look();
        }
        let from = if self.looked < count { self.looked } else { 0 };
        self.looked = (from + GLANCE).min(count);
        let shows = |kind| kinds.shows(kind);
        let snapshot = Rc::make_mut(&mut self.snapshot);
        self.line.session().world().refresh(snapshot, from..self.looked, MESSAGES, &shows);
        self.stale = false;
        self.mark();
    }

    /// Runs to the next fact of a kind; whether there was one within `limit`.
    pub(super) fn run_until(&mut self, limit: Micros, wanted: &dyn Fn(&Fact) -> bool) -> bool {
        let step = self.line.run_until(limit, wanted);
        self.look();
        step != Step::Quiet
    }

    /// Does something.
    pub(super) fn act(&mut self, action: Action) -> Result<(), ActionError> {
        let result = self.line.act(action, "");
        self.look();
        result
    }

    /// Gives a line to the learner's client; the terminal tells what came of it, a refusal too. Lines may come faster than
    /// frames, and a look costs as much as a line: only who draws looks.
    pub(super) fn command(&mut self, prompt: &str, line: &str, target: Option<HostId>) {
        let action = Action::Command { client: YOU, target, line: line.into() };
        drop(self.line.act(action, prompt));
        self.stale = true;
    }

    /// Looks at what came of lines that were typed, before somebody draws.
    pub(super) fn catch_up(&mut self) {
        if self.stale {
            self.look();
        }
    }

    /// Goes to a moment, or does something else with the timeline, and looks at where it stands then.
    pub(super) fn travel(&mut self, how: &mut dyn FnMut(&mut Timeline<Told>)) {
        how(&mut self.line);
        self.line.fold_mut().hush();
        self.look();
    }

    /// The moment of the milestone before the one that is shown; the opening if there is none.
    pub(super) fn milestone_before(&self) -> Micros {
        let mut earlier = self.line.branch().facts().up_to(self.line.shown()).rev();
        let found = earlier.find(|fact| fact.at < self.line.now() && narrate::weight(fact) == Weight::Milestone);
        // What somebody typed stands on the timeline as well.
        let marks = self.marks();
        let marked = marks.iter().rev().map(|mark| mark.at).find(|at| *at < self.line.now());
        found.map_or(0, |fact| fact.at).max(marked.unwrap_or(0))
    }

    /// Why something happened.
    pub(super) fn why(&self, id: FactId) -> Option<Why> {
        why::why(self.line.branch().facts(), id, &self.opening, self.snapshot.node_timeout)
    }

    /// This future beside another one, if there is such a one; of what is `known` the other's part is kept.
    #[inline(never)]
    pub(super) fn compare(&self, id: BranchId, known: Option<&Compared>) -> Option<Compared> {
        let (here, now) = (self.line.branch(), self.line.session());
        let ghost = self.line.ghosts().iter().find(|ghost| ghost.id() == id)?;
        let parting = (ghost.parting(here), ghost.shared_at_parting(here));
        let branches = (here.id(), id);
        let from = parting.0.saturating_sub(beside::LEAD);
        let start = |mut line: Timeline<Told>| {
            line.seek(from);
            Rc::new(line.session().snapshot())
        };
        let (other, there, start) = match known.filter(|known| known.branches == branches) {
            Some(known) => (known.other.clone(), known.courses[1].clone(), known.start.clone()),
            None => {
                let mut there = self.line.clone();
                there.return_to(id);
                let future = Future { log: ghost.facts(), end: there.session() };
                let outcome = Outcome::of(future, parting, &self.opening);
                let city = Rc::new(there.session().snapshot());
                (
                    outcome,
                    Course::of(self.marks_of(id), ghost.facts(), &start(there), city),
                    start(self.line.clone()),
                )
            }
        };
        let ahead = self.line.is_past().then(|| {
            let mut ahead = self.line.clone();
            ahead.seek(Micros::MAX);
            ahead
        });
        let end = ahead.as_ref().map_or(now, Timeline::session);
        let one = Outcome::of(Future { log: here.facts(), end }, parting, &self.opening);
        let this = Course::of(self.marks(), here.facts(), &start, Rc::new(end.snapshot()));
        Some(Compared {
            branches,
            seen: self.seen(),
            rows: compare::compare(&one, &other),
            other,
            courses: [this, there],
            parted: parting.0,
            start,
        })
    }

    /// Up to where the branch that is shown was seen.
    fn seen(&self) -> (Micros, FactId) {
        (self.line.branch().end(), self.line.shown())
    }

    /// Whether this future has gone on, or another one has begun, since it was compared. Its past is what it was.
    pub(super) fn outgrew(&self, known: &Compared) -> bool {
        let same = self.line.branch().id() == known.branches.0;
        !same || (!self.line.is_past() && self.seen() != known.seen)
    }

    /// The marks of the branch that is shown, those of its future too.
    pub(super) fn marks(&self) -> Rc<Vec<Rc<Mark>>> {
        self.marks_of(self.line.branch().id())
    }

    /// The other futures, the newest first.
    pub(super) fn ghosts(&self) -> Vec<Ghost> {
        let ghosts = self.line.ghosts().iter().rev().map(|ghost| Ghost {
            id: ghost.id(),
            from: ghost.parting(self.line.branch()),
            end: ghost.end(),
            marks: self.marks_of(ghost.id()),
        });
        ghosts.collect()
    }

    fn marks_of(&self, id: BranchId) -> Rc<Vec<Rc<Mark>>> {
        self.marks.iter().find(|(other, _)| *other == id).map(|(_, marks)| marks.clone()).unwrap_or_default()
    }

    /// Looks at all of the world.
    pub(super) fn look(&mut self) {
        self.snapshot = Rc::new(self.line.session().snapshot());
        self.stale = false;
        self.mark();
    }

    /// Remembers the marks at the end of the branch that is shown.
    fn mark(&mut self) {
        if self.line.is_past() {
            return;
        }
        let (id, marks) = (self.line.branch().id(), self.told().journal.marks());
        match self.marks.iter_mut().find(|(other, _)| *other == id) {
            Some(known) => known.1 = marks,
            None => {
                let ghosts = self.line.ghosts();
                self.marks.retain(|(other, _)| ghosts.iter().any(|ghost| ghost.id() == *other));
                self.marks.push((id, marks));
            }
        }
    }
}
