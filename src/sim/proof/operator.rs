//! Resharding as `redis-cli` does it: one slot, key by key, in steps between which anything may happen.

use std::collections::BTreeSet;

use super::ledger::owner_of;
use super::strays::Strays;
use crate::cluster::id::{ClientId, HostId};
use crate::cluster::reply::Blob;
use crate::cluster::slot::Slot;
use crate::cluster::world::World;
use crate::sim::Action;

/// How many keys one MIGRATE takes.
const BATCH: usize = 3;

/// A slot on its way.
#[derive(Clone, Debug)]
pub(super) struct Move {
    slot: Slot,
    from: HostId,
    to: HostId,
    step: Step,
    /// The keys that the last MIGRATE was to take, and how often it was tried.
    tries: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Importing,
    Migrating,
    Keys,
    Assign,
    Tell,
}

impl Move {
    /// A slot goes from its owner to `to`; `None` if it is there already, or has no owner that runs.
    pub(super) fn new(world: &World, slot: Slot, to: HostId) -> Option<Self> {
        let from = owner_of(world, slot).filter(|&from| from != to)?;
        world.node(to).filter(|node| node.view.me().is_master())?;
        Some(Self { slot, from, to, step: Step::Importing, tries: 0 })
    }

    /// The next commands; `None` when it is over or cannot go on.
    pub(super) fn next(&mut self, world: &World) -> Option<Vec<Action>> {
        let (source, target) = (world.node(self.from)?, world.node(self.to)?);
        if !source.view.me().is_master() || !target.view.me().is_master() {
            return None;
        }
        // As redis-cli, it goes on only if both ends took its word.
        let open = source.is_open(self.slot) && target.is_open(self.slot);
        if matches!(self.step, Step::Keys | Step::Assign) && !open {
            return None;
        }
        let set = |on, how: &str, whom| setslot(world, on, self.slot, how, whom);
        let keys: Vec<String> = source.store.in_slot(self.slot).take(BATCH).map(|key| text(key)).collect();
        let (next, acts) = match self.step {
            Step::Importing => (Step::Migrating, vec![set(self.to, "IMPORTING", self.from)?]),
            Step::Migrating => (Step::Keys, vec![set(self.from, "MIGRATING", self.to)?]),
            Step::Keys if keys.is_empty() => (Step::Assign, Vec::new()),
            Step::Keys => {
                self.tries += 1;
                if self.tries > 20 {
                    return None;
                }
                (Step::Keys, vec![migrate(world, self.from, self.to, &keys, 1_500)])
            }
            // Something was written here after all: the slot is not open at the source any more.
            Step::Assign if !keys.is_empty() || owner_of(world, self.slot) != Some(self.from) => return None,
            Step::Assign => (Step::Tell, vec![set(self.to, "NODE", self.to)?]),
            Step::Tell if owner_of(world, self.slot) != Some(self.to) => return None,
            Step::Tell => {
                self.tries = u8::MAX;
                let others = world.hosts().filter(|&host| host != self.to && host != self.from);
                let masters =
                    others.filter(|&host| world.node(host).is_some_and(|node| node.view.me().is_master()));
                let hosts = [self.from].into_iter().chain(masters);
                (Step::Tell, hosts.filter_map(|host| set(host, "NODE", self.to)).collect())
            }
        };
        self.step = next;
        Some(acts)
    }

    /// Whether everybody was told.
    pub(super) fn is_over(&self) -> bool {
        self.step == Step::Tell && self.tries == u8::MAX
    }
}

/// Closes slots that an interrupted resharding left open, as `redis-cli --cluster fix` does.
pub(super) fn stable(world: &World, slots: &BTreeSet<Slot>) -> Vec<Action> {
    let on = |host| slots.iter().map(move |slot| command(host, format!("CLUSTER SETSLOT {slot} STABLE")));
    let masters = world.hosts().filter(|&host| world.node(host).is_some_and(|node| node.view.me().is_master()));
    masters.flat_map(on).collect()
}

/// Keys that lie where their slot does not belong go to its owner.
pub(super) fn close(world: &World, slots: &BTreeSet<Slot>, strays: &Strays) -> Vec<Action> {
    let mut acts = Vec::new();
    for &slot in slots {
        let Some(owner) = owner_of(world, slot) else {
            continue;
        };
        for host in world.hosts() {
            let Some(node) = world.node(host).filter(|node| node.view.me().is_master()) else {
                continue;
            };
            // Where nobody can say which copy is newer, both stay.
            let there = |key: &Blob| world.node(owner).is_some_and(|node| node.store.raw(key).is_some());
            let go = |key: &&Blob| !(strays.excuses(key) && there(key));
            let keys: Vec<String> = node.store.in_slot(slot).filter(go).map(|key| text(key)).collect();
            if host != owner && !keys.is_empty() {
                // Only a node for which the slot is open lets go of keys that it does not own.
                acts.extend(setslot(world, host, slot, "IMPORTING", owner));
                for key in keys {
                    acts.push(migrate(world, host, owner, &[key], 60_000));
                }
            }
        }
    }
    if !acts.is_empty() {
        acts.extend(stable(world, slots));
    }
    acts
}

fn setslot(world: &World, on: HostId, slot: Slot, how: &str, whom: HostId) -> Option<Action> {
    let id = world.node(whom)?.view.me().id();
    Some(command(on, format!("CLUSTER SETSLOT {slot} {how} {id}")))
}

pub(super) fn migrate(world: &World, from: HostId, to: HostId, keys: &[String], ms: u32) -> Action {
    let address = world.address(to);
    let (ip, port, keys) = (address.ip_text(), address.port, keys.join(" "));
    command(from, format!("MIGRATE {ip} {port} \"\" 0 {ms} REPLACE KEYS {keys}"))
}

fn command(target: HostId, line: String) -> Action {
    Action::Command { client: ClientId(0), target: Some(target), line: line.into() }
}

fn text(key: &[u8]) -> String {
    String::from_utf8_lossy(key).into_owned()
}
