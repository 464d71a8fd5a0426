//! The one place that turns a fact into a sentence, in the words of a voice. Uses `cluster` only.
//!
//! A sentence uses the names of its fact's moment: a [`Cast`] notes every fact and so knows who was what.

mod about;
mod cast;
mod people;
mod sentences;
mod terms;
mod weight;
mod why;

use crate::cluster::id::{HostId, RackId};
use crate::cluster::snapshot::Snapshot;
use crate::cluster::time::{MS, Micros, SECOND};
pub use about::{About, about, abouts};
pub use cast::Cast;
pub use terms::{Term, Voice};
pub use weight::{Weight, mark, weight};
pub use why::{is_act, origin};

use crate::cluster::fact::Fact;

/// One sentence for a fact, in the names of its moment. `cast` must have noted every earlier fact, and not this one.
pub fn sentence(fact: &Fact, cast: &Cast, voice: Voice) -> String {
    let words = Words { cast, voice };
    people::sentence(&fact.kind, words).unwrap_or_else(|| sentences::sentence(&fact.kind, words))
}

/// A node's name at the moment of a snapshot. See [`Cast::name`].
pub fn name(host: HostId, now: &Snapshot, voice: Voice) -> String {
    Cast::new(now).name(host, voice)
}

/// A span of time for people: `180 ms`, `15.2 s`, `2 min 5 s`.
pub fn span(time: Micros) -> String {
    match time {
        1..MS => format!("0.{} ms", time * 10 / MS),
        0..SECOND => format!("{} ms", time / MS),
        SECOND..60_000_000 => format!("{}.{} s", time / SECOND, time % SECOND / (100 * MS)),
        _ => format!("{} min {} s", time / (60 * SECOND), time / SECOND % 60),
    }
}

/// `1 key`, `5,461 keys`.
pub fn counted(number: impl Into<u64>, one: &str) -> String {
    match number.into() {
        1 => format!("1 {one}"),
        more => format!("{} {one}s", thousands(more)),
    }
}

/// A number with thousands set apart: `16,384`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Names and voice, handed through the sentences.
#[derive(Clone, Copy)]
struct Words<'a> {
    cast: &'a Cast,
    voice: Voice,
}

impl<'a> Words<'a> {
    fn name(&self, host: HostId) -> String {
        self.cast.name(host, self.voice)
    }

    fn shard(&self, host: HostId) -> u16 {
        self.cast.shard(host)
    }

    fn address(&self, host: HostId) -> &'a str {
        self.cast.address(host)
    }

    fn rack(&self, rack: RackId) -> String {
        self.cast.rack(rack, self.voice)
    }

    fn word(&self, term: Term) -> &'static str {
        self.voice.word(term)
    }
}
