//! Going through time: running until something happens, seeking, undoing, other futures.

use gloo_timers::callback::Timeout;

use super::browser;
use super::message::Msg;
use super::page::{Page, Panel};
use super::settings::voice;
use crate::cluster::fact::Fact;
use crate::cluster::time::{Micros, SECOND};
use crate::sim::timeline::Timeline;
use crate::sim::{Action, Step};
use crate::stage::until::{Until, Wait};
use crate::stage::words;

/// How far a step looks for a milestone, and how far a wait for something else.
const STEP: Micros = 60 * SECOND;
const WAIT: Micros = 600 * SECOND;
/// How long it is said what was undone: in the city it is seen, too.
const UNDONE_MS: u32 = 8_000;
/// Said after a step or a wait in vain.
const QUIET: [&str; 2] =
    ["Nothing of note comes in the next 60 s: one second on.", "Nothing of the kind happened for 10 min."];

impl Page {
    /// Runs until something happens, and stops there.
    pub(super) fn run_until(&mut self, until: Until) {
        browser::close_menu();
        self.playing = false;
        self.notices.retain(|notice| !QUIET.contains(&notice.as_str()));
        let (mut limit, quiet) = if until == Until::Milestone { (STEP, QUIET[0]) } else { (WAIT, QUIET[1]) };
        if until == Until::Service {
            return self.run_to_service();
        }
        // A step leads to what is of interest. Where nothing comes, it does not leap over a minute of it.
        let wanted: &dyn Fn(&Fact) -> bool = &|fact| until.is(fact);
        if limit == STEP && !self.world.line().is_past() {
            let mut ahead = self.world.session().clone();
            if ahead.step(limit, wanted) == Step::Quiet {
                limit = SECOND;
            }
        }
        if !self.world.run_until(limit, wanted) {
            self.notices.push(quiet.to_owned());
        }
    }

    /// Until all serve again, or the selected one, and says who. Of the page's second part.
    #[inline(never)]
    pub(super) fn run_to_service(&mut self) {
        let wait = Wait::new(self.world.snapshot(), self.selected);
        if !self.world.run_until(WAIT, &|fact| wait.is_over(fact)) {
            self.notices.push(QUIET[1].to_owned());
        }
        self.notices.push(wait.outcome(self.world.snapshot(), voice()));
    }

    /// Goes to a moment of this branch. Time stands still there, so that one can look, or act.
    pub(super) fn seek(&mut self, at: Micros) {
        self.playing = false;
        self.asked = None;
        self.glows.clear();
        self.draw_few();
        self.world.travel(&mut |line| line.seek(at));
    }

    pub(super) fn undo(&mut self) {
        let mut undone = None;
        self.change_branch(&mut |line| undone = line.undo());
        let now = words::clock(self.world.snapshot().now);
        self.notices = vec![match undone.as_deref().map(|act| &act.action) {
            Some(Action::Command { line, .. }) => format!("{line} is undone: it is {now} again."),
            Some(_) => format!("Your last act is undone: it is {now} again."),
            None => "There is nothing to undo.".to_owned(),
        }];
        let send = self.send.clone();
        self.sweeper = Some(Timeout::new(UNDONE_MS, move || send.emit(Msg::Dismiss)));
    }

    /// A comparison goes on with the future that it is about, as fast as figures are read.
    pub(super) fn compare_on(&mut self) {
        let Some(Panel::Compare(known)) = &self.panel else { return };
        if self.figures() && self.world.outgrew(known) {
            self.panel = self
                .world
                .compare(known.branches.1, Some(known))
                .map(|compared| Panel::Compare(Box::new(compared)));
        }
    }

    /// Goes on in another branch.
    pub(super) fn change_branch(&mut self, how: &mut dyn FnMut(&mut Timeline<crate::stage::told::Told>)) {
        self.world.travel(how);
        self.panel = None;
        self.asked = None;
        self.glows.clear();
        self.notices.clear();
    }
}
