//! Going to a moment: from the checkpoint before it, by doing again what was done.

use super::checkpoint::{Checkpoint, Moment};
use super::{Fold, SLICE, Timeline, weight};
use crate::cluster::time::Micros;

impl<F: Fold> Timeline<F> {
    /// Goes to a moment of this branch: on from here if that is nearer than any checkpoint.
    pub(super) fn go(&mut self, moment: Moment) {
        let here = Moment { at: self.now(), done: self.done };
        if here > moment || self.branch.checkpoints.before(moment).moment > here {
            self.restore(moment);
        }
        self.replay(moment);
    }

    /// Goes to the checkpoint before a moment.
    pub(super) fn restore(&mut self, moment: Moment) {
        let kept = self.branch.checkpoints.before(moment);
        (self.done, self.shown, self.weighed) = (kept.moment.done, kept.shown, kept.weighed);
        self.session = kept.session.clone();
        self.fold = kept.fold.clone();
    }

    /// Lets time run up to a moment, and does again what was done by then.
    pub(super) fn replay(&mut self, moment: Moment) {
        while self.done < moment.done
            && let Some(act) = self.branch.acts.get(self.done).filter(|act| act.at <= moment.at).cloned()
        {
            self.run_to(act.at);
            let done = self.session.act(act.action.clone());
            debug_assert!(done.is_ok(), "{act:?} was possible before: {done:?}");
            self.fold.act(&act);
            self.done += 1;
            self.settle();
        }
        self.run_to(moment.at);
    }

    fn run_to(&mut self, until: Micros) {
        while self.now() < until {
            self.session.advance_to(until.min(self.now() + SLICE));
            self.settle();
        }
    }

    /// Lets everything happen that is due now, and takes in what did.
    pub(super) fn settle(&mut self) {
        self.session.advance_to(self.now());
        for fact in self.session.take_facts() {
            self.fold.fact(&fact);
            self.shown = fact.id;
            self.weighed += weight(&fact.kind);
            if fact.id > self.branch.log.last() {
                self.branch.log.push(fact);
            }
        }
        let moment = Moment { at: self.now(), done: self.done };
        let work = self.session.world().planned() + self.weighed;
        if self.branch.checkpoints.wanted(moment, work) {
            let (session, fold) = (self.session.clone(), self.fold.clone());
            self.branch.checkpoints.keep(Checkpoint {
                moment,
                shown: self.shown,
                weighed: self.weighed,
                work,
                session,
                fold,
            });
        }
    }
}
