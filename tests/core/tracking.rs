//! Client-side caching where a cluster has a part in it: keys that move away, replicas, and what time takes.
//! What a single server does is compared with a real one in `tests/differential/tracking.rs`.

use cluster_city::cluster::slot::key_slot;

use crate::connections::Doors;

/// What a client of RESP3 hears when this key changed.
fn invalidated(key: &str) -> String {
    format!(">2|$10|invalidate|*1|${}|{key}|", key.len())
}

/// The rest of a bulk string's reply.
fn word(reply: &str) -> String {
    reply.split('|').nth(1).expect("a bulk string").to_owned()
}

#[test]
fn a_key_that_moves_away_has_changed() {
    let mut city = Doors::new();
    let (source, target, cache) = (city.dial(0), city.dial(1), city.dial(0));
    city.ask(cache, "HELLO 3");
    city.ask(cache, "CLIENT TRACKING ON");
    city.ask(source, "HELLO 3");
    city.ask(source, "CLIENT TRACKING ON BCAST");
    city.ask(source, "SET {t2} x");
    city.ask(cache, "GET {t2}");
    city.heard(source);
    let slot = key_slot(b"{t2}");
    let (from, to) = (city.ask(source, "CLUSTER MYID"), city.ask(target, "CLUSTER MYID"));
    city.ask(source, &format!("CLUSTER SETSLOT {slot} MIGRATING {}", word(&to)));
    city.ask(target, &format!("CLUSTER SETSLOT {slot} IMPORTING {}", word(&from)));
    let info = city.ask(target, "CLUSTER NODES");
    let line = info.split(['|', '\n']).find(|line| line.contains("myself")).expect("a line of its own");
    let (ip, port) =
        line.split([' ', '@']).nth(1).and_then(|address| address.split_once(':')).expect("an address");
    city.say(source, &format!("MIGRATE {ip} {port} {{t2}} 0 1000"));
    city.wait(50);
    assert_eq!(city.heard(source), ["+OK|".to_owned(), invalidated("{t2}")]);
    assert_eq!(city.heard(cache), [invalidated("{t2}")]);
}

#[test]
fn a_replica_tells_of_what_its_master_sends() {
    let mut city = Doors::new();
    let (master, cache) = (city.dial(0), city.dial(3));
    city.ask(cache, "HELLO 3");
    city.ask(cache, "READONLY");
    city.ask(cache, "CLIENT TRACKING ON");
    city.ask(master, "SET {t2} x");
    assert_eq!(city.ask(cache, "GET {t2}"), "$1|x|");
    city.ask(master, "SET {t2} y");
    assert_eq!(city.heard(cache), [invalidated("{t2}")]);
    // Its time over, the key is gone once the master says so.
    city.ask(master, "PEXPIRE {t2} 50");
    city.ask(cache, "EXISTS {t2}");
    city.wait(500);
    assert_eq!(city.heard(cache), [invalidated("{t2}")]);
    let other = city.dial(1);
    let id = word(&city.ask(other, "CLUSTER MYID"));
    assert_eq!(city.ask(cache, &format!("CLUSTER REPLICATE {id}")), "+OK|");
    city.wait(20_000);
    assert_eq!(city.heard(cache), [">2|$10|invalidate|_|"]);
    assert_eq!(city.ask(cache, "CLUSTER RESET"), "+OK| >2|$10|invalidate|_|");
}

#[test]
fn who_is_gone_leaves_nothing_behind() {
    let mut city = Doors::new();
    let (client, cache) = (city.dial(0), city.dial(0));
    city.ask(cache, "HELLO 3");
    city.ask(cache, "CLIENT TRACKING ON BCAST");
    assert!(city.ask(client, "INFO clients").contains("tracking_clients:1"));
    city.world.hang_up(cache);
    city.wait(5);
    assert!(city.ask(client, "INFO clients").contains("tracking_clients:0"));
    assert_eq!(city.ask(client, "SET {t2} x"), "+OK|");
    // Who comes next begins with an empty table.
    city.ask(client, "HELLO 3");
    city.ask(client, "CLIENT TRACKING ON");
    assert_eq!(city.ask(client, "SET {t2} y"), "+OK|");
}

/// As redis-server 7.0.15 counted in the same dialogue.
#[test]
fn what_is_tracked_is_counted() {
    let mut city = Doors::new();
    let (one, two, other) = (city.dial(0), city.dial(0), city.dial(0));
    let counted = |city: &mut Doors| {
        let info = city.ask(other, "INFO stats") + &city.ask(other, "INFO clients");
        let field = |name: &str| {
            let line = info.split('|').find_map(|line| line.strip_prefix(name)).expect("the field is there");
            line.trim_start_matches(':').parse::<u32>().expect("a number")
        };
        ["tracking_clients", "tracking_total_keys", "tracking_total_items", "tracking_total_prefixes"].map(field)
    };
    city.ask(one, "HELLO 3");
    city.ask(one, "CLIENT TRACKING ON");
    city.ask(one, "GET {t2}x");
    city.ask(one, "MGET {t2}x {t2}y");
    assert_eq!(counted(&mut city), [1, 2, 2, 0]);
    city.ask(two, "HELLO 3");
    city.ask(two, "CLIENT TRACKING ON");
    city.ask(two, "GET {t2}x");
    assert_eq!(counted(&mut city), [2, 2, 3, 0]);
    city.ask(two, "CLIENT TRACKING OFF");
    city.ask(two, "CLIENT TRACKING ON BCAST PREFIX a PREFIX b");
    assert_eq!(counted(&mut city), [2, 2, 3, 2]);
    city.ask(other, "SET {t2}x 1");
    assert_eq!(counted(&mut city), [2, 1, 1, 2]);
    city.world.hang_up(one);
    city.wait(5);
    assert_eq!(counted(&mut city), [1, 1, 1, 2]);
}
