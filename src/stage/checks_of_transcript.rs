//! What the terminal shows, held to what redis-cli shows.

use super::*;
use crate::cluster::fact::{FactId, Redirect};
use crate::cluster::id::ClientId;
use crate::cluster::resp::Protocol;
use crate::narrate;
use crate::stage::fixture;

fn fact(kind: FactKind) -> Fact {
    Fact { id: FactId(1), at: 0, cause: None, kind }
}

fn typed(transcript: &mut Transcript, number: u64, line: &str) {
    transcript.typed("city>", line);
    let argv = line.split(' ').map(|word| word.as_bytes().into()).collect();
    let kind = FactKind::CommandTyped { client: ClientId(0), command: CommandId(number), target: None, argv };
    transcript.observe(&fact(kind), &Cast::new(&fixture::opening()));
}

fn answered(transcript: &mut Transcript, number: u64, reply: Reply) {
    answered_in(Protocol::Resp2, transcript, number, reply);
}

fn answered_in(protocol: Protocol, transcript: &mut Transcript, number: u64, reply: Reply) {
    let command = CommandId(number);
    let kind = FactKind::Answered { client: ClientId(0), command, from: HostId(2), reply, protocol };
    transcript.observe(&fact(kind), &Cast::new(&fixture::opening()));
}

fn shown(transcript: &Transcript) -> Vec<String> {
    let entries = transcript.entries().iter();
    let lines = entries.flat_map(|entry| {
        let typed = format!("{} {}", entry.prompt, entry.typed);
        std::iter::once(typed).chain(entry.lines.iter().map(|line| line.text.to_string()))
    });
    lines.collect()
}

#[test]
fn a_redirected_command_reads_as_in_redis_cli() {
    let mut transcript = Transcript::default();
    typed(&mut transcript, 1, "SET user:123 Ada");
    let (client, command) = (ClientId(0), CommandId(1));
    let (redirect, from, to) = (Redirect::Moved, HostId(0), HostId(2));
    let kind = FactKind::Redirected { client, command, redirect, slot: 12_893, from, to };
    transcript.observe(&fact(kind), &Cast::new(&fixture::opening()));
    answered(&mut transcript, 1, Reply::ok());
    let expected = ["city> SET user:123 Ada", "-> Redirected to slot [12893] located at 10.0.3.1:6379", "OK"];
    assert_eq!(shown(&transcript), expected);
}

#[test]
fn answers_stand_under_their_own_line() {
    let mut transcript = Transcript::default();
    typed(&mut transcript, 1, "GET a");
    typed(&mut transcript, 2, "GET b");
    answered(&mut transcript, 2, Reply::Null);
    answered(&mut transcript, 1, Reply::bulk("1"));
    assert_eq!(shown(&transcript), ["city> GET a", "\"1\"", "city> GET b", "(nil)"]);
}

#[test]
fn the_pin_follows_the_routed_key_and_its_tag() {
    let mut transcript = Transcript::default();
    typed(&mut transcript, 1, "SET cart:{user:123} 5");
    let kind = FactKind::Routed { client: ClientId(0), command: CommandId(1), slot: Some(12_893), to: HostId(2) };
    transcript.observe(&fact(kind), &Cast::new(&fixture::opening()));
    let last = transcript.last_key().unwrap();
    assert_eq!((&*last.key, last.tag.as_deref(), last.slot), ("cart:{user:123}", Some("user:123"), 12_893));
}

#[test]
fn an_answer_from_any_node_says_from_which() {
    let mut transcript = Transcript::default();
    typed(&mut transcript, 1, "DBSIZE");
    let kind = FactKind::Routed { client: ClientId(0), command: CommandId(1), slot: None, to: HostId(2) };
    transcript.observe(&fact(kind), &Cast::new(&fixture::opening()));
    answered(&mut transcript, 1, Reply::Integer(4));
    assert_eq!(shown(&transcript), ["city> DBSIZE", "(integer) 4", "from 10.0.3.1:6379 (\u{E000} 3)"]);
}

#[test]
fn tables_keep_their_line_breaks() {
    let mut transcript = Transcript::default();
    typed(&mut transcript, 1, "cluster info");
    answered(&mut transcript, 1, Reply::bulk("cluster_state:ok\r\ncluster_size:3\r\n"));
    typed(&mut transcript, 2, "GET a");
    answered(&mut transcript, 2, Reply::bulk("x\r\n"));
    let expected = ["city> cluster info", "cluster_state:ok", "cluster_size:3", "city> GET a", "\"x\\r\\n\""];
    assert_eq!(shown(&transcript), expected);
    let answer = transcript.last_answer(false).map(|answer| answer.text.to_string());
    assert_eq!(answer.as_deref(), Some("\"x\\r\\n\""));
}

#[test]
fn who_listens_is_shown_what_came_last() {
    let mut transcript = Transcript::default();
    typed(&mut transcript, 1, "MONITOR");
    answered(&mut transcript, 1, Reply::ok());
    for number in 0..LONGEST + 10 {
        let reply = Reply::status(format!("line {number}"));
        let (client, command, from, protocol) = (ClientId(0), CommandId(1), HostId(2), Protocol::Resp2);
        let kind = FactKind::Heard { client, command, from, reply, protocol };
        transcript.observe(&fact(kind), &Cast::new(&fixture::opening()));
    }
    let shown = shown(&transcript);
    assert_eq!(shown.len(), 3 + LONGEST);
    assert_eq!(shown[..3], ["city> MONITOR", "OK", "10.0.3.1:6379> tells you:"]);
    assert_eq!((&*shown[3], shown.last().map(String::as_str)), ("line 10", Some("line 409")));
}

#[test]
fn a_refused_line_says_why() {
    let mut transcript = Transcript::default();
    transcript.typed("city>", "SET \"a");
    transcript.refused("Invalid argument(s)");
    assert_eq!(shown(&transcript)[1], "(error) Invalid argument(s)");
    assert!(!transcript.entries()[0].waits);
}

#[test]
fn who_is_kept_waiting_may_stop() {
    let mut transcript = Transcript::default();
    typed(&mut transcript, 1, "BLPOP a 0");
    typed(&mut transcript, 2, "GET a");
    assert_eq!(transcript.kept_waiting(), Some(CommandId(1)), "GET is answered soon by itself");
    let text = "stopped waiting: the connection is closed".into();
    let kind = FactKind::GaveUp { client: ClientId(0), command: CommandId(1), text };
    let (cast, stopped) = (Cast::new(&fixture::opening()), fact(kind));
    transcript.observe(&stopped, &cast);
    assert_eq!(transcript.kept_waiting(), None);
    assert_eq!(shown(&transcript)[1], "stopped waiting: the connection is closed");
    let told = narrate::sentence(&stopped, &cast, Voice::Marked);
    assert_eq!(told, "You stopped waiting: the connection is closed.", "nobody was turned away");
    assert_eq!(narrate::mark(&stopped), Some("stopped"));
}

/// As redis-cli 7.0.15 shows them to a person after HELLO 3.
#[test]
fn after_hello_3_answers_show_their_types() {
    let mut transcript = Transcript::default();
    let nested =
        Reply::map([("a", Reply::Set(vec![Reply::bulk("x"), Reply::Integer(2)])), ("b", Reply::Array(vec![]))]);
    let answers = [
        Reply::Boolean(true),
        Reply::Double("1.5".into()),
        Reply::Set(vec![]),
        Reply::Map(vec![]),
        Reply::Pairs(vec![(Reply::bulk("m"), Reply::Double("2".into()))]),
        Reply::verbatim("two\nlines"),
        nested,
    ];
    for (number, reply) in (1..).zip(answers) {
        typed(&mut transcript, number, "X");
        answered_in(Protocol::Resp3, &mut transcript, number, reply);
    }
    let shown: Vec<String> = shown(&transcript).into_iter().filter(|line| line != "city> X").collect();
    let expected = [
        "(true)",
        "(double) 1.5",
        "(empty set)",
        "(empty hash)",
        "1) 1) \"m\"",
        "   2) (double) 2",
        "two",
        "lines",
        "1# \"a\" => ",
        "   1~ \"x\"",
        "   2~ (integer) 2",
        "2# \"b\" => (empty array)",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn who_listens_may_stop() {
    let told = |kind: &str, left: i64| {
        let words = vec![Reply::bulk(kind), Reply::bulk("news"), Reply::Integer(left)];
        Reply::Several(vec![Reply::Push(words)])
    };
    let mut transcript = Transcript::default();
    typed(&mut transcript, 1, "SUBSCRIBE news");
    assert_eq!(transcript.kept_waiting(), None, "nothing is known yet");
    answered(&mut transcript, 1, told("subscribe", 1));
    assert_eq!(shown(&transcript)[1], "Reading messages... (press Ctrl-C to quit)");
    assert_eq!(transcript.kept_waiting(), Some(CommandId(1)));
    typed(&mut transcript, 2, "MONITOR");
    answered(&mut transcript, 2, Reply::ok());
    typed(&mut transcript, 3, "SUBSCRIBE news");
    answered(&mut transcript, 3, told("subscribe", 2));
    let listening = |transcript: &Transcript| {
        transcript
            .entries()
            .iter()
            .filter_map(|entry| entry.listening())
            .map(|command| command.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(listening(&transcript), [2, 3], "the connection belongs to the last that subscribed on it");
    typed(&mut transcript, 4, "UNSUBSCRIBE news");
    answered(&mut transcript, 4, told("unsubscribe", 1));
    assert_eq!(listening(&transcript), [2, 3], "it listens to more");
    typed(&mut transcript, 5, "UNSUBSCRIBE news");
    answered(&mut transcript, 5, told("unsubscribe", 0));
    assert_eq!(listening(&transcript), [2]);
    let text = "Error: Server closed the connection".into();
    let kind = FactKind::GaveUp { client: ClientId(0), command: CommandId(2), text };
    transcript.observe(&fact(kind), &Cast::new(&fixture::opening()));
    assert_eq!(transcript.kept_waiting(), None);
}
