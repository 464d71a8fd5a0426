//! Clients that wait for a list or a sorted set: who is served, in which order, with what, and when no longer.

use cluster_city::cluster::fact::FactKind;
use cluster_city::cluster::id::{ClientId, CommandId, HostId};
use cluster_city::cluster::reply::Reply;
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::cluster::world::World;

use crate::terminal::{check, city, split};

/// Commands as they are typed, without waiting for answers.
struct Typist {
    world: World,
    typed: Vec<(CommandId, &'static str)>,
    answers: Vec<String>,
}

impl Typist {
    fn new() -> Self {
        Self { world: city(), typed: Vec::new(), answers: Vec::new() }
    }

    fn at(&mut self, target: Option<HostId>, line: &'static str) {
        let command = self.world.submit(ClientId(0), target, split(line)).expect("the client takes it");
        self.typed.push((command, line));
        self.run(20 * MS);
    }

    fn kind(&mut self, line: &'static str) {
        self.at(None, line);
    }

    fn run(&mut self, time: u64) {
        self.world.run_until(self.world.now() + time);
        for fact in self.world.take_facts() {
            let (command, text) = match fact.kind {
                FactKind::Answered { command, reply, protocol, .. } => (
                    command,
                    reply
                        .lines(protocol)
                        .iter()
                        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
                        .collect::<Vec<_>>()
                        .join(" "),
                ),
                FactKind::GaveUp { command, text, .. } => (command, format!("gave up: {text}")),
                _ => continue,
            };
            let line = self.typed.iter().find(|(typed, _)| *typed == command).map_or("", |(_, line)| line);
            self.answers.push(format!("{line} => {text}"));
        }
    }

    fn answers(&mut self) -> Vec<String> {
        std::mem::take(&mut self.answers)
    }
}

#[test]
fn who_came_first_is_served_first() {
    let mut typist = Typist::new();
    typist.kind("BLPOP q 0");
    typist.kind("BRPOP other{q} q 0");
    typist.run(10 * SECOND);
    assert_eq!(typist.answers(), Vec::<String>::new());
    typist.kind("RPUSH q a b c");
    assert_eq!(
        typist.answers(),
        [
            "RPUSH q a b c => (integer) 3",
            r#"BLPOP q 0 => 1) "q" 2) "a""#,
            r#"BRPOP other{q} q 0 => 1) "q" 2) "c""#
        ]
    );
    typist.kind("LRANGE q 0 -1");
    assert_eq!(typist.answers(), [r#"LRANGE q 0 -1 => 1) "b""#]);
}

#[test]
fn time_runs_out_to_the_millisecond() {
    let mut typist = Typist::new();
    typist.kind("BLPOP q 1.5");
    typist.kind("BZPOPMIN z 3");
    typist.run(1400 * MS);
    assert_eq!(typist.answers(), Vec::<String>::new());
    typist.run(100 * MS);
    assert_eq!(typist.answers(), ["BLPOP q 1.5 => (nil)"]);
    typist.run(2 * SECOND);
    assert_eq!(typist.answers(), ["BZPOPMIN z 3 => (nil)"]);
    // Who has left takes nothing away.
    typist.kind("RPUSH q a");
    typist.kind("LLEN q");
    assert_eq!(typist.answers(), ["RPUSH q a => (integer) 1", "LLEN q => (integer) 1"]);
}

#[test]
fn a_transaction_feeds_those_who_wait_only_when_it_is_done() {
    let mut typist = Typist::new();
    typist.kind("BLPOP q 0");
    typist.kind("MULTI");
    typist.kind("RPUSH q a");
    typist.kind("BLPOP none{q} 0");
    typist.kind("LPUSH q b");
    typist.kind("EXEC");
    let answers = typist.answers();
    assert_eq!(
        answers[4..],
        ["EXEC => 1) (integer) 1 2) (nil) 3) (integer) 2", r#"BLPOP q 0 => 1) "q" 2) "b""#],
        "{answers:?}"
    );
}

#[test]
fn an_element_wanders_from_one_who_waits_to_the_next() {
    let mut typist = Typist::new();
    typist.kind("BLMOVE {t}a {t}b LEFT RIGHT 0");
    typist.kind("BLPOP {t}b 0");
    typist.kind("BZMPOP 0 2 {t}y {t}z MAX COUNT 2");
    typist.kind("RPUSH {t}a x");
    typist.kind("ZADD {t}z 1 one 2 two 3 three");
    assert_eq!(
        typist.answers(),
        [
            "RPUSH {t}a x => (integer) 1",
            r#"BLMOVE {t}a {t}b LEFT RIGHT 0 => "x""#,
            r#"BLPOP {t}b 0 => 1) "{t}b" 2) "x""#,
            "ZADD {t}z 1 one 2 two 3 three => (integer) 3",
            r#"BZMPOP 0 2 {t}y {t}z MAX COUNT 2 => 1) "{t}z" 2) 1) 1) "three" 2) "3" 2) 1) "two" 2) "2""#,
        ]
    );
}

#[test]
fn what_was_served_is_what_replicas_do() {
    let mut typist = Typist::new();
    // The slot of `user:123` is the third master's, whose replica is the sixth node.
    typist.kind("BLPOP {user:123}q 0");
    typist.kind("BLMOVE {user:123}q {user:123}done LEFT LEFT 0");
    typist.kind("RPUSH {user:123}q a b c");
    typist.run(SECOND);
    let contents = |host: u16| {
        let store = &typist.world.node(HostId(host)).expect("it runs").store;
        let mut all: Vec<String> = store.iter().map(|(key, entry)| format!("{key:?}{:?}", entry.value)).collect();
        all.sort();
        all
    };
    assert_eq!(contents(2), contents(5));
    assert_eq!(contents(2).len(), 2);
}

#[test]
fn nobody_waits_at_a_node_that_serves_no_longer() {
    let mut typist = Typist::new();
    typist.at(Some(HostId(2)), "BLPOP user:123 0");
    typist.at(Some(HostId(5)), "CLUSTER FAILOVER");
    typist.run(5 * SECOND);
    let answers = typist.answers();
    let unblocked = "BLPOP user:123 0 => (error) UNBLOCKED force unblock from blocking operation, instance state \
                     changed (master -> replica?)";
    assert!(answers.iter().any(|answer| answer == unblocked), "{answers:?}");
}

#[test]
fn a_cluster_that_goes_down_sends_those_who_wait_away() {
    let mut typist = Typist::new();
    typist.at(Some(HostId(2)), "BLPOP user:123 0");
    for host in [0, 1, 3, 4] {
        typist.world.kill(HostId(host)).expect("it runs");
    }
    typist.run(60 * SECOND);
    assert_eq!(typist.answers(), ["BLPOP user:123 0 => (error) CLUSTERDOWN The cluster is down"]);
}

#[test]
fn a_slot_that_moves_takes_those_who_wait_along() {
    let mut typist = Typist::new();
    typist.kind("BLPOP user:123 0");
    typist.at(Some(HostId(0)), "CLUSTER MYID");
    let answer = typist.answers().remove(0);
    let id = answer.split('"').nth(1).expect("an id").to_owned();
    let line: &'static str = Box::leak(format!("CLUSTER SETSLOT 12893 NODE {id}").into_boxed_str());
    for host in [0, 1, 2] {
        typist.at(Some(HostId(host)), line);
    }
    typist.run(SECOND);
    typist.kind("RPUSH user:123 a");
    let answers = typist.answers();
    assert!(answers.contains(&r#"BLPOP user:123 0 => 1) "user:123" 2) "a""#.to_owned()), "{answers:?}");
}

#[test]
fn wishes_that_make_no_sense_are_refused_at_once() {
    check(
        "
        BLPOP q x => (error) ERR timeout is not a float or out of range
        BLPOP q -1 => (error) ERR timeout is negative
        SET s 1 => OK
        BLPOP s 0 => (error) WRONGTYPE Operation against a key holding the wrong kind of value
        BLMPOP 0 0 q LEFT => (error) ERR numkeys should be greater than 0
        BLMOVE {s}q s UP LEFT 0 => (error) ERR syntax error
        ",
    );
}

#[test]
fn who_stops_waiting_is_done() {
    let mut world = city();
    let give = |world: &mut World, line: &str, target| {
        let argv = split(line);
        world.submit(ClientId(0), target, argv).expect("the client takes it")
    };
    for target in [None, Some(HostId(2))] {
        let waits = give(&mut world, "BLPOP user:123 0", target);
        world.run_until(world.now() + 100 * MS);
        world.take_facts();
        assert!(world.interrupt(ClientId(0), waits).is_ok());
        assert!(world.interrupt(ClientId(0), waits).is_err(), "it waits no longer");
        let told = world.take_facts();
        assert!(
            told.iter().any(|fact| matches!(&fact.kind, FactKind::GaveUp { command, .. } if *command == waits))
        );
        world.run_until(world.now() + 100 * MS);
        // The node let it go: what is pushed stays.
        give(&mut world, "RPUSH user:123 a", None);
        let count = give(&mut world, "LLEN user:123", None);
        world.run_until(world.now() + 100 * MS);
        let answer = world.take_facts().into_iter().find_map(|fact| match fact.kind {
            FactKind::Answered { command, reply, .. } if command == count => Some(reply),
            _ => None,
        });
        assert_eq!(answer, Some(Reply::Integer(1)));
        give(&mut world, "DEL user:123", None);
        world.run_until(world.now() + 100 * MS);
    }
}

/// On a connection of a real 7.0.15 the answer to GET came after that to WAIT, 1.6 s after both were sent.
#[test]
fn what_stands_behind_wait_waits_with_it() {
    for target in [None, Some(HostId(2))] {
        let mut world = city();
        // What was written last says where WAIT goes.
        let given = ["SET user:123 Ada", "WAIT 7 5000", "GET user:123"].map(|line| {
            let given = world.submit(ClientId(0), target, split(line)).expect("it takes it");
            world.run_until(world.now() + 100 * MS);
            given
        });
        world.run_until(world.now() + 10 * SECOND);
        let facts = world.take_facts();
        let answers: Vec<_> = facts
            .iter()
            .filter_map(|fact| match &fact.kind {
                FactKind::Answered { command, reply, .. } if given.contains(command) => {
                    Some((*command, reply.clone(), fact.at / SECOND))
                }
                FactKind::Unanswered { .. } | FactKind::GaveUp { .. } => panic!("{fact:?}"),
                _ => None,
            })
            .collect();
        let [set, wait, get] = given;
        let began = answers[0].2;
        let bulk = Reply::Bulk(b"Ada"[..].into());
        assert_eq!(
            answers,
            [(set, Reply::status("OK"), began), (wait, Reply::Integer(1), began + 5), (get, bulk, began + 5)],
            "{target:?}"
        );
    }
}

#[test]
fn who_waits_for_replicas_may_stop_too() {
    let mut world = city();
    let give = |world: &mut World, line: &str| world.submit(ClientId(0), None, split(line)).expect("it takes it");
    give(&mut world, "SET user:123 Ada");
    world.run_until(world.now() + 100 * MS);
    let waits = give(&mut world, "WAIT 7 0");
    // Longer than any answer that may not come as late as it wants.
    world.run_until(world.now() + 5_000 * MS);
    let about = |world: &mut World| {
        let facts = world.take_facts().into_iter();
        let about = facts.filter_map(|fact| match fact.kind {
            FactKind::Unanswered { command, .. } if command == waits => Some("unanswered"),
            FactKind::Answered { command, .. } if command == waits => Some("answered"),
            FactKind::GaveUp { command, .. } if command == waits => Some("gave up"),
            _ => None,
        });
        about.collect::<Vec<_>>()
    };
    assert!(about(&mut world).is_empty(), "it waits");
    assert!(world.interrupt(ClientId(0), waits).is_ok());
    assert_eq!(about(&mut world), ["gave up"]);
}
