//! The end of a story: all faults are over, an operator tidies up, and everything must come to peace.

use std::collections::{BTreeMap, BTreeSet};

use super::Run;
use crate::cluster::config::CRON_PERIOD;
use crate::cluster::id::{ClientId, HostId, RackId};
use crate::cluster::operator::Task;
use crate::cluster::time::{MS, Micros, SECOND};
use crate::sim::Action;
use crate::sim::proof::bound::{convergence_bound, longest_way};
use crate::sim::proof::check::{Check, Violation, running, violated};
use crate::sim::proof::ledger::Loss;
use crate::sim::proof::{called_back, membership, operator, serving};

/// The operator closes what was left open within this, even on the longest streets.
const FIXING: Micros = 600 * SECOND;

impl Run {
    /// Ends all faults, waits for peace, and looks at what is left: which writes are lost, by window.
    pub(super) fn settle(&mut self) -> Result<BTreeMap<Loss, u64>, Violation> {
        let hosts: Vec<HostId> = self.session.world().hosts().collect();
        self.act(Action::Heal)?;
        for rack in 0..self.plan.racks {
            self.act(Action::PowerOn(RackId(rack)))?;
        }
        // What the operator says would wait for an EXEC there.
        for host in self.ledger.in_transaction(ClientId(0)) {
            self.act(Action::Command { client: ClientId(0), target: Some(host), line: "DISCARD".into() })?;
        }
        for &host in &hosts {
            self.act(Action::Restart(host))?;
            self.act(Action::Thaw(host))?;
            self.ease(&[host])?;
        }
        if self.dark {
            self.stir(&hosts)?;
        }
        self.agree_unaided()?;
        if self.operated {
            self.settle_membership()?;
        }
        // Masters may yet change places: what they are in the end is told to close the slots that they import.
        if !self.ledger.opened.is_empty() {
            self.wait(self.recovery())?;
            self.ease_again()?;
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

    /// Settings under which all can come to rest. Several masters that say PING every second over slow streets leave no moment at
    /// which nothing is on its way.
    fn ease(&mut self, hosts: &[HostId]) -> Result<(), Violation> {
        for &host in hosts {
            let line = "CONFIG SET min-replicas-to-write 0 repl-ping-replica-period 10".into();
            self.act(Action::Command { client: ClientId(0), target: Some(host), line })?;
        }
        Ok(())
    }

    /// A client that gave up an earlier command has lost those behind it.
    fn ease_again(&mut self) -> Result<(), Violation> {
        let world = self.session.world();
        let uneasy = running(world).filter(|(_, node)| node.config.min_replicas_to_write > 0);
        let uneasy: Vec<HostId> = uneasy.map(|(host, _)| host).collect();
        self.ease(&uneasy)
    }

    /// Whose process stood still and then lost its power had taken the others' last PINGs, and its kernel has forgotten their
    /// connections. Nothing more is sent on those while a PONG is awaited, and they are not given up while anything is heard of
    /// their node on its own (`clusterCron`, `data_delay`): of few nodes with a long timeout it is held for failed for ever. A
    /// message to all finds them out.
    fn stir(&mut self, hosts: &[HostId]) -> Result<(), Violation> {
        self.wait(5 * SECOND)?;
        for &host in hosts {
            let line = "PUBLISH nobody hears".into();
            self.act(Action::Command { client: ClientId(0), target: Some(host), line })?;
        }
        Ok(())
    }

    /// Where nothing is left that only an operator can put right, the nodes come to agree without one.
    fn agree_unaided(&mut self) -> Result<(), Violation> {
        self.act(Action::StopOperator)?;
        let until = self.session.now() + convergence_bound(&self.plan);
        while let Some(members) = serving::unaided(self.session.world()) {
            self.wait(500 * MS)?;
            let world = self.session.world();
            if serving::unrest(world, &members, &BTreeSet::new()).is_none() {
                self.unaided += 1;
                return Ok(());
            }
            if self.session.now() >= until {
                // A claim that came late stays where it arrived; all the rest has to be well.
                let late = membership::late_claims(world, &self.ledger.moved);
                let what = serving::unrest(world, &members, &late);
                return what.map_or(Ok(()), |what| violated(Check::Convergence, self.session.now(), what));
            }
        }
        Ok(())
    }

    /// Whoever was left half in and half out is introduced again, and the operator moves what was left half moved. Without
    /// a failover in between it must leave every key where its slot is, and only there.
    fn settle_membership(&mut self) -> Result<(), Violation> {
        self.act(Action::StopOperator)?;
        self.wait(self.recovery() + membership::BAN)?;
        self.ease_again()?;
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

    fn until_peace(&mut self) -> Result<(), Violation> {
        let until = self.session.now() + convergence_bound(&self.plan);
        loop {
            self.wait(500 * MS)?;
            // A PING of the stream may be on its way at this very moment: then the next look finds it arrived.
            let all: Vec<HostId> = self.session.world().hosts().collect();
            let Some(what) = serving::unrest(self.session.world(), &all, &BTreeSet::new()) else {
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
        // MIGRATE is over before the next command is given, also where its client does not wait for that: a way to the node, two
        // there and back to the other, and one to the client.
        let over = SECOND.max(6 * longest_way(&self.plan) + CRON_PERIOD);
        for act in acts {
            self.act(act)?;
            self.wait(over)?;
        }
        Ok(any)
    }
}
