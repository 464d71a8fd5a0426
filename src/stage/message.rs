//! A message opened: its fields in Redis's terms, as its sender filled them in.
//!
//! Source: Redis 7.0, `cluster.h` (`clusterMsg`, `clusterMsgDataGossip`), `replication.c`.

use super::words;
use crate::cluster::bus::{Body, Gossip, Header, Message};
use crate::cluster::connection::{Payload, Port};
use crate::cluster::id::{HostId, NodeId};
use crate::cluster::node::replication::{ReplId, ReplMessage};
use crate::cluster::node::view::Flags;
use crate::cluster::reply::quoted;
use crate::cluster::resp::Protocol;
use crate::cluster::snapshot::Snapshot;
use crate::cluster::time::{Micros, SECOND};
use crate::cluster::world::Letter;
use crate::narrate::{self, Voice};

/// At most so many entries of gossip and words of a command are written out.
const MOST: usize = 16;

/// A field: its name in Redis's terms, and its value.
pub type Field = (&'static str, String);

/// The fields of a message. Where it comes from, where it goes and when stand in its flight.
pub fn fields(letter: &Letter, snapshot: &Snapshot, voice: Voice) -> Vec<Field> {
    match &letter.payload {
        Payload::Bus(message) => Names { snapshot, voice, sent: letter.sent_by_clock }.bus(message),
        Payload::Repl(message) => replication(message),
        Payload::Request(argv) => {
            let mut shown: Vec<String> = argv.iter().take(MOST).map(|word| quoted(word)).collect();
            if argv.len() > MOST {
                shown.push("…".to_owned());
            }
            vec![("Arguments", shown.join(" "))]
        }
        Payload::Reply(reply) | Payload::Push(reply) => {
            vec![("Reply", reply.lines(Protocol::Resp2).into_iter().take(MOST).collect::<Vec<_>>().join("\n"))]
        }
        Payload::Open(port) => vec![("TCP", format!("SYN to the {} port", port_name(*port)))],
        Payload::Accepted => vec![("TCP", "connection accepted".to_owned())],
        Payload::Closed { refused: true } => vec![("TCP", "RST: nobody listens".to_owned())],
        Payload::Closed { refused: false } => vec![("TCP", "FIN: the connection ends".to_owned())],
        Payload::Speaks(protocol) => vec![("Protocol", format!("{protocol:?}"))],
    }
}

fn port_name(port: Port) -> &'static str {
    match port {
        Port::Bus => "bus",
        Port::Client => "client",
    }
}

/// A replication id as `INFO` writes it.
fn hex(id: &ReplId) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn replication(message: &ReplMessage) -> Vec<Field> {
    match message {
        ReplMessage::Psync { replid, offset, .. } => {
            vec![("Command", "PSYNC".to_owned()), ("replid", hex(replid)), ("offset", (offset + 1).to_string())]
        }
        ReplMessage::Continue { replid } => {
            vec![("Reply", "+CONTINUE".to_owned()), ("replid", hex(replid))]
        }
        ReplMessage::FullResync { replid, offset, bytes } => vec![
            ("Reply", "+FULLRESYNC".to_owned()),
            ("replid", hex(replid)),
            ("offset", offset.to_string()),
            ("bytes to come", words::thousands(*bytes)),
        ],
        ReplMessage::Chunk { bytes } => vec![("part of the RDB", format!("{} bytes", words::thousands(*bytes)))],
        ReplMessage::Copy(store) => vec![("last part of the RDB", narrate::counted(store.len(), "key"))],
        ReplMessage::Stream(item) => {
            let shown: Vec<String> = item.argv.iter().take(MOST).map(|word| quoted(word)).collect();
            vec![("Command", shown.join(" "))]
        }
        ReplMessage::Ack(offset) => vec![("REPLCONF ACK", offset.to_string())],
    }
}

/// Who is who.
struct Names<'a> {
    snapshot: &'a Snapshot,
    voice: Voice,
    /// When the message was sent, by the nodes' clocks.
    sent: Micros,
}

impl Names<'_> {
    fn host(&self, host: HostId) -> String {
        words::name_of(self.snapshot, host, self.voice)
    }

    fn id(&self, id: NodeId) -> String {
        let known = self.snapshot.nodes.iter().find(|node| node.id == id);
        known.map_or_else(|| format!("{}…", &id.to_string()[..8]), |node| self.host(node.host))
    }

    fn bus(&self, message: &Message) -> Vec<Field> {
        let Header { sender, current_epoch, config_epoch, offset, slots, master, .. } = &message.header;
        let mut fields = vec![
            ("type", type_name(&message.body).to_owned()),
            ("sender", format!("{} ({}…)", self.id(*sender), &sender.to_string()[..8])),
            ("flags", own_flags(&message.header)),
            ("currentEpoch", current_epoch.to_string()),
            ("configEpoch", config_epoch.to_string()),
            ("offset", offset.to_string()),
            (
                "myslots",
                format!("{} ({})", words::slot_list(&slots.ranges()), narrate::counted(slots.len(), "slot")),
            ),
            ("slaveof", master.map_or_else(|| "-".to_owned(), |master| self.id(master))),
            ("state", if message.header.cluster_ok { "ok" } else { "fail" }.to_owned()),
        ];
        let mflags = [(message.header.paused, "PAUSED"), (message.header.force_ack, "FORCEACK")];
        let mflags: Vec<&str> = mflags.into_iter().filter(|(set, _)| *set).map(|(_, name)| name).collect();
        if !mflags.is_empty() {
            fields.push(("mflags", mflags.join(", ")));
        }
        fields.extend(self.data(&message.body));
        fields
    }

    fn data(&self, body: &Body) -> Vec<Field> {
        match body {
            Body::Ping(gossip) | Body::Pong(gossip) | Body::Meet(gossip) => self.gossip(gossip),
            Body::Fail(id) => vec![("about", self.id(*id))],
            Body::Publish { channel, message } | Body::PublishShard { channel, message } => {
                vec![("channel", quoted(channel)), ("message", quoted(message))]
            }
            Body::Update { owner, config_epoch, slots } => vec![
                ("about", self.id(*owner)),
                ("its configEpoch", config_epoch.to_string()),
                ("its slots", words::slot_list(&slots.ranges())),
            ],
            Body::AuthRequest | Body::AuthAck | Body::MfStart => Vec::new(),
        }
    }

    fn gossip(&self, gossip: &[Gossip]) -> Vec<Field> {
        let mut fields =
            vec![("count", narrate::counted(gossip.len() as u64, "entry").replace("entrys", "entries"))];
        fields.extend(gossip.iter().take(MOST).map(|entry| {
            let flags = flags(entry.flags);
            // Gossip carries whole seconds, one more than the second.
            let heard = match entry.pong_second.checked_sub(1) {
                None => "no PONG yet".to_owned(),
                Some(second) => match (self.sent / SECOND).saturating_sub(second.into()) {
                    0 => "last PONG in the second it was sent".to_owned(),
                    ago => format!("last PONG {ago} s before it was sent"),
                },
            };
            ("gossip", format!("{}: {flags}, {heard}", self.host(entry.addr)))
        }));
        fields
    }
}

/// The type as `cluster.h` names it, without `CLUSTERMSG_TYPE_`.
fn type_name(body: &Body) -> &'static str {
    match body {
        Body::Ping(_) => "PING",
        Body::Pong(_) => "PONG",
        Body::Meet(_) => "MEET",
        Body::Fail(_) => "FAIL",
        Body::Publish { .. } => "PUBLISH",
        Body::PublishShard { .. } => "PUBLISHSHARD",
        Body::AuthRequest => "FAILOVER_AUTH_REQUEST",
        Body::AuthAck => "FAILOVER_AUTH_ACK",
        Body::MfStart => "MFSTART",
        Body::Update { .. } => "UPDATE",
    }
}

/// What a sender says of itself.
fn own_flags(header: &Header) -> String {
    let role = if header.replica || header.master.is_some() { "slave" } else { "master" };
    if header.no_failover { format!("{role},nofailover") } else { role.to_owned() }
}

/// Flags as `CLUSTER NODES` writes them.
fn flags(flags: Flags) -> String {
    let mut names = vec![if flags.any(Flags::REPLICA) { "slave" } else { "master" }];
    let others = [
        (Flags::PFAIL, "fail?"),
        (Flags::FAIL, "fail"),
        (Flags::HANDSHAKE, "handshake"),
        (Flags::NOADDR, "noaddr"),
    ];
    names.extend(others.into_iter().filter(|(flag, _)| flags.any(*flag)).map(|(_, name)| name));
    names.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fact::FactKind;
    use crate::cluster::snapshot::FlightKind;
    use crate::cluster::time::MS;
    use crate::sim::{Action, Scenario, Session};

    /// Runs until a message of this kind flies, and opens it.
    fn opened(session: &mut Session, kind: FlightKind) -> (Letter, Vec<Field>) {
        for _ in 0..20_000 {
            let snapshot = session.snapshot();
            if let Some(flight) = snapshot.flights.iter().find(|flight| flight.kind == kind) {
                let letter = session.world().letter(flight.id).expect("it flies");
                assert_eq!(letter.flight, *flight);
                let fields = fields(&letter, &snapshot, Voice::Story);
                return (letter, fields);
            }
            session.advance_to(session.now() + 5 * MS);
        }
        panic!("no {kind:?}");
    }

    fn value<'a>(fields: &'a [Field], name: &str) -> &'a str {
        fields.iter().find(|(field, _)| *field == name).map_or("", |(_, value)| value)
    }

    #[test]
    fn a_failover_can_be_read_from_its_messages() {
        let mut session = Session::new(&Scenario::first_city(), 1).unwrap();
        let (_, ping) = opened(&mut session, FlightKind::Ping);
        assert_eq!((value(&ping, "type"), value(&ping, "state")), ("PING", "ok"));
        assert!(value(&ping, "gossip").contains(": ") && value(&ping, "count").contains("entr"), "{ping:#?}");
        let heard = ping.iter().filter(|(_, value)| value.contains("last PONG"));
        assert!(
            heard.clone().count() > 0 && heard.clone().all(|(_, value)| value.ends_with("it was sent")),
            "{ping:#?}"
        );
        session.act(Action::Kill(HostId(2))).unwrap();
        let (letter, fail) = opened(&mut session, FlightKind::Fail);
        assert_eq!((value(&fail, "type"), value(&fail, "about")), ("FAIL", "Shop 3"), "{fail:#?}");
        let cause = session.facts().iter().find(|fact| Some(fact.id) == letter.cause).expect("its cause");
        assert!(matches!(cause.kind, FactKind::Failed { .. }), "{cause:?}");
        let (_, ask) = opened(&mut session, FlightKind::VoteRequest);
        let of = |name: &str| value(&ask, name);
        assert_eq!((of("type"), of("flags"), of("currentEpoch")), ("FAILOVER_AUTH_REQUEST", "slave", "7"));
        assert_eq!((of("myslots"), of("configEpoch")), ("10923–16383 (5,461 slots)", "3"), "its master's");
        let (_, vote) = opened(&mut session, FlightKind::Vote);
        assert_eq!((value(&vote, "type"), value(&vote, "currentEpoch")), ("FAILOVER_AUTH_ACK", "7"));
    }

    #[test]
    fn commands_and_the_stream_are_read_as_they_were_sent() {
        let mut session = Session::new(&Scenario::first_city(), 1).unwrap();
        let line = "SET user:123 \"Ada L\"".into();
        session.act(Action::Command { client: crate::cluster::id::ClientId(0), target: None, line }).unwrap();
        let (letter, request) = opened(&mut session, FlightKind::Request);
        assert_eq!(value(&request, "Arguments"), "\"SET\" \"user:123\" \"Ada L\"");
        assert!(letter.cause.is_some());
        let (_, stream) = opened(&mut session, FlightKind::Replication);
        assert!(value(&stream, "Command").contains("user:123"), "{stream:?}");
        session.advance_to(session.now() + SECOND);
        assert!(session.world().letter(letter.flight.id).is_none(), "it has arrived");
    }
}
