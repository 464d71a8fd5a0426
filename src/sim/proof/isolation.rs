//! A master that hears no majority of masters refuses commands soon (D3): by then every one of the others is suspected.
//!
//! What it takes before is what a minority may lose. Who is heard by nobody and hears the others all the same (a cut of one
//! direction) refuses nothing, in Redis too.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Check, Violation, running, violated};
use crate::cluster::config::CRON_PERIOD;
use crate::cluster::id::{HostId, Place};
use crate::cluster::node::Node;
use crate::cluster::node::view::PeerRef;
use crate::cluster::time::{Micros, SECOND};
use crate::cluster::world::World;

/// After so long even a message that was lost time and again has come, or its connection broke.
pub(super) const LATEST: Micros = 15 * SECOND;

/// Who has heard no majority since when.
#[derive(Debug, Default)]
pub(super) struct Isolation {
    deaf: BTreeMap<HostId, Micros>,
    frozen: BTreeSet<HostId>,
    in_migrate: BTreeMap<HostId, Micros>,
    /// When the streets were last bad.
    rough_at: Option<Micros>,
    /// How many acknowledged writes were by masters that heard no majority for a while.
    pub(super) borne: u64,
}

impl Isolation {
    /// Looks at who hears whom. Called after every act, and when it may have changed who is master.
    pub(super) fn look(&mut self, world: &World, rough_at: Option<Micros>) {
        self.rough_at = rough_at;
        let now = world.now();
        let before = std::mem::take(&mut self.deaf);
        for (host, node) in running(world) {
            let frozen = world.is_frozen(host);
            let thawed = if frozen { !self.frozen.insert(host) } else { self.frozen.remove(&host) };
            if !hears_a_majority(world, host, node) {
                // Who stands still notices nothing, and begins to count when it goes on.
                let since = before.get(&host).copied().filter(|_| !frozen && !thawed);
                self.deaf.insert(host, since.unwrap_or(now));
            }
        }
    }

    /// Called after every event: a MIGRATE blocks (`migrateCommand`), so that its node begins to count when that is over.
    pub(super) fn watch(&mut self, host: HostId, is_in_migrate: bool, now: Micros) {
        if is_in_migrate {
            self.in_migrate.entry(host).or_insert(now);
        } else if self.in_migrate.remove(&host).is_some() {
            self.deaf.get_mut(&host).into_iter().for_each(|since| *since = now);
        }
    }

    /// Since when a node has stood in a MIGRATE.
    pub(super) fn in_migrate_since(&self, host: HostId) -> Option<Micros> {
        self.in_migrate.get(&host).copied()
    }

    /// A write was acknowledged that was typed then.
    pub(super) fn check(&mut self, world: &World, host: HostId, typed: Micros) -> Result<(), Violation> {
        let (Some(&since), Some(node)) = (self.deaf.get(&host), world.node(host)) else {
            return Ok(());
        };
        if !world.network().is_calm() {
            return Ok(());
        }
        let since = since.max(self.rough_at.map_or(0, |at| at + LATEST));
        self.borne += u64::from(typed > since);
        let refuses = since + refuses_after(world, node.config.node_timeout);
        if typed <= refuses {
            return Ok(());
        }
        let what = format!("{host:?} takes a write, and has heard no majority since {since}");
        violated(Check::Minority, world.now(), what)
    }
}

/// A PING is sent half a node timeout after the last PONG at the latest, and whoever has not answered it a node timeout later
/// is suspected (`clusterCron`); the state is looked at at once (`clusterUpdateState`).
fn refuses_after(world: &World, timeout: Micros) -> Micros {
    timeout / 2 + timeout + 3 * CRON_PERIOD + 2 * world.network().streets.longest()
}

/// Whether anything comes through to it from so many masters with slots that they are a majority with itself, as it knows them.
fn hears_a_majority(world: &World, host: HostId, node: &Node) -> bool {
    let serves = |peer: PeerRef<'_>| peer.is_master() && peer.slot_count() > 0;
    let own = usize::from(serves(node.view.me()));
    let masters: Vec<HostId> =
        node.view.others().filter(|&(_, peer)| serves(peer)).map(|(_, peer)| peer.addr()).collect();
    let speaks = |other: HostId| {
        let passes = world.network().passes(Place::Node(other), Place::Node(host));
        world.node(other).is_some() && !world.is_frozen(other) && passes
    };
    let heard = masters.iter().filter(|&&other| speaks(other)).count();
    own + heard > (own + masters.len()) / 2
}
