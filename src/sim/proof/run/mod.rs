//! A world that is acted upon and checked after every event.

mod peace;

use std::collections::BTreeMap;

use super::bound::recovery_bound;
use super::check::{Check, Elections, Violation, running};
use super::handover::Handovers;
use super::histories::Histories;
use super::isolation::LATEST;
use super::ledger::{Ledger, Loss};
use super::owners::Owners;
use super::script::Beat;
use super::strays::Strays;
use super::{kinds, serving};
use crate::cluster::broken::Rule;
use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::id::HostId;
use crate::cluster::time::{MS, Micros};
use crate::cluster::world::Plan;
use crate::sim::{Action, Scenario, Session};

/// Where the recovery bound holds, a command that was typed has arrived after this.
const HEARING: Micros = 10 * MS;

/// A world, and all that is known of it.
#[derive(Debug)]
pub struct Run {
    session: Session,
    /// The plan, with the machines and the streets that there are now.
    plan: Plan,
    /// Whether the operator was told to do anything.
    operated: bool,
    seen: u64,
    elections: Elections,
    owners: Owners,
    histories: Histories,
    handovers: Handovers,
    ledger: Ledger,
    strays: Strays,
    /// Whether a machine lost its power while its process stood still.
    dark: bool,
    /// When the streets were last bad.
    rough_at: Option<Micros>,
    promises: u64,
    unaided: u64,
    /// The operator's tasks that it finished.
    tasks: u64,
    /// How often acts of each kind were done.
    acts: BTreeMap<&'static str, u64>,
    pub(super) tell: Option<fn(&Fact)>,
}

/// What came of a run in which nothing was violated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The world's digest at the end.
    pub digest: u64,
    /// Virtual time that passed.
    pub time: Micros,
    /// Facts stated.
    pub facts: u64,
    /// Writes acknowledged and followed.
    pub acknowledged: u64,
    /// Those of them that were lost, by window.
    pub losses: BTreeMap<Loss, u64>,
    /// How often a replica's data was compared with its history.
    pub compared: u64,
    /// How often a majority side was held to the recovery bound.
    pub promises: u64,
    /// How often the nodes came to agree without an operator: once, or where one was needed not at all.
    pub unaided: u64,
    /// Tasks that the operator finished.
    pub tasks: u64,
    /// How often acts of each kind ([`KINDS`](super::KINDS)) were done, and not refused, until all faults were over.
    pub acts: BTreeMap<&'static str, u64>,
    /// How often the story was gone back or on to a moment, which was the same again.
    pub travels: u64,
    /// Writes that masters took which had heard no majority for a while, and did not know it yet.
    pub borne: u64,
    /// Plain handovers in which the new master's history was held against the old one's.
    pub handovers: u64,
}

impl Run {
    /// Opens a city; `broken` is a rule that its nodes break on purpose. `None` if the plan cannot be.
    pub fn new(scenario: &Scenario, seed: u64, broken: Option<Rule>) -> Option<Self> {
        let mut session = Session::new(scenario, seed).ok()?;
        if let Some(rule) = broken {
            session.break_rule(rule);
        }
        let mut ledger = Ledger::default();
        ledger.open(session.world());
        Some(Self {
            session,
            plan: scenario.plan.clone(),
            operated: false,
            tasks: 0,
            acts: BTreeMap::new(),
            seen: 0,
            elections: Elections::default(),
            owners: Owners::default(),
            histories: Histories::default(),
            handovers: Handovers::default(),
            ledger,
            strays: Strays::default(),
            dark: false,
            rough_at: None,
            promises: 0,
            unaided: 0,
            tell: None,
        })
    }

    /// The session, to look at.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Does one act and lets its time pass. A wait as long as the recovery bound holds a majority side to its promise.
    pub fn perform(&mut self, beat: &Beat) -> Result<(), Violation> {
        self.act(beat.act.clone())?;
        let must_serve = self.is_settled() && beat.wait >= self.recovery();
        if must_serve {
            // What was just told to nodes (to import a slot, not to stand for election) has its way to go: without it in
            // place nobody can say what follows.
            self.wait(HEARING)?;
        }
        let side = must_serve.then(|| serving::side_that_must_serve(self.session.world())).flatten();
        self.wait(beat.wait)?;
        if let Some(side) = side {
            self.promises += 1;
            serving::check(self.session.world(), &side, Check::Serving)?;
        }
        Ok(())
    }

    /// Ends all faults, waits for peace, and looks at what is left.
    pub fn finish(mut self) -> Result<Report, Violation> {
        let acts = std::mem::take(&mut self.acts);
        let losses = self.settle()?;
        Ok(Report {
            losses,
            digest: self.session.digest(),
            time: self.session.now(),
            facts: self.seen,
            acknowledged: self.ledger.acknowledged,
            compared: self.histories.compared,
            promises: self.promises,
            unaided: self.unaided,
            tasks: self.tasks,
            acts,
            travels: 0,
            handovers: self.handovers.compared,
            borne: self.ledger.isolation.borne,
        })
    }

    /// When a majority side serves again, as the city is now.
    pub fn recovery(&self) -> Micros {
        recovery_bound(&self.plan)
    }

    fn act(&mut self, action: Action) -> Result<(), Violation> {
        match &action {
            Action::Operate(_) => self.operated = true,
            Action::AddMachine(_) => (self.operated, self.plan.replicas) = (true, self.plan.replicas + 1),
            Action::Streets(streets) => {
                let plan = &mut self.plan;
                (plan.same_rack, plan.other_rack) = (streets.same_rack, streets.other_rack);
                (plan.other_region, plan.to_client) = (streets.other_region, streets.to_client);
            }
            _ => {}
        }
        let world = self.session.world();
        let frozen: Vec<HostId> = world.hosts().filter(|&host| world.is_frozen(host)).collect();
        let kinds = kinds::kinds(&action);
        let mut rough = !self.session.world().network().is_calm()
            || matches!(action, Action::Streets(_) | Action::LoseMessage(_) | Action::DelayMessage { .. });
        // A refused act changes nothing, and is told apart from none by nobody.
        if self.session.act(action).is_ok() {
            kinds.into_iter().for_each(|kind| *self.acts.entry(kind).or_default() += 1);
        }
        self.dark |= frozen.iter().any(|&host| !self.session.world().network().has_power(host));
        rough |= !self.session.world().network().is_calm();
        if rough {
            self.rough_at = Some(self.session.now());
        }
        for host in self.ledger.watch_processes(self.session.world()) {
            self.histories.forget(host);
        }
        self.ledger.isolation.look(self.session.world(), self.rough_at);
        self.look()
    }

    /// Whether no message is late, whatever was wrong with the streets.
    fn is_settled(&self) -> bool {
        self.session.world().network().is_calm() && self.rough_at.is_none_or(|at| self.session.now() - at > LATEST)
    }

    fn wait(&mut self, time: Micros) -> Result<(), Violation> {
        let until = self.session.now() + time;
        while self.session.tick(until) {
            self.look()?;
        }
        self.session.advance_to(until);
        Ok(())
    }

    /// Looks at everything that may have changed with the last event.
    fn look(&mut self) -> Result<(), Violation> {
        let world = self.session.world();
        let last = self.session.facts().back().map_or(self.seen, |fact| fact.id.0);
        if last == self.seen {
            return self.watch_nodes();
        }
        let mut fresh: Vec<&Fact> =
            self.session.facts().iter().rev().take_while(|fact| fact.id.0 > self.seen).collect();
        fresh.reverse();
        self.seen = last;
        let mut claims = false;
        for fact in fresh {
            self.tell.iter().for_each(|tell| tell(fact));
            self.elections.read(world, fact)?;
            self.handovers.read(world, fact)?;
            if let FactKind::CaughtUp { host, offset } = fact.kind
                && self.handovers.is_stale(host, offset)
            {
                self.ledger.misled.insert(host);
            }
            self.strays.read(world, fact);
            self.ledger.read(world, fact, &self.strays)?;
            claims |= self.owners.read(fact);
            match fact.kind {
                FactKind::TaskDone { .. } => self.tasks += 1,
                FactKind::ClusterReset { host, .. } => {
                    world.node(host).into_iter().for_each(|node| self.histories.begin_anew(node));
                }
                _ => {}
            }
        }
        if claims {
            self.owners.check(world, &self.elections.won_twice)?;
            self.ledger.isolation.look(world, self.rough_at);
        }
        self.watch_nodes()
    }

    fn watch_nodes(&mut self) -> Result<(), Violation> {
        let (now, calm) = (self.session.now(), self.is_settled());
        let world = self.session.world();
        for (host, node) in running(world) {
            self.histories.watch(host, node, now)?;
            self.elections.watch(host, node, now);
            self.ledger.lags.watch(world, (host, node), now, calm);
            self.ledger.isolation.watch(host, node.is_in_migrate(), now);
        }
        Ok(())
    }
}
