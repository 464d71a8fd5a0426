//! The same commands sent to a real redis-server and to the city: the answers must be equal.
//!
//! Programs are random, but follow from a seed. What may differ, and how it is compared, stands in `compare.rs`.
//! Needs `redis-server` 7.0 on PATH. `cargo xtask differential --programs N` runs many more, from other seeds too.
#![cfg(not(target_arch = "wasm32"))]

mod answer;
mod compare;
mod grammar;
mod ours;
#[path = "../ports/mod.rs"]
mod ports;
mod program;
mod real;
mod told;
mod tracking;
mod words;

use std::fmt::Write;

use cluster_city::cluster::resp::Protocol;
use ours::City;
use program::{Command, Program};
use real::Server;

/// How many programs an ordinary test run compares, some 130 commands each.
const PROGRAMS: u64 = 100;
/// Programs that once found a difference; a line a command, an empty line between programs.
const FOUND: &str = include_str!("found.txt");

#[test]
fn random_programs_are_answered_alike() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (programs, first) =
        (number("DIFFERENTIAL_PROGRAMS").unwrap_or(PROGRAMS), number("DIFFERENTIAL_SEED").unwrap_or(1));
    let mut pair = Pair::start();
    let (mut commands, mut told) = (0, std::collections::BTreeMap::new());
    for seed in first..first + programs {
        let program = program::random(seed);
        commands += program.len();
        pair.protocol = if seed % 2 == 0 { Protocol::Resp2 } else { Protocol::Resp3 };
        if let Some(difference) = pair.difference(&program) {
            // One of each kind is enough to begin with.
            let kind = program[difference.at][0].clone();
            told.entry(kind).or_insert_with(|| format!("seed {seed}: {}", pair.shortest(program, difference)));
        }
    }
    assert!(told.is_empty(), "{}", told.into_values().collect::<Vec<_>>().join("\n"));
    assert!(commands as u64 >= programs * 20, "only {commands} commands were compared");
}

#[test]
fn what_was_once_different_is_not_any_more() {
    let mut pair = Pair::start();
    for text in FOUND.split("\n\n") {
        let program: Program = text.lines().filter(|line| !line.starts_with('#')).map(program::read).collect();
        if let Some(difference) = pair.difference(&program) {
            panic!("{}", pair.shortest(program, difference));
        }
    }
}

#[test]
fn a_difference_is_found_and_made_short() {
    let mut pair = Pair::start();
    let mut program = program::random(1);
    // The real server alone knows users, which makes it a difference of its own kind.
    program.insert(20, program::read("ACL DRYRUN default GET a"));
    let difference = pair.difference(&program).expect("the city has one user only");
    let told = pair.shortest(program, difference);
    assert!(told.contains("ACL DRYRUN") && told.lines().count() < 12, "{told}");
}

/// Both, side by side.
struct Pair {
    real: Server,
    city: City,
    /// What both speak.
    protocol: Protocol,
}

/// Where two answers differ.
struct Difference {
    at: usize,
    real: String,
    city: String,
}

impl Pair {
    fn start() -> Self {
        Self { real: Server::start(), city: City::new(), protocol: Protocol::Resp2 }
    }

    /// Tells the real server which protocol to speak.
    fn hello(&mut self) {
        let hello = match self.protocol {
            Protocol::Resp2 => "HELLO 2",
            Protocol::Resp3 => "HELLO 3",
        };
        self.real.ask(&[program::read(hello)]);
    }

    /// Runs a program on both from nothing; tells the first difference.
    fn difference(&mut self, program: &[Command]) -> Option<Difference> {
        // The last program may have left a transaction open.
        let afresh = ["DISCARD", "UNWATCH", "FLUSHALL"].map(program::read);
        self.real.ask(&afresh);
        afresh.iter().for_each(|command| drop(self.city.ask(command, self.protocol)));
        self.hello();
        let answers = self.real.ask(program);
        let mut queued: Vec<&Command> = Vec::new();
        for (at, (command, real)) in program.iter().zip(answers).enumerate() {
            let city = self.city.ask(command, self.protocol);
            if command[0].eq_ignore_ascii_case(b"multi") {
                queued.clear();
            }
            let is_queued = format!("{real:?}").contains("QUEUED");
            let alike = |answer| match command[0].eq_ignore_ascii_case(b"exec") {
                true => compare::transaction(&queued, answer),
                false => compare::comparable(command, answer),
            };
            let (real, city) = (alike(real), alike(city));
            if is_queued {
                queued.push(command);
            }
            if real != city {
                return Some(Difference { at, real: format!("{real:?}"), city: format!("{city:?}") });
            }
        }
        None
    }

    /// The program with every command left out that is not needed for a difference.
    fn shortest(&mut self, mut program: Program, mut difference: Difference) -> String {
        program.truncate(difference.at + 1);
        let mut at = program.len();
        while at > 0 {
            at -= 1;
            let mut shorter = program.clone();
            shorter.remove(at);
            if let Some(still) = self.difference(&shorter) {
                shorter.truncate(still.at + 1);
                at = at.min(shorter.len());
                program = shorter;
                difference = still;
            }
        }
        let mut told = String::from("answers differ\n");
        for command in &program {
            _ = writeln!(told, "    {}", program::line(command));
        }
        _ = writeln!(told, "redis-server: {}\nthe city:     {}", difference.real, difference.city);
        told
    }
}
