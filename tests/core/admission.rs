//! What bounds a node: its memory as INFO tells it, its clients, their idleness, and who is no client at all.

use std::rc::Rc;

use cluster_city::cluster::connection::{Conn, Payload};
use cluster_city::cluster::reply::{Blob, Reply};

use crate::connections::Doors;

/// A number that INFO tells.
fn told(city: &mut Doors, conn: Conn, name: &str) -> u64 {
    let info = city.ask(conn, "INFO all");
    let line = info.split('|').find_map(|line| line.strip_prefix(&format!("{name}:")).map(str::to_owned));
    line.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{name} in {info}"))
}

#[test]
fn the_memory_that_is_told_is_the_memory_that_is_bounded() {
    let mut city = Doors::new();
    let client = city.dial(0);
    for number in 0..50 {
        city.ask(client, &format!("SET {{t2}}{number} some-value"));
    }
    let used = told(&mut city, client, "used_memory");
    assert!(used > 50 * 15, "{used}");
    assert_eq!(city.ask(client, &format!("CONFIG SET maxmemory {}", used - 1)), "+OK|");
    assert!(city.ask(client, "SET {t2}more x").starts_with("-OOM "));
    assert_eq!(city.ask(client, &format!("CONFIG SET maxmemory {used}")), "+OK|");
    assert_eq!(city.ask(client, "SET {t2}more x"), "+OK|");
    assert!(told(&mut city, client, "used_memory") > used);
}

#[test]
fn looks_of_commands_that_read_are_hits_and_misses() {
    let mut city = Doors::new();
    let client = city.dial(0);
    for line in ["SET {t2} x", "GET {t2}", "GET {t2}no", "MGET {t2} {t2}no {t2}", "INCR {t2}n", "DEL {t2}no"] {
        city.ask(client, line);
    }
    assert_eq!((told(&mut city, client, "keyspace_hits"), told(&mut city, client, "keyspace_misses")), (3, 2));
    city.ask(client, "CONFIG RESETSTAT");
    assert_eq!((told(&mut city, client, "keyspace_hits"), told(&mut city, client, "keyspace_misses")), (0, 0));
}

#[test]
fn one_client_too_many_is_told_so() {
    let mut city = Doors::new();
    let client = city.dial(0);
    let there = told(&mut city, client, "connected_clients") + told(&mut city, client, "cluster_connections");
    // Its replica counts as a client too.
    assert_eq!(city.ask(client, &format!("CONFIG SET maxclients {}", there + 2)), "+OK|");
    let (last, refused) = (city.dial(0), city.dial(0));
    city.wait(5);
    assert_eq!(city.heard(refused), ["-ERR max number of clients + cluster connections reached|", "closed"]);
    assert_eq!(city.ask(last, "PING"), "+PONG|");
    assert_eq!(told(&mut city, client, "rejected_connections"), 1);
    assert_eq!(told(&mut city, client, "maxclients"), there + 2);
}

#[test]
fn who_says_nothing_for_too_long_is_let_go() {
    let mut city = Doors::new();
    let (client, idle, listens, waits) = (city.dial(0), city.dial(0), city.dial(0), city.dial(0));
    city.ask(listens, "SUBSCRIBE news");
    city.ask(waits, "BLPOP {t2} 0");
    assert_eq!(city.ask(client, "CONFIG SET timeout 2"), "+OK|");
    for _ in 0..5 {
        city.wait(1_000);
        assert_eq!(city.ask(client, "PING"), "+PONG|");
    }
    assert_eq!(city.heard(idle), ["closed"]);
    assert_eq!(city.ask(client, "PUBLISH news hi"), ":1|");
    assert_eq!(city.ask(client, "RPUSH {t2} x"), ":1|");
    assert_eq!(city.heard(waits).len(), 1);
}

#[test]
fn a_browser_is_no_client() {
    let mut city = Doors::new();
    for line in ["POST / HTTP/1.1", "host: 127.0.0.1:7001"] {
        let page = city.dial(0);
        city.say(page, line);
        city.say(page, "SET {t2} stolen");
        city.wait(5);
        let heard = city.heard(page);
        assert!(!heard.is_empty() && heard.iter().all(|said| said == "closed"), "{heard:?}");
    }
    let client = city.dial(0);
    assert_eq!(city.ask(client, "EXISTS {t2}"), ":0|");
}

#[test]
fn a_key_comes_with_how_long_it_was_idle_and_how_often_used() {
    let mut city = Doors::new();
    let client = city.dial(0);
    city.ask(client, "SET {t2} x");
    let words = |line: &str, dump: &Blob| -> Rc<[Blob]> {
        line.split(' ').map(|word| if word == "DUMP" { dump.clone() } else { word.as_bytes().into() }).collect()
    };
    city.world.ask(client, words("DUMP {t2}", &b"DUMP"[..].into()));
    let now = city.world.now();
    city.world.run_until(now + 5_000);
    let dump = city.world.take_outside().into_iter().find_map(|(_, payload)| match payload {
        Payload::Reply(Reply::Bulk(dump)) => Some(dump),
        _ => None,
    });
    let dump = dump.expect("it is there");
    // The first and the third are before the city began, and within 24 bits.
    for idle in [100_000, 50, 16_000_000] {
        city.world.ask(client, words(&format!("RESTORE {{t2}} 0 DUMP REPLACE IDLETIME {idle}"), &dump));
        assert_eq!(city.ask(client, "OBJECT IDLETIME {t2}"), format!("+OK| :{idle}|"));
    }
    city.ask(client, "CONFIG SET maxmemory-policy allkeys-lfu");
    city.world.ask(client, words("RESTORE {t2} 0 DUMP REPLACE FREQ 200", &dump));
    assert_eq!(city.ask(client, "OBJECT FREQ {t2}"), "+OK| :200|");
}
