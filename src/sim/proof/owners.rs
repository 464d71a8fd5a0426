//! Who claims a slot: never two with one config epoch, but for the reasons that Redis has.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Check, Violation, running, violated};
use crate::cluster::fact::{Fact, FactKind, FailoverMode};
use crate::cluster::id::HostId;
use crate::cluster::node::view::ME;
use crate::cluster::time::Micros;
use crate::cluster::world::World;

/// Two running masters may both claim a slot for a while, never with the same config epoch: unless one of them took its
/// epoch without asking anybody (TAKEOVER, a slot that arrived), or two won it, which B16's rule puts right later.
#[derive(Debug, Default)]
pub(super) struct Owners {
    unasked: BTreeSet<(HostId, u64)>,
    /// Who was told to take over without a vote, and when.
    taking: BTreeMap<HostId, Micros>,
}

impl Owners {
    /// Whether the fact may have changed a claim.
    pub(super) fn read(&mut self, fact: &Fact) -> bool {
        match fact.kind {
            FactKind::HandoverAsked { host, mode: FailoverMode::Takeover } => {
                self.taking.insert(host, fact.at);
                false
            }
            FactKind::Promoted { host, epoch, .. } => {
                if self.taking.remove(&host) == Some(fact.at) {
                    self.unasked.insert((host, epoch));
                }
                true
            }
            FactKind::SlotArrived { host, epoch, .. } | FactKind::EpochCollision { host, epoch, .. } => {
                self.unasked.insert((host, epoch));
                true
            }
            FactKind::SlotsLearned { .. } | FactKind::BecameReplica { .. } => true,
            _ => false,
        }
    }

    /// Looks at all claims; those of two who won one epoch are looked at by [`Elections`].
    pub(super) fn check(
        &self,
        world: &World,
        won_twice: &BTreeMap<u64, BTreeSet<HostId>>,
    ) -> Result<(), Violation> {
        let mut by_epoch: BTreeMap<u64, Vec<HostId>> = BTreeMap::new();
        for (host, node) in running(world) {
            let me = node.view.me();
            if !me.is_master() || me.slot_count() == 0 {
                continue;
            }
            let epoch = me.config_epoch;
            let asked = |host| !self.unasked.contains(&(host, epoch));
            let won = |host| won_twice.get(&epoch).is_some_and(|winners| winners.contains(&host));
            let before = by_epoch.entry(epoch).or_default();
            let rivals = before.iter().filter(|&&other| asked(other) && asked(host) && !(won(other) && won(host)));
            for &other in rivals {
                let (mine, theirs) =
                    (node.view.slots_of(ME), world.node(other).map(|node| node.view.slots_of(ME)));
                let both = theirs.and_then(|theirs| mine.iter().find(|&slot| theirs.contains(slot)));
                if let Some(slot) = both {
                    let what = format!("{host:?} and {other:?} both claim slot {slot} with epoch {epoch}");
                    return violated(Check::Owners, world.now(), what);
                }
            }
            before.push(host);
        }
        Ok(())
    }
}
