//! Makes up a story from a seed while it runs: the next act may depend on what the world looks like now.
//!
//! What was done is kept as a script, so that the story can be told again without the writer.

use super::check::Violation;
use super::focus::Focus;
use super::membership;
use super::operator::Move;
use super::run::{Report, Run};
use super::script::{Beat, Script};
use crate::cluster::broken::Rule;
use crate::cluster::id::{ClientId, HostId, Place, RackId};
use crate::cluster::network::Weather;
use crate::cluster::rng::Rng;
use crate::cluster::slot::key_slot;
use crate::cluster::time::{MS, Micros, SECOND};
use crate::cluster::world::Plan;
use crate::sim::Action;

/// How much happens in a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// A dozen acts among at most eight nodes: thousands of these fit into a test run.
    Short,
    /// Dozens of acts among up to 32 nodes.
    Long,
}

/// The kind of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// How much happens.
    pub length: Length,
    /// What it dwells on; `None` for a bit of everything.
    pub focus: Option<Focus>,
}

impl Style {
    /// A dozen acts of all kinds.
    pub const SHORT: Self = Self { length: Length::Short, focus: None };
    /// Dozens of acts of all kinds.
    pub const LONG: Self = Self { length: Length::Long, focus: None };
}

/// Tags of the keys that are written to: each is a slot of its own, and some are moved from node to node.
const TAGS: u32 = 8;
/// Tags whose slots stay: what adds up over time (lists, counters, texts) lives there, for a key that is made anew beside an
/// older copy of itself in an open slot could not be told apart.
const RESTING: u32 = 3;

/// Writes and performs the story of a seed. The script has every act, also that of a failure.
pub fn write(seed: u64, style: Style, broken: Option<Rule>) -> (Script, Result<Report, Violation>) {
    // The story's chance is its own, so that a change in the core leaves the plan as it is.
    let mut rng = Rng::new(seed ^ 0x5eed);
    let plan = plan(&mut rng, seed, style);
    let mut script = Script::new(plan.clone(), seed);
    let Some(mut run) = Run::new(&script.scenario, seed, broken) else {
        unreachable!("the writer's plans are sound");
    };
    let mut writer = Writer {
        focus: style.focus,
        nodes: plan.masters * (1 + plan.replicas),
        plan,
        rng,
        written: 0,
        moves: Vec::new(),
    };
    let acts = match style.length {
        Length::Short => 10 + writer.rng.below(12),
        Length::Long => 30 + writer.rng.below(50),
    };
    for _ in 0..acts {
        writer.nodes = run.session().world().hosts().count() as u16;
        for beat in writer.next(&run) {
            let performed = run.perform(&beat);
            script.beats.push(beat);
            if let Err(violation) = performed {
                return (script, Err(violation));
            }
        }
    }
    let end = run.finish();
    (script, end)
}

/// A topology of chance. Streets from those of one room to those between continents: elections that meet on slow ones are
/// the hard ones.
fn plan(rng: &mut Rng, seed: u64, Style { length, focus }: Style) -> Plan {
    let other_rack = [MS / 5, MS / 5, 20 * MS, 150 * MS][(seed % 4) as usize];
    let masters = match length {
        Length::Short => [1, 2, 3, 3, 3, 3, 4, 5][rng.below(8) as usize],
        Length::Long => 1 + rng.below(8) as u16,
    };
    let most = match (length, masters) {
        (Length::Short, 4..) => 2,
        (Length::Short, 3) => 3,
        _ => 4,
    };
    Plan {
        masters,
        // A scene needs replicas, or siblings.
        replicas: (rng.below(most) as u16).max(focus.map_or(0, |focus| 1 + u16::from(focus == Focus::Ranks))),
        racks: 1 + rng.below(4) as u16,
        node_timeout: (1 + u64::from(rng.below(3))) * SECOND,
        same_rack: other_rack / 2,
        other_rack,
        to_client: other_rack,
        ..Plan::small()
    }
}

/// The writer.
struct Writer {
    focus: Option<Focus>,
    rng: Rng,
    plan: Plan,
    nodes: u16,
    /// Unique writes so far: the number of the next.
    written: u32,
    moves: Vec<Move>,
}

impl Writer {
    /// The next beats: an act, or commands that belong together.
    fn next(&mut self, run: &Run) -> Vec<Beat> {
        let focus = match self.focus {
            Some(focus) if self.rng.below(2) == 0 => Some(focus),
            None if self.rng.below(20) == 0 => Some(Focus::ALL[self.rng.below(Focus::ALL.len() as u32) as usize]),
            _ => None,
        };
        if let Some(focus) = focus {
            // Slots that move hold nothing that adds up.
            let tag = RESTING + self.rng.below(TAGS - RESTING);
            return focus.scene(&mut self.rng, run.session().world(), tag, &mut self.written);
        }
        if self.rng.below(12) == 0 {
            let first = usize::from(self.plan.masters * (1 + self.plan.replicas));
            let world = run.session().world();
            return membership::scene(&mut self.rng, world, self.plan.racks, first, &mut self.written);
        }
        let acts = match self.rng.below(20) {
            0..=8 => self.work(),
            9..=11 => self.reshard(run),
            12 => vec![self.setting()],
            _ => vec![self.fault()],
        };
        let mut beats: Vec<Beat> = acts.into_iter().map(|act| Beat { act, wait: 0 }).collect();
        if let Some(last) = beats.last_mut() {
            last.wait = self.pause(run);
        }
        beats
    }

    /// Often next to nothing, mostly a second or two, now and then so long that a majority side must serve again.
    fn pause(&mut self, run: &Run) -> Micros {
        match self.rng.below(16) {
            0..=3 => u64::from(self.rng.below(50)) * MS,
            4..=7 => u64::from(self.rng.below(600)) * MS,
            8..=12 => u64::from(self.rng.below(2500)) * MS,
            13 | 14 => u64::from(self.rng.below(8000)) * MS,
            _ => run.recovery(),
        }
    }

    fn host(&mut self) -> HostId {
        HostId(self.rng.below(self.nodes.into()) as u16)
    }

    /// Whom a command is given to: the smart client mostly, now and then a chosen node.
    fn target(&mut self) -> Option<HostId> {
        (self.rng.below(5) == 0).then(|| self.host())
    }

    /// A few writes, each with a value that was never written before.
    fn work(&mut self) -> Vec<Action> {
        let count = 1 + self.rng.below(5);
        (0..count).flat_map(|_| self.one_work()).collect()
    }

    fn one_work(&mut self) -> Vec<Action> {
        let target = self.target();
        self.written += 1;
        let number = self.written;
        let tag = self.rng.below(TAGS);
        let resting = self.rng.below(RESTING);
        let older = self.rng.below(number);
        let line = match self.rng.below(20) {
            19 => format!("SET {{t{tag}}}f{number} v{number} PX {}", 1 + self.rng.below(4000)),
            16 => format!("HSET {{t{resting}}}hash f{number} v{number}"),
            17 => format!("SADD {{t{resting}}}set m{number}"),
            18 => format!("ZADD {{t{resting}}}zset {} m{number}", number % 7),
            0 => format!("RPUSH {{t{resting}}}list i{number}"),
            1 => format!("LPUSH {{t{resting}}}list i{number}"),
            2 => format!("APPEND {{t{resting}}}text [{number}]"),
            3 | 4 => format!("INCR {{t{resting}}}counter"),
            5 => format!("DEL {{t{}}}k{older}", older % TAGS),
            6 => format!("EXPIRE {{t{}}}k{older} {}", older % TAGS, 1 + number % 3),
            7 | 8 => return self.transaction(target, number, tag),
            9 | 10 => return self.write_and_wait(number),
            _ => format!("SET {{t{}}}k{number} v{number}", number % TAGS),
        };
        vec![command(target, line)]
    }

    fn transaction(&self, target: Option<HostId>, number: u32, tag: u32) -> Vec<Action> {
        let lines = [
            "MULTI".to_owned(),
            format!("SET {{t{tag}}}a{number} v{number}"),
            format!("SET {{t{tag}}}b{number} v{number}"),
            "EXEC".to_owned(),
        ];
        lines.map(|line| command(target, line)).into()
    }

    /// WAIT belongs to a connection, so both go to a chosen node.
    fn write_and_wait(&mut self, number: u32) -> Vec<Action> {
        let host = Some(self.host());
        let (replicas, most) = (1 + self.rng.below(2), 100 + self.rng.below(2000));
        let write = format!("SET {{t{}}}k{number} v{number}", number % TAGS);
        vec![command(host, write), command(host, format!("WAIT {replicas} {most}"))]
    }

    /// The next step of a resharding, or the start of one, or the end of one in the middle.
    fn reshard(&mut self, run: &Run) -> Vec<Action> {
        let world = run.session().world();
        if self.moves.is_empty() || self.rng.below(8) == 0 {
            let slot = key_slot(format!("{{t{}}}", RESTING + self.rng.below(TAGS - RESTING)).as_bytes());
            let to = self.host();
            self.moves.truncate(1);
            self.moves.extend(Move::new(world, slot, to));
        }
        let Some(mut moving) = self.moves.pop() else {
            return Vec::new();
        };
        let acts = moving.next(world);
        if acts.is_some() && !moving.is_over() {
            self.moves.push(moving);
        }
        acts.unwrap_or_default()
    }

    fn setting(&mut self) -> Action {
        let settings = [
            "cluster-require-full-coverage no",
            "cluster-replica-validity-factor 1",
            "cluster-replica-no-failover yes",
            "cluster-replica-no-failover no",
            "cluster-allow-replica-migration no",
            "min-replicas-to-write 1",
            "min-replicas-to-write 0",
            "repl-backlog-size 200",
            "repl-diskless-sync-delay 0",
        ];
        let setting = settings[self.rng.below(settings.len() as u32) as usize];
        command(Some(self.host()), format!("CONFIG SET {setting}"))
    }

    fn fault(&mut self) -> Action {
        let racks = u32::from(self.plan.racks);
        match self.rng.below(26) {
            0..=2 => Action::Kill(self.host()),
            3..=5 => Action::Restart(self.host()),
            6 | 7 => Action::Freeze(self.host()),
            8 | 9 => Action::Thaw(self.host()),
            10 => Action::PowerOff(RackId(self.rng.below(racks) as u16)),
            11 | 12 => Action::PowerOn(RackId(self.rng.below(racks) as u16)),
            13 => Action::Cut { one: self.side(), other: self.side(), both_ways: self.rng.below(3) > 0 },
            14 | 15 => self.split(),
            16 | 17 => Action::Heal,
            18 => Action::Weather(Weather {
                jitter: u64::from(self.rng.below(80)) * MS,
                loss_per_mille: self.rng.below(100) as u16,
                // Redis counts on TCP: a vote that came twice would count twice.
                duplicate_per_mille: 0,
            }),
            19 => {
                let (one, other, by) = (self.side(), self.side(), u64::from(self.rng.below(1500)) * MS);
                match one[..] {
                    // So that every seed draws what it drew before there were slow machines.
                    [Place::Node(host)] => Action::SlowMachine { host, by },
                    _ => Action::Slow { one, other, by },
                }
            }
            20 | 21 => command(Some(self.host()), "CLUSTER FAILOVER".to_owned()),
            22 | 23 => command(Some(self.host()), "CLUSTER FAILOVER FORCE".to_owned()),
            24 => command(Some(self.host()), "CLUSTER FAILOVER TAKEOVER".to_owned()),
            _ => Action::Kill(HostId(self.rng.below(self.plan.masters.into()) as u16)),
        }
    }

    fn side(&mut self) -> Vec<Place> {
        (0..=self.rng.below(3)).map(|_| Place::Node(self.host())).collect()
    }

    /// A clean partition: every node is on one side or the other, the client with the first.
    fn split(&mut self) -> Action {
        let (mut one, mut other) = (vec![Place::Client(ClientId(0))], Vec::new());
        let share = 1 + self.rng.below(3);
        for host in (0..self.nodes).map(HostId) {
            if self.rng.below(4) < share { &mut one } else { &mut other }.push(Place::Node(host));
        }
        Action::Cut { one, other, both_ways: true }
    }
}

fn command(target: Option<HostId>, line: String) -> Action {
    Action::Command { client: ClientId(0), target, line: line.into() }
}
