//! What a fact is about: who did it, and to whom.

use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::id::{HostId, Place, RackId};

/// What a fact is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Who did it, or whom it happened to.
    pub who: Option<Place>,
    /// The other one, where there is one: the fact went from the first to this one, or is what the first thinks of it.
    pub whom: Option<Place>,
    /// A whole rack.
    pub rack: Option<RackId>,
}

/// All that a fact is about. Of cut roads that is everybody on the smaller side: the other is the rest of the city.
pub fn abouts(fact: &Fact) -> Vec<About> {
    let FactKind::RoadsCut { one, other, .. } = &fact.kind else {
        return vec![about(fact)];
    };
    if let ([one], [other]) = (&one[..], &other[..]) {
        return vec![About { who: Some(*one), whom: Some(*other), rack: None }];
    }
    let side = if other.len() < one.len() { other } else { one };
    side.iter().map(|place| About { who: Some(*place), ..About::default() }).collect()
}

/// What a fact is about.
pub fn about(fact: &Fact) -> About {
    use FactKind as F;
    let one = |host: HostId| About { who: Some(Place::Node(host)), ..About::default() };
    let way = |who: Place, whom: Place| About { who: Some(who), whom: Some(whom), rack: None };
    let two = |host: HostId, other: HostId| way(Place::Node(host), Place::Node(other));
    match &fact.kind {
        F::PowerLost { rack } | F::PowerBack { rack } => About { rack: Some(*rack), ..About::default() },
        F::MessageLost { from, to, .. } | F::MessageDelayed { from, to, .. } => way(*from, *to),
        F::CommandTyped { client, .. } | F::GaveUp { client, .. } => {
            About { who: Some(Place::Client(*client)), ..About::default() }
        }
        F::Routed { client, to, .. } => way(Place::Client(*client), Place::Node(*to)),
        F::Redirected { client, from, .. }
        | F::Unanswered { client, from, .. }
        | F::Answered { client, from, .. }
        | F::Heard { client, from, .. }
        | F::MapLearned { client, from, .. } => way(Place::Node(*from), Place::Client(*client)),
        F::LinkLost { host, peer }
        | F::Suspected { host, peer, .. }
        | F::Unsuspected { host, peer }
        | F::Failed { host, peer, .. }
        | F::FailCleared { host, peer }
        | F::Introduced { host, peer }
        | F::Forgotten { host, peer } => two(*host, *peer),
        F::ToldFailed { host, by, .. } => two(*by, *host),
        F::Voted { host, candidate, .. } | F::VoteRefused { host, candidate, .. } => two(*host, *candidate),
        F::VoteCounted { host, from, .. } => two(*from, *host),
        F::ElectionScheduled { host, master, .. }
        | F::OrphanAdopted { host, master }
        | F::PartialSync { host, master, .. }
        | F::FullSync { host, master, .. }
        | F::SyncDone { host, master, .. }
        | F::ReplicationLost { host, master } => two(*host, *master),
        F::Promoted { host, was_replica_of, .. } => two(*host, *was_replica_of),
        F::BecameReplica { host, of, .. } => two(*host, *of),
        F::SlotsLearned { host, owner, .. } => two(*owner, *host),
        F::EpochCollision { host, with, .. } => two(*host, *with),
        F::WritesPaused { host, replica } => two(*replica, *host),
        F::SlotLeaving { host, to, .. } | F::KeysMoved { host, to, .. } | F::KeysInDoubt { host, to, .. } => {
            two(*host, *to)
        }
        F::Meeting { host, addr } => two(*host, *addr),
        F::Killed { host }
        | F::ShutDown { host }
        | F::Restarted { host }
        | F::Frozen { host }
        | F::Thawed { host }
        | F::MachineSlowed { host, .. }
        | F::StateChanged { host, .. }
        | F::VotesRequested { host, .. }
        | F::ElectionExpired { host, .. }
        | F::HandoverAsked { host, .. }
        | F::CaughtUp { host, .. }
        | F::HandoverTimedOut { host }
        | F::SlotArrived { host, .. }
        | F::MachineAdded { host, .. }
        | F::MachineMoved { host, .. }
        | F::ClusterReset { host, .. }
        | F::SlotsAssigned { host, .. }
        | F::Expired { host, .. }
        | F::Evicted { host, .. }
        | F::KeysDropped { host, .. } => one(*host),
        F::RoadsCut { .. }
        | F::RoadsMended
        | F::RoadsSlowed { .. }
        | F::RoadsLossy { .. }
        | F::StreetsChanged { .. }
        | F::WeatherChanged { .. }
        | F::TaskBegun { .. }
        | F::TaskDone { .. }
        | F::TaskFailed { .. } => About::default(),
    }
}
