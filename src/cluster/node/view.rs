//! A node's own picture of the cluster: whom it knows, and who serves which slot.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::NodesConf;
use crate::cluster::connection::Conn;
use crate::cluster::digest::Cached;
use crate::cluster::fact::FactId;
use crate::cluster::id::{HostId, NodeId, Place};
use crate::cluster::slot::{SLOTS, Slot, SlotSet};
use crate::cluster::time::Micros;

/// A known node's place in this view. Means nothing in another view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerIx(u16);

impl PeerIx {
    /// Its place in a set of one bit a node: word and mask.
    pub fn bit(self) -> (usize, u64) {
        (usize::from(self.0 / 64), 1 << (self.0 % 64))
    }
}

/// Myself.
pub const ME: PeerIx = PeerIx(0);

/// The connection that this node opened to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// None.
    Down,
    /// Asked for.
    Opening {
        /// The connection.
        conn: Conn,
        /// Since when.
        since: Micros,
    },
    /// Up.
    Up {
        /// The connection.
        conn: Conn,
        /// Since when it was asked for.
        since: Micros,
    },
}

impl Link {
    /// Its connection.
    pub fn conn(&self) -> Option<Conn> {
        match *self {
            Self::Down => None,
            Self::Opening { conn, .. } | Self::Up { conn, .. } => Some(conn),
        }
    }

    /// When it was asked for.
    pub fn since(&self) -> Option<Micros> {
        match *self {
            Self::Down => None,
            Self::Opening { since, .. } | Self::Up { since, .. } => Some(since),
        }
    }

    /// Whether messages pass.
    pub fn is_up(&self) -> bool {
        matches!(self, Self::Up { .. })
    }
}

/// What a node knows of another (or of itself).
#[derive(Clone, Debug, Hash)]
pub struct Peer {
    /// Its id.
    pub id: NodeId,
    /// Where it is.
    pub addr: HostId,
    /// Its master, if it is a replica.
    pub replica_of: Option<PeerIx>,
    /// PFAIL: I suspect it.
    pub pfail: bool,
    /// FAIL since: the masters agree that it failed.
    pub fail_since: Option<Micros>,
    /// It must not be promoted by itself.
    pub no_failover: bool,
    /// Its config epoch.
    pub config_epoch: u64,
    /// When the PING went out that is not answered yet.
    pub ping_sent: Option<Micros>,
    /// When its last PONG came, by my own link or by hearsay.
    pub pong_received: Option<Micros>,
    /// When anything last came from it.
    pub data_received: Option<Micros>,
    /// My connection to it.
    pub link: Link,
    /// Masters that said it does not answer, and when they last said so.
    pub reports: Vec<(PeerIx, Micros)>,
    /// Its replication offset, as it last said.
    pub repl_offset: u64,
    /// When I last voted for one of its replicas.
    pub voted_at: Option<Micros>,
    /// How many slots it serves in my view.
    pub slot_count: u16,
    /// The last fact that tells of trouble with it: the cause of suspicions, for narration only.
    pub trouble: Option<FactId>,
    /// The bitmap it last claimed, and the version of my table that it agreed with.
    pub agreed: Cached<(Rc<SlotSet>, u64)>,
}

impl Peer {
    fn new(id: NodeId, addr: HostId) -> Self {
        Self {
            id,
            addr,
            replica_of: None,
            pfail: false,
            fail_since: None,
            no_failover: false,
            config_epoch: 0,
            ping_sent: None,
            pong_received: None,
            data_received: None,
            link: Link::Down,
            reports: Vec::new(),
            repl_offset: 0,
            voted_at: None,
            slot_count: 0,
            trouble: None,
            agreed: Cached(None),
        }
    }

    /// Whether it is taken for a master.
    pub fn is_master(&self) -> bool {
        self.replica_of.is_none()
    }

    /// FAIL.
    pub fn failed(&self) -> bool {
        self.fail_since.is_some()
    }
}

/// The picture.
#[derive(Clone, Debug, Hash)]
pub struct View {
    peers: Vec<Peer>,
    by_id: BTreeMap<NodeId, PeerIx>,
    /// The peer at each machine.
    by_addr: Vec<Option<PeerIx>>,
    /// How many peers are suspected.
    suspects: u16,
    /// Whether a link may be down.
    pub some_link_down: bool,
    owners: Rc<Vec<Option<PeerIx>>>,
    /// Slots whose owner said that it does not serve them any more.
    pub unclaimed: Rc<SlotSet>,
    /// The highest epoch seen.
    pub current_epoch: u64,
    /// The last epoch voted in.
    pub last_vote_epoch: u64,
    /// Counts changes of `owners`.
    version: u64,
    claim: Cached<(u64, PeerIx, Rc<SlotSet>)>,
}

impl View {
    /// The picture that `nodes.conf` holds.
    pub fn from_conf(conf: &NodesConf) -> Self {
        let mut view = Self {
            peers: Vec::new(),
            by_id: BTreeMap::new(),
            by_addr: Vec::new(),
            suspects: 0,
            some_link_down: true,
            owners: Rc::new(vec![None; usize::from(SLOTS)]),
            unclaimed: Rc::new(SlotSet::EMPTY),
            current_epoch: conf.current_epoch,
            last_vote_epoch: conf.last_vote_epoch,
            version: 0,
            claim: Cached(None),
        };
        for known in &conf.nodes {
            let ix = view.add(known.id, known.addr);
            view.peer_mut(ix).config_epoch = known.config_epoch;
            for slot in known.slots.iter() {
                view.set_owner(slot, Some(ix));
            }
        }
        for known in &conf.nodes {
            let master = known.master.and_then(|id| view.find(id));
            if let Some(ix) = view.find(known.id) {
                view.peer_mut(ix).replica_of = master;
            }
        }
        view
    }

    /// Takes a node in, or finds it.
    pub fn add(&mut self, id: NodeId, addr: HostId) -> PeerIx {
        if let Some(ix) = self.find(id) {
            return ix;
        }
        let ix = PeerIx(self.peers.len() as u16);
        self.peers.push(Peer::new(id, addr));
        self.by_id.insert(id, ix);
        self.some_link_down = true;
        self.move_to(ix, addr);
        ix
    }

    /// Finds a node by its id.
    pub fn find(&self, id: NodeId) -> Option<PeerIx> {
        self.by_id.get(&id).copied()
    }

    /// Finds a node by its id, where its address is likely known too: the way for gossip, which names thousands.
    pub fn find_at(&self, id: NodeId, addr: HostId) -> Option<PeerIx> {
        let there = self.by_addr.get(usize::from(addr.0)).copied().flatten();
        there.filter(|&ix| self.peer(ix).id == id).or_else(|| self.find(id))
    }

    /// The node at a machine.
    pub fn peer_at(&self, addr: HostId) -> Option<&Peer> {
        let ix = self.by_addr.get(usize::from(addr.0)).copied().flatten()?;
        Some(self.peer(ix))
    }

    /// A known node.
    pub fn peer(&self, ix: PeerIx) -> &Peer {
        &self.peers[usize::from(ix.0)]
    }

    /// A known node, to change.
    pub fn peer_mut(&mut self, ix: PeerIx) -> &mut Peer {
        &mut self.peers[usize::from(ix.0)]
    }

    /// Myself.
    pub fn me(&self) -> &Peer {
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
    pub fn peers(&self) -> impl Iterator<Item = (PeerIx, &Peer)> {
        self.peers.iter().enumerate().map(|(index, peer)| (PeerIx(index as u16), peer))
    }

    /// Everybody else.
    pub fn others(&self) -> impl Iterator<Item = (PeerIx, &Peer)> {
        self.peers().skip(1)
    }

    /// The indexes of everybody else.
    pub fn other_ixs(&self) -> impl Iterator<Item = PeerIx> + use<> {
        (1..self.len()).map(PeerIx)
    }

    /// The node at an index that `below(len)` gave.
    pub fn nth(&self, index: u32) -> PeerIx {
        PeerIx(index as u16)
    }

    /// The peer whose link is this connection.
    pub fn by_link(&self, conn: Conn) -> Option<PeerIx> {
        let Place::Node(host) = conn.acceptor else {
            return None;
        };
        let ix = self.by_addr.get(usize::from(host.0)).copied().flatten()?;
        (self.peer(ix).link.conn() == Some(conn)).then_some(ix)
    }

    /// Notes where a node lives.
    pub fn move_to(&mut self, ix: PeerIx, addr: HostId) {
        let place = usize::from(addr.0);
        if self.by_addr.len() <= place {
            self.by_addr.resize(place + 1, None);
        }
        self.by_addr[place] = Some(ix);
        self.peer_mut(ix).addr = addr;
    }

    /// The link to a node is gone.
    pub fn link_down(&mut self, ix: PeerIx) {
        self.peer_mut(ix).link = Link::Down;
        self.some_link_down = true;
    }

    /// Suspects a node, or no longer.
    pub fn set_pfail(&mut self, ix: PeerIx, suspected: bool) {
        let before = std::mem::replace(&mut self.peer_mut(ix).pfail, suspected);
        match (before, suspected) {
            (false, true) => self.suspects += 1,
            (true, false) => self.suspects -= 1,
            _ => {}
        }
    }

    /// How many nodes are suspected.
    pub fn suspects(&self) -> u16 {
        self.suspects
    }

    /// Who serves a slot.
    pub fn owner(&self, slot: Slot) -> Option<PeerIx> {
        self.owners[usize::from(slot)]
    }

    /// Hands a slot to a node, or to nobody.
    pub fn set_owner(&mut self, slot: Slot, owner: Option<PeerIx>) {
        let before = std::mem::replace(&mut Rc::make_mut(&mut self.owners)[usize::from(slot)], owner);
        if before == owner {
            return;
        }
        if let Some(ix) = before {
            self.peer_mut(ix).slot_count -= 1;
        }
        if let Some(ix) = owner {
            self.peer_mut(ix).slot_count += 1;
        }
        if self.unclaimed.contains(slot) {
            Rc::make_mut(&mut self.unclaimed).remove(slot);
        }
        self.version += 1;
    }

    /// The slots a node serves.
    pub fn slots_of(&self, ix: PeerIx) -> SlotSet {
        (0..SLOTS).filter(|&slot| self.owner(slot) == Some(ix)).collect()
    }

    /// Counts changes of the slot table.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The master whose slots and epoch I speak for: myself, or my master.
    pub fn claimant(&self) -> PeerIx {
        self.me().replica_of.unwrap_or(ME)
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
        self.peers.iter().filter(|peer| peer.is_master() && peer.slot_count > 0).count() as u16
    }

    /// The majority of [`View::size`].
    pub fn quorum(&self) -> u16 {
        self.size() / 2 + 1
    }
}
