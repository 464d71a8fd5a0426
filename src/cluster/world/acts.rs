//! What people do to the world. Each act states a fact, so that everything after it can name its cause.

use std::rc::Rc;

use super::machine::{Inbox, Process};
use super::{AWAKE, Flying, Timer, World};
use crate::cluster::client::MOST_WAITING;
use crate::cluster::connection::{Payload, Toward};
use crate::cluster::fact::{FactId, FactKind};
use crate::cluster::id::{ClientId, CommandId, HostId, Place, RackId};
use crate::cluster::node::Node;
use crate::cluster::order::SmallSet;
use crate::cluster::reply::Blob;
use crate::cluster::time::Micros;

/// Why an act makes no sense; nothing changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub String);

pub(super) fn refuse<T>(sentence: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(sentence.into()))
}

impl World {
    /// Gives a command to a client; says under which number its facts will come.
    pub fn submit(
        &mut self,
        client: ClientId,
        target: Option<HostId>,
        argv: Rc<[Blob]>,
    ) -> Result<CommandId, Refused> {
        let Some(actor) = self.clients.get(usize::from(client.0)) else {
            return refuse(format!("There is no client {}.", client.0));
        };
        if let Some(target) = target {
            self.check_host(target)?;
        }
        if argv.is_empty() {
            return refuse("There is no command in this line.");
        }
        if actor.waiting() as usize >= MOST_WAITING {
            return refuse(format!("{MOST_WAITING} commands wait for an answer already; let time run."));
        }
        self.commands += 1;
        let command = CommandId(self.commands);
        let kind = FactKind::CommandTyped { client, command, target, argv: argv.clone() };
        let fact = self.facts.state(self.now, None, kind);
        self.with_client(client, Some(fact), |client, context| {
            client.submit(context, command, argv, target, fact);
        });
        Ok(command)
    }

    /// Has a client stop waiting for an answer.
    pub fn interrupt(&mut self, client: ClientId, command: CommandId) -> Result<(), Refused> {
        let mut waited = false;
        self.with_client(client, None, |client, context| waited = client.interrupt(context, command));
        if waited { Ok(()) } else { refuse("Nothing waits for an answer to that.") }
    }

    /// Ends a process at once. Its machine closes all its connections.
    pub fn kill(&mut self, host: HostId) -> Result<FactId, Refused> {
        self.check_host(host)?;
        if self.machine(host).node().is_none() {
            return refuse("Its process does not run: there is nothing to end.");
        }
        let fact = self.act(host, FactKind::Killed { host });
        self.end_process(host, fact);
        Ok(fact)
    }

    /// A process ends because a client said SHUTDOWN.
    pub(super) fn exit(&mut self, host: HostId, cause: Option<FactId>) {
        let fact = self.facts.state(self.now, cause, FactKind::ShutDown { host });
        self.onlooker.harm(host, fact, true);
        self.end_process(host, fact);
    }

    /// Its machine closes all connections of a process that ends.
    fn end_process(&mut self, host: HostId, fact: FactId) {
        let mut conns = self.machine(host).node().map_or(Vec::new(), Node::open_connections);
        if !self.machine(host).late.is_empty() {
            self.set_aside(host);
        }
        // Connections that the kernel took while the process was frozen or busy, and it never saw.
        let unseen = self.machine(host).frozen.iter().flat_map(|inbox| &inbox.arrived);
        conns.extend(unseen.filter(|(_, payload, _)| matches!(payload, Payload::Open(_))).map(|(conn, ..)| *conn));
        self.stop_process(host);
        for conn in conns {
            let mine = conn.opener == Place::Node(host);
            let toward = if mine { Toward::Acceptor } else { Toward::Opener };
            let payload = Payload::Closed { refused: false };
            self.post(Flying { conn, toward, payload, sent: self.now, cause: Some(fact) });
        }
    }

    /// Starts a killed process. It knows what its nodes.conf says, and holds no keys.
    pub fn restart(&mut self, host: HostId) -> Result<FactId, Refused> {
        self.check_host(host)?;
        if self.machine(host).node().is_some() {
            return refuse("Its process runs already.");
        }
        if !self.network.has_power(host) {
            return refuse("Its rack has no power: switch that on first.");
        }
        let fact = self.act(host, FactKind::Restarted { host });
        self.start_process(host, fact);
        Ok(fact)
    }

    /// Stops a process in its tracks.
    pub fn freeze(&mut self, host: HostId) -> Result<FactId, Refused> {
        self.check_host(host)?;
        if self.machine(host).node().is_none() {
            return refuse("Its process does not run: there is nothing to freeze.");
        }
        if self.machine(host).frozen.is_some() {
            return refuse("It is frozen already.");
        }
        let fact = self.act(host, FactKind::Frozen { host });
        let now = self.now;
        let machine = self.machine_mut(host);
        machine.frozen = Some(Inbox::default());
        machine.silent_since = Some(now);
        if !machine.late.is_empty() {
            self.set_aside(host);
        }
        Ok(fact)
    }

    /// A process stands still until then because a client said DEBUG SLEEP.
    pub(super) fn sleep(&mut self, place: Place, boot: u32, until: Micros, cause: Option<FactId>) {
        if let Place::Node(host) = place
            && let Ok(fact) = self.freeze(host)
        {
            self.facts.blame(fact, cause);
            self.plan_timer(until, Timer { place, boot, word: AWAKE });
        }
    }

    /// A process has slept enough, if it sleeps still.
    pub(super) fn awake(&mut self, host: HostId, boot: u32) {
        if self.machine(host).boot == boot {
            // Somebody may have let it go on before.
            let _ = self.thaw(host);
        }
    }

    /// Lets a frozen process go on: it sees all at once what came meanwhile.
    pub fn thaw(&mut self, host: HostId) -> Result<FactId, Refused> {
        self.check_host(host)?;
        if self.machine(host).frozen.is_none() {
            return refuse("It is not frozen.");
        }
        let fact = self.act(host, FactKind::Thawed { host });
        let machine = self.machine_mut(host);
        machine.silent_since = None;
        let inbox = machine.frozen.take().unwrap_or_default();
        for (conn, payload, cause) in inbox.arrived {
            self.with_node(host, cause, |node, context| node.receive(context, conn, payload));
        }
        for &word in inbox.rang.as_slice() {
            self.with_node(host, Some(fact), |node, context| node.wake(context, word));
        }
        Ok(fact)
    }

    /// Cuts a rack's power: no goodbyes.
    pub fn power_off(&mut self, rack: RackId) -> Result<FactId, Refused> {
        self.check_power(rack, true)?;
        let fact = self.facts.state(self.now, None, FactKind::PowerLost { rack });
        Rc::make_mut(&mut self.network).powered[usize::from(rack.0)] = false;
        for host in self.in_rack(rack) {
            let ran = self.machine(host).node().is_some();
            if ran {
                self.stop_process(host);
                self.onlooker.harm(host, fact, true);
            }
            self.machine_mut(host).lost_power = ran;
        }
        self.forget_held(rack);
        Ok(fact)
    }

    /// What a cut kept back lies with the machines that sent it: nobody will send it again, and nobody sees what follows it on
    /// the same connection, although that may be on its way still.
    fn forget_held(&mut self, rack: RackId) {
        let network = &self.network;
        let mut holes = SmallSet::default();
        self.held.retain(|flying| {
            let lost =
                matches!(flying.conn.source(flying.toward), Place::Node(host) if network.rack(host) == rack);
            if lost {
                holes.insert((flying.conn, flying.toward));
            }
            !lost
        });
        drop(self.flying.take(|_, flying| holes.contains(&(flying.conn, flying.toward))));
    }

    /// Gives a rack its power back; what ran before starts again.
    pub fn power_on(&mut self, rack: RackId) -> Result<FactId, Refused> {
        self.check_power(rack, false)?;
        let fact = self.facts.state(self.now, None, FactKind::PowerBack { rack });
        Rc::make_mut(&mut self.network).powered[usize::from(rack.0)] = true;
        for host in self.in_rack(rack) {
            if std::mem::take(&mut self.machine_mut(host).lost_power) {
                self.onlooker.relief(host, fact, true);
                self.start_process(host, fact);
            }
        }
        self.release_held();
        Ok(fact)
    }

    /// From now on every node breaks a rule on purpose.
    #[cfg(feature = "proof")]
    pub fn break_rule(&mut self, rule: crate::cluster::broken::Rule) {
        for host in self.hosts() {
            let machine = self.machine_mut(host);
            Rc::make_mut(&mut machine.config).broken.0 = Some(rule);
            if let Process::Running(node) = &mut machine.process {
                node.config = machine.config.clone();
            }
        }
    }

    pub(super) fn check_host(&self, host: HostId) -> Result<(), Refused> {
        if usize::from(host.0) < self.machines.len() {
            return Ok(());
        }
        refuse(format!("There is no machine {}.", host.0))
    }

    fn check_power(&self, rack: RackId, powered: bool) -> Result<(), Refused> {
        match self.network.powered.get(usize::from(rack.0)) {
            None => refuse(format!("There is no rack {}.", super::look::rack_name(rack.0.into()))),
            Some(&now) if now == powered => Ok(()),
            Some(true) => refuse("This rack has power already."),
            Some(false) => refuse("This rack has no power already."),
        }
    }

    fn in_rack(&self, rack: RackId) -> Vec<HostId> {
        let hosts = (0..self.machines.len() as u16).map(HostId);
        hosts.filter(|&host| self.network.rack(host) == rack).collect()
    }

    fn act(&mut self, host: HostId, kind: FactKind) -> FactId {
        let begins = matches!(kind, FactKind::Restarted { .. } | FactKind::Thawed { .. });
        let fact = self.facts.state(self.now, None, kind);
        if begins {
            self.onlooker.relief(host, fact, true);
        } else {
            self.onlooker.harm(host, fact, true);
        }
        fact
    }

    fn stop_process(&mut self, host: HostId) {
        let now = self.now;
        let machine = self.machine_mut(host);
        if let Process::Running(node) = &machine.process {
            machine.process = Process::Dead(node.nodes_conf());
        }
        machine.frozen = None;
        machine.late.clear();
        machine.silent_since.get_or_insert(now);
    }

    pub(super) fn start_process(&mut self, host: HostId, cause: FactId) {
        self.start_process_later(host, cause, 0);
    }

    /// Its cron begins only after `later`.
    pub(super) fn start_process_later(&mut self, host: HostId, cause: FactId, later: Micros) {
        let machine = Rc::make_mut(&mut self.machines[usize::from(host.0)]);
        let Process::Dead(conf) = &machine.process else {
            return;
        };
        machine.boot += 1;
        machine.silent_since = None;
        let boot = machine.boot;
        let mut context = context!(self, Place::Node(host), Some(cause));
        let node = Node::boot(host, machine.config.clone(), conf, &mut context, later);
        machine.process = Process::Running(node);
        self.carry_out(Place::Node(host), boot);
    }
}
