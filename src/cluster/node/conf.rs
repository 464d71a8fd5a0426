//! What survives a restart: the file `nodes.conf`, as a value.
//!
//! Source: Redis 7.0, `cluster.c`, `clusterSaveConfig`, `clusterLoadConfig`.

use litemap::LiteMap;
use std::rc::Rc;

use super::Node;
use super::view::{Flags, Listed, ME};
use crate::cluster::digest::Cached;
use crate::cluster::id::{HostId, NodeId};
use crate::cluster::slot::{Slot, SlotRange};

/// One node's line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KnownNode {
    /// Its id.
    pub id: NodeId,
    /// Where it is.
    pub addr: HostId,
    /// Whether it is a replica.
    pub replica: bool,
    /// Its master's id, if it is a replica and its master is known.
    pub master: Option<NodeId>,
    /// Its config epoch.
    pub config_epoch: u64,
    /// Its slots.
    pub slots: Vec<SlotRange>,
}

/// The whole file.
#[derive(Clone, Debug, Hash)]
pub struct NodesConf {
    /// Everybody; the files of a new city share one list.
    pub nodes: Rc<[KnownNode]>,
    /// Whose file it is, by its place in the list.
    pub myself: u16,
    /// Whether it knows its own address: the first greeting from outside tells it.
    pub addressed: bool,
    /// The highest epoch seen.
    pub current_epoch: u64,
    /// The last epoch this node voted in.
    pub last_vote_epoch: u64,
    /// Its own slots that are on their way to another node.
    pub migrating: LiteMap<Slot, NodeId>,
    /// Slots that are on their way from another node to it.
    pub importing: LiteMap<Slot, NodeId>,
    /// The ids by address: the files of a new city share this list, too.
    listed: Cached<Listed>,
}

fn list(nodes: &[KnownNode]) -> Listed {
    let places = nodes.iter().map(|node| usize::from(node.addr.0) + 1).max().unwrap_or(0);
    let mut listed = vec![NodeId(0); places];
    for node in nodes {
        listed[usize::from(node.addr.0)] = node.id;
    }
    listed.into()
}

impl NodesConf {
    /// The file of node `myself` among `nodes` of a city where nothing has happened yet.
    pub fn fresh(nodes: Rc<[KnownNode]>, myself: u16, addressed: bool, current_epoch: u64) -> Self {
        let (migrating, importing) = Default::default();
        let listed = Cached(Some(list(&nodes)));
        Self { nodes, myself, addressed, current_epoch, last_vote_epoch: 0, migrating, importing, listed }
    }

    /// The same city's file of another node.
    pub fn of_another(&self, myself: u16) -> Self {
        Self { myself, ..self.clone() }
    }

    /// The ids by address.
    pub(super) fn listed(&self) -> Listed {
        self.listed.0.clone().unwrap_or_else(|| list(&self.nodes))
    }

    /// The line of the node whose file it is.
    pub fn me(&self) -> &KnownNode {
        &self.nodes[usize::from(self.myself)]
    }

    /// All lines, the own one first.
    pub fn own_first(&self) -> impl Iterator<Item = &KnownNode> {
        let others = self.nodes.iter().enumerate().filter(|(index, _)| *index != usize::from(self.myself));
        std::iter::once(self.me()).chain(others.map(|(_, node)| node))
    }
}

impl Node {
    /// What this node would find in its file if it were started again now.
    pub fn nodes_conf(&self) -> NodesConf {
        // Who is only being met, or has no address, is not in the file's use after a restart.
        let lasting = self.view.peers().filter(|(_, peer)| !peer.flags().any(Flags::HANDSHAKE.and(Flags::NOADDR)));
        let nodes = lasting.map(|(ix, peer)| KnownNode {
            id: peer.id(),
            addr: peer.addr(),
            replica: !peer.is_master(),
            master: peer.replica_of().map(|master| self.view.peer(master).id()),
            config_epoch: peer.config_epoch,
            slots: self.view.slots_of(ix).ranges(),
        });
        debug_assert!(self.view.peer(ME).addr() == self.host);
        NodesConf {
            nodes: nodes.collect(),
            myself: 0,
            addressed: self.view.addressed,
            current_epoch: self.view.current_epoch,
            last_vote_epoch: self.view.last_vote_epoch,
            migrating: self.migrating.clone(),
            importing: self.importing.clone(),
            listed: Cached(None),
        }
    }
}
