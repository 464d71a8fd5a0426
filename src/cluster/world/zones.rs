//! Racks and regions as a whole: cut off from everybody else, or without power.

use super::World;
use super::acts::{Refused, refuse};
use crate::cluster::fact::FactId;
use crate::cluster::id::{ClientId, Place, RackId};
use crate::cluster::network::Network;

impl World {
    /// Cuts a rack off from everybody else: its machines run, and reach nobody outside.
    pub fn cut_off(&mut self, rack: RackId) -> Result<FactId, Refused> {
        self.check_rack(rack)?;
        let (inside, outside) = self.sides(&|_, of| of == rack);
        self.cut(&inside, &outside, true)
    }

    /// Cuts a region off from everybody else, or opens its roads again.
    pub fn region_roads(&mut self, region: u16, open: bool) -> Result<FactId, Refused> {
        self.check_region(region)?;
        let (inside, outside) = self.sides(&|network, of| network.region(of) == region);
        if open { self.mend(&inside, &outside) } else { self.cut(&inside, &outside, true) }
    }

    /// Cuts the power of all racks of a region, or gives it back; racks of which that is so already stay as they are.
    pub fn region_power(&mut self, region: u16, on: bool) -> Result<(), Refused> {
        self.check_region(region)?;
        let mut changed = false;
        for rack in 0..self.network.powered.len() {
            let id = RackId(rack as u16);
            if self.network.region(id) == region && self.network.powered[rack] != on {
                if on { self.power_on(id) } else { self.power_off(id) }?;
                changed = true;
            }
        }
        match (changed, on) {
            (true, _) => Ok(()),
            (_, true) => refuse("This region has power already."),
            (_, false) => refuse("This region has no power already."),
        }
    }

    /// The machines in racks that are inside, and all others with the clients.
    fn sides(&self, inside: &dyn Fn(&Network, RackId) -> bool) -> (Vec<Place>, Vec<Place>) {
        let (mut one, mut other) = (Vec::new(), Vec::new());
        for host in self.hosts() {
            let side = if inside(&self.network, self.network.rack(host)) { &mut one } else { &mut other };
            side.push(Place::Node(host));
        }
        other.extend((0..self.clients.len() as u16).map(|id| Place::Client(ClientId(id))));
        (one, other)
    }

    fn check_region(&self, region: u16) -> Result<(), Refused> {
        if region < self.network.regions {
            return Ok(());
        }
        refuse(format!("There is no region {region}."))
    }
}
