//! The connections that a node accepted, in the order of their names.

use std::cell::Cell;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::Accepted;
use crate::cluster::connection::Conn;
use crate::cluster::id::Place;

/// Connections with what each is used for: a sorted list that remembers where it was looked into last. One request looks
/// for its connection some ten times.
#[derive(Clone, Debug, Default)]
pub(super) struct Doors {
    entries: Vec<(Conn, Accepted)>,
    last: Cell<usize>,
    /// One more than the last machine that anything came from.
    machines: usize,
    /// Those of replicas, in order: every write looks for them, and would else look at every connection there is.
    replicas: Vec<(Conn, Cell<usize>)>,
}

impl Doors {
    fn find(&self, conn: &Conn) -> Result<usize, usize> {
        self.find_from(conn, &self.last)
    }

    /// Looks at the place where it was found last.
    fn find_from(&self, conn: &Conn, last: &Cell<usize>) -> Result<usize, usize> {
        // All of them end here: the other end tells the rest.
        let same = |at: &Conn| at.serial == conn.serial && at.opener == conn.opener;
        if self.entries.get(last.get()).is_some_and(|(at, _)| same(at)) {
            return Ok(last.get());
        }
        let found = self.find_near(self.guess(conn), conn);
        if let Ok(at) = found {
            last.set(at);
        }
        found
    }

    /// About where a connection lies: in a large city nearly each comes from another node, and they lie in the order of their
    /// machines.
    fn guess(&self, conn: &Conn) -> usize {
        match conn.opener {
            Place::Node(host) => usize::from(host.0) * self.entries.len() / self.machines.max(1),
            _ => self.entries.len(),
        }
    }

    /// Looks from a place on in steps that double, and then between the last two: each look at a wrong place waits for memory,
    /// and a search by halves has ten of them among a thousand.
    fn find_near(&self, guess: usize, conn: &Conn) -> Result<usize, usize> {
        let (mut low, mut high) = (0, self.entries.len());
        let (mut at, mut step, mut lies_after, mut lies_before) = (guess, 1, false, false);
        while low < high {
            at = at.clamp(low, high - 1);
            match self.entries[at].0.cmp(conn) {
                Ordering::Equal => return Ok(at),
                Ordering::Less => (low, lies_after, at) = (at + 1, true, at + step),
                Ordering::Greater => (high, lies_before, at) = (at, true, at.saturating_sub(step)),
            }
            step *= 2;
            if lies_after && lies_before {
                at = low + (high - low) / 2;
            }
        }
        Err(low)
    }

    pub(super) fn contains(&self, conn: &Conn) -> bool {
        self.find(conn).is_ok()
    }

    pub(super) fn get(&self, conn: &Conn) -> Option<&Accepted> {
        self.find(conn).ok().map(|at| &self.entries[at].1)
    }

    pub(super) fn get_mut(&mut self, conn: &Conn) -> Option<&mut Accepted> {
        self.find(conn).ok().map(|at| &mut self.entries[at].1)
    }

    pub(super) fn insert(&mut self, conn: Conn, used: Accepted) {
        if let Place::Node(host) = conn.opener {
            self.machines = self.machines.max(usize::from(host.0) + 1);
        }
        match self.find(&conn) {
            Ok(at) => self.entries[at].1 = used,
            Err(at) => self.entries.insert(at, (conn, used)),
        }
    }

    /// Forgets a connection; says whether it was there.
    pub(super) fn remove(&mut self, conn: &Conn) -> bool {
        self.replicas.retain(|(replica, _)| replica != conn);
        self.find(conn).map(|at| self.entries.remove(at)).is_ok()
    }

    /// At the other end is a replica: from now on for good.
    pub(super) fn note_replica(&mut self, conn: Conn) {
        if let Err(at) = self.replicas.binary_search_by(|(at, _)| at.cmp(&conn)) {
            self.replicas.insert(at, (conn, Cell::default()));
        }
    }

    /// The connections of replicas, in order.
    pub(super) fn replicas(&self) -> impl Iterator<Item = (Conn, &Accepted)> {
        self.replicas.iter().filter_map(|(conn, last)| {
            let at = self.find_from(conn, last).ok()?;
            Some((*conn, &self.entries[at].1))
        })
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (Conn, &Accepted)> {
        self.entries.iter().map(|(conn, used)| (*conn, used))
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (Conn, &mut Accepted)> {
        self.entries.iter_mut().map(|(conn, used)| (*conn, used))
    }
}

impl Hash for Doors {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.entries.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::{ClientId, HostId};
    use crate::cluster::rng::Rng;
    use std::collections::BTreeMap;

    fn conn(rng: &mut Rng) -> Conn {
        let number = rng.below(40) as u16;
        let opener = if rng.below(4) == 0 { Place::Client(ClientId(number)) } else { Place::Node(HostId(number)) };
        Conn { opener, acceptor: Place::Node(HostId(3)), serial: 1 + rng.below(3) }
    }

    #[test]
    fn a_connection_is_found_wherever_it_was_guessed() {
        for seed in 0..200 {
            let (mut rng, mut doors, mut map) = (Rng::new(seed), Doors::default(), BTreeMap::new());
            for now in 0..200 {
                let conn = conn(&mut rng);
                if rng.below(3) == 0 {
                    assert_eq!(doors.remove(&conn), map.remove(&conn).is_some());
                } else {
                    doors.insert(conn, Accepted::Bus(now));
                    map.insert(conn, now);
                }
                assert!(doors.iter().map(|(conn, _)| conn).eq(map.keys().copied()));
                for guess in [0, 1, doors.entries.len() / 2, usize::MAX / 4] {
                    let there = doors.entries.binary_search_by(|(at, _)| at.cmp(&conn));
                    assert_eq!(doors.find_near(guess, &conn), there);
                }
            }
        }
    }
}
