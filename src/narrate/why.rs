//! Where a chain of causes begins: with somebody's act, or with a timer.

use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::operator::STOPPED;

/// In a sentence, what stands behind a fact that no other fact caused.
pub fn origin(fact: &Fact) -> &'static str {
    use FactKind as F;
    match &fact.kind {
        F::CommandTyped { .. } => "You typed it.",
        kind if is_act(kind) => "It was done to the city.",
        F::Suspected { .. } => "Its own timer: nothing came for as long as cluster-node-timeout.",
        F::Expired { .. } => "The key's deadline passed.",
        F::FailCleared { .. } => "It answers, and nobody took its place for 2 × cluster-node-timeout.",
        F::KeysInDoubt { .. } => "MIGRATE's own timer: no answer came for as long as it was told to wait.",
        F::FullSync { .. } | F::PartialSync { .. } | F::SyncDone { .. } => {
            "It began with the city: replicas follow their masters."
        }
        _ => "A timer, or the shops' small talk: no single event.",
    }
}

/// Whether a timer of the node's own did this, one that [`origin`] names.
pub fn is_timer(kind: &FactKind) -> bool {
    use FactKind as F;
    matches!(kind, F::Expired { .. } | F::Suspected { .. } | F::FailCleared { .. } | F::KeysInDoubt { .. })
}

/// Whether somebody did this, rather than a node.
pub fn is_act(kind: &FactKind) -> bool {
    use FactKind as F;
    if let F::TaskFailed { text, .. } = kind {
        return &**text == STOPPED;
    }
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
            | F::StreetsChanged { .. }
            | F::TaskBegun { .. }
    )
}
