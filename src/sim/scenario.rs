//! Where a world starts.

use serde::{Deserialize, Serialize};

use crate::cluster::time::MS;
use crate::cluster::world::{MOST_NODES, Plan};

/// The most racks of a city that is drawn: one a letter.
const MOST_RACKS: u16 = 26;

/// The start of a world. With a seed and the actions it determines everything that follows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scenario {
    /// The cluster and its streets.
    pub plan: Plan,
}

impl Scenario {
    /// The city of the video: three masters, three replicas, three racks, Redis's default node timeout, and
    /// streets so slow that a person can watch a message walk.
    pub fn first_city() -> Self {
        let plan = Plan { same_rack: 120 * MS, other_rack: 180 * MS, to_client: 240 * MS, ..Plan::small() };
        Self { plan }
    }

    /// The same city in another size. `Err` says in a sentence what about the numbers cannot be.
    pub fn city(masters: u16, replicas: u16, racks: u16) -> Result<Self, String> {
        let nodes = u32::from(masters) * (1 + u32::from(replicas));
        if masters == 0 || racks == 0 {
            return Err("A city needs at least one master and one rack.".to_owned());
        }
        if nodes > MOST_NODES.into() || racks > MOST_RACKS {
            return Err(format!(
                "{nodes} nodes in {racks} racks are too many: {MOST_NODES} nodes and {MOST_RACKS} racks are the most."
            ));
        }
        let Self { plan } = Self::first_city();
        // A large city whose processes begin all at once would ping itself to a standstill, again and again.
        let start_spread = if nodes > 100 { plan.node_timeout / 2 } else { 0 };
        Ok(Self { plan: Plan { masters, replicas, racks, start_spread, ..plan } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_has_the_size_that_was_asked_for_or_there_is_none() {
        assert_eq!(Scenario::city(3, 1, 3), Ok(Scenario::first_city()));
        assert_eq!(Scenario::city(500, 1, 20).map(|city| city.plan.masters), Ok(500));
        for (masters, replicas, racks) in [(0, 1, 3), (3, 1, 0), (501, 1, 3), (1, 65_535, 1), (3, 1, 27)] {
            assert!(Scenario::city(masters, replicas, racks).is_err(), "{masters} {replicas} {racks}");
        }
    }
}
