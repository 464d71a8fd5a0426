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
/// A run with more bytes takes no further command: what is forgotten in it is freed only with the rest of it.
const RUN_BYTES: usize = 16 * 1024;

/// Some commands, end to end in one piece of memory: to keep a command costs a copy of its bytes, and to forget it nothing.
/// A window is a megabyte that is gone through over and over, and so never where a processor is quick: the less, the better.
#[derive(Clone, Debug, Default)]
struct Run {
    /// The offset after its first command; those of the others are counted from there.
    base: u64,
    /// The offset after each command, and where its bytes end.
    ends: Vec<(u32, u32)>,
    /// Each word after its length.
    bytes: Vec<u8>,
}

/// The length of a word takes one byte if it is below this, and else this and four more.
const LONG: u8 = 255;

impl Run {
    fn has_room_for(&self, item: &StreamItem) -> bool {
        self.ends.len() < RUN && self.bytes.len() < RUN_BYTES && item.end - self.base <= u64::from(u32::MAX)
    }

    fn push(&mut self, item: &StreamItem) {
        for word in item.argv.iter() {
            if word.len() < usize::from(LONG) {
                self.bytes.push(word.len() as u8);
            } else {
                self.bytes.push(LONG);
                self.bytes.extend_from_slice(&(word.len() as u32).to_le_bytes());
            }
            self.bytes.extend_from_slice(word);
        }
        if self.ends.is_empty() {
            self.base = item.end;
        }
        self.ends.push(((item.end - self.base) as u32, self.bytes.len() as u32));
    }

    /// The offset after a command of it.
    fn end(&self, index: usize) -> Option<u64> {
        self.ends.get(index).map(|&(end, _)| self.base + u64::from(end))
    }

    /// How many of its commands end at or before an offset.
    fn until(&self, offset: u64) -> usize {
        self.ends.partition_point(|&(end, _)| self.base + u64::from(end) <= offset)
    }

    fn start_of(&self, index: usize) -> u32 {
        index.checked_sub(1).map_or(0, |before| self.ends[before].1)
    }

    fn is_ping(&self, index: usize) -> bool {
        self.bytes[self.start_of(index) as usize..self.ends[index].1 as usize] == *b"\x04PING"
    }

    fn item(&self, index: usize) -> StreamItem {
        let start = self.start_of(index);
        let (end, until) = self.ends[index];
        let mut rest = &self.bytes[start as usize..until as usize];
        let mut argv = Vec::new();
        while let Some((length, mut words)) = rest.split_first() {
            let mut length = usize::from(*length);
            if let Some((long, more)) = words.split_first_chunk().filter(|_| length == usize::from(LONG)) {
                (length, words) = (u32::from_le_bytes(*long) as usize, more);
            }
            let (word, more) = words.split_at(length);
            argv.push(word.into());
            rest = more;
        }
        StreamItem { end: self.base + u64::from(end), argv: argv.into() }
    }
}

/// A window on the stream. Source: Redis 7.0, `replication.c`, `feedReplicationBuffer` (one window of a size in bytes).
#[derive(Clone, Debug, Default)]
pub struct Backlog {
    /// The offset before the first command.
    start: u64,
    /// How many commands of the first run are forgotten.
    forgotten: usize,
    /// None is empty.
    runs: VecDeque<Rc<Run>>,
    /// An empty one, for the next that is needed.
    spare: Run,
}

impl Backlog {
    /// An empty window at this offset.
    pub fn at(offset: u64) -> Self {
        Self { start: offset, ..Self::default() }
    }

    /// Adds a command, and forgets old ones past `limit` bytes.
    pub fn push(&mut self, item: &StreamItem, limit: u64) {
        match self.runs.back_mut() {
            Some(run) if run.has_room_for(item) => Rc::make_mut(run).push(item),
            _ => {
                let mut run = std::mem::take(&mut self.spare);
                run.push(item);
                self.runs.push_back(Rc::new(run));
            }
        }
        while item.end - self.start > limit && self.holds_several() {
            self.forget_oldest();
        }
    }

    /// The offset before its first command; `None` while it has none.
    pub fn first(&self) -> Option<u64> {
        (!self.runs.is_empty()).then_some(self.start)
    }

    /// The commands after `offset`, if the window reaches back so far.
    pub fn after(&self, offset: u64) -> Option<impl Iterator<Item = StreamItem>> {
        self.places_after(offset).map(|places| places.map(|(run, index)| run.item(index)))
    }

    /// How many of them write: a master's PING does not.
    pub fn writes_after(&self, offset: u64) -> Option<usize> {
        Some(self.places_after(offset)?.filter(|(run, index)| !run.is_ping(*index)).count())
    }

    fn places_after(&self, offset: u64) -> Option<impl Iterator<Item = (&Run, usize)>> {
        if offset < self.start {
            return None;
        }
        let first = self.runs.partition_point(|run| run.until(offset) == run.ends.len());
        let runs = self.runs.range(first..).map(|run| &**run);
        Some(runs.flat_map(move |run| (run.until(offset)..run.ends.len()).map(move |index| (run, index))))
    }

    /// Counting all runs for every command would cost more than the command itself.
    fn holds_several(&self) -> bool {
        self.runs.len() > 1 || self.runs.front().is_some_and(|run| run.ends.len() - self.forgotten > 1)
    }

    fn forget_oldest(&mut self) {
        let Some(run) = self.runs.front() else {
            return;
        };
        if let Some(end) = run.end(self.forgotten) {
            self.start = end;
        }
        self.forgotten += 1;
        if self.forgotten >= run.ends.len() {
            self.forgotten = 0;
            // A large value must not keep its room for ever.
            let whole = self.runs.pop_front().and_then(Rc::into_inner);
            if let Some(mut run) = whole.filter(|run| run.bytes.capacity() <= 2 * RUN_BYTES) {
                run.ends.clear();
                run.bytes.clear();
                self.spare = run;
            }
        }
    }
}

/// By its commands: how they are kept makes no difference.
impl Hash for Backlog {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.start.hash(state);
        let all: usize = self.runs.iter().map(|run| run.ends.len()).sum();
        state.write_usize(all - self.forgotten);
        self.after(self.start).into_iter().flatten().for_each(|item| item.hash(state));
    }
}

/// How many bytes a command takes on the wire: RESP, as Redis counts offsets.
pub(super) fn wire_bytes(argv: &[Blob]) -> u64 {
    // Nearly all are short, and a logarithm takes longer.
    let digits = |number: usize| match number {
        0..=9 => 1,
        10..=99 => 2,
        100..=999 => 3,
        _ => u64::from(number.ilog10()) + 1,
    };
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
            backlog.push(&StreamItem { end: 10 + nth * 5, argv: Rc::new([]) }, 1_000);
        }
        let copy = backlog.clone();
        backlog.push(&StreamItem { end: 1_515, argv: Rc::new([]) }, 1_000);
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
        backlog.push(&StreamItem { end: 5_000, argv: Rc::new([]) }, 10);
        assert_eq!(ends(&backlog, 0), Some(vec![5_000]));
        backlog.push(&StreamItem { end: 9_000, argv: Rc::new([]) }, 10);
        assert_eq!(ends(&backlog, 5_000), Some(vec![9_000]));
    }

    #[test]
    fn commands_come_out_as_they_went_in() {
        let mut backlog = Backlog::at(0);
        let words = |nth: u64| -> Rc<[Blob]> {
            let word = |length: u64| Blob::from(vec![nth as u8; length as usize]);
            // Lengths on both sides of what one byte tells.
            (0..nth % 4).map(|index| word(nth * index)).chain([word(nth + 100)]).collect()
        };
        let items: Vec<_> = (1..=200).map(|nth| StreamItem { end: nth * 7, argv: words(nth) }).collect();
        items.iter().for_each(|item| backlog.push(item, 500));
        let kept: Vec<_> = backlog.after(903).into_iter().flatten().collect();
        assert_eq!(kept.len(), 71);
        assert_eq!(kept, items[200 - 71..]);
    }
}
