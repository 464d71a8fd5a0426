//! What every message of the bus begins with, and whom heartbeats tell of: of a real cluster and of ours.

use cluster_city::cluster::bus::{Body, Message};
use cluster_city::cluster::node::view::Flags;
use cluster_city::cluster::time::SECOND;

use crate::bus::{AUTH_REQUEST, PONG, Stranger, Told, ranges};
use crate::golden::city::City;
use crate::golden::{Cluster, NODES, Names, settle, until, words};
use crate::servers::Servers;
use crate::windows::row_of;

/// What one of our headers says.
fn told(message: &Message, names: &Names) -> Told {
    let header = &message.header;
    let name =
        |id: String| names.ids.iter().position(|known| *known == id).map_or("-", |node| NODES[node]).to_owned();
    Told {
        sender: name(header.sender.to_string()),
        current_epoch: header.current_epoch,
        config_epoch: header.config_epoch,
        slots: ranges(header.slots.iter().map(usize::from)),
        slaveof: header.master.map_or("-".to_owned(), |master| name(master.to_string())),
        replica: header.replica,
        no_failover: header.no_failover,
        ok: header.cluster_ok,
        paused: header.paused,
        force_ack: header.force_ack,
    }
}

fn is_ping(message: &Message) -> bool {
    matches!(message.body, Body::Ping(_))
}

/// A master, a replica, one that must not be promoted, a master that waits for its replica, a candidate, a winner, and the
/// master that it replaced.
#[test]
fn headers_say_what_those_of_real_nodes_say() {
    let (real, ours) = (of_real_nodes(), of_ours());
    for (real, ours) in real.iter().zip(&ours) {
        assert_eq!(real, ours, "real, and ours");
    }
    assert_eq!(real.len(), ours.len());
}

fn of_real_nodes() -> Vec<Told> {
    let servers = &mut Servers::start(15_000);
    let names = &Names::of(servers);
    prepare(servers, names);
    let mut seen = Vec::new();
    for node in ["A", "rA", "rC"] {
        let (_, meet) = Stranger::new().met_by(servers, node);
        seen.push(meet.told(names));
        let info = servers.tell(node, "INFO replication");
        assert!(info.contains(&format!("master_repl_offset:{}\r", meet.offset())), "{}: {info}", meet.offset());
    }
    ask_and_stand_still(servers);
    // It waits for five seconds from when it hears of it.
    let paused = (0..20).map(|_| Stranger::new().met_by(servers, "B").1.told(names)).find(|told| told.paused);
    seen.push(paused.expect("it waits"));

    let stranger = Stranger::new();
    let (mut stream, meet) = stranger.met_by(servers, "rA");
    stranger.introduce(&mut stream, &meet);
    let five = "5".repeat(40);
    until(servers, "rA knows it", |servers| servers.ask("rA", &words("CLUSTER NODES")).text().contains(&five));
    assert_eq!(servers.tell("rA", "CLUSTER FAILOVER FORCE"), "OK");
    seen.push(stranger.next(&mut stream, AUTH_REQUEST).told(names));
    seen.push(stranger.next(&mut stream, PONG).told(names));
    until(servers, "A follows", |servers| servers.ask("A", &words("ROLE")).show().contains("connected"));
    seen.push(Stranger::new().met_by(servers, "A").1.told(names));
    seen
}

fn of_ours() -> Vec<Told> {
    let city = &mut City::new(15 * SECOND);
    let names = &Names::of(city);
    prepare(city, names);
    let mut seen: Vec<Told> = ["A", "rA", "rC"].map(|node| told(&city.overhear(node, is_ping), names)).into();
    ask_and_stand_still(city);
    seen.push(told(&city.overhear("B", |message| is_ping(message) && message.header.paused), names));
    city.say("rA", &words("CLUSTER FAILOVER FORCE"));
    seen.push(told(&city.overhear("rA", |message| matches!(message.body, Body::AuthRequest)), names));
    let has_won = |message: &Message| matches!(message.body, Body::Pong(_)) && !message.header.replica;
    seen.push(told(&city.overhear("rA", has_won), names));
    until(city, "A follows", |city| city.ask("A watch", &words("ROLE")).show().contains("connected"));
    seen.push(told(&city.overhear("A", is_ping), names));
    seen
}

/// Nothing moves an offset on, and rC must not be promoted.
fn prepare(cluster: &mut dyn Cluster, names: &Names) {
    for node in NODES {
        assert_eq!(cluster.ask(node, &words("CONFIG SET repl-ping-replica-period 3600")).text(), "OK");
    }
    for (node, key) in [("A", "{t2}x"), ("B", "{t1}x"), ("C", "user:123")] {
        assert_eq!(cluster.ask(node, &words(&format!("SET {key} 1"))).text(), "OK");
    }
    settle(cluster, names);
    assert_eq!(cluster.ask("rC", &words("CONFIG SET cluster-replica-no-failover yes")).text(), "OK");
}

/// rB asks its master to wait for it, and stands still before it can take over.
fn ask_and_stand_still(cluster: &mut dyn Cluster) {
    cluster.freeze("B");
    assert_eq!(cluster.ask("rB", &words("CLUSTER FAILOVER")).text(), "OK");
    // What it has to send to others it has sent when it answers twice more.
    for connection in ["rB", "rB again"] {
        assert_eq!(cluster.ask(connection, &words("PING")).text(), "PONG");
    }
    cluster.freeze("rB");
    cluster.thaw("B");
}

/// Two of three masters stand still: for the third one, which cannot fail them alone, they are suspected, and it tells of both in
/// every heartbeat, after at most three others. Of itself it never tells.
#[test]
fn heartbeats_tell_of_all_who_are_suspected() {
    let servers = &mut Servers::start(2_000);
    let names = &Names::of(servers);
    suspect(servers, names);
    let real = (0..10).map(|_| Stranger::new().met_by(servers, "A").1.gossip(names));
    real.for_each(|gossip| look_at(&gossip, "real"));

    let city = &mut City::new(2 * SECOND);
    let names = &Names::of(city);
    suspect(city, names);
    for _ in 0..10 {
        let ping = city.overhear("A", is_ping);
        let Body::Ping(gossip) = &ping.body else { panic!("a PING") };
        let name = |id: String| NODES[names.ids.iter().position(|known| *known == id).expect("a node")].to_owned();
        let told: Vec<(String, bool)> =
            gossip.iter().map(|said| (name(said.id.to_string()), said.flags.any(Flags::PFAIL))).collect();
        look_at(&told, "ours");
    }
}

fn suspect(cluster: &mut dyn Cluster, names: &Names) {
    cluster.freeze("B");
    cluster.freeze("C");
    for node in ["B", "C"] {
        until(cluster, "A suspects it", |cluster| row_of(cluster, names, "A", node).contains(" master,fail? "));
    }
}

fn look_at(gossip: &[(String, bool)], whose: &str) {
    let (others, suspects) = gossip.split_at(gossip.len().saturating_sub(2));
    assert!(others.len() <= 3, "{whose}: {gossip:?}");
    assert!(others.iter().all(|(node, suspected)| node.starts_with('r') && !suspected), "{whose}: {gossip:?}");
    let mut suspects: Vec<&str> = suspects.iter().filter(|(_, is)| *is).map(|(node, _)| &**node).collect();
    suspects.sort_unstable();
    assert_eq!(suspects, ["B", "C"], "{whose}: {gossip:?}");
}
