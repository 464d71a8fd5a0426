//! Connections from outside: messages of pub/sub, pauses, kills, silence, and a replica that loads.

use std::rc::Rc;

use cluster_city::cluster::connection::{Conn, Payload};
use cluster_city::cluster::id::HostId;
use cluster_city::cluster::reply::Blob;
use cluster_city::cluster::resp::{Protocol, encode};
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::cluster::world::{Plan, World};

/// A city and what came out of its door, as bytes with `|` for line ends.
pub(crate) struct Doors {
    pub(crate) world: World,
    heard: Vec<(Conn, String)>,
}

impl Doors {
    pub(crate) fn new() -> Self {
        let mut world = World::new(&Plan::small(), 1).expect("the plan is sound");
        world.open(60 * SECOND);
        Self { world, heard: Vec::new() }
    }

    pub(crate) fn dial(&mut self, host: u16) -> Conn {
        self.world.dial(HostId(host)).expect("there is such a node")
    }

    pub(crate) fn say(&mut self, conn: Conn, line: &str) {
        let words: Vec<Blob> = line.split(' ').map(|word| word.as_bytes().into()).collect();
        self.world.ask(conn, Rc::from(words));
    }

    pub(crate) fn wait(&mut self, ms: u64) {
        self.world.run_until(self.world.now() + ms * MS);
        for (conn, payload) in self.world.take_outside() {
            let shown = match payload {
                Payload::Reply(reply) | Payload::Push(reply) => {
                    let mut bytes = Vec::new();
                    encode(&reply, Protocol::Resp3, &mut bytes);
                    String::from_utf8_lossy(&bytes).replace("\r\n", "|")
                }
                Payload::Closed { .. } => "closed".to_owned(),
                _ => continue,
            };
            self.heard.push((conn, shown));
        }
    }

    /// What a connection heard since last asked.
    pub(crate) fn heard(&mut self, conn: Conn) -> Vec<String> {
        let (mine, rest) = std::mem::take(&mut self.heard).into_iter().partition(|(at, _)| *at == conn);
        self.heard = rest;
        mine.into_iter().map(|(_, shown): (Conn, String)| shown).collect()
    }

    pub(crate) fn ask(&mut self, conn: Conn, line: &str) -> String {
        self.say(conn, line);
        self.wait(5);
        self.heard(conn).join(" ")
    }
}

#[test]
fn a_message_reaches_listeners_at_every_node() {
    let mut city = Doors::new();
    let (far, patterned, here) = (city.dial(4), city.dial(2), city.dial(0));
    city.ask(far, "SUBSCRIBE news");
    city.ask(patterned, "PSUBSCRIBE n*");
    city.ask(here, "HELLO 3");
    city.ask(here, "SUBSCRIBE news other");
    // Only those at the node itself are counted.
    let answer = city.ask(here, "PUBLISH news hi");
    assert_eq!(answer, ">3|$7|message|$4|news|$2|hi| :1|");
    assert_eq!(city.heard(far), [">3|$7|message|$4|news|$2|hi|"]);
    assert_eq!(city.heard(patterned), [">4|$8|pmessage|$2|n*|$4|news|$2|hi|"]);
    city.world.hang_up(here);
    city.wait(5);
    let counter = city.dial(0);
    assert_eq!(city.ask(counter, "PUBSUB NUMSUB news"), "*2|$4|news|:0|");
}

#[test]
fn a_shards_channel_stays_in_its_shard_and_leaves_with_its_slot() {
    let mut city = Doors::new();
    // Slot 4748 is the first master's; machine 3 is its replica.
    let (master, replica, elsewhere, plain) = (city.dial(0), city.dial(3), city.dial(1), city.dial(3));
    assert_eq!(city.ask(elsewhere, "SSUBSCRIBE {t2}"), "-MOVED 4748 10.0.1.1:6379|");
    city.ask(replica, "SSUBSCRIBE {t2}");
    city.ask(plain, "SUBSCRIBE {t2}");
    assert_eq!(city.ask(master, "SPUBLISH {t2} hi"), ":0|");
    assert_eq!(city.heard(replica), [">3|$8|smessage|$4|{t2}|$2|hi|"]);
    assert_eq!(city.heard(plain), Vec::<String>::new());
    city.ask(master, "SSUBSCRIBE {t2}");
    let id =
        city.ask(elsewhere, "CLUSTER MYID").trim_matches('|').split('|').nth(1).unwrap_or_default().to_owned();
    let from = city.dial(0);
    let old = city.ask(from, "CLUSTER MYID").trim_matches('|').split('|').nth(1).unwrap_or_default().to_owned();
    assert_eq!(city.ask(elsewhere, &format!("CLUSTER SETSLOT 4748 IMPORTING {old}")), "+OK|");
    assert_eq!(city.ask(from, &format!("CLUSTER SETSLOT 4748 MIGRATING {id}")), "+OK|");
    assert_eq!(city.ask(from, "SPUBLISH {t2} still"), ":1|");
    city.heard(master);
    city.heard(replica);
    assert_eq!(city.ask(elsewhere, &format!("CLUSTER SETSLOT 4748 NODE {id}")), "+OK|");
    city.wait(3_000);
    let gone = [">3|$12|sunsubscribe|$4|{t2}|:0|"];
    assert_eq!(city.heard(master), gone);
    assert_eq!(city.heard(replica), gone);
}

#[test]
fn pauses_kills_and_silence() {
    let mut city = Doors::new();
    let (boss, worker, listener) = (city.dial(0), city.dial(0), city.dial(0));
    assert_eq!(city.ask(boss, "CLIENT PAUSE 1000 WRITE"), "+OK|");
    assert_eq!(city.ask(worker, "SET {t2}a 1"), "");
    assert_eq!(city.ask(listener, "GET {t2}a"), "_|");
    city.say(worker, "GET {t2}a");
    city.wait(500);
    assert_eq!(city.heard(worker), Vec::<String>::new());
    city.wait(600);
    assert_eq!(city.heard(worker), ["+OK|", "$1|1|"]);

    city.ask(boss, "CLIENT PAUSE 100000 WRITE");
    city.say(worker, "SET {t2}a 2");
    assert_eq!(city.ask(boss, "CLIENT UNPAUSE"), "+OK|");
    assert_eq!(city.heard(worker), ["+OK|"]);

    // In a pause the data stands still: what is over is not there, and not removed either.
    city.ask(worker, "SET {t2}a 1 PX 200");
    city.ask(boss, "CLIENT PAUSE 100000 WRITE");
    city.wait(500);
    assert_eq!(city.ask(worker, "GET {t2}a"), "_|");
    assert_eq!(city.ask(worker, "DBSIZE"), ":1|");
    city.ask(boss, "CLIENT UNPAUSE");
    city.wait(300);
    assert_eq!(city.ask(worker, "DBSIZE"), ":0|");

    city.ask(listener, "SUBSCRIBE c");
    assert_eq!(city.ask(boss, "CLIENT KILL TYPE pubsub"), ":1|");
    assert_eq!(city.heard(listener), ["closed"]);
    assert_eq!(city.ask(boss, "PUBLISH c m"), ":0|");

    assert_eq!(city.ask(worker, "CLIENT REPLY SKIP"), "");
    assert_eq!(city.ask(worker, "PING"), "");
    assert_eq!(city.ask(worker, "PING"), "+PONG|");
    assert_eq!(city.ask(worker, "CLIENT REPLY OFF"), "");
    assert_eq!(city.ask(worker, "PING"), "");
    assert_eq!(city.ask(worker, "CLIENT REPLY ON"), "+OK|");
    assert_eq!(city.ask(worker, "QUIT"), "+OK| closed");
}

#[test]
fn a_wait_can_be_ended_by_another() {
    let mut city = Doors::new();
    let (boss, worker) = (city.dial(0), city.dial(0));
    let id = city.ask(worker, "CLIENT ID").replace([':', '|'], "");
    assert_eq!(city.ask(boss, &format!("CLIENT UNBLOCK {id}")), ":0|");
    city.say(worker, "WAIT 5 0");
    assert!(city.ask(boss, "INFO clients").contains("blocked_clients:1"));
    assert_eq!(city.ask(boss, &format!("CLIENT UNBLOCK {id} ERROR")), ":1|");
    assert_eq!(city.heard(worker), ["-UNBLOCKED client unblocked via CLIENT UNBLOCK|"]);
    city.say(worker, "WAIT 5 0");
    city.wait(5);
    assert_eq!(city.ask(boss, &format!("CLIENT UNBLOCK {id}")), ":1|");
    assert_eq!(city.heard(worker), [":1|"]);
}

#[test]
fn a_replica_that_loads_says_so() {
    let mut city = Doors::new();
    let master = city.dial(0);
    // 40 MB take 160 ms to load.
    let value = "x".repeat(8 * 1024 * 1024);
    for key in 0..5 {
        assert_eq!(city.ask(master, &format!("SET {{t2}}{key} {value}")), "+OK|");
    }
    city.ask(master, "CONFIG SET repl-diskless-sync-delay 0");
    city.wait(2_000);
    city.world.kill(HostId(3)).expect("it runs");
    city.wait(100);
    city.world.restart(HostId(3)).expect("it does not");
    let replica = city.dial(3);
    city.ask(replica, "READONLY");
    let mut answers: Vec<String> = Vec::new();
    for _ in 0..1_000 {
        if answers.len() > 1 && city.ask(replica, "INFO replication").contains("master_link_status:up") {
            break;
        }
        let answer = city.ask(replica, "GET {t2}nothing");
        if answers.last() != Some(&answer) {
            let info = city.ask(replica, "INFO persistence").contains("loading:1");
            answers.push(answer.clone());
            if answer.starts_with("-LOADING") {
                assert!(info, "INFO tells of it too");
                assert_eq!(city.ask(replica, "CLUSTER SHARDS"), answer, "only what the table allows is answered");
            }
        }
    }
    assert_eq!(answers, ["_|", "-LOADING Redis is loading the dataset in memory|"]);
    assert_eq!(city.ask(replica, "DBSIZE"), ":5|");
}

#[test]
fn a_replica_without_its_master_may_be_told_to_refuse() {
    let mut city = Doors::new();
    let replica = city.dial(3);
    city.ask(replica, "READONLY");
    assert_eq!(city.ask(replica, "GET {t2}a"), "_|");
    city.world.kill(HostId(0)).expect("it runs");
    city.wait(100);
    assert_eq!(city.ask(replica, "GET {t2}a"), "_|");
    city.ask(replica, "CONFIG SET replica-serve-stale-data no");
    let refusal = "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.|";
    assert_eq!(city.ask(replica, "GET {t2}a"), refusal);
    assert_eq!(city.ask(replica, "DBSIZE"), refusal);
    assert_eq!(city.ask(replica, "PING"), refusal);
    assert!(city.ask(replica, "ROLE").contains("slave"));
}
