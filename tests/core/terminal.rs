//! A city and what is typed in it: shared by the tests of commands.

use std::rc::Rc;

use cluster_city::cluster::command::line;
use cluster_city::cluster::fact::FactKind;
use cluster_city::cluster::id::{ClientId, HostId};
use cluster_city::cluster::reply::Blob;
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
