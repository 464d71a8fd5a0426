//! The ledger of acknowledged writes: where each is kept, and in which window it went if it is lost.
//!
//! It knows the commands and their answers from facts alone. A write has a home, the master that holds it. When that
//! master is replaced, restarted or gives keys away, the ledger looks into the store of whoever comes after it: the write is
//! there and has a new home, or it went in that window. A write that is missing in the end and went in no window is a
//! violation.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::check::{Check, Violation, running, violated};
use super::work::{Trace, is_named, replaces};
use crate::cluster::fact::{Fact, FactKind, FailoverMode};
use crate::cluster::id::{ClientId, CommandId, HostId};
use crate::cluster::node::Node;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::slot::{Slot, key_slot};
use crate::cluster::time::Micros;
use crate::cluster::world::World;

/// The windows in which Redis Cluster loses acknowledged writes. Letters are those of `docs/simulation.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loss {
    /// The master was gone and the replica that replaced it did not have the write yet (H9, 1 and 2).
    CrashLag,
    /// The master ran on, cut off, frozen or unheard, while a replica replaced it (H9, 3; D3).
    Minority,
    /// `CLUSTER FAILOVER FORCE` (G2).
    Force,
    /// `CLUSTER FAILOVER TAKEOVER` (G3).
    Takeover,
    /// The master came back empty before a replica replaced it (H9, 4).
    RestartedEmpty,
    /// A replica that had just changed its master was elected before it had its new master's data (E2: the age of its data
    /// counts from the end of its old link, also in 7.0.15).
    Unsynced,
    /// A replica that won an election less than two node timeouts ago, and was demoted since, claimed that old win again: its
    /// votes are not forgotten (E5; `failover_auth_count` is reset with the next election only).
    OldWin,
    /// A slot was open while its source or target was replaced: open slots are not replicated in 7.0 (I4).
    OpenSlot,
}

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
    /// The last write of a connection.
    last: BTreeMap<Door, (CommandId, Micros)>,
    asked: BTreeMap<HostId, FailoverMode>,
    fate: BTreeMap<HostId, Loss>,
    /// How each master that took over did so.
    rose: BTreeMap<HostId, Loss>,
    successor: BTreeMap<HostId, HostId>,
    won: BTreeSet<(HostId, u64)>,
    /// Whose data each replica has.
    synced: BTreeMap<HostId, HostId>,
    /// Whether a replica without its master's data was promoted: it brought keys of its old shard along.
    pub(super) strangers: bool,
    pub(super) opened: BTreeSet<Slot>,
    failovers: u32,
    /// When anything last happened that empties a replica.
    emptied_at: Micros,
    /// Processes that ran after the last event.
    ran: Vec<bool>,
    /// Acknowledged writes in all.
    pub(super) acknowledged: u64,
}

impl Ledger {
    /// A fact, and the world right after it.
    pub(super) fn read(&mut self, world: &World, fact: &Fact) -> Result<(), Violation> {
        match &fact.kind {
            FactKind::CommandTyped { client, command, target, argv } => {
                self.command_typed((*client, *target), *command, argv, fact.at);
            }
            FactKind::Answered { command, from, reply, .. } => {
                return self.answered(world, *command, *from, reply, fact.at);
            }
            FactKind::GaveUp { command, .. } => {
                if let Some(typed) = self.typed.remove(command) {
                    self.doubt(&typed);
                }
            }
            FactKind::Unanswered { command, .. } => {
                if let Some(typed) = self.typed.get(command) {
                    self.doubtful.extend(keys_of(typed));
                }
            }
            FactKind::HandoverAsked { host, mode } => drop(self.asked.insert(*host, *mode)),
            FactKind::HandoverTimedOut { host } => drop(self.asked.remove(host)),
            FactKind::Promoted { host, was_replica_of, epoch, .. } => {
                let again = !self.won.insert((*host, *epoch));
                return self.promoted(world, (*host, *was_replica_of), again, fact.at);
            }
            FactKind::BecameReplica { host, of, was_master } => {
                self.emptied_at = fact.at;
                if *was_master {
                    self.moved_home(world, *host, *of);
                }
            }
            FactKind::KeysMoved { host, to, .. } => self.moved_home(world, *host, *to),
            FactKind::KeysDropped { host, .. } => self.dropped(world, *host),
            FactKind::FullSync { .. } => self.emptied_at = fact.at,
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
        if let [_, subcommand, slot, ..] = &argv[..]
            && is_named(argv, "cluster")
            && subcommand.eq_ignore_ascii_case(b"setslot")
        {
            self.opened.extend(std::str::from_utf8(slot).ok().and_then(|text| text.parse::<Slot>().ok()));
        }
        if replaces(argv) && argv.len() > 1 {
            // Whatever stood there is in doubt from now on.
            *self.replaced.entry(argv[1].clone()).or_default() += 1;
            self.items.retain(|item| item.key != argv[1]);
        }
        self.typed.insert(command, typed);
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
            wrote |= self.note(world, command, &argv, &reply, from);
        }
        if wrote {
            self.last.insert(typed.door, (command, typed.at));
        }
        Ok(())
    }

    /// Enters an acknowledged write; says whether it was one.
    fn note(&mut self, world: &World, command: CommandId, argv: &[Blob], reply: &Reply, from: HostId) -> bool {
        let Some(trace) = Trace::of(argv, reply) else {
            return false;
        };
        let key = argv[1].clone();
        let late =
            self.typed.values().any(|other| replaces(&other.argv) && keys_of(other).any(|other| other == key));
        // Something else is on its way to this key, or an earlier command may yet come late: nothing can be said of it.
        if (late && replaces(argv)) || (trace == Trace::Absent && self.doubtful.contains(&key)) {
            return true;
        }
        self.acknowledged += 1;
        let mut item = Item { command, key, trace, home: from, went: None, kept: Vec::new() };
        self.place(world, &mut item);
        self.items.push(item);
        true
    }

    /// Finds a write that was just acknowledged: its master may have been replaced while the answer was on its way.
    fn place(&self, world: &World, item: &mut Item) {
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
            item.went = self.fate.get(&item.home).copied();
            item.home = host;
        }
    }

    /// WAIT said `count`: so many replicas have the connection's last write.
    fn waited(
        &mut self,
        world: &World,
        typed: &Typed,
        from: HostId,
        count: i64,
        at: Micros,
    ) -> Result<(), Violation> {
        let Some(&(command, typed_at)) = self.last.get(&typed.door) else {
            return Ok(());
        };
        // Written and waited for in one go, and nothing has emptied a replica since.
        if typed_at != typed.at || typed.door.1 != Some(from) || self.emptied_at >= typed_at {
            return Ok(());
        }
        for item in self.items.iter_mut().filter(|item| item.command == command) {
            let has = |(host, node): (HostId, &Node)| {
                (host != from && item.trace.is_in(&node.store, &item.key)).then_some(host)
            };
            item.kept = running(world).filter_map(has).collect();
            if (item.kept.len() as i64) < count {
                let what = format!("WAIT said {count}, {:?} have {command:?}", item.kept);
                return violated(Check::Wait, at, what);
            }
        }
        Ok(())
    }

    fn promoted(
        &mut self,
        world: &World,
        (host, was): (HostId, HostId),
        again: bool,
        at: Micros,
    ) -> Result<(), Violation> {
        let asked = self.asked.remove(&host);
        let stranger = !self.has_data_of(host, was);
        self.strangers |= stranger;
        let window = match (asked, world.node(was)) {
            _ if again => Some(Loss::OldWin),
            _ if stranger => Some(Loss::Unsynced),
            (Some(FailoverMode::Force), _) => Some(Loss::Force),
            (Some(FailoverMode::Takeover), _) => Some(Loss::Takeover),
            (_, None) => Some(Loss::CrashLag),
            // A handshake loses nothing while its master lives and hears.
            (Some(FailoverMode::Handshake), Some(_)) if !world.is_frozen(was) => None,
            (_, Some(_)) => Some(Loss::Minority),
        };
        self.failovers += 1;
        self.emptied_at = at;
        self.successor.insert(was, host);
        self.successor.remove(&host);
        self.fate.remove(&host);
        if again {
            // It will hear of the newer owner soon, and what it takes until then goes.
            self.fate.insert(host, Loss::OldWin);
        }
        // Whatever the deposed master still takes goes with it.
        let after = if window == Some(Loss::CrashLag) { Some(Loss::Minority) } else { window };
        self.fate.insert(was, after.unwrap_or(Loss::Minority));
        self.rose.remove(&host);
        self.rose.extend(after.map(|after| (host, after)));
        for index in 0..self.items.len() {
            if self.items[index].home != was {
                continue;
            }
            let there = holds(world, host, &self.items[index]);
            let item = &mut self.items[index];
            item.home = host;
            if there {
                item.went = None;
            } else if window == Some(Loss::CrashLag) && item.kept.contains(&host) {
                let what = format!("{:?} was kept by {host:?}, which was promoted, and is lost", item.command);
                return violated(Check::Wait, at, what);
            } else {
                item.went = item.went.or(window);
            }
        }
        self.whole_transactions(world, host, at)
    }

    /// Whether a replica was ever in step with this master, or with one that it took over from.
    fn has_data_of(&self, host: HostId, master: HostId) -> bool {
        let mut from = self.synced.get(&host).copied();
        for _ in 0..8 {
            match from {
                Some(known) if known == master => return true,
                Some(known) => from = self.successor.get(&known).copied(),
                None => return false,
            }
        }
        false
    }

    /// Who follows whom when the city opens.
    pub(super) fn open(&mut self, world: &World) {
        for (host, node) in running(world) {
            let master = node.view.me().replica_of().map(|master| node.view.peer(master).addr());
            self.synced.extend(master.map(|master| (host, master)));
        }
        self.watch_processes(world);
    }

    /// Of every acknowledged transaction `host` has all writes or none.
    pub(super) fn whole_transactions(&self, world: &World, host: HostId, at: Micros) -> Result<(), Violation> {
        for pair in self.items.windows(2) {
            let [one, two] = pair else { continue };
            let same = one.command == two.command && one.home == two.home && one.home == host;
            if same && holds(world, host, one) != holds(world, host, two) {
                return violated(Check::Transactions, at, format!("{host:?} has half of {:?}", one.command));
            }
        }
        Ok(())
    }

    /// `from` gave what it had (or a part of it) to `to`.
    fn moved_home(&mut self, world: &World, from: HostId, to: HostId) {
        for item in self.items.iter_mut().filter(|item| item.home == from) {
            let gone =
                world.node(from).is_none_or(|node| !node.view.me().is_master()) || !holds(world, from, item);
            if !gone {
                continue;
            }
            if holds(world, to, item) {
                (item.home, item.went) = (to, None);
            } else if world.node(to).is_none() {
                item.home = to;
            } else {
                let open =
                    (self.opened.contains(&key_slot(&item.key)) && self.failovers > 0).then_some(Loss::OpenSlot);
                item.went = item
                    .went
                    .or(self.fate.get(&from).or(self.rose.get(&to)).or(self.fate.get(&to)).copied())
                    .or(open);
            }
        }
    }

    fn dropped(&mut self, world: &World, host: HostId) {
        for item in self.items.iter_mut().filter(|item| item.home == host) {
            if !holds(world, host, item) {
                let open =
                    (self.opened.contains(&key_slot(&item.key)) && self.failovers > 0).then_some(Loss::OpenSlot);
                item.went = item.went.or(open).or(self.fate.get(&host).copied());
            }
        }
    }

    /// Looks for processes that ended or started. Called after every act.
    pub(super) fn watch_processes(&mut self, world: &World) -> Vec<HostId> {
        let runs: Vec<bool> = world.hosts().map(|host| world.node(host).is_some()).collect();
        let before = std::mem::replace(&mut self.ran, runs.clone());
        let mut ended = Vec::new();
        for (host, runs) in world.hosts().zip(runs) {
            let ran = before.get(usize::from(host.0)).copied().unwrap_or(runs);
            if ran != runs {
                self.emptied_at = world.now();
            }
            if ran && !runs {
                ended.push(host);
            } else if runs && !ran {
                self.restarted(host);
            }
        }
        ended
    }

    /// A process starts with nothing.
    fn restarted(&mut self, host: HostId) {
        for item in self.items.iter_mut().filter(|item| item.home == host) {
            item.went = item.went.or(Some(Loss::RestartedEmpty));
        }
        if !self.successor.contains_key(&host) {
            self.fate.insert(host, Loss::RestartedEmpty);
        }
    }

    /// All is well again: which writes are lost, by window; a loss in no window is a violation.
    pub(super) fn settle(&self, world: &World) -> Result<BTreeMap<Loss, u64>, Violation> {
        let mut losses = BTreeMap::new();
        for item in &self.items {
            let owner = owner_of(world, key_slot(&item.key));
            if owner.is_some_and(|owner| holds(world, owner, item)) {
                continue;
            }
            let Some(window) = item.went else {
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
