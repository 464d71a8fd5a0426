//! What was done to a world: enough to do the very same again.

use serde::{Deserialize, Serialize};

use super::check::Violation;
use super::run::{Report, Run};
use super::travel;
use crate::cluster::broken::Rule;
use crate::cluster::fact::Fact;
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

/// Does all of a script and finishes it; `None` if its plan cannot be.
pub fn replay(script: &Script, broken: Option<Rule>) -> Option<Result<Report, Violation>> {
    replay_telling(script, broken, None)
}

/// The same, with every fact told as it happens.
pub fn replay_telling(
    script: &Script,
    broken: Option<Rule>,
    tell: Option<fn(&Fact)>,
) -> Option<Result<Report, Violation>> {
    let mut run = Run::new(&script.scenario, script.seed, broken)?;
    run.tell = tell;
    for beat in &script.beats {
        if let Err(violation) = run.perform(beat) {
            return Some(Err(violation));
        }
    }
    Some(run.finish().and_then(|report| travel::after(script, report)))
}
