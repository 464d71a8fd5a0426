//! Keys that lie where their slot does not belong, or on two masters at once: only for a reason that has a name.
//!
//! A move takes a key from one master and gives it to another, never both. Redis has these exceptions: a MIGRATE that breaks
//! off after its target has the key (I5), a source or target that is replaced while its slot is open, for open slots and
//! the last DEL are not with the replica (I4, H9), and a replica that is elected with the data of its old shard (E2).

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Check, Violation, running, violated};
use super::ledger::owner_of;
use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::id::HostId;
use crate::cluster::reply::Blob;
use crate::cluster::slot::{Slot, key_slot};
use crate::cluster::world::World;

/// What may explain a key in the wrong place.
#[derive(Debug, Default)]
pub(super) struct Strays {
    /// Who gave or took each slot that was ever on its way.
    ends: BTreeMap<Slot, BTreeSet<HostId>>,
    /// Who was told to import each slot, or to be sent it, and may have keys of it without the slot.
    takers: BTreeSet<(Slot, HostId)>,
    /// Slots one of whose ends was replaced by its replica since.
    unsettled: BTreeSet<Slot>,
    /// Keys whose MIGRATE broke off.
    torn: BTreeSet<Blob>,
    /// Keys that a new master brought along although they are elsewhere, or belong elsewhere.
    brought: BTreeSet<Blob>,
}

impl Strays {
    /// A fact, and the world right after it.
    pub(super) fn read(&mut self, world: &World, fact: &Fact) {
        match &fact.kind {
            FactKind::CommandTyped { target: Some(host), argv, .. } => {
                if let Some((slot, "IMPORTING")) = setslot(argv) {
                    self.ends.entry(slot).or_default().insert(*host);
                    self.takers.insert((slot, *host));
                }
            }
            &FactKind::SlotLeaving { host, slot, to } => {
                self.ends.entry(slot).or_default().extend([host, to]);
                self.takers.insert((slot, to));
            }
            &FactKind::SlotArrived { host, slot, .. } => {
                self.ends.entry(slot).or_default().insert(host);
            }
            FactKind::KeysInDoubt { keys, .. } => self.torn.extend(keys.iter().cloned()),
            &FactKind::Promoted { host, was_replica_of, .. } => self.promoted(world, host, was_replica_of),
            _ => {}
        }
    }

    fn promoted(&mut self, world: &World, host: HostId, was: HostId) {
        for (&slot, ends) in &mut self.ends {
            if ends.contains(&was) || ends.contains(&host) {
                ends.insert(host);
                self.unsettled.insert(slot);
            }
        }
        let Some(node) = world.node(host) else { return };
        for (key, _) in node.store.iter() {
            let elsewhere = |(other, node): (HostId, &crate::cluster::node::Node)| {
                other != host && other != was && node.view.me().is_master() && node.store.raw(key).is_some()
            };
            if running(world).any(elsewhere) || owner_of(world, key_slot(key)) != Some(host) {
                self.brought.insert(key.clone());
            }
        }
    }

    /// Whether a key may be on two masters, and nobody can say which copy is newer.
    pub(super) fn excuses(&self, key: &[u8]) -> bool {
        self.unsettled.contains(&key_slot(key)) || self.brought.contains(key)
    }

    /// Whether one of the ends of the key's slot was replaced by its replica.
    pub(super) fn is_unsettled(&self, key: &[u8]) -> bool {
        self.unsettled.contains(&key_slot(key))
    }

    /// Whether the key's slot had come to `host`, and one that gave or took it owns it now, as `host` knows.
    pub(super) fn was_claimed_back(&self, world: &World, key: &[u8], host: HostId) -> bool {
        let slot = key_slot(key);
        let owner = world.node(host).and_then(|node| Some(node.view.peer(node.view.owner(slot)?).addr()));
        let ends = self.ends.get(&slot);
        ends.zip(owner).is_some_and(|(ends, owner)| owner != host && ends.contains(&host) && ends.contains(&owner))
    }

    /// Whether `host` may have taken the key without its slot.
    pub(super) fn was_taken_in(&self, key: &[u8], host: HostId) -> bool {
        self.takers.contains(&(key_slot(key), host))
    }

    /// No key is on two masters without a reason, and none lies where its slot does not belong, unless it was brought
    /// there. A slot that was opened `by_hand` may be half moved until it is `tidied`, and what broke off is not done again;
    /// the operator's own moves have no such excuse.
    pub(super) fn check(&self, world: &World, by_hand: &BTreeSet<Slot>, tidied: bool) -> Result<(), Violation> {
        for (host, node) in running(world).filter(|(_, node)| node.view.me().is_master()) {
            for (key, _) in node.store.iter() {
                let slot = key_slot(key);
                let owner = owner_of(world, slot).filter(|&owner| owner != host);
                let Some(owner) = owner else { continue };
                let half = !tidied && by_hand.contains(&slot);
                if self.excuses(key) || (half && self.torn.contains(key)) {
                    continue;
                }
                let doubled = world.node(owner).is_some_and(|node| node.store.raw(key).is_some());
                if doubled || !half {
                    let key = String::from_utf8_lossy(key);
                    let too = if doubled { " and has it too" } else { "" };
                    let what = format!("{host:?} holds {key}, whose slot belongs to {owner:?}{too}");
                    return violated(Check::Keys, world.now(), what);
                }
            }
        }
        Ok(())
    }
}

/// The slot, and what is said of it, of a `CLUSTER SETSLOT`.
pub(super) fn setslot(argv: &[Blob]) -> Option<(Slot, &'static str)> {
    let [cluster, subcommand, slot, how, ..] = argv else {
        return None;
    };
    let is = |word: &Blob, text: &str| word.eq_ignore_ascii_case(text.as_bytes());
    let slot: Slot = std::str::from_utf8(slot).ok()?.parse().ok()?;
    let known = ["IMPORTING", "MIGRATING", "NODE", "STABLE"].into_iter().find(|known| is(how, known))?;
    (is(cluster, "CLUSTER") && is(subcommand, "SETSLOT")).then_some((slot, known))
}
