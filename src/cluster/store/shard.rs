//! One part of a store: a map in insertion order.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::value::Value;
use crate::cluster::reply::Blob;
use crate::cluster::slot::Slot;
use crate::cluster::time::Micros;

/// What stands behind a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The key's slot, kept so that nobody hashes twice.
    pub slot: Slot,
    /// The value.
    pub value: Value,
    /// When it expires, in virtual time.
    pub deadline: Option<Micros>,
    /// Which change of the store it stems from: WATCH compares this.
    pub version: u64,
    /// When it was last used, in seconds, or how often, by `maxmemory-policy`: see `Data::get`.
    pub access: u32,
    /// Bytes by the model of [`Value::memory`], key included.
    pub memory: u32,
}

impl Entry {
    /// Whether its time is over. Source: Redis 7.0, `db.c`, `keyIsExpired` (strictly after the deadline).
    pub fn is_expired(&self, now: Micros) -> bool {
        self.deadline.is_some_and(|deadline| now > deadline)
    }
}

/// One part of a store.
#[derive(Clone, Debug, Default)]
pub struct Shard {
    entries: IndexMap<Blob, Entry, FxBuildHasher>,
}

impl Shard {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn index_of(&self, key: &[u8]) -> Option<usize> {
        self.entries.get_index_of(key)
    }

    pub(super) fn at(&self, index: usize) -> Option<(&Blob, &Entry)> {
        self.entries.get_index(index)
    }

    pub(super) fn at_mut(&mut self, index: usize) -> Option<&mut Entry> {
        self.entries.get_index_mut(index).map(|(_, entry)| entry)
    }

    /// Inserts or replaces; gives back what was there.
    pub(super) fn insert(&mut self, key: &Blob, entry: Entry) -> Option<Entry> {
        self.entries.insert(key.clone(), entry)
    }

    pub(super) fn remove_at(&mut self, index: usize) -> Option<Entry> {
        self.entries.swap_remove_index(index).map(|(_, entry)| entry)
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (&Blob, &Entry)> {
        self.entries.iter()
    }
}
