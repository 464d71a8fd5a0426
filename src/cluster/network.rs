//! The network: how long messages take, and who cannot reach whom.

use super::id::{HostId, Place, RackId};
use super::time::Micros;

/// The streets of the city.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    /// One way within a rack.
    pub same_rack: Micros,
    /// One way between racks.
    pub other_rack: Micros,
    /// One way between a client and a machine.
    pub to_client: Micros,
    /// The rack of each machine.
    pub rack_of: Vec<RackId>,
    /// Whether each rack has power.
    pub powered: Vec<bool>,
}

impl Network {
    /// How long a message takes.
    pub fn latency(&self, from: Place, to: Place) -> Micros {
        match (from, to) {
            (Place::Node(a), Place::Node(b)) if self.rack(a) == self.rack(b) => self.same_rack,
            (Place::Node(_), Place::Node(_)) => self.other_rack,
            _ => self.to_client,
        }
    }

    /// Whether a message gets through to a machine: its rack has power.
    pub fn reaches(&self, to: Place) -> bool {
        match to {
            Place::Node(host) => self.has_power(host),
            Place::Client(_) => true,
        }
    }

    /// Whether a machine's rack has power.
    pub fn has_power(&self, host: HostId) -> bool {
        self.powered[usize::from(self.rack(host).0)]
    }

    /// A machine's rack.
    pub fn rack(&self, host: HostId) -> RackId {
        self.rack_of[usize::from(host.0)]
    }
}
