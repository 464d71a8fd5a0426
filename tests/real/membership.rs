//! How nodes get to know each other and lose sight of each other: on a real cluster and on ours.

use cluster_city::cluster::time::SECOND;

use crate::golden::city::City;
use crate::golden::{Cluster, NODES, Names, ask_by_name, node_of, same, settle, until, words};
use crate::servers::Servers;
use crate::windows::row_of;

/// A line of CLUSTER NODES without what is a matter of the moment or of who counts: epochs, and whether a link is there.
fn shown(row: &str, names: &Names) -> String {
    let row = same::in_form("CLUSTER NODES", crate::golden::value::Value::Bulk('$', Some(row.into())), names);
    let row = row.text();
    let fields: Vec<&str> = row.split_whitespace().collect();
    fields.get(..4).map(|fields| fields.join(" ")).unwrap_or_default()
}

/// The first flags under which a node that was just told of is shown: who was said to have failed has failed from the start, and
/// whose master one does not know yet is a replica of nobody.
#[test]
fn who_is_told_of_is_taken_in_as_it_is_told_of() {
    let (real, ours) =
        (hear_of_the_failed(&mut Servers::start(2_000)), hear_of_the_failed(&mut City::new(2 * SECOND)));
    assert_eq!(real, ours, "real, and ours");
    assert!(real[0].contains("slave,fail"), "{real:?}");
    assert!(!real[1].contains("fail"), "{real:?}");
}

fn hear_of_the_failed(cluster: &mut dyn Cluster) -> Vec<String> {
    let names = Names::of(cluster);
    cluster.kill(node_of("rA"));
    until(cluster, "A knows that it failed", |cluster| {
        row_of(cluster, &names, "A", "rA").contains(" slave,fail ")
    });
    assert_eq!(cluster.ask("rC", &words("CLUSTER RESET HARD")).text(), "OK");
    ask_by_name(cluster, &names, "rC", "CLUSTER MEET 127.0.0.1 $portA");
    let mut seen = Vec::new();
    let mut first = |cluster: &mut dyn Cluster| {
        let row = row_of(cluster, &names, "rC", "rA");
        let is_there = !row.is_empty();
        if is_there {
            seen.push(shown(&row, &names));
        }
        is_there
    };
    until(cluster, "it is told of", &mut first);
    cluster.restart(node_of("rA"));
    until(cluster, "it is well", |cluster| {
        let row = row_of(cluster, &names, "rC", "rA");
        row.contains(&format!(" slave {}", names.ids[0])) && row.contains(" connected")
    });
    seen.push(shown(&row_of(cluster, &names, "rC", "rA"), &names));
    seen
}

/// Under a new name a node is somebody else: whoever talks to its address drops the old one's address, and suspects it no more.
/// The new one is unknown until it is met.
#[test]
fn another_name_at_an_address() {
    let (real, ours) = (rename(&mut Servers::start(2_000)), rename(&mut City::new(2 * SECOND)));
    assert_eq!(real, ours, "real, and ours");
}

fn rename(cluster: &mut dyn Cluster) -> Vec<String> {
    let names = Names::of(cluster);
    let mut seen = Vec::new();
    // Offsets of 0 are told otherwise.
    for (node, key) in [("A", "{t2}x"), ("B", "{t1}x"), ("C", "user:123")] {
        assert_eq!(cluster.ask(node, &words(&format!("SET {key} 1"))).text(), "OK");
    }
    settle(cluster, &names);
    assert_eq!(cluster.ask("rC", &words("CLUSTER RESET HARD")).text(), "OK");
    for node in &NODES[..5] {
        until(cluster, "the old one has no address", |cluster| {
            row_of(cluster, &names, node, "rC").contains("noaddr")
        });
        seen.push(format!("{node} sees {}", shown(&row_of(cluster, &names, node, "rC"), &names)));
    }
    for request in ["CLUSTER SLOTS", "CLUSTER SHARDS", "CLUSTER REPLICAS $C"] {
        seen.push(ask_by_name(cluster, &names, "A", request));
    }
    let new = cluster.ask("rC", &words("CLUSTER MYID")).text();
    for node in &NODES[..5] {
        let table = cluster.ask(node, &words("CLUSTER NODES")).text();
        assert!(!table.contains(&new), "{node} knows the new one: {table}");
    }
    seen.push(ask_by_name(cluster, &names, "A", "CLUSTER MEET 127.0.0.1 $portrC"));
    for node in NODES {
        until(cluster, "the new one is known", |cluster| {
            let table = cluster.ask(node, &words("CLUSTER NODES")).text();
            table.lines().any(|line| line.starts_with(&new) && !line.contains("handshake"))
        });
    }
    seen
}

/// A pong that somebody else heard later than oneself counts: it is told in whole seconds, and so it is kept. Never while one's own
/// ping waits for its answer.
#[test]
fn pongs_are_known_by_hearsay() {
    for cluster in [&mut Servers::start(15_000) as &mut dyn Cluster, &mut City::new(15 * SECOND)] {
        let names = Names::of(cluster);
        settle(cluster, &names);
        until(cluster, "a whole second is kept of another's pong", |cluster| {
            let table = cluster.ask("A", &words("CLUSTER NODES")).text();
            let others = table.lines().filter(|line| !line.contains("myself"));
            let stamps = others.map(|line| line.split(' ').skip(4).take(2).map(str::to_owned).collect::<Vec<_>>());
            let mut heard = stamps.filter(|stamps| stamps[1].ends_with("000"));
            heard.any(|stamps| stamps[0] == "0")
        });
    }
}
