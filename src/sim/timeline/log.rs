//! The facts of a branch: kept in runs that branches share, bounded by dropping the oldest.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::cluster::fact::{Fact, FactId};

/// Facts of one run. A branch that goes its own way copies at most one run.
const RUN: usize = 64;
/// Facts kept of one branch, at least; older ones are dropped a run at a time.
pub const MOST_LOGGED: usize = 60_000;

/// Facts in the order they happened. Cloning shares all runs.
#[derive(Clone, Debug, Default)]
pub struct FactLog {
    runs: VecDeque<Rc<Vec<Fact>>>,
}

impl FactLog {
    /// Adds a fact, newer than all so far.
    pub(super) fn push(&mut self, fact: Fact) {
        match self.runs.back_mut() {
            Some(run) if run.len() < RUN => Rc::make_mut(run).push(fact),
            _ => {
                let mut run = Vec::with_capacity(RUN);
                run.push(fact);
                self.runs.push_back(Rc::new(run));
                if self.runs.len() > MOST_LOGGED / RUN + 1 {
                    self.runs.pop_front();
                }
            }
        }
    }

    /// Forgets everything after a fact.
    pub(super) fn forget_after(&mut self, last: FactId) {
        while self.runs.back().is_some_and(|run| run[0].id > last) {
            self.runs.pop_back();
        }
        if let Some(run) = self.runs.back_mut()
            && run.last().is_some_and(|fact| fact.id > last)
        {
            Rc::make_mut(run).retain(|fact| fact.id <= last);
        }
    }

    /// The newest fact's number; 0 if there is none.
    pub fn last(&self) -> FactId {
        self.runs.back().and_then(|run| run.last()).map_or(FactId(0), |fact| fact.id)
    }

    /// A fact, unless it never was or is too old to be kept.
    pub fn get(&self, id: FactId) -> Option<&Fact> {
        let last = self.count_to(id).checked_sub(1)?;
        Some(self.at(last)).filter(|fact| fact.id == id)
    }

    /// The facts after one, oldest first.
    pub fn after(&self, id: FactId) -> impl DoubleEndedIterator<Item = &Fact> {
        (self.count_to(id)..self.len()).map(|index| self.at(index))
    }

    /// All facts kept up to one, oldest first.
    pub fn up_to(&self, id: FactId) -> impl DoubleEndedIterator<Item = &Fact> {
        (0..self.count_to(id)).map(|index| self.at(index))
    }

    fn len(&self) -> usize {
        self.runs.back().map_or(0, |last| (self.runs.len() - 1) * RUN + last.len())
    }

    /// All runs but the last are full.
    fn at(&self, index: usize) -> &Fact {
        &self.runs[index / RUN][index % RUN]
    }

    /// How many facts are kept up to one.
    fn count_to(&self, id: FactId) -> usize {
        let runs = self.runs.partition_point(|run| run[0].id <= id);
        let Some(before) = runs.checked_sub(1) else { return 0 };
        before * RUN + self.runs[before].partition_point(|fact| fact.id <= id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fact::FactKind;

    fn log(ids: impl Iterator<Item = u64>) -> FactLog {
        let mut log = FactLog::default();
        ids.for_each(|id| {
            log.push(Fact { id: FactId(id), at: id * 10, cause: None, kind: FactKind::RoadsMended });
        });
        log
    }

    fn ids<'a>(facts: impl Iterator<Item = &'a Fact>) -> Vec<u64> {
        facts.map(|fact| fact.id.0).collect()
    }

    #[test]
    fn facts_are_found_on_either_side_of_any_other() {
        let log = log(1..=200);
        for id in [0, 1, 63, 64, 65, 128, 199, 200, 300] {
            assert_eq!(ids(log.up_to(FactId(id))), (1..=id.min(200)).collect::<Vec<_>>(), "up to {id}");
            assert_eq!(ids(log.after(FactId(id))), (id + 1..=200).collect::<Vec<_>>(), "after {id}");
        }
        assert_eq!(log.get(FactId(130)).map(|fact| fact.at), Some(1_300));
        assert!(log.get(FactId(0)).is_none() && log.get(FactId(201)).is_none());
        assert_eq!(ids(FactLog::default().after(FactId(0))), Vec::<u64>::new());
    }

    #[test]
    fn a_copy_goes_its_own_way() {
        let one = log(1..=200);
        for last in [0, 64, 70, 199] {
            let mut other = one.clone();
            other.forget_after(FactId(last));
            assert_eq!(other.last(), FactId(last));
            other.push(Fact { id: FactId(last + 1), at: 7, cause: None, kind: FactKind::RoadsMended });
            assert_eq!(other.get(FactId(last + 1)).map(|fact| fact.at), Some(7));
            assert_eq!(ids(one.up_to(FactId(200))).len(), 200);
        }
        assert_eq!(one.get(FactId(71)).map(|fact| fact.at), Some(710));
    }

    #[test]
    fn old_facts_go_and_never_too_many_stay() {
        let log = log(1..=(MOST_LOGGED as u64 * 2));
        let kept = log.up_to(log.last()).count();
        assert!((MOST_LOGGED..=MOST_LOGGED + 2 * RUN).contains(&kept), "{kept}");
        assert!(log.get(FactId(1)).is_none(), "the oldest is gone");
    }
}
