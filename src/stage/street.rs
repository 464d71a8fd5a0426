//! Streets: the ways of everything that travels off the replication lanes.
//!
//! A street leaves a shop at its side, runs in the gutters between the shops, in the corridor between two
//! rows or on the road, and so never crosses a storefront or its captions. Both directions keep apart.

use super::lane::Way;
use super::layout::{Cell, Layout};
use super::size::Size;
use super::text::Bounds;
use crate::cluster::id::Place;

/// How far the two directions of a street keep from its middle.
const APART: i32 = 4;
/// The least space between a shop's side and its gutter.
const LEAST: i32 = 6;

/// Where customers stand: `home` is the middle of your head.
pub type Home = (i32, i32);

/// The way between two places.
pub fn street(layout: &Layout, from: Place, to: Place, home: Home) -> Option<Way> {
    if layout.measures.size != Size::Full {
        return Some(Way(vec![door(layout, from, home)?, door(layout, to, home)?]));
    }
    let points = match (from, to) {
        (Place::Node(from), Place::Node(to)) => between(layout, layout.cell(from)?, layout.cell(to)?),
        (Place::Client(_) | Place::Outside | Place::Operator, Place::Node(to)) => {
            to_shop(layout, layout.cell(to)?, home, -APART)
        }
        (Place::Node(from), Place::Client(_) | Place::Outside | Place::Operator) => {
            let mut points = to_shop(layout, layout.cell(from)?, home, APART);
            points.reverse();
            points
        }
        (
            Place::Client(_) | Place::Outside | Place::Operator,
            Place::Client(_) | Place::Outside | Place::Operator,
        ) => vec![home, home],
    };
    Some(Way(points))
}

/// Where small shops, which have no room for streets between them, send from and receive.
fn door(layout: &Layout, place: Place, home: Home) -> Option<(i32, i32)> {
    match place {
        // At the foot of the walls: the sign above stays readable while something waits here.
        Place::Node(host) => layout.cell(host).map(|cell| (cell.shop.middle(), cell.shop.bottom - 12)),
        _ => Some(home),
    }
}

/// A side of a shop: where a street leaves it, and the gutter beside it.
#[derive(Clone, Copy)]
struct Side {
    door: (i32, i32),
    gutter: i32,
}

/// The height at which streets leave a shop: so far under the sign, a backup's too, that what waits there does not hide it,
/// and above what stands beside the door.
pub(super) fn door_height(top: i32, bottom: i32) -> i32 {
    top + (bottom - top) / 2
}

/// The right or the left side of a shop.
fn side(layout: &Layout, cell: &Cell, right: bool) -> Side {
    let shop = cell.shop;
    let y = door_height(shop.top, shop.bottom);
    // Walls stand back from the awning's ends, and a backup's more so.
    let inset = shop.width() * 8 / 100;
    let row = || layout.cells.iter().map(|other| other.shop).filter(|other| same_row(other, &shop));
    let frame = layout.frame.width;
    if right {
        let next = row().map(|other| other.left).filter(|left| *left > shop.right).min();
        let edge = next.unwrap_or(frame);
        Side { door: (shop.right - inset, y), gutter: ((shop.right + edge) / 2).max(shop.right + LEAST) }
    } else {
        let before = row().map(|other| other.right).filter(|right| *right < shop.left).max();
        let edge = before.unwrap_or(0);
        Side { door: (shop.left + inset, y), gutter: ((shop.left + edge) / 2).min(shop.left - LEAST) }
    }
}

fn same_row(one: &Bounds, other: &Bounds) -> bool {
    one.top < other.bottom && other.top < one.bottom
}

/// From shop to shop.
fn between(layout: &Layout, from: &Cell, to: &Cell) -> Vec<(i32, i32)> {
    let (ahead, middle) = (from.shop.middle() < to.shop.middle(), from.shop.middle() == to.shop.middle());
    let down = from.shop.top < to.shop.top;
    // One above the other: down on the left side, up on the right.
    let (start, end) = if middle {
        (side(layout, from, !down), side(layout, to, !down))
    } else {
        (side(layout, from, ahead), side(layout, to, !ahead))
    };
    let lift = if ahead || (middle && down) { -APART } else { APART };
    let (a, b) = ((start.door.0, start.door.1 + lift), (end.door.0, end.door.1 + lift));
    let (out, into) = (start.gutter + lift, end.gutter + lift);
    if out == into {
        return vec![a, (out, a.1), (out, b.1), b];
    }
    let y = corridor(layout, from, to) + lift;
    vec![a, (out, a.1), (out, y), (into, y), (into, b.1), b]
}

/// The height of the corridor that leads from one row to another: right above the lower one, or, within a
/// row, above it if it is not the first.
fn corridor(layout: &Layout, from: &Cell, to: &Cell) -> i32 {
    let measures = &layout.measures;
    let lower = if from.shop.top >= to.shop.top { from } else { to };
    if lower.row > 0 {
        return lower.shop.top - 19;
    }
    lower.shop.bottom + measures.captions() + measures.lanes - 6
}

/// From you to a shop: up to the road, along it, and up the gutter to the shop's nearer side.
fn to_shop(layout: &Layout, cell: &Cell, home: Home, lift: i32) -> Vec<(i32, i32)> {
    let end = side(layout, cell, cell.shop.middle() <= home.0);
    let road = layout.road.middle_y() + lift;
    let gutter = end.gutter + lift;
    let door = (end.door.0, end.door.1 + lift);
    vec![(home.0 + lift, home.1 - 12), (home.0 + lift, road), (gutter, road), (gutter, door.1), door]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::{ClientId, HostId};
    use crate::stage::fixture;
    use crate::stage::frame::Frame;
    use crate::stage::scene::{Look, Scene};

    /// Every place that sends or receives, at one window size, with the points of the ways between them.
    fn each_street(mut check: impl FnMut(&str, &Layout, &Scene, (Place, Place), &[(i32, i32)])) {
        for (window, width) in
            [((1440, 900), 1092), ((1440, 900), 796), ((900, 700), 552), ((720, 480), 720), ((390, 844), 390)]
        {
            let city = fixture::opening();
            let frame = Frame::of_page(window, width);
            let layout = Layout::of(&city, frame, None);
            let scene = Scene::of(&city, frame, &Look::default());
            let nodes = (0..6).map(|host| Place::Node(HostId(host)));
            let places: Vec<Place> = nodes.chain([Place::Client(ClientId(0))]).collect();
            for from in &places {
                for to in places.iter().filter(|to| *to != from) {
                    let Some(Way(points)) = street(&layout, *from, *to, scene.square.home) else {
                        panic!("no street from {from:?} to {to:?}");
                    };
                    let name = format!("{from:?} to {to:?} in {width}");
                    check(&name, &layout, &scene, (*from, *to), &points);
                }
            }
        }
    }

    /// The box of a leg, a hair wide.
    fn leg(one: (i32, i32), other: (i32, i32)) -> Bounds {
        let (left, right) = (one.0.min(other.0), one.0.max(other.0));
        let (top, bottom) = (one.1.min(other.1), one.1.max(other.1));
        Bounds { left, top, right: right + 1, bottom: bottom + 1 }
    }

    #[test]
    fn streets_cross_no_storefront_and_no_caption() {
        let mut crossed = Vec::new();
        each_street(|name, layout, scene, _, points| {
            for pair in points.windows(2) {
                let leg = leg(pair[0], pair[1]);
                let inner = |shop: Bounds| {
                    let inset = shop.width() / 12;
                    Bounds { left: shop.left + inset + 1, right: shop.right - inset - 1, ..shop }
                };
                let shops = layout.cells.iter().map(|cell| inner(cell.shop));
                let captions = scene.shops.iter().flat_map(|shop| &shop.captions).map(|label| label.bounds());
                if let Some(over) = shops.chain(captions).find(|place| place.overlaps(&leg)) {
                    crossed.push(format!("{name}: {leg:?} crosses {over:?}"));
                }
            }
        });
        assert!(crossed.is_empty(), "{}", crossed.join("\n"));
    }

    #[test]
    fn streets_stay_in_the_frame_and_end_at_the_shops_sides() {
        each_street(|name, layout, scene, ends, points| {
            let inside =
                |(x, y): &(i32, i32)| (0..=scene.frame.width).contains(x) && (0..=scene.height).contains(y);
            assert!(points.iter().all(inside), "{name}: {points:?}");
            for (place, point) in [(ends.0, points.first()), (ends.1, points.last())] {
                if let (Place::Node(host), Some((x, y))) = (place, point) {
                    let shop = layout.cell(host).map(|cell| cell.shop).unwrap();
                    assert!((x - shop.left).min(shop.right - x) < shop.width() / 6, "{name}: {x} of {shop:?}");
                    assert!((shop.top..shop.bottom).contains(y), "{name}");
                }
            }
        });
    }

    #[test]
    fn there_and_back_keep_apart() {
        let city = fixture::opening();
        let layout = Layout::of(&city, Frame::of_page((1440, 900), 1092), None);
        let (a, b) = (Place::Node(HostId(0)), Place::Node(HostId(4)));
        let there = street(&layout, a, b, (0, 0)).map(|way| way.data());
        let Some(Way(mut back)) = street(&layout, b, a, (0, 0)) else { panic!("a street") };
        back.reverse();
        assert_ne!(there, Some(Way(back).data()));
    }
}
