//! What is done to the city while clients write, and what an operator makes of the rest.

use std::net::TcpStream;

use crate::clients::Load;
use crate::process::{Door, until};
use crate::tools::{check, cli, run, say};

/// A master stands still under the client's writes: its replica takes over, and once it goes on it follows.
fn survives_a_frozen_master(load: fn(u16) -> Load) {
    let mut door = Door::small();
    let load = load(door.port);
    load.rounds(1);
    let frozen = door.nth(1);
    door.order(&format!("freeze {frozen}"));
    load.rounds(2);
    assert!(cli(door.nth(4), "role").starts_with("master"), "its replica took over");
    door.order(&format!("thaw {frozen}"));
    until("it follows", || cli(frozen, "role").starts_with("slave"));
    load.rounds(1);
    assert_eq!(load.wrong(), 0);
}

/// A master is cut off from all others, but not from the client. For one node timeout it may take writes that are lost, as in
/// Redis; whatever is acknowledged after that stays.
fn survives_a_master_cut_off(load: fn(u16) -> Load) {
    let mut door = Door::small();
    let load = load(door.port);
    load.rounds(1);
    let (alone, replica) = (door.nth(1), door.nth(4));
    let others: Vec<String> = [0, 2, 3, 4, 5].map(|nth| door.nth(nth).to_string()).into();
    door.order(&format!("cut {alone} | {}", others.join(",")));
    until("its replica takes over", || cli(replica, "role").starts_with("master"));
    until("it takes no writes", || cli(alone, "cluster info").contains("cluster_state:fail"));
    load.rounds(2);
    door.order("heal");
    until("it follows", || cli(alone, "role").starts_with("slave"));
    assert_eq!(load.wrong(), 0);
}

// Not ioredis: without being told to give up it waits for ever on a connection that stands.

#[test]
fn redis_py_survives_a_frozen_master() {
    survives_a_frozen_master(Load::redis_py);
}

#[test]
fn the_redis_crate_survives_a_frozen_master() {
    survives_a_frozen_master(Load::rust);
}

#[test]
fn redis_py_survives_a_master_cut_off() {
    survives_a_master_cut_off(Load::redis_py);
}

#[test]
fn ioredis_survives_a_master_cut_off() {
    survives_a_master_cut_off(Load::ioredis);
}

#[test]
fn the_redis_crate_survives_a_master_cut_off() {
    survives_a_master_cut_off(Load::rust);
}

#[test]
fn a_cluster_is_created_while_a_client_insists_on_writing() {
    let door = Door::open("--blank 6 --node-timeout-ms 1000", 6);
    let load = Load::rust(door.port);
    let nodes: Vec<String> = (0..6).map(|nth| format!("127.0.0.1:{}", door.nth(nth))).collect();
    let words = ["--cluster", "create", "--cluster-replicas", "1", "--cluster-yes"];
    let nodes: Vec<&str> = nodes.iter().map(String::as_str).collect();
    let said = run("redis-cli", &[&words[..], &nodes[..]].concat());
    assert!(said.contains("[OK] All 16384 slots covered"), "{said}");
    load.rounds(1);
    let shared: u32 = (0..3).map(|nth| cli(door.nth(nth), "dbsize").parse::<u32>().expect("a number")).sum();
    assert_eq!(shared, 200);
    assert_eq!(load.wrong(), 0);
}

#[test]
fn the_slots_of_a_shard_that_is_lost_are_given_to_others() {
    let mut door = Door::small();
    let port = door.port;
    for key in 0..30 {
        assert_eq!(cli(port, &format!("-c set key:{key} {key}")), "OK");
    }
    let lost: u32 = cli(door.nth(1), "dbsize").parse().expect("a number");
    assert!((1..30).contains(&lost), "its share is {lost}");
    for nth in [4, 1] {
        door.order(&format!("kill {}", door.nth(nth)));
    }
    until("the others know", || cli(port, "cluster info").contains("cluster_state:fail"));
    let entry = format!("127.0.0.1:{port}");
    let fix = ["--cluster", "fix", &entry];
    let said = say("redis-cli", &fix, "yes\n");
    assert!(said.contains("Fixing slots coverage with 1 unreachable masters is dangerous"), "{said}");
    let said = say("redis-cli", &[&fix[..], &["--cluster-fix-with-unreachable-masters"]].concat(), "yes\n");
    assert!(said.contains("Covering slot"), "{said}");
    for nth in [0, 2] {
        until("it serves again", || cli(door.nth(nth), "cluster info").contains("cluster_state:ok"));
    }
    until("all are covered", || check(port).contains("[OK] All 16384 slots covered"));
    let kept: u32 = [0, 2].map(|nth| cli(door.nth(nth), "dbsize").parse::<u32>().expect("a number")).iter().sum();
    assert_eq!(kept, 30 - lost);
    for key in 0..30 {
        assert_eq!(cli(port, &format!("-c set key:{key} {key}")), "OK");
    }
}

#[test]
fn quit_ends_the_door_and_every_port() {
    let door = Door::small();
    let ports: Vec<u16> = (0..6).map(|nth| door.nth(nth)).collect();
    assert_eq!(cli(door.port, "ping"), "PONG");
    assert!(door.quit(), "it ends well");
    for port in ports {
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "{port} refuses");
    }
}
