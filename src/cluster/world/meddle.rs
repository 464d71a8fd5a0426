//! What people do to a single message on its way: losing it, or holding it up.
//!
//! A message is named by the number of its event, as a snapshot's flights show it.

use std::rc::Rc;

use super::World;
use super::acts::{Refused, refuse};
use super::delivery::road_of;
use super::faults::MOST_DELAY;
use super::flights::kind_of;
use crate::cluster::fact::{FactId, FactKind};
use crate::cluster::order::SmallSet;
use crate::cluster::time::{Micros, SECOND};

impl World {
    /// Loses a message. TCP never loses one message out of a stream: the connection breaks with it, and both ends hear of
    /// that at once.
    pub fn lose(&mut self, message: u64) -> Result<FactId, Refused> {
        let (flying, done) = if let Some(index) = self.held_index(message) {
            (&self.held[index], 0)
        } else {
            let found = self.flying.iter().find(|((_, number), _)| *number == message);
            let ((due, _), flying) = found.ok_or_else(gone)?;
            // As a snapshot shows it: nothing was sent before the city opened.
            let sent = flying.sent.max(self.facts.opened_at);
            let come = self.now.saturating_sub(sent).min(due.saturating_sub(sent));
            (flying, (come.saturating_mul(1_000) / due.saturating_sub(sent).max(1)) as u16)
        };
        let (conn, (from, to)) = (flying.conn, road_of(flying));
        let kind = kind_of(&flying.payload);
        let fact = self.facts.state(self.now, None, FactKind::MessageLost { from, to, kind, done });
        let mut broken = SmallSet::default();
        broken.insert(conn);
        self.break_connections(&broken, Some(fact));
        Ok(fact)
    }

    /// Lets a message arrive so much later, and whatever was sent after it along the same street behind it.
    pub fn delay(&mut self, message: u64, by: Micros) -> Result<FactId, Refused> {
        if self.held_index(message).is_some() {
            return refuse("This message waits for a road to open: it has no time of arrival yet.");
        }
        if by == 0 || by > MOST_DELAY {
            return refuse(format!(
                "A message can be held up by more than 0 and at most {} s.",
                MOST_DELAY / SECOND
            ));
        }
        let (key, road) = self.on_its_way(message)?;
        let due = key.0.saturating_add(by);
        let behind = |at, flying: &_| (key..(due, u64::MAX)).contains(&at) && road_of(flying) == road;
        for ((_, number), flying) in self.flying.take(behind) {
            self.flying.push((due, number), flying);
        }
        Rc::make_mut(&mut self.network).keep_behind(road.0, road.1, due);
        Ok(self.facts.state(self.now, None, FactKind::MessageDelayed { from: road.0, to: road.1, by }))
    }

    /// Where a held message stands: it is numbered from the top, as a snapshot does.
    fn held_index(&self, message: u64) -> Option<usize> {
        usize::try_from(u64::MAX - message).ok().filter(|&index| index < self.held.len())
    }

    /// The event of a message, and its road.
    fn on_its_way(&self, message: u64) -> Result<OnItsWay, Refused> {
        let found = self.flying.iter().find(|((_, number), _)| *number == message);
        found.map(|(key, flying)| (key, road_of(flying))).ok_or_else(gone)
    }
}

/// The event of a message, and its road's two ends.
type OnItsWay = ((Micros, u64), (super::Place, super::Place));

fn gone() -> Refused {
    Refused("This message is not on its way any more.".to_owned())
}
