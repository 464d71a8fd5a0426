//! The shortest script that still fails in the same way, or still loses a write in a window.

use super::check::Violation;
use super::ledger::Loss;
use super::run::Report;
use super::script::{Beat, Script, replay};
use crate::cluster::broken::Rule;

/// Leaves out acts while the same check still fails for the same reason. At most `most` runs.
pub fn shrink(script: &Script, failure: &Violation, broken: Option<Rule>, most: u32) -> Script {
    shorten(script, most, |outcome| matches!(outcome, Err(found) if is_like(found, failure)), broken)
}

/// Leaves out acts while a write is still lost in this window, and nothing is violated.
pub fn shrink_to(script: &Script, window: Loss, most: u32) -> Script {
    shorten(script, most, |outcome| matches!(outcome, Ok(report) if report.losses.contains_key(&window)), None)
}

/// Leaves out acts, many at once first and then one by one (delta debugging), while `wanted` comes of the script.
fn shorten(
    script: &Script,
    most: u32,
    wanted: impl Fn(&Result<Report, Violation>) -> bool,
    broken: Option<Rule>,
) -> Script {
    let mut best = script.clone();
    let mut runs = 0;
    let mut fails = |beats: &[Beat]| {
        runs += 1;
        let script = Script { beats: beats.to_vec(), ..script.clone() };
        runs <= most && replay(&script, broken).is_some_and(|outcome| wanted(&outcome))
    };
    let mut size = best.beats.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        let mut dropped = false;
        while at < best.beats.len() {
            let end = (at + size).min(best.beats.len());
            if let Some(shorter) = without(&best.beats, at, end, &mut fails) {
                best.beats = shorter;
                dropped = true;
            } else {
                at = end;
            }
        }
        size = if size == 1 && !dropped { 0 } else { (size / 2).max(1) };
    }
    best
}

/// The same check says the same, of whichever nodes and slots.
fn is_like(one: &Violation, other: &Violation) -> bool {
    let words = |violation: &Violation| violation.what.replace(|sign: char| sign.is_ascii_digit(), "");
    one.check == other.check && words(one) == words(other)
}

/// The beats without some of them, if it still comes to that: with the time that they took, or without it.
fn without(beats: &[Beat], from: usize, to: usize, fails: &mut impl FnMut(&[Beat]) -> bool) -> Option<Vec<Beat>> {
    let mut shorter = [&beats[..from], &beats[to..]].concat();
    let time: u64 = beats[from..to].iter().map(|beat| beat.wait).sum();
    if from > 0 && time > 0 {
        shorter[from - 1].wait += time;
        if fails(&shorter) {
            return Some(shorter);
        }
        shorter[from - 1].wait -= time;
    }
    fails(&shorter).then_some(shorter)
}
