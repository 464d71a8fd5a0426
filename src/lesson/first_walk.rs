//! The first walk: write a key, burn its shop, read the key from the backup, bring the old shop back.
//!
//! A step is done when the facts say so, whatever the learner typed or clicked to get there, and
//! whatever else was done besides. Any key will do.

use std::rc::Rc;

use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::id::{CommandId, HostId};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::slot::key_slot;
use crate::cluster::snapshot::{NodeView, Snapshot};
use crate::narrate::Cast;

/// The key that the walk proposes.
pub const KEY: &str = "user:123";
/// The value that the walk proposes.
pub const VALUE: &str = "Ada";

/// A key that was written, and who keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The key.
    pub key: Rc<str>,
    /// The machine that answered the write.
    pub keeper: HostId,
    /// Its shard.
    pub shard: u16,
}

/// What took a shop from the learner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Loss {
    /// It was killed, as the walk asks for.
    #[default]
    Fire,
    /// It was asked to end, by `SHUTDOWN`.
    ShutDown,
    /// Its rack lost its power.
    Power,
}

/// How far the learner is.
#[derive(Clone, Debug, Default)]
pub struct FirstWalk {
    /// Commands under way, by number.
    commands: Vec<(CommandId, Rc<[Blob]>)>,
    written: Vec<Written>,
    lost: Option<Written>,
    loss: Loss,
    /// The lost shop came back before anybody took its place, and holds nothing; its backup still may.
    hasty: Option<Written>,
    emptied: bool,
    winner: Option<HostId>,
    read: bool,
    restarted: bool,
    follows: bool,
    returned: bool,
}

/// How many steps the walk has.
pub const STEPS: usize = 4;

impl FirstWalk {
    /// Takes a fact in; `cast` knows who is who at its moment.
    pub fn observe(&mut self, fact: &Fact, cast: &Cast) {
        match &fact.kind {
            FactKind::CommandTyped { command, argv, .. } => {
                self.commands.push((*command, argv.clone()));
            }
            FactKind::GaveUp { command, .. } => {
                self.commands.retain(|(other, _)| other != command);
            }
            FactKind::Answered { command, from, reply, .. } => {
                if let Some(index) = self.commands.iter().position(|(other, _)| other == command) {
                    let (_, argv) = self.commands.swap_remove(index);
                    self.answered(&argv, *from, reply, cast);
                }
            }
            FactKind::Killed { host } => self.machine_lost(*host, Loss::Fire),
            FactKind::ShutDown { host } => self.machine_lost(*host, Loss::ShutDown),
            FactKind::PowerLost { rack } => {
                cast.in_rack(*rack).for_each(|host| self.machine_lost(host, Loss::Power));
            }
            FactKind::Promoted { host, was_replica_of, .. } => self.promoted(*host, *was_replica_of),
            FactKind::FullSync { master, .. } => {
                self.hasty.take_if(|written| written.keeper == *master);
            }
            FactKind::SlotArrived { host, slot, .. } => {
                for written in self.written.iter_mut().filter(|written| key_slot(written.key.as_bytes()) == *slot)
                {
                    (written.keeper, written.shard) = (*host, cast.shard(*host));
                }
            }
            FactKind::Restarted { host } => self.machine_back(*host),
            FactKind::PowerBack { rack } => {
                cast.in_rack(*rack).for_each(|host| self.machine_back(host));
            }
            FactKind::BecameReplica { host, .. } => {
                self.follows |= self.keeper() == Some(*host) && self.restarted && self.winner.is_some();
            }
            FactKind::SyncDone { host, .. } => {
                self.returned |= self.follows && self.keeper() == Some(*host);
            }
            _ => {}
        }
    }

    fn answered(&mut self, argv: &[Blob], from: HostId, reply: &Reply, cast: &Cast) {
        let (Some(name), Some(key)) = (argv.first(), argv.get(1)) else {
            return;
        };
        let key = String::from_utf8_lossy(key);
        if name.eq_ignore_ascii_case(b"SET") && !reply.is_error() && *reply != Reply::Null {
            self.wrote(&key, from, cast);
        } else if name.eq_ignore_ascii_case(b"GET") && matches!(reply, Reply::Bulk(_)) {
            let known = self.written.iter().any(|written| *written.key == *key);
            self.read |= known && self.winner == Some(from);
        }
    }

    fn wrote(&mut self, key: &str, keeper: HostId, cast: &Cast) {
        let new = Written { key: key.into(), keeper, shard: cast.shard(keeper) };
        match self.written.iter_mut().find(|written| *written.key == *key) {
            Some(written) => *written = new,
            None => self.written.push(new),
        }
        if self.lost.is_none() {
            (self.hasty, self.emptied) = (None, false);
        }
    }

    fn promoted(&mut self, host: HostId, was_replica_of: HostId) {
        if let Some(written) = self.hasty.take_if(|written| written.keeper == was_replica_of) {
            // The backup won all the same, before it copied the emptiness.
            self.written.push(written.clone());
            (self.lost, self.emptied, self.restarted) = (Some(written), false, true);
        }
        if self.keeper() == Some(was_replica_of) {
            self.winner = Some(host);
        } else if self.lost.is_none() {
            // Nothing burned: it froze, was cut off, or handed over. Whoever took its place has the key now.
            for written in self.written.iter_mut().filter(|written| written.keeper == was_replica_of) {
                written.keeper = host;
            }
        }
    }

    /// The machine that was lost with a written key.
    fn keeper(&self) -> Option<HostId> {
        self.lost.as_ref().map(|lost| lost.keeper)
    }

    fn machine_lost(&mut self, host: HostId, loss: Loss) {
        // Only the first shop lost with a key in it counts, until a backup has taken over: a learner who
        // burns more still walks the same walk.
        let written = self.written.iter().find(|written| written.keeper == host);
        self.follows &= self.keeper() != Some(host);
        if self.winner.is_none()
            && self.lost.is_none()
            && let Some(written) = written
        {
            (self.lost, self.loss) = (Some(written.clone()), loss);
        }
    }

    fn machine_back(&mut self, host: HostId) {
        if self.keeper() != Some(host) {
            return;
        }
        if self.winner.is_some() {
            self.restarted = true;
        } else {
            // It is the master again, with nothing in its memory: the key has to be written once more.
            self.hasty = self.lost.take();
            self.written.clear();
            self.emptied = true;
        }
    }

    /// Whether the written key went because its shop was restarted before a backup took over.
    pub fn emptied(&self) -> bool {
        self.emptied
    }

    /// What took the lost shop.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// Which steps are done.
    pub fn done(&self) -> [bool; STEPS] {
        [!self.written.is_empty(), self.lost.is_some(), self.read, self.returned]
    }

    /// The step to do now; `None` when all are done.
    pub fn current(&self) -> Option<usize> {
        self.done().iter().position(|done| !done)
    }

    /// The key the walk is about: the one that was lost, or else the one written first.
    pub fn subject(&self) -> Option<&Written> {
        self.lost.as_ref().or(self.written.first())
    }

    /// Who was promoted in the lost shop's place.
    pub fn winner(&self) -> Option<HostId> {
        self.winner
    }

    /// The lost shop as it is now.
    pub fn lost<'a>(&self, now: &'a Snapshot) -> Option<&'a NodeView> {
        let lost = self.lost.as_ref()?;
        now.nodes.iter().find(|node| node.host == lost.keeper)
    }
}
