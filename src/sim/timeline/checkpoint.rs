//! Checkpoints: moments to go back to. Many where much happened, few where it was long ago, never too many.

use std::rc::Rc;

use super::super::Session;
use crate::cluster::fact::FactId;
use crate::cluster::time::Micros;

/// Work between two checkpoints: what a seek replays at the most, until a session is so long that old ones go. A browser does
/// some hundred thousand a second on a good day, and a leap has to be drawn as well, all within a frame.
const SPACING: u64 = 1_250;
/// How much of that a pair of nodes adds to, as a divisor: what runs on after a checkpoint has every node's view of all
/// others copied (of a thousand nodes some hundred megabytes), and that should cost a small part of the work between.
const PAIRS: u64 = 2;
/// Checkpoints of one branch, for a cluster of few nodes.
pub const MOST_CHECKPOINTS: usize = 256;
/// Checkpoints that a branch keeps of its own while another one is shown.
pub(super) const MOST_OF_A_GHOST: usize = 24;
/// What the checkpoints of a large cluster may take, by a rough estimate.
const BUDGET: usize = 64 << 20;
/// What a node's view of another takes, roughly.
const VIEW: usize = 256;

/// A moment of a branch: how far time and acts were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    pub(super) at: Micros,
    /// Acts done.
    pub(super) done: usize,
}

/// Everything that is needed to go on from a moment.
#[derive(Clone, Debug)]
pub(super) struct Checkpoint<F> {
    pub(super) moment: Moment,
    /// The last fact until then.
    pub(super) shown: FactId,
    /// What came with the facts until then cost.
    pub(super) weighed: u64,
    /// What it took to come here from the opening.
    pub(super) work: u64,
    pub(super) session: Session,
    pub(super) fold: F,
}

/// The checkpoints of a branch, oldest first. The first is the opening and stays.
#[derive(Clone, Debug)]
pub(super) struct Checkpoints<F> {
    kept: Vec<Rc<Checkpoint<F>>>,
    most: usize,
    spacing: u64,
}

impl<F> Checkpoints<F> {
    pub(super) fn new(opening: Checkpoint<F>, nodes: usize) -> Self {
        let room = BUDGET / (nodes * nodes * VIEW).max(1);
        let spacing = SPACING.max((nodes * nodes) as u64 / PAIRS);
        Self { kept: vec![Rc::new(opening)], most: room.clamp(2, MOST_CHECKPOINTS), spacing }
    }

    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether so much was done since the last one that there should be another.
    pub(super) fn wanted(&self, moment: Moment, work: u64) -> bool {
        self.kept.last().is_none_or(|last| moment > last.moment && work >= last.work + self.spacing)
    }

    /// Adds the newest. If they are too many then, one goes whose absence costs least: the older, the wider apart.
    pub(super) fn keep(&mut self, newest: Checkpoint<F>) {
        let now = newest.work + self.spacing;
        self.kept.push(Rc::new(newest));
        if self.kept.len() <= self.most {
            return;
        }
        let cost = |index: &usize| {
            let gap = self.kept[index + 1].work - self.kept[index - 1].work;
            // In parts of a million of the age; ages beyond 2^44 events are none.
            gap.saturating_mul(1 << 20) / (now - self.kept[*index].work)
        };
        if let Some(index) = (1..self.kept.len() - 1).min_by_key(cost) {
            self.kept.remove(index);
        }
    }

    /// The last one not after a moment.
    pub(super) fn before(&self, moment: Moment) -> &Rc<Checkpoint<F>> {
        let after = self.kept.partition_point(|kept| kept.moment <= moment);
        &self.kept[after.saturating_sub(1)]
    }

    /// Those not after a moment.
    pub(super) fn up_to(&self, moment: Moment) -> Self {
        let after = self.kept.partition_point(|kept| kept.moment <= moment);
        Self { kept: self.kept[..after.max(1)].to_vec(), most: self.most, spacing: self.spacing }
    }

    /// Keeps few of those after a moment.
    pub(super) fn thin_after(&mut self, moment: Moment) {
        let shared = self.kept.partition_point(|kept| kept.moment <= moment).max(1);
        while self.kept.len() - shared > MOST_OF_A_GHOST.min(self.most) {
            let mut nth = 0;
            self.kept.retain(|_| {
                nth += 1;
                nth <= shared || (nth - shared) % 2 == 0
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Scenario;

    fn checkpoint(nth: u64) -> Checkpoint<()> {
        let session = Session::new(&Scenario::first_city(), 1).expect("the first city can be built");
        let moment = Moment { at: nth, done: 0 };
        Checkpoint { moment, shown: FactId(0), weighed: 0, work: nth * SPACING, session, fold: () }
    }

    #[test]
    fn never_too_many_and_wider_apart_the_older() {
        let opening = checkpoint(0);
        let mut all = Checkpoints::new(opening.clone(), 6);
        let many = MOST_CHECKPOINTS as u64 * 40;
        for nth in 1..many {
            let moment = Moment { at: nth, done: 0 };
            assert!(all.wanted(moment, nth * SPACING));
            all.keep(Checkpoint { moment, work: nth * SPACING, ..opening.clone() });
            assert!(!all.wanted(Moment { at: nth + 1, done: 0 }, nth * SPACING + 1));
        }
        assert_eq!(all.len(), MOST_CHECKPOINTS);
        assert_eq!(all.kept[0].moment.at, 0, "the opening stays");
        let widest = |range: std::ops::Range<usize>| {
            range.map(|index| all.kept[index].moment.at - all.kept[index - 1].moment.at).max()
        };
        let (old, young) = (widest(1..100), widest(156..256));
        assert!(old > young, "{old:?} {young:?}");
        assert!(young < Some(20), "the last hour is dense: {young:?}");
        let before = |at| all.before(Moment { at, done: 0 }).moment.at;
        assert!((0..many).step_by(97).all(|at| before(at) <= at && at - before(at) < many / 20));
    }

    #[test]
    fn a_large_cluster_keeps_few() {
        assert_eq!(Checkpoints::new(checkpoint(0), 1_000).most, 2);
        assert_eq!(Checkpoints::new(checkpoint(0), 6).most, MOST_CHECKPOINTS);
    }

    #[test]
    fn a_ghost_keeps_what_it_shares_and_few_of_its_own() {
        let opening = checkpoint(0);
        let mut all = Checkpoints::new(opening.clone(), 6);
        (1..200).for_each(|nth| {
            let moment = Moment { at: nth, done: 0 };
            all.keep(Checkpoint { moment, work: nth * SPACING, ..opening.clone() });
        });
        all.thin_after(Moment { at: 50, done: 0 });
        let own = all.kept.iter().filter(|kept| kept.moment.at > 50).count();
        assert!((MOST_OF_A_GHOST / 2..=MOST_OF_A_GHOST).contains(&own), "{own}");
        assert_eq!(all.len() - own, 51);
        assert_eq!(all.up_to(Moment { at: 20, done: 0 }).len(), 21);
    }
}
