//! The last part of the stream of writes, kept so that a replica that was away can catch up.

use std::collections::VecDeque;
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

/// A window on the stream. Source: Redis 7.0, `replication.c`, `feedReplicationBuffer` (one window of a size in bytes).
#[derive(Clone, Debug, Default, Hash)]
pub struct Backlog {
    /// The offset before the first item.
    start: u64,
    items: VecDeque<StreamItem>,
}

impl Backlog {
    /// An empty window at this offset.
    pub fn at(offset: u64) -> Self {
        Self { start: offset, items: VecDeque::new() }
    }

    /// Adds a command, and forgets old ones past `limit` bytes.
    pub fn push(&mut self, item: StreamItem, limit: u64) {
        let end = item.end;
        self.items.push_back(item);
        while self.items.len() > 1 && end - self.start > limit {
            if let Some(old) = self.items.pop_front() {
                self.start = old.end;
            }
        }
    }

    /// The offset before its first command; `None` while it has none.
    pub fn first(&self) -> Option<u64> {
        (!self.items.is_empty()).then_some(self.start)
    }

    /// The commands after `offset`, if the window reaches back so far.
    pub fn after(&self, offset: u64) -> Option<impl Iterator<Item = &StreamItem>> {
        if offset < self.start {
            return None;
        }
        let from = self.items.partition_point(|item| item.end <= offset);
        Some(self.items.range(from..))
    }
}

/// How many bytes a command takes on the wire: RESP, as Redis counts offsets.
pub(super) fn wire_bytes(argv: &[Blob]) -> u64 {
    let digits = |number: usize| number.to_string().len() as u64;
    let words = argv.iter().map(|word| 5 + digits(word.len()) + word.len() as u64);
    3 + digits(argv.len()) + words.sum::<u64>()
}
