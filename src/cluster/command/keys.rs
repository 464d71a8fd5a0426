//! Keys of any type: DEL, EXISTS, TYPE, KEYS, DBSIZE. Source: Redis 7.0, `db.c`.

use super::Data;
use super::argument::{is_word, syntax};
use super::table::{Flag, Group, Handler, Keys, Spec};
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = &[
    Spec {
        name: "del",
        arity: -2,
        flags: &[Flag::Write],
        keys: Keys::From(1),
        group: Group::Generic,
        syntax: "key [key ...]",
        summary: "Delete a key",
        since: "1.0.0",
        complexity: "O(N) where N is the number of keys that will be removed",
        run: Handler::Data(del),
    },
    Spec {
        name: "exists",
        arity: -2,
        flags: &[Flag::Read, Flag::Fast],
        keys: Keys::From(1),
        group: Group::Generic,
        syntax: "key [key ...]",
        summary: "Determine if a key exists",
        since: "1.0.0",
        complexity: "O(N) where N is the number of keys to check",
        run: Handler::Data(exists),
    },
    Spec {
        name: "type",
        arity: 2,
        flags: &[Flag::Read, Flag::Fast],
        keys: Keys::One(1),
        group: Group::Generic,
        syntax: "key",
        summary: "Determine the type stored at key",
        since: "1.0.0",
        complexity: "O(1)",
        run: Handler::Data(type_of),
    },
    Spec {
        name: "keys",
        arity: 2,
        flags: &[Flag::Read],
        keys: Keys::None,
        group: Group::Generic,
        syntax: "pattern",
        summary: "Find all keys matching the given pattern",
        since: "1.0.0",
        complexity: "O(N) with N being the number of keys in the database",
        run: Handler::Data(keys),
    },
    Spec { name: "flushall", summary: "Remove all keys from all databases", ..FLUSH },
    Spec { name: "flushdb", summary: "Remove all keys from the current database", ..FLUSH },
    Spec {
        name: "dbsize",
        arity: 1,
        flags: &[Flag::Read, Flag::Fast],
        keys: Keys::None,
        group: Group::Server,
        syntax: "",
        summary: "Return the number of keys in the selected database",
        since: "1.0.0",
        complexity: "O(1)",
        run: Handler::Data(dbsize),
    },
];

const FLUSH: Spec = Spec {
    name: "",
    arity: -1,
    flags: &[Flag::Write],
    keys: Keys::None,
    group: Group::Server,
    syntax: "[ASYNC|SYNC]",
    summary: "",
    since: "1.0.0",
    complexity: "O(N) where N is the total number of keys",
    run: Handler::Data(flush),
};

/// Empties this node; a cluster has no command that empties all of them.
fn flush(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    let fits = match &argv[1..] {
        [] => true,
        [word] => is_word(word, "ASYNC") || is_word(word, "SYNC"),
        _ => false,
    };
    if !fits {
        return syntax();
    }
    data.store.clear();
    data.pass_on(argv);
    Reply::ok()
}

fn del(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    let mut removed = 0;
    for key in &argv[1..] {
        // Looking first lets an expired key be removed as expired: it does not count.
        if data.get(key).is_some() && data.store.remove(key).is_some() {
            removed += 1;
        }
    }
    if removed > 0 {
        data.pass_on(argv);
    }
    Reply::Integer(removed)
}

fn exists(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    Reply::Integer(argv[1..].iter().filter(|key| data.get(key).is_some()).count() as i64)
}

fn type_of(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    Reply::status(data.get(&argv[1]).map_or("none", |value| value.type_name()))
}

fn keys(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    let now = data.now;
    let live = data.store.iter().filter(|(_, entry)| !entry.is_expired(now));
    let matching = live.filter(|(key, _)| glob(&argv[1], key)).map(|(key, _)| Reply::Bulk(key.clone()));
    Reply::Array(matching.collect())
}

fn dbsize(data: &mut Data<'_>, _argv: &[Blob]) -> Reply {
    Reply::Integer(data.store.len().into())
}

/// Whether `text` matches a pattern of `*`, `?`, `[a-c]`, `[^a]` and `\x`.
///
/// Runs in time proportional to the product of the lengths, whatever the pattern.
/// Source: Redis 7.0, `util.c`, `stringmatchlen`, for what the signs mean.
pub(in crate::cluster) fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p + 1, t));
            p += 1;
            continue;
        }
        if t == text.len() && p == pattern.len() {
            return true;
        }
        let next = if t < text.len() { one(pattern, p, text[t]) } else { None };
        if let Some(next) = next {
            p = next;
            t += 1;
            continue;
        }
        // Dead end: let the last star take one more byte.
        match star {
            Some((after, from)) if from < text.len() => {
                star = Some((after, from + 1));
                p = after;
                t = from + 1;
            }
            _ => return false,
        }
    }
}

/// Where the pattern goes on if its next sign matches `byte`.
fn one(pattern: &[u8], p: usize, byte: u8) -> Option<usize> {
    match (pattern.get(p)?, pattern.get(p + 1)) {
        (b'?', _) => Some(p + 1),
        (b'[', _) => class(pattern, p + 1, byte),
        (b'\\', Some(&escaped)) => (escaped == byte).then_some(p + 2),
        (&literal, _) => (literal == byte).then_some(p + 1),
    }
}

/// A class such as `[a-c]`; one that is never closed ends with the pattern.
fn class(pattern: &[u8], mut p: usize, byte: u8) -> Option<usize> {
    let negated = pattern.get(p) == Some(&b'^');
    if negated {
        p += 1;
    }
    let mut hit = false;
    loop {
        match (pattern.get(p), pattern.get(p + 1), pattern.get(p + 2)) {
            (None, ..) => break,
            (Some(b']'), ..) => {
                p += 1;
                break;
            }
            (Some(b'\\'), Some(&escaped), _) => {
                hit |= escaped == byte;
                p += 2;
            }
            (Some(&low), Some(b'-'), Some(&high)) => {
                hit |= (low.min(high)..=low.max(high)).contains(&byte);
                p += 3;
            }
            (Some(&literal), ..) => {
                hit |= literal == byte;
                p += 1;
            }
        }
    }
    (hit != negated).then_some(p)
}
