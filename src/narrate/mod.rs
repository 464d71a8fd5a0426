//! The one place that turns a fact into a sentence, in story words or in Redis words. Uses `cluster` only.

use crate::cluster::fact::Fact;
use crate::cluster::id::HostId;
use crate::cluster::snapshot::{Role, Snapshot};

/// Which words to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// Shop, backup, directory; with the Redis word beside it where it helps.
    Story,
    /// Master, replica, slot map.
    Redis,
}

/// How much a fact matters to somebody watching.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Only in the full log.
    Detail,
    /// In the log.
    Event,
    /// A mark on the timeline, read out to screen readers.
    Milestone,
}

/// How much a fact matters.
pub fn weight(_fact: &Fact) -> Weight {
    Weight::Event
}

/// One sentence for a fact. Names come from the snapshot (who is whose backup now).
pub fn sentence(fact: &Fact, _now: &Snapshot, _voice: Voice) -> String {
    format!("{:?}", fact.kind)
}

/// `Shop 3`, `Backup 3`; in Redis words `master 3`, `replica 3`.
pub fn name(host: HostId, now: &Snapshot, voice: Voice) -> String {
    let Some(node) = now.nodes.iter().find(|node| node.host == host) else {
        return format!("machine {}", host.0);
    };
    let word = match (voice, node.role) {
        (Voice::Story, Role::Master) => "Shop",
        (Voice::Story, Role::Replica { .. }) => "Backup",
        (Voice::Redis, Role::Master) => "master",
        (Voice::Redis, Role::Replica { .. }) => "replica",
    };
    format!("{word} {}", node.shard)
}
