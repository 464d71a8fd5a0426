//! A client's own copy of the slot map. It can be out of date: that is what MOVED is for.

use std::rc::Rc;

use crate::cluster::address::AddressBook;
use crate::cluster::id::HostId;
use crate::cluster::reply::Reply;
use crate::cluster::slot::{SLOTS, Slot, SlotRange};

/// Slot to master, as far as the client knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SlotMap {
    owners: Rc<Vec<Option<HostId>>>,
}

impl Default for SlotMap {
    fn default() -> Self {
        Self { owners: Rc::new(vec![None; usize::from(SLOTS)]) }
    }
}

impl SlotMap {
    /// Whom to ask about a slot.
    pub fn owner(&self, slot: Slot) -> Option<HostId> {
        self.owners[usize::from(slot)]
    }

    /// Learns one slot from a MOVED.
    pub fn learn(&mut self, slot: Slot, owner: HostId) {
        Rc::make_mut(&mut self.owners)[usize::from(slot)] = Some(owner);
    }

    /// Takes over a whole map; gives the number of slots that changed.
    pub fn replace(&mut self, rows: &[(SlotRange, HostId)]) -> u16 {
        let mut owners = vec![None; usize::from(SLOTS)];
        for (range, owner) in rows {
            owners[usize::from(range.start)..=usize::from(range.end)].fill(Some(*owner));
        }
        let changed = owners.iter().zip(self.owners.iter()).filter(|(new, old)| new != old).count();
        self.owners = Rc::new(owners);
        changed as u16
    }

    /// The map as ascending runs of slots with one owner.
    pub fn runs(&self) -> Vec<(SlotRange, HostId)> {
        let mut runs: Vec<(SlotRange, HostId)> = Vec::new();
        for (slot, owner) in (0..SLOTS).zip(self.owners.iter()) {
            match (runs.last_mut(), owner) {
                (Some((range, last)), Some(owner)) if last == owner && range.end + 1 == slot => range.end = slot,
                (_, Some(owner)) => runs.push((SlotRange { start: slot, end: slot }, *owner)),
                (_, None) => {}
            }
        }
        runs
    }
}

/// What a `CLUSTER SLOTS` reply says: each range's master, and every node it names.
pub(super) struct Told {
    pub(super) rows: Vec<(SlotRange, HostId)>,
    pub(super) nodes: Vec<HostId>,
}

/// Reads a `CLUSTER SLOTS` reply; `None` if it is something else, or names no range.
pub(super) fn read_slots(reply: &Reply, book: &AddressBook) -> Option<Told> {
    let Reply::Array(lines) = reply else {
        return None;
    };
    let mut told = Told { rows: Vec::new(), nodes: Vec::new() };
    for line in lines {
        let Reply::Array(line) = line else {
            return None;
        };
        let [Reply::Integer(start), Reply::Integer(end), nodes @ ..] = line.as_slice() else {
            return None;
        };
        let range = SlotRange { start: Slot::try_from(*start).ok()?, end: Slot::try_from(*end).ok()? };
        if range.start > range.end || range.end >= SLOTS {
            return None;
        }
        let hosts: Vec<HostId> = nodes.iter().filter_map(|node| read_node(node, book)).collect();
        told.rows.push((range, *hosts.first()?));
        told.nodes.extend(hosts);
    }
    (!told.rows.is_empty()).then_some(told)
}

fn read_node(node: &Reply, book: &AddressBook) -> Option<HostId> {
    let Reply::Array(fields) = node else {
        return None;
    };
    let [Reply::Bulk(ip), Reply::Integer(port), ..] = fields.as_slice() else {
        return None;
    };
    book.resolve(&format!("{}:{port}", std::str::from_utf8(ip).ok()?))
}
