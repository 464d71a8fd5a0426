//! Road blocks, crates, and the strip's band where a slot moves.

use super::map::Hued;
use super::pattern::diagonals;
use crate::stage::shape::{Pen, Shape, circle, num, path, rect};
use crate::stage::text::Bounds;
use crate::stage::works::{Block, Road, Works, block_box};

/// A road block: a striped board on two legs, across the street.
pub fn block(block: &Block) -> Vec<Shape> {
    let place = block_box(block.at);
    let (x, y) = (place.left as f32, place.top as f32);
    let legs = format!("M{} {}v10M{} {}v10", num(x + 8.0), num(y + 16.0), num(x + 32.0), num(y + 16.0));
    let mut stripes = Pen::at(x, y + 2.0, 1.0);
    for index in 0..4 {
        let left = 2.0 + index as f32 * 10.0;
        stripes = stripes
            .to(left, 13.0)
            .line(left + 5.0, 1.0)
            .line(left + 10.0_f32.min(38.0 - left), 1.0)
            .line(left + 4.0, 13.0)
            .close();
    }
    vec![
        path(legs, "barrier-legs"),
        rect(x, y + 2.0, 40.0, 14.0, 2.0, "barrier"),
        stripes.shape("barrier-stripes"),
    ]
}

/// A street of the shop that is looked at, and the sign at its end.
pub fn road(road: &Road) -> Vec<Shape> {
    let (x, y) = (road.sign.0 as f32, road.sign.1 as f32);
    vec![path(road.way.clone(), "own-road"), circle(x, y, 6.0, "road-sign")]
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
        if let Some(((x, y), way)) = &carried.carried {
            let (x, y) = (*x as f32, *y as f32);
            let lid = format!("M{} {}h18M{} {}v5", num(x - 9.0), num(y - 3.0), num(x), num(y - 8.0));
            groups.push((
                Some(carried.shards.0),
                vec![
                    path(way.clone(), "crate-way"),
                    rect(x - 10.0, y - 8.0, 20.0, 16.0, 2.0, "crate"),
                    path(lid, "crate-lid"),
                ],
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
