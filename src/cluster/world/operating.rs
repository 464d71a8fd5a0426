//! What people tell the operator.

use std::rc::Rc;

use super::World;
use super::acts::{Refused, refuse};
use crate::cluster::context::Context;
use crate::cluster::fact::{FactId, FactKind};
use crate::cluster::id::{HostId, Place};
use crate::cluster::operator::{Operator, Progress, STOPPED, Task};

impl World {
    /// Begins a task. Its end comes as a fact.
    pub fn operate(&mut self, task: Task) -> Result<FactId, Refused> {
        let (hosts, newcomer): (Vec<HostId>, Option<HostId>) = match task {
            Task::Reshard { from, to, .. } => (vec![from, to], None),
            Task::Join { host, replica_of } => (replica_of.into_iter().chain([host]).collect(), Some(host)),
            Task::Leave { host } | Task::Slot { to: host, .. } => (vec![host], None),
            Task::Rebalance | Task::Fix => (Vec::new(), None),
        };
        for &host in &hosts {
            self.check_host(host)?;
        }
        if self.operator.progress().is_some() {
            return refuse("The operator is busy: let it finish, or stop it.");
        }
        let Some(entry) = self.best_informed(newcomer) else {
            return refuse("There is no running node to ask.");
        };
        let fact = self.facts.state(self.now, None, FactKind::TaskBegun { task });
        self.with_operator(Some(fact), |operator, context| operator.begin(context, task, entry, fact));
        Ok(fact)
    }

    /// Stops the operator in the middle of whatever it does. A slot may stay half moved.
    pub fn stop_operator(&mut self) -> Result<FactId, Refused> {
        let Some(Progress { task, moved, .. }) = self.operator.progress() else {
            return refuse("The operator does nothing: there is nothing to stop.");
        };
        let kind = FactKind::TaskFailed { task, slots: moved, text: STOPPED.into() };
        let fact = self.facts.state(self.now, None, kind);
        self.with_operator(Some(fact), |operator, context| {
            operator.stop(context);
        });
        Ok(fact)
    }

    /// What the operator is doing.
    pub fn operator(&self) -> Option<Progress> {
        self.operator.progress()
    }

    /// Of the running nodes the one that knows most others: where a person would begin to ask.
    fn best_informed(&self, not: Option<HostId>) -> Option<HostId> {
        let awake = self.hosts().filter(|&host| self.machine(host).frozen.is_none());
        let running = awake.filter(|&host| Some(host) != not);
        let known = running.filter_map(|host| Some((self.node(host)?.view.len(), std::cmp::Reverse(host))));
        known.max().map(|(_, host)| host.0)
    }

    pub(super) fn with_operator(
        &mut self,
        cause: Option<FactId>,
        work: impl FnOnce(&mut Operator, &mut Context<'_>),
    ) {
        let mut context = context!(self, Place::Operator, cause);
        work(Rc::make_mut(&mut self.operator), &mut context);
        self.carry_out(Place::Operator, 0);
    }
}
