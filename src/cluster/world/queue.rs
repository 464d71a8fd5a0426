//! What is due: by time, and at one moment in the order in which it was planned.
//!
//! Nearly every delay is one of a few: a street's length, cron's period, a time-out. What is planned with one delay is due
//! in the order of planning, so each such delay finds a lane in which it need only be put at the end. What fits no lane goes
//! to a heap.

use std::collections::{BinaryHeap, VecDeque};

use crate::cluster::time::Micros;

/// When, and which of that moment.
pub(super) type Due = (Micros, u64);

/// Later than everything: what an empty lane has at its front.
pub(super) const NEVER: Due = (Micros::MAX, u64::MAX);
const LANES: usize = 6;
/// A lane is a row of blocks, so that a long one need never be copied to grow, and gives back what it no longer needs.
const BLOCK: usize = 128;

/// Something planned.
#[derive(Clone, Debug)]
struct Item<T> {
    due: Due,
    what: T,
}

/// A heap has its greatest in front: the soonest is the greatest.
impl<T> Ord for Item<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.due.cmp(&self.due)
    }
}

impl<T> PartialOrd for Item<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Item<T> {
    fn eq(&self, other: &Self) -> bool {
        self.due == other.due
    }
}

impl<T> Eq for Item<T> {}

/// A queue.
#[derive(Clone, Debug)]
pub(super) struct Queue<T> {
    /// The first of each lane, and of the heap.
    fronts: [Due; LANES + 1],
    /// The last of each lane.
    backs: [Due; LANES],
    lanes: [VecDeque<VecDeque<Item<T>>>; LANES],
    rest: BinaryHeap<Item<T>>,
    /// The lane, or the heap, with the soonest.
    first: usize,
    /// The lane that something was put into last.
    latest: usize,
    len: usize,
    /// An empty block, for the next that is needed.
    spare: VecDeque<Item<T>>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self {
            fronts: [NEVER; LANES + 1],
            backs: [NEVER; LANES],
            lanes: Default::default(),
            rest: BinaryHeap::new(),
            first: LANES,
            latest: 0,
            len: 0,
            spare: VecDeque::new(),
        }
    }
}

impl<T> Queue<T> {
    /// Plans something.
    pub(super) fn push(&mut self, due: Due, what: T) {
        let item = Item { due, what };
        self.len += 1;
        let Some(lane) = self.lane_for(due) else {
            self.rest.push(item);
            self.note_front(LANES, due);
            return;
        };
        self.backs[lane] = due;
        self.latest = lane;
        self.note_front(lane, due);
        let blocks = &mut self.lanes[lane];
        match blocks.back_mut() {
            Some(block) if block.len() < BLOCK => block.push_back(item),
            Some(_) => {
                let mut block = std::mem::take(&mut self.spare);
                block.reserve_exact(BLOCK);
                block.push_back(item);
                blocks.push_back(block);
            }
            None => blocks.push_back(VecDeque::from([item])),
        }
    }

    /// The lane whose end is nearest before that time; else an empty one.
    fn lane_for(&self, due: Due) -> Option<usize> {
        // What is due at the same moment as the thing before it fits behind it, and nowhere better.
        if self.backs[self.latest].0 == due.0 && self.backs[self.latest] < due && self.fronts[self.latest] != NEVER
        {
            return Some(self.latest);
        }
        let mut best = None;
        for lane in 0..LANES {
            if self.fronts[lane] == NEVER {
                best = best.or(Some(lane));
            } else if self.backs[lane] < due
                && best
                    .is_none_or(|other: usize| self.fronts[other] == NEVER || self.backs[other] < self.backs[lane])
            {
                best = Some(lane);
            }
        }
        best
    }

    fn note_front(&mut self, lane: usize, due: Due) {
        self.fronts[lane] = self.fronts[lane].min(due);
        if due < self.fronts[self.first] {
            self.first = lane;
        }
    }

    /// How many things are planned.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// When the next thing is due; [`NEVER`] if there is none.
    pub(super) fn next_due(&self) -> Due {
        self.fronts[self.first]
    }

    /// Takes out the next thing.
    pub(super) fn pop(&mut self) -> Option<T> {
        let lane = self.first;
        let item = if lane == LANES { self.rest.pop() } else { self.pop_lane(lane) };
        let next = match self.lanes.get(lane) {
            Some(blocks) => blocks.front().and_then(VecDeque::front),
            None => self.rest.peek(),
        };
        self.fronts[lane] = next.map_or(NEVER, |item| item.due);
        self.first = LANES;
        for lane in 0..LANES {
            if self.fronts[lane] < self.fronts[self.first] {
                self.first = lane;
            }
        }
        self.len -= usize::from(item.is_some());
        item.map(|item| item.what)
    }

    fn pop_lane(&mut self, lane: usize) -> Option<Item<T>> {
        let blocks = &mut self.lanes[lane];
        let block = blocks.front_mut()?;
        let item = block.pop_front();
        if block.is_empty() && blocks.len() > 1 {
            self.spare = blocks.pop_front().unwrap_or_default();
        }
        item
    }

    /// Everything, in no order that means anything.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Due, &T)> {
        let lanes = self.lanes.iter().flatten().flatten();
        lanes.chain(&self.rest).map(|item| (item.due, &item.what))
    }

    /// Takes out everything that `wanted` chooses, in order.
    pub(super) fn take(&mut self, wanted: impl Fn(Due, &T) -> bool) -> Vec<(Due, T)> {
        let mut all = std::mem::take(self);
        let mut taken = Vec::new();
        loop {
            let due = all.next_due();
            let Some(what) = all.pop() else {
                return taken;
            };
            if wanted(due, &what) {
                taken.push((due, what));
            } else {
                self.push(due, what);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::rng::Rng;
    use std::collections::BTreeMap;

    /// A queue beside a map that is right by its nature.
    #[derive(Default)]
    struct Both {
        queue: Queue<u64>,
        map: BTreeMap<Due, u64>,
        planned: u64,
        now: Micros,
    }

    impl Both {
        fn push(&mut self, delay: Micros) {
            self.planned += 1;
            let due = (self.now + delay, self.planned);
            self.queue.push(due, self.planned);
            self.map.insert(due, self.planned);
        }

        fn pop(&mut self) {
            let expected = self.map.pop_first();
            assert_eq!(self.queue.next_due(), expected.map_or(NEVER, |(due, _)| due));
            assert_eq!(self.queue.pop(), expected.map(|(_, what)| what));
            self.now = expected.map_or(self.now, |((at, _), _)| at);
        }
    }

    #[test]
    fn things_come_out_by_time_and_then_as_they_were_planned() {
        for seed in 0..50 {
            let (mut both, mut rng) = (Both::default(), Rng::new(seed));
            // Few delays as in good weather; any as in bad; several far ones, that block lanes.
            for nth in 0..3_000 {
                let delay = match rng.below(8) {
                    0 => 2_000,
                    1 => u64::from(rng.below(if seed % 2 == 0 { 5_000 } else { 3 })),
                    2 if nth % 50 == 0 => u64::from(rng.below(1_000_000)),
                    other => [100, 200, 0][usize::try_from(other).expect("it is small") % 3],
                };
                both.push(delay);
                if rng.below(5) < 2 {
                    both.pop();
                }
            }
            let mut all: Vec<(Due, u64)> = both.queue.iter().map(|(due, &what)| (due, what)).collect();
            all.sort_unstable();
            assert_eq!(all.len(), both.queue.len());
            assert_eq!(all, both.map.iter().map(|(&due, &what)| (due, what)).collect::<Vec<_>>());
            let odd = both.queue.take(|_, what| what % 2 == 1);
            let expected = both.map.extract_if(.., |_, what| *what % 2 == 1);
            assert_eq!(odd, expected.collect::<Vec<_>>());
            for (due, what) in odd.into_iter().step_by(2) {
                both.queue.push(due, what);
                both.map.insert(due, what);
            }
            while !both.map.is_empty() {
                both.pop();
            }
            both.pop();
        }
    }
}
