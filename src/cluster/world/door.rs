//! The city's door: connections of clients that the world does not simulate, such as real ones on TCP.
//!
//! Whoever keeps the door gives in what they say and takes out what they are told. In good weather no time passes on the
//! way: most requests are answered within the call that gives them in, and only what the city itself must do takes time.

use std::rc::Rc;

use super::acts::Refused;
use super::{Flying, World};
use crate::cluster::connection::{Conn, Payload, Port, Toward};
use crate::cluster::id::{HostId, Place};
use crate::cluster::reply::Blob;

impl World {
    /// Opens a connection to a node's client port. `Accepted` or `Closed` comes out of the door.
    pub fn dial(&mut self, host: HostId) -> Result<Conn, Refused> {
        self.check_host(host)?;
        self.serial += 1;
        let conn = Conn { opener: Place::Outside, acceptor: Place::Node(host), serial: self.serial };
        self.say(conn, Payload::Open(Port::Client));
        Ok(conn)
    }

    /// Sends a request. The reply comes out of the door: at once, unless something is in the way.
    pub fn ask(&mut self, conn: Conn, argv: Rc<[Blob]>) {
        self.commands += 1;
        self.say(conn, Payload::Request(argv));
    }

    /// Closes a connection from outside.
    pub fn hang_up(&mut self, conn: Conn) {
        self.say(conn, Payload::Closed { refused: false });
    }

    /// Whether the node at the other end takes no requests from this connection now: its process is frozen, or all of
    /// it waits for a MIGRATE, or this client waits for an answer. What is sent all the same is kept.
    pub fn is_waiting(&self, conn: Conn) -> bool {
        let Place::Node(host) = conn.acceptor else {
            return false;
        };
        let Some(machine) = self.machines.get(usize::from(host.0)) else {
            return false;
        };
        machine.frozen.is_some() || machine.node().is_some_and(|node| node.keeps_requests_of(conn))
    }

    /// What came out of the door since the last call, in order.
    pub fn take_outside(&mut self) -> Vec<(Conn, Payload)> {
        std::mem::take(&mut self.outside)
    }

    /// The same into a list that is used again and again.
    pub fn take_outside_into(&mut self, list: &mut Vec<(Conn, Payload)>) {
        list.append(&mut self.outside);
    }

    fn say(&mut self, conn: Conn, payload: Payload) {
        // Only the door's own connections: an invented one would reach into the city.
        if conn.opener == Place::Outside && self.check_place(conn.acceptor).is_ok() {
            self.post(Flying { conn, toward: Toward::Acceptor, payload, sent: self.now, cause: None });
        }
    }

    fn check_place(&self, place: Place) -> Result<(), Refused> {
        match place {
            Place::Node(host) => self.check_host(host),
            Place::Client(_) | Place::Outside | Place::Operator => {
                super::acts::refuse("Only nodes take connections.")
            }
        }
    }
}
