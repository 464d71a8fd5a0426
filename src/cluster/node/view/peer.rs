//! What a node knows of another (or of itself).
//!
//! A view of a thousand nodes is a thousand of these, and a city has a thousand views: so moments are short, what few
//! nodes have is kept aside (see [`super::View`]), and what gossip asks of every peer lies close together in [`Known`].

use std::num::NonZeroU16;
use std::ops::Deref;
use std::rc::Rc;

use super::roll::Roll;
use crate::cluster::connection::Conn;
use crate::cluster::digest::Cached;
use crate::cluster::id::{HostId, NodeId, Place};
use crate::cluster::slot::SlotSet;
use crate::cluster::time::{MS, Micros};

/// A known node's place in a view. Means nothing in another view, nor after a node was forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerIx(NonZeroU16);

/// Myself.
pub const ME: PeerIx = PeerIx(NonZeroU16::MIN);

impl PeerIx {
    /// The peer at a place in the lists.
    pub(super) fn new(index: usize) -> Self {
        Self(NonZeroU16::MIN.saturating_add(index as u16))
    }

    /// Its place in the lists.
    pub(in crate::cluster::node) fn index(self) -> usize {
        usize::from(self.0.get() - 1)
    }

    /// Its place in a set of one bit a node: word and mask.
    pub fn bit(self) -> (usize, u64) {
        (self.index() / 64, 1 << (self.index() % 64))
    }
}

/// A moment in whole milliseconds, or never. Good for 49 days of virtual time, and then stands still.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(u32);

impl Stamp {
    /// Never.
    pub const NEVER: Self = Self(0);

    /// The millisecond that a moment lies in.
    pub fn at(now: Micros) -> Self {
        Self(u32::try_from(now / MS + 1).unwrap_or(u32::MAX))
    }

    /// The moment; `None` for never.
    pub fn get(self) -> Option<Micros> {
        self.0.checked_sub(1).map(|ms| Micros::from(ms) * MS)
    }

    /// The moment; the beginning of time for never.
    pub fn or_start(self) -> Micros {
        self.get().unwrap_or(0)
    }

    /// Whether there was such a moment.
    pub fn is_set(self) -> bool {
        self.0 != 0
    }

    /// In whole seconds as gossip carries it: 0 for never, else one more than the second.
    pub fn second(self) -> u32 {
        self.0.checked_sub(1).map_or(0, |ms| ms / 1000 + 1)
    }

    /// Back from [`Stamp::second`].
    pub fn from_second(second: u32) -> Self {
        Self(second.checked_sub(1).map_or(0, |second| second.saturating_mul(1000).saturating_add(1)))
    }
}

/// What is so of a node, one bit each. Source: Redis 7.0, `cluster.h`, `CLUSTER_NODE_…`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(u16);

impl Flags {
    /// A replica.
    pub const REPLICA: Self = Self(1);
    /// I suspect it.
    pub const PFAIL: Self = Self(2);
    /// The masters agree that it failed.
    pub const FAIL: Self = Self(4);
    /// It was met, but has not told its name yet.
    pub const HANDSHAKE: Self = Self(8);
    /// Somebody else lives at its address now.
    pub const NOADDR: Self = Self(16);
    /// A ping to it waits for an answer.
    pub const PINGED: Self = Self(32);
    /// Masters reported it.
    pub const REPORTED: Self = Self(64);
    /// There is a connection to it, or one is being opened.
    pub const LINKED: Self = Self(128);
    /// It serves slots.
    pub const SERVES: Self = Self(256);

    /// Its id is not the one that is listed for its address; see [`super::roll`].
    pub(super) const UNLISTED: Self = Self(512);

    /// What heartbeats tell of it.
    pub const TOLD: Self = Self(1 | 2 | 4 | 8 | 16);

    /// Whether any of `flags` is set.
    pub fn any(self, flags: Self) -> bool {
        self.0 & flags.0 != 0
    }

    /// Both sets.
    pub const fn and(self, flags: Self) -> Self {
        Self(self.0 | flags.0)
    }

    /// Only those that are in `flags` too.
    pub fn only(self, flags: Self) -> Self {
        Self(self.0 & flags.0)
    }

    /// Sets or clears `flags`.
    pub fn set(&mut self, flags: Self, on: bool) {
        if on {
            self.0 |= flags.0;
        } else {
            self.0 &= !flags.0;
        }
    }
}

/// The part of a peer that gossip reads and writes, except its id: eight of them fill a cache line.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub(super) pong_received: Stamp,
    pub(super) addr: HostId,
    pub(super) flags: Flags,
}

impl Known {
    /// What is so of it.
    pub fn flags(&self) -> Flags {
        self.flags
    }

    /// Where it is.
    pub fn addr(&self) -> HostId {
        self.addr
    }

    /// When its last PONG came, by my own link or by hearsay.
    pub fn pong_received(&self) -> Stamp {
        self.pong_received
    }
}

/// My connection to a peer: who it is from and to is known, so its serial is enough.
#[derive(Clone, Copy, Debug, Default, Hash)]
pub(super) struct Link {
    /// Zero for none.
    pub(super) serial: u32,
    pub(super) since: Stamp,
    pub(super) up: bool,
}

/// The rest of what is known of a peer.
#[derive(Clone, Debug, Default, Hash)]
pub struct Peer {
    /// Its config epoch.
    pub config_epoch: u64,
    /// Its replication offset, as it last said.
    pub repl_offset: u64,
    /// FAIL since.
    pub(super) fail_since: Stamp,
    /// When the PING went out that is not answered yet.
    pub(super) ping_sent: Stamp,
    /// When anything last came from it.
    pub data_received: Stamp,
    /// When I last voted for one of its replicas.
    pub voted_at: Stamp,
    /// Since when it has been without a replica that has not failed, as far as that was looked at.
    pub orphaned_at: Stamp,
    pub(super) link: Link,
    /// Its master, if it is a replica and its master is known.
    pub(super) replica_of: Option<PeerIx>,
    /// How many slots it serves in my view.
    pub(super) slot_count: u16,
    /// It must not be promoted by itself.
    pub no_failover: bool,
    /// Replicas may migrate to it: it has replicas or once had (`CLUSTER_NODE_MIGRATE_TO`).
    pub migrate_to: bool,
    /// The bitmap it last claimed, and the version of my table that it agreed with.
    pub agreed: Cached<(Rc<SlotSet>, u32)>,
}

/// A peer, to read.
#[derive(Clone, Copy, Debug)]
pub struct PeerRef<'a> {
    pub(super) ix: PeerIx,
    pub(super) roll: &'a Roll,
    pub(super) known: &'a Known,
    pub(super) peer: &'a Peer,
}

impl Deref for PeerRef<'_> {
    type Target = Peer;

    fn deref(&self) -> &Peer {
        self.peer
    }
}

impl PeerRef<'_> {
    /// Its id.
    pub fn id(&self) -> NodeId {
        self.roll.id(self.ix)
    }

    /// Where it is.
    pub fn addr(&self) -> HostId {
        self.known.addr
    }

    /// What is so of it.
    pub fn flags(&self) -> Flags {
        self.known.flags
    }

    /// Whether it is taken for a master.
    pub fn is_master(&self) -> bool {
        !self.known.flags.any(Flags::REPLICA)
    }

    /// Its master, if it is a replica and its master is known.
    pub fn replica_of(&self) -> Option<PeerIx> {
        self.peer.replica_of
    }

    /// PFAIL.
    pub fn pfail(&self) -> bool {
        self.known.flags.any(Flags::PFAIL)
    }

    /// FAIL.
    pub fn failed(&self) -> bool {
        self.known.flags.any(Flags::FAIL)
    }

    /// PFAIL or FAIL.
    pub fn in_trouble(&self) -> bool {
        self.known.flags.any(Flags::PFAIL.and(Flags::FAIL))
    }

    /// Met, and its name is not known yet.
    pub fn in_handshake(&self) -> bool {
        self.known.flags.any(Flags::HANDSHAKE)
    }

    /// When its last PONG came, by my own link or by hearsay.
    pub fn pong_received(&self) -> Stamp {
        self.known.pong_received
    }

    /// When the PING went out that is not answered yet.
    pub fn ping_sent(&self) -> Stamp {
        self.peer.ping_sent
    }

    /// FAIL since.
    pub fn fail_since(&self) -> Stamp {
        self.peer.fail_since
    }

    /// How many slots it serves in my view.
    pub fn slot_count(&self) -> u16 {
        self.peer.slot_count
    }

    /// Whether messages pass on my connection to it.
    pub fn link_is_up(&self) -> bool {
        self.peer.link.up
    }

    /// Whether there is no connection, nor one being opened.
    pub fn link_is_down(&self) -> bool {
        self.peer.link.serial == 0
    }

    /// Since when my connection to it was asked for.
    pub fn link_since(&self) -> Option<Micros> {
        (self.peer.link.serial != 0).then(|| self.peer.link.since.or_start())
    }

    /// My connection to it.
    pub fn conn(&self, me: HostId) -> Option<Conn> {
        let Link { serial, .. } = self.peer.link;
        let acceptor = Place::Node(self.known.addr);
        (serial != 0).then_some(Conn { opener: Place::Node(me), acceptor, serial })
    }
}
