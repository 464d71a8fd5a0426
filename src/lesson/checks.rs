//! Checks of the first walk: as it is meant, in other ways that pass, and in ways that do not.

use super::first_walk::{FirstWalk, Loss};
use crate::cluster::fact::{Fact, FactId, FactKind};
use crate::cluster::id::{ClientId, CommandId, HostId};
use crate::cluster::reply::Reply;
use crate::cluster::resp::Protocol;
use crate::narrate::Cast;
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
        self.fact(FactKind::Answered { client, command, from: HostId(from), reply, protocol: Protocol::Resp2 });
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
