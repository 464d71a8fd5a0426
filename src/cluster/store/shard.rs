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
    pub(super) fn get(&self, key: &[u8]) -> Option<&Entry> {
        self.entries.get(key)
    }

    pub(super) fn get_mut(&mut self, key: &[u8]) -> Option<&mut Entry> {
        self.entries.get_mut(key)
    }

    /// Inserts or replaces; says whether the key is new.
    pub(super) fn insert(&mut self, key: &Blob, entry: Entry) -> bool {
        self.entries.insert(key.clone(), entry).is_none()
    }

    pub(super) fn remove(&mut self, key: &[u8]) -> Option<Entry> {
        self.entries.swap_remove(key)
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (&Blob, &Entry)> {
        self.entries.iter()
    }
}
