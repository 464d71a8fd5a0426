//! Bytes as clients send them, and as none would: pieces, pipelines, large values, nonsense, sudden ends.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use crate::process::{Door, until};
use crate::tools::cli;

/// The largest value that a node takes.
const VALUE: usize = 8 * 1024 * 1024;

fn alone() -> Door {
    Door::open("--masters 1 --replicas 0", 1)
}

fn say(stream: &mut TcpStream, bytes: impl AsRef<[u8]>) {
    stream.write_all(bytes.as_ref()).expect("the door takes it");
}

/// Reads as many bytes as are wanted, and compares.
fn hear(stream: &mut TcpStream, wanted: &str) {
    let mut bytes = vec![0; wanted.len()];
    stream.read_exact(&mut bytes).unwrap_or_else(|error| panic!("{error} instead of {wanted:?}"));
    assert_eq!(String::from_utf8_lossy(&bytes), wanted);
}

/// Everything until the door closes the connection.
fn hear_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("the connection closes in order");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn requests_come_in_pieces_in_lines_and_many_at_once() {
    let door = alone();
    let mut client = door.connect(0);
    client.set_nodelay(true).expect("small packets can be sent at once");
    for byte in b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$5\r\nhello\r\n" {
        say(&mut client, [*byte]);
    }
    hear(&mut client, "+OK\r\n");
    say(&mut client, "GET a\r\nget  \"a\"\r\n\r\nPING\n");
    hear(&mut client, "$5\r\nhello\r\n$5\r\nhello\r\n+PONG\r\n");
    say(&mut client, "INCR n\r\n".repeat(10_000));
    let answers: String = (1..=10_000).map(|number| format!(":{number}\r\n")).collect();
    hear(&mut client, &answers);
    say(&mut client, "HELLO 3\r\nHSET h f v\r\nHGETALL h\r\nHELLO 2\r\nHGETALL h\r\n");
    let mut heard = String::new();
    while !heard.ends_with("*2\r\n$1\r\nf\r\n$1\r\nv\r\n") {
        let mut piece = [0; 4096];
        let count = client.read(&mut piece).expect("an answer");
        heard.push_str(&String::from_utf8_lossy(&piece[..count]));
    }
    assert!(heard.starts_with('%') && heard.contains("%1\r\n$1\r\nf\r\n$1\r\nv\r\n"), "{heard}");
}

#[test]
fn nonsense_is_told_so_and_disturbs_nobody() {
    let door = alone();
    let mut other = door.connect(0);
    for (nonsense, why) in [
        ("*1\r\n+PING\r\n", "-ERR Protocol error: expected '$', got '+'\r\n"),
        ("*x\r\n", "-ERR Protocol error: invalid multibulk length\r\n"),
        ("*1\r\n$-5\r\n", "-ERR Protocol error: invalid bulk length\r\n"),
        ("SET a \"b\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n"),
    ] {
        let mut client = door.connect(0);
        say(&mut client, format!("PING\r\n{nonsense}"));
        assert_eq!(hear_all(&mut client), format!("+PONG\r\n{why}"));
    }
    // A page in a browser can be made to say this to any port.
    let mut page = door.connect(0);
    say(&mut page, "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 14\r\n\r\nSET stolen 1\r\n");
    assert_eq!(hear_all(&mut page), "");
    say(&mut other, "EXISTS stolen\r\n");
    hear(&mut other, ":0\r\n");
}

#[test]
fn large_values_pass_both_ways() {
    let door = alone();
    let mut client = door.connect(0);
    let value = "x".repeat(VALUE);
    say(&mut client, format!("*3\r\n$3\r\nSET\r\n$1\r\nb\r\n${}\r\n{value}\r\n", value.len()));
    hear(&mut client, "+OK\r\n");
    // More answers than any buffer holds, to a client that first says all it wants.
    let mut writer = client.try_clone().expect("a second handle");
    let asking = std::thread::spawn(move || say(&mut writer, "GET b\r\n".repeat(20)));
    let answer = format!("${}\r\n{value}\r\n", value.len());
    for _ in 0..20 {
        hear(&mut client, &answer);
    }
    asking.join().expect("it said all");
}

#[test]
fn a_listener_that_does_not_listen_is_cut_off() {
    let door = alone();
    let mut deaf = door.connect(0);
    say(&mut deaf, "SUBSCRIBE c\r\n");
    let mut speaker = door.connect(0);
    until("it listens", || cli(door.port, "pubsub numsub c").ends_with('1'));
    let message = "x".repeat(1024 * 1024);
    let mut published = 0;
    loop {
        say(&mut speaker, format!("*3\r\n$7\r\nPUBLISH\r\n$1\r\nc\r\n${}\r\n{message}\r\n", message.len()));
        let mut answer = [0; 4];
        speaker.read_exact(&mut answer).expect("an answer");
        if &answer == b":0\r\n" {
            break;
        }
        published += 1;
        assert!(published < 100, "100 MB wait for somebody who does not read");
    }
    assert!(published > 30, "cut off after only {published} MB");
}

#[test]
fn sudden_ends_leave_nothing_behind() {
    let door = alone();
    for nth in 0..50 {
        let mut client = door.connect(0);
        say(
            &mut client,
            ["BLPOP list 0\r\n", "SUBSCRIBE c\r\n", "*2\r\n$3\r\nGE", "MULTI\r\nSET a b\r\n"][nth % 4],
        );
        if nth % 2 == 0 {
            client.shutdown(Shutdown::Both).expect("it can be closed");
        }
    }
    until("all are gone", || {
        cli(door.port, "info clients").contains("connected_clients:1\r\n") || {
            // The city's own client is one more.
            cli(door.port, "info clients").contains("connected_clients:2\r\n")
        }
    });
    assert_eq!(cli(door.port, "pubsub numsub c").lines().last(), Some("0"));
}

#[test]
fn a_frozen_node_accepts_and_answers_when_it_goes_on() {
    let mut door = alone();
    let mut before = door.connect(0);
    say(&mut before, "PING\r\n");
    hear(&mut before, "+PONG\r\n");
    door.order(&format!("freeze {}", door.port));
    let mut after = door.connect(0);
    for client in [&mut before, &mut after] {
        say(client, "INCR n\r\n");
        client.set_read_timeout(Some(std::time::Duration::from_millis(50))).expect("a time limit can be set");
        assert!(client.read(&mut [0]).is_err(), "a frozen node answers nothing");
        client.set_read_timeout(Some(crate::process::DEADLINE)).expect("a time limit can be set");
    }
    door.order(&format!("thaw {}", door.port));
    let mut answers = [[0; 4]; 2];
    before.read_exact(&mut answers[0]).expect("an answer");
    after.read_exact(&mut answers[1]).expect("an answer");
    answers.sort();
    assert_eq!(answers, [*b":1\r\n", *b":2\r\n"]);
}

#[test]
fn what_waits_is_answered_in_order() {
    let door = alone();
    let (mut waiter, mut giver) = (door.connect(0), door.connect(0));
    say(&mut waiter, "BLPOP list 0\r\nPING\r\nECHO end\r\n");
    until("it waits", || cli(door.port, "info clients").contains("blocked_clients:1"));
    say(&mut giver, "RPUSH list one\r\n");
    hear(&mut waiter, "*2\r\n$4\r\nlist\r\n$3\r\none\r\n+PONG\r\n$3\r\nend\r\n");
    say(&mut giver, "SHUTDOWN NOSAVE NOW FORCE x\r\nQUIT\r\n");
    assert!(hear_all(&mut giver).ends_with("+OK\r\n"));
}
