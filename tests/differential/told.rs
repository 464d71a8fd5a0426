//! What COMMAND tells: recorded from the real server into `src/cluster/command/told.txt`, and compared answer by answer.
//!
//! `UPDATE_EXPECT=1 cargo test --test differential told` writes the file anew.

use std::fmt::Write;
use std::path::Path;

use cluster_city::cluster::resp::Protocol;

use crate::Pair;
use crate::answer::Answer;
use crate::program;

/// Redis tells nothing of this one.
const OURS: &str = "debug|sleep";

const HEADER: &str = "# What COMMAND tells of each command, recorded from redis-server 7.0.15 by tests/differential/told.rs.\n\
                      # What the signs mean stands in told.rs.\n\n";

#[test]
fn what_command_tells_is_what_redis_told() {
    let mut pair = Pair::start();
    let names = names(&mut pair);
    let mut text = HEADER.to_owned();
    for name in &names {
        block(&mut pair, name, &mut text);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cluster/command/told.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, &text).expect("the file can be written");
    }
    let recorded = std::fs::read_to_string(&file).expect("the file can be read");
    assert!(recorded == text, "the server tells something else: UPDATE_EXPECT=1 records it");
}

#[test]
fn command_is_answered_alike() {
    let mut pair = Pair::start();
    let names = names(&mut pair);
    let mut told = Vec::new();
    for protocol in [Protocol::Resp2, Protocol::Resp3] {
        pair.protocol = protocol;
        pair.hello();
        for name in &names {
            for question in ["INFO", "DOCS"] {
                let command = program::read(&format!("COMMAND {question} {name}"));
                let real = without_absent(pair.real.ask(std::slice::from_ref(&command)).remove(0), &names);
                let city = without_absent(pair.city.ask(&command, protocol), &names);
                if city != real {
                    told.push(format!("{question} {name}\nredis-server: {real:?}\nthe city:     {city:?}"));
                }
            }
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

/// The names of the city's commands and subcommands, in order.
fn names(pair: &mut Pair) -> Vec<String> {
    let answer = pair.city.ask(&program::read("COMMAND LIST"), Protocol::Resp2);
    let mut names: Vec<String> = items(answer).into_iter().map(word).filter(|name| name != OURS).collect();
    names.sort();
    names
}

/// Subcommands in the order of their names (a server's own order is that of a hash table), and only those that are here.
fn without_absent(answer: Answer, names: &[String]) -> Answer {
    let is_sub = |item: &Answer| match item {
        Answer::Text(name) => name.contains('|') && !name.contains(' '),
        Answer::Array(parts) => matches!(parts.first(), Some(Answer::Text(name)) if name.contains('|')),
        _ => false,
    };
    let known = |item: &Answer| match item {
        Answer::Text(name) => names.contains(name),
        Answer::Array(parts) => matches!(parts.first(), Some(Answer::Text(name)) if names.contains(name)),
        _ => false,
    };
    let rest =
        |items: Vec<Answer>, names: &[String]| items.into_iter().map(|item| without_absent(item, names)).collect();
    match answer {
        Answer::Array(items) if !items.is_empty() && items.iter().all(is_sub) && items.len() > 1 => {
            let mut items: Vec<Answer> = items.into_iter().filter(known).collect();
            items.sort();
            Answer::Array(items)
        }
        // A map: of RESP3, or flat in RESP2.
        Answer::Array(items) | Answer::Aggregate(b'%', items)
            if items.len() > 1
                && is_sub(&items[0])
                && matches!(items[1], Answer::Array(_) | Answer::Aggregate(..)) =>
        {
            let mut pairs: Vec<(Answer, Answer)> = Vec::new();
            let mut items = items.into_iter();
            while let (Some(name), Some(value)) = (items.next(), items.next()) {
                pairs.extend(known(&name).then_some((name, value)));
            }
            pairs.sort();
            Answer::Array(pairs.into_iter().flat_map(|(name, value)| [name, value]).collect())
        }
        Answer::Array(items) => Answer::Array(rest(items, names)),
        Answer::Aggregate(kind, items) => Answer::Aggregate(kind, rest(items, names)),
        other => other,
    }
}

fn items(answer: Answer) -> Vec<Answer> {
    match answer {
        Answer::Array(items) => items,
        other => panic!("{other:?} is no array"),
    }
}

fn word(answer: Answer) -> String {
    match answer {
        Answer::Text(text) | Answer::Status(text) => text.replace("\\'", "'").replace("\\\"", "\""),
        Answer::Integer(number) => number.to_string(),
        other => panic!("{other:?} is no word"),
    }
}

fn words(answer: Answer) -> String {
    items(answer).into_iter().map(word).collect::<Vec<_>>().join(" ")
}

/// A map of RESP2: names and values in turn.
fn fields(answer: Answer) -> Vec<(String, Answer)> {
    let mut items = items(answer).into_iter();
    let mut fields = Vec::new();
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        fields.push((word(name), value));
    }
    fields
}

fn line(text: &mut String, sign: &str, rest: &str) {
    assert!(!rest.contains('\n'), "{rest:?} is several lines");
    if !rest.is_empty() {
        _ = writeln!(text, "{sign} {rest}");
    }
}

/// One command's lines.
fn block(pair: &mut Pair, name: &str, text: &mut String) {
    let mut ask = |question: &str| {
        let answer = pair.real.ask(&[program::read(&format!("COMMAND {question} {name}"))]).remove(0);
        items(answer)
    };
    let (info, docs) = (ask("INFO").remove(0), ask("DOCS").remove(1));
    line(text, "=", name);
    let mut info = items(info);
    let (keys, tips) = (info.remove(8), info.remove(7));
    let (categories, flags) = (info.remove(6), info.remove(2));
    line(text, "f", &words(flags));
    line(text, "@", &words(categories).replace('@', ""));
    items(tips).into_iter().for_each(|tip| line(text, "t", &word(tip)));
    items(keys).into_iter().for_each(|key| line(text, "k", &key_specification(key)));
    for (field, value) in fields(docs) {
        match &*field {
            "summary" => line(text, "m", &word(value)),
            "since" => line(text, "s", &word(value)),
            "complexity" => line(text, "O", &word(value)),
            "doc_flags" => line(text, "d", &words(value)),
            "deprecated_since" => line(text, "x", &word(value)),
            "replaced_by" => line(text, "r", &word(value)),
            "history" => items(value).into_iter().for_each(|entry| line(text, "h", &words(entry))),
            "arguments" => items(value).into_iter().for_each(|inner| argument(inner, "", text)),
            // These stand in the table.
            "group" | "subcommands" => {}
            other => panic!("{name} has {other}, of which told.rs knows nothing"),
        }
    }
}

fn key_specification(answer: Answer) -> String {
    let (mut parts, mut notes) = (Vec::new(), None);
    for (field, value) in fields(answer) {
        match &*field {
            "notes" => notes = Some(word(value)),
            "flags" => parts.push(words(value)),
            _ => parts.push(search(value)),
        }
    }
    parts.extend(notes);
    parts.join("|")
}

fn search(answer: Answer) -> String {
    let mut search = fields(answer).into_iter();
    let (kind, spec) = (search.next().expect("a type"), search.next().expect("its details"));
    let details = fields(spec.1).into_iter().map(|(_, value)| word(value));
    std::iter::once(word(kind.1)).chain(details).collect::<Vec<_>>().join(" ")
}

fn argument(answer: Answer, dots: &str, text: &mut String) {
    let (mut told, mut token, mut inner) = (Vec::new(), String::new(), Vec::new());
    for (field, value) in fields(answer) {
        match &*field {
            "name" | "type" => told.push(word(value)),
            "key_spec_index" => told.push(format!("key={}", word(value))),
            "since" => told.push(format!("since={}", word(value))),
            "deprecated_since" => told.push(format!("gone={}", word(value))),
            "flags" => told.push(words(value)),
            "token" => token = format!(" token={}", word(value)),
            "arguments" => inner = items(value),
            other => panic!("an argument has {other}, of which told.rs knows nothing"),
        }
    }
    _ = writeln!(text, "a {dots}{}{token}", told.join(" "));
    inner.into_iter().for_each(|item| argument(item, &format!("{dots}."), text));
}
