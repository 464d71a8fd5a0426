//! What people do to the city itself: new machines, and machines that move to another rack.

use std::rc::Rc;

use super::World;
use super::acts::{Refused, refuse};
use super::build::MOST_NODES;
use super::machine::{Machine, Process};
use crate::cluster::config::Config;
use crate::cluster::fact::{FactId, FactKind};
use crate::cluster::id::{HostId, NodeId, RackId};
use crate::cluster::node::{KnownNode, NodesConf};

impl World {
    /// Puts a machine into a rack and starts a node on it that knows nobody and serves nothing. What it is good for is
    /// said by `CLUSTER MEET`, `ADDSLOTS`, `REPLICATE`.
    pub fn add_machine(&mut self, rack: RackId) -> Result<HostId, Refused> {
        self.check_rack(rack)?;
        if self.machines.len() >= usize::from(MOST_NODES) {
            return refuse(format!("The city is full: {MOST_NODES} nodes is the most."));
        }
        let config = self.machines.first().map_or_else(Default::default, |machine| machine.config.clone());
        let host = self.install(rack, &config);
        let (shard, address) = (self.machine(host).shard, self.book.address(host));
        let fact = self.facts.state(self.now, None, FactKind::MachineAdded { host, rack, shard, address });
        self.onlooker.relief(host, fact, true);
        if self.network.has_power(host) {
            self.start_process(host, fact);
        } else {
            self.machine_mut(host).lost_power = true;
        }
        Ok(host)
    }

    /// Carries a machine to another rack. It goes on running and keeps its address.
    pub fn move_machine(&mut self, host: HostId, rack: RackId) -> Result<FactId, Refused> {
        self.check_host(host)?;
        self.check_rack(rack)?;
        if self.network.rack(host) == rack {
            return refuse("It stands in this rack already.");
        }
        if !self.network.powered[usize::from(rack.0)] || !self.network.has_power(host) {
            return refuse("Both racks need power while a machine is carried over.");
        }
        self.keep_order();
        Rc::make_mut(&mut self.network).rack_of[usize::from(host.0)] = rack;
        let fact = self.facts.state(self.now, None, FactKind::MachineMoved { host, rack });
        Ok(fact)
    }

    pub(super) fn check_rack(&self, rack: RackId) -> Result<(), Refused> {
        if usize::from(rack.0) < self.network.powered.len() {
            return Ok(());
        }
        refuse(format!("There is no rack {}.", super::look::rack_name(rack.0.into())))
    }

    /// A machine with a blank node that does not run yet.
    pub(super) fn install(&mut self, rack: RackId, config: &Rc<Config>) -> HostId {
        let host = Rc::make_mut(&mut self.book).add(rack);
        Rc::make_mut(&mut self.network).rack_of.push(rack);
        let shard = self.machines.iter().map(|machine| machine.shard).max().unwrap_or(0) + 1;
        let conf = blank_conf(self.rng.node_id(), host);
        self.machines.push(Rc::new(Machine::new(conf, config.clone(), shard)));
        host
    }
}

/// The file of a node that has never met anybody.
fn blank_conf(id: NodeId, addr: HostId) -> NodesConf {
    let me = KnownNode { id, addr, replica: false, master: None, config_epoch: 0, slots: Vec::new() };
    NodesConf::fresh([me].into(), 0, false, 0)
}

impl Machine {
    /// A machine whose process does not run yet.
    pub(super) fn new(conf: NodesConf, config: Rc<Config>, shard: u16) -> Self {
        Self {
            process: Process::Dead(conf),
            config,
            frozen: None,
            slow: 0,
            late: Default::default(),
            boot: 0,
            lost_power: false,
            shard,
            silent_since: None,
        }
    }
}
