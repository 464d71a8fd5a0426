//! The types of values. Collections are shared and copied on write, so that copying a store costs little.

use std::collections::VecDeque;
use std::rc::Rc;

use super::collections::{Hash, List, Set};
use super::zset::ZSet;
use crate::cluster::reply::Blob;

/// When small collections become large ones. Source: Redis 7.0, `config.c`, the parameters of the same names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// `hash-max-listpack-entries`.
    pub hash_entries: u64,
    /// `hash-max-listpack-value`, in bytes.
    pub hash_value: u64,
    /// `set-max-intset-entries`.
    pub set_intset: u64,
    /// `zset-max-listpack-entries`.
    pub zset_entries: u64,
    /// `zset-max-listpack-value`, in bytes.
    pub zset_value: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { hash_entries: 512, hash_value: 64, set_intset: 512, zset_entries: 128, zset_value: 64 }
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// A string of bytes; numbers are strings that read as numbers.
    String(Blob),
    /// A string that INCRBYFLOAT wrote: it may look like an integer, and is not kept as one.
    Float(Blob),
    /// A string that was changed in place, as APPEND and SETBIT do.
    Raw(Rc<Vec<u8>>),
    /// A list.
    List(Rc<List>),
    /// A set.
    Set(Rc<Set>),
    /// A hash.
    Hash(Rc<Hash>),
    /// A sorted set.
    ZSet(Rc<ZSet>),
}

impl Value {
    /// A string changed in place.
    pub fn raw(bytes: Vec<u8>) -> Self {
        Self::Raw(Rc::new(bytes))
    }

    /// A list of these.
    pub fn list(items: VecDeque<Blob>) -> Self {
        Self::List(Rc::new(items.into()))
    }

    /// The bytes of a string.
    pub fn text(&self) -> Option<&[u8]> {
        match self {
            Self::String(bytes) | Self::Float(bytes) => Some(bytes),
            Self::Raw(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The name that `TYPE` gives it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::String(_) | Self::Float(_) | Self::Raw(_) => "string",
            Self::List(_) => "list",
            Self::Set(_) => "set",
            Self::Hash(_) => "hash",
            Self::ZSet(_) => "zset",
        }
    }

    /// What `OBJECT ENCODING` tells. Source: Redis 7.0, `object.c`, `strEncoding`, `tryObjectEncoding`.
    pub fn encoding(&self) -> &'static str {
        match self {
            Self::String(_) if self.is_int() => "int",
            Self::String(bytes) | Self::Float(bytes) if bytes.len() <= 44 => "embstr",
            Self::String(_) | Self::Float(_) | Self::Raw(_) => "raw",
            Self::List(_) => "quicklist",
            Self::Set(set) if set.is_large() => "hashtable",
            Self::Set(_) => "intset",
            Self::Hash(hash) if hash.is_large() => "hashtable",
            Self::Hash(_) => "listpack",
            Self::ZSet(zset) if zset.is_large() => "skiplist",
            Self::ZSet(_) => "listpack",
        }
    }

    /// Whether this is a string that Redis keeps as an integer.
    pub fn is_int(&self) -> bool {
        matches!(self, Self::String(bytes) if bytes.len() <= 20 && super::integer(bytes).is_some())
    }

    /// Whether this is a collection with nothing in it: such a key does not exist.
    pub fn is_empty_collection(&self) -> bool {
        match self {
            Self::String(_) | Self::Float(_) | Self::Raw(_) => false,
            Self::List(list) => list.is_empty(),
            Self::Set(set) => set.is_empty(),
            Self::Hash(hash) => hash.is_empty(),
            Self::ZSet(zset) => zset.is_empty(),
        }
    }

    /// Payload bytes.
    pub fn bytes(&self) -> u64 {
        match self {
            Self::String(bytes) | Self::Float(bytes) => bytes.len() as u64,
            Self::Raw(bytes) => bytes.len() as u64,
            Self::List(list) => list.bytes(),
            Self::Set(set) => set.bytes(),
            Self::Hash(hash) => hash.bytes(),
            Self::ZSet(zset) => zset.bytes(),
        }
    }

    /// Bytes by the model that eviction and `MEMORY USAGE` count with; what a key adds is in [`super::key_memory`].
    ///
    /// A string is a 16 byte object and its length, a small collection 64 bytes and each item 2 more than its length,
    /// a large one 144 bytes and each item 64 (a member of a large sorted set 112) more than its length.
    pub fn memory(&self) -> u64 {
        let (fixed, items, each) = match self {
            Self::String(_) | Self::Float(_) | Self::Raw(_) => (16, 0, 0),
            Self::List(list) => (64, list.len(), 8),
            Self::Set(set) if set.is_large() => (144, set.len(), 64),
            Self::Set(set) => (64, set.len(), 2),
            Self::Hash(hash) if hash.is_large() => (144, hash.len(), 64),
            Self::Hash(hash) => (64, hash.len(), 4),
            Self::ZSet(zset) if zset.is_large() => (144, zset.len(), 112),
            Self::ZSet(zset) => (64, zset.len(), 12),
        };
        fixed + items as u64 * each + if self.is_int() { 0 } else { self.bytes() }
    }
}
