//! Who serves which slot: the newest config epoch wins. Source: Redis 7.0, `cluster.c`,
//! `clusterUpdateSlotsConfigWith`, `clusterSetMaster`, and the UPDATE part of `clusterProcessPacket`.

use std::rc::Rc;

use super::Node;
use super::view::{ME, PeerIx};
use crate::cluster::broken::Rule;
use crate::cluster::bus::{Body, Header};
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;
use crate::cluster::id::NodeId;
use crate::cluster::slot::{Slot, SlotSet};

impl Node {
    /// Takes in the slots that a heartbeat claims, or tells the sender that it is behind.
    pub(super) fn take_slots(&mut self, context: &mut Context<'_>, sender: PeerIx, header: &Header) {
        if !self.claim_differs(sender, header) {
            return;
        }
        if self.view.peer(sender).is_master() {
            self.apply_claim(context, sender, header.config_epoch, &header.slots);
        }
        let newer = |&owner: &PeerIx| self.view.peer(owner).config_epoch > header.config_epoch;
        let mut rivals = header.slots.iter().filter_map(|slot| self.view.claiming_owner(slot));
        if let Some(owner) = rivals.find(|owner| *owner != sender && newer(owner)) {
            self.send_update(context, sender, owner);
        }
    }

    /// Whether a claim says anything new. Most heartbeats repeat the last one, and are told by its address.
    fn claim_differs(&mut self, sender: PeerIx, header: &Header) -> bool {
        let version = self.view.version();
        if let Some((set, seen)) = &self.view.peer(sender).agreed.0
            && *seen == version
            && Rc::ptr_eq(set, &header.slots)
        {
            return false;
        }
        let peer = self.view.peer(sender);
        let Some(claimant) = (if peer.is_master() { Some(sender) } else { peer.replica_of() }) else {
            return false;
        };
        // Counted on the way: among a thousand nodes each looks once through the bitmap of each other one.
        let mut count = 0;
        let mut slots = header.slots.iter().inspect(|_| count += 1);
        let same = slots.all(|slot| self.view.owner(slot) == Some(claimant))
            && count == self.view.peer(claimant).slot_count();
        if same {
            self.view.peer_mut(sender).agreed.0 = Some((header.slots.clone(), version));
        }
        !same
    }

    /// Slots that the owner does not claim any more are not passed on as its own.
    fn send_update(&mut self, context: &mut Context<'_>, to: PeerIx, owner: PeerIx) {
        let peer = self.view.peer(owner);
        let (id, config_epoch) = (peer.id(), peer.config_epoch);
        let claimed = |&slot: &Slot| self.view.claiming_owner(slot).is_some();
        let slots = Rc::new(self.view.slots_of(owner).iter().filter(claimed).collect());
        self.send_to(context, to, Body::Update { owner: id, config_epoch, slots });
    }

    /// Somebody tells me of an owner that I should know.
    pub(super) fn take_update(
        &mut self,
        context: &mut Context<'_>,
        owner: NodeId,
        config_epoch: u64,
        slots: &SlotSet,
    ) {
        let Some(ix) = self.view.find(owner) else {
            return;
        };
        if self.view.peer(ix).config_epoch >= config_epoch {
            return;
        }
        self.view.set_master(ix);
        self.view.peer_mut(ix).config_epoch = config_epoch;
        self.apply_claim(context, ix, config_epoch, slots);
    }

    /// Rebinds every claimed slot whose owner has an older config epoch, and draws the consequences for me.
    fn apply_claim(&mut self, context: &mut Context<'_>, sender: PeerIx, epoch: u64, claim: &SlotSet) {
        if sender == ME {
            return;
        }
        let my_master = self.view.claimant();
        let (mut taken, mut taken_from_us, mut dirty) = (0, 0, Vec::new());
        for slot in self.view.news_of(sender, claim) {
            let owner = self.view.owner(slot);
            if !claim.contains(slot) {
                if owner == Some(sender) {
                    self.view.set_unclaimed(slot, true);
                }
                continue;
            }
            if owner == Some(sender) {
                self.view.set_unclaimed(slot, false);
                continue;
            }
            if self.importing.contains_key(&slot) {
                continue;
            }
            let older =
                |owner| self.view.peer(owner).config_epoch < epoch || self.config.broken.is(Rule::NewestEpochOwns);
            if self.view.claiming_owner(slot).is_some_and(|owner| !older(owner)) {
                continue;
            }
            if owner == Some(ME) && self.store.in_slot(slot).next().is_some() {
                dirty.push(slot);
            }
            taken_from_us += u16::from(owner == Some(my_master));
            taken += 1;
            self.view.set_owner(slot, Some(sender));
            self.view.set_unclaimed(slot, false);
        }
        if taken > 0 {
            let owner = self.view.peer(sender).addr();
            let fact = context.fact(FactKind::SlotsLearned { host: self.host, owner, slots: taken, epoch });
            self.todo.update_state = true;
            context.because(Some(fact), |context| {
                self.follow_my_slots(context, sender, claim.len() == taken_from_us, taken_from_us, &dirty);
            });
        } else {
            self.leave_a_demoted_master(context);
        }
    }

    /// My shard lost its slots to `winner`: follow it. Or I lost some: drop their keys.
    fn follow_my_slots(
        &mut self,
        context: &mut Context<'_>,
        winner: PeerIx,
        exactly_ours: bool,
        taken_from_us: u16,
        dirty: &[Slot],
    ) {
        let my_master = self.view.claimant();
        let all_gone = taken_from_us > 0 && self.view.peer(my_master).slot_count() == 0;
        if all_gone && (self.config.allow_replica_migration || exactly_ours) {
            self.follow(context, winner);
        } else if !dirty.is_empty() {
            self.drop_keys(context, dirty);
        } else {
            self.leave_a_demoted_master(context);
        }
    }

    /// My master follows somebody itself: follow that one, for replicas of replicas do not exist.
    fn leave_a_demoted_master(&mut self, context: &mut Context<'_>) {
        let grand_master = self.view.me().replica_of().and_then(|master| self.view.peer(master).replica_of());
        if let Some(grand_master) = grand_master.filter(|&ix| ix != ME) {
            self.follow(context, grand_master);
        }
    }

    fn drop_keys(&mut self, context: &mut Context<'_>, slots: &[Slot]) {
        let mut dropped = 0;
        for &slot in slots {
            let keys: Vec<_> = self.store.in_slot(slot).cloned().collect();
            for key in keys {
                self.store.remove(&key);
                self.feed(context, [b"DEL"[..].into(), key]);
                dropped += 1;
            }
        }
        context.fact(FactKind::KeysDropped { host: self.host, keys: dropped });
    }

    /// Becomes (or stays) a replica, of `master` from now on.
    pub(super) fn follow(&mut self, context: &mut Context<'_>, master: PeerIx) {
        let was_master = self.view.me().is_master();
        self.view.set_replica(ME, Some(master));
        self.migrating.clear();
        self.importing.clear();
        self.todo.update_state = true;
        self.end_manual(context);
        let of = self.view.peer(master).addr();
        let fact = context.fact(FactKind::BecameReplica { host: self.host, of, was_master });
        context.because(Some(fact), |context| self.replicate_from(context, of));
    }
}
