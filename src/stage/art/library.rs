//! A branch library: a pediment over the sign, columns, and its keys as books on the shelves between them.

use super::shop::Front;
use crate::stage::shape::Shape;
use crate::stage::shop::{ShopView, Walls};

/// The middles of the four columns, in units.
const COLUMNS: [f32; 4] = [21.0, 57.0, 93.0, 129.0];

/// The pediment over the sign; a backup's is white.
pub(super) fn roof(shop: &ShopView, front: &Front, shapes: &mut Vec<Shape>) {
    let class = match (shop.master, shop.walls) {
        (_, Walls::Charred) => "sign burnt",
        (true, _) => "sign",
        (false, _) => "sign white",
    };
    let top = front.over();
    shapes.push(front.pen(0.0, top).to(6.0, 0.0).line(75.0, -20.0).line(144.0, 0.0).close().shape(class));
}

/// Columns and shelves, or what a fire has left of them.
pub(super) fn hall(shop: &ShopView, unlit: bool, front: &Front, shapes: &mut Vec<Shape>) {
    if !unlit {
        shapes.push(front.rect(17.0, 80.0, 116.0, 75.0, 0.0, "window"));
        for index in 0..i32::from(shop.goods) {
            let (shelf, place) = (index % 3, index / 3);
            let x = 29.0 + shelf as f32 * 36.0 + place as f32 * 4.6;
            let tall = [17.0, 14.0, 16.0, 15.0, 17.0][((place + shelf * 2) % 5) as usize];
            shapes.push(front.rect(x, 30.0 + tall, 4.0, tall, 0.6, "goods"));
        }
        let mut shelves = front.pen(0.0, 29.0);
        for left in [27.0, 63.0, 99.0] {
            shelves = shelves.to(left, 0.0).line(left + 24.0, 0.0);
        }
        shapes.push(shelves.shape("shelf"));
    }
    for middle in COLUMNS {
        let class = if unlit { "door out" } else { "column" };
        shapes.push(front.rect(middle - 5.0, 86.0, 10.0, 86.0, 1.0, class));
    }
    shapes.push(front.rect(4.0, 5.0, 142.0, 5.0, 1.0, if unlit { "door out" } else { "door" }));
}
