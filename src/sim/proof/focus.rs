//! Little scenes that lie in wait for what chance alone seldom meets: a write in the middle of a handover, a crash in the
//! middle of a transaction's stream, a target that falls silent under MIGRATE, siblings with different offsets.

use super::ledger::owner_of;
use super::operator::Move;
use super::script::Beat;
use crate::cluster::id::{ClientId, HostId, Place};
use crate::cluster::network::Weather;
use crate::cluster::rng::Rng;
use crate::cluster::slot::key_slot;
use crate::cluster::time::{MS, Micros, SECOND};
use crate::cluster::world::World;
use crate::sim::Action;

/// What a story dwells on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// Manual failovers while writes come in.
    Handover,
    /// Transactions on bad streets, and a crash.
    Transaction,
    /// A slot that moves to a node which falls silent.
    Resharding,
    /// A crash while siblings have different offsets.
    Ranks,
    /// Two replicas that ask for votes in the same epoch.
    Votes,
}

impl Focus {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Handover, Self::Transaction, Self::Resharding, Self::Ranks, Self::Votes];

    /// A scene about the keys with this tag. Unique writes take their numbers from `written`.
    pub(super) fn scene(self, rng: &mut Rng, world: &World, tag: u32, written: &mut u32) -> Vec<Beat> {
        let Some(owner) = owner_of(world, key_slot(format!("{{t{tag}}}").as_bytes())) else {
            return Vec::new();
        };
        let replicas: Vec<HostId> = world.hosts().filter(|&host| follows(world, host, owner)).collect();
        // So long after a crash its master is replaced, whatever the node timeout.
        let replaced = world.node(owner).map_or(0, |node| 3 * node.config.node_timeout);
        let mut scene = Scene { rng, tag, written, replaced, beats: Vec::new() };
        match (self, &replicas[..]) {
            (Self::Handover, [replica, ..]) => scene.handover(owner, *replica),
            (Self::Transaction, [_, ..]) => scene.transaction(owner),
            (Self::Ranks, [one, _, ..]) => scene.ranks(owner, *one),
            (Self::Votes, [replica, ..]) => scene.votes(world, *replica),
            (Self::Resharding, _) => scene.resharding(world, owner),
            _ => {}
        }
        scene.beats
    }
}

fn follows(world: &World, host: HostId, master: HostId) -> bool {
    let addr = |node: &crate::cluster::node::Node| node.view.me().replica_of().map(|ix| node.view.peer(ix).addr());
    world.node(host).and_then(addr) == Some(master)
}

struct Scene<'a> {
    rng: &'a mut Rng,
    tag: u32,
    written: &'a mut u32,
    replaced: Micros,
    beats: Vec<Beat>,
}

impl Scene<'_> {
    fn act(&mut self, act: Action, wait: Micros) {
        self.beats.push(Beat { act, wait });
    }

    fn command(&mut self, target: Option<HostId>, line: String, wait: Micros) {
        self.act(Action::Command { client: ClientId(0), target, line: line.into() }, wait);
    }

    fn some_ms(&mut self, below: u32) -> Micros {
        u64::from(self.rng.below(below)) * MS
    }

    fn set(&mut self, wait: Micros) {
        *self.written += 1;
        let (tag, number) = (self.tag, *self.written);
        self.command(None, format!("SET {{t{tag}}}n{number} v{number}"), wait);
    }

    /// Writes before, in and after the pause; keys that expire in it, a transaction that was queued before it, and a master
    /// that would like to say PING.
    fn handover(&mut self, owner: HostId, replica: HostId) {
        self.command(Some(owner), "CONFIG SET repl-ping-replica-period 1".to_owned(), 0);
        let fading: Vec<String> = (0..3).map(|_| self.fading_key()).collect();
        let queued = self.rng.below(2) == 0;
        if queued {
            *self.written += 1;
            let (tag, number) = (self.tag, *self.written);
            self.command(Some(owner), "MULTI".to_owned(), 0);
            self.command(Some(owner), format!("SET {{t{tag}}}a{number} v{number}"), 0);
            self.command(Some(owner), format!("SET {{t{tag}}}b{number} v{number}"), 0);
        }
        let (before, after) = (self.some_ms(1200), self.some_ms(150));
        self.set(before);
        self.command(Some(replica), "CLUSTER FAILOVER".to_owned(), after);
        if queued {
            self.command(Some(owner), "EXEC".to_owned(), 0);
        }
        for turn in 0..16 {
            if turn % 4 == 3 {
                self.command(None, format!("GET {}", fading[turn / 4 % 3]), 0);
            }
            let wait = self.some_ms(60);
            self.set(wait);
        }
    }

    /// A key that has less than a second to live.
    fn fading_key(&mut self) -> String {
        *self.written += 1;
        let (tag, number, ms) = (self.tag, *self.written, 1 + self.rng.below(900));
        let key = format!("{{t{tag}}}f{number}");
        self.command(None, format!("SET {key} v{number} PX {ms}"), 0);
        key
    }

    /// Pieces of the stream come late, and the master is gone before they all went out.
    fn transaction(&mut self, owner: HostId) {
        let weather = Weather { jitter: self.some_ms(40), loss_per_mille: 200, ..Weather::default() };
        self.act(Action::Weather(weather), 0);
        for _ in 0..4 {
            *self.written += 1;
            let (tag, number) = (self.tag, *self.written);
            self.command(None, "MULTI".to_owned(), 0);
            self.command(None, format!("SET {{t{tag}}}a{number} v{number}"), 0);
            self.command(None, format!("SET {{t{tag}}}b{number} v{number}"), 0);
            let wait = self.some_ms(250);
            self.command(None, "EXEC".to_owned(), wait);
        }
        self.act(
            Action::Cut { one: vec![Place::Node(owner)], other: self.everybody_but(owner), both_ways: true },
            0,
        );
        self.act(Action::Kill(owner), self.replaced.max(6 * SECOND));
        self.act(Action::Heal, SECOND);
    }

    fn everybody_but(&self, host: HostId) -> Vec<Place> {
        // Places that are not there would spoil the act: the first nodes are always there.
        (0..4).map(HostId).filter(|&other| other != host).map(Place::Node).collect()
    }

    /// Keys on their way to a node that is frozen, killed or cut off, at any step.
    fn resharding(&mut self, world: &World, owner: HostId) {
        let masters =
            world.hosts().filter(|&host| world.node(host).is_some_and(|node| node.view.me().is_master()));
        let others: Vec<HostId> = masters.filter(|&host| host != owner).collect();
        let Some(&to) = others.get(self.rng.below(others.len() as u32) as usize) else {
            return;
        };
        (0..3).for_each(|_| self.set(0));
        self.set(SECOND);
        let slot = key_slot(format!("{{t{}}}", self.tag).as_bytes());
        let Some(mut moving) = Move::new(world, slot, to) else {
            return;
        };
        for _ in 0..2 {
            for act in moving.next(world).unwrap_or_default() {
                self.act(act, 500 * MS);
            }
        }
        if self.rng.below(2) == 0 {
            self.act(Action::Freeze(to), 0);
        } else {
            self.act(Action::Kill(to), 0);
        }
        let keys: Vec<String> = (0..4).map(|back| format!("{{t{}}}n{}", self.tag, *self.written - back)).collect();
        self.act(super::operator::migrate(world, owner, to, &keys, 1_500), 3 * SECOND);
        self.act(Action::Thaw(to), 0);
    }

    /// Replicas of two masters take over at once, without asking their masters.
    fn votes(&mut self, world: &World, replica: HostId) {
        let other = world.hosts().find(|&host| {
            let Some(node) = world.node(host) else { return false };
            let master = node.view.me().replica_of().map(|ix| node.view.peer(ix).addr());
            master.is_some_and(|master| !follows(world, replica, master))
        });
        for host in [Some(replica), other].into_iter().flatten() {
            self.command(Some(host), "CLUSTER FAILOVER FORCE".to_owned(), 0);
        }
        self.set(2 * SECOND);
    }

    /// One replica misses the last writes; then the master crashes and both stand for election.
    fn ranks(&mut self, owner: HostId, one: HostId) {
        let (from, to) = (vec![Place::Node(owner)], vec![Place::Node(one)]);
        self.set(SECOND);
        self.act(Action::Cut { one: from, other: to, both_ways: true }, 0);
        (0..3).for_each(|_| self.set(200 * MS));
        self.act(Action::Kill(owner), self.replaced.max(9 * SECOND));
        self.act(Action::Heal, SECOND);
    }
}
