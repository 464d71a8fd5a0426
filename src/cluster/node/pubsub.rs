//! Publish and subscribe: who listens to which channel, and messages to them from here and from other nodes.
//!
//! Source: Redis 7.0, `pubsub.c`; `cluster.c`, `clusterPropagatePublish`, `removeChannelsInSlot`.

use litemap::LiteMap;

use super::Node;
use super::view::ME;
use crate::cluster::bus::Body;
use crate::cluster::command::glob;
use crate::cluster::connection::{Conn, Payload};
use crate::cluster::context::Context;
use crate::cluster::order::SmallSet;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::resp::Protocol;
use crate::cluster::slot::key_slot;

/// What one subscribes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Channels of the whole cluster.
    Channel,
    /// Patterns of their names.
    Pattern,
    /// Channels of one slot.
    Shard,
}

impl Kind {
    /// What a message of this kind is called.
    fn message(self) -> &'static str {
        match self {
            Self::Channel => "message",
            Self::Pattern => "pmessage",
            Self::Shard => "smessage",
        }
    }

    fn subscribed(self) -> &'static str {
        match self {
            Self::Channel => "subscribe",
            Self::Pattern => "psubscribe",
            Self::Shard => "ssubscribe",
        }
    }

    fn unsubscribed(self) -> &'static str {
        match self {
            Self::Channel => "unsubscribe",
            Self::Pattern => "punsubscribe",
            Self::Shard => "sunsubscribe",
        }
    }
}

/// Who listens, by the name of what they listen to.
type Listeners = LiteMap<Blob, SmallSet<Conn>>;

/// All subscriptions at a node.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Pubsub {
    channels: Listeners,
    patterns: Listeners,
    shards: Listeners,
    /// The version of the slot table at which every shard channel was known to belong here.
    checked: u32,
}

impl Pubsub {
    fn of(&self, kind: Kind) -> &Listeners {
        match kind {
            Kind::Channel => &self.channels,
            Kind::Pattern => &self.patterns,
            Kind::Shard => &self.shards,
        }
    }

    fn of_mut(&mut self, kind: Kind) -> &mut Listeners {
        match kind {
            Kind::Channel => &mut self.channels,
            Kind::Pattern => &mut self.patterns,
            Kind::Shard => &mut self.shards,
        }
    }

    /// How many channels, patterns and shard channels a client listens to.
    pub(super) fn counts(&self, conn: Conn) -> (usize, usize, usize) {
        let count = |listeners: &Listeners| listeners.values().filter(|conns| conns.contains(&conn)).count();
        (count(&self.channels), count(&self.patterns), count(&self.shards))
    }

    /// The number that replies tell: shard channels count by themselves.
    fn told(&self, conn: Conn, kind: Kind) -> i64 {
        let (channels, patterns, shards) = self.counts(conn);
        (if kind == Kind::Shard { shards } else { channels + patterns }) as i64
    }

    fn add(&mut self, kind: Kind, name: &Blob, conn: Conn) {
        self.of_mut(kind).entry(name.clone()).or_default().insert(conn);
    }

    fn remove(&mut self, kind: Kind, name: &Blob, conn: Conn) {
        let listeners = self.of_mut(kind);
        if let Some(conns) = listeners.get_mut(name) {
            conns.remove(&conn);
            if conns.is_empty() {
                listeners.remove(name);
            }
        }
    }

    fn names(&self, kind: Kind, conn: Conn) -> Vec<Blob> {
        let mine = self.of(kind).iter().filter(|(_, conns)| conns.contains(&conn));
        mine.map(|(name, _)| name.clone()).collect()
    }
}

impl Node {
    /// `SUBSCRIBE` and its kin: a reply for each name.
    pub fn subscribe(&mut self, conn: Conn, kind: Kind, names: &[Blob]) -> Reply {
        let replies = names.iter().map(|name| {
            self.pubsub.add(kind, name, conn);
            told(kind.subscribed(), Reply::Bulk(name.clone()), self.pubsub.told(conn, kind))
        });
        let replies = replies.collect();
        self.note_subscribed(conn);
        Reply::Several(replies)
    }

    /// `UNSUBSCRIBE` and its kin; without names, from all.
    pub fn unsubscribe(&mut self, conn: Conn, kind: Kind, names: &[Blob]) -> Reply {
        let names = if names.is_empty() { self.pubsub.names(kind, conn) } else { names.to_vec() };
        let mut replies: Vec<Reply> = Vec::new();
        for name in names {
            self.pubsub.remove(kind, &name, conn);
            replies.push(told(kind.unsubscribed(), Reply::Bulk(name), self.pubsub.told(conn, kind)));
        }
        if replies.is_empty() {
            replies.push(told(kind.unsubscribed(), Reply::Null, self.pubsub.told(conn, kind)));
        }
        self.note_subscribed(conn);
        Reply::Several(replies)
    }

    /// `PUBLISH`, `SPUBLISH`: to the listeners here, whose number is the answer, and over the bus to those elsewhere.
    pub fn publish(&mut self, context: &mut Context<'_>, shard: bool, channel: &Blob, message: &Blob) -> Reply {
        let heard = self.deliver(context, shard, channel, message);
        let (channel, message) = (channel.clone(), message.clone());
        if shard {
            let body = Body::PublishShard { channel, message };
            let shard = self.view.claimant();
            for ix in self.view.other_ixs() {
                if ix == shard || self.view.peer(ix).replica_of() == Some(shard) {
                    self.send_to(context, ix, body.clone());
                }
            }
        } else {
            self.broadcast(context, &Body::Publish { channel, message });
        }
        Reply::Integer(heard)
    }

    /// Hands a message to the listeners at this node; says how many.
    pub(super) fn deliver(
        &mut self,
        context: &mut Context<'_>,
        shard: bool,
        channel: &Blob,
        message: &Blob,
    ) -> i64 {
        let kind = if shard { Kind::Shard } else { Kind::Channel };
        let mut heard = 0;
        let words = |kind: Kind, names: &[&Blob]| {
            let names = names.iter().map(|&name| Reply::Bulk(name.clone()));
            Reply::Push(std::iter::once(Reply::bulk(kind.message())).chain(names).collect())
        };
        for &conn in self.pubsub.of(kind).get(channel).into_iter().flat_map(SmallSet::as_slice) {
            context.send(conn, Payload::Push(words(kind, &[channel, message])));
            heard += 1;
        }
        if shard {
            return heard;
        }
        for (pattern, conns) in self.pubsub.patterns.iter().filter(|(pattern, _)| glob(pattern, channel)) {
            for &conn in conns.as_slice() {
                context.send(conn, Payload::Push(words(Kind::Pattern, &[pattern, channel, message])));
                heard += 1;
            }
        }
        heard
    }

    /// A connection is gone, or was reset.
    pub(super) fn forget_subscriptions(&mut self, conn: Conn) {
        if self.client(conn).is_some_and(|client| client.subscribed) {
            for kind in [Kind::Channel, Kind::Pattern, Kind::Shard] {
                for name in self.pubsub.names(kind, conn) {
                    self.pubsub.remove(kind, &name, conn);
                }
            }
            self.note_subscribed(conn);
        }
    }

    /// Whether a client of RESP2 listens, and so may say little else.
    pub fn only_listens(&self, conn: Conn) -> bool {
        self.client(conn).is_some_and(|client| client.subscribed && client.identity.protocol == Protocol::Resp2)
    }

    fn note_subscribed(&mut self, conn: Conn) {
        let (channels, patterns, shards) = self.pubsub.counts(conn);
        if let Some(client) = self.client_mut(conn) {
            client.subscribed = channels + patterns + shards > 0;
        }
    }

    /// A slot that left takes its channels along: their listeners are told, and look for the new owner.
    pub(super) fn leave_lost_channels(&mut self, context: &mut Context<'_>) {
        let version = self.view.version();
        if self.pubsub.shards.is_empty() || self.pubsub.checked == version {
            self.pubsub.checked = version;
            return;
        }
        self.pubsub.checked = version;
        let claimant = self.view.claimant();
        let is_here = |channel: &Blob| {
            let owner = self.view.owner(key_slot(channel));
            owner == Some(ME) || owner == Some(claimant)
        };
        let lost: Vec<Blob> = self.pubsub.shards.keys().filter(|channel| !is_here(channel)).cloned().collect();
        for channel in lost {
            for &conn in self.pubsub.shards.get(&channel).cloned().unwrap_or_default().as_slice() {
                self.pubsub.remove(Kind::Shard, &channel, conn);
                let count = self.pubsub.told(conn, Kind::Shard);
                let word = Kind::Shard.unsubscribed();
                context.send(conn, Payload::Push(told(word, Reply::Bulk(channel.clone()), count)));
                self.note_subscribed(conn);
            }
        }
    }

    /// `PUBSUB CHANNELS`, `SHARDCHANNELS`: names that somebody listens to.
    pub fn active_channels(&self, kind: Kind, pattern: Option<&Blob>) -> Reply {
        let names = self.pubsub.of(kind).keys();
        let wanted = names.filter(|name| pattern.is_none_or(|pattern| glob(pattern, name)));
        Reply::Array(wanted.cloned().map(Reply::Bulk).collect())
    }

    /// `PUBSUB NUMSUB`, `SHARDNUMSUB`: each name with how many listen to it.
    pub fn count_listeners(&self, kind: Kind, names: &[Blob]) -> Reply {
        let count = |name: &Blob| self.pubsub.of(kind).get(name).map_or(0, |conns| conns.as_slice().len() as i64);
        let pair = |name: &Blob| [Reply::Bulk(name.clone()), Reply::Integer(count(name))];
        Reply::Array(names.iter().flat_map(pair).collect())
    }

    /// How many names of a kind somebody listens to.
    pub fn count_names(&self, kind: Kind) -> usize {
        self.pubsub.of(kind).len()
    }
}

fn told(word: &str, name: Reply, count: i64) -> Reply {
    Reply::Push(vec![Reply::bulk(word), name, Reply::Integer(count)])
}
