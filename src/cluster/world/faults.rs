//! What people do to the streets: cutting, mending, slowing them, and bad weather.

use std::rc::Rc;

use super::World;
use super::acts::{Refused, refuse};
use crate::cluster::fact::{FactId, FactKind};
use crate::cluster::id::{ClientId, Place};
use crate::cluster::network::{Streets, Weather};
use crate::cluster::time::{Micros, SECOND};

/// A message may be slowed by this much at the most.
pub(super) const MOST_DELAY: Micros = 60 * SECOND;
/// Of a thousand messages so many may be lost at the most.
const MOST_LOSS: u16 = 900;

impl World {
    /// Lets nothing through from any of `one` to any of `other`; nor back, if `both_ways`.
    pub fn cut(&mut self, one: &[Place], other: &[Place], both_ways: bool) -> Result<FactId, Refused> {
        self.check_places(one.iter().chain(other))?;
        let network = Rc::make_mut(&mut self.network);
        let mut changed = false;
        for (from, to) in pairs(one, other) {
            changed |= network.cut(from, to);
            changed |= both_ways && network.cut(to, from);
        }
        if !changed {
            return refuse("There is no open road between these two sides.");
        }
        let kind = FactKind::RoadsCut { one: one.into(), other: other.into(), both_ways };
        let fact = self.facts.state(self.now, None, kind);
        for place in one.iter().chain(other) {
            if let Place::Node(host) = place {
                self.onlooker.harm(*host, fact, false);
            }
        }
        Ok(fact)
    }

    /// Opens the roads between two sides again.
    pub fn mend(&mut self, one: &[Place], other: &[Place]) -> Result<FactId, Refused> {
        self.check_places(one.iter().chain(other))?;
        let network = Rc::make_mut(&mut self.network);
        let mut changed = false;
        for (from, to) in pairs(one, other) {
            changed |= network.mend(from, to);
            changed |= network.mend(to, from);
        }
        if !changed {
            return refuse("No road between these two sides is cut.");
        }
        let fact = self.facts.state(self.now, None, FactKind::RoadsMended);
        for place in one.iter().chain(other) {
            if let Place::Node(host) = place {
                self.onlooker.relief(*host, fact, false);
            }
        }
        self.release_held();
        Ok(fact)
    }

    /// Opens every road, ends every slowness, of machines too, and the bad weather.
    pub fn heal(&mut self) -> Result<FactId, Refused> {
        if !Rc::make_mut(&mut self.network).heal() {
            return refuse("Every road is open and fast already.");
        }
        let fact = self.facts.state(self.now, None, FactKind::RoadsMended);
        self.release_held();
        for host in self.hosts() {
            self.machine_mut(host).slow = 0;
            self.onlooker.heal(host, fact);
            self.handle_until(host, Micros::MAX);
        }
        Ok(fact)
    }

    /// Makes every message between two sides slower by so much, in both directions; 0 ends that.
    pub fn slow(&mut self, one: &[Place], other: &[Place], by: Micros) -> Result<FactId, Refused> {
        self.check_places(one.iter().chain(other))?;
        if by > MOST_DELAY {
            return refuse(format!("A message may be slowed by {} s at the most.", MOST_DELAY / SECOND));
        }
        let network = Rc::make_mut(&mut self.network);
        for (from, to) in pairs(one, other) {
            network.slow(from, to, by);
            network.slow(to, from, by);
        }
        Ok(self.facts.state(self.now, None, FactKind::RoadsSlowed { by }))
    }

    /// Loses so many of a thousand messages between two sides, in both directions: TCP sends them again. 0 ends that.
    pub fn spoil(&mut self, one: &[Place], other: &[Place], per_mille: u16) -> Result<FactId, Refused> {
        self.check_places(one.iter().chain(other))?;
        if per_mille > MOST_LOSS {
            return refuse("At most 900 of 1,000 messages may be lost.");
        }
        let network = Rc::make_mut(&mut self.network);
        for (from, to) in pairs(one, other) {
            network.spoil(from, to, per_mille);
            network.spoil(to, from, per_mille);
        }
        Ok(self.facts.state(self.now, None, FactKind::RoadsLossy { per_mille }))
    }

    /// Sets how bad the streets are, everywhere.
    pub fn weather(&mut self, weather: Weather) -> Result<FactId, Refused> {
        if weather.loss_per_mille.max(weather.duplicate_per_mille) > MOST_LOSS || weather.jitter > MOST_DELAY {
            return refuse(
                "At most 900 of 1,000 messages may be lost or come twice, and none be later than 60 s.",
            );
        }
        Rc::make_mut(&mut self.network).weather = weather;
        Ok(self.facts.state(self.now, None, FactKind::WeatherChanged { weather }))
    }

    /// Makes the streets longer or shorter.
    pub fn streets(&mut self, streets: Streets) -> Result<FactId, Refused> {
        if streets.longest() > MOST_DELAY {
            return refuse(format!("A message may take {} s at the most.", MOST_DELAY / SECOND));
        }
        self.keep_order();
        Rc::make_mut(&mut self.network).streets = streets;
        Ok(self.facts.state(self.now, None, FactKind::StreetsChanged { streets }))
    }

    /// What is on its way stays in front of what is sent from now on, though streets become shorter.
    pub(super) fn keep_order(&mut self) {
        let network = Rc::make_mut(&mut self.network);
        for ((due, _), flying) in self.flying.iter() {
            let (from, to) = (flying.conn.source(flying.toward), flying.conn.target(flying.toward));
            network.keep_behind(from, to, due);
        }
    }

    fn check_places<'a>(&self, places: impl Iterator<Item = &'a Place>) -> Result<(), Refused> {
        for place in places {
            match *place {
                Place::Node(host) => self.check_host(host)?,
                Place::Client(ClientId(id)) if usize::from(id) < self.clients.len() => {}
                Place::Outside | Place::Operator => {}
                Place::Client(ClientId(id)) => return refuse(format!("There is no client {id}.")),
            }
        }
        Ok(())
    }
}

fn pairs<'a>(one: &'a [Place], other: &'a [Place]) -> impl Iterator<Item = (Place, Place)> + 'a {
    one.iter().flat_map(|&from| other.iter().map(move |&to| (from, to))).filter(|(from, to)| from != to)
}
