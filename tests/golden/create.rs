//! Six nodes that know nobody become a cluster, as `redis-cli --cluster create` makes it.

use super::{Cluster, NODES, Names, ask_by_name, settle, until, words};

/// Makes a cluster of three masters with a replica each; gives every request with its reply.
#[allow(dead_code, reason = "the test targets that share this use different parts")]
pub(crate) fn create(cluster: &mut dyn Cluster) -> Vec<String> {
    let names = Names::of(cluster);
    let mut seen = Vec::new();
    let mut ask = |cluster: &mut dyn Cluster, node: &str, request: &str| {
        let reply = ask_by_name(cluster, &names, node, request);
        seen.push(format!("{node}> {request} => {reply}"));
    };
    for (nth, node) in NODES.into_iter().enumerate() {
        if nth < 3 {
            let bound = |index: usize| [0, 5461, 10_923, 16_384][index];
            let slots = format!("CLUSTER ADDSLOTSRANGE {} {}", bound(nth), bound(nth + 1) - 1);
            ask(cluster, node, &slots);
        }
        ask(cluster, node, &format!("CLUSTER SET-CONFIG-EPOCH {}", nth + 1));
    }
    for node in &NODES[1..] {
        ask(cluster, NODES[0], &format!("CLUSTER MEET 127.0.0.1 $port{node}"));
    }
    for node in NODES {
        until(cluster, "all are known", |cluster| {
            let table = cluster.ask(node, &words("CLUSTER NODES")).text();
            names.ids.iter().all(|id| table.contains(id)) && !table.contains("handshake")
        });
    }
    for (master, replica) in NODES[..3].iter().zip(&NODES[3..]) {
        ask(cluster, replica, &format!("CLUSTER REPLICATE ${master}"));
    }
    settle(cluster, &names);
    seen
}
