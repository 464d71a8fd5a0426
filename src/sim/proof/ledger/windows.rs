//! The windows in which an acknowledged write may go: what became of the masters that had it.

use std::collections::BTreeSet;

use super::{Item, Ledger, holds};
use crate::cluster::fact::{FactId, FailoverMode};
use crate::cluster::id::HostId;
use crate::cluster::slot::{Slot, key_slot};
use crate::cluster::time::Micros;
use crate::cluster::world::World;
use crate::sim::proof::check::{Check, Violation, violated};
use crate::sim::proof::strays::Strays;

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
    /// A replica that had just changed its master, or a master just deposed, was elected before it had its new master's data
    /// (E2: the age of its data counts from the end of its old link, also in 7.0.15).
    Unsynced,
    /// A replica that won an election less than two node timeouts ago, and was demoted since, claimed that old win again: its
    /// votes are not forgotten (E5; `failover_auth_count` is reset with the next election only).
    OldWin,
    /// A replica that asked again heard of an earlier pause of its master, which was over or about to end, and took it for the
    /// one it had just asked for: PAUSED in a header has no number (G1; `mf_master_offset` takes the first that comes).
    StalePause,
    /// A slot was open while its source or target was replaced: open slots are not replicated in 7.0 (I4).
    OpenSlot,
    /// A master gave its last slot away while another one was open here: it follows who took the last one, and what it had taken
    /// in without the slot goes (B14, I2).
    LastSlot,
    /// A deposed master had taken an epoch without asking, the very one that its successor won, and wins it when they collide:
    /// it takes its slots back (B16).
    Collision,
    /// A slot had arrived, and its old owner, which took a newer epoch for another one, claimed it once more before it heard:
    /// the new owner lets go of the slot's keys (B13, B14; 7.0.15 does so where two moves cross).
    LateClaim,
    /// The owner gave its slots to a replica that claims none, for somebody took an epoch for that one's own (B15; 7.0.15 does
    /// so).
    CalledBack,
}

impl Loss {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::CrashLag,
        Self::Minority,
        Self::Force,
        Self::Takeover,
        Self::RestartedEmpty,
        Self::Unsynced,
        Self::OldWin,
        Self::StalePause,
        Self::OpenSlot,
        Self::LastSlot,
        Self::Collision,
        Self::LateClaim,
        Self::CalledBack,
    ];
}

/// What becomes of writes that a deposed master has still taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fate {
    window: Loss,
    /// When it heard that it was replaced: what it takes later has no such excuse.
    until: Option<Micros>,
}

impl Fate {
    fn new(window: Loss) -> Self {
        Self { window, until: None }
    }

    /// It follows somebody now.
    pub(super) fn ends(&mut self, at: Micros) {
        self.until = self.until.or(Some(at));
    }

    /// The window in which a write goes that was asked for, or was there, at this moment.
    pub(super) fn of(&self, at: Micros) -> Option<Loss> {
        self.until.is_none_or(|until| at <= until).then_some(self.window)
    }
}

impl Ledger {
    pub(super) fn promoted(
        &mut self,
        world: &World,
        (host, was): (HostId, HostId),
        again: bool,
        at: Micros,
    ) -> Result<(), Violation> {
        // Until its master's word has come, one that was asked is elected like any other where that master has failed.
        let heard = self.heard.remove(&host);
        let asked = self.asked.remove(&host).filter(|&mode| heard || mode != FailoverMode::Handshake);
        let stranger = !self.has_data_of(host, was);
        let window = match (asked, world.node(was)) {
            _ if again => Some(Loss::OldWin),
            _ if stranger => Some(Loss::Unsynced),
            (Some(FailoverMode::Force), _) => Some(Loss::Force),
            (Some(FailoverMode::Takeover), _) => Some(Loss::Takeover),
            (_, None) => Some(Loss::CrashLag),
            (Some(FailoverMode::Handshake), Some(_)) if self.misled.contains(&host) => Some(Loss::StalePause),
            // A handshake loses nothing while its master lives and hears.
            (Some(FailoverMode::Handshake), Some(_)) if !world.is_frozen(was) => None,
            (_, Some(_)) => Some(Loss::Minority),
        };
        self.failovers += 1;
        self.emptied(was, at);
        self.successor.insert(was, host);
        self.successor.remove(&host);
        self.fate.remove(&host);
        if again {
            // It will hear of the newer owner soon, and what it takes until then goes.
            self.fate.insert(host, Fate::new(Loss::OldWin));
        }
        // Whatever the deposed master still takes goes with it.
        let after = if window == Some(Loss::CrashLag) { Some(Loss::Minority) } else { window };
        self.fate.insert(was, Fate::new(after.unwrap_or(Loss::Minority)));
        self.rose.remove(&host);
        self.rose.extend(after.map(|after| (host, after)));
        for index in 0..self.items.len() {
            if self.items[index].home != was {
                continue;
            }
            let there = holds(world, host, &self.items[index]);
            if !there {
                self.could_not_have_it(world, (host, was), &self.items[index], at)?;
            }
            let item = &mut self.items[index];
            (item.home, item.since, item.point) = (host, at, super::point_of(world, host));
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

    /// No window excuses that a new master lacks what it had received (H9): what lay before the point to which it followed the
    /// old one's history, or what that had acknowledged longer ago than a message takes, while they were in step.
    fn could_not_have_it(
        &self,
        world: &World,
        (host, was): (HostId, HostId),
        item: &Item,
        at: Micros,
    ) -> Result<(), Violation> {
        // Who goes on after it stood still may have given way again in the same event, and be a master no more.
        let Some(node) = world.node(host).filter(|node| item.went.is_none() && node.view.me().is_master()) else {
            return Ok(());
        };
        let branched = node.replication.replid2;
        let followed = branched
            .zip(item.point)
            .is_some_and(|((old, first_own), (history, offset))| old == history && offset < first_own);
        if !followed && !self.lags.has_all_until(world, (host, was), item.since) {
            return Ok(());
        }
        let what =
            format!("{:?} had come to {host:?} before that took over from {was:?}, and is lost", item.command);
        violated(Check::Losses, at, what)
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

    /// `from` gave what it had (or a part of it) to `to`, by this MIGRATE if by any.
    pub(super) fn moved_home(
        &mut self,
        world: &World,
        strays: &Strays,
        (from, to): (HostId, HostId),
        by: Option<FactId>,
        at: Micros,
    ) {
        // Who took it may have ended, and begun again with nothing, before its answer came.
        let began = self.isolation.in_migrate_since(from);
        let began_anew = by.and(began).zip(self.restarted.get(&to)).is_some_and(|(began, &at)| at > began);
        for item in self.items.iter_mut().filter(|item| item.home == from) {
            let gone =
                world.node(from).is_none_or(|node| !node.view.me().is_master()) || !holds(world, from, item);
            // What is still here, and not as it was written, went before: a MIGRATE takes whole keys.
            let stays = by.is_some() && world.node(from).is_some_and(|node| node.store.raw(&item.key).is_some());
            if !gone || stays {
                continue;
            }
            item.moved_by = by.or(item.moved_by);
            if holds(world, to, item) {
                (item.home, item.went) = (to, None);
                (item.since, item.point) = (at, super::point_of(world, to));
            } else if world.node(to).is_none() {
                item.home = to;
            } else {
                let open = strays.is_unsettled(&item.key).then_some(Loss::OpenSlot);
                let collided = self.collided.contains(&(to, from)).then_some(Loss::Collision);
                let emptied = by.is_none() && strays.was_taken_in(&item.key, from);
                // Two may take over without knowing of each other; only one of them stays.
                let taken = self.rose.get(&from).copied().filter(|&rose| rose == Loss::Takeover);
                item.went = item
                    .went
                    .or(began_anew.then_some(Loss::RestartedEmpty))
                    .or(self.fate.get(&from).and_then(|fate| fate.of(item.since)))
                    .or(collided)
                    .or(open)
                    .or(taken)
                    .or(emptied.then_some(Loss::LastSlot));
            }
        }
    }

    /// An echo made `host` give up these slots to nobody: what it had of them goes with its next master's copy.
    pub(super) fn called_back(&mut self, host: HostId, slots: &BTreeSet<Slot>) {
        self.called_back.extend(slots);
        for item in self.items.iter_mut().filter(|item| item.home == host && slots.contains(&key_slot(&item.key)))
        {
            item.went = item.went.or(Some(Loss::CalledBack));
        }
    }

    pub(super) fn dropped(&mut self, world: &World, strays: &Strays, host: HostId) {
        for item in self.items.iter_mut().filter(|item| item.home == host) {
            if !holds(world, host, item) {
                let open = strays.is_unsettled(&item.key).then_some(Loss::OpenSlot);
                let late = strays.was_claimed_back(world, &item.key, host).then_some(Loss::LateClaim);
                let fate = self.fate.get(&host).and_then(|fate| fate.of(item.since));
                item.went = item.went.or(open).or(late).or(fate);
            }
        }
    }

    /// Looks for processes that ended or started. Called after every act.
    pub(in crate::sim::proof) fn watch_processes(&mut self, world: &World) -> Vec<HostId> {
        let runs: Vec<bool> = world.hosts().map(|host| world.node(host).is_some()).collect();
        let before = std::mem::replace(&mut self.ran, runs.clone());
        let mut ended = Vec::new();
        for (host, runs) in world.hosts().zip(runs) {
            let ran = before.get(usize::from(host.0)).copied().unwrap_or(runs);
            if ran != runs {
                self.emptied(host, world.now());
            }
            if ran && !runs {
                // What it was told is forgotten with it.
                self.asked.remove(&host);
                self.heard.remove(&host);
                self.lags.forget(host);
                ended.push(host);
            } else if runs && !ran {
                self.restarted(host, world.now());
            }
        }
        ended
    }

    /// A replica gives up what it has for its master's copy: what is not in that, it cannot keep.
    pub(super) fn copied(&mut self, world: &World, host: HostId, master: HostId) {
        for item in self.items.iter_mut().filter(|item| item.kept.contains(&host)) {
            if !holds(world, master, item) {
                item.kept.retain(|&kept| kept != host);
            }
        }
    }

    /// A process starts with nothing. What it takes from now on has no such excuse.
    fn restarted(&mut self, host: HostId, at: Micros) {
        for item in &mut self.items {
            item.kept.retain(|&kept| kept != host);
        }
        for item in self.items.iter_mut().filter(|item| item.home == host) {
            item.went = item.went.or(Some(Loss::RestartedEmpty));
        }
        if !self.successor.contains_key(&host) {
            self.restarted.insert(host, at);
        }
    }
}
