//! Lists, sets and hashes: the standard containers, with a count of their bytes and of whether they grew large.

use std::collections::VecDeque;
use std::ops::Deref;

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

use super::{Limits, integer};
use crate::cluster::reply::Blob;

/// A list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct List {
    items: VecDeque<Blob>,
    bytes: u64,
}

impl From<VecDeque<Blob>> for List {
    fn from(items: VecDeque<Blob>) -> Self {
        let bytes = items.iter().map(|item| item.len() as u64).sum();
        Self { items, bytes }
    }
}

impl Deref for List {
    type Target = VecDeque<Blob>;

    fn deref(&self) -> &Self::Target {
        &self.items
    }
}

impl List {
    /// Bytes of all items.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds an item at one end.
    pub fn push(&mut self, item: Blob, left: bool) {
        self.bytes += item.len() as u64;
        if left {
            self.items.push_front(item);
        } else {
            self.items.push_back(item);
        }
    }

    /// Takes an item from one end.
    pub fn pop(&mut self, left: bool) -> Option<Blob> {
        let item = if left { self.items.pop_front() } else { self.items.pop_back() }?;
        self.bytes -= item.len() as u64;
        Some(item)
    }

    /// Changes the items in a way that needs them all counted anew.
    pub fn rebuild(&mut self, work: impl FnOnce(&mut VecDeque<Blob>)) {
        let mut items = std::mem::take(&mut self.items);
        work(&mut items);
        *self = items.into();
    }
}

/// Up to so many fields keep their order when one goes, as in a listpack; beyond, the last takes its place.
const ORDERED: usize = 64;

/// A hash: fields in the order of their arrival.
#[derive(Clone, Debug, Default)]
pub struct Hash {
    fields: IndexMap<Blob, Blob, FxBuildHasher>,
    bytes: u64,
    large: bool,
}

impl Deref for Hash {
    type Target = IndexMap<Blob, Blob, FxBuildHasher>;

    fn deref(&self) -> &Self::Target {
        &self.fields
    }
}

impl Hash {
    /// Bytes of all fields and values.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether Redis would keep it as a hash table. It never goes back.
    pub fn is_large(&self) -> bool {
        self.large
    }

    /// Sets a field; says whether it is new.
    pub fn put(&mut self, field: &Blob, value: Blob, limits: &Limits) -> bool {
        let longest = field.len().max(value.len()) as u64;
        self.bytes += value.len() as u64;
        let old = self.fields.insert(field.clone(), value);
        self.bytes -= old.as_ref().map_or(0, |old| old.len() as u64);
        if old.is_none() {
            self.bytes += field.len() as u64;
        }
        self.large |= longest > limits.hash_value || self.fields.len() as u64 > limits.hash_entries;
        old.is_none()
    }

    /// Removes a field; says whether it was there.
    pub fn take(&mut self, field: &[u8]) -> bool {
        let ordered = self.fields.len() <= ORDERED;
        let gone =
            if ordered { self.fields.shift_remove_entry(field) } else { self.fields.swap_remove_entry(field) };
        let Some((field, value)) = gone else {
            return false;
        };
        self.bytes -= (field.len() + value.len()) as u64;
        true
    }
}

impl PartialEq for Hash {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
    }
}

impl Eq for Hash {}

impl std::hash::Hash for Hash {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.large.hash(state);
        self.fields.iter().for_each(|item| item.hash(state));
    }
}

/// A set: members in the order of their arrival.
#[derive(Clone, Debug, Default)]
pub struct Set {
    members: IndexSet<Blob, FxBuildHasher>,
    bytes: u64,
    large: bool,
}

impl Deref for Set {
    type Target = IndexSet<Blob, FxBuildHasher>;

    fn deref(&self) -> &Self::Target {
        &self.members
    }
}

impl Set {
    /// Bytes of all members.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether it is more than a few integers. It never goes back.
    pub fn is_large(&self) -> bool {
        self.large
    }

    /// Adds a member; says whether it is new.
    pub fn add(&mut self, member: &Blob, limits: &Limits) -> bool {
        if !self.members.insert(member.clone()) {
            return false;
        }
        self.bytes += member.len() as u64;
        self.large = self.large || integer(member).is_none() || self.members.len() as u64 > limits.set_intset;
        true
    }

    /// Removes a member; says whether it was there.
    pub fn take(&mut self, member: &[u8]) -> bool {
        let gone = self.members.swap_remove(member);
        self.bytes -= if gone { member.len() as u64 } else { 0 };
        gone
    }

    /// All members; a set of integers has them in numeric order, as Redis's intset.
    pub fn sorted(&self) -> Vec<Blob> {
        let mut all: Vec<Blob> = self.members.iter().cloned().collect();
        if !self.large {
            crate::cluster::order::sort_by_key(&mut all, |member| integer(member));
        }
        all
    }
}

impl PartialEq for Set {
    fn eq(&self, other: &Self) -> bool {
        self.members == other.members
    }
}

impl Eq for Set {}

impl std::hash::Hash for Set {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.large.hash(state);
        self.members.iter().for_each(|member| member.hash(state));
    }
}
