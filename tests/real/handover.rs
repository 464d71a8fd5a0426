//! What a handover does to those who wait, and what is said on a link that is only being opened: on a real cluster, and the first
//! on ours too.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use cluster_city::cluster::time::SECOND;

use crate::golden::city::City;
use crate::golden::value::Value;
use crate::golden::{Cluster, Names, ask_by_name, node_of, settle, until, words};
use crate::servers::Servers;

/// Whoever waits at a master for a list, or for replicas, is told so when it becomes a replica, and its connection ends.
#[test]
fn those_who_wait_are_sent_away() {
    let servers = &mut Servers::start(15_000);
    let names = Names::of(servers);
    settle(servers, &names);
    let waits = [("B list", "BLPOP {t1}l 0"), ("B wait", "WAIT 2 0")];
    for (connection, request) in waits {
        servers.say(connection, &words(request)).expect("it can be sent");
    }
    until(servers, "both wait", |servers| {
        servers.ask("B", &words("INFO clients")).text().contains("blocked_clients:2")
    });
    assert_eq!(servers.tell("rB", "CLUSTER FAILOVER"), "OK");
    let real = waits.map(|(connection, _)| {
        let told = servers.hear(connection).expect("an answer").show();
        (told, servers.hear(connection).is_err())
    });

    let city = &mut City::new(15 * SECOND);
    let doors = waits.map(|(connection, request)| city.say(connection, &words(request)).0);
    until(city, "both wait", |city| city.ask("B", &words("INFO clients")).text().contains("blocked_clients:2"));
    assert_eq!(city.ask("rB", &words("CLUSTER FAILOVER")).text(), "OK");
    let ours = city.last_words(doors);
    assert_eq!(real, ours, "real, and ours: what was said, and whether the connection ended");
    let text = "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)";
    assert_eq!(real[0], (Value::Line('-', text.into()).show(), true));
}

/// `myself->slaveof->link` is there from the first SYN on: a replica whose new link to its master is still being opened is not
/// refused, and its MFSTART goes out once the link is open, as does all that is said meanwhile (`core/bus.rs` has ours).
#[test]
fn a_handover_may_be_asked_for_while_the_link_is_opened() {
    let servers = &mut Servers::start(5_000);
    let names = Names::of(servers);
    settle(servers, &names);
    let link = |cluster: &mut dyn Cluster| link_to(cluster, &names, "rA", "A");
    // A link is dropped that is older than the timeout; how old it is nobody tells but the clock.
    let old_enough = |cluster: &mut dyn Cluster| {
        let Value::Many(_, Some(now)) = cluster.ask("rA", &words("TIME")) else { panic!("the time") };
        let seconds: u64 = now[0].text().parse().expect("seconds");
        seconds * 1_000 > link(cluster) + 6_000
    };
    until(servers, "its link is old", old_enough);
    servers.tell("A sub", "SUBSCRIBE news");
    servers.freeze("A");
    let address = SocketAddr::from(([127, 0, 0, 1], servers.ports[0] + 10_000));
    let connect = |_| TcpStream::connect_timeout(&address, Duration::from_millis(200)).ok();
    // Nobody takes these from the kernel: beyond some five hundred, nothing is answered any more.
    let callers: Vec<TcpStream> = (0..5_000).map_while(connect).collect();
    assert!(callers.len() < 5_000, "its door is full");
    let old = link(servers);
    until(servers, "it opens another one", |servers| ![0, old].contains(&link(servers)));
    let seen = ask_by_name(servers, &names, "rA", "CLUSTER FAILOVER");
    servers.tell("rA", "PUBLISH news hello");
    let table = servers.ask("rA", &words("CLUSTER NODES")).text();
    drop(callers);
    servers.thaw("A");
    assert_eq!(seen, r"+OK\r\n", "{table}");
    let heard = servers.hear("A sub").expect("what was said on the new link").show();
    assert_eq!(heard, r"*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
    until(servers, "it takes over", |servers| servers.ask("rA", &words("ROLE")).show().contains("master"));
    assert!(!table.contains("fail "), "nobody had failed: {table}");
}

/// Since when a node has its own link to another one; 0 while it has none.
fn link_to(cluster: &mut dyn Cluster, names: &Names, node: &str, to: &str) -> u64 {
    let Value::Many(_, Some(links)) = cluster.ask(&format!("{node} watch"), &words("CLUSTER LINKS")) else {
        panic!("links")
    };
    let since = links.iter().find_map(|link| {
        let Value::Many(_, Some(fields)) = link else { panic!("a link") };
        let is_it = fields[1].text() == "to" && fields[3].text() == names.ids[node_of(to)];
        is_it.then(|| fields[5].text().parse().expect("a moment"))
    });
    since.unwrap_or(0)
}
