//! Time travel: a story is told once more on a timeline, which goes back to earlier moments and on again between its acts.
//! Every moment must be what it was in a session that never looked back: one digest, and one last fact.

use std::collections::BTreeMap;

use super::check::{Check, Violation, violated};
use super::run::Report;
use super::script::Script;
use crate::cluster::rng::Rng;
use crate::cluster::time::Micros;
use crate::sim::Session;
use crate::sim::timeline::Timeline;

/// Of so many stories one is travelled through.
const EVERY: u64 = 16;
/// How often it is gone to some moment once the story is over.
const AT_THE_END: u32 = 12;

/// What a moment looks like: the world's digest, and the last fact's number.
type Look = (u64, u64);

/// Some stories that violated nothing are travelled through.
pub(super) fn after(script: &Script, report: Report) -> Result<Report, Violation> {
    if !script.seed.is_multiple_of(EVERY) {
        return Ok(report);
    }
    Ok(Report { travels: travel(script)?, ..report })
}

/// Tells the story and travels in it; says how often a moment was compared.
fn travel(script: &Script) -> Result<u64, Violation> {
    let open = || Session::new(&script.scenario, script.seed);
    let (Ok(mut straight), Ok(session)) = (open(), open()) else {
        return Ok(0);
    };
    // A timeline begins with all done that is due as the city opens.
    straight.advance_to(straight.now());
    let mut traveller = Traveller {
        line: Timeline::of(session, ()),
        rng: Rng::new(script.seed ^ 0x7ea),
        moments: BTreeMap::new(),
        compared: 0,
    };
    let mut told = 0;
    for beat in &script.beats {
        let acted = [straight.act(beat.act.clone()).is_ok(), traveller.line.act(beat.act.clone(), "").is_ok()];
        let now = straight.now();
        if acted[0] != acted[1] {
            return violated(Check::Travel, now, format!("of {:?} one refuses it: {acted:?}", beat.act));
        }
        // A moment has all its acts: this one belongs to the moment at which the last wait ended.
        for until in [now, now + beat.wait] {
            straight.advance_to(until);
            traveller.line.advance_to(until);
            told = straight.facts().back().map_or(told, |fact| fact.id.0);
            traveller.moments.insert(until, (straight.digest(), told));
            traveller.look(until)?;
        }
        if traveller.rng.below(6) == 0 {
            let here = straight.now();
            traveller.go_somewhere()?;
            traveller.go_to(here)?;
        }
    }
    for _ in 0..AT_THE_END {
        traveller.go_somewhere()?;
    }
    Ok(traveller.compared)
}

struct Traveller {
    line: Timeline<()>,
    rng: Rng,
    /// What each moment was without travelling.
    moments: BTreeMap<Micros, Look>,
    compared: u64,
}

impl Traveller {
    /// Goes to some moment at which all acts were done.
    fn go_somewhere(&mut self) -> Result<(), Violation> {
        let nth = self.rng.below(self.moments.len() as u32) as usize;
        match self.moments.keys().nth(nth).copied() {
            Some(at) => self.go_to(at),
            None => Ok(()),
        }
    }

    fn go_to(&mut self, at: Micros) -> Result<(), Violation> {
        self.line.seek(at);
        self.look(at)
    }

    fn look(&mut self, at: Micros) -> Result<(), Violation> {
        self.compared += 1;
        let (here, there) = ((self.line.session().digest(), self.line.shown().0), self.moments.get(&at));
        if self.line.now() == at && there == Some(&here) {
            return Ok(());
        }
        let what = format!("at {} the timeline is {here:?}, and it was {there:?}", self.line.now());
        violated(Check::Travel, at, what)
    }
}
