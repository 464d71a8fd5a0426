//! How much a fact matters to somebody watching, and the short word that marks it on a timeline.

use crate::cluster::fact::{Fact, FactKind};

/// How much a fact matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Only in the full log.
    Detail,
    /// In the log.
    Event,
    /// A mark on the timeline, read out to screen readers, a place to stop at.
    Milestone,
}

/// How much a fact matters.
pub fn weight(fact: &Fact) -> Weight {
    use FactKind as F;
    match &fact.kind {
        F::Killed { .. }
        | F::ShutDown { .. }
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
        | F::StreetsChanged { .. }
        | F::TaskBegun { .. }
        | F::TaskDone { .. }
        | F::TaskFailed { .. }
        | F::MachineAdded { .. }
        | F::MachineMoved { .. }
        | F::ClusterReset { .. }
        | F::Forgotten { .. }
        | F::Suspected { .. }
        | F::Failed { .. }
        | F::VotesRequested { .. }
        | F::Voted { .. }
        | F::Promoted { .. }
        | F::ElectionExpired { .. }
        | F::HandoverAsked { .. }
        | F::HandoverTimedOut { .. }
        | F::BecameReplica { .. }
        | F::GaveUp { .. } => Weight::Milestone,
        F::Answered { .. }
        | F::Redirected { .. }
        | F::Unanswered { .. }
        | F::Unsuspected { .. }
        | F::FailCleared { .. }
        | F::StateChanged { .. }
        | F::WritesPaused { .. }
        | F::OrphanAdopted { .. }
        | F::KeysMoved { .. }
        | F::KeysInDoubt { .. }
        | F::CaughtUp { .. }
        | F::ElectionScheduled { .. }
        | F::VoteRefused { .. }
        | F::EpochCollision { .. }
        | F::FullSync { .. }
        | F::PartialSync { .. }
        | F::SyncDone { .. }
        | F::MapLearned { .. }
        | F::Expired { .. }
        | F::Evicted { .. }
        | F::Introduced { .. }
        | F::SlotsAssigned { .. }
        | F::KeysDropped { .. } => Weight::Event,
        F::CommandTyped { .. }
        | F::Routed { .. }
        | F::Heard { .. }
        | F::LinkLost { .. }
        | F::SlotLeaving { .. }
        | F::SlotArrived { .. }
        | F::Meeting { .. }
        | F::ToldFailed { .. }
        | F::VoteCounted { .. }
        | F::SlotsLearned { .. }
        | F::ReplicationLost { .. } => Weight::Detail,
    }
}

/// A word or two for the timeline; `None` where the timeline has no mark.
pub fn mark(fact: &Fact) -> Option<&'static str> {
    use FactKind as F;
    Some(match &fact.kind {
        F::CommandTyped { .. } => "command",
        F::Killed { .. } => "fire",
        F::ShutDown { .. } => "shut down",
        F::Restarted { .. } => "restart",
        F::Frozen { .. } => "frozen",
        F::Thawed { .. } => "thawed",
        F::PowerLost { .. } => "power off",
        F::PowerBack { .. } => "power on",
        F::RoadsCut { .. } => "cut",
        F::RoadsMended => "mended",
        F::RoadsSlowed { .. } => "slowed",
        F::MachineSlowed { .. } => "slow",
        F::RoadsLossy { .. } => "lossy",
        F::MessageLost { .. } => "lost",
        F::MessageDelayed { .. } => "held up",
        F::WeatherChanged { .. } => "weather",
        F::StreetsChanged { .. } => "streets",
        F::TaskBegun { .. } => "operator",
        F::TaskDone { .. } => "done",
        F::TaskFailed { .. } => "stopped",
        F::MachineAdded { .. } => "new",
        F::MachineMoved { .. } => "moved",
        F::ClusterReset { .. } => "reset",
        F::Forgotten { .. } => "forgotten",
        F::Suspected { .. } => "PFAIL",
        F::Failed { .. } => "FAIL",
        F::VotesRequested { .. } => "election",
        F::Voted { .. } => "vote",
        F::Promoted { .. } => "promoted",
        F::ElectionExpired { .. } => "no majority",
        F::BecameReplica { .. } => "replica",
        F::GaveUp { .. } if fact.kind.is_by_wish() => "stopped",
        F::GaveUp { .. } => "turned away",
        F::HandoverAsked { .. } => "handover",
        F::HandoverTimedOut { .. } => "no handover",
        _ => return None,
    })
}
