//! The operator's tasks in stories: machines that come, join, share slots and leave, and what is to be done at the end with
//! those that were left half in and half out.

use std::collections::BTreeSet;

use super::check::running;
use super::script::Beat;
use crate::cluster::id::{ClientId, HostId, RackId};
use crate::cluster::network::Streets;
use crate::cluster::node::Node;
use crate::cluster::node::view::{Flags, ME};
use crate::cluster::operator::Task;
use crate::cluster::rng::Rng;
use crate::cluster::slot::{Slot, key_slot};
use crate::cluster::time::{MS, Micros, SECOND};
use crate::cluster::world::World;
use crate::sim::Action;

/// `CLUSTER FORGET` keeps a node out for so long.
pub(super) const BAN: Micros = 60 * SECOND;
/// At most so many machines come to a story.
const MOST_NEW: usize = 3;

/// Whether `host` knows `other` by name.
fn knows(world: &World, host: HostId, other: HostId) -> bool {
    let node = world.node(host);
    node.is_some_and(|node| {
        node.view.others().any(|(_, peer)| peer.addr() == other && !peer.flags().any(Flags::HANDSHAKE))
    })
}

/// The running nodes of the one cluster there is; `None` while some know each other one way only, or the operator is busy.
/// Nodes that know nobody, and nobody knows, are left out.
pub(super) fn members(world: &World) -> Option<Vec<HostId>> {
    if world.operator().is_some() {
        return None;
    }
    let runs: Vec<HostId> = running(world).map(|(host, _)| host).collect();
    let known = |host: HostId| runs.iter().filter(|&&other| other != host && knows(world, other, host)).count();
    let alone = |host: HostId| world.node(host).is_some_and(|node| node.view.len() == 1) && known(host) == 0;
    let members: Vec<HostId> = runs.iter().copied().filter(|&host| runs.len() == 1 || !alone(host)).collect();
    let whole = members.iter().all(|&host| known(host) + 1 == members.len());
    whole.then_some(members)
}

/// Everybody is introduced to a node that has slots, unless they know each other both ways.
pub(super) fn introductions(world: &World) -> Vec<Action> {
    let with_slots =
        running(world).filter(|(_, node)| node.view.me().is_master() && node.view.me().slot_count() > 0);
    let Some((hub, _)) = with_slots.max_by_key(|(_, node)| node.view.len()) else {
        return Vec::new();
    };
    let address = world.address(hub);
    let line = format!("CLUSTER MEET {} {}", address.ip_text(), address.port);
    let others = running(world).map(|(host, _)| host).filter(|&host| host != hub);
    let apart = others.filter(|&host| !knows(world, host, hub) || !knows(world, hub, host));
    apart
        .map(|host| Action::Command { client: ClientId(0), target: Some(host), line: line.clone().into() })
        .collect()
}

/// Slots whose owner is another for somebody, who lays no claim to them, or that nobody claims: the claim is made anew, as
/// `redis-cli --cluster fix` does with slots that are not covered. In 7.0 a claim that came late, with a newer epoch than that
/// of the slot's new owner, stays where it arrived, even there, for nobody hears that a claim is withdrawn by whom it does not
/// take for the slot's owner.
pub(super) fn claims_anew(world: &World, moved: &BTreeSet<Slot>) -> Vec<Action> {
    let claims = moved.iter().filter_map(|&slot| Some((slot, claim_anew(world, slot)?)));
    let acts = claims.flat_map(|(slot, (host, unowned))| {
        let lines = match unowned {
            true => vec![format!("DELSLOTS {slot}"), format!("ADDSLOTS {slot}"), "BUMPEPOCH".to_owned()],
            false => vec!["BUMPEPOCH".to_owned()],
        };
        let say = move |line: String| {
            let line = format!("CLUSTER {line}").into();
            Action::Command { client: ClientId(0), target: Some(host), line }
        };
        lines.into_iter().map(say)
    });
    acts.collect()
}

/// The slots of which that is so.
pub(super) fn late_claims(world: &World, moved: &BTreeSet<Slot>) -> BTreeSet<Slot> {
    moved.iter().copied().filter(|&slot| claim_anew(world, slot).is_some()).collect()
}

/// Who has to claim the slot anew, and whether nobody claims it.
fn claim_anew(world: &World, slot: Slot) -> Option<(HostId, bool)> {
    let believed = |node: &Node| node.view.owner(slot).map(|owner| node.view.peer(owner).addr());
    let beliefs: BTreeSet<HostId> = running(world).filter_map(|(_, node)| believed(node)).collect();
    let claims = |host: HostId| world.node(host).is_some_and(|node| node.view.owner(slot) == Some(ME));
    match (super::ledger::owner_of(world, slot), beliefs.first()) {
        (Some(owner), _) if beliefs.iter().any(|&host| host != owner && !claims(host)) => Some((owner, false)),
        (None, Some(&host)) => Some((host, true)),
        _ => None,
    }
}

/// Slots that are open on some running master.
pub(super) fn open_slots(world: &World) -> BTreeSet<Slot> {
    running(world).flat_map(|(_, node)| node.open_slots()).collect()
}

/// Slots of keys that lie on a master that does not own them.
pub(super) fn stray_slots(world: &World) -> BTreeSet<Slot> {
    let masters = running(world).filter(|(_, node)| node.view.me().is_master());
    let strays = masters.flat_map(|(host, node)| {
        let slots: BTreeSet<Slot> = node.store.iter().map(|(key, _)| key_slot(key)).collect();
        slots.into_iter().filter(move |&slot| super::ledger::owner_of(world, slot) != Some(host))
    });
    strays.collect()
}

/// A scene in which the operator is busy. Unique writes take their numbers from `written`.
pub(super) fn scene(rng: &mut Rng, world: &World, racks: u16, first: usize, written: &mut u32) -> Vec<Beat> {
    let mut scene = Scene { rng, world, written, beats: Vec::new() };
    match scene.rng.below(12) {
        0..=2 if world.hosts().count() < first + MOST_NEW => scene.newcomer(racks),
        0..=5 => scene.sharing(),
        6 | 7 => scene.leaving(first),
        8 => scene.task(Task::Rebalance),
        9 => scene.task(Task::Fix),
        10 => scene.act(Action::StopOperator, 0),
        _ => scene.moving(racks),
    }
    scene.beats
}

struct Scene<'a> {
    rng: &'a mut Rng,
    world: &'a World,
    written: &'a mut u32,
    beats: Vec<Beat>,
}

impl Scene<'_> {
    fn act(&mut self, act: Action, wait: Micros) {
        self.beats.push(Beat { act, wait });
    }

    fn one_of(&mut self, hosts: &[HostId]) -> Option<HostId> {
        hosts.get(self.rng.below(hosts.len().max(1) as u32) as usize).copied()
    }

    fn masters(&self) -> Vec<HostId> {
        running(self.world).filter(|(_, node)| node.view.me().is_master()).map(|(host, _)| host).collect()
    }

    /// A task that may be stopped anywhere, by its operator or by a node that falls silent.
    fn task(&mut self, task: Task) {
        let wait = u64::from(self.rng.below(400)) * MS;
        self.act(Action::Operate(task), wait / 40);
        let host = HostId(self.rng.below(self.world.hosts().count() as u32) as u16);
        match self.rng.below(6) {
            0 => self.act(Action::StopOperator, wait),
            1 => self.act(Action::Freeze(host), wait),
            2 => self.act(Action::Kill(host), wait),
            _ => self.beats.last_mut().into_iter().for_each(|beat| beat.wait += 5 * wait),
        }
    }

    /// A machine comes, and its node joins as a master, or as somebody's replica.
    fn newcomer(&mut self, racks: u16) {
        let host = HostId(self.world.hosts().count() as u16);
        let rack = RackId(self.rng.below(racks.into()) as u16);
        self.act(Action::AddMachine(rack), SECOND);
        let masters = self.masters();
        let replica_of = if self.rng.below(2) == 0 { self.one_of(&masters) } else { None };
        self.act(Action::Operate(Task::Join { host, replica_of }), 4 * SECOND);
        if let (None, Some(from)) = (replica_of, self.one_of(&masters)) {
            self.share(from, host);
        }
    }

    fn sharing(&mut self) {
        let masters = self.masters();
        if let (Some(from), Some(to)) = (self.one_of(&masters), self.one_of(&masters)) {
            self.share(from, to);
        }
    }

    /// Some slots with keys go from one master to another.
    fn share(&mut self, from: HostId, to: HostId) {
        let count = 4 + self.rng.below(20) as u16;
        let Some(node) = self.world.node(from) else { return };
        let slots: Vec<Slot> = node.view.slots_of(ME).iter().take(count.into()).collect();
        for _ in 0..4 {
            let Some(&slot) = slots.get(self.rng.below(slots.len().max(1) as u32) as usize) else { return };
            let Some(tag) = (0..200_000).find(|tag| key_slot(format!("{{m{tag}}}").as_bytes()) == slot) else {
                return;
            };
            *self.written += 1;
            let line = format!("SET {{m{tag}}}o{0} v{0}", *self.written).into();
            self.act(Action::Command { client: ClientId(0), target: None, line }, 0);
        }
        let wait = u64::from(self.rng.below(1000)) * MS;
        self.beats.last_mut().into_iter().for_each(|beat| beat.wait = wait);
        self.task(Task::Reshard { from, to, slots: count });
    }

    /// Mostly one of those that came, or a replica: to empty a master of the first hour is much work.
    fn leaving(&mut self, first: usize) {
        let anybody = self.rng.below(8) == 0;
        let light = |&host: &HostId| {
            let node = self.world.node(host);
            anybody || usize::from(host.0) >= first || node.is_some_and(|node| !node.view.me().is_master())
        };
        let hosts: Vec<HostId> = self.world.hosts().filter(light).collect();
        if let Some(host) = self.one_of(&hosts) {
            self.task(Task::Leave { host });
        }
    }

    /// Machines are carried about, racks cut off, streets dug up.
    fn moving(&mut self, racks: u16) {
        let rack = RackId(self.rng.below(racks.into()) as u16);
        let host = HostId(self.rng.below(self.world.hosts().count() as u32) as u16);
        let wait = u64::from(self.rng.below(3000)) * MS;
        let other_rack = [MS / 5, MS / 5, 2 * MS, 30 * MS][self.rng.below(4) as usize];
        let streets =
            Streets { same_rack: other_rack / 2, other_rack, other_region: 2 * other_rack, to_client: other_rack };
        match self.rng.below(3) {
            0 => self.act(Action::MoveMachine { host, rack }, wait),
            1 => self.act(Action::CutOff(rack), wait),
            _ => self.act(Action::Streets(streets), wait),
        }
    }
}
