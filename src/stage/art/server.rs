//! A machine in a rack: rails, a dark face with its number and its slots, its keys as a row of bars, and two lamps.

use super::shop::Front;
use crate::cluster::snapshot::NodeState;
use crate::stage::shape::{Shape, circle};
use crate::stage::shop::ShopView;
use crate::stage::text::{Label, Tone, text_width};

/// From this width on a machine has room for its number and for what it serves.
pub(super) const NUMBERED: i32 = 96;

/// The face of a machine.
#[inline(never)]
pub(super) fn face(shop: &ShopView, unlit: bool, front: &Front, shapes: &mut Vec<Shape>) {
    rails(front, shapes);
    let wide = shop.front.width() >= NUMBERED;
    let (left, floor) = if wide { (54.0, 46.0) } else { (24.0, 18.0) };
    if wide {
        number(shop, unlit, front, shapes);
    }
    let mut bars = front.pen(left, floor);
    for index in 0..10 {
        // A key is a bar; more than ten fill them further.
        let keys = i32::from(shop.goods) - index;
        let tall = match keys {
            _ if unlit => 3.0,
            ..=0 => 3.0,
            1..=10 => [20.0, 15.0, 24.0, 18.0, 28.0, 21.0, 16.0][index as usize % 7],
            _ => 31.0,
        };
        let x = index as f32 * 5.8;
        bars = bars.to(x, 0.0).line(x + 4.0, 0.0).line(x + 4.0, -tall).line(x, -tall).close();
    }
    shapes.push(bars.shape(if unlit { "bars out" } else { "bars" }));
    let (power, service) = match (unlit, shop.state) {
        (true, _) => ("lamp out", "lamp bad"),
        (_, NodeState::Ok) if shop.marks.barred => ("lamp", "lamp doubt"),
        (_, NodeState::Ok) => ("lamp", "lamp"),
        _ if shop.marks.islands && !shop.marks.barred => ("lamp", "lamp"),
        _ => ("lamp", "lamp doubt"),
    };
    for (up, class) in [(72.0, power), (56.0, service)] {
        let (x, y) = front.point(127.0, up);
        shapes.push(circle(x, y, 4.5 * front.unit(), class));
    }
}

/// What it is mounted in, with its screws, and the slits that it breathes through.
fn rails(front: &Front, shapes: &mut Vec<Shape>) {
    let mut screws = front.pen(0.0, 0.0);
    for x in [1.0, 139.0] {
        shapes.push(front.rect(x, 88.0, 10.0, 88.0, 1.5, "rail"));
        for up in [78.0, 44.0, 10.0] {
            screws = screws.to(x + 3.0, -up).line(x + 7.0, -up);
        }
    }
    let mut slits = front.pen(0.0, 0.0);
    for nth in 0..12 {
        let x = 20.0 + nth as f32 * 9.5;
        slits = slits.to(x, -5.0).line(x + 6.0, -5.0);
    }
    shapes.push(screws.shape("screw"));
    shapes.push(slits.shape("screw"));
}

/// Its number on a plate in its hue, as on the racks of a data centre, and what it serves, or how far it is behind.
fn number(shop: &ShopView, unlit: bool, front: &Front, shapes: &mut Vec<Shape>) {
    shapes.push(front.rect(18.0, 78.0, 30.0, 32.0, 3.0, if unlit { "door out" } else { "door" }));
    let (x, y) = front.point(33.0, 62.0);
    let letter = if shop.master { 'M' } else { 'R' };
    let name = Label::caption(format!("{letter}{}", shop.shard), x as i32, y as i32 + 4, 12);
    shapes.push(Shape::Text(name.tone(if unlit { Tone::OnLost } else { Tone::OnShard }).bold()));
    let (x, y) = front.point(20.0, 24.0);
    let room = front.point(132.0, 0.0).0 - x;
    if text_width(&shop.plate, 12, false) < room as i32 {
        let text = Label::caption(shop.plate.clone(), x as i32, y as i32, 12);
        shapes.push(Shape::Text(text.tone(Tone::OnLost).anchor(crate::stage::text::Anchor::Start)));
    }
}
