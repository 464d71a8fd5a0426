//! A branch: one way that things went, from the opening to as far as somebody has seen.

use std::rc::Rc;

use super::super::Action;
use super::checkpoint::Checkpoints;
use super::log::FactLog;
use crate::cluster::fact::FactId;
use crate::cluster::time::{Micros, SECOND};

/// A future in which nothing happened for so long is worth keeping.
const GLANCE: Micros = 5 * SECOND;

/// Names a branch; counts up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchId(pub u32);

/// Something that was done, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// When.
    pub at: Micros,
    /// What.
    pub action: Action,
    /// Where it was typed, if it was: the terminal's prompt.
    pub prompt: Rc<str>,
}

/// One way that things went.
#[derive(Clone, Debug)]
pub struct Branch<F> {
    pub(super) id: BranchId,
    pub(super) acts: Vec<Rc<Act>>,
    pub(super) log: FactLog,
    pub(super) end: Micros,
    pub(super) checkpoints: Checkpoints<F>,
}

impl<F> Branch<F> {
    /// Its name.
    pub fn id(&self) -> BranchId {
        self.id
    }

    /// How far it is known.
    pub fn end(&self) -> Micros {
        self.end
    }

    /// Its acts, oldest first.
    pub fn acts(&self) -> &[Rc<Act>] {
        &self.acts
    }

    /// Its facts, as far as they are kept.
    pub fn facts(&self) -> &FactLog {
        &self.log
    }

    /// The moment from which two branches differ: where one has an act, or an end, that the other has not.
    pub fn parting(&self, other: &Self) -> Micros {
        let same = self.shared_acts(other);
        let next = |branch: &Self| branch.acts.get(same).map_or(branch.end, |act| act.at);
        next(self).min(next(other))
    }

    /// How many acts two branches have in common at the very moment of their parting.
    pub fn shared_at_parting(&self, other: &Self) -> usize {
        let parting = self.parting(other);
        self.acts[..self.shared_acts(other)].iter().rev().take_while(|act| act.at == parting).count()
    }

    fn shared_acts(&self, other: &Self) -> usize {
        self.acts.iter().zip(&other.acts).take_while(|(one, other)| one == other).count()
    }

    /// Whether nothing was done or happened in it that the other has not, and it was hardly looked at.
    pub(super) fn is_part_of(&self, other: &Self) -> bool {
        let parting = self.parting(other);
        let last = self.log.up_to(self.log.last()).next_back();
        other.acts.starts_with(&self.acts)
            && last.is_none_or(|fact| fact.at <= parting)
            && self.end < parting + GLANCE
    }

    /// Whether anything is known of it after so many acts and this fact.
    pub(super) fn goes_on_after(&self, done: usize, shown: FactId) -> bool {
        self.acts.len() > done || self.log.last() > shown
    }
}
