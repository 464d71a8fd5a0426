//! Other futures: acts taken back and done again, futures left and returned to. These come with the page's second part (see
//! `split/`), so they must stay functions by themselves.

use std::rc::Rc;

use super::branch::{Act, Branch, BranchId};
use super::checkpoint::Moment;
use super::{Fold, MOST_GHOSTS, MOST_UNDONE, Timeline};

impl<F: Fold> Timeline<F> {
    /// Goes to just before the last act, which is not done then: what came of it becomes a ghost. `None` if nothing
    /// was done yet.
    pub fn undo(&mut self) -> Option<Rc<Act>> {
        let act = self.branch.acts[..self.done].last()?.clone();
        let before = Moment { at: self.now(), done: self.done };
        self.go(Moment { at: act.at, done: self.done - 1 });
        self.undone.push((self.branch.id, before));
        if self.undone.len() > MOST_UNDONE {
            self.undone.remove(0);
        }
        self.fork();
        Some(act)
    }

    /// Goes back to where the last [`undo`](Self::undo) was asked for; whether there was one.
    pub fn redo(&mut self) -> bool {
        let can = self.can_redo();
        let Some((id, moment)) = self.undone.pop().filter(|_| can) else {
            return false;
        };
        let there = id == self.branch.id || self.show(id);
        if there {
            self.go(moment);
        }
        there
    }

    /// Whether something can be done again.
    pub fn can_redo(&self) -> bool {
        self.undone.last().is_some_and(|(id, moment)| {
            // What was done again leads back into the future that was left: the next one is on its way.
            let ahead = *id == self.branch.id && *moment > Moment { at: self.now(), done: self.done };
            ahead || self.ghosts.iter().any(|ghost| ghost.id == *id)
        })
    }

    /// Goes another way from here: what is known of the future becomes a ghost.
    pub fn leave(&mut self) {
        if self.is_past() {
            self.undone.clear();
            self.fork();
        }
    }

    /// Returns to a ghost, at its end; the branch shown so far becomes one. Whether it is there.
    pub fn return_to(&mut self, id: BranchId) -> bool {
        let there = self.show(id);
        if there {
            self.undone.clear();
            self.go(Moment { at: self.branch.end, done: self.branch.acts.len() });
        }
        there
    }

    /// Makes a ghost the branch that is shown, without going to a moment of it.
    fn show(&mut self, id: BranchId) -> bool {
        let Some(index) = self.ghosts.iter().position(|ghost| ghost.id == id) else {
            return false;
        };
        let ghost = self.ghosts.remove(index);
        let left = std::mem::replace(&mut self.branch, ghost);
        self.restore(Moment { at: 0, done: 0 });
        self.haunt(left);
        true
    }

    /// Goes on from here as a new branch; the old one becomes a ghost if it knows more.
    pub(super) fn fork(&mut self) {
        let here = Moment { at: self.now(), done: self.done };
        let goes_on = self.branch.goes_on_after(self.done, self.shown);
        let mut log = self.branch.log.clone();
        log.forget_after(self.shown);
        let id = if goes_on { BranchId(self.branches + 1) } else { self.branch.id };
        self.branches = self.branches.max(id.0);
        let new = Branch {
            id,
            acts: self.branch.acts[..self.done].to_vec(),
            log,
            end: here.at,
            checkpoints: self.branch.checkpoints.up_to(here),
        };
        let old = std::mem::replace(&mut self.branch, new);
        if goes_on {
            self.haunt(old);
        }
    }

    /// Keeps a branch as a ghost, unless another one has all that it has.
    fn haunt(&mut self, mut left: Branch<F>) {
        let elsewhere = self.ghosts.iter().chain([&self.branch]).find(|other| left.is_part_of(other));
        if let Some(other) = elsewhere {
            for (id, moment) in self.undone.iter_mut().filter(|(id, _)| *id == left.id) {
                *id = other.id;
                // Time may have run on there past an act that the other has next.
                moment.at = other.acts.get(moment.done).map_or(moment.at, |next| moment.at.min(next.at));
            }
            return;
        }
        let parting = left.parting(&self.branch);
        left.checkpoints.thin_after(Moment { at: parting, done: usize::MAX });
        if self.ghosts.len() == MOST_GHOSTS {
            let kept = |ghost: &Branch<F>| self.undone.iter().any(|(id, _)| *id == ghost.id);
            let oldest = self.ghosts.iter().position(|ghost| !kept(ghost));
            self.ghosts.remove(oldest.unwrap_or(0));
        }
        self.ghosts.push(left);
    }

    /// The same acts at the same moments come to the same: if another future has no other acts, it is this one.
    pub(super) fn merge(&mut self) {
        let same =
            self.ghosts.iter().position(|ghost| ghost.acts == self.branch.acts && ghost.end >= self.branch.end);
        if let Some(index) = same {
            self.branch = self.ghosts.remove(index);
        }
    }
}
