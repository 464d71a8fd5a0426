//! Who belongs to the picture: taking in, meeting, renaming, forgetting; and what only few peers have.
//!
//! Source: Redis 7.0, `cluster.c`, `clusterAddNode`, `clusterDelNode`, `clusterRenameNode`, `clusterBlacklistAddNode`.

use litemap::LiteMap;
use std::rc::Rc;

use super::{Flags, ME, Peer, PeerIx, Stamp, View};
use crate::cluster::fact::FactId;
use crate::cluster::id::{HostId, NodeId};
use crate::cluster::time::{Micros, SECOND};

/// `CLUSTER_BLACKLIST_TTL`: gossip cannot bring a forgotten node back for so long.
const FORGOTTEN_FOR: Micros = 60 * SECOND;

impl View {
    /// Takes a node in, or finds it.
    pub fn add(&mut self, id: NodeId, addr: HostId) -> PeerIx {
        self.find_at(id, addr).unwrap_or_else(|| self.push(id, addr))
    }

    /// Takes in a node that is certainly not known.
    pub(super) fn push(&mut self, id: NodeId, addr: HostId) -> PeerIx {
        let ix = PeerIx::new(self.peers.len());
        self.roll.push(id, addr);
        self.peers.push(Peer::default());
        self.some_link_down = true;
        self.move_to(ix, addr);
        ix
    }

    /// Notes where a node lives.
    pub fn move_to(&mut self, ix: PeerIx, addr: HostId) {
        self.settle_at(ix, addr);
        self.roll.set_addr(ix, addr);
        self.known_mut(ix).flags.set(Flags::NOADDR, false);
        self.some_orphan = true;
    }

    fn settle_at(&mut self, ix: PeerIx, addr: HostId) {
        let place = usize::from(addr.0);
        if self.by_addr.len() <= place {
            self.by_addr.resize(place + 1, None);
        }
        self.by_addr[place] = Some(ix);
    }

    /// Begins to get to know whoever lives at an address, under a name for the time being. `greet` tells whether my
    /// first word is MEET.
    pub fn meet(&mut self, id: NodeId, addr: HostId, greet: bool, now: Micros) -> PeerIx {
        let settled = self.by_addr.get(usize::from(addr.0)).copied().flatten();
        let ix = self.push(id, addr);
        if let Some(neighbour) = settled {
            self.settle_at(neighbour, addr);
        }
        self.known_mut(ix).flags.set(Flags::HANDSHAKE, true);
        self.meeting.insert(ix, (now, greet));
        ix
    }

    /// Whether somebody at an address is being met.
    pub fn is_meeting(&self, addr: HostId) -> bool {
        self.meeting.keys().any(|&ix| self.known(ix).addr == addr)
    }

    /// Peers whose handshake began before a moment.
    pub fn met_before(&self, moment: Micros) -> Vec<NodeId> {
        let old = self.meeting.iter().filter(|(_, (since, _))| *since < moment);
        old.map(|(&ix, _)| self.roll.id(ix)).collect()
    }

    /// Whether the first word to a peer is still to be MEET; asked once.
    pub fn take_greeting(&mut self, ix: PeerIx) -> bool {
        self.meeting.get_mut(&ix).is_some_and(|(_, greet)| std::mem::take(greet))
    }

    /// The peer told its name.
    pub fn introduced(&mut self, ix: PeerIx, id: NodeId) {
        self.meeting.remove(&ix);
        self.roll.set_id(ix, id);
        let known = self.known_mut(ix);
        known.flags.set(Flags::HANDSHAKE, false);
        let addr = known.addr;
        self.settle_at(ix, addr);
    }

    /// Whether a peer is not where I thought, or nowhere.
    pub fn is_elsewhere(&self, ix: PeerIx, addr: HostId) -> bool {
        self.known(ix).addr != addr || self.known(ix).flags.any(Flags::NOADDR)
    }

    /// Somebody else answers at its address.
    pub fn lose_address(&mut self, ix: PeerIx) {
        self.known_mut(ix).flags.set(Flags::NOADDR, true);
        let place = usize::from(self.known(ix).addr.0);
        if self.by_addr[place] == Some(ix) {
            self.by_addr[place] = None;
        }
    }

    /// I have another name from now on.
    pub fn rename_me(&mut self, id: NodeId) {
        self.roll.set_id(ME, id);
    }

    /// Forgets a node: its slots, its reports, what hangs on it. The last node takes its place in the lists.
    pub fn remove(&mut self, ix: PeerIx) {
        if ix == ME {
            return;
        }
        for slot in self.slots_of(ix).iter() {
            self.set_owner(slot, None);
        }
        self.set_pfail(ix, false);
        if let Some(master) = self.peer_mut(ix).replica_of.take() {
            self.left_by_a_replica(master);
        }
        self.lose_address(ix);
        let last = PeerIx::new(self.peers.len() - 1);
        self.roll.swap_remove(ix);
        self.peers.swap_remove(ix.index());
        let moved = |other: PeerIx| match other {
            gone if gone == ix => None,
            other if other == last => Some(ix),
            other => Some(other),
        };
        for peer in &mut self.peers {
            peer.replica_of = peer.replica_of.and_then(moved);
        }
        for place in &mut self.by_addr {
            *place = place.and_then(moved);
        }
        if last != ix {
            for owner in Rc::make_mut(&mut self.owners) {
                *owner = owner.and_then(moved);
            }
        }
        renumber(&mut self.trouble, moved);
        renumber(&mut self.meeting, moved);
        renumber(&mut self.reports, moved);
        for (_, reports) in self.reports.iter_mut() {
            *reports = reports.iter().filter_map(|&(by, at)| moved(by).map(|by| (by, at))).collect();
        }
        let reported: Vec<PeerIx> = self.reports.keys().copied().collect();
        for about in reported {
            self.note_reports(about);
        }
        self.version += 1;
        self.claim.0 = None;
    }

    /// Gossip must not bring this node back for a minute.
    pub fn blacklist(&mut self, id: NodeId, now: Micros) {
        self.forgotten.retain(|&(other, until)| other != id && until > now);
        self.forgotten.push((id, now + FORGOTTEN_FOR));
    }

    /// Whether a node was forgotten lately.
    pub fn is_blacklisted(&self, id: NodeId, now: Micros) -> bool {
        self.forgotten.iter().any(|&(other, until)| other == id && until > now)
    }
}

/// Reports and troubles: what only few peers have at a time.
impl View {
    /// A master said that `about` does not answer.
    pub fn add_report(&mut self, about: PeerIx, by: PeerIx, now: Micros) {
        let reports = self.reports.entry(about).or_default();
        match reports.iter_mut().find(|(who, _)| *who == by) {
            Some(report) => report.1 = Stamp::at(now),
            None => reports.push((by, Stamp::at(now))),
        }
        self.known_mut(about).flags.set(Flags::REPORTED, true);
    }

    /// A master said that `about` is well.
    pub fn remove_report(&mut self, about: PeerIx, by: PeerIx) {
        if self.known(about).flags.any(Flags::REPORTED) {
            self.keep_reports(about, |who, _| who != by);
        }
    }

    /// Drops reports; says how many are left.
    pub fn keep_reports(&mut self, about: PeerIx, keep: impl Fn(PeerIx, Stamp) -> bool) -> u16 {
        if let Some(reports) = self.reports.get_mut(&about) {
            reports.retain(|&(by, at)| keep(by, at));
        }
        self.note_reports(about)
    }

    /// Who reports a peer.
    pub fn reports(&self, about: PeerIx) -> &[(PeerIx, Stamp)] {
        self.reports.get(&about).map_or(&[], Vec::as_slice)
    }

    fn note_reports(&mut self, about: PeerIx) -> u16 {
        let left = self.reports(about).len() as u16;
        if left == 0 {
            self.reports.remove(&about);
        }
        self.known_mut(about).flags.set(Flags::REPORTED, left > 0);
        left
    }

    /// The last fact that tells of trouble with a peer.
    pub fn trouble(&self, ix: PeerIx) -> Option<FactId> {
        self.trouble.get(&ix).copied()
    }

    /// Notes trouble with a peer.
    pub fn set_trouble(&mut self, ix: PeerIx, fact: FactId) {
        self.trouble.insert(ix, fact);
    }
}

fn renumber<T>(map: &mut LiteMap<PeerIx, T>, moved: impl Fn(PeerIx) -> Option<PeerIx>) {
    let old = std::mem::take(map);
    for (ix, value) in old {
        if let Some(ix) = moved(ix) {
            map.insert(ix, value);
        }
    }
}
