//! A replica in the stream is what its master was at the same point of their history.

use std::collections::BTreeMap;

use super::check::{Check, Violation, contents, violated};
use crate::cluster::id::HostId;
use crate::cluster::node::Node;
use crate::cluster::node::replication::{MasterLink, ReplId};
use crate::cluster::time::Micros;

/// What every master's data was at every point of its history, and whether replicas agree.
///
/// A point that no master was seen at (several commands done within one event) is not compared; the next one is.
#[derive(Debug, Default)]
pub(super) struct Histories {
    data: BTreeMap<(ReplId, u64), u64>,
    /// Where a history branched off another.
    parents: BTreeMap<ReplId, (ReplId, u64)>,
    seen: Vec<Option<(ReplId, u64, bool)>>,
    /// How often a replica's data was compared.
    pub(super) compared: u64,
}

impl Histories {
    pub(super) fn watch(&mut self, host: HostId, node: &Node, now: Micros) -> Result<(), Violation> {
        let replication = &node.replication;
        let master = node.view.me().is_master();
        let streams = master || matches!(replication.link, MasterLink::Streaming(_));
        let at = (replication.replid, replication.offset, streams);
        let index = usize::from(host.0);
        if self.seen.len() <= index {
            self.seen.resize(index + 1, None);
        }
        if self.seen[index] == Some(at) || !streams {
            self.seen[index] = Some(at);
            return Ok(());
        }
        self.seen[index] = Some(at);
        if let Some((old, until)) = replication.replid2 {
            self.parents.entry(replication.replid).or_insert((old, until));
        }
        let digest = contents(&node.store);
        match self.lookup(replication.replid, replication.offset) {
            Some(known) if known != digest => {
                let what =
                    format!("{host:?} holds other data than its history had at offset {}", replication.offset);
                violated(Check::History, now, what)
            }
            Some(_) => {
                self.compared += u64::from(!master);
                Ok(())
            }
            None if master => {
                self.data.insert((replication.replid, replication.offset), digest);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// A node was reset: its data begins anew, although its history says where it branched off (as in 7.0, `clusterReset`).
    pub(super) fn begin_anew(&mut self, node: &Node) {
        let replid = node.replication.replid;
        self.parents.insert(replid, (replid, 0));
    }

    /// A process ended: what it was is no more.
    pub(super) fn forget(&mut self, host: HostId) {
        if let Some(seen) = self.seen.get_mut(usize::from(host.0)) {
            *seen = None;
        }
    }

    fn lookup(&self, mut replid: ReplId, offset: u64) -> Option<u64> {
        // Every step goes to an older history; the bound only guards against a circle.
        for _ in 0..64 {
            if let Some(&digest) = self.data.get(&(replid, offset)) {
                return Some(digest);
            }
            let &(parent, until) = self.parents.get(&replid)?;
            if offset >= until {
                return None;
            }
            replid = parent;
        }
        None
    }
}
