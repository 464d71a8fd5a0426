//! The commands that wait for their answers, in the order in which they were given.

use std::collections::VecDeque;

use super::Waiting;
use crate::cluster::id::CommandId;

/// A line of commands. Their numbers go up, and most are answered in order.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Line(VecDeque<(CommandId, Waiting)>);

impl Line {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    fn find(&self, command: CommandId) -> Option<usize> {
        // Where it stands if none before it has been answered yet, or all.
        let first = self.0.front()?.0;
        let place = command.0.wrapping_sub(first.0) as usize;
        if self.0.get(place).is_some_and(|(id, _)| *id == command) {
            return Some(place);
        }
        self.0.binary_search_by_key(&command, |(id, _)| *id).ok()
    }

    pub(super) fn get(&self, command: &CommandId) -> Option<&Waiting> {
        self.find(*command).map(|at| &self.0[at].1)
    }

    pub(super) fn get_mut(&mut self, command: &CommandId) -> Option<&mut Waiting> {
        self.find(*command).map(|at| &mut self.0[at].1)
    }

    /// A new command: its number is the greatest.
    pub(super) fn insert(&mut self, command: CommandId, waiting: Waiting) {
        self.0.push_back((command, waiting));
    }

    pub(super) fn remove(&mut self, command: &CommandId) -> Option<Waiting> {
        let at = self.find(*command)?;
        self.0.remove(at).map(|(_, waiting)| waiting)
    }
}
