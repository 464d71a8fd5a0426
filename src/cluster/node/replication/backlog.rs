//! The last part of the stream of writes, kept so that a replica that was away can catch up.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use crate::cluster::command::Spec;
use crate::cluster::reply::Blob;
use crate::cluster::store::Spot;

/// One command of the stream.
#[derive(Clone, Debug)]
pub struct StreamItem {
    /// The offset after it.
    pub end: u64,
    /// The command.
    pub argv: Rc<[Blob]>,
    /// Where whoever sent it keeps it: whoever gets it need not write it down again.
    pub(super) kept: Option<Rc<RefCell<Run>>>,
    /// Where its key stands at the master: as likely as not also at a replica.
    pub(super) near: Spot,
    /// Its row in the table of commands, where the master knows it.
    pub(super) row: Option<&'static Spec>,
}

impl StreamItem {
    /// A command that nobody keeps yet.
    pub(super) fn new(end: u64, argv: Rc<[Blob]>) -> Self {
        Self { end, argv, kept: None, near: Spot::NOWHERE, row: None }
    }
}

/// What only saves work makes no difference.
impl Hash for StreamItem {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.end, &self.argv).hash(state);
    }
}

/// Commands of one run. Copies of a node, and master and replicas, share whole runs.
const RUN: usize = 64;
/// A run with more bytes takes no further command: what is forgotten in it is freed only with the rest of it.
const RUN_BYTES: usize = 16 * 1024;

/// Some commands, end to end in one piece of memory: to keep a command costs a copy of its bytes, and to forget it nothing.
/// A window is a megabyte that is gone through over and over, and so never where a processor is quick: the less, the better.
///
/// What was written stays as it is. Several windows may look at one run, each as far as it knows; who has come to its end
/// may write on, and whoever else has too is at another place from then on, for it did not hear of that.
#[derive(Clone, Debug, Default)]
pub(super) struct Run {
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

    /// Takes room at once for what came before: to grow step by step would copy all of it twice.
    fn expect_as_much_as(&mut self, other: &Self) {
        self.ends.reserve(other.ends.len());
        self.bytes.reserve((other.bytes.len() + other.bytes.len() / 8).min(RUN_BYTES));
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

    fn argv(&self, index: usize) -> Rc<[Blob]> {
        let until = self.ends[index].1;
        let mut rest = &self.bytes[self.start_of(index) as usize..until as usize];
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
        argv.into()
    }
}

/// What a window sees of a run.
#[derive(Clone, Debug)]
struct Part {
    run: Rc<RefCell<Run>>,
    /// Its commands from this one on,
    from: usize,
    /// and before this one.
    until: usize,
}

impl Part {
    /// The first command of it that ends after an offset.
    fn place_after(&self, offset: u64) -> usize {
        self.run.borrow().until(offset).clamp(self.from, self.until)
    }

    fn item(&self, index: usize) -> StreamItem {
        let run = self.run.borrow();
        let kept = Some(self.run.clone());
        StreamItem { kept, ..StreamItem::new(run.end(index).unwrap_or_default(), run.argv(index)) }
    }
}

/// A window on the stream. Source: Redis 7.0, `replication.c`, `feedReplicationBuffer` (one window of a size in bytes).
#[derive(Clone, Debug, Default)]
pub struct Backlog {
    /// The offset before the first command.
    start: u64,
    /// The offset after the first command: read ahead, for it lies where nobody has looked for a megabyte.
    first_end: u64,
    /// None is empty.
    parts: VecDeque<Part>,
    /// An empty one, for the next that is needed.
    spare: Run,
}

impl Backlog {
    /// An empty window at this offset.
    pub fn at(offset: u64) -> Self {
        Self { start: offset, ..Self::default() }
    }

    /// Adds a command, and forgets old ones past `limit` bytes. Who is told of it later may keep it in the same place.
    pub fn push(&mut self, item: &mut StreamItem, limit: u64) {
        if self.parts.is_empty() {
            self.first_end = item.end;
        }
        match item.kept.as_ref() {
            Some(run) => self.adopt(run, item.end),
            None => item.kept = self.write(item),
        }
        while item.end - self.start > limit && self.holds_several() {
            self.forget_oldest();
        }
    }

    /// Writes a command down: at the end of the last run, if nobody else has written on there.
    fn write(&mut self, item: &StreamItem) -> Option<Rc<RefCell<Run>>> {
        if let Some(part) = self.parts.back_mut() {
            let mut run = part.run.borrow_mut();
            if part.until == run.ends.len() && run.has_room_for(item) {
                run.push(item);
                part.until += 1;
                drop(run);
                return Some(part.run.clone());
            }
        }
        let mut run = std::mem::take(&mut self.spare);
        if let Some(part) = self.parts.back() {
            run.expect_as_much_as(&part.run.borrow());
        }
        run.push(item);
        let run = Rc::new(RefCell::new(run));
        self.parts.push_back(Part { run: run.clone(), from: 0, until: 1 });
        Some(run)
    }

    /// Takes note of a command that somebody else has written down.
    fn adopt(&mut self, run: &Rc<RefCell<Run>>, end: u64) {
        if let Some(part) = self.parts.back_mut()
            && Rc::ptr_eq(&part.run, run)
            && run.borrow().end(part.until) == Some(end)
        {
            part.until += 1;
            return;
        }
        let until = run.borrow().until(end);
        self.parts.push_back(Part { run: run.clone(), from: until.saturating_sub(1), until });
    }

    /// The offset before its first command; `None` while it has none.
    pub fn first(&self) -> Option<u64> {
        (!self.parts.is_empty()).then_some(self.start)
    }

    /// The commands after `offset`, if the window reaches back so far.
    pub fn after(&self, offset: u64) -> Option<impl Iterator<Item = StreamItem>> {
        self.places_after(offset).map(|places| places.map(|(part, index)| part.item(index)))
    }

    /// How many of them write: a master's PING does not.
    pub fn writes_after(&self, offset: u64) -> Option<usize> {
        Some(self.places_after(offset)?.filter(|(part, index)| !part.run.borrow().is_ping(*index)).count())
    }

    fn places_after(&self, offset: u64) -> Option<impl Iterator<Item = (&Part, usize)>> {
        if offset < self.start {
            return None;
        }
        let first = self.parts.partition_point(|part| part.place_after(offset) == part.until);
        let parts = self.parts.range(first..);
        Some(parts.flat_map(move |part| (part.place_after(offset)..part.until).map(move |index| (part, index))))
    }

    /// Counting all runs for every command would cost more than the command itself.
    fn holds_several(&self) -> bool {
        self.parts.len() > 1 || self.parts.front().is_some_and(|part| part.until - part.from > 1)
    }

    fn forget_oldest(&mut self) {
        let Some(part) = self.parts.front_mut() else {
            return;
        };
        self.start = self.first_end;
        part.from += 1;
        if part.from >= part.until {
            // A large value must not keep its room for ever.
            let whole = self.parts.pop_front().and_then(|part| Rc::into_inner(part.run)).map(RefCell::into_inner);
            if let Some(mut run) = whole.filter(|run| run.bytes.capacity() <= 2 * RUN_BYTES) {
                run.ends.clear();
                run.bytes.clear();
                self.spare = run;
            }
        }
        if let Some(end) = self.parts.front().and_then(|part| part.run.borrow().end(part.from)) {
            self.first_end = end;
        }
    }
}

/// By its commands: how they are kept makes no difference.
impl Hash for Backlog {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.start.hash(state);
        state.write_usize(self.parts.iter().map(|part| part.until - part.from).sum());
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

    fn item(end: u64) -> StreamItem {
        StreamItem::new(end, Rc::new([]))
    }

    fn ends(backlog: &Backlog, offset: u64) -> Option<Vec<u64>> {
        backlog.after(offset).map(|items| items.map(|item| item.end).collect())
    }

    #[test]
    fn the_window_moves_over_its_runs() {
        let mut backlog = Backlog::at(10);
        for nth in 1..=300 {
            backlog.push(&mut item(10 + nth * 5), 1_000);
        }
        let copy = backlog.clone();
        backlog.push(&mut item(1_515), 1_000);
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
        backlog.push(&mut item(5_000), 10);
        assert_eq!(ends(&backlog, 0), Some(vec![5_000]));
        backlog.push(&mut item(9_000), 10);
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
        let mut items: Vec<_> = (1..=200).map(|nth| StreamItem::new(nth * 7, words(nth))).collect();
        items.iter_mut().for_each(|item| backlog.push(item, 500));
        let told = |item: StreamItem| (item.end, item.argv);
        let kept: Vec<_> = backlog.after(903).into_iter().flatten().map(told).collect();
        assert_eq!(kept.len(), 71);
        assert_eq!(kept, items.into_iter().skip(200 - 71).map(told).collect::<Vec<_>>());
    }

    /// Writes a command into the first window, and has the others keep it too.
    fn tell(windows: &mut [&mut Backlog], end: u64) {
        let mut item = item(end);
        windows.iter_mut().for_each(|window| window.push(&mut item, 1_000));
    }

    #[test]
    fn windows_share_what_is_written_until_they_part() {
        let (mut master, mut replica) = (Backlog::at(0), Backlog::at(0));
        (1..=100).for_each(|nth| tell(&mut [&mut master, &mut replica], nth));
        assert!(Rc::ptr_eq(&master.parts[1].run, &replica.parts[1].run), "one copy in memory");
        // One of them does not hear of the next ones, and goes its own way; so does a copy of the other.
        let mut copy = master.clone();
        (101..=110).for_each(|nth| tell(&mut [&mut master], nth));
        (102..=103).for_each(|nth| tell(&mut [&mut replica], nth));
        tell(&mut [&mut copy], 109);
        assert_eq!(ends(&master, 98), Some((99..=110).collect()));
        assert_eq!(ends(&replica, 98), Some(vec![99, 100, 102, 103]));
        assert_eq!(ends(&copy, 98), Some(vec![99, 100, 109]));
        // A window that begins in the middle, and hears of what others know by then.
        let mut late = Backlog::at(105);
        let missed: Vec<_> = master.after(105).into_iter().flatten().collect();
        missed.into_iter().for_each(|mut item| late.push(&mut item, 1_000));
        tell(&mut [&mut master, &mut late], 111);
        assert_eq!(ends(&late, 105), Some((106..=111).collect()));
        assert_eq!(ends(&late, 104), None, "it never had that");
        (112..=2_000).for_each(|nth| tell(&mut [&mut master, &mut late], nth));
        assert_eq!(ends(&late, 1_500), ends(&master, 1_500));
        assert_eq!(late.first(), Some(1_000));
    }
}
