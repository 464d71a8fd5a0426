//! What goes wrong in stories: processes, machines, racks, regions, streets, and single messages.

use crate::cluster::id::{ClientId, HostId, Place, RackId};
use crate::cluster::network::Weather;
use crate::cluster::rng::Rng;
use crate::cluster::time::{MS, Micros};
use crate::cluster::world::{Plan, World};
use crate::sim::Action;

/// Where something goes wrong, and by what chance.
pub(super) struct Faults<'a> {
    pub(super) rng: &'a mut Rng,
    pub(super) plan: &'a Plan,
    pub(super) world: &'a World,
    /// The machines that there are now.
    pub(super) nodes: u16,
}

impl Faults<'_> {
    pub(super) fn next(&mut self) -> Action {
        match self.rng.below(33) {
            0..=2 => Action::Kill(self.host()),
            3..=5 => Action::Restart(self.host()),
            6 | 7 => Action::Freeze(self.host()),
            8 | 9 => Action::Thaw(self.host()),
            10 => Action::PowerOff(self.rack()),
            11 | 12 => Action::PowerOn(self.rack()),
            13 => Action::Cut { one: self.side(), other: self.side(), both_ways: self.rng.below(3) > 0 },
            14 | 15 => self.split(),
            16 | 17 => Action::Heal,
            18 => self.weather(),
            19 => {
                let (one, other, by) = (self.side(), self.side(), self.some_ms(1500));
                match one[..] {
                    [Place::Node(host)] => Action::SlowMachine { host, by },
                    _ => Action::Slow { one, other, by },
                }
            }
            20 | 21 => self.failover(""),
            22 | 23 => self.failover(" FORCE"),
            24 => self.failover(" TAKEOVER"),
            25 => Action::Kill(HostId(self.rng.below(self.plan.masters.into()) as u16)),
            26 => Action::Spoil { one: self.side(), other: self.side(), per_mille: self.rng.below(400) as u16 },
            27 | 28 => self.region(),
            29 => self.mend(),
            _ => self.message(),
        }
    }

    fn host(&mut self) -> HostId {
        HostId(self.rng.below(self.nodes.into()) as u16)
    }

    fn rack(&mut self) -> RackId {
        RackId(self.rng.below(self.plan.racks.into()) as u16)
    }

    fn some_ms(&mut self, below: u32) -> Micros {
        u64::from(self.rng.below(below)) * MS
    }

    fn side(&mut self) -> Vec<Place> {
        (0..=self.rng.below(3)).map(|_| Place::Node(self.host())).collect()
    }

    fn failover(&mut self, how: &str) -> Action {
        let line = format!("CLUSTER FAILOVER{how}").into();
        Action::Command { client: ClientId(0), target: Some(self.host()), line }
    }

    /// A clean partition: every node is on one side or the other, the client with the first.
    fn split(&mut self) -> Action {
        let (mut one, mut other) = (vec![Place::Client(ClientId(0))], Vec::new());
        let share = 1 + self.rng.below(3);
        for host in (0..self.nodes).map(HostId) {
            if self.rng.below(4) < share { &mut one } else { &mut other }.push(Place::Node(host));
        }
        Action::Cut { one, other, both_ways: true }
    }

    /// Late and lost messages; now and then some of the bus come twice, which TCP would not let happen.
    fn weather(&mut self) -> Action {
        let (jitter, loss_per_mille) = (self.some_ms(80), self.rng.below(100) as u16);
        let doubles = self.rng.below(3) == 0;
        let duplicate_per_mille = if doubles { 1 + self.rng.below(300) as u16 } else { 0 };
        Action::Weather(Weather { jitter, loss_per_mille, duplicate_per_mille })
    }

    /// A region is cut off, or loses its power; or it is put right. Of a city that is one region there is no outside.
    fn region(&mut self) -> Action {
        let region = self.rng.below(self.plan.regions.max(1).into()) as u16;
        let well = self.rng.below(2) == 0;
        if self.rng.below(2) == 0 {
            Action::RegionPower { region, on: well }
        } else {
            Action::RegionRoads { region, open: well }
        }
    }

    /// A road that is cut opens; others stay as they are.
    fn mend(&mut self) -> Action {
        let cuts: Vec<(Place, Place)> = self.world.network().cuts().collect();
        let picked = cuts.get(self.rng.below(cuts.len().max(1) as u32) as usize);
        picked.map_or(Action::Heal, |&(one, other)| Action::Mend { one: vec![one], other: vec![other] })
    }

    /// A message that is on its way just now is lost with its connection, or held up with all behind it.
    fn message(&mut self) -> Action {
        let flights = self.world.snapshot().flights;
        let picked = flights.get(self.rng.below(flights.len().max(1) as u32) as usize);
        match picked.map(|flight| flight.id) {
            Some(message) if self.rng.below(2) == 0 => Action::LoseMessage(message),
            Some(message) => Action::DelayMessage { message, by: MS + self.some_ms(3000) },
            None => Action::Heal,
        }
    }
}
