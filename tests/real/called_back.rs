//! CalledBack, one more of the windows of docs/simulation.md: the owner of slots is called back by somebody who took another
//! one's epoch for its master's, and gives them to a node that does not claim them.
//!
//! The story `called_back` cuts roads for that. Between real processes CLUSTER FORGET does the same: two that have forgotten
//! each other take nothing from each other.

use cluster_city::cluster::time::SECOND;

use crate::golden::city::City;
use crate::golden::{Cluster, Names, ask_by_name, until, words};
use crate::servers::Servers;
use crate::windows::{ask_all, row_of};

/// A heartbeat of A that comes to C or to rA in the wrong moment undoes it; it comes about once a second to one of five.
const TRIES: usize = 5;

#[test]
fn the_rightful_owner_is_called_back() {
    assert!(is_called_back(&mut City::new(15 * SECOND)), "ours");
    let met = (0..TRIES).any(|_| is_called_back(&mut Servers::start(15_000)));
    assert!(met, "in none of {TRIES} tries");
}

/// Whether A's successor was called back. If so its slots are nobody's, and its keys are gone.
fn is_called_back(cluster: &mut dyn Cluster) -> bool {
    let names = Names::of(cluster);
    if !c_is_misled(cluster, &names) {
        cluster.thaw("A");
        return false;
    }
    // C gets to know A's successor again: its claim is older than what C takes for A's epoch.
    ask_all(cluster, &names, "C> CLUSTER MEET 127.0.0.1 $portrA");
    let gave_way = (0..1_000).any(|_| {
        cluster.breathe();
        cluster.ask("rA", &words("ROLE")).show().contains("slave")
    });
    cluster.thaw("A");
    if gave_way {
        until(cluster, "nobody has its slots", |cluster| {
            cluster.ask("B", &words("CLUSTER INFO")).text().contains("cluster_slots_assigned:10923")
        });
        until(cluster, "its keys are gone", |cluster| ask_by_name(cluster, &names, "rA", "DBSIZE") == r":0\r\n");
    }
    gave_way
}

/// A's replica takes over, and C hears nothing of it, but from A itself the epoch of B, which A follows by then. A stands still
/// afterwards.
fn c_is_misled(cluster: &mut dyn Cluster, names: &Names) -> bool {
    ask_all(
        cluster,
        names,
        "
        rA> CONFIG SET cluster-require-full-coverage no
        C> CLUSTER FORGET $rA
        rA> CLUSTER FORGET $C
        B> CLUSTER SETSLOT 16383 IMPORTING $C
        rA> CLUSTER FAILOVER TAKEOVER
        rA> SET {t2}x 1
        ",
    );
    let has = |row: String, words: &[&str]| words.iter().all(|word| row.contains(word));
    until(cluster, "A follows", |cluster| cluster.ask("A", &words("ROLE")).show().contains("slave"));
    until(cluster, "B knows", |cluster| has(row_of(cluster, names, "B", "rA"), &[" master ", " 7 "]));
    ask_all(cluster, names, "B> CLUSTER SETSLOT 16383 NODE $B");
    until(cluster, "A knows B's new epoch", |cluster| has(row_of(cluster, names, "A", "B"), &[" 8 "]));
    ask_all(
        cluster,
        names,
        "
        A> CLUSTER REPLICATE $B
        A> CLUSTER FORGET $rA
        A> PUBLISH news hello
        ",
    );
    let heard = (0..100).any(|_| {
        cluster.breathe();
        has(row_of(cluster, names, "C", "A"), &[" master ", " 8 ", " 0-5460"])
    });
    cluster.freeze("A");
    heard
}
