//! What happens when something arrives: at a running process, a frozen one, a dead one, or nowhere.

use crate::cluster::order::SmallSet;

use super::machine::Late;
use super::{Flying, World};
use crate::cluster::connection::{Conn, Payload, Toward};
use crate::cluster::fact::FactId;
use crate::cluster::id::{HostId, Place};

/// The most messages that wait for a road to open; beyond it the connection that waits longest is given up.
const MOST_HELD: usize = 20_000;

/// From where to where something goes.
pub(super) fn road_of(flying: &Flying) -> (Place, Place) {
    (flying.conn.source(flying.toward), flying.conn.target(flying.toward))
}

impl World {
    pub(super) fn arrive(&mut self, flying: Flying) {
        let (from, to) = road_of(&flying);
        if !self.network.passes(from, to) {
            self.held.push(flying);
            if self.held.len() > MOST_HELD {
                self.give_up_oldest();
            }
            return;
        }
        self.hand_over(flying);
    }

    /// It is there.
    fn hand_over(&mut self, flying: Flying) {
        match flying.conn.target(flying.toward) {
            Place::Client(id) => {
                let Flying { conn, payload, cause, .. } = flying;
                self.with_client(id, cause, |client, context| client.receive(context, conn, payload));
            }
            Place::Operator => {
                let Flying { conn, payload, cause, .. } = flying;
                self.with_operator(cause, |operator, context| operator.receive(context, conn, payload));
            }
            Place::Outside => self.outside.push((flying.conn, flying.payload)),
            Place::Node(host) => self.arrive_at(host, flying),
        }
    }

    fn arrive_at(&mut self, host: HostId, flying: Flying) {
        let machine = self.machine(host);
        if machine.node().is_none() {
            self.reset(&flying);
        } else if machine.frozen.is_some() {
            self.arrive_frozen(host, flying);
        } else {
            // The kernel takes a connection at once; the process sees it, and what follows on it, in order.
            if let Payload::Open(_) = flying.payload {
                self.reply(&flying, Payload::Accepted);
            }
            let Flying { conn, payload, cause, .. } = flying;
            if self.network.slow_machines > 0 {
                return self.put_off(host, Late::Arrived(conn, payload, cause));
            }
            self.with_node(host, cause, |node, context| node.receive(context, conn, payload));
        }
    }

    /// The kernel still takes connections and bytes; the process will see them when it goes on.
    fn arrive_frozen(&mut self, host: HostId, flying: Flying) {
        if let Payload::Open(_) = flying.payload {
            self.reply(&flying, Payload::Accepted);
        }
        if let Some(inbox) = &mut self.machine_mut(host).frozen {
            inbox.arrived.push((flying.conn, flying.payload, flying.cause));
        }
    }

    /// Nobody is there: the machine's kernel says so.
    fn reset(&mut self, flying: &Flying) {
        match flying.payload {
            Payload::Closed { .. } => {}
            Payload::Open(_) => self.reply(flying, Payload::Closed { refused: true }),
            _ => self.reply(flying, Payload::Closed { refused: false }),
        }
    }

    fn reply(&mut self, flying: &Flying, payload: Payload) {
        let toward = match flying.toward {
            Toward::Acceptor => Toward::Opener,
            Toward::Opener => Toward::Acceptor,
        };
        self.post(Flying { conn: flying.conn, toward, payload, sent: self.now, cause: flying.cause });
    }

    /// A timer of a process rang.
    pub(super) fn ring(&mut self, host: HostId, boot: u32, word: u64) {
        let machine = self.machine(host);
        if machine.boot != boot || machine.node().is_none() {
            return;
        }
        if machine.frozen.is_some() {
            if let Some(inbox) = &mut self.machine_mut(host).frozen {
                inbox.rang.insert(word);
            }
            return;
        }
        if self.network.slow_machines > 0 {
            return self.put_off(host, Late::Rang(word));
        }
        self.with_node(host, None, |node, context| node.wake(context, word));
    }

    /// Too much is held. Nothing vanishes from the middle of a stream: connections break, those that wait longest first. As
    /// when a kernel gives up sending again and again, each end hears of it on the spot, and nothing that was said on such
    /// a connection arrives any more. A tenth goes at once, so that the next message finds room.
    fn give_up_oldest(&mut self) {
        let surplus = MOST_HELD / 10;
        let broken: SmallSet<Conn> = self.held.iter().take(surplus).map(|flying| flying.conn).collect();
        self.break_connections(&broken, None);
    }

    /// Ends connections with everything that is on its way along them; each end hears of it on the spot.
    pub(super) fn break_connections(&mut self, broken: &SmallSet<Conn>, cause: Option<FactId>) {
        self.held.retain(|flying| !broken.contains(&flying.conn));
        drop(self.flying.take(|_, flying| broken.contains(&flying.conn)));
        for &conn in broken.as_slice() {
            for toward in [Toward::Acceptor, Toward::Opener] {
                let payload = Payload::Closed { refused: false };
                self.hand_over(Flying { conn, toward, payload, sent: self.now, cause });
            }
        }
    }

    /// Sends on what was held back and can get through now: before whatever was sent after it and is still on its way.
    pub(super) fn release_held(&mut self) {
        let mut opened = SmallSet::default();
        let mut released = Vec::new();
        for flying in std::mem::take(&mut self.held) {
            let (from, to) = road_of(&flying);
            if self.network.passes(from, to) {
                opened.insert((from, to));
                released.push(flying);
            } else {
                self.held.push(flying);
            }
        }
        let mut last = litemap::LiteMap::new_vec();
        let later = self.flying.take(|_, flying| opened.contains(&road_of(flying)));
        let mut doors = Vec::new();
        for flying in released {
            let road = road_of(&flying);
            // What goes through the door is there at once, and would be answered before the rest is on its way again.
            if road.0 == Place::Outside || road.1 == Place::Outside {
                doors.push(flying);
            } else {
                last.insert(road, self.post(flying));
            }
        }
        for ((due, _), flying) in later {
            let behind = last.get(&road_of(&flying)).copied();
            self.plan_arrival(due.max(behind.unwrap_or(due)), flying);
        }
        for flying in doors {
            self.post(flying);
        }
    }
}
