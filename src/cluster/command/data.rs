//! What a keyspace command works on: the store, the time, and what it passes on to replicas.

use std::rc::Rc;

use super::Spec;
use super::argument::WRONG_TYPE;
use crate::cluster::config::Config;
use crate::cluster::node::eviction;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::rng::Rng;
use crate::cluster::slot::Slot;
use crate::cluster::store::{Entry, Hash, List, Set, Spot, Store, Value, ZSet};
use crate::cluster::time::Micros;

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
    /// Whether this node is a master: a replica keeps keys whose time is over until its master's DEL comes.
    pub is_master: bool,
    /// Whether a look at an expired key removes it: not while clients are paused.
    pub removes_expired: bool,
    /// The node's settings.
    pub config: &'a Config,
    /// The world's chance.
    pub rng: &'a mut Rng,
    /// The command as it was given, where it is one: passing it on as it is takes no copy.
    pub given: Option<Rc<[Blob]>>,
    /// Its row in the table, where replicas can be spared looking it up.
    pub row: Option<&'static Spec>,
    /// The slot of its first argument, where that is its only key and was routed by it.
    pub slot: Option<Slot>,
    /// At a replica, where its master says that the first argument stands, if it says so.
    pub near: Spot,
    /// Whether the command only reads: then its looks count as hits and misses.
    pub reads: bool,
    /// Looks that found a key, and that found none.
    pub looks: (u64, u64),
    /// What replicas must do to end with the same data, in order.
    pub effects: Effects,
    /// Keys that a look at them found expired.
    pub expired: Vec<Blob>,
    /// Keys that got a list or a sorted set: somebody may wait for them.
    pub ready: Vec<Blob>,
}

/// Commands for replicas. Most often there is one, and it needs no list.
#[derive(Debug, Default)]
pub struct Effects {
    /// The first.
    pub first: Option<Rc<[Blob]>>,
    /// Those after it; none without a first.
    pub more: Vec<Rc<[Blob]>>,
    /// Where the key of the only one stands.
    pub near: Spot,
    /// The row of the first, where it is known.
    pub row: Option<&'static Spec>,
}

impl Effects {
    fn push(&mut self, argv: Rc<[Blob]>) {
        match &self.first {
            None => self.first = Some(argv),
            Some(_) => self.more.push(argv),
        }
    }
}

/// Typed looks at a key: `Err` is WRONGTYPE. The one that lends it to be changed creates it if it is not there; say
/// [`Data::changed`] after it.
macro_rules! typed {
    ($($look:ident $change:ident $kind:ident: $doc:literal;)*) => {$(
        #[doc = concat!($doc, " at `key`.")]
        pub fn $look(&mut self, key: &[u8]) -> Result<Option<&$kind>, Reply> {
            match self.get(key) {
                None => Ok(None),
                Some(Value::$kind(value)) => Ok(Some(value)),
                Some(_) => Err(wrong_type()),
            }
        }

        #[doc = concat!($doc, " at `key` to change, made if it is not there.")]
        pub fn $change(&mut self, key: &Blob) -> Result<&mut $kind, Reply> {
            if self.$look(key)?.is_none() {
                self.set(key, Value::$kind(Rc::default()), None);
            }
            match self.store.find(key).and_then(|spot| self.store.at_mut(spot)).map(|entry| &mut entry.value) {
                Some(Value::$kind(value)) => Ok(Rc::make_mut(value)),
                _ => Err(wrong_type()),
            }
        }
    )*};
}

impl Data<'_> {
    /// The value of `key` if it is there and its time is not over. Counts as an access.
    ///
    /// A master removes an expired key when it meets one, and tells its replicas; but the data stands still in a pause.
    /// Source: Redis 7.0, `db.c`, `expireIfNeeded`, `lookupKey`.
    pub fn get(&mut self, key: &[u8]) -> Option<&Value> {
        let spot = self.look(key)?;
        let access = self.store.at(spot)?.access;
        let touched = eviction::touched(access, self.now, &self.config.eviction, self.rng);
        if touched != access {
            self.store.at_mut(spot)?.access = touched;
        }
        self.store.at(spot).map(|entry| &entry.value)
    }

    /// The entry of `key` if it is there and its time is not over. Does not count as an access.
    pub fn peek(&mut self, key: &[u8]) -> Option<&Entry> {
        self.look(key).and_then(|spot| self.store.at(spot))
    }

    /// Where `key` stands, if it is there and its time is not over.
    pub fn look(&mut self, key: &[u8]) -> Option<Spot> {
        let spot = self.find_live(key);
        if self.reads {
            match spot {
                Some(_) => self.looks.0 += 1,
                None => self.looks.1 += 1,
            }
        }
        spot
    }

    fn find_live(&mut self, key: &[u8]) -> Option<Spot> {
        let routed =
            self.given.as_ref().and_then(|given| given.get(1)).is_some_and(|word| std::ptr::eq(&**word, key));
        let spot = match self.slot.filter(|_| routed) {
            _ if routed && self.store.stands_at(self.near, key) => self.near,
            Some(slot) => self.store.find_in(slot, key)?,
            None => self.store.find(key)?,
        };
        if routed {
            self.effects.near = spot;
        }
        if self.from_master || !self.store.at(spot)?.is_expired(self.now) {
            return Some(spot);
        }
        if self.removes_expired {
            self.store.remove(key);
            self.expired.push(key.into());
            self.pass_on_words(&[b"DEL", key]);
        }
        None
    }

    /// The string at `key`; `Err` is WRONGTYPE.
    pub fn string(&mut self, key: &[u8]) -> Result<Option<Blob>, Reply> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(bytes) | Value::Float(bytes)) => Ok(Some(bytes.clone())),
            Some(Value::Raw(bytes)) => Ok(Some(bytes.as_slice().into())),
            Some(_) => Err(wrong_type()),
        }
    }

    /// The bytes of the string at `key` without a copy; none are like no string at all.
    pub fn bytes(&mut self, key: &[u8]) -> Result<&[u8], Reply> {
        self.get(key).map_or(Ok(&[][..]), |value| value.text().ok_or_else(wrong_type))
    }

    /// The string at `key` to change in place, made if it is not there. Say [`Data::changed`] after it.
    pub fn bytes_mut(&mut self, key: &Blob) -> Result<&mut Vec<u8>, Reply> {
        if !matches!(self.get(key), Some(Value::Raw(_))) {
            let deadline = self.deadline(key);
            let bytes = self.bytes(key)?.to_vec();
            self.set(key, Value::raw(bytes), deadline);
        }
        match self.store.find(key).and_then(|spot| self.store.at_mut(spot)).map(|entry| &mut entry.value) {
            Some(Value::Raw(bytes)) => Ok(Rc::make_mut(bytes)),
            _ => Err(wrong_type()),
        }
    }

    typed! {
        list list_mut List: "The list";
        members members_mut Set: "The set";
        hash hash_mut Hash: "The hash";
        zset zset_mut ZSet: "The sorted set";
    }

    /// Sets `key`, replacing value and deadline.
    pub fn set(&mut self, key: &Blob, value: Value, deadline: Option<Micros>) {
        self.set_at(None, key, value, deadline);
    }

    /// The same where [`Data::look`] has just told where `key` stands.
    pub fn set_at(&mut self, spot: Option<Spot>, key: &Blob, value: Value, deadline: Option<Micros>) {
        if let Value::List(_) | Value::ZSet(_) = value {
            self.ready.push(key.clone());
        }
        let access = eviction::fresh(self.now, &self.config.eviction);
        match spot {
            Some(spot) => self.store.replace(spot, key, value, deadline, access),
            None => self.store.set(key, value, deadline, access),
        }
    }

    /// RESTORE tells how long a key was idle, or how often it was used; what the policy counts is what is taken. Source:
    /// Redis 7.0, `object.c`, `objectSetLRUOrLFU`.
    pub fn restore_access(&mut self, key: &[u8], idle: Option<u64>, freq: Option<u64>) {
        let access = eviction::restored(self.now, &self.config.eviction, idle, freq);
        let entry = self.store.find(key).and_then(|spot| self.store.at_mut(spot));
        if let (Some(entry), Some(access)) = (entry, access) {
            entry.access = access;
        }
    }

    /// A collection or a string was changed in place: it counts as a change, and goes if it is empty.
    pub fn changed(&mut self, key: &[u8]) {
        self.store.changed(key);
    }

    /// Puts a collection in the place of whatever was there, or nothing if it is empty; passes that on as `argv`.
    pub fn store_result(&mut self, key: &Blob, value: Value, argv: &[Blob]) {
        if !value.is_empty_collection() {
            self.set(key, value, None);
            self.pass_on(argv);
        } else if self.store.remove(key).is_some() {
            self.pass_on_words(&[b"DEL", key]);
        }
    }

    /// The deadline of `key`.
    pub fn deadline(&self, key: &[u8]) -> Option<Micros> {
        self.store.raw(key).and_then(|entry| entry.deadline)
    }

    /// Says that the command itself, as it was given, is what replicas must do.
    pub fn pass_on(&mut self, argv: &[Blob]) {
        if self.from_master {
            return;
        }
        match &self.given {
            Some(given) if std::ptr::eq(&**given, argv) => {
                if self.effects.first.is_none() {
                    self.effects.row = self.row;
                }
                self.effects.push(given.clone());
            }
            _ => self.effects.push(argv.into()),
        }
    }

    /// Says that replicas must set the key as this SET does, without its options.
    pub fn pass_on_plain_set(&mut self, argv: &[Blob]) {
        match argv {
            _ if self.from_master => {}
            [name, _, _] if **name == *b"SET" => self.pass_on(argv),
            [_, key, value, ..] => self.effects.push([b"SET"[..].into(), key.clone(), value.clone()].into()),
            _ => {}
        }
    }

    /// Says what replicas must do instead.
    pub fn pass_on_words(&mut self, words: &[&[u8]]) {
        if self.from_master {
            return;
        }
        self.effects.push(words.iter().map(|&word| Blob::from(word)).collect());
    }

    /// The deadline that a replica is told: `PEXPIREAT` with an absolute time.
    pub fn pass_on_deadline(&mut self, key: &[u8], deadline: Micros) {
        let at = self.config.unix_ms(deadline).to_string();
        self.pass_on_words(&[b"PEXPIREAT", key, at.as_bytes()]);
    }
}

fn wrong_type() -> Reply {
    Reply::error(WRONG_TYPE)
}
