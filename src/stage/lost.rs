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
    /// Its card hides nothing of what is `taken`, if that can be. Of the page's second part: messages are lost with what is
    /// in there.
    #[inline(never)]
    pub(super) fn of(layout: &Layout, lost: &Lost, way: &Way, taken: &[Bounds]) -> Self {
        let ((x, y), _) = way.at(f32::from(lost.done.clamp(140, 860)) / 1_000.0);
        let (x, y) = ((x as i32).clamp(12, layout.frame.width - 12), y as i32);
        let width = text_width(WORDS[1], 12, false) + 12;
        let (right, bottom) = (layout.frame.width - width, layout.height - 36);
        let sides = [x + 14, x - 14 - width].into_iter();
        let beside =
            [-18, 20, -56, 58, -94].into_iter().flat_map(|up| sides.clone().map(move |left| (left, y + up)));
        let spots = [(x - width / 2, y + 13), (x - width / 2, y - 49)].into_iter().chain(beside);
        let card = |(left, top): (i32, i32)| Bounds::new(left.clamp(0, right), top.clamp(0, bottom), width, 36);
        // Where it hides least of the shops and of itself.
        let ring = Bounds::new(x - 11, y - 11, 22, 22);
        let hidden = |card: &Bounds| {
            // With the chip of its epoch.
            let shop = |shop: Bounds| Bounds { top: shop.top - layout.measures.air.0, ..shop };
            let places = layout.cells.iter().map(|cell| shop(cell.shop)).chain([ring]);
            let kept = taken.iter().map(|place| 99 * place.shared(card)).sum::<i32>();
            kept + places.map(|place| place.shared(card)).sum::<i32>()
        };
        let card = spots.map(card).min_by_key(hidden).unwrap_or(ring);
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
    use crate::stage::fixture;
    use crate::stage::scene::{Look, Scene};

    #[test]
    fn the_words_of_what_was_lost_hide_neither_each_other_nor_votes_nor_chips() {
        let city = fixture::asking();
        for frame in frames() {
            let layout = Layout::of(&city, frame, None);
            for from in [0, 1] {
                let lost = Lost { road: (Place::Node(HostId(from)), Place::Node(HostId(5))), done: 860 };
                let look = Look { lost: vec![lost; 2], ..Look::default() };
                let scene = Scene::of(&city, frame, &look);
                let cards = scene.lost.iter().map(|mark| mark.card);
                let all: Vec<Bounds> = cards.chain(scene.votes.iter().map(|panel| panel.place)).collect();
                for (nth, card) in all.iter().enumerate() {
                    let hidden = all[nth + 1..].iter().find(|other| other.overlaps(card));
                    assert_eq!(hidden, None, "{card:?} at {frame:?}");
                }
                // Phones have no room beside shops.
                let chip = |shop: Bounds| Bounds { top: shop.top - 15, bottom: shop.top, ..shop };
                let chips = layout.cells.iter().map(|cell| chip(cell.shop)).find(|chip| all[0].overlaps(chip));
                assert!(chips.is_none() || frame.width < 800, "{chips:?} under {:?} at {frame:?}", all[0]);
            }
        }
    }

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
        assert_eq!(lost.road, (flight.from, flight.to));
        let drawn = crate::stage::parcel::share(&flight, session.now()) * 1_000.0;
        assert!((drawn - f32::from(lost.done)).abs() < 2.0 && drawn > 400.0, "{lost:?}: {drawn}");
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
