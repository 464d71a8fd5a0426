//! What was done to a world: enough to do the very same again.

use serde::{Deserialize, Serialize};

use crate::cluster::time::Micros;
use crate::cluster::world::Plan;
use crate::sim::{Action, Scenario};

/// One act, and the time that passes after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beat {
    /// What is done.
    pub act: Action,
    /// Microseconds until the next act.
    pub wait: Micros,
}

/// A world and everything that is done to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// Where it starts.
    pub scenario: Scenario,
    /// Its chance.
    pub seed: u64,
    /// What is done, in order.
    pub beats: Vec<Beat>,
}

impl Script {
    /// A script in which nothing is done yet.
    pub fn new(plan: Plan, seed: u64) -> Self {
        Self { scenario: Scenario { plan }, seed, beats: Vec::new() }
    }
}
