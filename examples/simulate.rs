//! Random worlds natively, by the thousand: `cargo xtask simulate --seeds N` runs this.
#![allow(clippy::print_stdout, reason = "printing what it found is what this program is for")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use cluster_city::cluster::broken::Rule;
use cluster_city::cluster::fact::Fact;
use cluster_city::sim::proof::{
    Focus, Length, Loss, Script, Style, Violation, replay_telling, shrink, shrink_to, write,
};

/// What `--help` says; `cargo xtask simulate` says it too, without a build.
const HELP: &str = include_str!("simulate.txt");
/// The exit code where the options are wrong, so that nobody looks for a world that fails.
const MISUSED: u8 = 2;
/// At most so many runs to make a failing script shorter.
const SHRINKING: u32 = 2_000;

/// What was asked for.
struct Asked {
    first: u64,
    seeds: u64,
    style: Style,
    broken: Option<Rule>,
    lost: Option<Loss>,
    go_on: bool,
    tell: bool,
    script: Option<String>,
}

fn main() -> ExitCode {
    let asked = match read_arguments() {
        Ok(Some(asked)) => asked,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(what) => {
            println!("simulate: {what}\n\n{HELP}");
            return MISUSED.into();
        }
    };
    if let Some(path) = &asked.script {
        return replay_file(path, &asked);
    }
    let start = Instant::now();
    let mut sum = Sum::default();
    let mut failed = 0;
    for seed in asked.first..asked.first + asked.seeds {
        let (script, outcome) = write(seed, asked.style, asked.broken);
        match outcome {
            Ok(report) => {
                sum.add(&report);
                if let Some(window) = asked.lost.filter(|window| report.losses.contains_key(window)) {
                    println!("seed {seed} loses by {window:?}: {:?}", report.losses);
                    tell_shortest(&shrink_to(&script, window, SHRINKING), &asked);
                    break;
                }
            }
            Err(violation) => {
                failed += 1;
                tell_failure(seed, &violation, (!asked.go_on).then_some(&script), &asked);
                if !asked.go_on {
                    break;
                }
            }
        }
    }
    sum.print(start);
    if failed > 0 {
        println!("{failed} seeds failed");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// What was asked for; `None` if help was.
fn read_arguments() -> Result<Option<Asked>, String> {
    let mut asked = Asked {
        first: 0,
        seeds: 1_000,
        style: Style::LONG,
        broken: None,
        lost: None,
        go_on: false,
        tell: false,
        script: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        let number = |text: String| text.parse::<u64>().map_err(|_| format!("{text} is no number"));
        match word.as_str() {
            "--seeds" => asked.seeds = number(value()?)?,
            "--from" => asked.first = number(value()?)?,
            "--short" => asked.style.length = Length::Short,
            "--tell" => asked.tell = true,
            "--go-on" => asked.go_on = true,
            "--script" => asked.script = Some(value()?),
            "--focus" => {
                let name = value()?;
                let focus = Focus::ALL.into_iter().find(|focus| format!("{focus:?}") == name);
                asked.style.focus = Some(focus.ok_or(format!("there is no focus {name}"))?);
            }
            "--broken" => {
                let name = value()?;
                let rule = Rule::ALL.into_iter().find(|rule| format!("{rule:?}") == name);
                asked.broken = Some(rule.ok_or(format!("there is no rule {name}"))?);
            }
            "--lost" => {
                let name = value()?;
                let window = Loss::ALL.into_iter().find(|window| format!("{window:?}") == name);
                asked.lost = Some(window.ok_or(format!("there is no window {name}"))?);
            }
            "-h" | "--help" => return Ok(None),
            other => return Err(format!("there is no option {other}")),
        }
    }
    Ok(Some(asked))
}

/// The seed, what was violated, and the shortest script that violates it too.
fn tell_failure(seed: u64, violation: &Violation, script: Option<&Script>, asked: &Asked) {
    println!("seed {seed}: {violation}");
    let Some(script) = script else { return };
    println!("shortening {} acts …", script.beats.len());
    tell_shortest(&shrink(script, violation, asked.broken, SHRINKING), asked);
}

fn tell_shortest(shortest: &Script, asked: &Asked) {
    println!("\nA script that comes to the same, for tests/proof/found/NAME.jsonl:\n");
    let line = |text: serde_json::Result<String>| println!("{}", text.expect("scripts are plain data"));
    line(serde_json::to_string(&(&shortest.scenario, shortest.seed)));
    for beat in &shortest.beats {
        line(serde_json::to_string(beat));
    }
    println!();
    if asked.tell {
        let end = replay_telling(shortest, asked.broken, Some(|fact| println!("{fact:?}")));
        println!("{end:?}");
    }
}

/// Tells a script that was printed before once more.
fn replay_file(path: &str, asked: &Asked) -> ExitCode {
    match read_script(path) {
        Ok(script) => {
            let tell: Option<fn(&Fact)> = if asked.tell { Some(|fact| println!("{fact:?}")) } else { None };
            let end = replay_telling(&script, asked.broken, tell);
            println!("{end:?}");
            if matches!(end, Some(Ok(_))) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(what) => {
            println!("simulate: {path}: {what}");
            ExitCode::FAILURE
        }
    }
}

fn read_script(path: &str) -> Result<Script, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut lines = text.lines();
    let (scenario, seed) =
        serde_json::from_str(lines.next().unwrap_or_default()).map_err(|error| error.to_string())?;
    let beats: Result<_, _> = lines.map(serde_json::from_str).collect();
    Ok(Script { scenario, seed, beats: beats.map_err(|error| error.to_string())? })
}

/// What all worlds came to.
#[derive(Default)]
struct Sum {
    worlds: u64,
    seconds: u64,
    facts: u64,
    acknowledged: u64,
    compared: u64,
    promises: u64,
    unaided: u64,
    losses: BTreeMap<Loss, u64>,
}

impl Sum {
    fn add(&mut self, report: &cluster_city::sim::proof::Report) {
        self.worlds += 1;
        self.seconds += report.time / 1_000_000;
        self.facts += report.facts;
        self.acknowledged += report.acknowledged;
        self.compared += report.compared;
        self.promises += report.promises;
        self.unaided += report.unaided;
        for (&window, count) in &report.losses {
            *self.losses.entry(window).or_default() += count;
        }
    }

    fn print(&self, start: Instant) {
        let took = start.elapsed();
        let rate = u128::from(self.worlds) * 1_000 / took.as_millis().max(1);
        println!("{} worlds in {took:.1?}: {rate} worlds a second", self.worlds);
        println!("  {} virtual seconds, {} facts", self.seconds, self.facts);
        println!(
            "  {} acknowledged writes followed, {} comparisons of replicas",
            self.acknowledged, self.compared
        );
        println!("  {} times a majority side was held to the recovery bound", self.promises);
        println!("  {} times the nodes came to agree without an operator", self.unaided);
        for (window, count) in &self.losses {
            println!("  lost, {window:?}: {count}");
        }
    }
}
