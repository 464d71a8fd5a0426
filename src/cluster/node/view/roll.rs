//! Whom a view knows, as gossip asks for it: who, where, how it stands, and when it was last heard.
//!
//! A city of a thousand nodes has a million such entries, and every message asks for two hundred of them here and there: what
//! they take up is what the simulation costs. So ids are not in them. Nearly all are those that `nodes.conf` had, by address, in
//! one list that the nodes of a new city share; the few others are kept aside.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use litemap::LiteMap;

use super::{Flags, Known, PeerIx, Stamp};
use crate::cluster::bus::Gossip;
use crate::cluster::id::{HostId, NodeId};
use crate::cluster::rng::Rng;

/// So many ids may be kept aside before a view makes a list of its own.
const FEW: usize = 16;

/// Ids by address. Where nobody lives, any.
pub(in crate::cluster::node) type Listed = Rc<[NodeId]>;

/// The list, in the order of acquaintance, myself first.
#[derive(Clone, Debug)]
pub(super) struct Roll {
    known: Vec<Known>,
    listed: Listed,
    /// Ids that are not the listed one of their address; these entries have [`Flags::UNLISTED`].
    unlisted: LiteMap<PeerIx, NodeId>,
}

impl Roll {
    pub(super) fn new(listed: Listed, capacity: usize) -> Self {
        Self { known: Vec::with_capacity(capacity), listed, unlisted: LiteMap::new() }
    }

    pub(super) fn entries(&self) -> &[Known] {
        &self.known
    }

    pub(super) fn get(&self, ix: PeerIx) -> &Known {
        &self.known[ix.index()]
    }

    pub(super) fn get_mut(&mut self, ix: PeerIx) -> &mut Known {
        &mut self.known[ix.index()]
    }

    /// The id of a node.
    pub(super) fn id(&self, ix: PeerIx) -> NodeId {
        self.id_of(ix, &self.known[ix.index()])
    }

    /// The id of a node whose entry is at hand.
    #[inline(always)]
    fn id_of(&self, ix: PeerIx, known: &Known) -> NodeId {
        match self.listed.get(usize::from(known.addr.0)) {
            Some(&id) if !known.flags.any(Flags::UNLISTED) => id,
            _ => self.unlisted_id(ix),
        }
    }

    #[cold]
    #[inline(never)]
    fn unlisted_id(&self, ix: PeerIx) -> NodeId {
        self.unlisted.get(&ix).copied().unwrap_or(NodeId(0))
    }

    pub(super) fn find(&self, id: NodeId) -> Option<PeerIx> {
        self.iter().map(|(ix, _)| ix).find(|&ix| self.id(ix) == id)
    }

    /// Everybody named who is at the place of a city where nothing has happened: by address, only that I am first. That looks at
    /// one entry for each.
    pub(super) fn likely_all(&self, gossip: &[Gossip]) -> Vec<Option<PeerIx>> {
        let me = self.known.first().map_or(HostId(0), |known| known.addr);
        let likely = |said: &Gossip| {
            let index = if said.addr == me { 0 } else { usize::from(said.addr.0) + usize::from(said.addr < me) };
            let known = self.known.get(index)?;
            let ix = PeerIx::new(index);
            (known.addr == said.addr && self.id_of(ix, known) == said.id).then_some(ix)
        };
        gossip.iter().map(likely).collect()
    }

    /// So many by chance, each maybe several times.
    pub(super) fn draw(&self, rng: &mut Rng, count: u16) -> Vec<(PeerIx, Known)> {
        let bound = self.known.len() as u32;
        let one = |_| {
            let index = rng.draw(bound) as usize;
            (PeerIx::new(index), self.known[index])
        };
        (0..count).map(one).collect()
    }

    /// What heartbeats say of nodes.
    pub(super) fn tell_of(&self, chosen: &[(PeerIx, Known)]) -> Vec<Gossip> {
        let tell = |(ix, known): &(PeerIx, Known)| Gossip {
            id: self.id_of(*ix, known),
            pong_second: known.pong_received.second(),
            addr: known.addr,
            flags: known.flags.only(Flags::TOLD),
        };
        chosen.iter().map(tell).collect()
    }

    pub(super) fn push(&mut self, id: NodeId, addr: HostId) {
        let ix = PeerIx::new(self.known.len());
        self.known.push(Known { pong_received: Stamp::NEVER, addr, flags: Flags::default() });
        self.set_id(ix, id);
    }

    pub(super) fn set_id(&mut self, ix: PeerIx, id: NodeId) {
        let known = &mut self.known[ix.index()];
        let listed = self.listed.get(usize::from(known.addr.0)) == Some(&id);
        known.flags.set(Flags::UNLISTED, !listed);
        if listed {
            self.unlisted.remove(&ix);
        } else {
            self.unlisted.insert(ix, id);
            if self.unlisted.len() > FEW && self.unlisted.len().is_power_of_two() {
                self.list_anew();
            }
        }
    }

    /// The same node lives elsewhere.
    pub(super) fn set_addr(&mut self, ix: PeerIx, addr: HostId) {
        let id = self.id(ix);
        self.known[ix.index()].addr = addr;
        self.set_id(ix, id);
    }

    /// Takes a node off; the last one takes its place.
    pub(super) fn swap_remove(&mut self, ix: PeerIx) {
        let last = PeerIx::new(self.known.len() - 1);
        let unlisted = self.unlisted.remove(&last);
        self.known.swap_remove(ix.index());
        if last != ix {
            self.unlisted.remove(&ix);
            if let Some(id) = unlisted {
                self.unlisted.insert(ix, id);
            }
        }
    }

    /// Too many are kept aside: from now on I have a list of my own.
    fn list_anew(&mut self) {
        let ids: Vec<NodeId> = self.iter().map(|(ix, _)| self.id(ix)).collect();
        let places = self.known.iter().map(|known| usize::from(known.addr.0) + 1).max().unwrap_or(0);
        let mut listed = vec![NodeId(0); places];
        for (known, &id) in self.known.iter().zip(&ids) {
            listed[usize::from(known.addr.0)] = id;
        }
        self.listed = listed.into();
        self.unlisted.clear();
        for (index, (known, id)) in self.known.iter_mut().zip(ids).enumerate() {
            let listed = self.listed[usize::from(known.addr.0)] == id;
            known.flags.set(Flags::UNLISTED, !listed);
            if !listed {
                self.unlisted.insert(PeerIx::new(index), id);
            }
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (PeerIx, &Known)> {
        self.known.iter().enumerate().map(|(index, known)| (PeerIx::new(index), known))
    }
}

impl Hash for Roll {
    /// Each with its id, wherever that is kept.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.known.len());
        for (ix, known) in self.iter() {
            let mut flags = known.flags;
            flags.set(Flags::UNLISTED, false);
            (self.id(ix), known.pong_received, known.addr, flags).hash(state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::digest::Digest;
    use crate::cluster::rng::Rng;

    fn plain(roll: &Roll) -> Vec<(NodeId, HostId)> {
        roll.iter().map(|(ix, known)| (roll.id(ix), known.addr)).collect()
    }

    #[test]
    fn ids_are_the_same_wherever_they_are_kept() {
        for seed in 0..100 {
            let mut rng = Rng::new(seed);
            let listed: Listed = (0..rng.below(30)).map(|id| NodeId(id.into())).collect();
            let mut roll = Roll::new(listed, 0);
            let mut list: Vec<(NodeId, HostId)> = Vec::new();
            for _ in 0..200 {
                let (id, addr) = (NodeId(rng.below(40).into()), HostId(rng.below(40) as u16));
                let at = rng.below(list.len() as u32) as usize;
                match rng.below(5) {
                    1 if at > 0 => {
                        roll.swap_remove(PeerIx::new(at));
                        list.swap_remove(at);
                    }
                    2 if at > 0 => {
                        roll.set_id(PeerIx::new(at), id);
                        list[at].0 = id;
                    }
                    3 if at > 0 => {
                        roll.set_addr(PeerIx::new(at), addr);
                        list[at].1 = addr;
                    }
                    _ => {
                        roll.push(id, addr);
                        list.push((id, addr));
                    }
                }
                assert_eq!(plain(&roll), list, "seed {seed}");
                assert_eq!(roll.find(id), list.iter().position(|&(other, _)| other == id).map(PeerIx::new));
                let said = Gossip { id, addr, pong_second: 0, flags: Flags::default() };
                if let [Some(ix)] = roll.likely_all(&[said])[..] {
                    assert_eq!(list[ix.index()], (id, addr));
                }
            }
            let mut other = Roll::new(Rc::default(), 0);
            list.iter().for_each(|&(id, addr)| other.push(id, addr));
            assert_eq!(Digest::of(&roll), Digest::of(&other), "seed {seed}");
        }
    }
}
