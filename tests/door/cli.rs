//! redis-cli, by hand and as `--cluster`'s operator.

use crate::process::{Door, until};
use crate::tools::{check, cli, run};

fn cluster(words: &str) -> String {
    let words: Vec<&str> = ["--cluster"].into_iter().chain(words.split(' ')).collect();
    run("redis-cli", &words)
}

/// Until `redis-cli --cluster check` has nothing to say against it.
fn await_agreement(port: u16, nodes: u16) {
    until("all nodes agree", || {
        let said = check(port);
        said.contains("[OK] All nodes agree")
            && said.contains("[OK] All 16384 slots covered")
            // A node that has just come waits before it answers keys.
            && (0..nodes).all(|nth| {
                let info = cli(port + nth, "cluster info");
                info.contains("cluster_state:ok") && info.contains(&format!("cluster_known_nodes:{nodes}\r\n"))
            })
    });
}

fn fill(port: u16, count: u32) {
    for key in 0..count {
        assert_eq!(cli(port, &format!("-c set key:{key} {key}")), "OK");
    }
}

fn still_there(port: u16, count: u32) {
    for key in 0..count {
        assert_eq!(cli(port, &format!("-c get key:{key}")), key.to_string());
    }
}

#[test]
fn a_person_is_redirected_and_answered() {
    let mut door = Door::small();
    fill(door.port, 20);
    still_there(door.nth(1), 20);
    assert!(
        cli(door.nth(0), "get {user}:1").contains("MOVED") || cli(door.nth(1), "get {user}:1").contains("MOVED")
    );
    let calls = cluster(&format!("call 127.0.0.1:{} dbsize", door.port));
    assert_eq!(calls.matches("127.0.0.1:").count(), 6, "{calls}");
    let info = cluster(&format!("info 127.0.0.1:{}", door.port));
    assert!(info.contains("20 keys in 3 masters"), "{info}");
    assert!(door.answer("dance").starts_with("Say kill PORT"));
    assert!(door.answer("kill 1").contains("is no node's port"));
    assert!(door.answer("power on A").contains("has power already"));
}

#[test]
fn blank_nodes_become_a_cluster_that_grows_and_shrinks() {
    let door = Door::open("--blank 7 --node-timeout-ms 1000", 7);
    let port = door.port;
    let nodes: Vec<String> = (0..6).map(|nth| format!("127.0.0.1:{}", door.nth(nth))).collect();
    let said = cluster(&format!("create {} --cluster-replicas 1 --cluster-yes", nodes.join(" ")));
    assert!(said.contains("[OK] All 16384 slots covered"), "{said}");
    await_agreement(port, 6);
    fill(port, 30);
    let ids: Vec<String> = (0..7).map(|nth| cli(door.nth(nth), "cluster myid")).collect();
    cluster(&format!("add-node 127.0.0.1:{} 127.0.0.1:{port}", door.nth(6)));
    await_agreement(port, 7);
    cluster(&format!(
        "reshard 127.0.0.1:{port} --cluster-from {} --cluster-to {} --cluster-slots 300 --cluster-yes",
        ids[0], ids[6]
    ));
    await_agreement(port, 7);
    let said = cluster(&format!("rebalance 127.0.0.1:{port} --cluster-use-empty-masters"));
    assert!(!said.contains("ERR"), "{said}");
    await_agreement(port, 7);
    still_there(door.nth(6), 30);
    let said = cluster(&format!("rebalance 127.0.0.1:{port} --cluster-weight {}=0", ids[6]));
    assert!(!said.contains("ERR"), "{said}");
    await_agreement(port, 7);
    cluster(&format!("del-node 127.0.0.1:{port} {}", ids[6]));
    await_agreement(port, 6);
    still_there(port, 30);
}

#[test]
fn what_is_done_to_nodes_shows_at_their_ports() {
    let mut door = Door::small();
    let (first, third) = (door.nth(0), door.nth(2));
    door.order(&format!("kill {third}"));
    assert!(std::net::TcpStream::connect(("127.0.0.1", third)).is_err(), "the port refuses");
    door.order(&format!("start {third}"));
    assert_eq!(cli(third, "ping"), "PONG");
    let mut open = door.connect(0);
    door.order("power off A");
    let mut byte = [0];
    assert!(matches!(std::io::Read::read(&mut open, &mut byte), Ok(0) | Err(_)), "the connection breaks");
    assert!(std::net::TcpStream::connect(("127.0.0.1", first)).is_err(), "the port refuses");
    door.order("power on A");
    assert_eq!(cli(first, "ping"), "PONG");
    door.order(&format!("cut {first},{} | {third}", door.nth(1)));
    until("the cut is noticed", || cli(first, "cluster nodes").contains("fail"));
    door.order("heal");
    until("the cluster heals", || cli(first, "cluster info").contains("cluster_state:ok"));
}
