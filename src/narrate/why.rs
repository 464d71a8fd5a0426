//! Where a chain of causes begins: with somebody's act, or with a timer.

use crate::cluster::fact::{Fact, FactKind};

/// In a sentence, what stands behind a fact that no other fact caused.
pub fn origin(fact: &Fact) -> &'static str {
    use FactKind as F;
    match &fact.kind {
        F::CommandTyped { .. } => "You typed it.",
        kind if is_act(kind) => "It was done to the city.",
        F::Suspected { .. } => "Its own timer: nothing came for as long as cluster-node-timeout.",
        F::Expired { .. } => "The key's deadline passed.",
        F::FullSync { .. } | F::PartialSync { .. } | F::SyncDone { .. } => "Replication looks after itself.",
        _ => "A timer, or the shops' small talk: no single event.",
    }
}

/// Whether somebody did this, rather than a node.
pub fn is_act(kind: &FactKind) -> bool {
    use FactKind as F;
    matches!(
        kind,
        F::CommandTyped { .. }
            | F::Killed { .. }
            | F::Restarted { .. }
            | F::Frozen { .. }
            | F::Thawed { .. }
            | F::PowerLost { .. }
            | F::PowerBack { .. }
            | F::RoadsCut { .. }
            | F::RoadsMended
            | F::RoadsSlowed { .. }
            | F::RoadsLossy { .. }
            | F::MachineSlowed { .. }
            | F::MessageLost { .. }
            | F::MessageDelayed { .. }
            | F::WeatherChanged { .. }
            | F::MachineAdded { .. }
            | F::MachineMoved { .. }
    )
}
