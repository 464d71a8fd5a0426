//! Client-side caching: who read which keys, and telling them that those changed. Source: Redis 7.0, `tracking.c`.
//!
//! The store notes what changes while anybody tracks; here it is told. Whoever changed a key itself gets its answer first.

use litemap::LiteMap;

use super::{MOST_KEYS, Node};
use crate::cluster::command::{Flag, Group, Handler, Spec};
use crate::cluster::connection::{Conn, Payload};
use crate::cluster::context::Context;
use crate::cluster::order::{SmallSet, sort_long_by_key};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::resp::Protocol;
use crate::cluster::slot::key_slot;

/// The table's parts: one long sorted list would be slow to add to.
const PARTS: usize = 256;
/// Keys that one command at most removes from a table that is too long, times how often it was found so.
const EFFORT: u32 = 100;
/// Where clients of RESP2 hear of changes that are redirected to them.
const CHANNEL: &str = "__redis__:invalidate";

/// How a client wants to hear of changed keys: `CLIENT TRACKING ON`.
#[derive(Clone, Debug, Default, Hash)]
pub struct Tracks {
    /// `REDIRECT`: the id and the connection of the client that is told instead.
    pub redirect: Option<(u64, Conn)>,
    /// `BCAST`: it is told of all keys with its prefixes.
    pub bcast: bool,
    /// `OPTIN`: only reads after `CLIENT CACHING YES` count.
    pub optin: bool,
    /// `OPTOUT`: reads after `CLIENT CACHING NO` do not count.
    pub optout: bool,
    /// `NOLOOP`: its own changes are no news.
    pub noloop: bool,
    /// `PREFIX`, in ascending order; with `BCAST` at least one.
    pub prefixes: SmallSet<Blob>,
    /// `CLIENT CACHING` was said, for one command or transaction.
    pub caching: bool,
    /// The client that should be told was found gone.
    pub broken: bool,
}

/// What a node keeps for all its clients that track. Made with the first of them.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Tracking {
    clients: SmallSet<Conn>,
    /// Whether any of them had `BCAST`.
    broadcasts: bool,
    /// Who read a key, in parts by slot; and how many keys there are in all.
    table: Vec<LiteMap<Blob, SmallSet<Conn>>>,
    keys: u32,
    /// How often in a row the table was still too long.
    too_long: u32,
    /// What changed since `BCAST` clients were last told, and who changed it.
    changed: Vec<(Blob, Option<Conn>)>,
    /// What a client is told once it has its answer; `None` stands for all keys.
    own: Vec<(Conn, Option<Blob>)>,
}

impl Node {
    /// How a client tracks, if it does.
    pub fn tracks(&self, conn: Conn) -> Option<&Tracks> {
        self.client(conn)?.tracks.as_deref()
    }

    /// How many clients do.
    pub fn tracking_clients(&self) -> usize {
        self.tracking.as_ref().map_or(0, |tracking| tracking.clients.as_slice().len())
    }

    /// How many keys the table has, how many readers they have in all, and how many prefixes are told of. Source:
    /// `trackingGetTotalKeys`, `trackingGetTotalItems`, `trackingGetTotalPrefixes`.
    pub fn tracking_totals(&self) -> (usize, usize, usize) {
        let Some(tracking) = &self.tracking else {
            return (0, 0, 0);
        };
        let readers = tracking.table.iter().flat_map(LiteMap::values).map(|readers| readers.as_slice().len());
        let prefixes: SmallSet<&Blob> = tracking
            .clients
            .as_slice()
            .iter()
            .filter_map(|&conn| self.tracks(conn))
            .flat_map(|tracks| tracks.prefixes.as_slice())
            .collect();
        (tracking.keys as usize, readers.sum(), prefixes.as_slice().len())
    }

    /// `CLIENT TRACKING ON`. Source: `enableTracking`.
    pub fn track(&mut self, conn: Conn, tracks: Tracks) {
        let tracking = self.tracking.get_or_insert_with(|| {
            self.store.note_changes(true);
            Box::new(Tracking { table: vec![LiteMap::new(); PARTS], ..Tracking::default() })
        });
        tracking.clients.insert(conn);
        tracking.broadcasts |= tracks.bcast;
        if let Some(client) = self.client_mut(conn) {
            client.tracks = Some(Box::new(tracks));
        }
    }

    /// `CLIENT TRACKING OFF`, `RESET`. As in Redis what it read stays in the table: tracking again, it is still told.
    #[inline(never)]
    pub fn stop_tracking(&mut self, conn: Conn) {
        let removed = self.tracking.as_mut().is_some_and(|tracking| tracking.clients.remove(&conn));
        if let (true, Some(client)) = (removed, self.client_mut(conn)) {
            client.tracks = None;
        }
    }

    /// A connection is gone.
    pub(super) fn forget_tracker(&mut self, conn: Conn) {
        if self.tracking.is_some() {
            self.lose_tracker(conn);
        }
    }

    /// With the last that tracks goes the table: who stopped and is still here starts anew.
    fn lose_tracker(&mut self, conn: Conn) {
        self.stop_tracking(conn);
        if self.tracking.as_ref().is_some_and(|tracking| tracking.clients.is_empty()) {
            self.tracking = None;
            self.store.note_changes(false);
        }
    }

    /// `CLIENT CACHING`: the next command or transaction is the exception.
    pub fn set_caching(&mut self, conn: Conn) {
        if let Some(tracks) = self.client_mut(conn).and_then(|client| client.tracks.as_mut()) {
            tracks.caching = true;
        }
    }

    fn trackers(&self) -> Vec<Conn> {
        self.tracking.as_ref().map_or(Vec::new(), |tracking| tracking.clients.as_slice().to_vec())
    }

    /// Remembers what a client read. Source: `trackingRememberKeys`, and `call` for which commands count.
    pub(super) fn remember_reads(&mut self, conn: Conn, spec: &Spec, argv: &[Blob]) {
        let caching = |tracks: &Tracks| if tracks.caching { !tracks.optout } else { !tracks.optin };
        let reads =
            matches!(spec.run, Handler::Data(_)) && !spec.is(Flag::Write) && spec.group != Group::Scripting;
        if !reads || !self.tracks(conn).is_some_and(|tracks| !tracks.bcast && caching(tracks)) {
            return;
        }
        let Some(tracking) = &mut self.tracking else {
            return;
        };
        for key in spec.keys.of(argv) {
            let part = &mut tracking.table[usize::from(key_slot(key)) % PARTS];
            let before = part.len();
            part.entry(key.clone()).or_default().insert(conn);
            tracking.keys += (part.len() - before) as u32;
        }
    }

    /// Tells what the store noted. `current` is the client whose turn it is; `in_call` says that it waits for the answer to a
    /// command that is being carried out; `expired` are keys that went by themselves. Source: `trackingInvalidateKey`.
    #[inline(never)]
    pub(super) fn tell_changes(
        &mut self,
        context: &mut Context<'_>,
        current: Option<Conn>,
        in_call: bool,
        mut expired: Vec<Blob>,
    ) {
        for note in self.store.take_noted() {
            let Some(key) = note else {
                self.tell_flush(context, current);
                continue;
            };
            let by = match expired.iter().position(|gone| *gone == key) {
                Some(at) => {
                    expired.swap_remove(at);
                    None
                }
                None => current.filter(|_| in_call),
            };
            self.tell_readers(context, &key, current, in_call);
            if let Some(tracking) = self.tracking.as_mut().filter(|tracking| tracking.broadcasts) {
                tracking.changed.push((key, by));
            }
        }
    }

    /// A key changed, or leaves the table: whoever read it is told once.
    #[inline(never)]
    fn tell_readers(&mut self, context: &mut Context<'_>, key: &Blob, current: Option<Conn>, in_call: bool) {
        let Some(tracking) = &mut self.tracking else {
            return;
        };
        let Some(readers) = tracking.table[usize::from(key_slot(key)) % PARTS].remove(key) else {
            return;
        };
        tracking.keys -= 1;
        for &reader in readers.as_slice() {
            let is_current = current == Some(reader);
            match self.tracks(reader) {
                Some(tracks) if !(tracks.bcast || tracks.noloop && is_current) => {}
                _ => continue,
            }
            match &mut self.tracking {
                Some(tracking) if is_current && in_call => tracking.own.push((reader, Some(key.clone()))),
                _ => self.tell(context, reader, Reply::Array(vec![Reply::Bulk(key.clone())])),
            }
        }
    }

    /// All keys are gone. Source: `trackingInvalidateKeysOnFlush`.
    fn tell_flush(&mut self, context: &mut Context<'_>, current: Option<Conn>) {
        for conn in self.trackers() {
            match &mut self.tracking {
                Some(tracking) if current == Some(conn) => tracking.own.push((conn, None)),
                _ => self.tell(context, conn, Reply::Null),
            }
        }
        if let Some(tracking) = self.tracking.as_mut().filter(|tracking| !tracking.clients.is_empty()) {
            tracking.table = vec![LiteMap::new(); PARTS];
            tracking.keys = 0;
        }
    }

    /// A client has its answer: now it hears what its command changed. Source: `trackingHandlePendingKeyInvalidations`.
    #[inline(never)]
    pub(super) fn tell_own(&mut self, context: &mut Context<'_>) {
        let own = self.tracking.as_mut().map(|tracking| std::mem::take(&mut tracking.own));
        for (conn, key) in own.unwrap_or_default() {
            self.tell(context, conn, key.map_or(Reply::Null, |key| Reply::Array(vec![Reply::Bulk(key)])));
        }
    }

    /// Source: `sendTrackingMessage`.
    fn tell(&mut self, context: &mut Context<'_>, conn: Conn, keys: Reply) {
        let Some(redirect) = self.tracks(conn).map(|tracks| tracks.redirect) else {
            return;
        };
        let to = redirect.map_or(conn, |(_, to)| to);
        match (self.client(to), redirect) {
            (None, Some((id, _))) => {
                if let Some(tracks) = self.client_mut(conn).and_then(|client| client.tracks.as_mut()) {
                    tracks.broken = true;
                }
                if self.protocol(conn) == Protocol::Resp3 {
                    let words = vec![Reply::bulk("tracking-redir-broken"), Reply::Integer(id as i64)];
                    context.send(conn, Payload::Push(Reply::Push(words)));
                }
            }
            (Some(client), _) if client.identity.protocol == Protocol::Resp3 => {
                context.send(to, Payload::Push(Reply::Push(vec![Reply::bulk("invalidate"), keys])));
            }
            (Some(client), Some(_)) if client.subscribed => {
                let words = vec![Reply::bulk("message"), Reply::bulk(CHANNEL), keys];
                context.send(to, Payload::Push(Reply::Push(words)));
            }
            // RESP2 has no words for it.
            _ => {}
        }
    }

    /// The end of an input: what changed without anybody's doing is told, and all that changed to those with `BCAST`.
    /// Source: `trackingBroadcastInvalidationMessages`.
    #[inline(never)]
    pub(super) fn tell_the_rest(&mut self, context: &mut Context<'_>) {
        self.tell_changes(context, None, false, Vec::new());
        self.tell_own(context);
        let changed = self.tracking.as_mut().map_or(Vec::new(), |tracking| std::mem::take(&mut tracking.changed));
        if changed.is_empty() {
            return;
        }
        let mut changed: Vec<_> = changed.into_iter().enumerate().collect();
        sort_long_by_key(&mut changed, |(at, (key, _))| (key.clone(), *at));
        // Who changed a key last is the one who did.
        changed.reverse();
        changed.dedup_by(|(_, (key, _)), (_, (later, _))| key == later);
        changed.reverse();
        for conn in self.trackers() {
            let Some(Tracks { bcast: true, noloop, prefixes, .. }) = self.tracks(conn).cloned() else {
                continue;
            };
            for prefix in prefixes.as_slice() {
                let fits =
                    |(key, by): &(Blob, Option<Conn>)| key.starts_with(prefix) && !(noloop && *by == Some(conn));
                let keys = changed.iter().filter(|(_, change)| fits(change));
                let keys: Vec<_> = keys.map(|(_, (key, _))| Reply::Bulk(key.clone())).collect();
                if !keys.is_empty() {
                    self.tell(context, conn, Reply::Array(keys));
                }
            }
        }
    }

    /// Before a command: keeps the table at the length of `tracking-table-max-keys`, and of [`MOST_KEYS`] whatever that
    /// says, by forgetting keys at random as if they had changed. Source: `trackingLimitUsedSlots`.
    pub(super) fn bound_tracking(&mut self, context: &mut Context<'_>, conn: Conn) {
        let set = self.config.remembered.get("tracking-table-max-keys").and_then(|text| text.parse().ok());
        let most = set.filter(|&most| most > 0).unwrap_or(MOST_KEYS).min(MOST_KEYS);
        let mut effort = self.tracking.as_ref().map_or(0, |tracking| EFFORT * (tracking.too_long + 1));
        while let Some(tracking) = self.tracking.as_mut().filter(|tracking| !tracking.clients.is_empty()) {
            if tracking.keys <= most {
                tracking.too_long = 0;
                return;
            }
            if effort == 0 {
                tracking.too_long += 1;
                return;
            }
            effort -= 1;
            let start = context.rng.below(PARTS as u32) as usize;
            let mut parts = (0..PARTS).map(|step| &tracking.table[(start + step) % PARTS]);
            let filled = parts.find(|part| !part.is_empty());
            let picked = filled.and_then(|part| part.keys().nth(context.rng.below(part.len() as u32) as usize));
            let Some(key) = picked.cloned() else { return };
            self.tell_readers(context, &key, Some(conn), false);
        }
    }
}
