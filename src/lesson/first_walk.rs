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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fact::FactId;
    use crate::cluster::id::ClientId;
    use crate::cluster::resp::Protocol;
    use crate::sim::{Action, Scenario, Session};

    struct Walk {
        walk: FirstWalk,
        commands: u64,
        city: Cast,
    }

    impl Walk {
        fn new() -> Self {
            let session = Session::new(&Scenario::first_city(), 1).expect("the first city can be built");
            Self { walk: FirstWalk::default(), commands: 0, city: Cast::new(&session.snapshot()) }
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
            self.fact(FactKind::Answered {
                client,
                command,
                from: HostId(from),
                reply,
                protocol: Protocol::Resp2,
            });
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
        assert_eq!(walk.walk.current(), Some(3), "it still has to copy");
        walk.fact(FactKind::SyncDone { host: HostId(2), master: HostId(3), offset: 9 });
        assert_eq!(walk.walk.current(), None);
    }

    #[test]
    fn a_backup_that_takes_over_from_a_frozen_shop_has_the_key() {
        let mut walk = Walk::new();
        walk.command("SET user:123 Ada", 2, Reply::ok());
        walk.fact(FactKind::Frozen { host: HostId(2) });
        walk.promote();
        assert_eq!(walk.walk.subject().map(|written| (written.keeper, written.shard)), Some((HostId(3), 3)));
        walk.fact(FactKind::Killed { host: HostId(2) });
        assert_eq!(walk.walk.current(), Some(1), "the one that burns has no written key any more");
        walk.fact(FactKind::Killed { host: HostId(3) });
        assert_eq!(walk.walk.current(), Some(2));
    }

    #[test]
    fn a_slot_that_moves_takes_the_key_along() {
        let mut walk = Walk::new();
        walk.command("SET user:123 Ada", 2, Reply::ok());
        let shard = |walk: &Walk| walk.walk.subject().map(|written| written.shard);
        walk.fact(FactKind::SlotArrived { host: HostId(0), slot: 12_892, epoch: 7 });
        assert_eq!(shard(&walk), Some(3));
        walk.fact(FactKind::SlotArrived { host: HostId(0), slot: 12_893, epoch: 7 });
        assert_eq!(shard(&walk), Some(1));
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
        assert_eq!(walk.walk.current(), Some(3), "it still has to copy");
        walk.fact(FactKind::SyncDone { host: HostId(2), master: HostId(3), offset: 9 });
        assert_eq!(walk.walk.current(), None);
    }

    #[test]
    fn what_took_the_shop_is_known() {
        let losses = [
            (FactKind::Killed { host: HostId(2) }, Loss::Fire),
            (FactKind::ShutDown { host: HostId(2) }, Loss::ShutDown),
            (FactKind::PowerLost { rack: crate::cluster::id::RackId(2) }, Loss::Power),
        ];
        for (lost, loss) in losses {
            let mut walk = Walk::new();
            walk.command("SET user:123 Ada", 2, Reply::ok());
            walk.fact(lost);
            // What is lost besides is not what began it.
            walk.fact(FactKind::Killed { host: HostId(2) });
            assert_eq!((walk.walk.current(), walk.walk.loss()), (Some(2), loss));
        }
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

    #[test]
    fn the_walk_keeps_to_the_key_it_showed() {
        let mut walk = Walk::new();
        walk.command("SET user:123 Ada", 2, Reply::ok());
        walk.command("SET other 1", 0, Reply::ok());
        walk.command("SET user:123 Eve", 2, Reply::ok());
        assert_eq!(walk.walk.subject().map(|written| &*written.key), Some("user:123"));
    }

    /// Runs a real city, and lets the walk see what happens.
    fn run(session: &mut Session, walk: &mut FirstWalk, seen: &mut FactId, seconds: u64) {
        session.advance_to(session.now() + seconds * 1_000_000);
        let now = Cast::new(&session.snapshot());
        for fact in session.facts().iter().filter(|fact| fact.id > *seen) {
            walk.observe(fact, &now);
        }
        *seen = session.facts().back().map_or(*seen, |fact| fact.id);
    }

    #[test]
    fn a_shop_restarted_too_early_sends_the_walk_back_to_writing() {
        let mut session = Session::new(&Scenario::first_city(), 7).expect("the first city can be built");
        let (mut walk, mut seen) = (FirstWalk::default(), FactId(0));
        let set = || Action::Command { client: ClientId(0), target: None, line: "SET user:123 Ada".into() };
        session.act(set()).expect("a command can be typed");
        run(&mut session, &mut walk, &mut seen, 3);
        let keeper = walk.subject().expect("the key was written").keeper;
        session.act(Action::Kill(keeper)).expect("a shop can burn");
        run(&mut session, &mut walk, &mut seen, 2);
        assert_eq!((walk.current(), walk.emptied()), (Some(2), false));
        session.act(Action::Restart(keeper)).expect("a burnt shop can be restarted");
        run(&mut session, &mut walk, &mut seen, 40);
        assert_eq!((walk.current(), walk.emptied(), walk.winner()), (Some(0), true, None));
        session.act(set()).expect("a command can be typed");
        run(&mut session, &mut walk, &mut seen, 3);
        assert_eq!((walk.current(), walk.emptied()), (Some(1), false));
        // From here on as it should go: nobody restarts it before its backup has opened.
        session.act(Action::Kill(keeper)).expect("a shop can burn");
        run(&mut session, &mut walk, &mut seen, 60);
        assert!(walk.winner().is_some());
        session.act(Action::Restart(keeper)).expect("a burnt shop can be restarted");
        run(&mut session, &mut walk, &mut seen, 60);
        assert!(walk.done()[3], "it follows the winner and has copied everything");
    }
}
