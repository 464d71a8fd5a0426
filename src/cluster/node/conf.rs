//! What survives a restart: the file `nodes.conf`, as a value.
//!
//! Source: Redis 7.0, `cluster.c`, `clusterSaveConfig`, `clusterLoadConfig`.

use super::Node;
use super::view::ME;
use crate::cluster::id::{HostId, NodeId};
use crate::cluster::slot::SlotSet;

/// One node's line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KnownNode {
    /// Its id.
    pub id: NodeId,
    /// Where it is.
    pub addr: HostId,
    /// Its master's id, if it is a replica.
    pub master: Option<NodeId>,
    /// Its config epoch.
    pub config_epoch: u64,
    /// Its slots.
    pub slots: SlotSet,
}

/// The whole file. The first node is the one that the file belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodesConf {
    /// Myself first.
    pub nodes: Vec<KnownNode>,
    /// The highest epoch seen.
    pub current_epoch: u64,
    /// The last epoch this node voted in.
    pub last_vote_epoch: u64,
}

impl Node {
    /// What this node would find in its file if it were started again now.
    pub fn nodes_conf(&self) -> NodesConf {
        let nodes = self.view.peers().map(|(ix, peer)| KnownNode {
            id: peer.id,
            addr: peer.addr,
            master: peer.replica_of.map(|master| self.view.peer(master).id),
            config_epoch: peer.config_epoch,
            slots: self.view.slots_of(ix),
        });
        debug_assert!(self.view.peer(ME).addr == self.host);
        NodesConf {
            nodes: nodes.collect(),
            current_epoch: self.view.current_epoch,
            last_vote_epoch: self.view.last_vote_epoch,
        }
    }
}
