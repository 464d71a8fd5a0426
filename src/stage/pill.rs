//! Words of messages: beside the message where they hide nothing, else further along its way, else nowhere.
//!
//! Words in motion nobody reads, and words over words neither: what is written in the drawing, the shops, and you come first.

use std::rc::Rc;

use super::frame::Frame;
use super::parcel::Parcel;
use super::text::{Bounds, TEXT_FLOOR, mono_width};

/// At most so many messages speak; more nobody would read.
const MOST: usize = 24;
/// A pill's height, and how far it keeps from its message.
const HEIGHT: i32 = 22;
const APART: i32 = 11;
/// How closely a way is searched for a free place.
const STEPS: i32 = 24;

/// The words that fit a frame, and the size of their pill. Where it stands is found by [`stand`].
pub(super) fn words(frame: Frame, text: &Rc<str>) -> (Rc<str>, Bounds) {
    let longest = if frame.width < 560 { 16 } else { 30 };
    let text: Rc<str> = if text.chars().count() > longest {
        format!("{}…", text.chars().take(longest - 1).collect::<String>()).into()
    } else {
        text.clone()
    };
    let width = mono_width(&text, TEXT_FLOOR) + 16;
    (text, Bounds::new(0, 0, width, HEIGHT))
}

/// Finds a place for the words of each message: inside of `whole`, clear of what is `taken` and of each other. Whoever was
/// sent first speaks; where there is no room, nobody does.
pub(super) fn stand(parcels: &mut [Parcel], whole: Bounds, mut taken: Vec<Bounds>) {
    let mut speaking = 0;
    for parcel in parcels {
        let Some((text, size)) = parcel.label.take() else { continue };
        if speaking == MOST {
            continue;
        }
        if let Some(place) = place(parcel, size, whole, &taken) {
            speaking += 1;
            taken.push(place);
            parcel.label = Some((text, place));
        }
    }
}

/// The free place that is nearest to the message: beside it, or beside another point of its way.
fn place(parcel: &Parcel, size: Bounds, whole: Bounds, taken: &[Bounds]) -> Option<Bounds> {
    let here = (parcel.place.0 / 10, parcel.place.1 / 10);
    let (width, height) = (size.width(), size.height());
    let mut best: Option<(i32, Bounds)> = None;
    for step in -1..=STEPS {
        let (x, y) = if step < 0 {
            here
        } else {
            let ((x, y), _) = parcel.way.at(step as f32 / STEPS as f32);
            (x as i32, y as i32)
        };
        let far = (x - here.0).abs() + (y - here.1).abs();
        if best.is_some_and(|(least, _)| least <= far) {
            continue;
        }
        let within = (x - width / 2).clamp(whole.left, (whole.right - width).max(whole.left));
        // Below it, above it, right and left of it.
        for (left, top) in [
            (within, y + APART),
            (within, y - APART - height),
            (x + APART + 5, y - height / 2),
            (x - APART - 5 - width, y - height / 2),
        ] {
            let place = Bounds::new(left, top, width, height);
            if whole.contains(&place) && !taken.iter().any(|one| one.overlaps(&place)) {
                best = Some((far, place));
                break;
            }
        }
        if step < 0 && best.is_some() {
            break;
        }
    }
    best.map(|(_, place)| place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::{ClientId, HostId, Place};
    use crate::cluster::snapshot::{Flight, FlightKind, Snapshot};
    use crate::stage::art;
    use crate::stage::checks::frames;
    use crate::stage::fixture;
    use crate::stage::scene::{Look, Scene};
    use crate::stage::shape::Shape;
    use crate::stage::size::Size;
    use crate::stage::skin::Skin;

    /// A question to each node and an answer from it, this far on their ways.
    fn talking(mut city: Snapshot, share: u64) -> Snapshot {
        city.now = 1_000_000;
        let you = Place::Client(ClientId(0));
        let mut flights = Vec::new();
        for host in city.nodes.iter().map(|node| Place::Node(node.host)).take(9) {
            for (kind, from, to, label) in [
                (FlightKind::Request, you, host, "SET user:123 Ada"),
                (FlightKind::Reply, host, you, "OK"),
                (FlightKind::Moved, host, you, "MOVED 12893 10.0.3.1:6379"),
            ] {
                let (sent, due) = (city.now - 10 * share, city.now + 10 * (100 - share));
                let id = flights.len() as u64;
                let label = label.into();
                flights.push(Flight {
                    id,
                    kind,
                    from,
                    to,
                    sent,
                    due,
                    held: false,
                    shard: None,
                    slot: None,
                    label,
                });
            }
        }
        city.flights = flights;
        city
    }

    /// What the words of messages may not hide: all that is written, the shops, you and your card.
    fn kept(scene: &Scene) -> Vec<Bounds> {
        let written = scene.labels().map(|label| label.bounds());
        let signs = scene.shops.iter().flat_map(|shop| art::shop::draw(shop)).filter_map(|shape| match shape {
            Shape::Text(label) => Some(label.bounds()),
            _ => None,
        });
        let walls = scene.shops.iter().filter(|shop| shop.size == Size::Full).map(|shop| shop.front);
        let switches = scene.racks.iter().map(|rack| rack.switch);
        written.chain(signs).chain(walls).chain(switches).chain([scene.square.own()]).collect()
    }

    #[test]
    fn words_hide_neither_what_is_written_nor_shops_nor_you_nor_each_other() {
        let cities = fixture::all().into_iter().chain([
            ("nine", fixture::large(9, 0, 3)),
            ("thirteen", fixture::large(13, 0, 3)),
            ("sixty", fixture::large(20, 2, 6)),
        ]);
        let (mut hidden, mut said) = (Vec::new(), 0);
        for (name, city) in cities {
            for share in [0, 10, 25, 50, 75, 90, 100] {
                let city = talking(city.clone(), share);
                for frame in frames() {
                    for skin in Skin::ALL {
                        let scene = Scene::of(&city, frame, &Look { skin, pin: Some(12_893), ..Look::default() });
                        let whole = Bounds::new(0, 0, frame.width, scene.height);
                        let mut kept = kept(&scene);
                        for (text, place) in scene.parcels.iter().filter_map(|parcel| parcel.label.as_ref()) {
                            said += 1;
                            if let Some(under) = kept.iter().find(|kept| kept.overlaps(place)) {
                                hidden.push(format!("{name} at {share} % in {frame:?}: {text} over {under:?}"));
                            }
                            assert!(whole.contains(place), "{name} at {share} % in {frame:?}: {place:?}");
                            kept.push(*place);
                        }
                    }
                }
            }
        }
        assert!(hidden.is_empty(), "{} of {said}\n{}", hidden.len(), hidden[..hidden.len().min(20)].join("\n"));
    }

    #[test]
    fn in_the_usual_city_a_lone_message_always_speaks() {
        let asks = |host, share: u64, answer: bool| {
            let mut city = talking(fixture::opening(), share);
            let shop = Place::Node(HostId(host));
            let kind = if answer { FlightKind::Reply } else { FlightKind::Request };
            city.flights.retain(|flight| (flight.from == shop || flight.to == shop) && flight.kind == kind);
            city
        };
        for (host, share, answer) in (0..6).flat_map(|host| {
            (0..=10).flat_map(move |tenth| [false, true].map(|answer| (host, 10 * tenth, answer)))
        }) {
            let city = asks(host, share, answer);
            for frame in frames() {
                let scene = Scene::of(&city, frame, &Look::default());
                let speaks = scene.parcels.len() == 1 && scene.parcels[0].label.is_some();
                assert!(speaks, "Shop {host} at {share} %, {answer}: {frame:?}");
            }
        }
    }

    #[test]
    fn words_of_messages_that_lie_at_one_place_keep_apart() {
        let mut city = talking(fixture::opening(), 40);
        let asks = city.flights[6].clone();
        city.flights = (0..4).map(|id| Flight { id, due: asks.due + 40 * id, ..asks.clone() }).collect();
        for frame in frames() {
            let scene = Scene::of(&city, frame, &Look::default());
            let pills: Vec<Bounds> = scene.parcels.iter().filter_map(|it| Some(it.label.as_ref()?.1)).collect();
            assert!((2..=4).contains(&pills.len()), "{pills:?} at {frame:?}");
            for (nth, pill) in pills.iter().enumerate() {
                assert!(!pills[nth + 1..].iter().any(|other| other.overlaps(pill)), "{pills:?} at {frame:?}");
            }
        }
    }
}
