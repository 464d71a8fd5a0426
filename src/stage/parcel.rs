//! Messages on their way: where each is, and which of them are shown.
//!
//! A parcel's place is a pure function of when it was sent, when it is due and what time it is.

use std::rc::Rc;

use super::lane::{Lane, Way};
use super::layout::Layout;
use super::pill;
use super::size::MOST_FULL;
use super::street::street;
use super::text::Bounds;
use crate::cluster::id::Place;
use crate::cluster::snapshot::{Flight, FlightKind, Snapshot};
use crate::cluster::time::{Micros, SECOND};

/// At most so many parcels are drawn; more would be a smear.
const CROWD: usize = 200;
/// Fewer in a large city, whose shops are small.
const SMALL_CROWD: usize = 60;

/// A message as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// The flight's id.
    pub id: u64,
    /// When it was sent, when it is due, and whether it is held back: where it is follows from these.
    pub journey: (Micros, Micros, bool),
    /// Its shape.
    pub kind: FlightKind,
    /// Its hue.
    pub shard: Option<u16>,
    /// Its middle, in tenths of a pixel.
    pub place: (i32, i32),
    /// Its direction in degrees, for those that point somewhere.
    pub heading: i32,
    /// The way it takes.
    pub way: Way,
    /// The same as it is drawn, dashed: for a client's questions and answers, and for the cluster's own decisions.
    pub trail: Option<Rc<str>>,
    /// Its words, and where they stand in the drawing.
    pub label: Option<(Rc<str>, Bounds)>,
}

/// Which messages are drawn, by what they are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(u8);

impl Default for Kinds {
    /// All but gossip.
    fn default() -> Self {
        Self(0b1011)
    }
}

impl Kinds {
    /// The value of `data-act` of each filter's switch, and what it is called.
    pub const ALL: [(&str, &str); 4] = [
        ("draw-requests", "Requests"),
        ("draw-replication", "Replication"),
        ("draw-gossip", "Gossip, ACKs"),
        ("draw-votes", "Votes"),
    ];
    /// Pings, pongs and other small talk.
    pub const GOSSIP: u8 = 2;

    /// Which of [`ALL`](Self::ALL) a message belongs to.
    fn of(kind: FlightKind) -> u8 {
        use FlightKind as F;
        match kind {
            F::Request | F::Reply | F::ErrorReply | F::Moved | F::Ask => 0,
            F::Replication => 1,
            F::Fail | F::VoteRequest | F::Vote => 3,
            F::Ping | F::Pong | F::Ack | F::Connection | F::Update => Self::GOSSIP,
        }
    }

    /// Whether one of [`ALL`](Self::ALL) is drawn.
    pub fn has(self, filter: u8) -> bool {
        self.0 >> filter & 1 == 1
    }

    /// With one of [`ALL`](Self::ALL) switched.
    #[must_use]
    pub fn switched(self, filter: u8) -> Self {
        Self(self.0 ^ 1 << filter)
    }

    /// Whether a message is drawn.
    pub fn shows(self, kind: FlightKind) -> bool {
        self.has(Self::of(kind))
    }
}

/// Whether this kind is small talk.
pub fn is_gossip(kind: FlightKind) -> bool {
    Kinds::of(kind) == Kinds::GOSSIP
}

/// Whether nodes settle something with this kind: alarms, votes, updates.
pub fn decides(kind: FlightKind) -> bool {
    matches!(kind, FlightKind::Fail | FlightKind::VoteRequest | FlightKind::Vote | FlightKind::Update)
}

/// The messages to draw: those of these kinds, and the one that is looked at.
pub fn parcels(
    layout: &Layout,
    snapshot: &Snapshot,
    lanes: &[Lane],
    home: (i32, i32),
    (kinds, opened, halfway): (Kinds, Option<u64>, bool),
) -> Vec<Parcel> {
    // The operator stands beside every shop, and not where you do: its words go no way that could be drawn.
    let beside = |flight: &Flight| flight.from == Place::Operator || flight.to == Place::Operator;
    let shows = |flight: &&Flight| !beside(flight) && (kinds.shows(flight.kind) || Some(flight.id) == opened);
    let shown = snapshot.flights.iter().filter(shows);
    let crowd = if snapshot.nodes.len() <= MOST_FULL { CROWD } else { SMALL_CROWD };
    // Many messages take few ways.
    let mut known: Vec<(Key, Way, Rc<str>)> = Vec::new();
    let parcel = |flight: &Flight| {
        let key = (flight.from, flight.to, matches!(flight.kind, FlightKind::Replication | FlightKind::Ack));
        let at = match known.iter().position(|(other, ..)| *other == key) {
            Some(at) => at,
            None => {
                let way = way(layout, flight, lanes, home)?;
                let data = way.data().into();
                known.push((key, way, data));
                known.len() - 1
            }
        };
        let (_, way, data) = &known[at];
        let share = if halfway { 0.5 } else { share(flight, snapshot.now) };
        Some(parcel(layout, flight, share, way.clone(), data))
    };
    shown.take(crowd).filter_map(parcel).collect()
}

/// What a way depends on: its ends, and whether it is a lane of replication.
type Key = (Place, Place, bool);

fn parcel(layout: &Layout, flight: &Flight, share: f32, way: Way, data: &Rc<str>) -> Parcel {
    let ((x, y), heading) = way.at(share);
    let personal = matches!(
        flight.kind,
        FlightKind::Request | FlightKind::Reply | FlightKind::ErrorReply | FlightKind::Moved | FlightKind::Ask
    );
    let label = (personal && !flight.label.is_empty()).then(|| pill::words(layout.frame, &flight.label));
    Parcel {
        id: flight.id,
        // What is held is due nobody knows when: as long as it waits, it is the same picture.
        journey: (flight.sent, if flight.held { flight.sent + SECOND } else { flight.due }, flight.held),
        kind: flight.kind,
        shard: flight.shard,
        place: ((x * 10.0).round() as i32, (y * 10.0).round() as i32),
        heading: heading.round() as i32,
        trail: (personal || decides(flight.kind)).then(|| data.clone()),
        label,
        way,
    }
}

impl Parcel {
    /// Where it is at another moment, in pixels.
    pub fn at(&self, now: Micros) -> (f32, f32) {
        self.way.at(share_of(self.journey, now)).0
    }

    /// Half the side of the box in which a message is hit.
    pub const REACH: i32 = 16;
}

/// Which of these messages, each with its middle, is at a point: of several the one that is drawn last.
pub fn hit(places: impl DoubleEndedIterator<Item = (u64, (f32, f32))>, (x, y): (i32, i32)) -> Option<u64> {
    let near = |one: f32, other: i32| (one as i32 - other).abs() <= Parcel::REACH;
    places.rev().find(|(_, at)| near(at.0, x) && near(at.1, y)).map(|(id, _)| id)
}

/// How much of the way is done. What is held back waits near its sender.
pub fn share(flight: &Flight, now: u64) -> f32 {
    share_of((flight.sent, flight.due, flight.held), now)
}

/// The same of a [`Parcel::journey`].
pub fn share_of((sent, due, held): (Micros, Micros, bool), now: Micros) -> f32 {
    let whole = due.saturating_sub(sent).max(1);
    let done = now.saturating_sub(sent).min(whole);
    let share = done as f32 / whole as f32;
    if held { share.min(0.14) } else { share }
}

fn way(layout: &Layout, flight: &Flight, lanes: &[Lane], home: (i32, i32)) -> Option<Way> {
    if let (FlightKind::Replication | FlightKind::Ack, Place::Node(from), Place::Node(to)) =
        (flight.kind, flight.from, flight.to)
    {
        if let Some(lane) = lanes.iter().find(|lane| lane.from == from && lane.to == to) {
            return Some(Way(lane.points.clone()));
        }
        if let Some(lane) = lanes.iter().find(|lane| lane.from == to && lane.to == from) {
            return Some(Way(lane.points.iter().rev().copied().collect()));
        }
    }
    street(layout, flight.from, flight.to, home)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::{ClientId, HostId};
    use crate::stage::checks::frames;
    use crate::stage::fixture;
    use crate::stage::scene::{Look, Scene};

    fn flight(held: bool) -> Flight {
        Flight {
            id: 1,
            kind: FlightKind::Request,
            from: Place::Client(ClientId(0)),
            to: Place::Node(HostId(2)),
            sent: 1_000,
            due: 3_000,
            held,
            shard: Some(3),
            slot: Some(12_893),
            label: "GET user:123".into(),
        }
    }

    #[test]
    fn what_the_operator_says_does_not_come_from_you() {
        let mut city = fixture::key_typed();
        let drawn = |city: &Snapshot| Scene::of(city, frames()[3], &Look::default()).parcels.len();
        let node = Place::Node(HostId(0));
        let own = city.flights.iter().position(|flight| flight.kind == FlightKind::Request).expect("yours");
        let with = drawn(&city);
        for (from, to) in [(Place::Operator, node), (node, Place::Operator)] {
            (city.flights[own].from, city.flights[own].to) = (from, to);
            assert_eq!(drawn(&city), with - 1);
        }
    }

    #[test]
    fn a_place_follows_from_sent_due_and_now() {
        assert_eq!(share(&flight(false), 500), 0.0, "not sent yet");
        assert_eq!(share(&flight(false), 2_000), 0.5);
        assert_eq!(share(&flight(false), 9_000), 1.0, "never past its goal");
    }

    #[test]
    fn what_is_held_waits_near_its_sender() {
        assert!(share(&flight(true), 2_900) < 0.2);
    }

    #[test]
    fn a_message_is_hit_where_it_is_drawn_and_the_upper_one_first() {
        let places = [(1, (100.0, 50.0)), (2, (110.0, 50.0))];
        let at = |x| hit(places.into_iter(), (x, 60));
        assert_eq!([80, 90, 100, 126, 127].map(at), [None, Some(1), Some(2), Some(2), None]);
        assert_eq!(hit(places.into_iter(), (100, 67)), None, "below them");
    }

    #[test]
    fn with_less_motion_a_message_stands_half_way_and_otherwise_where_its_clock_has_it() {
        use crate::stage::frame::Frame;
        use crate::stage::scene::{Look, Scene};
        let at = |now, halfway| {
            let mut city = crate::stage::fixture::opening();
            city.now = now;
            city.flights = vec![flight(false)];
            let look = Look { halfway, ..Look::default() };
            Scene::of(&city, Frame::of_page((1440, 900), 796), &look).parcels.remove(0)
        };
        assert_eq!(at(1_100, true), at(2_900, true));
        assert_eq!(at(1_100, true).place, at(2_000, false).place);
        let (x, y) = at(1_100, false).at(2_500);
        let there = at(2_500, false).place;
        assert!(
            (x * 10.0 - there.0 as f32).abs() < 1.0 && (y * 10.0 - there.1 as f32).abs() < 1.0,
            "{x} {y} {there:?}"
        );
        assert_ne!(at(1_100, false).place, there);
    }

    #[test]
    fn what_is_held_is_one_picture_as_long_as_it_waits() {
        use crate::stage::frame::Frame;
        use crate::stage::scene::{Look, Scene};
        let at = |now| {
            let mut city = crate::stage::fixture::opening();
            city.now = now;
            city.flights = vec![Flight { due: now, ..flight(true) }];
            Scene::of(&city, Frame::of_page((1440, 900), 796), &Look::default()).parcels.remove(0)
        };
        let (one, other) = (at(2_000_000), at(2_500_000));
        assert_eq!(one, other);
        assert!((share_of(one.journey, one.journey.1) - 0.14).abs() < 0.01, "{:?}", one.journey);
    }
}
