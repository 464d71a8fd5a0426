//! What a keyspace command works on: the store, the time, and what it passes on to replicas.

use std::rc::Rc;

use super::argument::WRONG_TYPE;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::{Store, Value};
use crate::cluster::time::{MS, Micros};

/// The longest string value: 512 MB in Redis (`proto-max-bulk-len`); less here, to fit in a page.
pub const VALUE_LIMIT: usize = 8 * 1024 * 1024;

/// A keyspace while a command works on it.
#[derive(Debug)]
pub struct Data<'a> {
    /// The store.
    pub store: &'a mut Store,
    /// Virtual time.
    pub now: Micros,
    /// Whether this is a replica carrying out its master's stream: expired keys count as existing then.
    pub from_master: bool,
    /// Whether this node may remove expired keys: a replica waits for its master's DEL.
    pub is_master: bool,
    /// What replicas must do to end with the same data, in order.
    pub effects: Vec<Rc<[Blob]>>,
    /// Keys that a look at them found expired.
    pub expired: Vec<Blob>,
}

impl Data<'_> {
    /// The value of `key` if it is there and its time is not over.
    ///
    /// A master removes an expired key when it meets one, and tells its replicas.
    /// Source: Redis 7.0, `db.c`, `expireIfNeeded`.
    pub fn get(&mut self, key: &[u8]) -> Option<&Value> {
        self.drop_if_expired(key);
        if self.from_master {
            return self.store.raw(key).map(|entry| &entry.value);
        }
        self.store.get(key, self.now).map(|entry| &entry.value)
    }

    /// The string at `key`; `Err` is WRONGTYPE.
    pub fn string(&mut self, key: &[u8]) -> Result<Option<Blob>, Reply> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(bytes)) => Ok(Some(bytes.clone())),
            Some(_) => Err(Reply::error(WRONG_TYPE)),
        }
    }

    /// The deadline of `key`.
    pub fn deadline(&self, key: &[u8]) -> Option<Micros> {
        self.store.raw(key).and_then(|entry| entry.deadline)
    }

    /// Says that the command itself, as it was given, is what replicas must do.
    pub fn pass_on(&mut self, argv: &[Blob]) {
        self.effects.push(argv.into());
    }

    /// Says what replicas must do instead.
    pub fn pass_on_words(&mut self, words: &[&[u8]]) {
        self.effects.push(words.iter().map(|&word| Blob::from(word)).collect());
    }

    /// The deadline that a replica is told: `PEXPIREAT` with an absolute time.
    pub fn pass_on_deadline(&mut self, key: &[u8], deadline: Micros) {
        let at = unix_ms(deadline).to_string();
        self.pass_on_words(&[b"PEXPIREAT", key, at.as_bytes()]);
    }

    fn drop_if_expired(&mut self, key: &[u8]) {
        if !self.is_master || self.from_master {
            return;
        }
        if self.store.raw(key).is_some_and(|entry| entry.is_expired(self.now)) {
            self.store.remove(key);
            self.expired.push(key.into());
            self.pass_on_words(&[b"DEL", key]);
        }
    }
}

/// Virtual time as milliseconds since 1970.
pub fn unix_ms(at: Micros) -> u64 {
    crate::cluster::config::UNIX_BASE_MS + at / MS
}

/// Milliseconds since 1970 as virtual time; moments before the world began are its beginning.
pub fn from_unix_ms(ms: i64) -> Micros {
    u64::try_from(ms).unwrap_or(0).saturating_sub(crate::cluster::config::UNIX_BASE_MS).saturating_mul(MS)
}
