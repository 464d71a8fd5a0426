//! A city and what is typed in it: shared by the tests of commands.

use std::rc::Rc;

use cluster_city::cluster::command::line;
use cluster_city::cluster::fact::{Fact, FactKind};
use cluster_city::cluster::id::{ClientId, HostId};
use cluster_city::cluster::reply::Blob;
use cluster_city::cluster::resp::Protocol;
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::cluster::world::{Plan, World};

/// The first city, open.
pub(crate) fn city() -> World {
    let mut world = World::new(&Plan::small(), 1).expect("the plan is sound");
    world.open(30 * SECOND);
    world
}

/// A line in words.
pub(crate) fn split(typed: &str) -> Rc<[Blob]> {
    line::split(typed).expect("the line can be read").into()
}

/// A city and the answers to what is typed in it.
pub(crate) struct Terminal(pub(crate) World);

impl Terminal {
    pub(crate) fn new() -> Self {
        Self(city())
    }

    /// The printed answer of the smart client.
    pub(crate) fn ask(&mut self, typed: &str) -> String {
        self.ask_at(typed, None)
    }

    pub(crate) fn ask_at(&mut self, typed: &str, target: Option<HostId>) -> String {
        self.0.take_facts();
        self.0.submit(ClientId(0), target, split(typed)).expect("the client takes it");
        self.0.run_until(self.0.now() + 20 * MS);
        let answer = self.0.take_facts().into_iter().find_map(|fact| match fact.kind {
            FactKind::Answered { reply, protocol, .. } => Some(reply.lines(protocol).join("\n")),
            FactKind::GaveUp { text, .. } => Some(format!("gave up: {text}")),
            _ => None,
        });
        answer.unwrap_or_else(|| panic!("no answer to {typed}"))
    }
}

/// Each line is typed in turn in one city; what stands after `=>` is the answer.
pub(crate) fn check(dialogue: &str) {
    let mut terminal = Terminal::new();
    for row in dialogue.trim().lines() {
        let (typed, wanted) = row.trim().split_once("=>").expect("command => answer");
        assert_eq!(terminal.ask(typed.trim()), wanted.trim().replace("\\n", "\n"), "{typed}");
    }
}

#[test]
fn who_asked_to_hear_hears() {
    let mut terminal = Terminal::new();
    terminal.ask("SUBSCRIBE news");
    assert_eq!(terminal.ask("PING"), "PONG", "a smart client's listening has a connection of its own");
    terminal.ask_at("SUBSCRIBE other", Some(HostId(1)));
    assert!(terminal.ask_at("PING", Some(HostId(1))).contains("\"pong\""), "a plain client has one connection");
    terminal.ask_at("MONITOR", Some(HostId(0)));
    terminal.0.submit(ClientId(0), Some(HostId(2)), split("PUBLISH news hello")).expect("the client takes it");
    terminal.0.submit(ClientId(0), Some(HostId(0)), split("PING")).expect("the client takes it");
    terminal.0.run_until(terminal.0.now() + 20 * MS);
    let heard: Vec<(HostId, String)> = terminal
        .0
        .take_facts()
        .into_iter()
        .filter_map(|fact| match fact.kind {
            FactKind::Heard { from, reply, protocol, .. } => Some((from, reply.lines(protocol).join(" "))),
            _ => None,
        })
        .collect();
    assert!(heard.iter().any(|(_, line)| line.contains("\"hello\"")), "{heard:?}");
    assert!(heard.iter().any(|(from, line)| *from == HostId(0) && line.ends_with("\"PING\"")), "{heard:?}");
    let told = terminal.ask("UNSUBSCRIBE news");
    assert!(told.contains("(integer) 0") && told.contains("\"news\""), "it ends where it began: {told}");
}

#[test]
fn a_server_that_was_shut_down_is_not_asked_for_again_at_the_next() {
    let mut terminal = Terminal::new();
    let gave_up = terminal.ask("SHUTDOWN NOW");
    assert_eq!(gave_up, "gave up: Error: Server closed the connection");
    terminal.0.run_until(terminal.0.now() + SECOND);
    let running = terminal.0.snapshot().nodes.iter().filter(|node| node.running).count();
    assert_eq!(running, 5);
}

#[test]
fn who_listens_may_stop() {
    for (line, target) in [("SUBSCRIBE news", None), ("MONITOR", None), ("MONITOR", Some(HostId(1)))] {
        let mut terminal = Terminal::new();
        let world = &mut terminal.0;
        let command = world.submit(ClientId(0), target, split(line)).expect("the client takes it");
        world.run_until(world.now() + 20 * MS);
        let heard = |world: &mut World, count: usize| {
            world.take_facts();
            for host in 0..3 {
                for line in ["PUBLISH news hello", "PING"] {
                    world.submit(ClientId(0), Some(HostId(host)), split(line)).expect("the client takes it");
                }
            }
            world.run_until(world.now() + 20 * MS);
            let facts = world.take_facts();
            let heard =
                facts.iter().any(|fact| matches!(fact.kind, FactKind::Heard { command: by, .. } if by == command));
            assert_eq!(heard, count > 0, "{line}");
        };
        // Another smart client's PING may go anywhere; these go everywhere.
        heard(world, 1);
        world.interrupt(ClientId(0), command).expect("it listens");
        let gave_up = |fact: &Fact| matches!(&fact.kind, FactKind::GaveUp { command: by, .. } if *by == command);
        assert_eq!(world.take_facts().iter().filter(|fact| gave_up(fact)).count(), 1, "{line}");
        assert!(world.interrupt(ClientId(0), command).is_err(), "{line}");
        world.run_until(world.now() + 20 * MS);
        heard(world, 0);
    }
}

#[test]
fn who_listens_hears_that_the_server_is_gone() {
    let mut terminal = Terminal::new();
    terminal.ask_at("MONITOR", Some(HostId(1)));
    terminal.0.kill(HostId(1)).expect("it runs");
    terminal.0.run_until(terminal.0.now() + 20 * MS);
    let said = |fact: &Fact| matches!(&fact.kind, FactKind::GaveUp { text, .. } if **text == *"Error: Server closed the connection");
    assert!(terminal.0.take_facts().iter().any(said));
}

/// A real 7.0.15 refuses HELLO to whoever listens in RESP2, and takes it once nothing is listened to; between MULTI and EXEC
/// it would only be queued.
#[test]
fn connections_that_could_not_be_told_speak_alike_later() {
    let mut terminal = Terminal::new();
    terminal.ask("HSET {b} f 1");
    terminal.ask("HSET {c} f 1");
    let pairs = "1# \"f\" => \"1\"";
    terminal.ask("SUBSCRIBE news");
    assert!(terminal.ask("HELLO 3").contains("(integer) 3"));
    terminal.ask("UNSUBSCRIBE news");
    terminal.0.submit(ClientId(0), None, split("SUBSCRIBE other")).expect("it takes it");
    terminal.0.run_until(terminal.0.now() + 20 * MS);
    let spoken = terminal.0.take_facts().into_iter().find_map(|fact| match fact.kind {
        FactKind::Answered { protocol, .. } => Some(protocol),
        _ => None,
    });
    assert_eq!(spoken, Some(Protocol::Resp3));
    assert!(terminal.ask("HELLO 2").contains("(integer) 2"));
    // HELLO is still on its way to one node while a transaction begins at another.
    for line in ["HELLO 3", "MULTI", "HGETALL {b}", "HGETALL {b}"] {
        terminal.0.submit(ClientId(0), None, split(line)).expect("it takes it");
    }
    terminal.0.run_until(terminal.0.now() + 100 * MS);
    terminal.ask("DISCARD");
    for key in ["{b}", "{c}"] {
        assert_eq!(terminal.ask(&format!("HGETALL {key}")), pairs, "{key}");
    }
}

#[test]
fn a_smart_client_speaks_alike_to_all() {
    let mut terminal = Terminal::new();
    // Three keys at three nodes; the third connection of each kind is a new one.
    let each = ["{b}", "{c}", "{d}"];
    for key in each {
        terminal.ask(&format!("HSET {key} f 1"));
    }
    assert!(terminal.ask("HELLO 3").contains("\"proto\" => (integer) 3"));
    for key in each {
        assert_eq!(terminal.ask(&format!("HGETALL {key}")), "1# \"f\" => \"1\"", "{key}");
    }
    assert_eq!(
        terminal.ask_at("HGETALL {b}", Some(HostId(0))),
        "1) \"f\"\n2) \"1\"",
        "a plain client is another one"
    );
    // Connections that are opened later: the replica takes over.
    terminal.0.kill(HostId(2)).expect("it runs");
    terminal.0.run_until(terminal.0.now() + 40 * SECOND);
    for key in each {
        assert_eq!(terminal.ask(&format!("HGETALL {key}")), "1# \"f\" => \"1\"", "{key}");
    }
    assert!(terminal.ask("HELLO 2").contains("(integer) 2"));
    for key in each {
        assert_eq!(terminal.ask(&format!("HGETALL {key}")), "1) \"f\"\n2) \"1\"", "{key}");
    }
}
