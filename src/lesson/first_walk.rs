//! The first walk: write a key, burn its shop, read the key from the backup, bring the old shop back.
//!
//! A step is done when the facts say so, whatever the learner typed or clicked to get there, and
//! whatever else was done besides. Any key will do.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::id::{CommandId, HostId};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::snapshot::{NodeView, Snapshot};

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

/// How far the learner is.
#[derive(Clone, Debug, Default)]
pub struct FirstWalk {
    /// Commands under way, by number.
    commands: BTreeMap<CommandId, Rc<[Blob]>>,
    written: Vec<Written>,
    lost: Option<Written>,
    winner: Option<HostId>,
    read: bool,
    restarted: bool,
    returned: bool,
}

/// How many steps the walk has.
pub const STEPS: usize = 4;

impl FirstWalk {
    /// Takes a fact in; `now` is the world after it.
    pub fn observe(&mut self, fact: &Fact, now: &Snapshot) {
        match &fact.kind {
            FactKind::CommandTyped { command, argv, .. } => {
                self.commands.insert(*command, argv.clone());
            }
            FactKind::GaveUp { command, .. } => {
                self.commands.remove(command);
            }
            FactKind::Answered { command, from, reply, .. } => {
                if let Some(argv) = self.commands.remove(command) {
                    self.answered(&argv, *from, reply, now);
                }
            }
            FactKind::Killed { host } => self.machine_lost(*host),
            FactKind::PowerLost { rack } => {
                let there = now.nodes.iter().filter(|node| node.rack == *rack);
                there.map(|node| node.host).for_each(|host| self.machine_lost(host));
            }
            FactKind::Promoted { host, was_replica_of, .. } if self.keeper() == Some(*was_replica_of) => {
                self.winner = Some(*host);
            }
            FactKind::Restarted { host } => self.machine_back(*host),
            FactKind::PowerBack { rack } => {
                let there = now.nodes.iter().filter(|node| node.rack == *rack);
                there.map(|node| node.host).for_each(|host| self.machine_back(host));
            }
            FactKind::BecameReplica { host, .. } => {
                self.returned |= self.keeper() == Some(*host) && self.restarted && self.winner.is_some();
            }
            _ => {}
        }
    }

    fn answered(&mut self, argv: &[Blob], from: HostId, reply: &Reply, now: &Snapshot) {
        let (Some(name), Some(key)) = (argv.first(), argv.get(1)) else {
            return;
        };
        let key = String::from_utf8_lossy(key);
        if name.eq_ignore_ascii_case(b"SET") && !reply.is_error() && *reply != Reply::Null {
            self.wrote(&key, from, now);
        } else if name.eq_ignore_ascii_case(b"GET") && matches!(reply, Reply::Bulk(_)) {
            let known = self.written.iter().any(|written| *written.key == *key);
            self.read |= known && self.winner == Some(from);
        }
    }

    fn wrote(&mut self, key: &str, keeper: HostId, now: &Snapshot) {
        let shard = now.nodes.iter().find(|node| node.host == keeper).map_or(0, |node| node.shard);
        self.written.retain(|written| *written.key != *key);
        self.written.push(Written { key: key.into(), keeper, shard });
    }

    /// The machine that was lost with a written key.
    fn keeper(&self) -> Option<HostId> {
        self.lost.as_ref().map(|lost| lost.keeper)
    }

    fn machine_lost(&mut self, host: HostId) {
        // Only the first shop lost with a key in it counts, until a backup has taken over: a learner who
        // burns more still walks the same walk.
        let written = self.written.iter().rev().find(|written| written.keeper == host);
        if self.winner.is_none()
            && let Some(written) = written
        {
            self.lost = Some(written.clone());
        }
    }

    fn machine_back(&mut self, host: HostId) {
        self.restarted |= self.keeper() == Some(host);
    }

    /// Which steps are done.
    pub fn done(&self) -> [bool; STEPS] {
        [!self.written.is_empty(), self.lost.is_some(), self.read, self.returned]
    }

    /// The step to do now; `None` when all are done.
    pub fn current(&self) -> Option<usize> {
        self.done().iter().position(|done| !done)
    }

    /// The key the walk is about: the one that was lost, or else the one written last.
    pub fn subject(&self) -> Option<&Written> {
        self.lost.as_ref().or(self.written.last())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fact::FactId;
    use crate::cluster::id::ClientId;
    use crate::sim::{Scenario, Session};

    struct Walk {
        walk: FirstWalk,
        commands: u64,
        city: Snapshot,
    }

    impl Walk {
        fn new() -> Self {
            let session = Session::new(&Scenario::first_city(), 1).expect("the first city can be built");
            Self { walk: FirstWalk::default(), commands: 0, city: session.snapshot() }
        }

        fn fact(&mut self, kind: FactKind) {
            let fact = Fact { id: FactId(1), at: 0, cause: None, kind };
            self.walk.observe(&fact, &self.city);
        }

        fn command(&mut self, line: &str, from: u16, reply: Reply) {
            self.commands += 1;
            let (client, command) = (ClientId(0), CommandId(self.commands));
            let argv = line.split(' ').map(|word| word.as_bytes().into()).collect();
            self.fact(FactKind::CommandTyped { client, command, target: None, argv });
            self.fact(FactKind::Answered { client, command, from: HostId(from), reply });
        }

        fn promote(&mut self) {
            self.fact(FactKind::Promoted { host: HostId(3), was_replica_of: HostId(2), epoch: 7, slots: 5461 });
        }
    }

    #[test]
    fn the_walk_with_its_own_key() {
        let mut walk = Walk::new();
        assert_eq!(walk.walk.current(), Some(0));
        walk.command("SET user:123 Ada", 2, Reply::ok());
        assert_eq!(walk.walk.subject().map(|written| written.shard), Some(3));
        walk.fact(FactKind::Killed { host: HostId(2) });
        walk.promote();
        walk.command("GET user:123", 3, Reply::bulk("Ada"));
        assert_eq!(walk.walk.done(), [true, true, true, false]);
        walk.fact(FactKind::Restarted { host: HostId(2) });
        walk.fact(FactKind::BecameReplica { host: HostId(2), of: HostId(3), was_master: true });
        assert_eq!(walk.walk.current(), None);
    }

    #[test]
    fn other_keys_and_extra_acts_pass() {
        let mut walk = Walk::new();
        walk.command("set mine 1", 0, Reply::ok());
        walk.command("SET book:7 x", 2, Reply::ok());
        walk.fact(FactKind::Frozen { host: HostId(1) });
        walk.fact(FactKind::Thawed { host: HostId(1) });
        walk.fact(FactKind::PowerLost { rack: crate::cluster::id::RackId(2) });
        walk.promote();
        walk.command("GET nothing", 3, Reply::Null);
        assert!(!walk.walk.done()[2], "another key proves nothing");
        walk.command("get book:7", 3, Reply::bulk("x"));
        walk.fact(FactKind::PowerBack { rack: crate::cluster::id::RackId(2) });
        walk.fact(FactKind::BecameReplica { host: HostId(2), of: HostId(3), was_master: true });
        assert_eq!(walk.walk.current(), None);
    }

    #[test]
    fn burning_a_shop_without_the_key_is_not_the_step() {
        let mut walk = Walk::new();
        walk.command("SET user:123 Ada", 2, Reply::ok());
        walk.fact(FactKind::Killed { host: HostId(0) });
        assert_eq!(walk.walk.current(), Some(1));
    }

    #[test]
    fn reading_too_early_or_in_vain_is_not_the_step() {
        let mut walk = Walk::new();
        walk.command("SET user:123 Ada", 2, Reply::ok());
        walk.command("GET user:123", 2, Reply::bulk("Ada"));
        walk.fact(FactKind::Killed { host: HostId(2) });
        walk.command("GET user:123", 0, Reply::error("CLUSTERDOWN The cluster is down"));
        assert_eq!(walk.walk.current(), Some(2));
    }

    #[test]
    fn a_refused_write_is_no_write() {
        let mut walk = Walk::new();
        walk.command("SET user:123", 2, Reply::error("ERR wrong number of arguments for 'set' command"));
        assert_eq!(walk.walk.current(), Some(0));
    }
}
