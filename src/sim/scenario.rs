//! Where a world starts.

use serde::{Deserialize, Serialize};

use crate::cluster::time::MS;
use crate::cluster::world::Plan;

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
}
