//! Connections and what travels on them: the network's unit of delivery.

use std::rc::Rc;

use super::bus::Message;
use super::id::Place;
use super::node::replication::ReplMessage;
use super::reply::{Blob, Reply};
use super::resp::Protocol;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Port {
    /// The cluster bus, between nodes.
    Bus,
    /// The client port: clients, and replicas that follow a master.
    Client,
}

/// A connection, known to both its ends by this name. A new one gets a new `serial`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conn {
    /// Who opened it.
    pub opener: Place,
    /// Who accepted it.
    pub acceptor: Place,
    /// Tells connections of the same two ends apart.
    pub serial: u32,
}

/// Towards which end something travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Toward {
    /// From the opener to the acceptor.
    Acceptor,
    /// From the acceptor to the opener.
    Opener,
}

impl Conn {
    /// The end something sent `toward` leaves from.
    pub fn source(&self, toward: Toward) -> Place {
        match toward {
            Toward::Acceptor => self.opener,
            Toward::Opener => self.acceptor,
        }
    }

    /// The end something sent `toward` arrives at.
    pub fn target(&self, toward: Toward) -> Place {
        match toward {
            Toward::Acceptor => self.acceptor,
            Toward::Opener => self.opener,
        }
    }
}

/// What travels on a connection.
#[derive(Clone, Debug, Hash)]
pub enum Payload {
    /// The opener asks for the connection.
    Open(Port),
    /// The acceptor's machine took it.
    Accepted,
    /// The connection is refused, closed or reset.
    Closed {
        /// Nobody listened in the first place.
        refused: bool,
    },
    /// A message of the cluster bus.
    Bus(Rc<Message>),
    /// A message between replica and master.
    Repl(ReplMessage),
    /// A command.
    Request(Rc<[Blob]>),
    /// Its reply.
    Reply(Reply),
    /// Something that the server says unasked: a message of pub/sub.
    Push(Reply),
    /// From here on replies are meant in this protocol: `HELLO` or `RESET` came.
    Speaks(Protocol),
}
