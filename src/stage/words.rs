//! Numbers in words people read: times, sizes, slot ranges, names of shops.

use crate::cluster::id::HostId;
use crate::cluster::slot::{Slot, SlotRange};
use crate::cluster::snapshot::{DirectoryEntry, NodeView, Snapshot};
use crate::cluster::time::{MS, Micros, SECOND};
use crate::narrate::{self, Term, Voice};

pub use crate::narrate::thousands;

/// A span: `0.4 s`, `15.9 s`, `2 min 5 s`.
pub fn span(time: Micros) -> String {
    if time < 100 * SECOND {
        let tenths = time / (100 * MS);
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else {
        let seconds = time / SECOND;
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

/// A moment: `mm:ss.t`.
pub fn clock(time: Micros) -> String {
    let tenths = time / (100 * MS);
    format!("{:02}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

/// `1 key`, `412 books`.
pub fn keys(count: u32, voice: Voice) -> String {
    let key = voice.word(Term::Key);
    if count == 1 { format!("1 {key}") } else { format!("{} {key}s", thousands(count.into())) }
}

/// A run of slots with an en dash: `10923–16383`.
pub fn slots(range: SlotRange) -> String {
    if range.start == range.end { range.start.to_string() } else { format!("{}–{}", range.start, range.end) }
}

/// So many of so many: `1 of 3`.
pub(super) fn of(some: usize, all: usize) -> String {
    format!("{some} of {all}")
}

/// All runs of slots of a node, at most three of them written out.
pub fn slot_list(ranges: &[SlotRange]) -> String {
    let shown: Vec<String> = ranges.iter().take(3).map(|range| slots(*range)).collect();
    match ranges.len() {
        0 => "none".to_owned(),
        1..=3 => shown.join(", "),
        more => format!("{} and {} more", shown.join(", "), more - 3),
    }
}

/// The node on a machine.
pub fn node(snapshot: &Snapshot, host: HostId) -> Option<&NodeView> {
    // Nodes stand in the order of their machines; a snapshot made by hand may have gaps.
    let there = snapshot.nodes.get(usize::from(host.0)).filter(|node| node.host == host);
    there.or_else(|| snapshot.nodes.iter().find(|node| node.host == host))
}

/// `Shop 3`, `Backup 3`, `Old shop 3`: the name of whoever runs on a machine.
pub fn name_of(snapshot: &Snapshot, host: HostId, voice: Voice) -> String {
    narrate::name(host, snapshot, voice)
}

/// What somebody calls a machine, and what it is called in truth where that is another name: `Backup 3 (in truth Shop 3, at
/// 10.0.1.2)`. One name alone would be that of another machine in the drawing of its eyes.
pub fn both_names(believed: &Snapshot, truth: &Snapshot, host: HostId, voice: Voice) -> String {
    let (called, is) = (name_of(believed, host, voice), name_of(truth, host, voice));
    if called == is {
        return is;
    }
    let address = node(truth, host).map_or("", |node| node.address.split(':').next().unwrap_or_default());
    format!("{called} (in truth {is}, at {address})")
}

/// The directory's run that a slot is in.
pub fn entry(snapshot: &Snapshot, slot: Slot) -> Option<&DirectoryEntry> {
    snapshot.directory.iter().find(|entry| (entry.range.start..=entry.range.end).contains(&slot))
}

/// Whether somebody is there to answer, if only CLUSTERDOWN.
pub fn opens_its_door(snapshot: &Snapshot, host: HostId) -> bool {
    node(snapshot, host).is_some_and(|node| node.running && !node.frozen)
}

/// Whether it is there, and answers everybody CLUSTERDOWN.
pub fn is_closed(snapshot: &Snapshot, host: HostId) -> bool {
    opens_its_door(snapshot, host) && node(snapshot, host).is_some_and(|node| !node.cluster_ok)
}

/// Whether it serves its slots, but no road leads the visitor's client there.
pub fn is_out_of_reach(snapshot: &Snapshot, entry: &DirectoryEntry) -> bool {
    let well = |owner| opens_its_door(snapshot, owner) && !is_closed(snapshot, owner);
    !entry.served && entry.owner.is_some_and(well)
}

/// Why a run's slots are not served: that its shop answers CLUSTERDOWN is an answer.
pub fn trouble(snapshot: &Snapshot, entry: &DirectoryEntry) -> &'static str {
    match entry.owner {
        Some(owner) if is_closed(snapshot, owner) => "closed (CLUSTERDOWN)",
        _ if is_out_of_reach(snapshot, entry) => "out of your reach",
        _ => "no answer",
    }
}

/// "1 of 3 masters is left and 2 are needed …", once too few are left to agree on anything.
pub fn no_majority(snapshot: &Snapshot) -> Option<String> {
    let mut owners: Vec<HostId> = snapshot.directory.iter().filter_map(|entry| entry.owner).collect();
    crate::cluster::order::sort_by_key(&mut owners, |owner| *owner);
    owners.dedup();
    let at_work = |host: &&HostId| opens_its_door(snapshot, **host);
    let (all, left) = (owners.len(), owners.iter().filter(at_work).count());
    let needed = all / 2 + 1;
    let is = if left == 1 { "is" } else { "are" };
    (left < needed).then(|| {
        format!(
            "{left} of {all} masters {is} left and {needed} are needed: nobody can be elected. Bring one back."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        assert_eq!(span(15_940_000), "15.9 s");
        assert_eq!(span(125 * SECOND), "2 min 5 s");
        assert_eq!(clock(31_400_000), "00:31.4");
        assert_eq!(clock(3_661_000_000), "61:01.0");
    }

    #[test]
    fn too_few_masters_are_told() {
        let mut city = crate::stage::fixture::opening();
        city.nodes[0].running = false;
        assert_eq!(no_majority(&city), None);
        city.nodes[2].frozen = true;
        let told = no_majority(&city).unwrap();
        assert!(told.starts_with("1 of 3 masters is left and 2 are needed"), "{told}");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(thousands(16_384), "16,384");
        assert_eq!(thousands(999), "999");
        assert_eq!((keys(1, Voice::Story), keys(1_204, Voice::Library)), ("1 key".into(), "1,204 books".into()));
        assert_eq!(slots(SlotRange { start: 7, end: 7 }), "7");
        assert_eq!(slot_list(&[]), "none");
    }
}
