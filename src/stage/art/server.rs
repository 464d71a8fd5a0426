//! A machine in a rack: rails, a dark face with its number and its slots, its keys as a row of bars, and two lamps.

use super::shop::Front;
use crate::cluster::snapshot::NodeState;
use crate::stage::shape::{Pen, Shape, circle, rect};
use crate::stage::shop::{ShopView, Walls};
use crate::stage::size::Size;
use crate::stage::text::{Label, Tone, text_width};

/// From so many pixels on a face has room for its number and its slots.
pub(super) fn is_wide(shop: &ShopView) -> bool {
    shop.front.width() >= 96
}

/// The face of a machine.
#[inline(never)]
pub(super) fn face(shop: &ShopView, unlit: bool, front: &Front, shapes: &mut Vec<Shape>) {
    if shop.size == Size::Small {
        return small(shop, unlit, front, shapes);
    }
    rails(front, shapes);
    let wide = is_wide(shop);
    bars(shop, unlit, front.pen(if wide { 54.0 } else { 24.0 }, if wide { 46.0 } else { 18.0 }), shapes);
    dead(shop, front, shapes);
    if wide {
        number(shop, unlit, front, shapes);
    }
    for (up, class) in [72.0, 56.0].into_iter().zip(lamps(shop, unlit)) {
        let r = if class == "lamp bad" { 7.0 } else { 4.5 };
        let (x, y) = front.point(127.0, up);
        shapes.push(circle(x, y, r * front.unit(), class));
    }
}

/// The face of a small one: its number where there is room, its lamps in a row, its keys as bars.
fn small(shop: &ShopView, unlit: bool, front: &Front, shapes: &mut Vec<Shape>) {
    let name = plate_name(shop);
    let (wide, high) = (text_width(&name, 12, true) as f32 + 6.0, 17.0);
    let unit = front.unit();
    let (left, top) = front.point(16.0, 82.0);
    let lamps_wide = 3.0 * 8.0;
    let numbered = wide + lamps_wide <= 118.0 * unit && high + 8.0 <= 82.0 * unit;
    // Bars only where they have room beside what is read first.
    if !numbered || 82.0 * unit >= high + 14.0 + 31.0 * unit {
        bars(shop, unlit, front.pen(22.0, 14.0), shapes);
    }
    dead(shop, front, shapes);
    if numbered {
        shapes.push(rect(left, top, wide, high, 3.0, if unlit { "door out" } else { "door" }));
        let tone = if unlit { Tone::OnLost } else { Tone::OnShard };
        let label = Label::caption(name, (left + wide / 2.0) as i32, top as i32 + 13, 12);
        shapes.push(Shape::Text(label.tone(tone).bold()));
    }
    let y = top + if numbered { high / 2.0 } else { 4.0 };
    for (nth, class) in (0_i16..).zip(lamps(shop, unlit)) {
        let r = if class == "lamp bad" { 4.5 } else { 3.0 };
        shapes.push(circle(front.point(132.0, 0.0).0 - 4.0 - 9.0 * f32::from(nth), y, r, class));
    }
}

/// A key is a bar; more than ten fill them further.
fn bars(shop: &ShopView, unlit: bool, mut pen: Pen, shapes: &mut Vec<Shape>) {
    for index in 0..10 {
        let keys = i32::from(shop.goods) - index;
        let tall = match keys {
            _ if unlit => 3.0,
            ..=0 => 3.0,
            1..=10 => [20.0, 15.0, 24.0, 18.0, 28.0, 21.0, 16.0][index as usize % 7],
            _ => 31.0,
        };
        let x = index as f32 * 5.8;
        pen = pen.to(x, 0.0).line(x + 4.0, 0.0).line(x + 4.0, -tall).line(x, -tall).close();
    }
    shapes.push(pen.shape(if unlit { "bars out" } else { "bars" }));
}

/// Power, and service.
fn lamps(shop: &ShopView, unlit: bool) -> [&'static str; 2] {
    match (unlit, shop.state) {
        (true, _) => ["lamp out", "lamp bad"],
        (_, NodeState::Ok) if shop.marks.barred => ["lamp", "lamp doubt"],
        (_, NodeState::Ok) => ["lamp", "lamp"],
        _ if shop.marks.islands && !shop.marks.barred => ["lamp", "lamp"],
        _ => ["lamp", "lamp doubt"],
    }
}

/// A screen that has failed is crossed out; one whose process was killed is cracked. Both carry to the back of a room.
fn dead(shop: &ShopView, front: &Front, shapes: &mut Vec<Shape>) {
    let pen = front.pen(0.0, 0.0);
    if shop.walls == Walls::Charred {
        let cross = pen.to(24.0, -76.0).line(126.0, -12.0).to(126.0, -76.0).line(24.0, -12.0);
        shapes.push(cross.shape("dead-cross"));
        if is_wide(shop) && shop.size == Size::Full {
            word(shop, front, shapes);
        }
    } else if shop.marks.fire {
        let crack = pen.to(62.0, -86.0).line(74.0, -62.0).line(60.0, -48.0).line(80.0, -30.0).line(68.0, 0.0);
        let branch = crack.to(74.0, -62.0).line(96.0, -70.0);
        shapes.push(branch.to(80.0, -30.0).line(112.0, -20.0).shape("crack"));
    }
}

/// The word that says so, where its slots stood.
fn word(shop: &ShopView, front: &Front, shapes: &mut Vec<Shape>) {
    let wide = text_width("FAIL", 14, true) as f32 + 16.0;
    let (x, y) = front.point(75.0, 28.0);
    shapes.push(rect(x - wide / 2.0, y - 10.0, wide, 20.0, 4.0, "dead-word"));
    let label = Label::caption("FAIL", shop.front.middle(), y as i32 + 5, 14);
    shapes.push(Shape::Text(label.tone(Tone::Inverse).bold()));
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

fn plate_name(shop: &ShopView) -> String {
    format!("{}{}", if shop.master { 'M' } else { 'R' }, shop.shard)
}

/// Its number on a plate in its hue, as on the racks of a data centre, and what it serves, or how far it is behind.
fn number(shop: &ShopView, unlit: bool, front: &Front, shapes: &mut Vec<Shape>) {
    shapes.push(front.rect(18.0, 78.0, 30.0, 32.0, 3.0, if unlit { "door out" } else { "door" }));
    let (x, y) = front.point(33.0, 62.0);
    let name = Label::caption(plate_name(shop), x as i32, y as i32 + 4, 12);
    shapes.push(Shape::Text(name.tone(if unlit { Tone::OnLost } else { Tone::OnShard }).bold()));
    let (x, y) = front.point(20.0, 24.0);
    let room = front.point(132.0, 0.0).0 - x;
    if shop.walls != Walls::Charred && text_width(&shop.plate, 12, false) < room as i32 {
        let text = Label::caption(shop.plate.clone(), x as i32, y as i32, 12);
        shapes.push(Shape::Text(text.tone(Tone::OnLost).anchor(crate::stage::text::Anchor::Start)));
    }
}
