//! What of an answer is compared. Everything, but for what may differ between two servers that both do right:
//!
//! - the order of sets' members, of hashes' fields, of `KEYS` and of settings: compared in sorted order;
//! - members picked by chance (`SRANDMEMBER` and its like): compared by how many there are;
//! - cursors of the SCAN family: programs scan small collections whole, and compare what is found;
//! - memory, idle times and the bytes of `DUMP`: compared by their kind;
//! - what `SORT … BY` leaves in no order of its own: compared in sorted order;
//! - times left: compared in steps of ten seconds; dates and what is left until them, by their sign, for the city has a
//!   calendar of its own.

use crate::answer::Answer;
use crate::program::Command;

/// The part of an answer that both must agree on.
pub(crate) fn comparable(command: &Command, answer: Answer) -> Answer {
    let word = |at: usize| command.get(at).map(|word| word.to_ascii_uppercase()).unwrap_or_default();
    match &*word(0) {
        b"SMEMBERS" | b"SINTER" | b"SUNION" | b"SDIFF" | b"HKEYS" | b"HVALS" | b"KEYS" | b"SPOP" => {
            sorted(answer, 1)
        }
        b"HGETALL" => sorted(answer, 2),
        b"CONFIG" if word(1) == b"GET" => sorted(answer, 2),
        b"SCAN" if word(3) != b"1000" => kind(answer, true),
        b"SSCAN" | b"SCAN" => found(answer, 1),
        b"HSCAN" | b"ZSCAN" => found(answer, 2),
        b"SRANDMEMBER" | b"HRANDFIELD" | b"ZRANDMEMBER" | b"RANDOMKEY" | b"DUMP" => kind(answer, true),
        b"MEMORY" => kind(answer, false),
        b"OBJECT" if word(1) == b"IDLETIME" => kind(answer, false),
        b"TTL" => steps(answer, 10),
        b"PTTL" => steps(answer, 10_000),
        b"EXPIRETIME" => date(answer, 9_999_999_999),
        b"PEXPIRETIME" => date(answer, 9_999_999_999_999),
        b"SORT" | b"SORT_RO" if has_no_order(command) => sorted(answer, 1),
        _ => answer,
    }
}

/// The answers of a transaction, each as that of its command.
pub(crate) fn transaction(queued: &[&Command], answer: Answer) -> Answer {
    match answer {
        Answer::Array(items) if items.len() == queued.len() => {
            let each = queued.iter().zip(items).map(|(command, item)| comparable(command, item));
            Answer::Array(each.collect())
        }
        other => other,
    }
}

/// Sorted by nothing, or by texts of which several may be equal: then any order of those is right.
fn has_no_order(command: &Command) -> bool {
    let says = |wanted: &[u8]| command.iter().position(|word| word.eq_ignore_ascii_case(wanted));
    let pattern = says(b"by").and_then(|at| command.get(at + 1));
    pattern.is_some_and(|pattern| !pattern.contains(&b'*') || says(b"alpha").is_some())
}

/// Sorted in groups of so many.
fn sorted(answer: Answer, group: usize) -> Answer {
    let in_order = |items: Vec<Answer>| {
        let mut groups: Vec<&[Answer]> = items.chunks(group).collect();
        groups.sort();
        groups.concat()
    };
    match answer {
        Answer::Array(items) => Answer::Array(in_order(items)),
        Answer::Aggregate(kind, items) => Answer::Aggregate(kind, in_order(items)),
        other => other,
    }
}

fn found(answer: Answer, group: usize) -> Answer {
    match answer {
        Answer::Array(mut parts) if parts.len() == 2 => sorted(parts.remove(1), group),
        other => other,
    }
}

/// What kind of answer it is, and of an array how long.
fn kind(answer: Answer, length: bool) -> Answer {
    match answer {
        Answer::Text(_) => Answer::Text(String::new()),
        Answer::Integer(_) => Answer::Integer(0),
        Answer::Array(items) if length => Answer::Integer(items.len() as i64),
        other => other,
    }
}

fn steps(answer: Answer, step: i64) -> Answer {
    match answer {
        Answer::Integer(number) if number > 50_000_000 * (step / 10) => Answer::Integer(1),
        Answer::Integer(number) if number > 0 => Answer::Integer((number + step / 2) / step),
        other => other,
    }
}

fn date(answer: Answer, fixed: i64) -> Answer {
    match answer {
        Answer::Integer(number) if number > 0 && number != fixed => Answer::Integer(1),
        other => other,
    }
}
