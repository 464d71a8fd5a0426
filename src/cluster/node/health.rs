//! Whether a node answers keys: `cluster_state`. Source: Redis 7.0, `cluster.c`, `clusterUpdateState`.

use super::Node;
use crate::cluster::broken::Rule;
use crate::cluster::config::{MAX_REJOIN_DELAY, MIN_REJOIN_DELAY, WRITABLE_DELAY};
use crate::cluster::context::Context;
use crate::cluster::fact::{DownReason, FactKind};
use crate::cluster::slot::SLOTS;
use crate::cluster::time::Micros;

/// `cluster_state`, and since when things are as they are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Health {
    /// Why it answers CLUSTERDOWN; `None` while it answers keys.
    pub down: Option<DownReason>,
    /// When the state was first looked at after the start.
    first_look: Option<Micros>,
    /// When it was last among a minority.
    minority_at: Option<Micros>,
}

impl Default for Health {
    fn default() -> Self {
        Self { down: Some(DownReason::Starting), first_look: None, minority_at: None }
    }
}

impl Health {
    /// `cluster_state:ok`.
    pub fn is_ok(&self) -> bool {
        self.down.is_none()
    }
}

impl Node {
    /// Looks again whether to answer keys.
    pub(super) fn update_state(&mut self, context: &mut Context<'_>) {
        let now = context.now;
        let first = *self.health.first_look.get_or_insert(now);
        let master = self.view.me().is_master();
        if master && !self.health.is_ok() && now - first < WRITABLE_DELAY {
            // Looked at again after whatever comes next, so that the wait ends to the millisecond where somebody asks.
            self.todo.update_state = true;
            return;
        }
        let down = self.reason_to_be_down();
        if down == Some(DownReason::Minority) {
            self.health.minority_at = Some(now);
        }
        if down.is_some() == self.health.down.is_some() {
            self.health.down = down;
            return;
        }
        // A master that was alone takes its time: the others may have replaced it, and will say so.
        let rejoin = self.config.node_timeout.clamp(MIN_REJOIN_DELAY, MAX_REJOIN_DELAY);
        let lately = self.health.minority_at.is_some_and(|at| now - at < rejoin);
        if down.is_none() && master && lately {
            return;
        }
        self.health.down = down;
        let cause = self.trouble_behind(down);
        let kind = FactKind::StateChanged { host: self.host, down };
        context.because(cause, |context| context.fact(kind));
    }

    fn reason_to_be_down(&self) -> Option<DownReason> {
        let view = &self.view;
        // Each slot has one owner at most: numbers tell as much as the slots one by one, and sooner.
        let covered =
            || -> u16 { view.peers().filter(|(_, peer)| !peer.failed()).map(|(_, peer)| peer.slot_count()).sum() };
        if view.reachable_size() < view.quorum() && !self.config.broken.is(Rule::MinorityRefuses) {
            Some(DownReason::Minority)
        } else if self.config.require_full_coverage && covered() < SLOTS {
            Some(DownReason::SlotsUncovered)
        } else {
            None
        }
    }

    /// The fact to name as the cause of going down: the latest trouble with a master.
    fn trouble_behind(&self, down: Option<DownReason>) -> Option<crate::cluster::fact::FactId> {
        down?;
        let troubled = self.view.others().filter(|(_, peer)| peer.in_trouble());
        troubled.filter_map(|(ix, _)| self.view.trouble(ix)).max()
    }
}
