//! The messages on their way, as an onlooker sees them: kind, ends, and a few words.

use super::{Flying, World};
use crate::cluster::bus::Body;
use crate::cluster::connection::Payload;
use crate::cluster::id::Place;
use crate::cluster::node::replication::ReplMessage;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::resp::Protocol;
use crate::cluster::slot::key_slot;
use crate::cluster::snapshot::{Flight, FlightKind};
use crate::cluster::time::Micros;

impl World {
    /// Everything on its way, oldest first; then what is held back.
    pub(super) fn flights(&self) -> Vec<Flight> {
        let mut flights: Vec<Flight> = Vec::new();
        for ((due, number), flying) in self.flying.iter() {
            flights.push(self.flight(number, flying, due, false));
        }
        for (index, flying) in self.held.iter().enumerate() {
            flights.push(self.flight(u64::MAX - index as u64, flying, self.now, true));
        }
        crate::cluster::order::sort_long_by_key(&mut flights, |flight| (flight.sent, flight.id));
        flights
    }

    /// At most so many of those of some kinds; the search ends early too.
    pub(super) fn some_flights(&self, most: usize, shows: &dyn Fn(FlightKind) -> bool) -> Vec<Flight> {
        let searched = self.flying.iter().take(10 * most).filter(|(_, flying)| shows(kind_of(&flying.payload)));
        let mut flights: Vec<Flight> =
            searched.take(most).map(|((due, number), flying)| self.flight(number, flying, due, false)).collect();
        crate::cluster::order::sort_long_by_key(&mut flights, |flight| (flight.sent, flight.id));
        flights
    }

    pub(super) fn flight(&self, id: u64, flying: &Flying, due: Micros, held: bool) -> Flight {
        let (from, to) = (flying.conn.source(flying.toward), flying.conn.target(flying.toward));
        let key = match &flying.payload {
            Payload::Request(argv) => first_key(argv),
            Payload::Repl(ReplMessage::Stream(item)) => first_key(&item.argv),
            _ => None,
        };
        let slot = key.map(key_slot);
        let node_end = |place| match place {
            Place::Node(host) => Some(self.machine(host).shard),
            Place::Client(_) | Place::Outside | Place::Operator => None,
        };
        Flight {
            id,
            kind: kind_of(&flying.payload),
            from,
            to,
            sent: flying.sent.saturating_sub(self.facts.opened_at),
            due: due.saturating_sub(self.facts.opened_at),
            held,
            shard: node_end(from).or(node_end(to)),
            slot,
            label: label_of(&flying.payload).into(),
        }
    }
}

fn first_key(argv: &[Blob]) -> Option<&[u8]> {
    let spec = crate::cluster::command::find(argv).ok()?;
    spec.keys.of(argv).next().map(|key| &key[..])
}

/// What kind of message a payload is.
pub(super) fn kind_of(payload: &Payload) -> FlightKind {
    match payload {
        Payload::Open(_) | Payload::Accepted | Payload::Speaks(_) | Payload::Closed { .. } => {
            FlightKind::Connection
        }
        Payload::Bus(message) => match message.body {
            Body::Ping(_) | Body::Meet(_) => FlightKind::Ping,
            Body::Pong(_) => FlightKind::Pong,
            Body::Fail(_) => FlightKind::Fail,
            Body::AuthRequest => FlightKind::VoteRequest,
            Body::AuthAck => FlightKind::Vote,
            Body::Update { .. } | Body::MfStart => FlightKind::Update,
            Body::Publish { .. } | Body::PublishShard { .. } => FlightKind::Update,
        },
        Payload::Repl(ReplMessage::Ack(_) | ReplMessage::Psync { .. }) => FlightKind::Ack,
        Payload::Repl(_) => FlightKind::Replication,
        Payload::Request(_) => FlightKind::Request,
        Payload::Reply(Reply::Error(text)) if text.starts_with("MOVED ") => FlightKind::Moved,
        Payload::Reply(Reply::Error(text)) if text.starts_with("ASK ") => FlightKind::Ask,
        Payload::Reply(Reply::Error(_)) => FlightKind::ErrorReply,
        Payload::Reply(_) | Payload::Push(_) => FlightKind::Reply,
    }
}

fn label_of(payload: &Payload) -> String {
    match payload {
        Payload::Open(_) => "connect".to_owned(),
        Payload::Accepted => "connected".to_owned(),
        Payload::Closed { refused: true } => "refused".to_owned(),
        Payload::Closed { refused: false } => "closed".to_owned(),
        Payload::Bus(message) => match &message.body {
            Body::Ping(_) => "PING".to_owned(),
            Body::Pong(_) => "PONG".to_owned(),
            Body::Meet(_) => "MEET".to_owned(),
            Body::Fail(_) => "FAIL".to_owned(),
            Body::MfStart => "MFSTART".to_owned(),
            Body::Publish { .. } => "PUBLISH".to_owned(),
            Body::PublishShard { .. } => "PUBLISHSHARD".to_owned(),
            Body::AuthRequest | Body::AuthAck => format!("epoch {}", message.header.current_epoch),
            Body::Update { config_epoch, .. } => format!("UPDATE, epoch {config_epoch}"),
        },
        Payload::Repl(message) => match message {
            ReplMessage::Stream(item) => words(&item.argv),
            ReplMessage::Ack(offset) => format!("ACK {offset}"),
            ReplMessage::Psync { .. } => "PSYNC".to_owned(),
            ReplMessage::Continue { .. } => "CONTINUE".to_owned(),
            ReplMessage::FullResync { .. } => "FULLRESYNC".to_owned(),
            ReplMessage::Chunk { .. } | ReplMessage::Copy(_) => "copy".to_owned(),
        },
        Payload::Request(argv) => words(argv),
        Payload::Speaks(protocol) => if *protocol == Protocol::Resp3 { "HELLO 3" } else { "HELLO 2" }.to_owned(),
        Payload::Reply(reply) | Payload::Push(reply) => {
            clipped(&reply.lines(Protocol::Resp2).into_iter().next().unwrap_or_default())
        }
    }
}

/// The first two words of a command.
fn words(argv: &[Blob]) -> String {
    let shown: Vec<_> = argv.iter().take(2).map(|word| String::from_utf8_lossy(word)).collect();
    clipped(&shown.join(" "))
}

fn clipped(text: &str) -> String {
    const MOST: usize = 28;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
}
