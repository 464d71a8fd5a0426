//! A replica that can be spared moves to a master that was just promoted and has none: on a real cluster and on ours.

use cluster_city::cluster::time::SECOND;

use crate::golden::city::City;
use crate::golden::{Cluster, NODES, Names, node_of, same, settle, until, words};
use crate::servers::Servers;

#[test]
fn a_spare_replica_moves_to_a_promoted_master() {
    let ours = tell(&mut City::new(2 * SECOND));
    let real = tell(&mut Servers::start(2_000));
    assert_eq!(real, ours, "real, and ours");
}

/// A gets a second replica, and B dies: of A's two the one with the smaller name goes to B's. Names are a matter of chance,
/// so that one is called "mover" here, and the other "stayer".
fn tell(cluster: &mut dyn Cluster) -> Vec<String> {
    let names = Names::of(cluster);
    let of = |name: &str| names.ids[node_of(name)].as_str();
    let (mover, stayer) = if of("rA") < of("rC") { ("rA", "rC") } else { ("rC", "rA") };
    let called = |text: String| {
        let text = text.replace(mover, "mover").replace(stayer, "stayer");
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    for node in NODES {
        cluster.ask(node, &words("CONFIG SET repl-diskless-sync-delay 0"));
    }
    let mut seen = Vec::new();
    let requests = ["A> SET {t2}x 1", "B> SET {t1}x 1", "C> SET user:123 1"];
    for request in requests.into_iter().chain([&*format!("rC> CLUSTER REPLICATE {}", of("A"))]) {
        let (node, request) = request.split_once("> ").expect("NODE> REQUEST");
        seen.push(cluster.ask(node, &words(request)).show());
    }
    settle(cluster, &names);
    seen.push(called(roles(cluster, "A", &names)));

    cluster.kill(node_of("B"));
    let living = NODES.into_iter().filter(|&node| node != "B");
    let moved = format!("{mover} slave rB connected");
    until(cluster, "all see the replica at its new master", |cluster| {
        living.clone().all(|node| roles(cluster, node, &names).contains(&moved))
    });
    for node in living {
        seen.push(called(roles(cluster, node, &names)));
    }
    cluster.ask(mover, &words("READONLY"));
    until(cluster, "it has its new master's keys", |cluster| {
        cluster.ask(mover, &words("GET {t1}x")).show() == r"$1\r\n1\r\n"
    });

    // Nobody moves back: the shard has two replicas now, and C's only one was taken away by hand.
    cluster.restart(node_of("B"));
    settle(cluster, &names);
    for node in NODES {
        seen.push(called(roles(cluster, node, &names)));
    }
    seen
}

/// Who follows whom as a node sees it, a node a line: its name, flags, master, link and slots.
fn roles(cluster: &mut dyn Cluster, node: &str, names: &Names) -> String {
    let table = cluster.ask(&format!("{node} watch"), &words("CLUSTER NODES"));
    let table = same::in_form("CLUSTER NODES", table, names).text();
    let line = |line: &str| {
        let fields: Vec<String> = line.split(' ').map(|field| field.replace("myself,", "")).collect();
        let name = |id: &str| id.trim_start_matches("id-of-").trim_end_matches('-').to_owned();
        let [id, _, flags, master, _, _, _, rest @ ..] = &fields[..] else {
            panic!("a line of CLUSTER NODES: {line}");
        };
        let master = if master == "-" { "-".to_owned() } else { name(master) };
        format!("{} {flags} {master} {}\n", name(id), rest.join(" "))
    };
    table.lines().map(line).collect()
}
