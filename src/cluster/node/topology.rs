//! The cluster as a node lists it: CLUSTER SHARDS, LINKS, REPLICAS, COUNT-FAILURE-REPORTS. Source: Redis 7.0,
//! `cluster.c`.

use super::view::{ME, PeerIx};
use super::{Accepted, Node};
use crate::cluster::address::AddressBook;
use crate::cluster::id::{NodeId, Place};
use crate::cluster::reply::Reply;
use crate::cluster::time::Micros;

/// One connection of the bus.
pub(super) struct BusLink {
    peer: PeerIx,
    /// Opened from here, or from there.
    from_here: bool,
    since: Micros,
}

impl Node {
    /// `CLUSTER SHARDS`: each master with its replicas. Source: `addShardReplyForClusterShards`.
    pub fn shards_reply(&self, book: &AddressBook) -> Reply {
        let masters = self.view.peers().filter(|(_, peer)| peer.is_master());
        let shards = masters.map(|(master, _)| {
            let ranges = self.view.slots_of(master).ranges();
            let slots = ranges.iter().flat_map(|range| [range.start, range.end]);
            let replicas = self.view.peers().filter(|(_, peer)| peer.replica_of() == Some(master));
            let nodes = std::iter::once(master).chain(replicas.map(|(ix, _)| ix));
            Reply::map([
                ("slots", Reply::Array(slots.map(|slot| Reply::Integer(slot.into())).collect())),
                ("nodes", Reply::Array(nodes.map(|ix| self.shard_node(book, ix)).collect())),
            ])
        });
        Reply::Array(shards.collect())
    }

    /// Source: `addNodeDetailsToShardReply`.
    fn shard_node(&self, book: &AddressBook, ix: PeerIx) -> Reply {
        let peer = self.view.peer(ix);
        let (ip, port) = self.ip_and_port(book, ix);
        let offset = match ix {
            ME if peer.is_master() => self.replication.offset,
            ME => self.replication.replica_offset(),
            _ => peer.repl_offset,
        };
        let health = match () {
            () if peer.failed() => "fail",
            () if !peer.is_master() && offset == 0 => "loading",
            () => "online",
        };
        let id = ("id", Reply::bulk(peer.id().to_string()));
        let port = (port > 0).then(|| ("port", Reply::Integer(port.into())));
        let rest = [
            ("ip", Reply::bulk(ip.clone())),
            ("endpoint", Reply::bulk(ip)),
            ("role", Reply::bulk(if peer.is_master() { "master" } else { "replica" })),
            ("replication-offset", Reply::Integer(offset as i64)),
            ("health", Reply::bulk(health)),
        ];
        let fields = std::iter::once(id).chain(port).chain(rest);
        Reply::Map(fields.map(|(name, value)| (Reply::bulk(name), value)).collect())
    }

    /// `CLUSTER LINKS`. What waits to be sent is the network's here, so the buffers are empty.
    pub fn links_reply(&self) -> Reply {
        let links = self.bus_links().into_iter().map(|link| {
            Reply::map([
                ("direction", Reply::bulk(if link.from_here { "to" } else { "from" })),
                ("node", Reply::bulk(self.view.peer(link.peer).id().to_string())),
                ("create-time", Reply::Integer(self.config.unix_ms(link.since) as i64)),
                ("events", Reply::bulk("r")),
                ("send-buffer-allocated", Reply::Integer(0)),
                ("send-buffer-used", Reply::Integer(0)),
            ])
        });
        Reply::Array(links.collect())
    }

    /// The connections of the bus: to each node, then from it.
    pub(super) fn bus_links(&self) -> Vec<BusLink> {
        let mut links = Vec::new();
        for (peer, known) in self.view.others() {
            if let Some(since) = known.link_since() {
                links.push(BusLink { peer, from_here: true, since });
            }
            let from = self.accepted.iter().rev().find_map(|(conn, accepted)| match accepted {
                Accepted::Bus(since) if conn.opener == Place::Node(known.addr()) => Some(*since),
                _ => None,
            });
            links.extend(from.map(|since| BusLink { peer, from_here: false, since }));
        }
        links
    }

    /// `CLUSTER REPLICAS`: their lines of `CLUSTER NODES`.
    pub fn replicas_reply(&self, book: &AddressBook, master: &[u8]) -> Reply {
        let Some(ix) = self.known(master) else {
            return unknown(master);
        };
        if !self.view.peer(ix).is_master() {
            return Reply::error("ERR The specified node is not a master");
        }
        let replicas = self.view.peers().filter(|(_, peer)| peer.replica_of() == Some(ix));
        Reply::Array(replicas.map(|(ix, _)| Reply::bulk(self.node_line(book, ix))).collect())
    }

    /// `CLUSTER COUNT-FAILURE-REPORTS`: what others said lately enough.
    pub fn count_failure_reports(&self, now: Micros, about: &[u8]) -> Reply {
        let Some(ix) = self.known(about) else {
            return unknown(about);
        };
        let valid = 2 * self.config.node_timeout;
        let reports = self.view.reports(ix).iter();
        Reply::Integer(reports.filter(|(_, at)| now.saturating_sub(at.or_start()) <= valid).count() as i64)
    }

    fn known(&self, id: &[u8]) -> Option<PeerIx> {
        NodeId::parse(id).and_then(|id| self.view.find(id))
    }
}

fn unknown(id: &[u8]) -> Reply {
    Reply::error(format!("ERR Unknown node {}", String::from_utf8_lossy(id)))
}
