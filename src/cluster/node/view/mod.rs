//! A node's own picture of the cluster: whom it knows, and who serves which slot.

mod members;
mod news;
mod peer;
mod roles;
mod roll;

use litemap::LiteMap;
use std::rc::Rc;

use super::NodesConf;
use crate::cluster::bus::Gossip;
use crate::cluster::connection::Conn;
use crate::cluster::digest::Cached;
use crate::cluster::fact::FactId;
use crate::cluster::id::{HostId, NodeId};
use crate::cluster::rng::Rng;
use crate::cluster::slot::{SLOTS, Slot, SlotRange, SlotSet};
use crate::cluster::time::Micros;
use peer::Link;
pub use peer::{Flags, Known, ME, Peer, PeerIx, PeerRef, Stamp};
pub(super) use roll::Listed;
use roll::Roll;

/// The picture. Lists are in the order of acquaintance, myself first; forgetting somebody moves the last one there.
#[derive(Clone, Debug, Hash)]
pub struct View {
    roll: Roll,
    peers: Vec<Peer>,
    /// The peer at each machine.
    by_addr: Vec<Option<PeerIx>>,
    /// How many peers are suspected.
    suspects: u16,
    /// Whether I know my own address: the first greeting from outside tells me.
    pub addressed: bool,
    /// Whether a link may be down.
    pub some_link_down: bool,
    /// Whether a master that replicas may migrate to may lack them: something changed since that was last looked at.
    pub some_orphan: bool,
    /// Masters that said of a peer that it does not answer, and when they last said so.
    reports: LiteMap<PeerIx, Vec<(PeerIx, Stamp)>>,
    /// The last fact that tells of trouble with a peer: the cause of suspicions, for narration only.
    trouble: LiteMap<PeerIx, FactId>,
    /// Peers that were met and have not told their name: since when, and whether MEET is still to be sent.
    meeting: LiteMap<PeerIx, (Micros, bool)>,
    /// Ids that gossip must not bring back, and until when.
    forgotten: Vec<(NodeId, Micros)>,
    owners: Rc<Vec<Option<PeerIx>>>,
    /// Slots that a heartbeat of their owner did not claim any more (`owner_not_claiming_slot`).
    unclaimed: Rc<SlotSet>,
    /// The highest epoch seen.
    pub current_epoch: u64,
    /// The last epoch voted in.
    pub last_vote_epoch: u64,
    /// Counts changes of `owners`.
    version: u32,
    claim: Cached<(u32, PeerIx, Rc<SlotSet>)>,
}

impl View {
    /// The picture that `nodes.conf` holds.
    pub fn from_conf(conf: &NodesConf) -> Self {
        let mut view = Self {
            roll: Roll::new(conf.listed(), conf.nodes.len()),
            peers: Vec::with_capacity(conf.nodes.len()),
            by_addr: Vec::new(),
            suspects: 0,
            addressed: conf.addressed,
            some_link_down: true,
            some_orphan: true,
            reports: LiteMap::new(),
            trouble: LiteMap::new(),
            meeting: LiteMap::new(),
            forgotten: Vec::new(),
            owners: Rc::new(vec![None; usize::from(SLOTS)]),
            unclaimed: Rc::new(SlotSet::EMPTY),
            current_epoch: conf.current_epoch,
            last_vote_epoch: conf.last_vote_epoch,
            version: 0,
            claim: Cached(None),
        };
        for node in conf.own_first() {
            let ix = view.push(node.id, node.addr);
            view.peer_mut(ix).config_epoch = node.config_epoch;
            for slot in node.slots.iter().flat_map(|range| range.start..=range.end) {
                view.set_owner(slot, Some(ix));
            }
        }
        for (index, node) in conf.own_first().enumerate() {
            if node.replica {
                let master = node.master.and_then(|id| view.find(id));
                view.set_replica(PeerIx::new(index), master);
            }
        }
        view
    }

    /// Finds a node by its id.
    pub fn find(&self, id: NodeId) -> Option<PeerIx> {
        self.roll.find(id)
    }

    /// Finds a node by its id, where its address is likely known too: the way for gossip, which names thousands.
    pub fn find_at(&self, id: NodeId, addr: HostId) -> Option<PeerIx> {
        let there = self.by_addr.get(usize::from(addr.0)).copied().flatten();
        there.filter(|&ix| self.roll.id(ix) == id).or_else(|| self.find(id))
    }

    /// Finds everybody whom gossip names.
    pub fn find_all(&self, gossip: &[Gossip]) -> Vec<Option<PeerIx>> {
        let mut found = self.roll.likely_all(gossip);
        if found.contains(&None) {
            for (said, found) in gossip.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
                *found = self.find_at(said.id, said.addr);
            }
        }
        found
    }

    /// Believes gossip about a node that is where it was, whom nobody reports and the sender does not suspect: nearly all there
    /// is. `false` if it is another.
    #[inline(always)]
    pub fn take_common_word(&mut self, ix: PeerIx, said: &Gossip, soonest: Stamp) -> bool {
        let known = self.roll.get_mut(ix);
        let trouble = said.flags.any(Flags::PFAIL.and(Flags::FAIL));
        if trouble || known.flags.any(Flags::REPORTED) || known.addr != said.addr {
            return false;
        }
        let heard = Stamp::from_second(said.pong_second);
        if !known.flags.any(Flags::PINGED) && heard > known.pong_received && heard <= soonest {
            known.pong_received = heard;
        }
        true
    }

    /// The node at a machine.
    pub fn peer_at(&self, addr: HostId) -> Option<PeerRef<'_>> {
        let ix = self.by_addr.get(usize::from(addr.0)).copied().flatten()?;
        Some(self.peer(ix))
    }

    /// A known node.
    pub fn peer(&self, ix: PeerIx) -> PeerRef<'_> {
        PeerRef { ix, roll: &self.roll, known: self.roll.get(ix), peer: &self.peers[ix.index()] }
    }

    /// So many nodes by chance, each maybe several times.
    pub fn draw(&self, rng: &mut Rng, count: u16) -> Vec<(PeerIx, Known)> {
        self.roll.draw(rng, count)
    }

    /// What heartbeats say of nodes.
    pub fn tell_of(&self, chosen: &[(PeerIx, Known)]) -> Vec<Gossip> {
        self.roll.tell_of(chosen)
    }

    /// What gossip needs to know of a node.
    pub fn known(&self, ix: PeerIx) -> &Known {
        self.roll.get(ix)
    }

    /// A known node, to change.
    pub fn peer_mut(&mut self, ix: PeerIx) -> &mut Peer {
        &mut self.peers[ix.index()]
    }

    fn known_mut(&mut self, ix: PeerIx) -> &mut Known {
        self.roll.get_mut(ix)
    }

    /// Myself.
    pub fn me(&self) -> PeerRef<'_> {
        self.peer(ME)
    }

    /// How many nodes are known, myself included.
    pub fn len(&self) -> u16 {
        self.peers.len() as u16
    }

    /// Never true: a node knows itself.
    pub fn is_empty(&self) -> bool {
        self.peers.is_empty()
    }

    /// Everybody known, myself first.
    pub fn peers(&self) -> impl Iterator<Item = (PeerIx, PeerRef<'_>)> {
        let both = self.roll.iter().zip(&self.peers);
        both.map(|((ix, known), peer)| (ix, PeerRef { ix, roll: &self.roll, known, peer }))
    }

    /// Everybody else.
    pub fn others(&self) -> impl Iterator<Item = (PeerIx, PeerRef<'_>)> {
        self.peers().skip(1)
    }

    /// The indexes of everybody else.
    pub fn other_ixs(&self) -> impl Iterator<Item = PeerIx> + use<> {
        (1..self.peers.len()).map(PeerIx::new)
    }

    /// The node at an index that `below(len)` gave.
    pub fn nth(&self, index: u32) -> PeerIx {
        PeerIx::new(index as usize)
    }

    /// Suspects a node, or no longer.
    pub fn set_pfail(&mut self, ix: PeerIx, suspected: bool) {
        let before = self.known(ix).flags.any(Flags::PFAIL);
        self.known_mut(ix).flags.set(Flags::PFAIL, suspected);
        match (before, suspected) {
            (false, true) => self.suspects += 1,
            (true, false) => self.suspects -= 1,
            _ => {}
        }
    }

    /// FAIL from `since` on, or no longer.
    pub fn set_failed(&mut self, ix: PeerIx, since: Option<Micros>) {
        self.known_mut(ix).flags.set(Flags::FAIL, since.is_some());
        self.peer_mut(ix).fail_since = since.map_or(Stamp::NEVER, Stamp::at);
        self.some_orphan = true;
    }

    /// How many nodes are suspected.
    pub fn suspects(&self) -> u16 {
        self.suspects
    }

    /// A ping to it waits for its answer since then, or none does.
    pub fn set_ping_sent(&mut self, ix: PeerIx, at: Option<Micros>) {
        self.known_mut(ix).flags.set(Flags::PINGED, at.is_some());
        self.peer_mut(ix).ping_sent = at.map_or(Stamp::NEVER, Stamp::at);
    }

    /// A PONG came from it, or somebody heard one.
    pub fn set_pong_received(&mut self, ix: PeerIx, at: Stamp) {
        self.known_mut(ix).pong_received = at;
    }

    /// Who serves a slot.
    pub fn owner(&self, slot: Slot) -> Option<PeerIx> {
        self.owners[usize::from(slot)]
    }

    /// Whether I serve a slot. Where the bitmap of my header is there it tells: it is a sixteenth of the table, and at hand.
    pub fn is_mine(&self, slot: Slot) -> bool {
        match &self.claim.0 {
            Some((version, ME, set)) if *version == self.version => set.contains(slot),
            _ => self.owner(slot) == Some(ME),
        }
    }

    /// Hands a slot to a node, or to nobody.
    pub fn set_owner(&mut self, slot: Slot, owner: Option<PeerIx>) {
        let before = std::mem::replace(&mut Rc::make_mut(&mut self.owners)[usize::from(slot)], owner);
        if before == owner {
            return;
        }
        for (ix, more) in before.map(|ix| (ix, false)).into_iter().chain(owner.map(|ix| (ix, true))) {
            let count = &mut self.peer_mut(ix).slot_count;
            *count = if more { *count + 1 } else { *count - 1 };
            let (serves, is_first) = (*count > 0, more && *count == 1);
            self.known_mut(ix).flags.set(Flags::SERVES, serves);
            if is_first {
                self.got_first_slot(ix);
            }
        }
        self.version += 1;
    }

    /// Who serves a slot, unless its owner was heard not to claim it any more.
    ///
    /// Source: Redis 7.0, `cluster.c`, `isSlotUnclaimed`.
    pub fn claiming_owner(&self, slot: Slot) -> Option<PeerIx> {
        self.owner(slot).filter(|_| !self.unclaimed.contains(slot))
    }

    /// Notes that a slot's owner was heard not to claim it, or to claim it. In 7.0 only claims of others end that mark, not
    /// the slot's being given away by hand or its owner's becoming a replica: whoever claims such a slot next gets it.
    pub fn set_unclaimed(&mut self, slot: Slot, unclaimed: bool) {
        if self.unclaimed.contains(slot) != unclaimed {
            let set = Rc::make_mut(&mut self.unclaimed);
            if unclaimed {
                set.insert(slot)
            } else {
                set.remove(slot)
            };
        }
    }

    /// The runs of slots of a node. Whoever draws asks for all of them sixty times a second: blocks of slots that are
    /// another's are passed over at a glance.
    pub fn runs_of(&self, ix: PeerIx) -> Vec<SlotRange> {
        let mut runs: Vec<SlotRange> = Vec::new();
        if self.peer(ix).slot_count() == 0 {
            return runs;
        }
        let own = Some(ix);
        for (block, owners) in (0..).step_by(128).zip(self.owners.chunks(128)) {
            if !owners.contains(&own) {
                continue;
            }
            for (slot, _) in (block..).zip(owners).filter(|(_, owner)| **owner == own) {
                match runs.last_mut() {
                    Some(run) if run.end + 1 == slot => run.end = slot,
                    _ => runs.push(SlotRange { start: slot, end: slot }),
                }
            }
        }
        runs
    }

    /// The slots a node serves.
    pub fn slots_of(&self, ix: PeerIx) -> SlotSet {
        if self.peer(ix).slot_count() == 0 {
            return SlotSet::EMPTY;
        }
        (0..SLOTS).filter(|&slot| self.owner(slot) == Some(ix)).collect()
    }

    /// Counts changes of the slot table.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The master whose slots and epoch I speak for: myself, or my master.
    pub fn claimant(&self) -> PeerIx {
        self.me().replica_of().unwrap_or(ME)
    }

    /// The bitmap that my header carries; built once for each version of the table.
    pub fn claim(&mut self) -> Rc<SlotSet> {
        let claimant = self.claimant();
        if let Some((version, whose, set)) = &self.claim.0
            && (*version, *whose) == (self.version, claimant)
        {
            return set.clone();
        }
        let set = Rc::new(self.slots_of(claimant));
        self.claim.0 = Some((self.version, claimant, set.clone()));
        set
    }

    /// How many masters serve at least one slot, failed ones included.
    pub fn size(&self) -> u16 {
        self.roll.entries().iter().filter(|known| known.flags.only(SERVING) == Flags::SERVES).count() as u16
    }

    /// How many of those can be reached, as far as I know. I always can.
    pub fn reachable_size(&self) -> u16 {
        let all = SERVING.and(Flags::PFAIL).and(Flags::FAIL);
        let serves = |known: &&Known| known.flags.only(all) == Flags::SERVES;
        let others = self.roll.entries().iter().skip(1).filter(serves).count();
        others as u16 + u16::from(self.known(ME).flags.only(SERVING) == Flags::SERVES)
    }

    /// The majority of [`View::size`].
    pub fn quorum(&self) -> u16 {
        self.size() / 2 + 1
    }
}

/// What tells a master that serves from the rest.
const SERVING: Flags = Flags::SERVES.and(Flags::REPLICA);

/// Connections, as the view keeps them.
impl View {
    /// The peer whose link is this connection.
    pub fn by_link(&self, conn: Conn, me: HostId) -> Option<PeerIx> {
        let crate::cluster::id::Place::Node(host) = conn.acceptor else {
            return None;
        };
        let is_it = |&ix: &PeerIx| self.peer(ix).conn(me) == Some(conn);
        let likely = self.by_addr.get(usize::from(host.0)).copied().flatten();
        likely.filter(is_it).or_else(|| self.other_ixs().find(is_it))
    }

    /// A connection to it was asked for.
    pub fn link_opening(&mut self, ix: PeerIx, conn: Conn, now: Micros) {
        self.set_link(ix, Link { serial: conn.serial, since: Stamp::at(now), up: false });
    }

    /// The connection to it is there.
    pub fn link_up(&mut self, ix: PeerIx) {
        self.peer_mut(ix).link.up = true;
    }

    /// The connection to it is gone.
    pub fn link_down(&mut self, ix: PeerIx) {
        self.set_link(ix, Link::default());
        self.some_link_down = true;
    }

    fn set_link(&mut self, ix: PeerIx, link: Link) {
        self.known_mut(ix).flags.set(Flags::LINKED, link.serial != 0);
        self.peer_mut(ix).link = link;
    }
}
