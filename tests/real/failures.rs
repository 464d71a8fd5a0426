//! When FAIL is taken back, and how old a copy may be that stands for election: on a real cluster and on ours.

use std::time::{Duration, Instant};

use cluster_city::cluster::time::SECOND;

use crate::golden::city::City;
use crate::golden::{Cluster, Names, ask_by_name, node_of, until, words};
use crate::servers::Servers;
use crate::windows::row_of;

/// A replica that answers again is well at once; a master with slots that nobody replaced only two node timeouts after it
/// failed.
#[test]
fn a_replica_is_well_before_its_master() {
    assert!(thaw_both(&mut City::new(2 * SECOND)).0, "ours");
    let servers = &mut Servers::start(2_000);
    // Failed after one timeout at the soonest, it is failed for two more. On a machine so busy that the replica was seen well only
    // later, nothing is said of the order.
    let in_time = (0..3).map(|_| thaw_both(servers)).find(|(_, time)| *time < Duration::from_secs(6));
    assert!(in_time.is_none_or(|(later, _)| later), "real: {in_time:?}");
}

/// Whether the master was still failed when the replica was well, and how long after both stopped that was.
fn thaw_both(cluster: &mut dyn Cluster) -> (bool, Duration) {
    let names = Names::of(cluster);
    cluster.ask("rB", &words("CONFIG SET cluster-replica-no-failover yes"));
    let began = Instant::now();
    for node in ["B", "rC"] {
        cluster.freeze(node);
    }
    let failed = |cluster: &mut dyn Cluster, node| {
        let row = row_of(cluster, &names, "A", node);
        row.contains("master,fail ") || row.contains("slave,fail ")
    };
    until(cluster, "both failed", |cluster| ["B", "rC"].iter().all(|node| failed(cluster, node)));
    for node in ["B", "rC"] {
        cluster.thaw(node);
    }
    until(cluster, "the replica is well", |cluster| !failed(cluster, "rC"));
    let later = failed(cluster, "B");
    let time = began.elapsed();
    until(cluster, "its master is well", |cluster| !failed(cluster, "B"));
    until(cluster, "all slots are served", |cluster| {
        ask_by_name(cluster, &names, "B", "SET {t1}x 1") == r"+OK\r\n"
    });
    (later, time)
}

/// `cluster-replica-validity-factor` 1: a replica whose link to its master was down for longer than one node timeout and
/// `repl-ping-replica-period`, beside the timeout until its master failed, does not stand for election, and one that has just lost
/// it does. With a factor of 0 the first one stands too.
#[test]
fn only_a_fresh_copy_stands_for_election() {
    let servers = &mut Servers::start(2_000);
    let names = Names::of(servers);
    for node in ["rA", "rB"] {
        assert_eq!(servers.tell(node, "CONFIG SET cluster-replica-validity-factor 1"), "OK");
    }
    // Its replica cannot come back: 1 s, and twice 2 s, are soon over.
    cut_stream(servers, "A");
    let down_for = |servers: &mut Servers| {
        let info = servers.tell("rA watch", "INFO replication");
        let line = info.lines().find_map(|line| line.strip_prefix("master_link_down_since_seconds:"));
        line.and_then(|seconds| seconds.parse::<i64>().ok()).unwrap_or(-1)
    };
    until_servers(servers, |servers| down_for(servers) >= 4);
    servers.kill(node_of("A"));
    until(servers, "A failed", |cluster| row_of(cluster, &names, "rA", "A").contains(" master,fail "));
    // A replica that may stand has won within two seconds.
    let refused_until = down_for(servers) + 3;
    until_servers(servers, |servers| down_for(servers) >= refused_until);
    assert!(servers.ask("rA", &words("ROLE")).show().contains("slave"), "its copy is too old");
    assert!(servers.tell("rA", "CLUSTER INFO").contains("cluster_current_epoch:6\r"), "it never asked for votes");
    assert_eq!(servers.tell("rA", "CONFIG SET cluster-replica-validity-factor 0"), "OK");
    until(servers, "any copy will do", |cluster| cluster.ask("rA", &words("ROLE")).show().contains("master"));

    cut_stream(servers, "B");
    servers.kill(node_of("B"));
    until(servers, "a fresh copy stands", |cluster| cluster.ask("rB", &words("ROLE")).show().contains("master"));
}

/// The replica of a master loses its stream, and does not get it back.
fn cut_stream(servers: &mut Servers, master: &str) {
    assert_eq!(servers.tell(master, "CONFIG SET requirepass secret"), "OK");
    servers.ask(master, &words("CLIENT KILL TYPE replica"));
}

fn until_servers(servers: &mut Servers, is_so: impl Fn(&mut Servers) -> bool) {
    for _ in 0..3_000 {
        if is_so(servers) {
            return;
        }
        servers.breathe();
    }
    panic!("it does not come about");
}
