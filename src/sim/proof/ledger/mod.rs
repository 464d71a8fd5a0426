//! The ledger of acknowledged writes: where each is kept, and in which window it went if it is lost.
//!
//! It knows the commands and their answers from facts alone. A write has a home, the master that holds it. When that
//! master is replaced, restarted or gives keys away, the ledger looks into the store of whoever comes after it: the write is
//! there and has a new home, or it went in that window. A write that is missing in the end and went in no window is a
//! violation. Which window it is, `windows.rs` says.

mod waits;
mod windows;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::called_back;
use super::check::{Check, Violation, running, violated};
use super::isolation::Isolation;
use super::lags::Lags;
use super::strays::{Strays, setslot};
use super::work::{Trace, is_named, replaces};
use crate::cluster::fact::{Fact, FactId, FactKind, FailoverMode};
use crate::cluster::id::{ClientId, CommandId, HostId};
use crate::cluster::node::replication::ReplId;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::slot::{Slot, key_slot};
use crate::cluster::time::Micros;
use crate::cluster::world::World;
use windows::Fate;
pub use windows::Loss;

/// A command that waits for its answer.
#[derive(Debug)]
struct Typed {
    door: Door,
    at: Micros,
    argv: Rc<[Blob]>,
    /// What EXEC runs.
    body: Vec<Rc<[Blob]>>,
    /// Queued by MULTI: its own answer is no acknowledgement.
    queued: bool,
}

/// Who asks, and whom: transactions and WAIT belong to a connection.
type Door = (ClientId, Option<HostId>);

/// An acknowledged write.
#[derive(Debug)]
struct Item {
    command: CommandId,
    key: Blob,
    trace: Trace,
    home: HostId,
    /// Since when its home had it, at the latest, and where the home's history was then.
    since: Micros,
    point: Option<(ReplId, u64)>,
    /// The MIGRATE that gave it to its home.
    moved_by: Option<FactId>,
    went: Option<Loss>,
    /// Replicas that had it when WAIT said so.
    kept: Vec<HostId>,
}

/// The ledger.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    typed: BTreeMap<CommandId, Typed>,
    open: BTreeMap<Door, Vec<Rc<[Blob]>>>,
    items: Vec<Item>,
    /// Commands that replaced what a key held, so far.
    replaced: BTreeMap<Blob, u64>,
    /// Keys of which a command may have been done more than once, or late.
    doubtful: BTreeSet<Blob>,
    /// Keys that a command may yet replace or remove, late, for it was given up, or was not answered and tried again.
    overdue: BTreeSet<(Blob, CommandId)>,
    /// The last write of a connection.
    last: BTreeMap<Door, (CommandId, Micros)>,
    asked: BTreeMap<HostId, FailoverMode>,
    /// Replicas that were asked to take over, and have heard where their master waits.
    heard: BTreeSet<HostId>,
    /// Replicas that take the offset of an earlier pause for that of this one.
    pub(super) misled: BTreeSet<HostId>,
    fate: BTreeMap<HostId, Fate>,
    /// When each master that nobody had replaced started again, with nothing.
    restarted: BTreeMap<HostId, Micros>,
    /// How each master that took over did so.
    rose: BTreeMap<HostId, Loss>,
    successor: BTreeMap<HostId, HostId>,
    /// Who took a newer epoch, for it had that of another master.
    collided: BTreeSet<(HostId, HostId)>,
    won: BTreeSet<(HostId, u64)>,
    /// Whose data each replica has.
    synced: BTreeMap<HostId, HostId>,
    pub(super) opened: BTreeSet<Slot>,
    /// Slots that were on their way, by whosever hand.
    pub(super) moved: BTreeSet<Slot>,
    /// Slots whose owner was called back by an echo.
    pub(super) called_back: BTreeSet<Slot>,
    pub(super) failovers: u32,
    /// When each replica of a master was last emptied, or left it.
    emptied: BTreeMap<(HostId, HostId), Micros>,
    /// How far replicas lag behind.
    pub(super) lags: Lags,
    /// Masters that hear no majority.
    pub(super) isolation: Isolation,
    /// Processes that ran after the last event.
    ran: Vec<bool>,
    /// Acknowledged writes in all.
    pub(super) acknowledged: u64,
}

impl Ledger {
    /// A fact, and the world right after it.
    pub(super) fn read(&mut self, world: &World, fact: &Fact, strays: &Strays) -> Result<(), Violation> {
        match &fact.kind {
            FactKind::CommandTyped { client, command, target, argv } => {
                self.command_typed((*client, *target), *command, argv, fact.at);
            }
            FactKind::Answered { command, from, reply, .. } => {
                return self.answered(world, *command, *from, reply, fact.at);
            }
            FactKind::GaveUp { command, .. } => {
                if let Some(typed) = self.typed.remove(command) {
                    self.overdue.extend(replaced_by(&typed).map(|key| (key, *command)));
                    self.doubt(&typed);
                }
            }
            FactKind::Unanswered { command, .. } => {
                if let Some(typed) = self.typed.get(command) {
                    self.overdue.extend(replaced_by(typed).map(|key| (key, *command)));
                    self.doubtful.extend(keys_of(typed));
                }
            }
            FactKind::HandoverAsked { host, mode } => {
                self.asked.insert(*host, *mode);
                self.misled.remove(host);
                self.heard.remove(host);
            }
            FactKind::HandoverTimedOut { host } => drop(self.asked.remove(host)),
            FactKind::EpochCollision { host, with, .. } => drop(self.collided.insert((*host, *with))),
            FactKind::CaughtUp { host, .. } => drop(self.heard.insert(*host)),
            FactKind::Promoted { host, was_replica_of, epoch, .. } => {
                let taken = self.asked.get(host) == Some(&FailoverMode::Takeover);
                let voted = world.node(*host).map(|node| node.election.epoch).filter(|_| !taken);
                let epoch = &voted.unwrap_or(*epoch);
                let again = !self.won.insert((*host, *epoch));
                return self.promoted(world, (*host, *was_replica_of), again, fact.at);
            }
            FactKind::BecameReplica { host, of, was_master } => {
                self.emptied(*host, fact.at);
                self.fate.get_mut(host).into_iter().for_each(|fate| fate.ends(fact.at));
                if *was_master {
                    // What it has is its own until its new master's copy is there.
                    self.synced.remove(host);
                    self.called_back(*host, &called_back::slots_given_up(world, *host, *of));
                    self.moved_home(world, strays, (*host, *of), None, fact.at);
                }
            }
            FactKind::KeysMoved { host, to, .. } => {
                self.moved_home(world, strays, (*host, *to), Some(fact.id), fact.at);
            }
            FactKind::KeysDropped { host, .. } => self.dropped(world, strays, *host),
            FactKind::SlotLeaving { slot, .. } | FactKind::SlotArrived { slot, .. } => self.moved.extend([*slot]),
            FactKind::ClusterReset { host, .. } => {
                self.emptied(*host, fact.at);
                self.asked.remove(host);
                self.synced.remove(host);
            }
            FactKind::FullSync { host, master, .. } => {
                self.emptied(*host, fact.at);
                self.copied(world, *host, *master);
            }
            FactKind::SyncDone { host, master, .. } => drop(self.synced.insert(*host, *master)),
            _ => {}
        }
        Ok(())
    }

    fn command_typed(&mut self, door: Door, command: CommandId, argv: &Rc<[Blob]>, at: Micros) {
        let mut typed = Typed { door, at, argv: argv.clone(), body: Vec::new(), queued: false };
        if is_named(argv, "multi") {
            self.open.insert(door, Vec::new());
        } else if is_named(argv, "exec") || is_named(argv, "discard") {
            typed.body = self.open.remove(&door).unwrap_or_default();
        } else if let Some(body) = self.open.get_mut(&door) {
            body.push(argv.clone());
            typed.queued = true;
        }
        self.opened.extend(setslot(argv).map(|(slot, _)| slot));
        if replaces(argv) && argv.len() > 1 {
            // Whatever stood there is in doubt from now on.
            *self.replaced.entry(argv[1].clone()).or_default() += 1;
            self.items.retain(|item| item.key != argv[1]);
        }
        self.typed.insert(command, typed);
    }

    /// Nodes on which this client has begun a transaction and not ended it.
    pub(super) fn in_transaction(&self, client: ClientId) -> Vec<HostId> {
        self.open.keys().filter(|(who, _)| *who == client).filter_map(|(_, target)| *target).collect()
    }

    /// Whether a key's slot was ever open.
    fn was_open(&self, key: &[u8]) -> bool {
        let slot = key_slot(key);
        self.opened.contains(&slot) || self.moved.contains(&slot)
    }

    fn doubt(&mut self, typed: &Typed) {
        self.doubtful.extend(keys_of(typed));
        self.last.remove(&typed.door);
    }

    fn answered(
        &mut self,
        world: &World,
        command: CommandId,
        from: HostId,
        reply: &Reply,
        at: Micros,
    ) -> Result<(), Violation> {
        let Some(typed) = self.typed.remove(&command) else {
            return Ok(());
        };
        if typed.queued {
            return Ok(());
        }
        if let (true, Reply::Integer(count)) = (is_named(&typed.argv, "wait"), reply) {
            return self.waited(world, &typed, from, *count, at);
        }
        let done: Vec<(Rc<[Blob]>, Reply)> = match reply {
            Reply::Array(replies) if is_named(&typed.argv, "exec") => {
                typed.body.iter().cloned().zip(replies.iter().cloned()).collect()
            }
            reply => vec![(typed.argv.clone(), reply.clone())],
        };
        let mut wrote = false;
        for (argv, reply) in done {
            wrote |= self.note(world, (command, typed.at, at), &argv, &reply, from)?;
        }
        if wrote {
            self.last.insert(typed.door, (command, typed.at));
        }
        Ok(())
    }

    /// Enters an acknowledged write; says whether it was one.
    fn note(
        &mut self,
        world: &World,
        (command, typed_at, at): (CommandId, Micros, Micros),
        argv: &[Blob],
        reply: &Reply,
        from: HostId,
    ) -> Result<bool, Violation> {
        let Some(trace) = Trace::of(argv, reply) else {
            return Ok(false);
        };
        self.isolation.check(world, from, typed_at)?;
        let key = argv[1].clone();
        let late = self.overdue.iter().any(|(other, by)| *other == key && *by != command)
            || self.typed.values().any(|other| replaced_by(other).any(|other| other == key));
        // Something else is on its way to this key, or an earlier command may yet come late: nothing can be said of it.
        if (late && replaces(argv)) || (trace == Trace::Absent && self.doubtful.contains(&key)) {
            return Ok(true);
        }
        self.acknowledged += 1;
        let (moved_by, went, kept) = (None, None, Vec::new());
        let mut item = Item { command, key, trace, home: from, since: at, point: None, moved_by, went, kept };
        self.place(world, &mut item, typed_at);
        item.point = point_of(world, item.home);
        self.items.push(item);
        Ok(true)
    }

    /// Finds a write that was just acknowledged: its master may have been replaced while the answer was on its way.
    fn place(&self, world: &World, item: &mut Item, typed_at: Micros) {
        let mut host = item.home;
        for _ in 0..8 {
            if holds(world, host, item) {
                item.home = host;
                return;
            }
            match self.successor.get(&host) {
                Some(&next) => host = next,
                None => break,
            }
        }
        if world.node(item.home).is_some() || self.successor.contains_key(&item.home) {
            let emptied = self.restarted.get(&item.home).is_some_and(|&at| at >= typed_at);
            let emptied = emptied.then_some(Loss::RestartedEmpty);
            item.went = self.fate.get(&item.home).and_then(|fate| fate.of(typed_at)).or(emptied);
            item.home = host;
        }
    }

    /// Who follows whom when the city opens.
    pub(super) fn open(&mut self, world: &World) {
        for (host, node) in running(world) {
            let master = node.view.me().replica_of().map(|master| node.view.peer(master).addr());
            self.synced.extend(master.map(|master| (host, master)));
        }
        self.watch_processes(world);
    }

    /// Of every acknowledged transaction `host` has all writes or none, unless they came there one by one.
    pub(super) fn whole_transactions(&self, world: &World, host: HostId, at: Micros) -> Result<(), Violation> {
        for pair in self.items.windows(2) {
            let [one, two] = pair else { continue };
            let same = one.command == two.command && one.home == two.home && one.home == host;
            let together = same && one.moved_by == two.moved_by;
            if together && holds(world, host, one) != holds(world, host, two) {
                return violated(Check::Transactions, at, format!("{host:?} has half of {:?}", one.command));
            }
        }
        Ok(())
    }

    /// All is well again: which writes are lost, by window; a loss in no window is a violation.
    /// Of a key that is `doubled` for a reason, an older copy may be where its slot is.
    pub(super) fn settle(
        &self,
        world: &World,
        doubled: impl Fn(&[u8]) -> bool,
    ) -> Result<BTreeMap<Loss, u64>, Violation> {
        let mut losses = BTreeMap::new();
        for item in &self.items {
            let owner = owner_of(world, key_slot(&item.key));
            if owner.is_some_and(|owner| holds(world, owner, item)) {
                continue;
            }
            let open = || (self.was_open(&item.key) && doubled(&item.key)).then_some(Loss::OpenSlot);
            let Some(window) = item.went.or_else(open) else {
                let Item { command, key, trace, home, .. } = item;
                let key = String::from_utf8_lossy(key);
                let what =
                    format!("{command:?} ({trace:?} at {key}) is lost; {home:?} had it, {owner:?} owns the slot");
                return violated(Check::Losses, world.now(), what);
            };
            *losses.entry(window).or_default() += 1;
        }
        Ok(losses)
    }
}

fn keys_of(typed: &Typed) -> impl Iterator<Item = Blob> + '_ {
    typed.body.iter().chain([&typed.argv]).filter_map(|argv| argv.get(1).cloned())
}

/// The keys that a command, or what its EXEC runs, replaces or removes.
fn replaced_by(typed: &Typed) -> impl Iterator<Item = Blob> + '_ {
    let replacing = typed.body.iter().chain([&typed.argv]).filter(|argv| replaces(argv));
    replacing.filter_map(|argv| argv.get(1).cloned())
}

/// Where the history of a running node is.
fn point_of(world: &World, host: HostId) -> Option<(ReplId, u64)> {
    world.node(host).map(|node| (node.replication.replid, node.replication.offset))
}

/// Whether a master has it: what a replica has may be another's already.
fn holds(world: &World, host: HostId, item: &Item) -> bool {
    let master = world.node(host).filter(|node| node.view.me().is_master());
    master.is_some_and(|node| item.trace.is_in(&node.store, &item.key))
}

/// The running master that takes a slot for its own.
pub(super) fn owner_of(world: &World, slot: Slot) -> Option<HostId> {
    let owners = running(world).filter(|(_, node)| {
        node.view.me().is_master() && node.view.owner(slot) == Some(crate::cluster::node::view::ME)
    });
    owners.max_by_key(|(_, node)| node.view.me().config_epoch).map(|(host, _)| host)
}
