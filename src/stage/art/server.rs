//! A machine in a rack: a dark face with its keys as a row of bars, and two lamps.

use super::shop::Front;
use crate::cluster::snapshot::NodeState;
use crate::stage::shape::{Shape, circle};
use crate::stage::shop::ShopView;

/// The face of a machine.
pub(super) fn face(shop: &ShopView, unlit: bool, front: &Front, shapes: &mut Vec<Shape>) {
    let mut bars = front.pen(24.0, 18.0);
    for index in 0..14 {
        let tall = if index < i32::from(shop.goods) && !unlit {
            [30.0, 22.0, 38.0, 26.0, 44.0, 32.0, 24.0][index as usize % 7]
        } else {
            3.0
        };
        let x = index as f32 * 5.6;
        bars = bars.to(x, 0.0).line(x + 3.8, 0.0).line(x + 3.8, -tall).line(x, -tall).close();
    }
    shapes.push(bars.shape(if unlit { "bars out" } else { "bars" }));
    let (power, service) = match (unlit, shop.state) {
        (true, _) => ("lamp out", "lamp bad"),
        (_, NodeState::Ok) if shop.marks.barred => ("lamp", "lamp doubt"),
        (_, NodeState::Ok) => ("lamp", "lamp"),
        _ => ("lamp", "lamp doubt"),
    };
    for (up, class) in [(62.0, power), (44.0, service)] {
        let (x, y) = front.point(122.0, up);
        shapes.push(circle(x, y, 5.0 * front.unit(), class));
    }
}
