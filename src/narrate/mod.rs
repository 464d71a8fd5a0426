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

use crate::cluster::id::{CommandId, HostId, RackId};
use crate::cluster::reply::Blob;
use crate::cluster::snapshot::Snapshot;
use crate::cluster::time::{MS, Micros, SECOND};
pub use about::{About, about, abouts};
pub use cast::Cast;
pub use terms::{Term, Voice};
pub use weight::{Weight, mark, weight};
pub use why::{is_act, is_timer, origin};

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

    /// The words that were typed as this command, while it waits for its answer.
    fn typed(&self, command: CommandId) -> Option<&'a [Blob]> {
        self.cast.typed(command)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fact::FactKind;
    use crate::cluster::id::ClientId;
    use crate::sim::{Action, Scenario, Session};

    /// The sentences of a session's facts, each in the names of its moment.
    fn told(session: &Session, mut cast: Cast, wanted: impl Fn(&FactKind) -> bool) -> Vec<String> {
        let mut said = Vec::new();
        for fact in session.facts() {
            if wanted(&fact.kind) {
                said.push(sentence(fact, &cast, Voice::Story));
            }
            cast.note(fact);
        }
        said
    }

    #[test]
    fn an_answer_says_what_was_asked() {
        let mut session = Session::new(&Scenario::first_city(), 7).expect("it can be built");
        let cast = Cast::new(&session.snapshot());
        for line in ["SET user:123 Ada", "GET user:123", "GET nothing", "CLUSTER SETSLOT 1 STABLE"] {
            let line = line.into();
            session
                .act(Action::Command { client: ClientId(0), target: Some(HostId(2)), line })
                .expect("it is taken");
        }
        session.advance_to(5 * SECOND);
        let said = told(&session, cast, |kind| matches!(kind, FactKind::Answered { .. }));
        assert_eq!(said[0], "Shop 3 answers SET user:123 Ada: OK.");
        assert_eq!(said[1], "Shop 3 answers GET user:123: \"Ada\".");
        assert!(said[2].starts_with("Shop 3 answers GET nothing: MOVED "), "{said:?}");
        assert_eq!(said[3], "Shop 3 answers CLUSTER SETSLOT 1 STABLE: OK.");
    }

    #[test]
    fn nobody_is_blamed_for_a_connection_that_breaks_with_a_dropped_request() {
        let mut session = Session::new(&Scenario::first_city(), 7).expect("it can be built");
        let cast = Cast::new(&session.snapshot());
        let line = "SET user:123 Ada".into();
        session.act(Action::Command { client: ClientId(0), target: Some(HostId(2)), line }).expect("it is taken");
        let request = |session: &Session| {
            let flights = session.snapshot().flights;
            flights.into_iter().find(|flight| flight.kind == crate::cluster::snapshot::FlightKind::Request)
        };
        while request(&session).is_none() {
            session.advance_to(session.now() + MS);
        }
        let request = request(&session).expect("it flies").id;
        session.act(Action::LoseMessage(request)).expect("it is on its way");
        session.advance_to(session.now() + SECOND);
        let said = told(&session, cast, |kind| matches!(kind, FactKind::Unanswered { .. }));
        assert_eq!(said, ["Your client's connection to Shop 3 breaks."]);
    }

    #[test]
    fn of_two_backups_it_is_said_which_one_takes_over_and_whom_the_old_shop_is_now() {
        let mut scenario = Scenario::first_city();
        scenario.plan.replicas = 2;
        let mut session = Session::new(&scenario, 7).expect("it can be built");
        let cast = Cast::new(&session.snapshot());
        session.act(Action::Kill(HostId(2))).expect("it runs");
        session.advance_to(60 * SECOND);
        session.act(Action::Restart(HostId(2))).expect("it is down");
        session.advance_to(90 * SECOND);
        let said = told(&session, cast, |kind| {
            matches!(kind, FactKind::Promoted { .. })
                || matches!(kind, FactKind::BecameReplica { host: HostId(2), .. })
        });
        assert!(
            said[0].starts_with("Backup 3a is Shop 3 now") || said[0].starts_with("Backup 3b is Shop 3 now"),
            "{said:?}"
        );
        assert!(
            said[1].starts_with("Old shop 3 (10.0.3.1:6379) follows Shop 3 from now on: it is a backup."),
            "{said:?}"
        );
    }
}
