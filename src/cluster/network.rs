//! The network: how long messages take, and who cannot reach whom. All faults that people can cause live here.

use litemap::LiteMap;

use serde::{Deserialize, Serialize};

use super::id::{HostId, Place, RackId};
use super::order::SmallSet;
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
    /// Of a thousand messages of the bus so many arrive twice. TCP never lets that happen: it is for those who want to see
    /// what would become of a cluster on a lesser network.
    #[serde(default)]
    pub duplicate_per_mille: u16,
}

/// How long a message takes one way, by where its ends are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Streets {
    /// Within a rack.
    pub same_rack: Micros,
    /// Between racks of a region.
    pub other_rack: Micros,
    /// Between regions.
    pub other_region: Micros,
    /// Between a client and a machine.
    pub to_client: Micros,
}

impl Streets {
    /// The longest of them.
    pub fn longest(&self) -> Micros {
        self.same_rack.max(self.other_rack).max(self.other_region).max(self.to_client)
    }
}

/// The streets of the city.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    /// How long they are.
    pub streets: Streets,
    /// How many regions the racks are shared out to, in order.
    pub regions: u16,
    /// The rack of each machine.
    pub rack_of: Vec<RackId>,
    /// Whether each rack has power.
    pub powered: Vec<bool>,
    /// How bad the streets are.
    pub weather: Weather,
    /// Directions in which nothing gets through.
    cuts: SmallSet<(Place, Place)>,
    /// Directions that take longer, and by how much.
    slowed: LiteMap<(Place, Place), Micros>,
    /// Directions of which so many of a thousand messages are lost, and sent again.
    lossy: LiteMap<(Place, Place), u16>,
    /// How many machines do everything later.
    pub slow_machines: u16,
    /// When the last message of a direction arrives: none overtakes it. Kept only while times differ by chance.
    last_due: LiteMap<(Place, Place), Micros>,
    /// At how many of those the ones that are over are looked for.
    tidy_at: usize,
}

impl Network {
    /// A network in which everything works.
    pub fn new(streets: Streets, racks: u16, regions: u16) -> Self {
        Self {
            streets,
            regions: regions.clamp(1, racks.max(1)),
            rack_of: Vec::new(),
            powered: vec![true; usize::from(racks)],
            weather: Weather::default(),
            cuts: SmallSet::default(),
            slowed: LiteMap::new(),
            lossy: LiteMap::new(),
            slow_machines: 0,
            last_due: LiteMap::new(),
            tidy_at: 0,
        }
    }

    /// Whether every message of a direction takes the same time.
    pub fn is_even(&self) -> bool {
        self.are_roads_calm() && self.last_due.is_empty()
    }

    /// Whether the weather is good and no road and no machine is slower than it should be.
    pub fn is_calm(&self) -> bool {
        self.are_roads_calm() && self.slow_machines == 0
    }

    fn are_roads_calm(&self) -> bool {
        self.weather == Weather::default() && self.slowed.is_empty() && self.lossy.is_empty()
    }

    /// How long a message takes when nothing is wrong.
    pub fn latency(&self, from: Place, to: Place) -> Micros {
        match (from, to) {
            (Place::Node(a), Place::Node(b)) => self.between(self.rack(a), self.rack(b)),
            // The operator stands beside every machine: no street is in the way of what it says.
            (Place::Operator, _) | (_, Place::Operator) => BESIDE,
            // The way of whoever stands before the door is none of the city's.
            (Place::Outside, _) | (_, Place::Outside) => 0,
            _ => self.streets.to_client,
        }
    }

    fn between(&self, one: RackId, other: RackId) -> Micros {
        if one == other {
            self.streets.same_rack
        } else if self.region(one) == self.region(other) {
            self.streets.other_rack
        } else {
            self.streets.other_region
        }
    }

    /// The region of a rack: racks are shared out in order, as evenly as can be.
    pub fn region(&self, rack: RackId) -> u16 {
        let racks = self.powered.len().max(1) as u32;
        (u32::from(rack.0) * u32::from(self.regions) / racks) as u16
    }

    /// When a message sent now arrives, whatever is wrong. Messages of one direction keep their order, as TCP sees to.
    pub fn due(&mut self, now: Micros, from: Place, to: Place, rng: &mut Rng) -> Micros {
        let slowed = self.slowed(from, to);
        let jitter = rng.below(u32::try_from(self.weather.jitter).unwrap_or(u32::MAX));
        let mut time = self.latency(from, to) + slowed + Micros::from(jitter);
        let loss = u32::from(self.loss(from, to).max(self.weather.loss_per_mille));
        for losses in 0..MOST_LOSSES {
            if rng.below(1000) >= loss {
                break;
            }
            time += RETRANSMISSION << losses;
        }
        let last = self.last_due.get(&(from, to)).copied().unwrap_or(0);
        let due = (now + time).max(last);
        // Once all is well again they should soon all be over; until then it is enough to look now and then.
        if self.last_due.len() >= self.tidy_at || self.are_roads_calm() {
            self.last_due.retain(|_, &at| at > now);
            self.tidy_at = 2 * self.last_due.len() + 64;
        }
        self.last_due.insert((from, to), due);
        due
    }

    /// A message is on its way that arrives then: whatever is sent later, on a street that has become shorter, stays behind.
    pub fn keep_behind(&mut self, from: Place, to: Place, due: Micros) {
        let last = self.last_due.entry((from, to)).or_default();
        *last = due.max(*last);
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

    /// Opens every road and makes roads and machines as fast as they were; says whether anything was wrong.
    pub fn heal(&mut self) -> bool {
        let wrong = !self.cuts.is_empty() || !self.is_calm();
        self.cuts.clear();
        self.slowed.clear();
        self.lossy.clear();
        self.slow_machines = 0;
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

    /// By how much a direction is slower.
    pub fn slowed(&self, from: Place, to: Place) -> Micros {
        self.slowed.get(&(from, to)).copied().unwrap_or(0)
    }

    /// Of a thousand messages of a direction so many are lost, and sent again; 0 ends that.
    pub fn spoil(&mut self, from: Place, to: Place, per_mille: u16) {
        if per_mille == 0 {
            self.lossy.remove(&(from, to));
        } else {
            self.lossy.insert((from, to), per_mille);
        }
    }

    /// How many of a thousand messages are lost in a direction, beside what the weather does everywhere.
    pub fn loss(&self, from: Place, to: Place) -> u16 {
        self.lossy.get(&(from, to)).copied().unwrap_or(0)
    }

    /// The closed directions.
    pub fn cuts(&self) -> impl Iterator<Item = (Place, Place)> + '_ {
        self.cuts.as_slice().iter().copied()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::time::{MS, SECOND};

    #[test]
    fn one_street_loses_messages_and_the_others_none() {
        let streets = Streets { same_rack: MS, other_rack: MS, other_region: MS, to_client: MS };
        let mut network = Network::new(streets, 1, 1);
        network.rack_of = vec![RackId(0); 3];
        let [a, b, c] = [0, 1, 2].map(|host| Place::Node(HostId(host)));
        network.spoil(a, b, 500);
        assert!(!network.is_calm() && !network.is_even());
        let mut rng = Rng::new(7);
        let mut late = |from, to| {
            let each = (1..=40).map(|nth| nth * 100 * SECOND);
            each.filter(|&now| network.due(now, from, to, &mut rng) > now + MS).count()
        };
        assert!((10..30).contains(&late(a, b)), "about half of them");
        assert_eq!((late(b, a), late(a, c)), (0, 0), "another direction, another street");
        network.spoil(a, b, 0);
        assert!(network.is_calm());
    }
}
