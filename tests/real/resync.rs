//! A replica that lost its stream: what its master takes without it, and what it gets when it is back, a part or a whole copy. On
//! a real cluster and on ours.

use cluster_city::cluster::time::SECOND;

use crate::golden::city::City;
use crate::golden::{Cluster, Names, ask_by_name, settle, until, words};
use crate::servers::Servers;
use crate::windows::{ask_all, replies};

#[test]
fn a_copy_is_whole_when_the_backlog_was_exceeded() {
    let (real, ours) = (miss(&mut Servers::start(15_000)), miss(&mut City::new(15 * SECOND)));
    assert_eq!(real, ours, "real, and ours");
    assert_eq!(real, ["partial", "whole"]);
}

/// What a replica gets that missed 8 KiB, and then one that missed 64 KiB, of a backlog of 16 KiB. Redis keeps up to a block of
/// 16 KiB more than it was told to, so that what lies between is left to chance.
fn miss(cluster: &mut dyn Cluster) -> Vec<&'static str> {
    let names = Names::of(cluster);
    for request in ["CONFIG SET repl-backlog-size 16384", "CONFIG SET repl-diskless-sync-delay 0"] {
        assert_eq!(cluster.ask("A", &words(request)).text(), "OK");
    }
    settle(cluster, &names);
    let missed = [8, 64].map(|kibibytes| {
        let before = syncs(cluster);
        cluster.freeze("rA");
        cluster.ask("A", &words("CLIENT KILL TYPE replica"));
        for nth in 0..kibibytes {
            let key = format!("{{t2}}{nth}").into_bytes();
            assert_eq!(cluster.ask("A", &[b"SET".to_vec(), key, vec![b'x'; 1_000]]).text(), "OK");
        }
        cluster.thaw("rA");
        until(cluster, "it is back", |cluster| syncs(cluster) != before);
        settle(cluster, &names);
        let after = syncs(cluster);
        match (after[0] - before[0], after[1] - before[1], after[2] - before[2]) {
            (0, 1, 0) => "partial",
            (1, 0, 1) => "whole",
            _ => panic!("{before:?} {after:?}"),
        }
    });
    missed.into()
}

/// How many whole copies a master gave, how many parts, and how many parts it could not give.
fn syncs(cluster: &mut dyn Cluster) -> [u64; 3] {
    let info = cluster.ask("A", &words("INFO stats")).text();
    ["sync_full:", "sync_partial_ok:", "sync_partial_err:"].map(|name| {
        let line = info.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|number| number.parse().ok()).expect("it counts them")
    })
}

/// Good replicas are counted when one goes, and not only once a second; a lag of 0 turns `min-replicas-to-write` off.
#[test]
fn writes_are_refused_as_soon_as_the_replica_is_gone() {
    let (real, ours) = (do_without(&mut Servers::start(15_000)), do_without(&mut City::new(15 * SECOND)));
    assert_eq!(real, ours, "real, and ours");
    assert!(replies(&real)[3].starts_with("-NOREPLICAS"), "{real:#?}");
}

fn do_without(cluster: &mut dyn Cluster) -> Vec<String> {
    let names = Names::of(cluster);
    settle(cluster, &names);
    let mut seen = ask_all(cluster, &names, "A> CONFIG SET min-replicas-to-write 1\nA> SET {t2}x 1");
    cluster.freeze("rA");
    seen.extend(ask_all(
        cluster,
        &names,
        "
        A> CLIENT KILL TYPE replica
        A> SET {t2}x 2
        A> CONFIG SET min-replicas-max-lag 0
        A> SET {t2}x 3
        A> INFO replication
        A> CONFIG SET min-replicas-max-lag 10
        A> SET {t2}x 4
        A> INFO replication
        ",
    ));
    cluster.thaw("rA");
    until(cluster, "it is back", |cluster| ask_by_name(cluster, &names, "A", "SET {t2}x 5") == r"+OK\r\n");
    seen
}
