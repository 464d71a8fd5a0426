//! What administrators say: SHUTDOWN, MONITOR, DEBUG SLEEP, CONFIG RESETSTAT.

use cluster_city::cluster::fact::FactKind;
use cluster_city::cluster::id::HostId;

use crate::connections::Doors;

#[test]
fn a_node_that_is_told_to_shut_down_goes_down() {
    let mut city = Doors::new();
    let (client, other) = (city.dial(0), city.dial(0));
    assert_eq!(city.ask(client, "SET {t2} x"), "+OK|");
    city.world.take_facts();
    assert_eq!(city.ask(client, "SHUTDOWN NOSAVE NOW"), "closed");
    assert_eq!(city.heard(other), ["closed"]);
    assert!(city.world.node(HostId(0)).is_none());
    let facts = city.world.take_facts();
    assert!(facts.iter().any(|fact| matches!(fact.kind, FactKind::ShutDown { host: HostId(0) })));
    city.world.restart(HostId(0)).expect("it is down");
    city.wait(1000);
    let again = city.dial(0);
    assert_eq!(city.ask(again, "PING"), "+PONG|");
}

#[test]
fn a_master_waits_for_its_replicas_before_it_goes() {
    let mut city = Doors::new();
    let (client, other) = (city.dial(0), city.dial(0));
    city.world.freeze(HostId(3)).expect("the replica runs");
    city.ask(client, "SET {t2} x");
    assert_eq!(city.ask(client, "SHUTDOWN"), "");
    // Reads are answered, writes wait: a replica might never hear of them.
    assert_eq!(city.ask(other, "GET {t2}"), "$1|x|");
    assert_eq!(city.ask(other, "SET {t2} y"), "");
    let abort = city.dial(0);
    assert_eq!(city.ask(abort, "SHUTDOWN ABORT"), "+OK|");
    assert_eq!(city.heard(client), ["-ERR Errors trying to SHUTDOWN. Check logs.|"]);
    assert_eq!(city.heard(other), ["+OK|"]);
    assert_eq!(city.ask(abort, "SHUTDOWN ABORT"), "-ERR No shutdown in progress.|");
    city.ask(client, "SHUTDOWN");
    city.wait(5000);
    assert!(city.world.node(HostId(0)).is_some(), "the replica has not confirmed");
    city.world.thaw(HostId(3)).expect("it is frozen");
    city.wait(1500);
    assert!(city.world.node(HostId(0)).is_none(), "the replica has everything");
    assert_eq!(city.heard(client), ["closed"]);
}

#[test]
fn a_shutdown_waits_ten_seconds_at_most() {
    let mut city = Doors::new();
    let client = city.dial(0);
    city.world.freeze(HostId(3)).expect("the replica runs");
    city.ask(client, "SET {t2} x");
    city.ask(client, "SHUTDOWN SAVE");
    city.wait(10_200);
    assert!(city.world.node(HostId(0)).is_none());
}

#[test]
fn shutdown_takes_only_what_makes_sense() {
    let mut city = Doors::new();
    let client = city.dial(0);
    for words in ["SAVE NOSAVE", "ABORT NOW", "now NOW x"] {
        assert_eq!(city.ask(client, &format!("SHUTDOWN {words}")), "-ERR syntax error|");
    }
    city.ask(client, "MULTI");
    assert_eq!(city.ask(client, "SHUTDOWN"), "-ERR Command not allowed inside a transaction|");
}

#[test]
fn a_monitor_sees_every_command_but_those_of_administrators() {
    let mut city = Doors::new();
    let (monitor, client) = (city.dial(0), city.dial(0));
    assert_eq!(city.ask(monitor, "MONITOR"), "+OK|");
    assert_eq!(city.ask(monitor, "MONITOR"), "");
    for line in
        ["GET {t2}", "MULTI", "SET {t2} \u{1}\"", "EXEC", "CONFIG GET save", "AUTH x", "NOSUCH", "MIGRATE a b"]
    {
        city.ask(client, line);
    }
    let shown: Vec<String> = city.heard(monitor).iter().map(|line| without_time(line)).collect();
    let seen =
        [r#""GET" "{t2}""#, r#""MULTI""#, r#""SET" "{t2}" "\x01\"""#, r#""EXEC""#, r#""AUTH" "(redacted)""#];
    assert_eq!(shown, seen);
    // What the master's stream brings, its replica's monitor sees too.
    let far = city.dial(3);
    city.ask(far, "MONITOR");
    city.ask(client, "SET {t2} z");
    city.wait(500);
    assert!(city.heard(far).iter().any(|line| line.contains(r#""SET" "{t2}" "z""#)));
    city.ask(monitor, "RESET");
    city.ask(client, "GET {t2}");
    assert_eq!(city.heard(monitor), [""; 0]);
}

/// A line of MONITOR from its first quote on.
fn without_time(line: &str) -> String {
    let (head, words) = line.split_once("] ").expect("time and address come first");
    let (time, address) = head.split_once(" [0 ").expect("the database and an address");
    let (seconds, micros) = time.trim_start_matches('+').split_once('.').expect("a fraction");
    assert!(seconds.parse::<u64>().is_ok_and(|seconds| seconds > 1_700_000_000) && micros.len() == 6, "{time}");
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    words.trim_end_matches('|').to_owned()
}

#[test]
fn a_node_sleeps_for_as_long_as_it_is_told() {
    let mut city = Doors::new();
    let (sleeper, other) = (city.dial(0), city.dial(0));
    assert_eq!(city.ask(sleeper, "DEBUG SLEEP 1.5"), "");
    assert_eq!(city.ask(other, "PING"), "");
    city.wait(1400);
    assert!(city.heard(sleeper).is_empty());
    city.wait(200);
    assert_eq!(city.heard(sleeper), ["+OK|"]);
    assert_eq!(city.heard(other), ["+PONG|"]);
    for nothing in ["0", "-1", "x"] {
        assert_eq!(city.ask(sleeper, &format!("DEBUG SLEEP {nothing}")), "+OK|");
    }
}

#[test]
fn statistics_can_be_reset() {
    let mut city = Doors::new();
    let client = city.dial(0);
    let id = city.ask(client, "CLIENT ID");
    city.ask(client, "NOSUCH");
    assert!(city.ask(client, "INFO errorstats").contains("errorstat_ERR:count=1"));
    assert_eq!(city.ask(client, "CONFIG RESETSTAT"), "+OK|");
    assert!(!city.ask(client, "INFO errorstats").contains("errorstat_ERR"));
    assert_eq!(city.ask(client, "CLIENT ID"), id);
    assert_eq!(city.ask(client, "CONFIG REWRITE"), "-ERR The server is running without a config file|");
}

#[test]
fn what_makes_no_difference_is_remembered() {
    let mut city = Doors::new();
    let client = city.dial(0);
    assert_eq!(city.ask(client, "CONFIG SET slowlog-max-len 7 maxmemory-policy allkeys-lru"), "+OK|");
    assert_eq!(city.ask(client, "CONFIG GET slowlog-max-len"), "%1|$15|slowlog-max-len|$1|7|");
    assert!(city.ask(client, "INFO memory").contains("maxmemory_policy:allkeys-lru"));
    // All or nothing.
    let refusal = "-ERR CONFIG SET failed (possibly related to argument 'hz') - ";
    let told = city.ask(client, "CONFIG SET slowlog-max-len 8 hz x");
    assert_eq!(told, format!("{refusal}argument couldn't be parsed into an integer|"));
    assert_eq!(city.ask(client, "CONFIG GET slowlog-max-len"), "%1|$15|slowlog-max-len|$1|7|");
    assert_eq!(city.ask(client, "CONFIG SET hz 1 hz 2"), format!("{refusal}duplicate parameter|"));
}

/// As redis-server 7.0.15 answers to `CONFIG GET cluster*`, in its own order.
#[test]
fn the_settings_of_a_cluster_are_those_of_redis() {
    let mut city = Doors::new();
    let client = city.dial(0);
    let expected = "cluster-allow-pubsubshard-when-down yes cluster-allow-reads-when-down no \
                    cluster-allow-replica-migration yes cluster-announce-bus-port 0 cluster-announce-hostname - \
                    cluster-announce-ip - cluster-announce-port 0 cluster-announce-tls-port 0 \
                    cluster-config-file nodes.conf cluster-enabled yes cluster-link-sendbuf-limit 0 \
                    cluster-migration-barrier 1 cluster-node-timeout 15000 cluster-port 0 \
                    cluster-preferred-endpoint-type ip cluster-replica-no-failover no \
                    cluster-replica-validity-factor 10 cluster-require-full-coverage yes \
                    cluster-slave-no-failover no cluster-slave-validity-factor 10";
    let told = city.ask(client, "CONFIG GET cluster*");
    let words: Vec<&str> = told.split('|').skip(2).step_by(2).collect();
    let mut pairs: Vec<[&str; 2]> = words.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
    pairs.sort_unstable();
    let pairs: Vec<&str> =
        pairs.into_iter().flatten().map(|word| if word.is_empty() { "-" } else { word }).collect();
    assert_eq!(pairs, expected.split(' ').collect::<Vec<_>>());
    assert_eq!(city.ask(client, "CONFIG SET cluster-link-sendbuf-limit 1kb"), "+OK|");
    assert!(city.ask(client, "CONFIG GET cluster-link*").ends_with("|$4|1024|"));
    let refusal = "-ERR CONFIG SET failed (possibly related to argument 'cluster-link-sendbuf-limit') - ";
    let told = city.ask(client, "CONFIG SET cluster-link-sendbuf-limit -1");
    assert_eq!(told, format!("{refusal}argument must be a memory value|"));
    assert_eq!(city.ask(client, "CONFIG SET cluster-slave-validity-factor 3"), "+OK|");
    assert!(city.ask(client, "CONFIG GET cluster-replica-validity-factor").ends_with("|$1|3|"));
}

/// As redis-server 7.0.15 answers.
#[test]
fn there_is_one_user() {
    let mut city = Doors::new();
    let client = city.dial(0);
    assert_eq!(city.ask(client, "ACL WHOAMI"), "$7|default|");
    assert_eq!(city.ask(client, "ACL LIST"), "*1|$34|user default on nopass ~* &* +@all|");
    assert_eq!(city.ask(client, "ACL USERS"), "*1|$7|default|");
    assert_eq!(city.ask(client, "ACL GETUSER nobody"), "_|");
    let user = "%6|$5|flags|~2|$2|on|$6|nopass|$9|passwords|*0|$8|commands|$5|+@all|$4|keys|$2|~*|$8|channels|$2|&*|\
                $9|selectors|*0|";
    assert_eq!(city.ask(client, "ACL GETUSER default"), user);
    assert_eq!(city.ask(client, "ACL CAT nonsense"), "-ERR Unknown category 'nonsense'|");
    assert!(city.ask(client, "ACL CAT connection").contains("|hello|"));
    assert!(city.ask(client, "ACL SETUSER bob on").starts_with("-ERR unknown subcommand 'SETUSER'"));
}
