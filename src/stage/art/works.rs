//! Road blocks, crates, and the strip's band where a slot moves.

use super::map::Hued;
use super::pattern::diagonals;
use crate::stage::shape::{Pen, Shape, circle, num, path, rect};
use crate::stage::shop::ShopView;
use crate::stage::text::Bounds;
use crate::stage::works::{Block, Road, Works, block_box};

/// A road block: the street that it closes in red, and across it a striped board on two legs; where only one way is
/// closed, a board with an arrow that comes to a stop.
pub fn block(block: &Block) -> Vec<Shape> {
    let place = block_box(block.at);
    let (x, y) = (place.left as f32, place.top as f32);
    let mut shapes: Vec<Shape> = block.way.iter().map(|way| path(way.clone(), "cut-way")).collect();
    if let Some((dx, dy)) = block.one_way {
        let (dx, dy) = (dx as f32, dy as f32);
        // Turned by hand: along the street, and across it.
        let point = |along: f32, across: f32| (along * dx - across * dy, along * dy + across * dx);
        let (wide, high) = if dy == 0.0 { (40.0, 18.0) } else { (18.0, 30.0) };
        shapes.push(rect(
            block.at.0 as f32 - wide / 2.0,
            block.at.1 as f32 - high / 2.0,
            wide,
            high,
            3.0,
            "barrier",
        ));
        let mut arrow = Pen::at(block.at.0 as f32, block.at.1 as f32, 1.0);
        for (from, to) in [
            ((-11.0, 0.0), (6.0, 0.0)),
            ((1.0, -5.0), (6.0, 0.0)),
            ((1.0, 5.0), (6.0, 0.0)),
            ((10.5, -6.0), (10.5, 6.0)),
        ] {
            let ((x1, y1), (x2, y2)) = (point(from.0, from.1), point(to.0, to.1));
            arrow = arrow.to(x1, y1).line(x2, y2);
        }
        shapes.push(arrow.shape("one-way"));
        return shapes;
    }
    board(x, y + 2.0, 1.0, &mut shapes);
    shapes
}

/// A striped board on two legs, 40 wide at full size.
fn board(x: f32, y: f32, scale: f32, shapes: &mut Vec<Shape>) {
    let s = scale;
    let leg = |at: f32| format!("M{} {}v{}", num(x + at * s), num(y + 14.0 * s), num(10.0 * s));
    let mut stripes = Pen::at(x, y, s);
    for index in 0..4 {
        let left = 2.0 + index as f32 * 10.0;
        stripes = stripes
            .to(left, 13.0)
            .line(left + 5.0, 1.0)
            .line(left + 10.0_f32.min(38.0 - left), 1.0)
            .line(left + 4.0, 13.0)
            .close();
    }
    shapes.extend([
        path(leg(8.0) + &leg(32.0), "barrier-legs"),
        rect(x, y, 40.0 * s, 14.0 * s, 2.0, "barrier"),
        stripes.shape("barrier-stripes"),
    ]);
}

/// The streets of a shop that is cut off, beside it: each with a board across.
pub(super) fn closed_streets(shop: &ShopView, shapes: &mut Vec<Shape>) {
    for street in shop.closed_streets() {
        let (width, height) = (street.width() as f32, street.height() as f32);
        shapes.push(rect(street.left as f32, street.top as f32, width, height, 2.0, "closed-street"));
        let scale = ((width - 2.0) / 40.0).min(1.0);
        let x = street.middle() as f32 - 20.0 * scale;
        board(x, street.middle_y() as f32 - 11.0 * scale, scale, shapes);
    }
}

/// A street of the shop that is looked at, and the stop at its end, as on a map of lines: to be pressed.
pub fn road(road: &Road) -> Vec<Shape> {
    let (x, y) = (road.sign.0 as f32, road.sign.1 as f32);
    vec![path(road.way.clone(), "own-road"), circle(x, y, 6.0, "road-sign")]
}

/// The streets that crates go along: under the shops, so that they end at their walls.
pub fn ways(works: &Works) -> Vec<Shape> {
    works.crates.iter().filter_map(|it| Some(path(it.carried.as_ref()?.1.clone(), "crate-way"))).collect()
}

/// Crates on their streets, in the hue they come from, and bands of the strip in the hue they go to.
pub fn moving(works: &Works) -> Vec<Hued> {
    let mut groups: Vec<Hued> = Vec::new();
    for carried in &works.crates {
        let Bounds { left, top, .. } = carried.band;
        let (width, height) = (carried.band.width() as f32, carried.band.height() as f32);
        let band = vec![
            rect(left as f32, top as f32, width, height, 0.0, "moving"),
            path(diagonals(carried.band, 6.0, true), "pattern"),
            path(format!("M{left} {}v{}", top - 3, num(height + 6.0)), "moving-edge"),
        ];
        groups.push((Some(carried.shards.1), band));
        if let Some(((x, y), _)) = &carried.carried {
            let (x, y) = (*x as f32, *y as f32);
            let lid = format!("M{} {}h18M{} {}v5", num(x - 9.0), num(y - 3.0), num(x), num(y - 8.0));
            groups.push((
                Some(carried.shards.0),
                vec![rect(x - 10.0, y - 8.0, 20.0, 16.0, 2.0, "crate"), path(lid, "crate-lid")],
            ));
        }
    }
    groups
}

/// The stretches of the strip about which a view is wrong.
pub fn disputed(places: &[Bounds]) -> Vec<Shape> {
    let boxed =
        |place: &Bounds| rect(place.left as f32, place.top as f32, place.width() as f32, 4.0, 2.0, "disputed");
    places.iter().map(boxed).collect()
}
