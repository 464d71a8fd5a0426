//! Time on a page: it runs in frames, and where much time goes by in one, what matters is still seen.

use super::{Fold, Timeline};
use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::time::Micros;

/// How many frames' time may be owed before some of what matters goes by unseen.
const FRAMES_OWED: u64 = 16;
/// How many frames' time is made up for at all.
const MOST_OWED: u64 = 120;

/// Whether a fact changes the picture in a way that nobody should miss: a suspicion, an agreement, an election's steps.
pub fn must_be_seen(fact: &Fact) -> bool {
    use FactKind as F;
    matches!(
        fact.kind,
        F::Suspected { .. }
            | F::Failed { .. }
            | F::ToldFailed { .. }
            | F::VotesRequested { .. }
            | F::Voted { .. }
            | F::Promoted { .. }
    )
}

/// What frames that stopped early still owe.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    owed: Micros,
    /// The last frame's time.
    frame: Micros,
}

impl Pace {
    /// Lets a frame's time run. It stops where something happens that must be seen, and what is left of its time is
    /// made up for by the next frames, each at twice the speed at most; so time hardly goes slower. After each piece of
    /// so much work (see [`Timeline::advance_within`]) it goes on only if `goes_on` says so: a dear second of a large
    /// city is made up for, too, but a city that is always too much falls behind for good.
    pub fn frame<F: Fold>(&mut self, line: &mut Timeline<F>, by: Micros, piece: u64, goes_on: &dyn Fn() -> bool) {
        self.owe(by);
        self.run(line, self.owed.min(2 * by), piece, goes_on);
    }

    /// A frame whose time runs behind it: the frame is painted first, and what one event costs makes it no later.
    pub fn owe(&mut self, by: Micros) {
        // Frames may have been longer when it was owed.
        self.owed = self.owed.min(by * MOST_OWED) + by;
        self.frame = by;
    }

    /// Makes up, between two frames, for what is owed, at twice a frame's speed at most.
    pub fn make_up<F: Fold>(&mut self, line: &mut Timeline<F>, piece: u64, goes_on: &dyn Fn() -> bool) {
        self.run(line, self.owed.min(2 * self.frame), piece, goes_on);
    }

    /// Whether frames that stopped early still owe something.
    pub fn is_behind(&self) -> bool {
        self.owed > 0
    }

    fn run<F: Fold>(&mut self, line: &mut Timeline<F>, by: Micros, piece: u64, goes_on: &dyn Fn() -> bool) {
        let before = line.now();
        let until = before + by;
        let late = self.owed > self.frame * FRAMES_OWED;
        let mut stopped = false;
        while line.now() < until && !stopped {
            stopped = line.advance_watching(until, piece, &|fact| !late && must_be_seen(fact));
            if !goes_on() {
                break;
            }
        }
        self.owed = self.owed.saturating_sub(line.now() - before);
    }
}
