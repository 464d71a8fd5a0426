//! Where a command's keys stand among its words. Source: Redis 7.0, `db.c`, `getKeysFromCommand`.

use super::argument::is_word;
use crate::cluster::reply::Blob;

/// Where the keys stand among the arguments. Position 0 is the command's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// No keys: served by whichever node is asked.
    None,
    /// One key.
    One(usize),
    /// This argument and the next.
    Two(usize),
    /// Every argument from there on.
    From(usize),
    /// Every argument from there on but the last, which is a timeout.
    ButLast(usize),
    /// Every second argument from there on.
    Pairs(usize),
    /// That argument tells how many keys follow it.
    Counted(usize),
    /// The first argument, and those that the second counts.
    StoreCounted,
    /// The first argument, and what follows STORE.
    Sort,
    /// MIGRATE: the third argument, or what follows KEYS where that is empty.
    Migrate,
}

impl Keys {
    /// The first of the keys among `argv`.
    pub fn first<'a>(&self, argv: &'a [Blob]) -> Option<&'a Blob> {
        match *self {
            Self::One(at) => argv.get(at),
            _ => self.of(argv).next(),
        }
    }

    /// The keys among `argv`.
    pub fn of<'a>(&self, argv: &'a [Blob]) -> impl Iterator<Item = &'a Blob> + use<'a> {
        let words = argv.len();
        let counted = |at: usize| {
            let keys = argv.get(at).and_then(|word| usize::try_from(leading_integer(word)).ok());
            keys.filter(|&keys| keys > 0 && keys < words - at)
        };
        let (mut before, mut after) = (None, None);
        let (first, step, most) = match *self {
            Self::None => (words, 1, 0),
            Self::One(at) => (at, 1, 1),
            Self::Two(at) => (at, 1, 2),
            Self::From(at) => (at, 1, usize::MAX),
            Self::ButLast(at) => (at, 1, words.saturating_sub(at + 1)),
            Self::Pairs(at) => (at, 2, usize::MAX),
            Self::Counted(at) => (at + 1, 1, counted(at).unwrap_or(0)),
            Self::StoreCounted => {
                let keys = counted(2);
                before = argv.get(1).filter(|_| keys.is_some());
                (3, 1, keys.unwrap_or(0))
            }
            Self::Sort => {
                let store = argv.iter().skip(2).rposition(|word| is_word(word, "store"));
                after = store.and_then(|at| argv.get(at + 3));
                (1, 1, 1)
            }
            Self::Migrate => match argv.get(3) {
                Some(key) if !key.is_empty() => (3, 1, 1),
                _ => {
                    let word = argv.iter().position(|word| is_word(word, "keys"));
                    (word.map_or(words, |at| at + 1), 1, usize::MAX)
                }
            },
        };
        before.into_iter().chain(argv.iter().skip(first).step_by(step).take(most)).chain(after)
    }

    /// First key, last key and step as `COMMAND INFO` tells them; zeros where they move or there are none.
    pub fn range(&self) -> (i64, i64, i64) {
        match *self {
            Self::None | Self::Counted(_) => (0, 0, 0),
            Self::One(at) => (at as i64, at as i64, 1),
            Self::Two(at) => (at as i64, at as i64 + 1, 1),
            Self::From(at) => (at as i64, -1, 1),
            Self::ButLast(at) => (at as i64, -2, 1),
            Self::Pairs(at) => (at as i64, -1, 2),
            Self::StoreCounted | Self::Sort => (1, 1, 1),
            Self::Migrate => (3, 3, 1),
        }
    }
}

/// The number that a word begins with, as C's `atoi` reads it: looser than what the command itself will take.
fn leading_integer(word: &[u8]) -> i64 {
    let trimmed = word.trim_ascii_start();
    let (digits, sign) = match trimmed.split_first() {
        Some((b'-', rest)) => (rest, -1),
        Some((b'+', rest)) => (rest, 1),
        _ => (trimmed, 1),
    };
    let digits = digits.iter().take_while(|digit| digit.is_ascii_digit()).take(10);
    sign * digits.fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
}
