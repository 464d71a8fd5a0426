//! Where a world starts: how many masters, replicas and racks, and how fast the streets are.

use serde::{Deserialize, Serialize};

use crate::cluster::time::{MS, Micros, SECOND};

/// The start of a world. With a seed and the actions it determines everything that follows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scenario {
    /// Number of masters, at least 1. Slots are shared evenly among them.
    pub masters: u16,
    /// Replicas of each master.
    pub replicas: u16,
    /// Number of racks, at least 1.
    pub racks: u16,
    /// `cluster-node-timeout`.
    pub node_timeout: Micros,
    /// One-way time of a message between machines of one rack.
    pub same_rack: Micros,
    /// One-way time of a message between machines of two racks.
    pub other_rack: Micros,
    /// One-way time of a message between a client and any machine.
    pub to_client: Micros,
}

impl Scenario {
    /// The city of the video: three masters, three replicas, three racks, Redis's default node timeout, and
    /// streets so slow that a person can watch a message walk.
    pub fn first_city() -> Self {
        Self {
            masters: 3,
            replicas: 1,
            racks: 3,
            node_timeout: 15 * SECOND,
            same_rack: 120 * MS,
            other_rack: 180 * MS,
            to_client: 240 * MS,
        }
    }
}
