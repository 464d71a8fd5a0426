//! The connections that a node accepted, in the order of their names.

use std::cell::Cell;
use std::hash::{Hash, Hasher};

use super::Accepted;
use crate::cluster::connection::Conn;

/// Connections with what each is used for: a sorted list that remembers where it was looked into last. One request looks
/// for its connection some ten times.
#[derive(Clone, Debug, Default)]
pub(super) struct Doors {
    entries: Vec<(Conn, Accepted)>,
    last: Cell<usize>,
    /// Those of replicas, in order: every write looks for them, and would else look at every connection there is.
    replicas: Vec<(Conn, Cell<usize>)>,
}

impl Doors {
    fn find(&self, conn: &Conn) -> Result<usize, usize> {
        self.find_from(conn, &self.last)
    }

    /// Looks at the place where it was found last.
    fn find_from(&self, conn: &Conn, last: &Cell<usize>) -> Result<usize, usize> {
        if self.entries.get(last.get()).is_some_and(|(at, _)| at.serial == conn.serial && at == conn) {
            return Ok(last.get());
        }
        let found = self.entries.binary_search_by(|(at, _)| at.cmp(conn));
        if let Ok(at) = found {
            last.set(at);
        }
        found
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
