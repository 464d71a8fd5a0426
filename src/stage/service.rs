//! Since when nobody answered for whose slots: told by the facts, so that it costs no second run of what was.
//!
//! Roads are left out: who is cut off from one client alone does serve. A cut that matters shuts masters by CLUSTERDOWN.

use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::id::{HostId, RackId};
use crate::cluster::slot::Slot;
use crate::cluster::snapshot::Snapshot;
use crate::cluster::time::Micros;

/// The slots of one shard, as time goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Whose they are.
    pub shard: u16,
    /// From when to when somebody among its owners did not answer.
    pub gaps: Vec<(Micros, Micros)>,
}

/// A machine, as far as serving goes.
#[derive(Clone, Copy, Debug)]
struct Machine {
    host: HostId,
    rack: RackId,
    shard: u16,
    /// How many slots it owns.
    slots: u16,
    runs: bool,
    frozen: bool,
    /// Whether it answers CLUSTERDOWN.
    shut: bool,
    /// Whether it ran when its rack lost power.
    starts_again: bool,
}

impl Machine {
    /// A process that has just started answers nothing until it trusts what it sees.
    fn start(&mut self) {
        (self.runs, self.frozen, self.shut) = (true, false, true);
    }
}

/// What is followed.
struct Watch {
    machines: Vec<Machine>,
    leaving: Vec<(Slot, HostId)>,
    /// The lanes, and since when there is a gap in each.
    lanes: Vec<(Lane, Option<Micros>)>,
}

/// The lanes from a snapshot on, up to a moment.
#[inline(never)]
pub fn lanes<'a>(start: &Snapshot, facts: impl Iterator<Item = &'a Fact>, end: Micros) -> Vec<Lane> {
    let mut watch = Watch::of(start);
    watch.look(start.now);
    for fact in facts.filter(|fact| fact.at > start.now) {
        if watch.take(&fact.kind) {
            watch.look(fact.at);
        }
    }
    let closed = watch.lanes.into_iter().map(|(mut lane, open)| {
        lane.gaps.extend(open.map(|from| (from, end)));
        lane.gaps.retain(|(from, until)| from < until);
        lane
    });
    closed.collect()
}

impl Watch {
    fn of(start: &Snapshot) -> Self {
        let owned = |host| {
            let runs = start.directory.iter().filter(move |entry| entry.owner == Some(host));
            runs.map(|entry| entry.range.end - entry.range.start + 1).sum()
        };
        let machines = start.nodes.iter().map(|node| Machine {
            host: node.host,
            rack: node.rack,
            shard: node.shard,
            slots: owned(node.host),
            runs: node.running,
            frozen: node.frozen,
            shut: !node.cluster_ok,
            starts_again: false,
        });
        Self { machines: machines.collect(), leaving: Vec::new(), lanes: Vec::new() }
    }

    fn machine(&mut self, host: HostId) -> Option<&mut Machine> {
        self.machines.iter_mut().find(|machine| machine.host == host)
    }

    fn change(&mut self, host: HostId, how: impl FnOnce(&mut Machine)) {
        if let Some(machine) = self.machine(host) {
            how(machine);
        }
    }

    /// Takes a fact in; whether it may change who is served.
    fn take(&mut self, kind: &FactKind) -> bool {
        match *kind {
            FactKind::Killed { host } | FactKind::ShutDown { host } => self.change(host, |it| it.runs = false),
            FactKind::Restarted { host } => self.change(host, Machine::start),
            FactKind::Frozen { host } => self.change(host, |it| it.frozen = true),
            FactKind::Thawed { host } => self.change(host, |it| it.frozen = false),
            FactKind::StateChanged { host, down } => self.change(host, |it| it.shut = down.is_some()),
            FactKind::PowerLost { rack } => self.in_rack(rack, |it| {
                (it.starts_again, it.runs) = (it.runs, false);
            }),
            FactKind::PowerBack { rack } => self.in_rack(rack, |it| {
                if std::mem::take(&mut it.starts_again) {
                    it.start();
                }
            }),
            FactKind::MachineAdded { host, rack, shard, .. } if self.machine(host).is_none() => {
                let new = Machine {
                    host,
                    rack,
                    shard,
                    slots: 0,
                    runs: true,
                    frozen: false,
                    shut: false,
                    starts_again: false,
                };
                self.machines.push(new);
            }
            FactKind::MachineMoved { host, rack } => self.change(host, |it| it.rack = rack),
            FactKind::Promoted { host, was_replica_of, .. } => {
                let taken = self.machine(was_replica_of).map(|it| (std::mem::take(&mut it.slots), it.shard));
                self.change(host, |it| {
                    let (slots, shard) = taken.unwrap_or((0, it.shard));
                    (it.slots, it.shard) = (it.slots + slots, shard);
                });
            }
            FactKind::BecameReplica { host, of, .. } => {
                let shard = self.machine(of).map(|it| it.shard);
                self.change(host, |it| (it.slots, it.shard) = (0, shard.unwrap_or(it.shard)));
            }
            FactKind::ClusterReset { host, .. } => self.change(host, |it| it.slots = 0),
            FactKind::SlotsAssigned { host, slots, added } => self.change(host, |it| {
                it.slots = if added { it.slots + slots } else { it.slots.saturating_sub(slots) };
            }),
            FactKind::SlotLeaving { host, slot, .. } => {
                self.leaving.push((slot, host));
                return false;
            }
            FactKind::SlotArrived { host, slot, .. } => self.arrived(slot, host),
            _ => return false,
        }
        true
    }

    fn in_rack(&mut self, rack: RackId, how: impl Fn(&mut Machine)) {
        self.machines.iter_mut().filter(|machine| machine.rack == rack).for_each(how);
    }

    /// A slot belongs to somebody else now.
    fn arrived(&mut self, slot: Slot, to: HostId) {
        let from = self.leaving.iter().rposition(|(leaving, _)| *leaving == slot);
        let from = from.map(|at| self.leaving.swap_remove(at).1).filter(|from| *from != to);
        if let Some(from) = from {
            self.change(from, |it| it.slots = it.slots.saturating_sub(1));
            self.change(to, |it| it.slots += 1);
        }
    }

    /// Opens and closes gaps: a shard has one while any of its owners does not answer.
    fn look(&mut self, at: Micros) {
        let Self { machines, lanes, .. } = self;
        for machine in machines.iter().filter(|machine| machine.slots > 0) {
            let place = lanes.partition_point(|(lane, _)| lane.shard < machine.shard);
            if lanes.get(place).is_none_or(|(lane, _)| lane.shard != machine.shard) {
                lanes.insert(place, (Lane { shard: machine.shard, gaps: Vec::new() }, None));
            }
        }
        for (lane, open) in lanes {
            let out = |it: &&Machine| !it.runs || it.frozen || it.shut;
            let broken = machines.iter().filter(|it| it.slots > 0 && it.shard == lane.shard).any(|it| out(&it));
            match (*open, broken) {
                (None, true) => *open = Some(at),
                (Some(from), false) => {
                    lane.gaps.push((from, at));
                    *open = None;
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fact::FactId;
    use crate::cluster::id::ClientId;
    use crate::cluster::time::{MS, SECOND};
    use crate::sim::timeline::Timeline;
    use crate::sim::{Action, Scenario};

    /// Tells a story of acts and compares at every step what the facts say with what is so.
    fn follow(acts: &[(u64, Action)]) -> Vec<Lane> {
        let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
        line.advance_to(SECOND);
        let start = line.session().snapshot();
        let mut truth: Vec<(Micros, Vec<u16>)> = Vec::new();
        let mut acts = acts.iter().peekable();
        while line.now() < 70 * SECOND {
            while let Some((_, action)) = acts.next_if(|(at, _)| at * SECOND <= line.now()) {
                line.act(action.clone(), "").expect("it can be done");
            }
            line.advance_to(line.now() + 100 * MS);
            let unserved = line.session().snapshot().directory.into_iter().filter(|entry| !entry.served);
            truth.push((line.now(), unserved.filter_map(|entry| entry.shard).collect()));
        }
        let facts = line.branch().facts();
        let told = lanes(&start, facts.after(FactId(0)), line.now());
        for (at, unserved) in truth {
            for lane in &told {
                // What was so at a moment was looked at before anything was done then.
                let gap = lane.gaps.iter().any(|(from, until)| *from < at && at <= *until);
                assert_eq!(gap, unserved.contains(&lane.shard), "shard {} at {at}: {told:#?}", lane.shard);
            }
        }
        told
    }

    #[test]
    fn a_fire_is_a_gap_until_the_promotion_and_a_short_one_of_all() {
        let told = follow(&[(5, Action::Kill(HostId(2)))]);
        assert_eq!(told.len(), 3);
        let long = |lane: &Lane| lane.gaps.iter().map(|(from, until)| until - from).sum::<Micros>();
        assert!(long(&told[2]) > 15 * SECOND && long(&told[2]) < 20 * SECOND, "{told:?}");
        assert!(told[..2].iter().all(|lane| long(lane) > 0 && long(lane) < 5 * SECOND), "{told:?}");
    }

    #[test]
    fn whatever_happens_the_facts_tell_what_is_so() {
        let typed = |target: Option<u16>, line: &str| Action::Command {
            client: ClientId(0),
            target: target.map(HostId),
            line: line.into(),
        };
        follow(&[(5, Action::Freeze(HostId(1))), (30, Action::Thaw(HostId(1)))]);
        follow(&[(5, Action::PowerOff(RackId(0))), (12, Action::PowerOn(RackId(0)))]);
        follow(&[(5, Action::PowerOff(RackId(0))), (40, Action::PowerOn(RackId(0)))]);
        follow(&[(5, Action::Kill(HostId(2))), (9, Action::Restart(HostId(2))), (40, Action::Kill(HostId(5)))]);
        follow(&[(5, Action::Kill(HostId(2))), (40, Action::Restart(HostId(2))), (60, Action::Kill(HostId(2)))]);
        follow(&[(5, Action::Kill(HostId(0))), (6, Action::Kill(HostId(1)))]);
        follow(&[(5, typed(Some(5), "CLUSTER FAILOVER")), (20, Action::Kill(HostId(2)))]);
        follow(&[(5, typed(Some(2), "SHUTDOWN NOSAVE"))]);
    }
}
