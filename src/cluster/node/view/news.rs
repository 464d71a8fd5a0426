//! What a heartbeat says of slots that is not noted yet.

use super::{PeerIx, View};
use crate::cluster::slot::{Slot, SlotSet};

impl View {
    /// The slots of which a node's claim says something else than is noted here. While slots move each heartbeat is new,
    /// and in one or two of them: blocks that it repeats are passed over at a glance.
    pub fn news_of(&self, ix: PeerIx, claim: &SlotSet) -> Vec<Slot> {
        let own = Some(ix);
        let words = claim.words().iter().zip(self.unclaimed.words());
        let mut news = Vec::new();
        for (block, (owners, words)) in (0..).step_by(64).zip(self.owners.chunks(64).zip(words)) {
            let repeated = match words {
                (0, _) => !owners.contains(&own),
                (&u64::MAX, 0) => owners.iter().all(|owner| *owner == own),
                _ => false,
            };
            if !repeated {
                let new = |slot: &Slot| claim.contains(*slot) != (self.claiming_owner(*slot) == own);
                news.extend((block..block + 64).filter(new));
            }
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::{HostId, NodeId};
    use crate::cluster::node::{KnownNode, NodesConf};
    use crate::cluster::rng::Rng;
    use crate::cluster::slot::SLOTS;

    const PEERS: u16 = 4;

    /// Nodes that serve nothing yet.
    fn view() -> View {
        let nodes = (0..PEERS).map(|index| KnownNode {
            id: NodeId(index.into()),
            addr: HostId(index),
            replica: false,
            master: None,
            config_epoch: 1,
            slots: Vec::new(),
        });
        View::from_conf(&NodesConf::fresh(nodes.collect(), 0, true, 1))
    }

    /// A run of slots: half of them begin and end where blocks do, as those of a city that was just built may.
    fn run(rng: &mut Rng) -> std::ops::Range<Slot> {
        let unit = if rng.below(2) == 0 { 64 } else { 1 };
        let start = rng.below(u32::from(SLOTS / unit)) as u16 * unit;
        let most = if rng.below(2) == 0 { 3 } else { 700 };
        let long = (1 + rng.below(most) as u16) * unit;
        start..start.saturating_add(long).min(SLOTS)
    }

    #[test]
    fn no_slot_is_passed_over_of_which_a_claim_says_something_new() {
        for seed in 0..300 {
            let (mut view, rng) = (view(), &mut Rng::new(seed));
            for _ in 0..rng.below(12) {
                let owner = rng.below(u32::from(PEERS) + 1) as usize;
                let owner = (owner < usize::from(PEERS)).then(|| PeerIx::new(owner));
                run(rng).for_each(|slot| view.set_owner(slot, owner));
            }
            for _ in 0..rng.below(4) {
                run(rng).for_each(|slot| view.set_unclaimed(slot, true));
            }
            for sender in (0..usize::from(PEERS)).map(PeerIx::new) {
                // Mostly what is noted, and a little of something else.
                let mut claim = view.slots_of(sender);
                for _ in 0..rng.below(4) {
                    let more = rng.below(2) == 0;
                    run(rng).for_each(|slot| _ = if more { claim.insert(slot) } else { claim.remove(slot) });
                }
                let slowly = |slot: &Slot| claim.contains(*slot) != (view.claiming_owner(*slot) == Some(sender));
                let slowly: Vec<Slot> = (0..SLOTS).filter(slowly).collect();
                assert_eq!(view.news_of(sender, &claim), slowly, "seed {seed}, {sender:?}");
                assert_eq!(view.peer(sender).slot_count(), view.slots_of(sender).len(), "seed {seed}");
            }
        }
    }
}
