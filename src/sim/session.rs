//! A world with its facts, driven by actions and by time.

use std::collections::VecDeque;

use super::{Action, ActionError, Scenario};
use crate::cluster::command::line;
use crate::cluster::fact::{Fact, FactId};
use crate::cluster::id::HostId;
use crate::cluster::reply::quoted;
use crate::cluster::snapshot::{Belief, Snapshot};
use crate::cluster::time::{Micros, SECOND};
use crate::cluster::world::{Refused, World};

/// Facts kept; older ones are dropped.
pub const MOST_FACTS: usize = 20_000;
/// How long a city may take to come up before it is shown as it is.
const OPENING_LIMIT: Micros = 60 * SECOND;

/// Where a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// At this fact.
    Event(FactId),
    /// Nothing of interest happened within the limit.
    Quiet,
}

/// A city that comes up: a large one takes so long that a page has it done piece by piece.
#[derive(Clone, Debug)]
pub struct Opening {
    world: World,
    expected: Micros,
}

impl Opening {
    /// Starts all processes. `Err` says what about the scenario cannot be.
    pub fn new(scenario: &Scenario, seed: u64) -> Result<Self, ActionError> {
        let world = World::new(&scenario.plan, seed).map_err(|sentence| ActionError { sentence })?;
        Ok(Self { world, expected: scenario.plan.start_spread + 5 * SECOND })
    }

    /// Goes on, but stops when so much work is done ([`World::run_within`]); says whether the city is open.
    pub fn go_on(&mut self, work: u64) -> bool {
        self.world.open_within(OPENING_LIMIT, work)
    }

    /// How far it is, in thousandths: an estimate, by how long a city usually takes.
    pub fn thousandths(&self) -> u32 {
        (1_000 * self.world.now() / self.expected).min(990) as u32
    }

    /// The session; of a city that is not open yet, as far as it is.
    pub fn session(self) -> Session {
        Session { world: self.world, facts: VecDeque::new() }
    }
}

/// A world with its facts.
#[derive(Clone, Debug)]
pub struct Session {
    world: World,
    facts: VecDeque<Fact>,
}

impl Session {
    /// Opens a city: all replicas in sync, every node answering. `Err` says what about the scenario cannot be.
    pub fn new(scenario: &Scenario, seed: u64) -> Result<Self, ActionError> {
        let mut opening = Opening::new(scenario, seed)?;
        while !opening.go_on(u64::MAX) {}
        Ok(opening.session())
    }

    /// Virtual time since the city opened.
    pub fn now(&self) -> Micros {
        self.world.now()
    }

    /// Does something now. An act that makes no sense is refused with a sentence and changes nothing.
    pub fn act(&mut self, action: Action) -> Result<(), ActionError> {
        let done = match action {
            Action::Command { client, target, line } => {
                let argv = line::split(&line).ok_or_else(|| Refused(line::INVALID.to_owned()));
                argv.and_then(|argv| self.world.submit(client, target, argv.into()).map(drop))
            }
            Action::Interrupt { client, command } => self.world.interrupt(client, command),
            Action::Kill(host) => self.world.kill(host).map(drop),
            Action::Restart(host) => self.world.restart(host).map(drop),
            Action::Freeze(host) => self.world.freeze(host).map(drop),
            Action::Thaw(host) => self.world.thaw(host).map(drop),
            Action::PowerOff(rack) => self.world.power_off(rack).map(drop),
            rare => self.do_rarely(rare),
        };
        self.keep_facts();
        done.map_err(|Refused(sentence)| ActionError { sentence })
    }

    /// What is done by sheets and by hand, and giving power back. It is of the page's second part (see `split/`), so it must stay a function by itself.
    #[inline(never)]
    fn do_rarely(&mut self, action: Action) -> Result<(), Refused> {
        match action {
            Action::Cut { one, other, both_ways } => self.world.cut(&one, &other, both_ways).map(drop),
            Action::Mend { one, other } => self.world.mend(&one, &other).map(drop),
            Action::Operate(task) => self.world.operate(task).map(drop),
            Action::StopOperator => self.world.stop_operator().map(drop),
            Action::AddMachine(rack) => self.world.add_machine(rack).map(drop),
            Action::MoveMachine { host, rack } => self.world.move_machine(host, rack).map(drop),
            Action::Heal => self.world.heal().map(drop),
            Action::Slow { one, other, by } => self.world.slow(&one, &other, by).map(drop),
            Action::Spoil { one, other, per_mille } => self.world.spoil(&one, &other, per_mille).map(drop),
            Action::LoseMessage(message) => self.world.lose(message).map(drop),
            Action::DelayMessage { message, by } => self.world.delay(message, by).map(drop),
            Action::PowerOn(rack) => self.world.power_on(rack).map(drop),
            Action::CutOff(rack) => self.world.cut_off(rack).map(drop),
            Action::SlowMachine { host, by } => self.world.slow_machine(host, by).map(drop),
            Action::RegionPower { region, on } => self.world.region_power(region, on),
            Action::RegionRoads { region, open } => self.world.region_roads(region, open).map(drop),
            Action::Streets(streets) => self.world.streets(streets).map(drop),
            Action::Weather(weather) => self.world.weather(weather).map(drop),
            // The others have been done.
            _ => Ok(()),
        }
    }

    /// Lets time run up to `until` and processes everything due by then.
    pub fn advance_to(&mut self, until: Micros) {
        self.world.run_until(until);
        self.keep_facts();
    }

    /// The same, but stops soon after so much work is done ([`World::run_within`]); says whether it came to `until`.
    pub fn advance_within(&mut self, until: Micros, work: u64) -> bool {
        let there = self.world.run_within(until, work);
        self.keep_facts();
        there
    }

    /// The same, but stops also at the first fact that `wanted` picks. What else is due at that moment is still to come.
    pub fn advance_watching(&mut self, until: Micros, work: u64, wanted: &dyn Fn(&Fact) -> bool) -> Step {
        let planned = self.world.planned();
        while let Some(due) = self.world.next_due().filter(|due| *due <= until) {
            // What is planned is done sooner or later, so this is half of what `run_within` counts.
            if self.world.planned() - planned >= work / 2 && due > self.now() {
                return Step::Quiet;
            }
            self.world.step();
            let before = self.facts.back().map_or(FactId(0), |fact| fact.id);
            self.keep_facts();
            let mut fresh = self.facts.iter().rev().take_while(|fact| fact.id > before);
            if let Some(id) = fresh.find(|fact| wanted(fact)).map(|fact| fact.id) {
                return Step::Event(id);
            }
        }
        self.advance_to(until);
        Step::Quiet
    }

    /// From now on every node breaks a rule on purpose.
    #[cfg(feature = "proof")]
    pub fn break_rule(&mut self, rule: crate::cluster::broken::Rule) {
        self.world.break_rule(rule);
    }

    /// Processes the next event due by `until`; says whether there was one.
    pub fn tick(&mut self, until: Micros) -> bool {
        let due = self.world.next_due().is_some_and(|due| due <= until);
        if due {
            self.world.step();
            self.keep_facts();
        }
        due
    }

    /// Runs until a fact that `wanted` picks, at most `limit` on.
    pub fn step(&mut self, limit: Micros, wanted: impl Fn(&Fact) -> bool) -> Step {
        let until = self.now().saturating_add(limit);
        while self.world.next_due().is_some_and(|due| due <= until) {
            self.world.step();
            let before = self.facts.back().map_or(FactId(0), |fact| fact.id);
            self.keep_facts();
            // Oldest first: what is wanted may depend on what came before.
            let fresh = self.facts.iter().rev().take_while(|fact| fact.id > before).count();
            if let Some(fact) = self.facts.range(self.facts.len() - fresh..).find(|fact| wanted(fact)) {
                return Step::Event(fact.id);
            }
        }
        self.advance_to(until);
        Step::Quiet
    }

    /// The facts kept (the newest [`MOST_FACTS`]), oldest first. Ids ascend without gaps.
    pub fn facts(&self) -> &VecDeque<Fact> {
        &self.facts
    }

    /// The world at this moment.
    pub fn snapshot(&self) -> Snapshot {
        self.world.snapshot()
    }

    /// What a running node believes of all others; empty if its process does not run.
    pub fn beliefs(&self, host: HostId) -> Vec<Belief> {
        self.world.beliefs(host)
    }

    /// Some keys a node holds, in a stable order, as a person can read them.
    pub fn keys(&self, host: HostId, limit: usize) -> Vec<String> {
        let readable = |key: &[u8]| match std::str::from_utf8(key) {
            Ok(text) if !text.contains(char::is_control) => text.to_owned(),
            _ => quoted(key),
        };
        let node = self.world.node(host);
        node.map_or(Vec::new(), |node| node.store.iter().take(limit).map(|(key, _)| readable(key)).collect())
    }

    /// A digest of the whole state: equal for equal scenario, seed and actions, natively and in a browser.
    pub fn digest(&self) -> u64 {
        self.world.digest()
    }

    /// The world itself, to look at.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Hands out the facts kept, for whoever keeps them elsewhere.
    pub(super) fn take_facts(&mut self) -> VecDeque<Fact> {
        std::mem::take(&mut self.facts)
    }

    fn keep_facts(&mut self) {
        self.facts.extend(self.world.take_facts());
        let surplus = self.facts.len().saturating_sub(MOST_FACTS);
        self.facts.drain(..surplus);
    }
}
