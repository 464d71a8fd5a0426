//! How long things may take at the most, from Redis's constants alone.

use crate::cluster::config::{
    CRON_PERIOD, ELECTION_DELAY, ELECTION_RANDOM, ELECTION_RANK_STEP, MAX_REJOIN_DELAY, WRITABLE_DELAY,
};
use crate::cluster::time::{MS, Micros, SECOND};
use crate::cluster::world::Plan;

/// `CLUSTER_MF_TIMEOUT`: a manual failover that began before may go on for so long.
const MANUAL: Micros = 5 * SECOND;
/// How often an election may fail because two candidates ask in the same epoch and split the votes. Each try draws its wait
/// anew from 500 ms, so on [`FAST`] streets even two in a row are a matter of one in a million.
const TRIES: u64 = 2;
/// Where a message takes longer than this, split votes are so likely (of two siblings 75 ms apart every third time) that a
/// copy may get too old to be elected before one of them wins: no bound follows from the constants then.
pub(super) const FAST: Micros = MS;

/// When a majority side serves every slot again, at the latest, after the last thing that went wrong.
///
/// With T for `cluster-node-timeout`:
/// - a PING is pending after T/2 without a PONG at the latest, and is PFAIL after T more (`clusterCron`);
/// - every master tells every other within T/2 more, for that is the longest between two pings (gossip names all PFAIL);
/// - FAIL is broadcast; a replica waits 500 ms + up to 500 ms + 1 s for every sibling with a better offset, asks at its next
///   cron, and has its votes after two ways;
/// - a bid that failed, or one that was made just before all this, keeps the next one away for 4 T
///   (`auth_retry_time`, at least 4 s);
/// - a voter that voted for a replica of the same master just before keeps its next vote for 2 T; that lies within the 4 T;
/// - a master that lately was among a minority waits up to 5 s, one that was just started 2 s, and a FAIL master that came
///   back with its slots is taken for well after 2 T.
pub fn recovery_bound(plan: &Plan) -> Micros {
    let timeout = plan.node_timeout;
    let way = longest_way(plan);
    let noticed = timeout / 2 + timeout + timeout / 2 + 3 * CRON_PERIOD + 3 * way;
    let wait = ELECTION_DELAY + ELECTION_RANDOM + ELECTION_RANK_STEP * u64::from(plan.replicas);
    let retry = (4 * timeout).max(4 * SECOND);
    let bids = retry + TRIES * (retry + wait + 2 * CRON_PERIOD + 4 * way);
    noticed + MANUAL + bids + 2 * timeout + MAX_REJOIN_DELAY + WRITABLE_DELAY
}

/// The longest one-way time of a message. In a city that is one region no street leads to another.
pub(super) fn longest_way(plan: &Plan) -> Micros {
    let other_region = if plan.regions > 1 { plan.other_region } else { 0 };
    plan.same_rack.max(plan.other_rack).max(plan.to_client).max(other_region)
}

/// When all views are one and every replica is a copy, at the latest, after everything runs and every road is open.
///
/// After the slots are served: a connection whose other end vanished without a word is given up after `repl-timeout` (60 s),
/// tried again with the next second, and a whole copy waits `repl-diskless-sync-delay` (5 s) for company; a replica may find
/// its master replaced in between and begin again once.
pub fn convergence_bound(plan: &Plan) -> Micros {
    recovery_bound(plan) + 60 * SECOND + 2 * (SECOND + 5 * SECOND) + SECOND
}
