//! redis-cli, by hand and as `--cluster`'s operator.

use crate::process::{Door, until};
use crate::tools::{check, cli, run, say};

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

#[test]
fn a_cluster_without_all_its_slots_is_fixed() {
    let door = Door::small();
    let port = door.port;
    fill(port, 30);
    // Slots that nobody has, one that is open at both ends, and one at one end alone.
    for nth in 0..6 {
        assert_eq!(cli(door.nth(nth), "cluster delslots 100 101 102"), "OK");
    }
    let ids: Vec<String> = (0..2).map(|nth| cli(door.nth(nth), "cluster myid")).collect();
    assert_eq!(cli(door.nth(1), &format!("cluster setslot 200 importing {}", ids[0])), "OK");
    assert_eq!(cli(door.nth(0), &format!("cluster setslot 200 migrating {}", ids[1])), "OK");
    assert_eq!(cli(door.nth(0), &format!("cluster setslot 201 migrating {}", ids[1])), "OK");
    let said = check(port);
    assert!(said.contains("[WARNING]") && said.contains("Not all 16384 slots are covered"), "{said}");
    // It asks before it gives slots away, whatever `--cluster-yes` says.
    let said = say("redis-cli", &["--cluster", "fix", &format!("127.0.0.1:{port}")], "yes\n");
    assert!(said.contains("Covering slot 101"), "{said}");
    await_agreement(port, 6);
    assert!(!check(port).contains("[WARNING]"), "no slot is open");
    still_there(port, 30);
}

#[test]
fn a_client_shuts_a_node_down_and_it_starts_again() {
    let mut door = Door::small();
    let third = door.nth(2);
    let said =
        crate::tools::start(std::path::Path::new("redis-cli"), &["-p", &third.to_string(), "shutdown", "nosave"]);
    said.end();
    until("the port refuses", || std::net::TcpStream::connect(("127.0.0.1", third)).is_err());
    until("its replica takes over", || cli(door.nth(5), "role").starts_with("master"));
    door.order(&format!("start {third}"));
    until("it follows", || cli(third, "role").starts_with("slave"));
}

#[test]
fn a_monitor_shows_what_others_say() {
    let door = Door::open("--masters 1 --replicas 0", 1);
    let mut monitor = door.connect(0);
    std::io::Write::write_all(&mut monitor, b"MONITOR\r\n").expect("the door takes it");
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(monitor));
    let mut line = || lines.next().expect("the connection stays").expect("a line");
    assert_eq!(line(), "+OK");
    assert_eq!(cli(door.port, "keys *"), "");
    let shown = loop {
        let line = line();
        if line.contains("keys") {
            break line;
        }
    };
    assert!(
        shown.starts_with('+') && shown.contains("[0 127.0.0.1:") && shown.ends_with(r#"] "keys" "*""#),
        "{shown}"
    );
}

#[test]
fn dates_are_those_of_the_wall_clock() {
    let door = Door::open("--masters 1 --replicas 0", 1);
    let now = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    let before = now();
    let told: u64 = cli(door.port, "time").lines().next().and_then(|line| line.parse().ok()).expect("a number");
    // Virtual time never leaps far: on a busy machine it may fall behind by some seconds, but not by days.
    assert!(told.abs_diff(before) < 3_600, "{told} is not {before}");
    assert_eq!(cli(door.port, &format!("set a b exat {}", before + 7_200)), "OK");
    let left: i64 = cli(door.port, "ttl a").parse().expect("a number");
    assert!((3_600..10_800).contains(&left), "{left} seconds are left");
    assert_eq!(cli(door.port, &format!("expireat a {}", before - 7_200)), "1");
    assert_eq!(cli(door.port, "exists a"), "0");
    let started: u64 = cli(door.port, "lastsave").parse().expect("a number");
    assert!(started.abs_diff(before) < 3_600, "{started} is not {before}");
}
