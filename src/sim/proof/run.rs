//! A world that is acted upon and checked after every event.

use std::collections::BTreeMap;

use super::bound::{convergence_bound, recovery_bound};
use super::check::{Check, Elections, Histories, Owners, Violation, running, violated};
use super::handover::Handovers;
use super::ledger::{Ledger, Loss};
use super::script::{Beat, Script};
use super::serving;
use super::strays::Strays;
use super::{called_back, membership, operator};
use crate::cluster::broken::Rule;
use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::id::{ClientId, HostId, RackId};
use crate::cluster::operator::Task;
use crate::cluster::time::{MS, Micros, SECOND};
use crate::cluster::world::Plan;
use crate::sim::{Action, Scenario, Session};

/// After so long even a message that was lost time and again has come, or its connection broke.
const LATEST: Micros = 15 * SECOND;
/// The operator closes what was left open within this, even on the longest streets.
const FIXING: Micros = 600 * SECOND;
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
    /// When the streets were last bad.
    rough_at: Option<Micros>,
    promises: u64,
    unaided: u64,
    /// The operator's tasks that it finished.
    tasks: u64,
    tell: Option<fn(&Fact)>,
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
            seen: 0,
            elections: Elections::default(),
            owners: Owners::default(),
            histories: Histories::default(),
            handovers: Handovers::default(),
            ledger,
            strays: Strays::default(),
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
        let now = self.session.now();
        if !self.session.world().network().is_calm() || matches!(beat.act, Action::Streets(_)) {
            self.rough_at = Some(now);
        }
        let settled = self.rough_at.is_none_or(|at| now - at > LATEST);
        let must_serve = settled && beat.wait >= self.recovery();
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
            handovers: self.handovers.compared,
        })
    }

    fn settle(&mut self) -> Result<BTreeMap<Loss, u64>, Violation> {
        let hosts: Vec<HostId> = self.session.world().hosts().collect();
        self.act(Action::Heal)?;
        for rack in 0..self.plan.racks {
            self.act(Action::PowerOn(RackId(rack)))?;
        }
        for &host in &hosts {
            self.act(Action::Restart(host))?;
            self.act(Action::Thaw(host))?;
            // Several masters that say PING every second over slow streets leave no moment at which nothing is on its way.
            let line = "CONFIG SET min-replicas-to-write 0 repl-ping-replica-period 10".into();
            self.act(Action::Command { client: ClientId(0), target: Some(host), line })?;
        }
        self.agree_unaided()?;
        if self.operated {
            self.settle_membership()?;
        }
        // Masters may yet change places: what they are in the end is told to close the slots that they import.
        if !self.ledger.opened.is_empty() {
            self.wait(self.recovery())?;
        }
        if !self.ledger.called_back.is_empty() {
            self.claim_anew()?;
        }
        for act in operator::stable(self.session.world(), &self.ledger.opened) {
            self.act(act)?;
        }
        self.until_peace()?;
        // What nobody moved by hand must lie where it belongs before anything is tidied, and nothing may be doubled.
        self.strays.check(self.session.world(), &self.ledger.opened, false)?;
        let told = [self.close_slots()?, self.shorten_chains()?];
        if told.contains(&true) {
            self.until_peace()?;
        }
        if let Some((host, _)) = serving::sub_replicas(self.session.world()).first() {
            let what = format!("{host:?} follows a replica, although it was told whom to follow");
            return violated(Check::Convergence, self.session.now(), what);
        }
        self.strays.check(self.session.world(), &self.ledger.opened, true)?;
        for (host, _) in running(self.session.world()) {
            self.ledger.whole_transactions(self.session.world(), host, self.session.now())?;
        }
        self.ledger.settle(self.session.world(), |key| self.strays.excuses(key))
    }

    /// Where nothing is left that only an operator can put right, the nodes come to agree without one.
    fn agree_unaided(&mut self) -> Result<(), Violation> {
        self.act(Action::StopOperator)?;
        let until = self.session.now() + convergence_bound(&self.plan);
        while let Some(members) = serving::unaided(self.session.world()) {
            self.wait(500 * MS)?;
            let world = self.session.world();
            let Some(what) = serving::unrest(world, &members) else {
                self.unaided += 1;
                return Ok(());
            };
            if self.session.now() >= until {
                // A claim that came late stays where it arrived.
                let late = !membership::claims_anew(world, &self.ledger.moved).is_empty();
                return if late { Ok(()) } else { violated(Check::Convergence, self.session.now(), what) };
            }
        }
        Ok(())
    }

    /// When a majority side serves again, as the city is now.
    pub fn recovery(&self) -> Micros {
        recovery_bound(&self.plan)
    }

    /// Whoever was left half in and half out is introduced again, and the operator moves what was left half moved. Without
    /// a failover in between it must leave every key where its slot is, and only there.
    fn settle_membership(&mut self) -> Result<(), Violation> {
        self.act(Action::StopOperator)?;
        self.wait(self.recovery() + membership::BAN)?;
        for _ in 0..3 {
            for act in membership::introductions(self.session.world()) {
                self.act(act)?;
            }
            self.wait(10 * SECOND)?;
        }
        // A slot that several nodes import is moved on and on: each fix closes it at one of them.
        for _ in 0..=self.session.world().hosts().count() {
            if membership::open_slots(self.session.world()).is_empty() {
                break;
            }
            self.act(Action::Operate(Task::Fix))?;
            let until = self.session.now() + FIXING;
            while self.session.world().operator().is_some() && self.session.now() < until {
                self.wait(SECOND)?;
            }
            if self.session.world().operator().is_some() {
                return violated(
                    Check::Convergence,
                    self.session.now(),
                    "the operator's fix does not end".to_owned(),
                );
            }
            self.claim_anew()?;
        }
        self.claim_anew()?;
        if let Some(slot) = membership::open_slots(self.session.world()).first() {
            let what = format!("slot {slot} is open however often the operator fixes it");
            return violated(Check::Convergence, self.session.now(), what);
        }
        Ok(())
    }

    /// Slots that moves which crossed, or an echo, left without an owner: nobody can close what is open of them before.
    fn claim_anew(&mut self) -> Result<(), Violation> {
        self.wait(2 * SECOND)?;
        for act in membership::claims_anew(self.session.world(), &self.ledger.moved) {
            self.act(act)?;
        }
        for act in called_back::claims_anew(self.session.world(), &self.ledger.called_back) {
            self.act(act)?;
        }
        Ok(())
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
        // A refused act changes nothing, and is told apart from none by nobody.
        let _refused_or_not = self.session.act(action);
        for host in self.ledger.watch_processes(self.session.world()) {
            self.histories.forget(host);
        }
        self.look()
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
        }
        self.watch_nodes()
    }

    fn watch_nodes(&mut self) -> Result<(), Violation> {
        let now = self.session.now();
        for (host, node) in running(self.session.world()) {
            self.histories.watch(host, node, now)?;
            self.elections.watch(host, node, now);
        }
        Ok(())
    }

    fn until_peace(&mut self) -> Result<(), Violation> {
        let until = self.session.now() + convergence_bound(&self.plan);
        loop {
            self.wait(500 * MS)?;
            // A PING of the stream may be on its way at this very moment: then the next look finds it arrived.
            let all: Vec<HostId> = self.session.world().hosts().collect();
            let Some(what) = serving::unrest(self.session.world(), &all) else {
                return Ok(());
            };
            if self.session.now() >= until {
                return violated(Check::Convergence, self.session.now(), what);
            }
        }
    }

    /// Replicas of replicas are told whom to follow; says whether there were any.
    fn shorten_chains(&mut self) -> Result<bool, Violation> {
        let chains = serving::sub_replicas(self.session.world());
        let any = !chains.is_empty();
        for (host, master) in chains {
            let id = self.session.world().node(master).map(|node| node.view.me().id());
            if let Some(id) = id {
                let line = format!("CLUSTER REPLICATE {id}").into();
                self.act(Action::Command { client: ClientId(0), target: Some(host), line })?;
            }
        }
        Ok(any)
    }

    /// What an operator does after an interrupted resharding; says whether there was anything to do.
    fn close_slots(&mut self) -> Result<bool, Violation> {
        let strays = membership::stray_slots(self.session.world());
        let slots = self.ledger.opened.union(&strays).copied().collect();
        let acts = operator::close(self.session.world(), &slots, &self.strays);
        let any = !acts.is_empty();
        for act in acts {
            self.act(act)?;
            // MIGRATE answers before the next command is given.
            self.wait(SECOND)?;
        }
        Ok(any)
    }
}

/// Does all of a script and finishes it; `None` if its plan cannot be.
pub fn replay(script: &Script, broken: Option<Rule>) -> Option<Result<Report, Violation>> {
    replay_telling(script, broken, None)
}

/// The same, with every fact told as it happens.
pub fn replay_telling(
    script: &Script,
    broken: Option<Rule>,
    tell: Option<fn(&Fact)>,
) -> Option<Result<Report, Violation>> {
    let mut run = Run::new(&script.scenario, script.seed, broken)?;
    run.tell = tell;
    for beat in &script.beats {
        if let Err(violation) = run.perform(beat) {
            return Some(Err(violation));
        }
    }
    Some(run.finish())
}
