//! The bus as it is on the wire: a listener that real nodes are told to meet, and what the headers of their messages say.
//!
//! Source: Redis 7.0, `cluster.h`, `clusterMsg`, `clusterMsgDataGossip`.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::golden::{NODES, Names};
use crate::servers::{DEADLINE, Servers};

/// Up to the gossip.
const HEADER: usize = 2_256;
/// What is said of one other node.
const ENTRY: usize = 104;
/// Kinds of messages.
pub(crate) const AUTH_REQUEST: u16 = 5;
pub(crate) const PONG: u16 = 1;

/// A message as it came.
pub(crate) struct Message {
    bytes: Vec<u8>,
}

impl Message {
    fn read(stream: &mut TcpStream) -> std::io::Result<Self> {
        let mut bytes = vec![0; HEADER];
        stream.read_exact(&mut bytes)?;
        assert_eq!(&bytes[..4], b"RCmb");
        let length = u32::from_be_bytes(bytes[4..8].try_into().expect("four bytes"));
        bytes.resize(length as usize, 0);
        stream.read_exact(&mut bytes[HEADER..])?;
        Ok(Self { bytes })
    }

    fn short(&self, at: usize) -> u16 {
        u16::from_be_bytes([self.bytes[at], self.bytes[at + 1]])
    }

    fn long(&self, at: usize) -> u64 {
        u64::from_be_bytes(self.bytes[at..at + 8].try_into().expect("eight bytes"))
    }

    fn name(&self, at: usize, names: &Names) -> String {
        let id = String::from_utf8_lossy(&self.bytes[at..at + 40]).into_owned();
        let node = names.ids.iter().position(|known| *known == id);
        node.map_or("-", |node| NODES[node]).to_owned()
    }

    pub(crate) fn kind(&self) -> u16 {
        self.short(12)
    }

    pub(crate) fn offset(&self) -> u64 {
        self.long(32)
    }

    /// What the header says, but for offset and addresses.
    pub(crate) fn told(&self, names: &Names) -> Told {
        let set = |slot: usize| self.bytes[80 + slot / 8] >> (slot % 8) & 1 == 1;
        let (flags, mflags) = (self.short(2_250), self.bytes[2_253]);
        Told {
            sender: self.name(40, names),
            current_epoch: self.long(16),
            config_epoch: self.long(24),
            slots: ranges((0..16_384).filter(|&slot| set(slot))),
            slaveof: self.name(2_128, names),
            replica: flags & 2 != 0,
            no_failover: flags & 512 != 0,
            ok: self.bytes[2_252] == 0,
            paused: mflags & 1 != 0,
            force_ack: mflags & 2 != 0,
        }
    }

    /// Whom it gossips about, in that order, and whether it suspects them (PFAIL).
    pub(crate) fn gossip(&self, names: &Names) -> Vec<(String, bool)> {
        let entries = (0..usize::from(self.short(14))).map(|nth| HEADER + nth * ENTRY);
        entries.map(|at| (self.name(at, names), self.short(at + 98) & 4 != 0)).collect()
    }

    /// A PONG of somebody who has nothing and knows nobody.
    fn pong_of(&self, name: &str) -> Vec<u8> {
        let mut bytes = self.bytes[..HEADER].to_vec();
        bytes[4..8].copy_from_slice(&(HEADER as u32).to_be_bytes());
        bytes[12..14].copy_from_slice(&PONG.to_be_bytes());
        bytes[14..40].fill(0);
        bytes[40..80].copy_from_slice(name.as_bytes());
        bytes[80..2_214].fill(0);
        bytes[2_250..2_252].copy_from_slice(&1_u16.to_be_bytes());
        bytes[2_252..HEADER].fill(0);
        bytes
    }
}

/// What a header says, so that it can be compared.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) sender: String,
    pub(crate) current_epoch: u64,
    pub(crate) config_epoch: u64,
    pub(crate) slots: String,
    pub(crate) slaveof: String,
    pub(crate) replica: bool,
    pub(crate) no_failover: bool,
    pub(crate) ok: bool,
    pub(crate) paused: bool,
    pub(crate) force_ack: bool,
}

/// Slots as `0-5460 5462-5462`.
pub(crate) fn ranges(slots: impl Iterator<Item = usize>) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for slot in slots {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == slot => *end = slot,
            _ => runs.push((slot, slot)),
        }
    }
    runs.iter().map(|(start, end)| format!("{start}-{end}")).collect::<Vec<_>>().join(" ")
}

/// Somebody whom a node is told to meet: for every meeting another one, for who was met is looked for again.
pub(crate) struct Stranger {
    listener: TcpListener,
    port: u16,
}

impl Stranger {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("it has one").port();
        Self { listener, port }
    }

    /// Tells a node to meet it; gives the connection and the MEET.
    pub(crate) fn met_by(&self, servers: &mut Servers, node: &str) -> (TcpStream, Message) {
        let line = format!("CLUSTER MEET 127.0.0.1 {0} {0}", self.port);
        assert_eq!(servers.tell(&format!("{node} watch"), &line), "OK");
        let (mut stream, _) = self.listener.accept().expect("the node connects");
        stream.set_read_timeout(Some(DEADLINE)).expect("it takes one");
        let meet = Message::read(&mut stream).expect("a MEET");
        (stream, meet)
    }

    /// Answers the MEET with a name, so that the node sends it all that it sends to everybody.
    pub(crate) fn introduce(&self, stream: &mut TcpStream, meet: &Message) {
        stream.write_all(&meet.pong_of(&"5".repeat(40))).expect("it is read");
    }

    /// The next message of a kind.
    pub(crate) fn next(&self, stream: &mut TcpStream, kind: u16) -> Message {
        loop {
            let message = Message::read(stream).expect("a message");
            if message.kind() == kind {
                return message;
            }
        }
    }
}
