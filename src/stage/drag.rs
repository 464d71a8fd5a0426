//! What a line across the streets cuts, where a shop is put down, and how far back a message is drawn.

use super::scene::Scene;
use super::text::Bounds;
use super::words;
use crate::cluster::id::{HostId, Place, RackId};
use crate::cluster::snapshot::Snapshot;
use crate::cluster::time::{Micros, SECOND};
use crate::narrate::{Voice, span};
use crate::sim::Action;

/// What a pointer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Nothing: it draws a line.
    Line,
    /// A shop.
    Shop(HostId),
    /// A message on its way, by the number of its flight.
    Message(u64),
}

/// A pointer's way over the drawing, in its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drag {
    /// What it holds.
    pub what: What,
    /// Where it began.
    pub from: (i32, i32),
    /// Where it is.
    pub to: (i32, i32),
}

/// Shorter ways are presses that trembled.
const SHORTEST: i32 = 12;
/// The longest that a message can be held up at once.
const LONGEST: Micros = 60 * SECOND;

impl Drag {
    /// Whether the pointer went far enough to mean it.
    pub fn is_meant(&self) -> bool {
        let (dx, dy) = (self.to.0 - self.from.0, self.to.1 - self.from.1);
        dx * dx + dy * dy >= SHORTEST * SHORTEST
    }

    /// What letting go does, if it does something.
    #[inline(never)]
    pub fn act(&self, scene: &Scene, snapshot: &Snapshot) -> Option<Action> {
        if !self.is_meant() {
            return None;
        }
        match self.what {
            What::Shop(host) => {
                let rack = rack_at(scene, self.to)?;
                let stands = words::node(snapshot, host)?.rack;
                (rack != stands).then_some(Action::MoveMachine { host, rack })
            }
            What::Message(id) => later(scene, snapshot, id, self.to),
            What::Line => {
                let (one, other) = sides(scene, snapshot, self)?;
                Some(Action::Cut { one, other, both_ways: true })
            }
        }
    }

    /// The block of the rack that a shop would be put into, if it is another one than its own.
    pub fn goes_to(&self, scene: &Scene) -> Option<Bounds> {
        let What::Shop(host) = self.what else { return None };
        let rack = rack_at(scene, self.to)?;
        let stands = match scene.shops.iter().find(|shop| shop.host == host) {
            Some(shop) => shop.rack,
            None => scene.map.as_ref()?.tile(host)?.rack,
        };
        let block = scene.racks.iter().find(|view| view.rack == rack)?.block;
        (rack != stands).then_some(block)
    }

    /// What letting go would do, in a few words.
    #[inline(never)]
    pub fn words(&self, scene: &Scene, snapshot: &Snapshot, voice: Voice) -> Option<String> {
        let names = |places: &[Place]| {
            let names = places.iter().map(|place| match place {
                Place::Node(host) => words::name_of(snapshot, *host, voice),
                _ => "you".to_owned(),
            });
            let mut names: Vec<String> = names.take(8).collect();
            if places.len() > names.len() {
                names.push("…".to_owned());
            }
            names.join(", ")
        };
        let act = self.act(scene, snapshot)?;
        Some(match act {
            Action::MoveMachine { host, rack } => {
                let rack = snapshot.racks.iter().find(|view| view.id == rack)?;
                format!("{}{}{}", words::name_of(snapshot, host, voice), voice.told(" to rack "), rack.name)
            }
            Action::DelayMessage { by, .. } => format!("It comes {} later", span(by)),
            Action::Cut { one, other, .. } => format!("Cuts {} from {}", names(&one), names(&other)),
            _ => return None,
        })
    }
}

/// Holds a message up until it is where it was drawn back to: time stands still for it alone. Forward there is no way.
fn later(scene: &Scene, snapshot: &Snapshot, id: u64, to: (i32, i32)) -> Option<Action> {
    let parcel = scene.parcels.iter().find(|parcel| parcel.id == id)?;
    let flight = snapshot.flights.iter().find(|flight| flight.id == id && !flight.held)?;
    let (done, whole) = (snapshot.now.saturating_sub(flight.sent), flight.due.saturating_sub(flight.sent));
    let share = parcel.way.nearest(to).max(1);
    let by = (done * 1_000 / share).saturating_sub(whole).min(LONGEST);
    (by > 0).then_some(Action::DelayMessage { message: id, by })
}

/// The rack at a point.
fn rack_at(scene: &Scene, point: (i32, i32)) -> Option<RackId> {
    let at = scene.racks.iter().find(|rack| contains(rack.block, point))?;
    Some(at.rack)
}

fn contains(place: Bounds, (x, y): (i32, i32)) -> bool {
    (place.left..=place.right).contains(&x) && (place.top..=place.bottom).contains(&y)
}

/// Who stands on either side of a line, drawn on without end; `None` if all stand on one.
fn sides(scene: &Scene, snapshot: &Snapshot, line: &Drag) -> Option<(Vec<Place>, Vec<Place>)> {
    let shops = scene.shops.iter().map(|shop| {
        let middle = ((shop.touch.left + shop.touch.right) / 2, (shop.touch.top + shop.touch.bottom) / 2);
        (Place::Node(shop.host), middle)
    });
    let tiles = scene.map.iter().flat_map(|map| &map.tiles);
    let tiles = tiles.map(|tile| (Place::Node(tile.host), (tile.place.middle(), tile.place.middle_y())));
    let clients = snapshot.clients.iter().map(|client| (Place::Client(client.id), scene.square.home));
    let (mut one, mut other) = (Vec::new(), Vec::new());
    for (place, point) in shops.chain(tiles).chain(clients) {
        if left_of(line, point) { one.push(place) } else { other.push(place) }
    }
    // The smaller side is named first: it is the one that is cut off.
    if one.len() > other.len() {
        std::mem::swap(&mut one, &mut other);
    }
    (!one.is_empty()).then_some((one, other))
}

fn left_of(line: &Drag, point: (i32, i32)) -> bool {
    let way = (line.to.0 - line.from.0, line.to.1 - line.from.1);
    let beside = (point.0 - line.from.0, point.1 - line.from.1);
    i64::from(way.0) * i64::from(beside.1) - i64::from(way.1) * i64::from(beside.0) < 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::fixture;
    use crate::stage::frame::Frame;
    use crate::stage::scene::Look;

    fn scene() -> (Scene, Snapshot) {
        let city = fixture::opening();
        (Scene::of(&city, Frame::of_page((1440, 900), 1092), &Look::default()), city)
    }

    #[test]
    fn a_line_between_racks_cuts_them_apart() {
        let (scene, city) = scene();
        let street = (scene.racks[0].block.right + scene.racks[1].block.left) / 2;
        let line = Drag { what: What::Line, from: (street, 200), to: (street + 2, 400) };
        let Some(Action::Cut { one, other, both_ways: true }) = line.act(&scene, &city) else { panic!("it cuts") };
        let in_a = |place: &Place| matches!(place, Place::Node(host) if host.0 % 3 == 0);
        assert!(one.iter().all(in_a) && one.len() == 2, "{one:?}");
        assert!(!other.iter().any(in_a) && other.len() == 5, "your client too: {other:?}");
        assert!(line.words(&scene, &city, Voice::Story).expect("it says so").starts_with("Cuts Shop 1"));
    }

    #[test]
    fn a_line_beside_the_city_or_a_trembling_press_does_nothing() {
        let (scene, city) = scene();
        let beside = Drag { what: What::Line, from: (-9, 0), to: (-9, 400) };
        assert_eq!(beside.act(&scene, &city), None);
        let press = Drag { what: What::Line, from: (400, 300), to: (405, 304) };
        assert_eq!(press.act(&scene, &city), None);
    }

    #[test]
    fn a_message_drawn_back_along_its_way_comes_later() {
        let city = fixture::key_typed();
        let scene = Scene::of(&city, Frame::of_page((1440, 900), 1092), &Look::default());
        let parcel = &scene.parcels[0];
        let flight = city.flights.iter().find(|flight| flight.id == parcel.id).expect("it flies");
        let (done, whole) = (city.now - flight.sent, flight.due - flight.sent);
        let at = |share: f32| {
            let ((x, y), _) = parcel.way.at(share);
            (x as i32, y as i32)
        };
        let now = super::super::parcel::share(flight, city.now);
        let drag = |to| Drag { what: What::Message(parcel.id), from: at(now), to };
        let Some(Action::DelayMessage { message, by }) = drag(at(now / 4.0)).act(&scene, &city) else {
            panic!("it comes later")
        };
        assert_eq!(message, parcel.id);
        let then = done as f32 / (whole + by) as f32;
        assert!((then - now / 4.0).abs() < 0.01, "it is where it was put: {then} of {now}");
        assert_eq!(drag(at(1.0)).act(&scene, &city), None, "nothing comes sooner");
    }

    #[test]
    fn a_shop_is_put_into_the_rack_below_it() {
        let (scene, city) = scene();
        let shop = scene.shops[0].touch;
        let block = scene.racks[2].block;
        let drag = Drag {
            what: What::Shop(HostId(0)),
            from: (shop.left + 9, shop.top + 9),
            to: (block.left + 30, block.top + 90),
        };
        assert_eq!(drag.act(&scene, &city), Some(Action::MoveMachine { host: HostId(0), rack: RackId(2) }));
        assert_eq!(drag.goes_to(&scene), Some(block), "it is shown before");
        let home = Drag { to: (shop.left + 40, shop.top + 60), ..drag };
        assert_eq!(home.goes_to(&scene), None);
        assert_eq!(Drag { what: What::Line, ..drag }.goes_to(&scene), None);
        assert_eq!(home.act(&scene, &city), None, "it stands there already");
    }
}
