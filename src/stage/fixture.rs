//! Snapshots made by hand: for tests, for the gallery, and for the picture shown while the core loads.
//!
//! Nothing that a visitor operates is ever made here: the page shows the running cluster.

use std::rc::Rc;

use crate::cluster::id::{ClientId, HostId, NodeId, Place, RackId};
use crate::cluster::slot::SlotRange;
use crate::cluster::snapshot::{
    ClientView, DirectoryEntry, ElectionView, Flight, FlightKind, Moving, NodeState, NodeView, RackView, Role,
    Snapshot, SyncState,
};
use crate::cluster::time::{MS, SECOND};

const RANGES: [(u16, u16); 3] = [(0, 5460), (5461, 10_922), (10_923, 16_383)];

fn range(index: usize) -> SlotRange {
    SlotRange { start: RANGES[index].0, end: RANGES[index].1 }
}

/// The city as it opens: three shops, three backups, three racks, no keys, nobody suspected.
pub fn opening() -> Snapshot {
    let racks = ["A", "B", "C"].iter().enumerate();
    Snapshot {
        now: 0,
        node_timeout: 15 * SECOND,
        racks: racks
            .map(|(n, name)| RackView { id: RackId(n as u16), name: (*name).into(), powered: true })
            .collect(),
        nodes: (0..6).map(node).collect(),
        directory: (0..3)
            .map(|n| DirectoryEntry {
                range: range(n),
                owner: Some(HostId(n as u16)),
                shard: Some(n as u16 + 1),
                served: true,
            })
            .collect(),
        clients: vec![ClientView {
            id: ClientId(0),
            map: (0..3).map(|n| (range(n), HostId(n as u16))).collect(),
            served: 0,
            sent_on: 0,
            turned_away: 0,
            silent: Vec::new(),
            waiting: 0,
        }],
        flights: Vec::new(),
        moving: Vec::new(),
        cuts: Vec::new(),
    }
}

/// Machines 0 to 2 are masters in racks A, B, C; 3 to 5 back up shards 3, 1, 2 there.
fn node(host: u16) -> NodeView {
    let master = host < 3;
    let index = usize::from(host % 3);
    let shard = if master { host + 1 } else { [3, 1, 2][index] };
    let rack = host % 3;
    let address = format!("10.0.{}.{}:6379", rack + 1, host / 3 + 1);
    NodeView {
        host: HostId(host),
        id: NodeId(u64::from(host) + 0xa1),
        address: address.into(),
        rack: RackId(rack),
        shard,
        role: if master { Role::Master } else { Role::Replica { of: Some(HostId(shard - 1)) } },
        state: NodeState::Ok,
        running: true,
        frozen: false,
        slow: 0,
        suspected_by: Vec::new(),
        quorum: 2,
        silent_for: None,
        config_epoch: u64::from(shard),
        current_epoch: 6,
        cluster_ok: true,
        slots: if master { vec![range(index)] } else { Vec::new() },
        keys: 0,
        offset: 1_204,
        sync: if master { SyncState::Master } else { SyncState::InSync },
        election: None,
        promoted_at: None,
    }
}

/// A key is on its way to its shop, and its copy on the way to the backup.
pub fn key_typed() -> Snapshot {
    let mut city = opening();
    city.now = 1_340 * MS;
    for node in &mut city.nodes {
        node.keys = [4, 9, 412, 411, 4, 9][usize::from(node.host.0)];
    }
    city.nodes[5].sync = SyncState::Behind { writes: 6, bytes: 380 };
    city.clients[0].served = 14;
    let you = Place::Client(ClientId(0));
    let shop = Place::Node(HostId(2));
    city.flights = vec![
        flight(1, FlightKind::Request, you, shop, "SET user:123 Ada", Some(3)),
        flight(2, FlightKind::Replication, shop, Place::Node(HostId(3)), "SET", Some(3)),
        flight(3, FlightKind::Ping, Place::Node(HostId(0)), Place::Node(HostId(1)), "", None),
    ];
    city
}

fn flight(id: u64, kind: FlightKind, from: Place, to: Place, label: &str, shard: Option<u16>) -> Flight {
    let label: Rc<str> = label.into();
    Flight { id, kind, from, to, sent: 1_240 * MS, due: 1_480 * MS, held: false, shard, slot: Some(12_893), label }
}

/// Shop 3 has just been set on fire; nobody has noticed.
pub fn burning() -> Snapshot {
    let mut city = key_typed();
    city.flights.clear();
    city.now = 9 * SECOND;
    city.nodes[2].running = false;
    city.nodes[2].state = NodeState::Down;
    city.nodes[2].silent_for = Some(300 * MS);
    city.nodes[3].sync = SyncState::LinkDown { for_time: 300 * MS };
    city.directory[2].served = false;
    city
}

/// One of two masters suspects Shop 3.
pub fn suspected() -> Snapshot {
    let mut city = burning();
    city.now = 24 * SECOND;
    city.nodes[2].state = NodeState::Pfail;
    city.nodes[2].suspected_by = vec![HostId(0)];
    city.nodes[2].silent_for = Some(15_100 * MS);
    city
}

/// Shop 3 has failed, its backup waits before it asks for votes.
pub fn waiting() -> Snapshot {
    let mut city = suspected();
    city.now = 25 * SECOND;
    city.nodes[2].state = NodeState::Fail;
    city.nodes[2].suspected_by = vec![HostId(0), HostId(1)];
    city.nodes[2].silent_for = Some(15_900 * MS);
    city.nodes[0].cluster_ok = false;
    city.nodes[1].cluster_ok = false;
    city.nodes[3].sync = SyncState::LinkDown { for_time: 15_300 * MS };
    city.nodes[3].election = Some(ElectionView {
        asks_at: 25_300 * MS,
        scheduled_at: 24_582 * MS,
        wait: [500 * MS, 218 * MS, 0],
        epoch: None,
        votes: Vec::new(),
        needed: 2,
    });
    city.clients[0].turned_away = 9;
    city
}

/// The backup has asked; Shop 1 has voted for it.
pub fn asking() -> Snapshot {
    let mut city = waiting();
    city.now = 25_600 * MS;
    if let Some(bid) = &mut city.nodes[3].election {
        bid.epoch = Some(7);
        bid.votes = vec![HostId(0)];
    }
    let backup = Place::Node(HostId(3));
    city.flights = vec![
        flight(11, FlightKind::Vote, Place::Node(HostId(0)), backup, "epoch 7", Some(1)),
        flight(12, FlightKind::VoteRequest, backup, Place::Node(HostId(1)), "epoch 7", Some(3)),
        flight(
            13,
            FlightKind::Request,
            Place::Client(ClientId(0)),
            Place::Node(HostId(1)),
            "GET user:123",
            Some(3),
        ),
    ];
    for flight in &mut city.flights {
        (flight.sent, flight.due) = (city.now - 90 * MS, city.now + 90 * MS);
    }
    city
}

/// The backup has been promoted; the client's copy is still the old one.
pub fn promoted() -> Snapshot {
    let mut city = asking();
    city.now = 26 * SECOND;
    city.flights.clear();
    for node in &mut city.nodes {
        node.cluster_ok = true;
    }
    let winner = &mut city.nodes[3];
    winner.role = Role::Master;
    winner.sync = SyncState::Master;
    winner.election = None;
    winner.config_epoch = 7;
    winner.current_epoch = 7;
    winner.slots = vec![range(2)];
    winner.promoted_at = Some(25_900 * MS);
    city.directory[2].owner = Some(HostId(3));
    city.directory[2].served = true;
    let you = Place::Client(ClientId(0));
    city.flights = vec![flight(21, FlightKind::Moved, Place::Node(HostId(0)), you, "MOVED 12893", Some(3))];
    (city.flights[0].sent, city.flights[0].due) = (city.now - 60 * MS, city.now + 120 * MS);
    city
}

/// The old shop is back as a backup of the new one, and copies everything.
pub fn loading() -> Snapshot {
    let mut city = promoted();
    city.now = 40 * SECOND;
    city.flights.clear();
    let old = &mut city.nodes[2];
    old.role = Role::Replica { of: Some(HostId(3)) };
    old.running = true;
    old.state = NodeState::Ok;
    old.suspected_by.clear();
    old.silent_for = None;
    old.slots.clear();
    old.config_epoch = 7;
    old.keys = 170;
    old.sync = SyncState::Loading { done: 62, total: 100 };
    city.clients[0].map[2].1 = HostId(3);
    city
}

/// Shop 2 is frozen, and nobody has noticed.
pub fn frozen() -> Snapshot {
    let mut city = key_typed();
    city.flights.clear();
    city.nodes[1].frozen = true;
    city.nodes[1].state = NodeState::Paused;
    city.nodes[1].silent_for = Some(2 * SECOND);
    city.directory[1].served = false;
    city
}

/// Shop 2 does everything later.
pub fn slow() -> Snapshot {
    let mut city = opening();
    city.nodes[1].slow = 500 * MS;
    city
}

/// Shop 2 is frozen, and the others have agreed that it has failed.
pub fn frozen_and_failed() -> Snapshot {
    let mut city = frozen();
    city.nodes[1].state = NodeState::Fail;
    city.nodes[1].suspected_by = vec![HostId(0), HostId(2)];
    city.nodes[1].silent_for = Some(16 * SECOND);
    city
}

/// Rack B has no power.
pub fn dark_rack() -> Snapshot {
    let mut city = suspected();
    city.nodes[2] = key_typed().nodes[2].clone();
    city.directory[2].served = true;
    city.racks[1].powered = false;
    for host in [1, 4] {
        city.nodes[host].running = false;
        city.nodes[host].state = NodeState::Pfail;
        city.nodes[host].suspected_by = vec![HostId(0)];
        city.nodes[host].silent_for = Some(15_200 * MS);
    }
    city.directory[1].served = false;
    city
}

/// A city of any size: master 5 has failed (if there is one), master 2 is suspected, the last node is a backup that copies.
pub fn large(masters: u16, replicas: u16, racks: u16) -> Snapshot {
    let plan = crate::cluster::world::Plan { masters, ..crate::cluster::world::Plan::small() };
    let mut city = opening();
    let name = |index: u16| char::from(b'A' + (index % 26) as u8).to_string();
    city.racks = (0..racks).map(|n| RackView { id: RackId(n), name: name(n).into(), powered: true }).collect();
    city.directory.clear();
    city.clients[0].map.clear();
    let mut nodes = Vec::new();
    for (turn, master) in (0..=replicas).flat_map(|turn| (0..masters).map(move |master| (turn, master))) {
        let host = nodes.len() as u16;
        let mut node = node(if turn == 0 { 0 } else { 3 });
        (node.host, node.rack, node.shard) = (HostId(host), RackId((master + turn) % racks), master + 1);
        (node.keys, node.config_epoch) = (u32::from(host) * 7, u64::from(host) + 1);
        node.slots = if turn == 0 { plan.slots(master).ranges() } else { Vec::new() };
        if turn > 0 {
            node.role = Role::Replica { of: Some(HostId(master)) };
        }
        match (turn, master) {
            (0, 4) => (node.state, node.running) = (NodeState::Fail, false),
            (0, 1) => {
                (node.state, node.running) = (NodeState::Pfail, false);
                node.suspected_by = vec![HostId(0)];
            }
            _ => {}
        }
        for range in &node.slots {
            let owner = Some(HostId(host));
            let served = node.running;
            city.directory.push(DirectoryEntry { range: *range, owner, shard: Some(master + 1), served });
            city.clients[0].map.push((*range, HostId(host)));
        }
        nodes.push(node);
    }
    if let Some(last) = nodes.last_mut().filter(|_| replicas > 0) {
        last.sync = SyncState::Loading { done: 62, total: 100 };
    }
    city.nodes = nodes;
    city
}

/// Slots move from Shop 1 to Shop 2, and the road between racks B and C is cut.
pub fn moving() -> Snapshot {
    let mut city = key_typed();
    city.flights.clear();
    city.moving = vec![Moving { slot: 5_204, from: HostId(0), to: HostId(1) }];
    city.directory[0].range.end = 5_204;
    city.directory[1].range.start = 5_205;
    city.nodes[0].slots = vec![city.directory[0].range];
    city.nodes[1].slots = vec![city.directory[1].range];
    let ends = [(1, 2), (1, 5), (4, 2), (4, 5)].map(|(a, b)| (Place::Node(HostId(a)), Place::Node(HostId(b))));
    city.cuts = ends.into_iter().flat_map(|(a, b)| [(a, b), (b, a)]).collect();
    city
}

/// Rack C is cut off: Shop 3 works there, though the others take it for lost, and it suspects them.
pub fn apart() -> Snapshot {
    let mut city = opening();
    let sides = [[0, 1, 3, 4].as_slice(), &[2, 5]].map(|side| side.iter().map(|host| Place::Node(HostId(*host))));
    for one in sides[0].clone() {
        for other in sides[1].clone() {
            city.cuts.extend([(one, other), (other, one)]);
        }
    }
    for host in [0, 1] {
        city.nodes[host].state = NodeState::Pfail;
        city.nodes[host].suspected_by = vec![HostId(2)];
    }
    city.nodes[2].state = NodeState::Fail;
    city.nodes[2].suspected_by = vec![HostId(0), HostId(1)];
    city
}

/// All fixtures with their names.
pub fn all() -> Vec<(&'static str, Snapshot)> {
    vec![
        ("opening", opening()),
        ("key typed", key_typed()),
        ("burning", burning()),
        ("suspected", suspected()),
        ("waiting", waiting()),
        ("asking", asking()),
        ("promoted", promoted()),
        ("loading", loading()),
        ("frozen", frozen()),
        ("slow", slow()),
        ("frozen and failed", frozen_and_failed()),
        ("dark rack", dark_rack()),
        ("moving", moving()),
        ("apart", apart()),
    ]
}
