//! The network: how long messages take, and who cannot reach whom. All faults that people can cause live here.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::id::{HostId, Place, RackId};
use super::rng::Rng;
use super::time::{MS, Micros};

/// How long TCP waits before it sends a lost segment again; doubles with every further loss.
const RETRANSMISSION: Micros = 200 * MS;
/// One way between the operator and a machine.
const BESIDE: Micros = MS / 10;
/// The most losses of one message in a row that are played out.
const MOST_LOSSES: u32 = 6;

/// How bad the streets are, everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Weather {
    /// Each message takes up to so much longer, by chance.
    pub jitter: Micros,
    /// Of a thousand messages so many are lost, and sent again by TCP.
    pub loss_per_mille: u16,
}

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
    /// How bad the streets are.
    pub weather: Weather,
    /// Directions in which nothing gets through.
    cuts: BTreeSet<(Place, Place)>,
    /// Directions that take longer, and by how much.
    slowed: BTreeMap<(Place, Place), Micros>,
    /// When the last message of a direction arrives: none overtakes it. Kept only while times differ by chance.
    last_due: BTreeMap<(Place, Place), Micros>,
}

impl Network {
    /// A network in which everything works.
    pub fn new(same_rack: Micros, other_rack: Micros, to_client: Micros, racks: u16) -> Self {
        Self {
            same_rack,
            other_rack,
            to_client,
            rack_of: Vec::new(),
            powered: vec![true; usize::from(racks)],
            weather: Weather::default(),
            cuts: BTreeSet::new(),
            slowed: BTreeMap::new(),
            last_due: BTreeMap::new(),
        }
    }

    /// Whether every message of a direction takes the same time.
    pub fn is_even(&self) -> bool {
        self.weather == Weather::default() && self.slowed.is_empty() && self.last_due.is_empty()
    }

    /// Whether the weather is good and no road is slower than it should be.
    pub fn is_calm(&self) -> bool {
        self.weather == Weather::default() && self.slowed.is_empty()
    }

    /// How long a message takes when nothing is wrong.
    pub fn latency(&self, from: Place, to: Place) -> Micros {
        match (from, to) {
            (Place::Node(a), Place::Node(b)) if self.rack(a) == self.rack(b) => self.same_rack,
            (Place::Node(_), Place::Node(_)) => self.other_rack,
            // The operator stands beside every machine: no street is in the way of what it says.
            (Place::Operator, _) | (_, Place::Operator) => BESIDE,
            _ => self.to_client,
        }
    }

    /// When a message sent now arrives, whatever is wrong. Messages of one direction keep their order, as TCP sees to.
    pub fn due(&mut self, now: Micros, from: Place, to: Place, rng: &mut Rng) -> Micros {
        let slowed = self.slowed.get(&(from, to)).copied().unwrap_or(0);
        let jitter = rng.below(u32::try_from(self.weather.jitter).unwrap_or(u32::MAX));
        let mut time = self.latency(from, to) + slowed + Micros::from(jitter);
        for losses in 0..MOST_LOSSES {
            if rng.below(1000) >= u32::from(self.weather.loss_per_mille) {
                break;
            }
            time += RETRANSMISSION << losses;
        }
        let last = self.last_due.get(&(from, to)).copied().unwrap_or(0);
        let due = (now + time).max(last);
        self.last_due.retain(|_, &mut at| at > now);
        self.last_due.insert((from, to), due);
        due
    }

    /// Whether a message gets through: the target's rack has power and the road is open.
    pub fn passes(&self, from: Place, to: Place) -> bool {
        let powered = match to {
            Place::Node(host) => self.has_power(host),
            Place::Client(_) | Place::Outside | Place::Operator => true,
        };
        powered && !self.cuts.contains(&(from, to))
    }

    /// Closes a direction; says whether it was open.
    pub fn cut(&mut self, from: Place, to: Place) -> bool {
        self.cuts.insert((from, to))
    }

    /// Opens a direction; says whether it was closed.
    pub fn mend(&mut self, from: Place, to: Place) -> bool {
        self.cuts.remove(&(from, to))
    }

    /// Opens every road and makes them as fast as they were; says whether anything was wrong.
    pub fn heal(&mut self) -> bool {
        let wrong = !self.cuts.is_empty() || !self.slowed.is_empty() || self.weather != Weather::default();
        self.cuts.clear();
        self.slowed.clear();
        self.weather = Weather::default();
        wrong
    }

    /// Makes a direction slower by so much; 0 ends that.
    pub fn slow(&mut self, from: Place, to: Place, by: Micros) {
        if by == 0 {
            self.slowed.remove(&(from, to));
        } else {
            self.slowed.insert((from, to), by);
        }
    }

    /// The closed directions.
    pub fn cuts(&self) -> impl Iterator<Item = (Place, Place)> + '_ {
        self.cuts.iter().copied()
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
