//! How a world begins: machines with the configuration that `redis-cli --cluster create` would have left.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::faults::MOST_DELAY;
use super::machine::{Machine, Process};
use super::onlooker::Onlooker;
use super::queue::Queue;
use super::{FactSink, Network, World};
use crate::cluster::address::AddressBook;
use crate::cluster::client::Client;
use crate::cluster::config::Config;
use crate::cluster::fact::FactKind;
use crate::cluster::id::{ClientId, HostId, RackId};
use crate::cluster::network::Streets;
use crate::cluster::node::{KnownNode, NodesConf};
use crate::cluster::rng::Rng;
use crate::cluster::slot::{SLOTS, SlotSet};
use crate::cluster::time::{MS, Micros, SECOND};

/// The most nodes a world may have: the size up to which Redis Cluster is said to scale.
pub const MOST_NODES: u16 = 1_000;
/// The longest `cluster-node-timeout` of a plan.
const MOST_TIMEOUT: Micros = 24 * 3600 * SECOND;
/// The longest time over which processes begin.
const MOST_SPREAD: Micros = 3600 * SECOND;

/// How a world begins.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Plan {
    /// Masters, at least 1 unless there are blank nodes. Slots are shared evenly among them.
    pub masters: u16,
    /// Replicas of each master.
    pub replicas: u16,
    /// Nodes beside them that know nobody and serve nothing.
    #[serde(default)]
    pub blank: u16,
    /// Racks, at least 1.
    pub racks: u16,
    /// `cluster-node-timeout`.
    pub node_timeout: Micros,
    /// One-way time of a message within a rack.
    pub same_rack: Micros,
    /// One-way time of a message between racks.
    pub other_rack: Micros,
    /// One-way time of a message between a client and a machine.
    pub to_client: Micros,
    /// Regions that the racks are shared out to; 0 is as good as 1.
    #[serde(default)]
    pub regions: u16,
    /// One-way time of a message between regions.
    #[serde(default)]
    pub other_region: Micros,
    /// Processes begin their work one after another over so long, each at a moment of its own. Where a thousand begin at once,
    /// they open a million connections within one second, and all ping each other in another, half a node timeout later
    /// and ever again; real ones are not started that way.
    #[serde(default)]
    pub start_spread: Micros,
    /// Machines are at 127.0.0.1, the first at this port and each at the next; without it, at `10.0.RACK.N:6379`.
    #[serde(default)]
    pub loopback: Option<u16>,
}

impl Plan {
    /// Three masters, a replica each, three racks, Redis's default timeout, and the network of one room.
    pub fn small() -> Self {
        Self {
            masters: 3,
            replicas: 1,
            blank: 0,
            racks: 3,
            node_timeout: 15 * SECOND,
            same_rack: MS / 10,
            other_rack: MS / 5,
            to_client: MS / 5,
            regions: 1,
            other_region: 40 * MS,
            start_spread: 0,
            loopback: None,
        }
    }

    /// `Err` says what about it cannot be.
    fn check(&self) -> Result<(), String> {
        let nodes = u32::from(self.masters) * (1 + u32::from(self.replicas)) + u32::from(self.blank);
        if nodes == 0 || self.racks == 0 {
            return Err("A city needs at least one master and one rack.".to_owned());
        }
        if nodes > MOST_NODES.into() {
            return Err(format!("{nodes} nodes are too many: {MOST_NODES} is the most."));
        }
        if self.racks > MOST_NODES || self.regions > MOST_NODES {
            return Err(format!("More than {MOST_NODES} racks or regions are too many."));
        }
        if self.streets().longest() > MOST_DELAY {
            return Err(format!("A message may take {} s at the most.", MOST_DELAY / SECOND));
        }
        if self.node_timeout > MOST_TIMEOUT || self.start_spread > MOST_SPREAD {
            return Err("A node timeout is at most a day, and all processes have begun within an hour.".to_owned());
        }
        // The bus listens 10,000 above, and nothing listens above 65,535.
        if self.loopback.is_some_and(|first| first == 0 || first > u16::MAX - 10_000 - MOST_NODES) {
            return Err("The first port on the loopback must be from 1 to 54,535.".to_owned());
        }
        Ok(())
    }

    /// How long its streets are.
    pub fn streets(&self) -> Streets {
        let Self { same_rack, other_rack, other_region, to_client, .. } = *self;
        Streets { same_rack, other_rack, other_region, to_client }
    }

    /// The slots of the `index`-th master, as redis-cli shares them out.
    ///
    /// Source: Redis 7.0, `redis-cli.c`, `clusterManagerCommandCreate` (its rounding, in integers).
    pub fn slots(&self, index: u16) -> SlotSet {
        let count = u32::from(self.masters.max(1));
        let bound = |index: u32| (2 * index * u32::from(SLOTS) + count) / (2 * count);
        let (from, to) = (bound(index.into()), bound(u32::from(index) + 1));
        (from as u16..to as u16).collect()
    }
}

impl World {
    /// Makes a world and starts every process in it. `Err` says what about the plan cannot be.
    pub fn new(plan: &Plan, seed: u64) -> Result<Self, String> {
        plan.check()?;
        let mut world = Self::empty(plan, seed);
        let known = world.lay_out(plan);
        let config = Rc::new(Config { node_timeout: plan.node_timeout, ..Config::default() });
        let nodes: Rc<[KnownNode]> = known.iter().map(|(node, _)| node.clone()).collect();
        let first = NodesConf::fresh(nodes, 0, true, known.len() as u64);
        for (myself, &(_, shard)) in (0..).zip(&known) {
            let conf = first.of_another(myself);
            let host = HostId(myself);
            world.machines.push(Rc::new(Machine::new(conf, config.clone(), shard)));
            let fact = world.facts.state(0, None, FactKind::Restarted { host });
            let spread = u32::try_from(plan.start_spread).unwrap_or(u32::MAX);
            let later = if spread > 0 { world.rng.below(spread) } else { 0 };
            world.start_process_later(host, fact, later.into());
        }
        for index in 0..plan.blank {
            let host = world.install(RackId(index % plan.racks), &config);
            let fact = world.facts.state(0, None, FactKind::Restarted { host });
            world.start_process(host, fact);
        }
        let seeds = (0..plan.masters.max(1)).map(HostId);
        world.clients.push(Rc::new(Client::new(ClientId(0), seeds)));
        world.with_client(ClientId(0), None, |client, context| client.start(context));
        Ok(world)
    }

    /// Lets the city come up: until every node answers keys, every replica is in the stream and the client has its
    /// map, or until `limit`. Then the clock is set to zero and the facts of the start are forgotten.
    pub fn open(&mut self, limit: Micros) {
        while !self.open_within(limit, u64::MAX) {}
    }

    /// The same, but stops when so much work is done (see [`World::run_within`]); says whether the city is open. Until it is,
    /// nothing should be done to it.
    pub fn open_within(&mut self, limit: Micros, work: u64) -> bool {
        let enough = self.work().saturating_add(work);
        let mut awaited = 0;
        while self.now < limit
            && let Some(known) = self.awaited(awaited)
        {
            awaited = known;
            if self.work() >= enough {
                return false;
            }
            if !self.step() {
                break;
            }
        }
        self.facts.opened_at = self.now;
        self.onlooker.open(self.facts.last());
        self.facts.fresh.clear();
        true
    }

    /// Says what the wall clock shows now, in milliseconds since 1970. Until somebody does, the world began on
    /// 1 January 2026. Only dates depend on it; to be said before there are keys.
    pub fn set_wall_clock(&mut self, unix_ms: u64) {
        let base = unix_ms.saturating_sub(self.now / MS);
        for host in self.hosts() {
            let machine = self.machine_mut(host);
            Rc::make_mut(&mut machine.config).unix_base_ms = base;
            if let Process::Running(node) = &mut machine.process {
                node.config = machine.config.clone();
            }
        }
    }

    fn empty(plan: &Plan, seed: u64) -> Self {
        Self {
            now: 0,
            rng: Rng::new(seed),
            flying: Queue::default(),
            timers: Queue::default(),
            planned: 0,
            machines: Vec::new(),
            clients: Vec::new(),
            network: Rc::new(Network::new(plan.streets(), plan.racks, plan.regions)),
            book: Rc::new(AddressBook::new(plan.loopback)),
            facts: FactSink::default(),
            onlooker: Onlooker::default(),
            serial: 0,
            commands: 0,
            held: Vec::new(),
            outside: Vec::new(),
            operator: Rc::default(),
            out: Vec::new(),
        }
    }

    /// Masters first, each in the next rack; each replica in a rack after its master's. With every node's shard.
    fn lay_out(&mut self, plan: &Plan) -> Vec<(KnownNode, u16)> {
        let mut known: Vec<(KnownNode, u16)> = Vec::new();
        let turns = (0..=plan.replicas).flat_map(|turn| (0..plan.masters).map(move |master| (turn, master)));
        for (turn, master) in turns {
            let rack = RackId((master + turn) % plan.racks);
            let addr = Rc::make_mut(&mut self.book).add(rack);
            Rc::make_mut(&mut self.network).rack_of.push(rack);
            let id = self.rng.node_id();
            let index = known.len() as u64;
            known.push((
                KnownNode {
                    id,
                    addr,
                    master: (turn > 0).then(|| known[usize::from(master)].0.id),
                    // redis-cli gives every node its own config epoch, replicas too.
                    config_epoch: index + 1,
                    replica: turn > 0,
                    slots: if turn == 0 { plan.slots(master).ranges() } else { Vec::new() },
                },
                master + 1,
            ));
        }
        known
    }
}
