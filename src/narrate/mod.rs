//! The one place that turns a fact into a sentence, in story words or in Redis words. Uses `cluster` only.
//!
//! A sentence is made when its fact is new: names tell who was what then.

mod people;
mod sentences;
mod weight;

use crate::cluster::id::{HostId, RackId};
use crate::cluster::snapshot::{Role, Snapshot};
use crate::cluster::time::{MS, Micros, SECOND};
pub use weight::{Weight, mark, weight};

use crate::cluster::fact::Fact;

/// Which words to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// Shop, backup, directory; with the Redis word beside it where it helps.
    Story,
    /// Master, replica, slot map.
    Redis,
}

/// One sentence for a fact. Names come from the snapshot (who is whose backup now).
pub fn sentence(fact: &Fact, now: &Snapshot, voice: Voice) -> String {
    let words = Words { now, voice };
    people::sentence(&fact.kind, words).unwrap_or_else(|| sentences::sentence(&fact.kind, words))
}

/// `Shop 3`, `Backup 3`; in Redis words `Master 3`, `Replica 3`. Two replicas of one master are told apart by a letter.
pub fn name(host: HostId, now: &Snapshot, voice: Voice) -> String {
    let Some(node) = now.nodes.iter().find(|node| node.host == host) else {
        return format!("machine {}", host.0);
    };
    let word = match (voice, node.role) {
        (Voice::Story, Role::Master) => "Shop",
        (Voice::Story, Role::Replica { .. }) => "Backup",
        (Voice::Redis, Role::Master) => "Master",
        (Voice::Redis, Role::Replica { .. }) => "Replica",
    };
    let is_replica = |role| matches!(role, Role::Replica { .. });
    let same = |other: &&crate::cluster::snapshot::NodeView| {
        other.shard == node.shard && is_replica(other.role) && is_replica(node.role)
    };
    let siblings: Vec<HostId> = now.nodes.iter().filter(same).map(|other| other.host).collect();
    let letter = siblings.iter().position(|&other| other == host).filter(|_| siblings.len() > 1);
    let letter = letter.map_or(String::new(), |index| char::from(b'a' + (index % 26) as u8).to_string());
    format!("{word} {}{letter}", node.shard)
}

/// A span of time for people: `180 ms`, `15.2 s`, `2 min 5 s`.
pub fn span(time: Micros) -> String {
    match time {
        0..SECOND => format!("{} ms", time / MS),
        SECOND..60_000_000 => format!("{}.{} s", time / SECOND, time % SECOND / (100 * MS)),
        _ => format!("{} min {} s", time / (60 * SECOND), time / SECOND % 60),
    }
}

/// Names and voice, handed through the sentences.
#[derive(Clone, Copy)]
struct Words<'a> {
    now: &'a Snapshot,
    voice: Voice,
}

impl Words<'_> {
    fn name(&self, host: HostId) -> String {
        name(host, self.now, self.voice)
    }

    fn shard(&self, host: HostId) -> u16 {
        self.now.nodes.iter().find(|node| node.host == host).map_or(0, |node| node.shard)
    }

    fn address(&self, host: HostId) -> String {
        self.now.nodes.iter().find(|node| node.host == host).map_or(String::new(), |node| node.address.to_string())
    }

    fn rack(&self, rack: RackId) -> String {
        let found = self.now.racks.iter().find(|view| view.id == rack);
        found.map_or(format!("rack {}", rack.0), |view| format!("Rack {}", view.name))
    }

    fn story(&self) -> bool {
        self.voice == Voice::Story
    }

    fn pick<'b>(&self, story: &'b str, redis: &'b str) -> &'b str {
        if self.story() { story } else { redis }
    }
}
