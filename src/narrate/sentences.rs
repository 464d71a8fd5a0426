//! Sentences about what nodes do.

use super::{Term, Words, counted, span};
use crate::cluster::fact::{DownReason, FactKind, FailoverMode, VoteRefusal};
use crate::cluster::id::HostId;
use crate::cluster::time::{MS, Micros, SECOND};

pub(super) fn sentence(kind: &FactKind, words: Words<'_>) -> String {
    use FactKind as F;
    let name = |host: &HostId| words.name(*host);
    match kind {
        F::LinkLost { host, peer } => {
            format!("{} loses its connection to {}.", name(host), name(peer))
        }
        F::Suspected { host, peer, silent } => {
            format!("{} suspects {}: no answer to its PING for {} (PFAIL).", name(host), name(peer), span(*silent))
        }
        F::Unsuspected { host, peer } => {
            format!("{} hears from {} again and drops its suspicion.", name(host), name(peer))
        }
        F::Failed { host, peer, reports, needed, .. } => format!(
            "{} declares {} failed (FAIL): {reports} masters agree, {needed} are needed.",
            name(host),
            name(peer)
        ),
        F::ToldFailed { host, peer, by } => {
            format!("{} is told by {} that {} has failed.", name(host), name(by), name(peer))
        }
        F::FailCleared { host, peer } => {
            format!("{} takes the FAIL mark off {}.", name(host), name(peer))
        }
        F::StateChanged { host, down } => state_changed(words, *host, *down),
        F::ElectionScheduled { host, fixed, random, rank, .. } => scheduled(words, *host, *fixed, *random, *rank),
        F::VotesRequested { host, epoch, needed } => {
            format!("{} asks every master for its vote in epoch {epoch}; it needs {needed}.", name(host))
        }
        F::Voted { host, candidate, epoch } => {
            format!("{} votes for {}: its one vote of epoch {epoch}.", name(host), name(candidate))
        }
        F::VoteRefused { host, candidate, epoch, reason } => {
            format!(
                "{} keeps its vote from {} in epoch {epoch}: {}.",
                name(host),
                name(candidate),
                refusal(*reason)
            )
        }
        F::VoteCounted { host, from, votes, needed, .. } => {
            format!("The vote of {} reaches {}: {votes} of {needed}.", name(from), name(host))
        }
        F::ElectionExpired { host, epoch, votes, needed } => {
            let why = if votes < needed { "too few, too late" } else { "enough, but too old to count" };
            format!("{} got {votes} of {needed} votes in epoch {epoch}: {why}.", name(host))
        }
        F::Promoted { host, epoch, slots, .. } => promoted(words, *host, *epoch, *slots),
        F::BecameReplica { host, of, .. } => became_replica(words, *host, *of),
        F::SlotsLearned { host, owner, slots, epoch } => {
            format!(
                "{} learns that {} serves {}, with config epoch {epoch}.",
                name(host),
                name(owner),
                counted(*slots, "slot")
            )
        }
        F::EpochCollision { host, with, epoch } => {
            format!("{} and {} had the same config epoch; the first takes {epoch}.", name(host), name(with))
        }
        F::OrphanAdopted { host, master } => format!(
            "{} has been without a {}; {} moves there, for its own master has another.",
            name(master),
            words.word(Term::Copy),
            name(host)
        ),
        F::PartialSync { host, master, .. } => {
            format!("{} gets from {} only what it missed (partial resync).", name(host), name(master))
        }
        F::FullSync { host, master, keys } => {
            format!(
                "{} copies everything from {}: {} (full resync).",
                name(host),
                name(master),
                counted(*keys, "key")
            )
        }
        F::SyncDone { host, master, offset } => {
            format!("{} follows {} live from offset {offset} on.", name(host), name(master))
        }
        F::ReplicationLost { host, master } => {
            format!("{} loses its replication link to {}.", name(host), name(master))
        }
        F::Expired { host, key } => {
            format!("{} removes {}: its time is over.", name(host), String::from_utf8_lossy(key))
        }
        F::KeysDropped { host, keys } => {
            format!("{} drops {} of slots that others serve now.", name(host), counted(*keys, "key"))
        }
        F::HandoverAsked { .. }
        | F::WritesPaused { .. }
        | F::CaughtUp { .. }
        | F::HandoverTimedOut { .. }
        | F::SlotLeaving { .. }
        | F::KeysMoved { .. }
        | F::KeysInDoubt { .. }
        | F::SlotArrived { .. }
        | F::Evicted { .. }
        | F::Introduced { .. } => of_works(kind, words),
        // What people and clients do has its sentences elsewhere.
        F::MachineAdded { .. }
        | F::TaskBegun { .. }
        | F::TaskDone { .. }
        | F::TaskFailed { .. }
        | F::MachineMoved { .. }
        | F::Meeting { .. }
        | F::Forgotten { .. }
        | F::ClusterReset { .. }
        | F::SlotsAssigned { .. }
        | F::Killed { .. }
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
        | F::CommandTyped { .. }
        | F::Routed { .. }
        | F::Redirected { .. }
        | F::Unanswered { .. }
        | F::Answered { .. }
        | F::Heard { .. }
        | F::GaveUp { .. }
        | F::MapLearned { .. } => String::new(),
    }
}

/// What comes of what operators do, and of commands that the page fetches when somebody asks for them.
#[inline(never)]
fn of_works(kind: &FactKind, words: Words<'_>) -> String {
    use FactKind as F;
    let name = |host: &HostId| words.name(*host);
    match kind {
        F::HandoverAsked { host, mode } => handover(words, *host, *mode),
        F::WritesPaused { host, replica } => {
            format!("{} lets no writes in until {} has caught up.", name(host), name(replica))
        }
        F::CaughtUp { host, offset } => {
            format!("{} has everything up to offset {offset}: it may ask for votes.", name(host))
        }
        F::HandoverTimedOut { host } => {
            format!("{} gives the handover up after 5 s; writes go on.", name(host))
        }
        F::SlotLeaving { host, slot, to } => {
            format!("Slot {slot} is to move from {} to {}.", name(host), name(to))
        }
        F::KeysMoved { host, to, keys } => {
            format!("{} moved from {} to {}.", counted(*keys, "key"), name(host), name(to))
        }
        F::KeysInDoubt { host, to, keys } => format!(
            "The move of {} broke off: {} keeps what {} may have too.",
            counted(keys.len() as u32, "key"),
            name(host),
            name(to)
        ),
        F::SlotArrived { host, slot, epoch } => {
            format!("Slot {slot} belongs to {} now, with config epoch {epoch}.", name(host))
        }
        F::Evicted { host, key } => {
            format!(
                "{} is short of memory and lets go of \"{}\" (evicted).",
                name(host),
                String::from_utf8_lossy(key)
            )
        }
        F::Introduced { host, peer } => {
            format!("{} and {} have told each other their names.", name(host), name(peer))
        }
        _ => String::new(),
    }
}

fn state_changed(words: Words<'_>, host: HostId, down: Option<DownReason>) -> String {
    let name = words.name(host);
    match down {
        None if words.cast.is_master(host) => {
            format!("{name} sees all slots served, and answers clients (cluster_state:ok).")
        }
        None => format!("{name} sees all slots served (cluster_state:ok)."),
        Some(DownReason::SlotsUncovered) => {
            format!("{name} answers CLUSTERDOWN: some slots have no master (cluster_state:fail).")
        }
        Some(DownReason::Minority) => {
            format!("{name} answers CLUSTERDOWN: it cannot reach a majority of masters (cluster_state:fail).")
        }
        Some(DownReason::Starting) => format!("{name} answers CLUSTERDOWN while it starts."),
    }
}

fn scheduled(words: Words<'_>, host: HostId, fixed: Micros, random: Micros, rank: u16) -> String {
    let wait = fixed + random + u64::from(rank) * SECOND;
    if wait == 0 {
        return format!("{} need not wait before it asks for votes.", words.name(host));
    }
    format!(
        "{} will ask for votes at its first look after {} ms ({} ms, {} ms by chance, rank {rank}): it looks every 100 ms.",
        words.name(host),
        wait / MS,
        fixed / MS,
        random / MS
    )
}

fn handover(words: Words<'_>, host: HostId, mode: FailoverMode) -> String {
    let name = words.name(host);
    match mode {
        FailoverMode::Handshake => {
            format!("{name} is to take over {} (CLUSTER FAILOVER).", words.word(Term::HandsOver))
        }
        FailoverMode::Force => format!("{name} is to take over without waiting for its master (FORCE)."),
        FailoverMode::Takeover => format!("{name} takes over without asking anybody (TAKEOVER)."),
    }
}

fn promoted(words: Words<'_>, host: HostId, epoch: u64, slots: u16) -> String {
    let (name, shard, master) = (words.name(host), words.shard(host), words.word(Term::Master));
    format!("{name} is {master} {shard} now: {}, config epoch {epoch}.", counted(slots, "slot"))
}

fn became_replica(words: Words<'_>, host: HostId, of: HostId) -> String {
    let (name, place, master) = (words.name(host), words.address(host), words.name(of));
    format!("{name} ({place}) follows {master} from now on: it is a {}.", words.word(Term::Copy))
}

fn refusal(reason: VoteRefusal) -> &'static str {
    match reason {
        VoteRefusal::OldEpoch => "the request's epoch is old",
        VoteRefusal::AlreadyVoted => "it has voted in this epoch already",
        VoteRefusal::MasterIsUp => "it does not think that the master has failed",
        VoteRefusal::TooSoon => "it voted for this shard less than two node timeouts ago",
        VoteRefusal::StaleSlots => "somebody newer owns a slot that the candidate claims",
    }
}
