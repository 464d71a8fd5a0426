//! Looking at the world with eyes everywhere: snapshots, beliefs, keys. Changes nothing.

use std::ops::Range;

use super::World;
use super::machine::Process;
use crate::cluster::address::Address;
use crate::cluster::id::{ClientId, HostId, NodeId, Place, RackId};
use crate::cluster::network::Network;
use crate::cluster::node::Node;
use crate::cluster::node::replication::MasterLink;
use crate::cluster::node::view::ME;
use crate::cluster::snapshot::{
    Belief, ClientView, ElectionView, FlightKind, NodeState, NodeView, RackView, Role, Snapshot, SyncState,
};
use crate::cluster::time::Micros;

impl World {
    /// Everything there is to draw.
    pub fn snapshot(&self) -> Snapshot {
        let nodes = self.node_views();
        Snapshot {
            now: self.now(),
            node_timeout: self.node_timeout(),
            racks: self.rack_views(),
            directory: self.directory(&nodes),
            nodes,
            clients: (0..self.clients.len() as u16).map(|id| self.client_view(ClientId(id))).collect(),
            flights: self.flights(),
            moving: self.moving(),
            cuts: self.network.cuts().collect(),
        }
    }

    /// Brings a snapshot of a large city up to date in part: time, so many of the messages that `shows` picks, and the
    /// nodes of a range; with the last nodes the directory too. Asking everybody about everybody takes longer than a frame.
    pub fn refresh(
        &self,
        snapshot: &mut Snapshot,
        nodes: Range<usize>,
        messages: usize,
        shows: &dyn Fn(FlightKind) -> bool,
    ) {
        if snapshot.nodes.len() != self.machines.len() {
            *snapshot = self.snapshot();
            return;
        }
        snapshot.now = self.now();
        snapshot.flights = self.some_flights(messages, shows);
        snapshot.clients = (0..self.clients.len() as u16).map(|id| self.client_view(ClientId(id))).collect();
        snapshot.racks = self.rack_views();
        snapshot.moving = self.moving();
        snapshot.cuts = self.network.cuts().collect();
        let quorum = snapshot.nodes.first().map_or(1, |node| node.quorum);
        for view in snapshot.nodes.get_mut(nodes.clone()).unwrap_or_default() {
            *view = self.node_view(view.host, true, quorum);
        }
        if nodes.end >= snapshot.nodes.len() {
            snapshot.directory = self.directory(&snapshot.nodes);
        }
    }

    /// The timeout of the first node that runs: it may have been told another one than it was started with.
    fn node_timeout(&self) -> Micros {
        let running = self.machines.iter().find_map(|machine| Some(machine.node()?.config.node_timeout));
        running.or_else(|| Some(self.machines.first()?.config.node_timeout)).unwrap_or(0)
    }

    /// Whether the city is up: every node answers keys, every replica is in the stream, every client has a map.
    pub fn is_settled(&self) -> bool {
        self.awaited(0).is_none()
    }

    /// Whom the city waits for: `known`, if it still does, else the first. Machines come before clients. A city that opens asks
    /// after each event, and of a thousand nodes one is enough to know that it is not up.
    pub(super) fn awaited(&self, known: usize) -> Option<usize> {
        let up = |at: usize| match self.machines.get(at) {
            Some(machine) => machine.node().is_some_and(|node| {
                let streaming = matches!(node.replication.link, MasterLink::Streaming(_));
                node.health.is_ok() && (node.view.me().is_master() || streaming)
            }),
            None => {
                let client = self.clients.get(at - self.machines.len());
                client.is_none_or(|client| !client.map.runs().is_empty())
            }
        };
        let all = self.machines.len() + self.clients.len();
        if up(known) { (0..all).find(|&at| !up(at)) } else { Some(known) }
    }

    /// The process on a machine, if it runs.
    pub fn node(&self, host: HostId) -> Option<&Node> {
        self.machines.get(usize::from(host.0))?.node()
    }

    /// Whether the process on a machine is frozen.
    pub fn is_frozen(&self, host: HostId) -> bool {
        self.machines.get(usize::from(host.0)).is_some_and(|machine| machine.frozen.is_some())
    }

    /// The address of a machine.
    pub fn address(&self, host: HostId) -> Address {
        self.book.address(host)
    }

    /// The streets, and what is wrong with them.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// All machines.
    pub fn hosts(&self) -> impl Iterator<Item = HostId> + use<> {
        (0..self.machines.len() as u16).map(HostId)
    }

    /// What a running node believes of all others.
    pub fn beliefs(&self, host: HostId) -> Vec<Belief> {
        let Some(node) = self.node(host) else {
            return Vec::new();
        };
        let since = |at: Option<Micros>| at.map(|at| self.now - at);
        let believe = |(ix, peer): (_, crate::cluster::node::view::PeerRef<'_>)| Belief {
            about: peer.addr(),
            master: peer.is_master(),
            replica_of: peer.replica_of().map(|master| node.view.peer(master).addr()),
            suspected: peer.pfail(),
            failed: peer.failed(),
            reports: node.view.reports(ix).len() as u16,
            pong_ago: since(peer.pong_received().get()),
            ping_pending: since(peer.ping_sent().get()),
            // As CLUSTER NODES shows it: a replica has its master's.
            config_epoch: peer.replica_of().map_or(peer, |master| node.view.peer(master)).config_epoch,
            slots: peer.slot_count(),
        };
        let mut beliefs: Vec<Belief> = node.view.others().map(believe).collect();
        crate::cluster::order::sort_by_key(&mut beliefs, |belief| belief.about);
        beliefs
    }

    fn rack_views(&self) -> Vec<RackView> {
        let racks = self.network.powered.iter().enumerate();
        racks
            .map(|(index, &powered)| RackView { id: RackId(index as u16), name: rack_name(index).into(), powered })
            .collect()
    }

    fn node_views(&self) -> Vec<NodeView> {
        // Of a thousand nodes few are in trouble: only about those is everybody asked.
        let mut doubted = vec![false; self.machines.len()];
        for judge in self.hosts().filter_map(|host| self.node(host)).filter(|node| node.view.me().is_master()) {
            for (_, peer) in judge.view.others().filter(|(_, peer)| peer.in_trouble()) {
                if let Some(doubted) = doubted.get_mut(usize::from(peer.addr().0)) {
                    *doubted = true;
                }
            }
        }
        let running: Vec<(HostId, u16)> =
            self.hosts().filter_map(|host| Some((host, self.node(host)?.view.quorum()))).take(2).collect();
        let quorum =
            |about: HostId| running.iter().find(|(host, _)| *host != about).map_or(1, |(_, quorum)| *quorum);
        self.hosts().zip(doubted).map(|(host, doubted)| self.node_view(host, doubted, quorum(host))).collect()
    }

    fn node_view(&self, host: HostId, doubted: bool, quorum: u16) -> NodeView {
        let machine = self.machine(host);
        let suspected_by = if doubted { self.suspected_by(host) } else { Vec::new() };
        let base = NodeView {
            host,
            id: NodeId(0),
            address: self.book.address(host).to_string().into(),
            rack: self.network.rack(host),
            shard: machine.shard,
            role: Role::Master,
            state: self.state_of(host, &suspected_by),
            running: machine.node().is_some(),
            frozen: machine.frozen.is_some(),
            slow: machine.slow,
            suspected_by,
            quorum,
            silent_for: machine.silent_since.map(|at| self.now - at),
            config_epoch: 0,
            current_epoch: 0,
            cluster_ok: false,
            slots: Vec::new(),
            keys: 0,
            offset: 0,
            sync: SyncState::Master,
            election: None,
            promoted_at: None,
        };
        match &machine.process {
            Process::Running(node) => self.running_view(base, node),
            Process::Dead(conf) => {
                let me = conf.me();
                let master = me.master.and_then(|id| conf.nodes.iter().find(|known| known.id == id));
                NodeView {
                    id: me.id,
                    role: me.master.map_or(Role::Master, |_| Role::Replica { of: master.map(|known| known.addr) }),
                    config_epoch: master.unwrap_or(me).config_epoch,
                    current_epoch: conf.current_epoch,
                    slots: me.slots.clone(),
                    sync: if me.master.is_some() {
                        SyncState::LinkDown { for_time: machine.silent_since.map_or(0, |at| self.now - at) }
                    } else {
                        SyncState::Master
                    },
                    ..base
                }
            }
        }
    }

    fn running_view(&self, base: NodeView, node: &Node) -> NodeView {
        let view = &node.view;
        let master = view.me().replica_of().map(|ix| view.peer(ix).addr());
        NodeView {
            id: view.me().id(),
            role: if view.me().is_master() { Role::Master } else { Role::Replica { of: master } },
            config_epoch: view.peer(view.claimant()).config_epoch,
            current_epoch: view.current_epoch,
            cluster_ok: node.health.is_ok(),
            slots: view.runs_of(ME),
            keys: node.store.len(),
            offset: node.replication.offset,
            sync: self.sync_of(node, master),
            election: node.bidding(self.now).then(|| self.election_of(node)),
            promoted_at: node.election.won_at.map(|at| at.saturating_sub(self.facts.opened_at)),
            ..base
        }
    }

    fn sync_of(&self, node: &Node, master: Option<HostId>) -> SyncState {
        if node.view.me().is_master() {
            return SyncState::Master;
        }
        match node.replication.link {
            MasterLink::Streaming(_) => {}
            MasterLink::Copying { done, total, .. } => {
                return SyncState::Loading { done: done.min(total), total };
            }
            MasterLink::Handshake(_) => return SyncState::Loading { done: 0, total: 0 },
            _ => {
                let since = node.replication.down_since.unwrap_or(self.now);
                return SyncState::LinkDown { for_time: self.now - since };
            }
        }
        let Some(master) = master.and_then(|host| self.node(host)) else {
            return SyncState::InSync;
        };
        let behind = master.replication.offset.saturating_sub(node.replication.offset);
        if behind == 0 {
            return SyncState::InSync;
        }
        let missing = master.replication.backlog.writes_after(node.replication.offset);
        if missing == Some(0) {
            return SyncState::InSync;
        }
        SyncState::Behind { writes: missing.map_or(0, |items| items as u32), bytes: behind }
    }

    fn election_of(&self, node: &Node) -> ElectionView {
        let election = &node.election;
        let opened = self.facts.opened_at;
        let rank_wait = crate::cluster::config::ELECTION_RANK_STEP * u64::from(election.rank);
        ElectionView {
            asks_at: election.asks_at.unwrap_or(0).saturating_sub(opened),
            scheduled_at: election.scheduled_at.saturating_sub(opened),
            wait: [election.fixed, election.random, rank_wait],
            epoch: election.asked.then_some(election.epoch),
            votes: election.votes.clone(),
            needed: node.view.quorum(),
        }
    }

    /// Running masters that hold PFAIL or FAIL about a machine's node.
    fn suspected_by(&self, about: HostId) -> Vec<HostId> {
        self.opinions(about).filter(|&(_, suspects, failed)| suspects || failed).map(|(host, ..)| host).collect()
    }

    fn opinions(&self, about: HostId) -> impl Iterator<Item = (HostId, bool, bool)> {
        let others = self.hosts().filter(move |&host| host != about);
        others.filter_map(move |host| {
            let node = self.node(host).filter(|node| node.view.me().is_master())?;
            let peer = node.view.peer_at(about)?;
            Some((host, peer.pfail(), peer.failed()))
        })
    }

    /// Failed if at least half of the other masters that run say so: the view of the larger side.
    fn state_of(&self, host: HostId, suspected_by: &[HostId]) -> NodeState {
        let machine = self.machine(host);
        let (mut judges, mut failed) = (0, 0);
        if !suspected_by.is_empty() {
            for (_, _, says_failed) in self.opinions(host) {
                judges += 1;
                failed += u32::from(says_failed);
            }
        }
        if failed > 0 && failed * 2 >= judges {
            NodeState::Fail
        } else if !suspected_by.is_empty() {
            NodeState::Pfail
        } else if machine.node().is_none() {
            NodeState::Down
        } else if machine.frozen.is_some() {
            NodeState::Paused
        } else {
            NodeState::Ok
        }
    }

    fn client_view(&self, id: ClientId) -> ClientView {
        let client = &self.clients[usize::from(id.0)];
        ClientView {
            id,
            map: client.map.runs(),
            served: client.served,
            sent_on: client.sent_on,
            turned_away: client.turned_away,
            silent: client.silent.as_slice().to_vec(),
            waiting: client.waiting(),
        }
    }

    pub(super) fn serves(&self, host: HostId) -> bool {
        let machine = self.machine(host);
        let me = Place::Client(ClientId(0));
        let reachable = self.network.passes(me, Place::Node(host)) && self.network.passes(Place::Node(host), me);
        reachable && machine.frozen.is_none() && machine.node().is_some_and(|node| node.health.is_ok())
    }
}

/// `A` to `Z`, then `A2`, `B2`, …
pub(super) fn rack_name(index: usize) -> String {
    let letter = char::from(b'A' + (index % 26) as u8);
    if index < 26 { letter.to_string() } else { format!("{letter}{}", index / 26 + 1) }
}
