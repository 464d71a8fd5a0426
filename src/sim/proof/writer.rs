//! Makes up a story from a seed while it runs: the next act may depend on what the world looks like now.
//!
//! What was done is kept as a script, so that the story can be told again without the writer.

use super::check::Violation;
use super::faults::Faults;
use super::focus::Focus;
use super::membership;
use super::operator::Move;
use super::run::{Report, Run};
use super::script::{Beat, Script};
use super::travel;
use crate::cluster::broken::Rule;
use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::id::{ClientId, HostId};
use crate::cluster::rng::Rng;
use crate::cluster::slot::key_slot;
use crate::cluster::time::{MS, Micros, SECOND};
use crate::cluster::world::{Plan, World};
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
    let end = run.finish().and_then(|report| travel::after(&script, report));
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
    let racks = 1 + rng.below(4) as u16;
    let seconds = [1, 1, 2, 2, 3, 5, 15, 15][rng.below(8) as usize];
    Plan {
        masters,
        // A scene needs replicas, or siblings.
        replicas: (rng.below(most) as u16).max(focus.map_or(0, |focus| 1 + u16::from(focus == Focus::Ranks))),
        racks,
        regions: [1, 1, 2, 3][rng.below(4) as usize].min(racks),
        node_timeout: seconds * SECOND,
        same_rack: other_rack / 2,
        other_rack,
        // A PONG that takes longer than half the node timeout is none: the link is given up before.
        other_region: (other_rack * [1, 2, 5][rng.below(3) as usize]).min(seconds * SECOND / 5),
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
        let acts = match self.rng.below(80) {
            0 => Self::interrupt(run),
            1..=35 => self.work(),
            36..=47 => self.reshard(run),
            48..=51 => vec![self.setting()],
            _ => vec![self.fault(run.session().world())],
        };
        let mut beats: Vec<Beat> = acts.into_iter().map(|act| Beat { act, wait: 0 }).collect();
        if let Some(last) = beats.last_mut() {
            last.wait = self.pause(run);
        }
        beats
    }

    /// Often next to nothing (so that messages are on their way), mostly a second or two, now and then as long as it takes to
    /// replace a master, or so long that a majority side must serve again.
    fn pause(&mut self, run: &Run) -> Micros {
        match self.rng.below(16) {
            0 => u64::from(self.rng.below(2000)),
            1..=3 => u64::from(self.rng.below(50)) * MS,
            4..=7 => u64::from(self.rng.below(600)) * MS,
            8..=12 => u64::from(self.rng.below(2500)) * MS,
            13 | 14 => u64::from(self.rng.below(4000)) * MS * (self.plan.node_timeout / SECOND).max(2),
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

    fn fault(&mut self, world: &World) -> Action {
        Faults { rng: &mut self.rng, plan: &self.plan, world, nodes: self.nodes }.next()
    }

    /// Whoever typed the last command waits for its answer no more.
    fn interrupt(run: &Run) -> Vec<Action> {
        let typed = |fact: &Fact| match fact.kind {
            FactKind::CommandTyped { client, command, .. } => Some(Action::Interrupt { client, command }),
            _ => None,
        };
        run.session().facts().iter().rev().find_map(typed).into_iter().collect()
    }
}

fn command(target: Option<HostId>, line: String) -> Action {
    Action::Command { client: ClientId(0), target, line: line.into() }
}
