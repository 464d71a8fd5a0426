//! What a node tells about itself: to clients who ask, and to onlookers.

use super::Node;
use super::replication::{MasterLink, Phase};
use super::view::{Flags, ME, PeerIx, Stamp};
use crate::cluster::address::AddressBook;
use crate::cluster::bus::Body;
use crate::cluster::reply::Reply;

impl Node {
    /// `ROLE`. Source: Redis 7.0, `replication.c`, `roleCommand`.
    pub fn role_reply(&self, book: &AddressBook) -> Reply {
        let Some(master) = self.replication.master.filter(|_| !self.view.me().is_master()) else {
            let online = self.replica_records().filter(|replica| matches!(replica.phase, Phase::Online));
            let replicas = online.map(|replica| {
                let address = book.address(replica.addr);
                Reply::Array(vec![
                    Reply::bulk(address.ip_text()),
                    Reply::bulk(address.port.to_string()),
                    Reply::bulk(replica.acked.to_string()),
                ])
            });
            return Reply::Array(vec![
                Reply::bulk("master"),
                Reply::Integer(self.replication.offset as i64),
                Reply::Array(replicas.collect()),
            ]);
        };
        let address = book.address(master);
        let state = match self.replication.link {
            MasterLink::Down => "connect",
            MasterLink::Opening(_) => "connecting",
            MasterLink::Handshake(_) => "handshake",
            MasterLink::Copying { .. } => "sync",
            MasterLink::Streaming(_) => "connected",
        };
        Reply::Array(vec![
            Reply::bulk("slave"),
            Reply::bulk(address.ip_text()),
            Reply::Integer(address.port.into()),
            Reply::bulk(state),
            Reply::Integer(self.replication.offset as i64),
        ])
    }

    /// `CLUSTER NODES`. Source: Redis 7.0, `cluster.c`, `clusterGenNodeDescription`.
    pub fn nodes_text(&self, book: &AddressBook) -> String {
        self.view.peers().map(|(ix, _)| self.node_line(book, ix) + "\n").collect()
    }

    pub(super) fn node_line(&self, book: &AddressBook, ix: PeerIx) -> String {
        let peer = self.view.peer(ix);
        let at = self.place_text(book, ix);
        let mut flags = Vec::new();
        if ix == ME {
            flags.push("myself");
        }
        if peer.in_handshake() {
            flags.push("handshake");
        } else {
            flags.push(if peer.is_master() { "master" } else { "slave" });
        }
        if peer.pfail() {
            flags.push("fail?");
        }
        if peer.failed() {
            flags.push("fail");
        }
        if peer.flags().any(Flags::NOADDR) {
            flags.push("noaddr");
        }
        if peer.no_failover {
            flags.push("nofailover");
        }
        let master = peer.replica_of().map(|master| self.view.peer(master));
        let ms = |at: Stamp| at.get().map_or(0, |at| self.config.unix_ms(at));
        let epoch = master.unwrap_or(peer).config_epoch;
        let link = if ix == ME || !peer.link_is_down() { "connected" } else { "disconnected" };
        let mut line = format!(
            "{} {at} {} {} {} {} {epoch} {link}",
            peer.id(),
            flags.join(","),
            master.map_or("-".to_owned(), |master| master.id().to_string()),
            ms(peer.ping_sent()),
            ms(peer.pong_received()),
        );
        for range in self.view.slots_of(ix).ranges() {
            line.push_str(&format!(" {range}"));
        }
        if ix == ME {
            line.push_str(&self.open_slots_text());
        }
        line
    }

    /// Where a node is reached, as it is told: nowhere, if somebody else lives at its address now.
    pub(super) fn ip_and_port(&self, book: &AddressBook, ix: PeerIx) -> (String, u16) {
        let peer = self.view.peer(ix);
        if peer.flags().any(Flags::NOADDR) {
            return (String::new(), 0);
        }
        let address = book.address(peer.addr());
        (address.ip_text(), address.port)
    }

    /// The same with its bus port: `IP:PORT@BUSPORT`.
    fn place_text(&self, book: &AddressBook, ix: PeerIx) -> String {
        let (ip, port) = self.ip_and_port(book, ix);
        // Who has never been spoken to does not know by which address others reach it.
        let ip = if ix == ME && !self.view.addressed { String::new() } else { ip };
        let bus_port = if port == 0 { 0 } else { u32::from(port) + 10_000 };
        format!("{ip}:{port}@{bus_port}")
    }

    /// `CLUSTER SLOTS`. Source: Redis 7.0, `cluster.c`, `clusterReplyMultiBulkSlots`.
    pub fn slots_reply(&self, book: &AddressBook) -> Reply {
        let mut ranges = Vec::new();
        for (ix, _) in self.view.peers() {
            ranges.extend(self.view.slots_of(ix).ranges().into_iter().map(|range| (range, ix)));
        }
        crate::cluster::order::sort_by_key(&mut ranges, |range| *range);
        let rows = ranges.into_iter().map(|(range, master)| {
            // Replicas that failed, or that hold nothing yet, are not worth a visit.
            let replicas = self.view.peers().filter(|(ix, peer)| {
                let offset = if *ix == ME { self.replication.replica_offset() } else { peer.repl_offset };
                peer.replica_of() == Some(master) && !peer.failed() && offset > 0
            });
            let mut row = vec![Reply::Integer(range.start.into()), Reply::Integer(range.end.into())];
            row.push(self.node_entry(book, master));
            row.extend(replicas.map(|(ix, _)| self.node_entry(book, ix)));
            Reply::Array(row)
        });
        Reply::Array(rows.collect())
    }

    fn node_entry(&self, book: &AddressBook, ix: PeerIx) -> Reply {
        let (ip, port) = self.ip_and_port(book, ix);
        Reply::Array(vec![
            Reply::bulk(ip),
            Reply::Integer(port.into()),
            Reply::bulk(self.view.peer(ix).id().to_string()),
            // What a node adds of its own: host names, if it had any.
            Reply::Map(Vec::new()),
        ])
    }

    /// `CLUSTER INFO`. Source: Redis 7.0, `cluster.c`, `clusterCommand` (`info`).
    pub fn info_text(&self) -> String {
        let (mut assigned, mut pfail, mut fail) = (0, 0, 0);
        for (_, peer) in self.view.peers() {
            assigned += u32::from(peer.slot_count());
            if peer.failed() {
                fail += u32::from(peer.slot_count());
            } else if peer.pfail() {
                pfail += u32::from(peer.slot_count());
            }
        }
        let state = if self.health.is_ok() { "ok" } else { "fail" };
        let my_epoch = self.view.peer(self.view.claimant()).config_epoch;
        let mut lines = vec![
            format!("cluster_state:{state}"),
            format!("cluster_slots_assigned:{assigned}"),
            format!("cluster_slots_ok:{}", assigned - pfail - fail),
            format!("cluster_slots_pfail:{pfail}"),
            format!("cluster_slots_fail:{fail}"),
            format!("cluster_known_nodes:{}", self.view.len()),
            format!("cluster_size:{}", self.view.size()),
            format!("cluster_current_epoch:{}", self.view.current_epoch),
            format!("cluster_my_epoch:{my_epoch}"),
        ];
        for (counts, direction) in [(&self.sent, "sent"), (&self.received, "received")] {
            for (count, name) in counts.iter().zip(super::bus_out::KIND_NAMES) {
                if *count > 0 {
                    lines.push(format!("cluster_stats_messages_{name}_{direction}:{count}"));
                }
            }
            lines.push(format!("cluster_stats_messages_{direction}:{}", counts.iter().sum::<u64>()));
        }
        lines.push("total_cluster_links_buffer_limit_exceeded:0".to_owned());
        lines.join("\r\n") + "\r\n"
    }

    /// Whether a message of the bus is worth drawing as more than a ring.
    pub fn is_heartbeat(body: &Body) -> bool {
        matches!(body, Body::Ping(_) | Body::Pong(_) | Body::Meet(_))
    }
}
