//! A branch library: a pediment with its name, columns, and its keys as books on the shelves between them.

use super::shop::Front;
use crate::stage::shape::Shape;
use crate::stage::shop::{ShopView, Walls};

/// The middles of the four columns, in units.
const COLUMNS: [f32; 4] = [21.0, 57.0, 93.0, 129.0];
/// The left edges of the three bays between them, and how wide those are.
const BAYS: ([f32; 3], f32) = ([28.0, 64.0, 100.0], 22.0);
/// The heights of the shelves over the ground.
const SHELVES: [f32; 3] = [56.0, 34.0, 12.0];
/// From so many pixels on a name has room in a pediment.
const WIDE: i32 = 100;

/// The pediment: the name stands in it, where there is room, and else on a beam under it. A backup's is white.
#[inline(never)]
pub(super) fn roof(shop: &ShopView, front: &Front, shapes: &mut Vec<Shape>) {
    let class = match (shop.master, shop.walls) {
        (_, Walls::Charred) => "sign burnt",
        (true, _) => "sign",
        (false, _) => "sign white",
    };
    let top = front.over();
    let eaves = if shop.front.width() >= WIDE { 86.0 } else { top };
    let half = if shop.front.width() >= WIDE { 79.0 } else { 69.0 };
    let slope = front.pen(75.0, eaves).to(-half, 0.0).line(0.0, eaves - top - 20.0).line(half, 0.0).close();
    shapes.push(slope.shape(class));
}

/// Whether the name stands in the pediment itself.
pub(super) fn is_named_above(shop: &ShopView) -> bool {
    shop.front.width() >= WIDE
}

/// Columns, arched bays and shelves, or what a fire has left of them.
#[inline(never)]
pub(super) fn hall(shop: &ShopView, unlit: bool, front: &Front, shapes: &mut Vec<Shape>) {
    let (lefts, wide) = BAYS;
    let mut bays = front.pen(0.0, 9.0);
    for left in lefts {
        let arch = ((left, -66.0), (left + wide, -66.0), (left + wide, -58.0));
        bays = bays.to(left, 0.0).line(left, -58.0).cubic(arch.0, arch.1, arch.2).line(left + wide, 0.0).close();
    }
    shapes.push(bays.shape(if unlit { "window out" } else { "window" }));
    if !unlit {
        let mut boards = front.pen(0.0, 0.0);
        for up in SHELVES {
            for left in lefts {
                boards = boards.to(left, -up).line(left + wide, -up);
            }
        }
        shapes.push(boards.shape("shelf"));
        for index in 0..i32::from(shop.goods) {
            let (bay, nth) = (index % 3, index / 3);
            let (shelf, place) = ((nth % 3) as usize, nth / 3);
            let x = lefts[bay as usize] + 2.0 + place as f32 * 9.0 + bay as f32;
            let tall = [15.0, 12.5, 14.0, 13.0][((index + nth) % 4) as usize];
            let class = ["goods", "goods deep", "goods pale"][(index * 2 % 3) as usize];
            shapes.push(front.rect(x, SHELVES[shelf] + tall, 6.4, tall, 0.6, class));
        }
    }
    let (stone, base) = if unlit { ("door out", "door out") } else { ("column", "door") };
    let mut caps = front.pen(0.0, 0.0);
    for middle in COLUMNS {
        shapes.push(front.rect(middle - 4.5, 84.0, 9.0, 76.0, 1.0, stone));
        for up in [86.0, 12.0] {
            caps = caps.to(middle - 7.0, -up).line(middle + 7.0, -up).line(middle + 7.0, 4.0 - up);
            caps = caps.line(middle - 7.0, 4.0 - up).close();
        }
    }
    shapes.push(caps.shape(stone));
    shapes.push(front.rect(6.0, 8.0, 138.0, 4.0, 0.5, stone));
    shapes.push(front.rect(0.0, 4.0, 150.0, 4.0, 0.5, base));
}
