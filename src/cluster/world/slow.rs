//! Slow machines: whatever comes to such a process, a message or a timer, it comes to so much later, in the same order.
//!
//! All of it is of the page's second part (see `split/`), so what the first calls must stay functions by themselves.

use std::rc::Rc;

use super::acts::{Refused, refuse};
use super::faults::MOST_DELAY;
use super::machine::Late;
use super::{LATE, Timer, World};
use crate::cluster::fact::{FactId, FactKind};
use crate::cluster::id::{HostId, Place};
use crate::cluster::time::{Micros, SECOND};

impl World {
    /// Has a process do everything so much later, also after a restart; 0 ends that, and it does at once what has waited.
    pub fn slow_machine(&mut self, host: HostId, by: Micros) -> Result<FactId, Refused> {
        self.check_host(host)?;
        if by > MOST_DELAY {
            return refuse(format!("A machine may be slower by {} s at the most.", MOST_DELAY / SECOND));
        }
        let was = self.machine(host).slow;
        if by == was {
            return refuse(if by == 0 { "It is not slow." } else { "It is as slow as that already." });
        }
        let fact = self.facts.state(self.now, None, FactKind::MachineSlowed { host, by });
        self.machine_mut(host).slow = by;
        if by == 0 {
            self.onlooker.relief(host, fact, false);
        } else {
            self.onlooker.harm(host, fact, false);
        }
        let network = Rc::make_mut(&mut self.network);
        network.slow_machines = network.slow_machines + u16::from(was == 0) - u16::from(by == 0);
        if by == 0 {
            self.handle_until(host, Micros::MAX);
        }
        Ok(fact)
    }

    /// A running process does something, or will when it comes to it.
    #[inline(never)]
    pub(super) fn put_off(&mut self, host: HostId, what: Late) {
        let by = self.machine(host).slow;
        if by == 0 {
            return self.handle(host, what);
        }
        let at = self.now + by;
        let machine = self.machine_mut(host);
        // Nothing overtakes what came when it was slower still.
        let at = machine.late.back().map_or(at, |(last, _)| at.max(*last));
        machine.late.push_back((at, what));
        let boot = machine.boot;
        self.plan_timer(at, Timer { place: Place::Node(host), boot, word: LATE });
    }

    /// Does what should have waited until then. What is not there any more was done or forgotten before.
    #[inline(never)]
    pub(super) fn handle_until(&mut self, host: HostId, until: Micros) {
        while self.machine(host).late.front().is_some_and(|(at, _)| *at <= until) {
            let Some((_, what)) = self.machine_mut(host).late.pop_front() else { return };
            self.handle(host, what);
        }
    }

    fn handle(&mut self, host: HostId, what: Late) {
        match what {
            Late::Arrived(conn, payload, cause) => {
                self.with_node(host, cause, |node, context| node.receive(context, conn, payload));
            }
            Late::Rang(word) => self.with_node(host, None, |node, context| node.wake(context, word)),
        }
    }

    /// A process is frozen, or dies: what it has not come to is put with what it has not seen.
    #[inline(never)]
    pub(super) fn set_aside(&mut self, host: HostId) {
        let machine = self.machine_mut(host);
        let late = std::mem::take(&mut machine.late);
        let inbox = machine.frozen.get_or_insert_default();
        for (_, what) in late {
            match what {
                Late::Arrived(conn, payload, cause) => inbox.arrived.push((conn, payload, cause)),
                Late::Rang(word) => {
                    inbox.rang.insert(word);
                }
            }
        }
    }
}
