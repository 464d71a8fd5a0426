//! What a node keeps: keys, values and their deadlines.
//!
//! Shared and copied on write, so that cloning a world costs little. Order never depends on hashing.

pub mod dump;
mod shard;
mod value;

use std::rc::Rc;

use rustc_hash::FxBuildHasher;

use super::reply::Blob;
use super::slot::{Slot, key_slot};
use super::time::Micros;
pub use shard::{Entry, Shard};
pub use value::Value;

/// Keys are spread over this many parts, each copied on its own when it is written to after a clone.
const SHARDS: u16 = 64;

type Deadlines = indexmap::IndexSet<Blob, FxBuildHasher>;

/// A keyspace.
#[derive(Clone, Debug, Default)]
pub struct Store {
    shards: Vec<Option<Rc<Shard>>>,
    /// The keys that have a deadline, for the master's sampling.
    volatile: Rc<Deadlines>,
    len: u32,
    /// Counts changes.
    changes: u64,
}

impl Store {
    /// How many keys there are, expired ones that nobody has removed yet included (as `DBSIZE` counts).
    pub fn len(&self) -> u32 {
        self.len
    }

    /// How many changes there were.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many keys have a deadline.
    pub fn volatile_len(&self) -> u32 {
        self.volatile.len() as u32
    }

    /// The key with a deadline at `index` in the sampling order.
    pub fn volatile_at(&self, index: u32) -> Option<&Blob> {
        self.volatile.get_index(index as usize)
    }

    /// The entry of `key`, expired or not.
    pub fn raw(&self, key: &[u8]) -> Option<&Entry> {
        self.shard(key_slot(key))?.get(key)
    }

    /// The entry of `key`, unless its time is over.
    pub fn get(&self, key: &[u8], now: Micros) -> Option<&Entry> {
        self.raw(key).filter(|entry| !entry.is_expired(now))
    }

    /// The value of `key` to change in place; the caller has removed it if it was expired.
    pub fn value_mut(&mut self, key: &[u8]) -> Option<&mut Value> {
        let shard = self.shards.get_mut(shard_of(key_slot(key)))?.as_mut()?;
        let entry = Rc::make_mut(shard).get_mut(key)?;
        self.changes += 1;
        entry.version = self.changes;
        Some(&mut entry.value)
    }

    /// Sets `key`, replacing value and deadline.
    pub fn set(&mut self, key: &Blob, value: Value, deadline: Option<Micros>) {
        let slot = key_slot(key);
        if self.shards.is_empty() {
            self.shards = vec![None; usize::from(SHARDS)];
        }
        self.changes += 1;
        let shard = self.shards[shard_of(slot)].get_or_insert_with(Rc::default);
        if Rc::make_mut(shard).insert(key, Entry { slot, value, deadline, version: self.changes }) {
            self.len += 1;
        }
        self.note_deadline(key, deadline);
    }

    /// Sets or takes away the deadline of an existing key; says whether there is such a key.
    pub fn set_deadline(&mut self, key: &Blob, deadline: Option<Micros>) -> bool {
        let Some(shard) = self.shards.get_mut(shard_of(key_slot(key))).and_then(Option::as_mut) else {
            return false;
        };
        let Some(entry) = Rc::make_mut(shard).get_mut(key) else {
            return false;
        };
        self.changes += 1;
        entry.version = self.changes;
        entry.deadline = deadline;
        self.note_deadline(key, deadline);
        true
    }

    /// Removes `key` and gives back what it held.
    pub fn remove(&mut self, key: &[u8]) -> Option<Entry> {
        let shard = self.shards.get_mut(shard_of(key_slot(key)))?.as_mut()?;
        shard.get(key)?;
        let entry = Rc::make_mut(shard).remove(key)?;
        self.len -= 1;
        if entry.deadline.is_some() {
            Rc::make_mut(&mut self.volatile).swap_remove(key);
        }
        Some(entry)
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        *self = Self { changes: self.changes, ..Self::default() };
    }

    /// All keys with their entries, in a stable order.
    pub fn iter(&self) -> impl Iterator<Item = (&Blob, &Entry)> {
        self.shards.iter().flatten().flat_map(|shard| shard.iter())
    }

    /// The keys of one slot, newest first.
    pub fn in_slot(&self, slot: Slot) -> impl Iterator<Item = &Blob> {
        let entries = self.shard(slot).into_iter().flat_map(|shard| shard.iter().rev());
        entries.filter(move |(_, entry)| entry.slot == slot).map(|(key, _)| key)
    }

    /// How many bytes a full copy of this store sends, by a simple model: keys, values and 16 bytes each.
    pub fn copy_bytes(&self) -> u64 {
        self.iter().map(|(key, entry)| key.len() as u64 + entry.value.bytes() + 16).sum()
    }

    fn shard(&self, slot: Slot) -> Option<&Shard> {
        self.shards.get(shard_of(slot))?.as_deref()
    }

    fn note_deadline(&mut self, key: &Blob, deadline: Option<Micros>) {
        if deadline.is_some() {
            if !self.volatile.contains(key) {
                Rc::make_mut(&mut self.volatile).insert(key.clone());
            }
        } else if self.volatile.contains(key) {
            Rc::make_mut(&mut self.volatile).swap_remove(key);
        }
    }
}

impl std::hash::Hash for Store {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        state.write_u32(self.len);
        for item in self.iter() {
            item.hash(state);
        }
        for key in self.volatile.iter() {
            key.hash(state);
        }
    }
}

fn shard_of(slot: Slot) -> usize {
    usize::from(slot % SHARDS)
}
