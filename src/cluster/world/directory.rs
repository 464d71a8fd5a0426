//! The directory as it is: for every slot who serves it, computed from what the nodes claim.

use super::World;
use super::machine::Process;
use crate::cluster::id::HostId;
use crate::cluster::slot::{SLOTS, Slot, SlotRange};
use crate::cluster::snapshot::{DirectoryEntry, NodeView};

impl World {
    /// For every slot the claim with the highest config epoch, of those that run before those that do not.
    pub(super) fn directory(&self, nodes: &[NodeView]) -> Vec<DirectoryEntry> {
        // By runs, not slot by slot: there are few, and this is asked in every frame.
        let mut is_edge = vec![false; usize::from(SLOTS) + 1];
        (is_edge[0], is_edge[usize::from(SLOTS)]) = (true, true);
        for run in nodes.iter().flat_map(|node| &node.slots) {
            (is_edge[usize::from(run.start)], is_edge[usize::from(run.end) + 1]) = (true, true);
        }
        let edges: Vec<Slot> = (0..=SLOTS).filter(|slot| is_edge[usize::from(*slot)]).collect();
        let mut best: Vec<Option<(bool, u64, HostId)>> = vec![None; edges.len() - 1];
        for NodeView { host, slots, .. } in nodes.iter().filter(|node| !node.slots.is_empty()) {
            let (running, epoch) = match &self.machine(*host).process {
                Process::Running(node) => (true, node.view.me().config_epoch),
                Process::Dead(conf) => (false, conf.me().config_epoch),
            };
            let claim = (running, epoch, *host);
            for run in slots {
                let first = edges.partition_point(|edge| *edge < run.start);
                for (place, _) in
                    best[first..].iter_mut().zip(&edges[first..]).take_while(|(_, edge)| **edge <= run.end)
                {
                    if place.is_none_or(|other| claim > other) {
                        *place = Some(claim);
                    }
                }
            }
        }
        let mut entries: Vec<DirectoryEntry> = Vec::new();
        for (bounds, claim) in edges.windows(2).zip(best) {
            let (owner, end) = (claim.map(|(_, _, host)| host), bounds[1] - 1);
            match entries.last_mut() {
                Some(last) if last.owner == owner => last.range.end = end,
                _ => entries.push(DirectoryEntry {
                    range: SlotRange { start: bounds[0], end },
                    owner,
                    shard: owner.map(|host| self.machine(host).shard),
                    served: owner.is_some_and(|host| self.serves(host)),
                }),
            }
        }
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::rng::Rng;
    use crate::cluster::world::Plan;

    #[test]
    fn the_directory_has_the_best_claim_for_every_slot() {
        let mut world = World::new(&Plan::small(), 1).expect("it can be built");
        world.open(60 * crate::cluster::time::SECOND);
        world.kill(HostId(1)).expect("it runs");
        let epoch_of = |host: HostId| match &world.machine(host).process {
            Process::Running(node) => (true, node.view.me().config_epoch),
            Process::Dead(conf) => (false, conf.me().config_epoch),
        };
        for seed in 0..200 {
            let mut rng = Rng::new(seed);
            let mut nodes = world.snapshot().nodes;
            for node in &mut nodes {
                node.slots.clear();
                let mut from = rng.below(9) as Slot;
                while from < SLOTS && rng.below(12) > 0 {
                    let end = (from + rng.below(3_000) as Slot).min(SLOTS - 1);
                    node.slots.push(SlotRange { start: from, end });
                    from = end + 2 + rng.below(2_000) as Slot;
                }
            }
            let directory = world.directory(&nodes);
            let mut next = 0;
            for pair in directory.windows(2) {
                assert_ne!(pair[0].owner, pair[1].owner, "seed {seed}: two runs that are one");
            }
            for entry in &directory {
                assert_eq!(entry.range.start, next, "seed {seed}");
                next = entry.range.end + 1;
                for slot in entry.range.start..=entry.range.end {
                    let claims =
                        |node: &&NodeView| node.slots.iter().any(|run| (run.start..=run.end).contains(&slot));
                    let best = nodes.iter().filter(claims).map(|node| (epoch_of(node.host), node.host)).max();
                    assert_eq!(entry.owner, best.map(|(_, host)| host), "seed {seed}, slot {slot}");
                }
            }
            assert_eq!(next, SLOTS, "seed {seed}");
        }
    }
}
