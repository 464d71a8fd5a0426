//! The last part of the stream of writes, kept so that a replica that was away can catch up.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use crate::cluster::reply::Blob;

/// One command of the stream.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StreamItem {
    /// The offset after it.
    pub end: u64,
    /// The command.
    pub argv: Rc<[Blob]>,
}

/// Commands of one run. Copies of a node share whole runs.
const RUN: usize = 64;

/// A window on the stream. Source: Redis 7.0, `replication.c`, `feedReplicationBuffer` (one window of a size in bytes).
#[derive(Clone, Debug, Default)]
pub struct Backlog {
    /// The offset before the first item.
    start: u64,
    /// None is empty.
    runs: VecDeque<Rc<VecDeque<StreamItem>>>,
}

impl Backlog {
    /// An empty window at this offset.
    pub fn at(offset: u64) -> Self {
        Self { start: offset, runs: VecDeque::new() }
    }

    /// Adds a command, and forgets old ones past `limit` bytes.
    pub fn push(&mut self, item: StreamItem, limit: u64) {
        let end = item.end;
        match self.runs.back_mut() {
            Some(run) if run.len() < RUN => Rc::make_mut(run).push_back(item),
            _ => self.runs.push_back(Rc::new(VecDeque::from([item]))),
        }
        while end - self.start > limit && self.holds_several() {
            self.forget_oldest();
        }
    }

    /// The offset before its first command; `None` while it has none.
    pub fn first(&self) -> Option<u64> {
        (!self.runs.is_empty()).then_some(self.start)
    }

    /// The commands after `offset`, if the window reaches back so far.
    pub fn after(&self, offset: u64) -> Option<impl Iterator<Item = &StreamItem>> {
        if offset < self.start {
            return None;
        }
        let first = self.runs.partition_point(|run| run.back().is_none_or(|item| item.end <= offset));
        let runs = self.runs.range(first..);
        Some(runs.flat_map(move |run| run.range(run.partition_point(|item| item.end <= offset)..)))
    }

    /// Counting all runs for every command would cost more than the command itself.
    fn holds_several(&self) -> bool {
        self.runs.len() > 1 || self.runs.front().is_some_and(|run| run.len() > 1)
    }

    fn forget_oldest(&mut self) {
        let Some(run) = self.runs.front_mut() else {
            return;
        };
        if let Some(old) = Rc::make_mut(run).pop_front() {
            self.start = old.end;
        }
        if run.is_empty() {
            self.runs.pop_front();
        }
    }
}

/// By its commands: how they are kept makes no difference.
impl Hash for Backlog {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.start.hash(state);
        state.write_usize(self.runs.iter().map(|run| run.len()).sum::<usize>());
        self.runs.iter().flat_map(|run| run.iter()).for_each(|item| item.hash(state));
    }
}

/// How many bytes a command takes on the wire: RESP, as Redis counts offsets.
pub(super) fn wire_bytes(argv: &[Blob]) -> u64 {
    let digits = |number: usize| u64::from(number.checked_ilog10().unwrap_or(0)) + 1;
    let words = argv.iter().map(|word| 5 + digits(word.len()) + word.len() as u64);
    3 + digits(argv.len()) + words.sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(backlog: &Backlog, offset: u64) -> Option<Vec<u64>> {
        backlog.after(offset).map(|items| items.map(|item| item.end).collect())
    }

    #[test]
    fn the_window_moves_over_its_runs() {
        let mut backlog = Backlog::at(10);
        for nth in 1..=300 {
            backlog.push(StreamItem { end: 10 + nth * 5, argv: Rc::new([]) }, 1_000);
        }
        let copy = backlog.clone();
        backlog.push(StreamItem { end: 1_515, argv: Rc::new([]) }, 1_000);
        assert_eq!(ends(&backlog, 514), None, "too old");
        assert_eq!(ends(&backlog, 515), Some((1..=200).map(|nth| 515 + nth * 5).collect()));
        assert_eq!(ends(&backlog, 837), Some((0..=135).map(|nth| 840 + nth * 5).collect()));
        assert_eq!(ends(&backlog, 1_515), Some(vec![]));
        assert_eq!(ends(&copy, 1_500), Some(vec![1_505, 1_510]), "a copy stays as it was");
        assert_eq!(ends(&Backlog::at(3), 3), Some(vec![]));
    }

    #[test]
    fn one_command_stays_however_long() {
        let mut backlog = Backlog::at(0);
        backlog.push(StreamItem { end: 5_000, argv: Rc::new([]) }, 10);
        assert_eq!(ends(&backlog, 0), Some(vec![5_000]));
        backlog.push(StreamItem { end: 9_000, argv: Rc::new([]) }, 10);
        assert_eq!(ends(&backlog, 5_000), Some(vec![9_000]));
    }
}
