//! Messages that were lost a moment ago: each leaves its mark where it went, for a short virtual time.
//!
//! A pure function of what is known and of now, so that going back in time shows them again.

use super::lane::Way;
use super::layout::Layout;
use super::text::{Bounds, Label, Tone, text_width};
use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::id::Place;
use crate::cluster::time::{Micros, SECOND};

/// How long a mark stays.
const SHOWN_FOR: Micros = 3 * SECOND;
/// At most so many are drawn.
const MOST: usize = 6;
/// What is said beside one.
const WORDS: [&str; 2] = ["lost", "dropped by you"];

/// A message that was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// From where to where it went.
    pub road: (Place, Place),
    /// How far it had come, in thousandths.
    pub done: u16,
}

/// What was lost lately, of facts that are told newest first.
pub fn lately<'a>(facts: impl Iterator<Item = &'a Fact>, now: Micros) -> Vec<Lost> {
    let young = facts.take_while(|fact| fact.at + SHOWN_FOR > now);
    let lost = young.filter_map(|fact| match fact.kind {
        FactKind::MessageLost { from, to, done, .. } => Some(Lost { road: (from, to), done }),
        _ => None,
    });
    lost.take(MOST).collect()
}

/// The mark of a lost message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its middle.
    pub at: (i32, i32),
    /// The card with the words beside it.
    pub card: Bounds,
    /// The words.
    pub words: [Label; 2],
}

impl Mark {
    /// The mark of a message on its way. It keeps clear of the two ends: those have marks of their own.
    pub(super) fn of(layout: &Layout, lost: &Lost, way: &Way) -> Self {
        let ((x, y), _) = way.at(f32::from(lost.done.clamp(140, 860)) / 1_000.0);
        let (x, y) = ((x as i32).clamp(12, layout.frame.width - 12), y as i32);
        let width = text_width(WORDS[1], 12, false) + 12;
        let left = if x + 14 + width <= layout.frame.width { x + 14 } else { x - 14 - width };
        let card = Bounds::new(left.max(0), y - 18, width, 36);
        let label = |nth: usize| Label::caption(WORDS[nth], card.middle(), card.top + 15 + 15 * nth as i32, 12);
        Self { at: (x, y), card, words: [label(0).tone(Tone::Fail).bold(), label(1)] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::HostId;
    use crate::cluster::time::MS;
    use crate::sim::{Action, Scenario, Session};
    use crate::stage::art::picture;
    use crate::stage::checks::frames;
    use crate::stage::scene::{Look, Scene};

    #[test]
    fn a_message_that_is_dropped_leaves_its_mark_where_it_was_and_not_for_ever() {
        let mut session = Session::new(&Scenario::first_city(), 7).expect("it can be built");
        let flies = |session: &Session| {
            let flights = session.snapshot().flights;
            flights.into_iter().find(|flight| matches!((flight.from, flight.to), (Place::Node(_), Place::Node(_))))
        };
        while flies(&session).is_none() {
            session.advance_to(session.now() + MS);
        }
        let flight = flies(&session).expect("one flies");
        session.advance_to((flight.sent + flight.due) / 2);
        session.act(Action::LoseMessage(flight.id)).expect("it is on its way");
        let at = |now| lately(session.facts().iter().rev(), now);
        let [lost] = at(session.now())[..] else { panic!("one was lost") };
        assert_eq!((lost.road, lost.done / 10), ((flight.from, flight.to), 50));
        assert_eq!((at(session.now() + SHOWN_FOR - 1).len(), at(session.now() + SHOWN_FOR).len()), (1, 0));

        for frame in frames() {
            let look = Look { lost: vec![lost], ..Look::default() };
            let scene = Scene::of(&session.snapshot(), frame, &look);
            let mark = &scene.lost[0];
            let whole = Bounds::new(0, 0, frame.width, scene.height);
            assert!(
                whole.contains(&mark.card) && mark.words.iter().all(|word| mark.card.contains(&word.bounds()))
            );
            let Place::Node(HostId(from)) = flight.from else { panic!("a node sent it") };
            let on = scene.shops[usize::from(from)].front;
            assert!(!on.contains(&Bounds::new(mark.at.0 - 8, mark.at.1 - 8, 16, 16)), "{frame:?}");
            assert!(picture::svg(&scene).contains("lost-mark"), "{frame:?}");
        }
    }
}
