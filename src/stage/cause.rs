//! Why a message was sent: by which of Redis's rules, and because of which fact.
//!
//! Source: Redis 7.0, `cluster.c` (`clusterCron`, `clusterProcessPacket`, `markNodeAsFailingIfNeeded`,
//! `clusterRequestFailoverAuth`), `replication.c` (`replicationCron`).

use std::rc::Rc;

use super::journal::Journal;
use crate::cluster::bus::Body;
use crate::cluster::connection::{Payload, Port};
use crate::cluster::fact::{Fact, FactId, FactKind};
use crate::cluster::id::Place;
use crate::cluster::node::replication::ReplMessage;
use crate::cluster::time::SECOND;
use crate::cluster::world::{Letter, Pinged};
use crate::narrate::{self, span};
use crate::sim::timeline::{Act, FactLog};

/// What happened so far, to look a message's cause up in.
#[derive(Clone, Copy)]
pub struct Past<'a> {
    /// All facts kept.
    pub log: &'a FactLog,
    /// The sentences of the newest of them.
    pub journal: &'a Journal,
    /// All acts, those of a known future too.
    pub acts: &'a [Rc<Act>],
}

impl<'a> Past<'a> {
    /// A fact.
    pub fn fact(&self, id: FactId) -> Option<&'a Fact> {
        self.log.get(id)
    }

    /// Its sentence, with marks for the words of a voice: in the names of its moment while it is among the newest.
    pub fn sentence(&self, id: FactId) -> Option<String> {
        let told = self.journal.line(id).map(|line| line.text.to_string());
        told.or_else(|| Some(narrate::sentence(self.fact(id)?, self.journal.cast(), narrate::Voice::Marked)))
    }
}

/// The rule that a message was sent by, in a sentence; `to` is what its receiver is called.
pub fn rule(letter: &Letter, cause: Option<&FactKind>, to: &str) -> String {
    let by_itself = letter.cause.is_none();
    match &letter.payload {
        Payload::Bus(message) => bus(letter, &message.body, cause, to),
        Payload::Repl(message) => replication(message, by_itself).to_owned(),
        Payload::Request(argv) => match letter.flight.from {
            Place::Client(_) if argv.first().is_some_and(|word| word.eq_ignore_ascii_case(b"cluster")) => {
                "Typed, or asked by the client itself to learn the slot map anew.".to_owned()
            }
            Place::Client(_) => {
                "Typed; a smart client picks the node by the key's slot in its own map.".to_owned()
            }
            Place::Node(_) => "One node asks another, as MIGRATE does.".to_owned(),
            Place::Operator | Place::Outside => "A step of the operator's task.".to_owned(),
        },
        Payload::Reply(_) => "The answer to a request on this connection; answers keep their order.".to_owned(),
        Payload::Push(_) => format!("{to} had asked to be told (pub/sub, MONITOR or tracking)."),
        Payload::Open(Port::Bus) => {
            format!("clusterCron found no connection to {to}: ten times a second it opens those that are missing.")
        }
        Payload::Open(Port::Client) => "There was no connection yet.".to_owned(),
        Payload::Accepted => format!("{to} asked for the connection."),
        Payload::Closed { refused: true } => "Nothing listens on that port: the process does not run.".to_owned(),
        Payload::Closed { refused: false } => "This end closed the connection, or its process ended.".to_owned(),
        Payload::Speaks(_) => "HELLO changed the protocol of this connection.".to_owned(),
    }
}

fn bus(letter: &Letter, body: &Body, cause: Option<&FactKind>, to: &str) -> String {
    match body {
        Body::Ping(_) => match (letter.pinged, cause) {
            (_, Some(FactKind::WritesPaused { .. })) => {
                "Not by the timer: the replica is to learn the offset to catch up to at once.".to_owned()
            }
            (Some(Pinged::Connected), _) => {
                "Its connection was just made: the first thing on it is a PING.".to_owned()
            }
            (Some(Pinged::Silent(silent)), _) => {
                format!("Its timer: no PONG of {to} for {}, more than half of cluster-node-timeout.", span(silent))
            }
            (Some(Pinged::Chosen(silent)), _) => format!(
                "Its timer: once a second, of five nodes picked at random, the one whose last PONG is the oldest ({} ago).",
                span(silent)
            ),
            (None, _) => "Its timer, or a connection made anew.".to_owned(),
        },
        Body::Pong(_) => match cause {
            Some(FactKind::ElectionScheduled { .. }) => {
                "Not an answer: the copies of a failed master tell each other their offsets before the election."
                    .to_owned()
            }
            Some(FactKind::Promoted { .. }) => {
                "Not an answer: a new master tells everybody at once which slots it serves.".to_owned()
            }
            _ => format!("The answer to a PING or MEET of {to}."),
        },
        Body::Meet(_) => format!("CLUSTER MEET: the first word to {to}, whose name is not known yet."),
        Body::Fail(_) => {
            "Broadcast to all nodes at once: with its reports a majority of masters was reached.".to_owned()
        }
        Body::Publish { .. } | Body::PublishShard { .. } => {
            "PUBLISH passes a message on to the other nodes, for those who listen there.".to_owned()
        }
        Body::Update { .. } => {
            format!("{to} claimed slots in a heartbeat that have an owner with a newer configEpoch.")
        }
        Body::AuthRequest => "Broadcast: its wait is over and the election begins in a new epoch.".to_owned(),
        Body::AuthAck => {
            format!("The answer to a FAILOVER_AUTH_REQUEST of {to}: the one vote that it has in this epoch.")
        }
        Body::MfStart => "CLUSTER FAILOVER: the replica asks its master to let no writes in.".to_owned(),
    }
}

fn replication(message: &ReplMessage, by_itself: bool) -> &'static str {
    match message {
        ReplMessage::Psync { .. } => "The replica has its connection and asks to go on where it was.",
        ReplMessage::Continue { .. } | ReplMessage::FullResync { .. } => {
            "The answer to PSYNC: from the backlog, if that still has what is missing."
        }
        ReplMessage::Chunk { .. } | ReplMessage::Copy(_) => "A full copy is being sent, piece by piece.",
        ReplMessage::Stream(item) if by_itself && item.argv.first().is_some_and(|word| &**word == b"PING") => {
            "Its timer: repl-ping-replica-period, every 10 s."
        }
        ReplMessage::Stream(_) => "The master carried it out and passes it on.",
        ReplMessage::Ack(_) => "Its timer: once a second a replica says how far it is; or WAIT asked for it.",
    }
}

/// How long ago the cause was when the message left, if that was not at once.
pub fn since(letter: &Letter, cause: &Fact) -> Option<String> {
    let late = letter.flight.sent.saturating_sub(cause.at);
    (late >= SECOND / 10).then(|| format!("{} before it was sent", span(late)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::HostId;
    use crate::cluster::snapshot::FlightKind;
    use crate::cluster::time::MS;
    use crate::narrate::Voice;
    use crate::sim::timeline::Timeline;
    use crate::sim::{Action, Scenario};
    use crate::stage::told::Told;

    /// Runs until a message of this kind flies; why it was sent, by rule and by fact.
    fn first(line: &mut Timeline<Told>, wanted: impl Fn(&Letter) -> bool) -> (String, Option<String>) {
        for _ in 0..20_000 {
            let world = line.session().world();
            let flights = line.session().snapshot().flights;
            if let Some(letter) =
                flights.iter().filter_map(|flight| world.letter(flight.id)).find(|one| wanted(one))
            {
                let past =
                    Past { log: line.branch().facts(), journal: &line.fold().journal, acts: line.branch().acts() };
                let fact = letter.cause.and_then(|id| past.fact(id));
                let told = letter.cause.and_then(|id| past.sentence(id));
                let told = told.map(|text| Voice::Story.say(&text).into_owned());
                return (rule(&letter, fact.map(|fact| &fact.kind), "Shop 9"), told);
            }
            line.advance_to(line.now() + 5 * MS);
        }
        panic!("none flew");
    }

    fn open() -> Timeline<Told> {
        Timeline::new(&Scenario::first_city(), 1, |opened| Told::new(&opened.snapshot())).expect("it can be built")
    }

    #[test]
    fn messages_of_a_failover_lead_to_what_they_were_sent_for() {
        let mut line = open();
        line.act(Action::Kill(HostId(2)), "").expect("it runs");
        let kind = |kind: FlightKind| move |letter: &Letter| letter.flight.kind == kind;
        let (rule, told) = first(&mut line, kind(FlightKind::Fail));
        assert!(rule.starts_with("Broadcast to all nodes at once"), "{rule}");
        assert!(
            told.as_deref().is_some_and(|told| told.contains("declares Shop 3 failed (FAIL): 2 masters")),
            "{told:?}"
        );
        let (rule, told) = first(&mut line, kind(FlightKind::VoteRequest));
        assert!(rule.contains("the election begins"), "{rule}");
        assert!(told.as_deref().is_some_and(|told| told.starts_with("Backup 3 asks every master")), "{told:?}");
        let (rule, told) = first(&mut line, kind(FlightKind::Vote));
        assert!(rule.contains("the one vote that it has in this epoch"), "{rule}");
        assert!(told.as_deref().is_some_and(|told| told.contains("votes for Backup 3")), "{told:?}");
        let promoted = |letter: &Letter| letter.flight.kind == FlightKind::Pong && letter.cause.is_some();
        line.run_until(60 * SECOND, &|fact| matches!(fact.kind, FactKind::Promoted { .. }));
        let (rule, told) = first(&mut line, promoted);
        assert!(rule.starts_with("Not an answer: a new master"), "{rule}");
        // In the name of its moment: it is a shop by now.
        assert!(told.as_deref().is_some_and(|told| told.starts_with("Backup 3 is Shop 3 now")), "{told:?}");
    }

    #[test]
    fn a_ping_tells_which_timer_sent_it() {
        let mut line = open();
        let pinged = |wanted: fn(Pinged) -> bool| move |letter: &Letter| letter.pinged.is_some_and(wanted);
        let (rule, told) = first(&mut line, pinged(|why| matches!(why, Pinged::Chosen(_))));
        assert!(rule.contains("of five nodes picked at random") && told.is_none(), "{rule}");
        // A node that stood still has not heard of anybody for long.
        line.act(Action::Freeze(HostId(0)), "").expect("it runs");
        line.advance_to(line.now() + 9 * SECOND);
        line.act(Action::Thaw(HostId(0)), "").expect("it stands");
        let (rule, _) = first(&mut line, pinged(|why| matches!(why, Pinged::Silent(_))));
        assert!(rule.contains("more than half of cluster-node-timeout"), "{rule}");
        line.act(Action::Kill(HostId(1)), "").expect("it runs");
        line.advance_to(line.now() + SECOND);
        line.act(Action::Restart(HostId(1)), "").expect("it is down");
        let (rule, _) = first(&mut line, pinged(|why| why == Pinged::Connected));
        assert!(rule.contains("just made"), "{rule}");
    }
}
