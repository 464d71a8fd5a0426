//! How redis-cli shows answers of RESP3 to a person: recorded from the real one, beside the bytes it was given.
//!
//! `tests/core/shown.rs` holds our terminal's form to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::golden::value::Value;
use crate::servers::{DEADLINE, Servers};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/redis_cli.txt");
const HEADER: &str = "\
# What redis-cli 7.0.15 shows on a terminal (`redis-cli -3 -c`), and below it the bytes that it had from redis-server
# 7.0.15, a line for each value. Recorded by
# `UPDATE_EXPECT=1 cargo test --no-default-features --test real redis_cli`; our terminal is held to it by
# `tests/core/shown.rs`. Attributes (`DEBUG PROTOCOL attrib`) and big numbers are not here: this redis-cli closes the
# connection at the one, ends at the other, and no command sends either.

";

/// Every kind of answer, alone and in others; lines between bars go together. All keys live in slots of the first node.
const LINES: [&str; 36] = [
    "DEBUG PROTOCOL string",
    "DEBUG PROTOCOL integer",
    "DEBUG PROTOCOL double",
    "DEBUG PROTOCOL null",
    "DEBUG PROTOCOL array",
    "DEBUG PROTOCOL set",
    "DEBUG PROTOCOL map",
    "DEBUG PROTOCOL push",
    "DEBUG PROTOCOL verbatim",
    "DEBUG PROTOCOL true",
    "DEBUG PROTOCOL false",
    "NONSENSE",
    "HGETALL {b}none",
    "SMEMBERS {b}none",
    "LRANGE {b}none 0 -1",
    "RPUSH {b}l a b c d e f g h i j",
    "LRANGE {b}l 0 -1",
    "SADD {b}s \"one \\x01 \\\"two\\\"\"",
    "SMEMBERS {b}s",
    "ZADD {b}z 1 a 2.5 b inf c",
    "ZRANGE {b}z 0 -1 WITHSCORES",
    "ZMSCORE {b}z a none",
    "ZRANDMEMBER {b}none 2 WITHSCORES",
    "HSET {b}h f 1 g 2",
    "HGETALL {b}h",
    "CONFIG GET maxmemory",
    "COMMAND INFO get nonsense",
    "COMMAND DOCS get",
    "COMMAND GETKEYSANDFLAGS set {b}a b",
    "ACL GETUSER default",
    "CLIENT TRACKINGINFO",
    "MULTI | HGETALL {b}h | ZRANGE {b}z 0 -1 WITHSCORES | DEBUG PROTOCOL verbatim | GET {b}none | EXEC",
    "CLIENT TRACKING ON",
    "MGET {b}x {b}y",
    "MSET {b}x 1 {b}y 2",
    "PING",
];

#[test]
fn redis_cli_shows_what_was_recorded() {
    let servers = Servers::start(15_000);
    let port = servers.ports[0];
    let shown = shown(port);
    let flush = |line: &str| read(&mut connect(port), line);
    assert_eq!(flush("FLUSHALL").last().expect("an answer").text(), "OK");
    let mut stream = connect(port);
    read(&mut stream, "HELLO 3");
    let mut text = HEADER.to_owned();
    for (line, shown) in LINES.iter().zip(shown) {
        text += &format!("> {line}\n{shown}");
        for value in read(&mut stream, line) {
            text += &format!("= {}\n", value.show());
        }
        text += "\n";
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(FILE, text).expect("the file can be written");
        return;
    }
    let recorded = std::fs::read_to_string(FILE).expect("it was recorded");
    let differing = text.lines().zip(recorded.lines()).find(|(now, then)| now != then);
    assert_eq!(text, recorded, "\nfirst difference: {differing:#?}");
}

/// What redis-cli shows for each line, on a terminal that `script` lends it.
fn shown(port: u16) -> Vec<String> {
    // It prints no prompt where nobody types to it, so each line is announced by one that only echoes.
    let mark = |nth: usize| format!("\"line {nth}\"");
    let typed: String = LINES
        .iter()
        .enumerate()
        .map(|(nth, line)| format!("ECHO {}\n{}\n", mark(nth), line.replace(" | ", "\n")))
        .collect();
    let folder = std::env::temp_dir().join(format!("cluster-city-redis-cli-{port}"));
    std::fs::create_dir_all(&folder).expect("a folder in the temporary one");
    let file = folder.join("typed");
    std::fs::write(&file, typed).expect("a file in it");
    let command = format!("redis-cli -3 -c -p {port} < {}", file.display());
    let output = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .expect("`script` can be started: `apt-get install bsdutils` gets it");
    std::fs::remove_dir_all(&folder).expect("it is ours");
    let text = String::from_utf8(output.stdout).expect("text").replace("\r\n", "\n");
    let marks: Vec<usize> = (0..LINES.len())
        .map(|nth| text.find(&mark(nth)).unwrap_or_else(|| panic!("no answer to {:?} in\n{text}", LINES[nth])))
        .collect();
    let ends = marks.iter().skip(1).copied().chain([text.len()]);
    marks
        .iter()
        .zip(ends)
        .map(|(&mark, end)| {
            let part = &text[mark..end];
            part.split_once('\n').expect("the mark is a line").1.to_owned()
        })
        .collect()
}

fn connect(port: u16) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    stream.set_read_timeout(Some(DEADLINE)).expect("a time-out");
    BufReader::new(stream)
}

/// The values that one line is answered with: an answer, and what is pushed before or after it.
fn read(stream: &mut BufReader<TcpStream>, line: &str) -> Vec<Value> {
    let words =
        |line: &str| crate::golden::words(line).into_iter().map(|word| Value::Bulk('$', Some(word))).collect();
    let ask = line.split(" | ").chain(["ECHO done"]);
    let ask: Vec<u8> = ask.flat_map(|line| Value::Many('*', Some(words(line))).bytes()).collect();
    stream.get_mut().write_all(&ask).expect("it is sent");
    let (mut bytes, mut values) = (Vec::new(), Vec::new());
    loop {
        let piece = stream.fill_buf().expect("an answer");
        assert!(!piece.is_empty(), "it hung up at {line}");
        let length = piece.len();
        stream.by_ref().take(length as u64).read_to_end(&mut bytes).expect("what is there");
        while let Some((value, rest)) = Value::read(&bytes) {
            bytes = rest.to_vec();
            if value.text() == "done" {
                return values;
            }
            values.push(value);
        }
    }
}
