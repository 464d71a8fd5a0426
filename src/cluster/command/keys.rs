//! Keys of any type: DEL, EXISTS, TYPE, KEYS, DBSIZE. Source: Redis 7.0, `db.c`.

use super::Data;
use super::argument::{count, is_word, syntax};
use super::table::{Keys, Spec, rows};
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = rows! { Generic:
    "del" -2 [Write] Keys::From(1), Data(del);
    "unlink" -2 [Write Fast] Keys::From(1), Data(del);
    "exists" -2 [Read Fast] Keys::From(1), Data(exists);
    "touch" -2 [Read Fast] Keys::From(1), Data(touch);
    "type" 2 [Read Fast] Keys::One(1), Data(type_of);
    "keys" 2 [Read] Keys::None, Data(keys);
    @Server "flushall" -1 [Write] Keys::None, Data(flush);
    @Server "flushdb" -1 [Write] Keys::None, Data(flush);
    @Server "dbsize" 1 [Read Fast] Keys::None, Data(dbsize);
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
        if data.peek(key).is_some() && data.store.remove(key).is_some() {
            removed += 1;
        }
    }
    if removed > 0 {
        data.pass_on(argv);
    }
    Reply::Integer(removed)
}

fn exists(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    count(argv[1..].iter().filter(|key| data.peek(key).is_some()).count())
}

fn touch(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    count(argv[1..].iter().filter(|key| data.get(key).is_some()).count())
}

fn type_of(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    Reply::status(data.peek(&argv[1]).map_or("none", |entry| entry.value.type_name()))
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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::glob;

    /// What a pattern asks for, sign by sign.
    enum Sign {
        Star,
        Any,
        /// One of these ranges, or none of them.
        Class(bool, Vec<(u8, u8)>),
    }

    /// The pattern read by Redis's rules, for [`matches`].
    fn signs(mut rest: &[u8]) -> Vec<Sign> {
        let mut signs = Vec::new();
        while let Some((&first, tail)) = rest.split_first() {
            rest = tail;
            signs.push(match first {
                b'*' => Sign::Star,
                b'?' => Sign::Any,
                b'[' => {
                    let negated = rest.first() == Some(&b'^');
                    rest = &rest[usize::from(negated)..];
                    let mut ranges = Vec::new();
                    loop {
                        let (range, taken) = match rest {
                            [] => break,
                            [b']', ..] => {
                                rest = &rest[1..];
                                break;
                            }
                            [b'\\', one, ..] => ((*one, *one), 2),
                            [low, b'-', high, ..] => ((*low.min(high), *low.max(high)), 3),
                            [one, ..] => ((*one, *one), 1),
                        };
                        ranges.push(range);
                        rest = &rest[taken..];
                    }
                    Sign::Class(negated, ranges)
                }
                b'\\' if !rest.is_empty() => {
                    let one = rest[0];
                    rest = &rest[1..];
                    Sign::Class(false, vec![(one, one)])
                }
                one => Sign::Class(false, vec![(one, one)]),
            });
        }
        signs
    }

    /// Tries everything that a star could take.
    fn matches(signs: &[Sign], text: &[u8]) -> bool {
        match (signs.split_first(), text.split_first()) {
            (None, first) => first.is_none(),
            (Some((Sign::Star, more)), _) => (0..=text.len()).any(|taken| matches(more, &text[taken..])),
            (Some(_), None) => false,
            (Some((Sign::Any, more)), Some((_, text))) => matches(more, text),
            (Some((Sign::Class(negated, ranges), more)), Some((byte, text))) => {
                ranges.iter().any(|(low, high)| (low..=high).contains(&byte)) != *negated && matches(more, text)
            }
        }
    }

    /// Few letters, so that patterns match now and then.
    fn word(letters: &'static [u8], most: usize) -> impl Strategy<Value = Vec<u8>> {
        let letter = prop_oneof![30 => prop::sample::select(letters), 1 => any::<u8>()];
        prop::collection::vec(letter, 0..most)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, rng_seed: RngSeed::Fixed(3), ..ProptestConfig::default() })]

        #[test]
        fn a_pattern_takes_what_its_signs_take(
            pattern in word(b"ab*?[]^-\\", 9), text in word(b"aabbc]-\\", 7)
        ) {
            prop_assert_eq!(glob(&pattern, &text), matches(&signs(&pattern), &text));
        }

        #[test]
        fn a_text_matches_itself_escaped(text in prop::collection::vec(any::<u8>(), 0..30)) {
            let escaped: Vec<u8> = text.iter().flat_map(|&byte| [b'\\', byte]).collect();
            prop_assert!(glob(&escaped, &text) && glob(b"*", &text));
        }
    }

    #[test]
    fn many_stars_do_not_take_forever() {
        assert!(!glob(&[&b"a*".repeat(2_000)[..], b"b"].concat(), &[b'a'; 20_000]));
    }
}
