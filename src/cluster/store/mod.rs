//! What a node keeps: keys, values and their deadlines.
//!
//! Shared and copied on write, so that cloning a world costs little. Order never depends on hashing.

mod collections;
pub mod dump;
mod scan;
mod shard;
mod value;
mod zset;

use std::rc::Rc;

use rustc_hash::FxBuildHasher;

use super::reply::Blob;
use super::slot::{Slot, key_slot};
use super::time::Micros;
pub use collections::{Hash, List, Set};
pub use shard::{Entry, Shard};
pub use value::{Limits, Value};
pub use zset::{Score, ZSet};

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
    /// Bytes by the model of [`Value::memory`].
    used: u64,
    /// Whether changes are noted, and those that were since somebody last asked: `None` stands for all keys at once.
    notes: bool,
    noted: Vec<Option<Blob>>,
}

/// Where an entry stands, until the next key comes or goes.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    shard: u16,
    index: u32,
}

impl Default for Spot {
    fn default() -> Self {
        Self::NOWHERE
    }
}

impl Spot {
    /// Where no entry stands.
    pub const NOWHERE: Self = Self { shard: u16::MAX, index: u32::MAX };
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

    /// Bytes that all keys take, by a model: see [`Value::memory`] and [`key_memory`].
    pub fn memory(&self) -> u64 {
        self.used
    }

    /// How many keys have a deadline.
    pub fn volatile_len(&self) -> u32 {
        self.volatile.len() as u32
    }

    /// The key with a deadline at `index` in the sampling order.
    pub fn volatile_at(&self, index: u32) -> Option<&Blob> {
        self.volatile.get_index(index as usize)
    }

    /// The key at `index` in the stable order.
    pub fn key_at(&self, index: u32) -> Option<&Blob> {
        let mut rest = index as usize;
        for shard in self.shards.iter().flatten() {
            if rest < shard.len() {
                return shard.at(rest).map(|(key, _)| key);
            }
            rest -= shard.len();
        }
        None
    }

    /// Where `key` stands.
    pub fn find(&self, key: &[u8]) -> Option<Spot> {
        self.find_in(key_slot(key), key)
    }

    /// The same where its slot is known.
    pub fn find_in(&self, slot: Slot, key: &[u8]) -> Option<Spot> {
        let shard = shard_of(slot);
        let index = self.shards.get(shard)?.as_deref()?.index_of(key)?;
        Some(Spot { shard: shard as u16, index: index as u32 })
    }

    /// Whether `key` stands at a spot, such as it has in a store of the same history.
    pub fn stands_at(&self, spot: Spot, key: &[u8]) -> bool {
        self.entry(spot).is_some_and(|(there, _)| **there == *key)
    }

    fn entry(&self, spot: Spot) -> Option<(&Blob, &Entry)> {
        self.shards.get(usize::from(spot.shard))?.as_deref()?.at(spot.index as usize)
    }

    /// The entry at a spot.
    pub fn at(&self, spot: Spot) -> Option<&Entry> {
        self.entry(spot).map(|(_, entry)| entry)
    }

    /// The entry at a spot, to change it.
    pub fn at_mut(&mut self, spot: Spot) -> Option<&mut Entry> {
        Rc::make_mut(self.shards.get_mut(usize::from(spot.shard))?.as_mut()?).at_mut(spot.index as usize)
    }

    /// The entry of `key`, expired or not.
    pub fn raw(&self, key: &[u8]) -> Option<&Entry> {
        self.at(self.find(key)?)
    }

    /// The entry of `key`, unless its time is over.
    pub fn get(&self, key: &[u8], now: Micros) -> Option<&Entry> {
        self.raw(key).filter(|entry| !entry.is_expired(now))
    }

    /// The value of `key` was changed in place: counts it as a change, counts its bytes anew, and removes it if it is
    /// an empty collection.
    pub fn changed(&mut self, key: &[u8]) {
        let Some(spot) = self.find(key) else {
            return;
        };
        self.changes += 1;
        let version = self.changes;
        let Some(entry) = self.at_mut(spot) else {
            return;
        };
        entry.version = version;
        let memory = memory_of(key, &entry.value);
        let before = std::mem::replace(&mut entry.memory, memory);
        let gone = entry.value.is_empty_collection();
        self.used = self.used + u64::from(memory) - u64::from(before);
        self.note(key);
        if gone {
            self.remove(key);
        }
    }

    /// Sets `key`, replacing value and deadline. `access` is what the entry remembers of its last access.
    pub fn set(&mut self, key: &Blob, value: Value, deadline: Option<Micros>, access: u32) {
        let slot = key_slot(key);
        if self.shards.is_empty() {
            self.shards = vec![None; usize::from(SHARDS)];
        }
        self.changes += 1;
        let memory = memory_of(key, &value);
        let shard = self.shards[shard_of(slot)].get_or_insert_with(Rc::default);
        let entry = Entry { slot, value, deadline, version: self.changes, access, memory };
        match Rc::make_mut(shard).insert(key, entry) {
            Some(old) => self.used -= u64::from(old.memory),
            None => self.len += 1,
        }
        self.used += u64::from(memory);
        self.note(key);
        self.note_deadline(key, deadline);
    }

    /// Sets the key that stands at `spot`.
    pub fn replace(&mut self, spot: Spot, key: &Blob, value: Value, deadline: Option<Micros>, access: u32) {
        self.changes += 1;
        let (version, memory) = (self.changes, memory_of(key, &value));
        let Some(entry) = self.at_mut(spot) else {
            return;
        };
        let before = entry.memory;
        *entry = Entry { slot: entry.slot, value, deadline, version, access, memory };
        self.used = self.used + u64::from(memory) - u64::from(before);
        self.note(key);
        self.note_deadline(key, deadline);
    }

    /// Sets or takes away the deadline of an existing key; says whether there is such a key.
    pub fn set_deadline(&mut self, key: &Blob, deadline: Option<Micros>) -> bool {
        self.changes += 1;
        let version = self.changes;
        let Some(entry) = self.find(key).and_then(|spot| self.at_mut(spot)) else {
            return false;
        };
        entry.version = version;
        entry.deadline = deadline;
        self.note(key);
        self.note_deadline(key, deadline);
        true
    }

    /// Removes `key` and gives back what it held.
    pub fn remove(&mut self, key: &[u8]) -> Option<Entry> {
        let spot = self.find(key)?;
        let shard = Rc::make_mut(self.shards.get_mut(usize::from(spot.shard))?.as_mut()?);
        let entry = shard.remove_at(spot.index as usize)?;
        self.len -= 1;
        self.used -= u64::from(entry.memory);
        if entry.deadline.is_some() {
            Rc::make_mut(&mut self.volatile).swap_remove(key);
        }
        self.note(key);
        Some(entry)
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.replace_all(Self { changes: self.changes, ..Self::default() });
    }

    /// Puts a copy in the place of everything.
    pub fn replace_all(&mut self, copy: Self) {
        let (notes, mut noted) = (self.notes, std::mem::take(&mut self.noted));
        if notes {
            noted.push(None);
        }
        *self = Self { notes, noted, ..copy };
    }

    /// From now on changes are noted, or no longer.
    pub fn note_changes(&mut self, on: bool) {
        self.notes = on;
        self.noted.clear();
    }

    /// Whether anything changed that nobody has asked for.
    pub fn has_noted(&self) -> bool {
        !self.noted.is_empty()
    }

    /// The keys that changed since this was last asked, in order, some more than once; `None` stands for all keys.
    pub fn take_noted(&mut self) -> Vec<Option<Blob>> {
        std::mem::take(&mut self.noted)
    }

    fn note(&mut self, key: &[u8]) {
        if self.notes {
            self.noted.push(Some(key.into()));
        }
    }

    /// All keys with their entries, in a stable order.
    pub fn iter(&self) -> impl Iterator<Item = (&Blob, &Entry)> {
        self.shards.iter().flatten().flat_map(|shard| shard.iter())
    }

    /// The keys of one slot, newest first.
    pub fn in_slot(&self, slot: Slot) -> impl Iterator<Item = &Blob> {
        let shard = self.shards.get(shard_of(slot)).and_then(Option::as_deref);
        let entries = shard.into_iter().flat_map(|shard| shard.iter().rev());
        entries.filter(move |(_, entry)| entry.slot == slot).map(|(key, _)| key)
    }

    /// How many bytes a full copy of this store sends, by a simple model: keys, values and 16 bytes each.
    pub fn copy_bytes(&self) -> u64 {
        self.iter().map(|(key, entry)| key.len() as u64 + entry.value.bytes() + 16).sum()
    }

    fn note_deadline(&mut self, key: &Blob, deadline: Option<Micros>) {
        if deadline.is_some() {
            if !self.volatile.contains(key) {
                Rc::make_mut(&mut self.volatile).insert(key.clone());
            }
        } else if !self.volatile.is_empty() && self.volatile.contains(key) {
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

/// What a key costs besides its value: 32 bytes, and its length.
pub fn key_memory(key: &[u8]) -> u64 {
    32 + key.len() as u64
}

fn memory_of(key: &[u8], value: &Value) -> u32 {
    u32::try_from(key_memory(key) + value.memory()).unwrap_or(u32::MAX)
}

/// A strictly written 64-bit integer: no blanks, no plus sign, no leading zeros.
///
/// Source: Redis 7.0, `util.c`, `string2ll`.
pub fn integer(bytes: &[u8]) -> Option<i64> {
    let (digits, negative) = bytes.strip_prefix(b"-").map_or((bytes, false), |digits| (digits, true));
    match digits {
        [b'0'] => return (!negative).then_some(0),
        // So many digits always fit without a sign.
        [b'1'..=b'9', ..] if digits.len() <= 19 => {}
        _ => return None,
    }
    let mut number = 0_u64;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + u64::from(digit);
    }
    if negative { 0_i64.checked_sub_unsigned(number) } else { i64::try_from(number).ok() }
}
