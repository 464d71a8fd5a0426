//! A storefront: awning, sign, window, door, and the marks of its state. The other skins share its sign and its marks.

use crate::stage::layout::sign_height;
use crate::stage::shape::{Pen, Shape, circle, num, path, rect};
use crate::stage::shop::{ShopView, Walls};
use crate::stage::size::Size;
use crate::stage::skin::Skin;
use crate::stage::text::{Bounds, Label, Tone, text_width};

use super::pattern::diagonals;
use super::{library, mark, server, small, works};

/// Cosine and sine of a fiftieth of a turn.
const STEP: (f32, f32) = (0.992_114_7, 0.125_333_23);
/// Stripes of an awning.
const STRIPES: i32 = 8;

/// The measures of one storefront, all from its box.
pub(super) struct Front {
    /// Units: a storefront is 150 of them wide.
    unit: f32,
    x: f32,
    top: f32,
    sign: f32,
    bottom: f32,
}

impl Front {
    fn of(front: Bounds) -> Self {
        Self {
            unit: front.width() as f32 / 150.0,
            x: front.left as f32,
            top: front.top as f32,
            sign: sign_height(front.width()) as f32,
            bottom: front.bottom as f32,
        }
    }

    /// A rectangle in units, its y counted up from the ground.
    pub(super) fn rect(&self, x: f32, up: f32, w: f32, h: f32, r: f32, class: &'static str) -> Shape {
        let u = self.unit;
        rect(self.x + x * u, self.bottom - up * u, w * u, h * u, r * u, class)
    }

    /// A pen whose origin is at (`x`, `up`) in units.
    pub(super) fn pen(&self, x: f32, up: f32) -> Pen {
        let (x, y) = self.point(x, up);
        Pen::at(x, y, self.unit)
    }

    /// A point in units.
    pub(super) fn point(&self, x: f32, up: f32) -> (f32, f32) {
        (self.x + x * self.unit, self.bottom - up * self.unit)
    }

    /// The sign's upper edge, in units over the ground.
    pub(super) fn over(&self) -> f32 {
        (self.bottom - self.top) / self.unit
    }

    /// How many pixels a unit has.
    pub(super) fn unit(&self) -> f32 {
        self.unit
    }
}

/// The shapes of a shop, without its captions.
pub fn draw(shop: &ShopView) -> Vec<Shape> {
    let front = Front::of(shop.front);
    let mut shapes = Vec::new();
    if shop.size == Size::Small {
        small::draw(shop, &front, &mut shapes);
        return shapes;
    }
    shapes.push(front.rect(0.0, 3.0, 150.0, 8.0, 4.0, "shadow"));
    body(shop, &front, &mut shapes);
    match shop.skin {
        Skin::Shops if shop.walls != Walls::Charred => awning(&front, &mut shapes),
        Skin::Library => library::roof(shop, &front, &mut shapes),
        _ => {}
    }
    sign(shop, &front, &mut shapes);
    if shop.marks.apart {
        works::closed_streets(shop, &mut shapes);
    }
    if shop.marks.frost && shop.skin != Skin::Servers {
        frost(shop, &mut shapes);
    }
    if shop.marks.fire && shop.skin != Skin::Servers {
        flames(&front, shop.walls == Walls::Charred, &mut shapes);
    }
    badges(shop, &front, &mut shapes);
    shapes
}

pub(super) fn walls(shop: &ShopView) -> &'static str {
    let server = shop.skin == Skin::Servers;
    match (shop.walls, server) {
        (Walls::Solid, false) => "walls",
        (Walls::Dashed, false) => "walls dashed",
        (Walls::Dotted, false) => "walls dotted",
        (Walls::Suspect, false) => "walls suspect",
        (Walls::Charred, false) => "walls charred",
        (Walls::Solid, true) => "walls face",
        (Walls::Dashed, true) => "walls face dashed",
        (Walls::Dotted, true) => "walls face dotted",
        (Walls::Suspect, true) => "walls face suspect",
        (Walls::Charred, true) => "walls face lost",
    }
}

fn body(shop: &ShopView, front: &Front, shapes: &mut Vec<Shape>) {
    let unlit = shop.marks.dark || shop.marks.fire || shop.walls == Walls::Charred;
    shapes.push(front.rect(11.0, 86.0, 128.0, 86.0, 0.0, walls(shop)));
    // What a machine's face says stays readable over it.
    if shop.marks.frost && shop.skin == Skin::Servers {
        frost(shop, shapes);
    }
    match shop.skin {
        Skin::Shops => inside(shop, unlit, front, shapes),
        Skin::Library => library::hall(shop, unlit, front, shapes),
        Skin::Servers => server::face(shop, unlit, front, shapes),
    }
    if shop.marks.barred {
        // Over the door; a machine's slots stand there.
        let (x, up) =
            if shop.skin == Skin::Servers && server::is_wide(shop) { (67.0, 77.0) } else { (99.0, 40.0) };
        shapes
            .push(front.pen(x, up).to(0.0, 30.0).line(33.0, 0.0).to(0.0, 0.0).line(33.0, 30.0).shape("bar-mark"));
    }
    if let Some(share) = shop.bar {
        shapes.push(front.rect(20.0, 7.0, 72.0, 5.0, 2.5, "bar-track"));
        if share > 0 {
            shapes.push(front.rect(20.0, 7.0, 72.0 * f32::from(share) / 100.0, 5.0, 2.5, "bar-fill"));
        }
    }
}

/// A shop's window and its door.
fn inside(shop: &ShopView, unlit: bool, front: &Front, shapes: &mut Vec<Shape>) {
    shapes.push(front.rect(20.0, 49.0, 72.0, 38.0, 2.0, if unlit { "window out" } else { "window" }));
    if !unlit {
        goods(shop.goods, front, shapes);
    }
    let door = match (unlit, shop.master) {
        (true, _) => "door out",
        (false, true) => "door",
        (false, false) => "door pale",
    };
    shapes.push(front.rect(102.0, 48.0, 27.0, 47.0, 2.0, door));
    if !shop.marks.barred {
        let u = front.unit;
        shapes.push(circle(front.x + 123.0 * u, front.bottom - 22.0 * u, 1.8 * u, "knob"));
    }
}

/// One good a key, up to two full shelves.
fn goods(count: u8, front: &Front, shapes: &mut Vec<Shape>) {
    for index in 0..i32::from(count) {
        let (column, shelf) = (index % 7, index / 7);
        let x = 25.0 + column as f32 * 9.2;
        let tall = [11.0, 9.0, 11.0, 10.0, 8.0, 11.0, 9.5][((column + shelf * 3) % 7) as usize];
        let floor = 45.0 - 15.0 - shelf as f32 * 15.5;
        shapes.push(front.rect(x, floor + tall, 6.6, tall, 1.0, "goods"));
    }
}

fn awning(front: &Front, shapes: &mut Vec<Shape>) {
    let width = 138.0 / STRIPES as f32;
    for index in 0..STRIPES {
        let class = if index % 2 == 0 { "stripe" } else { "stripe pale" };
        let pen = front.pen(6.0 + index as f32 * width, 86.0);
        let stripe = pen
            .to(0.0, 0.0)
            .line(width, 0.0)
            .line(width, 17.0)
            .cubic((width, 27.0), (0.0, 27.0), (0.0, 17.0))
            .close();
        shapes.push(stripe.shape(class));
    }
}

pub(super) fn sign(shop: &ShopView, front: &Front, shapes: &mut Vec<Shape>) {
    let class = match (shop.master, shop.walls) {
        (_, Walls::Charred) => "sign burnt",
        (true, _) => "sign",
        (false, _) => "sign white",
    };
    let u = front.unit;
    if shop.skin != Skin::Library || shop.size == Size::Small || !library::is_named_above(shop) {
        let text = if shop.size == Size::Small { text_width(&shop.sign, 12, true) + 4 } else { 0 };
        let width = (142.0 * u).max(text as f32);
        shapes.push(rect(front.x + (150.0 * u - width) / 2.0, front.top, width, front.sign, 3.0, class));
    }
    if shop.marks.dark {
        veil(shop, front, shapes);
    }
    let wide = text_width(&shop.sign, 14, true) + 16 <= shop.front.width();
    let size = if shop.front.width() >= 120 && wide { 14 } else { 12 };
    let tone = match (shop.master, shop.walls) {
        _ if shop.marks.dark => Tone::OnLost,
        (_, Walls::Charred) => Tone::Ink,
        (true, _) => Tone::OnShard,
        (false, _) => Tone::Shard,
    };
    let baseline = front.top as i32 + (front.sign as i32 + size * 7 / 10) / 2;
    let text = Label::caption(shop.sign.clone(), shop.front.middle(), baseline, size).tone(tone).bold();
    shapes.push(Shape::Text(text));
}

/// The night of a rack without power lies over all of a shop, up to a roof's ridge; its name is written on it.
fn veil(shop: &ShopView, front: &Front, shapes: &mut Vec<Shape>) {
    let roof = if shop.skin == Skin::Library && shop.size == Size::Full { 24.0 } else { 2.0 };
    let top = front.over() + roof;
    shapes.push(front.rect(-6.0, top, 162.0, top + 6.0, 0.0, "veil"));
}

pub(super) fn frost(shop: &ShopView, shapes: &mut Vec<Shape>) {
    let front = shop.front;
    let top = front.top + sign_height(front.width());
    let inset = front.width() * 11 / 150;
    let place = Bounds { left: front.left + inset, top, right: front.right - inset, bottom: front.bottom };
    shapes.push(path(diagonals(place, 9.0, false), "frost"));
}

/// Three flames, the middle one before the walls so that the sign stays readable.
fn flames(front: &Front, tall: bool, shapes: &mut Vec<Shape>) {
    let scale = if tall { 1.0 } else { 0.8 };
    for (x, up, size) in [(22.0, 62.0, 0.62), (128.0, 62.0, 0.62), (75.0, 22.0, 1.1)] {
        let (outer, inner) = flame(front, x, up, size * scale);
        shapes.push(outer);
        shapes.push(inner);
    }
}

/// One flame and its core, over a point in units.
pub(super) fn flame(front: &Front, x: f32, up: f32, scale: f32) -> (Shape, Shape) {
    mark::flame(front.point(x, up), scale * front.unit)
}

/// The sign that somebody's view differs from what is so.
pub(super) fn differs(place: Bounds, shapes: &mut Vec<Shape>) {
    let (x, y) = (place.right as f32 - 4.0, place.bottom as f32 - 14.0);
    shapes.push(circle(x, y, 10.0, "differs"));
    let mark = Pen::at(x, y, 1.0).to(-5.0, -2.5).line(5.0, -2.5).to(-5.0, 2.5).line(5.0, 2.5);
    shapes.push(mark.to(3.5, -6.0).line(-3.5, 6.0).shape("differs-mark"));
}

fn badges(shop: &ShopView, front: &Front, shapes: &mut Vec<Shape>) {
    let place = shop.front;
    chip(shop, shapes);
    if shop.marks.differs {
        differs(place, shapes);
    }
    let left = place.left + 2;
    if shop.marks.question || shop.marks.islands {
        let y = place.bottom as f32 - 26.0 * front.unit;
        let (r, class, size, tone) = if shop.marks.islands {
            (8.0, "question islands", 12, Tone::Muted)
        } else {
            (12.0, "question", 14, Tone::Warn)
        };
        shapes.push(circle(left as f32, y, r, class));
        shapes.push(Shape::Text(Label::caption("?", left, y as i32 + size * 4 / 12, size).tone(tone).bold()));
    }
    if shop.marks.believed_lost {
        let (x, y) = (left as f32, place.bottom as f32 - 26.0 * front.unit);
        shapes.push(circle(x, y, 12.0, "said-lost"));
        let cross = Pen::at(x, y, 1.0).to(-4.5, -4.5).line(4.5, 4.5).to(4.5, -4.5).line(-4.5, 4.5);
        shapes.push(cross.shape("refused-cross"));
    }
    if let Some(left_over) = shop.marks.ring {
        ring((left as f32 + 7.0, place.top as f32 - 5.0), left_over, shapes);
    }
    if shop.marks.arrow {
        let words = shop.captions.iter().map(Label::width).max().unwrap_or(0);
        let wide = (place.width() + 16).max(words + 12).min(shop.touch.width()) as f32;
        let (y, low) = (shop.touch.top as f32, shop.touch.bottom as f32);
        shapes.push(rect(place.middle() as f32 - wide / 2.0, y, wide, low - y, 10.0, "asks"));
        let pen = Pen::at(place.left as f32 + 12.0, place.top as f32 - 16.0, 1.0);
        let arrow = pen
            .to(0.0, -2.0)
            .line(9.0, 8.0)
            .line(4.0, 8.0)
            .line(4.0, 16.0)
            .line(-4.0, 16.0)
            .line(-4.0, 8.0)
            .line(-9.0, 8.0)
            .close();
        shapes.push(arrow.shape("arrow"));
    }
    if shop.marks.flag {
        shapes.extend(mark::flag(place.left as f32 + 10.0, place.top as f32, 22.0));
    }
}

/// The epoch chip hangs at the sign's upper right corner.
fn chip_place(shop: &ShopView) -> Bounds {
    let width = text_width(&shop.chip, 12, true) + 10;
    Bounds::new(shop.front.right + 5 - width, shop.front.top - 17, width, 18)
}

fn chip(shop: &ShopView, shapes: &mut Vec<Shape>) {
    if shop.chip.is_empty() {
        return;
    }
    let place = chip_place(shop);
    let (x, y) = (place.left as f32, place.top as f32);
    shapes.push(rect(x, y, place.width() as f32, 18.0, 9.0, "chip"));
    let text = Label::caption(shop.chip.clone(), place.middle(), place.top + 13, 12);
    shapes.push(Shape::Text(text.tone(Tone::Ink).bold()));
}

/// What is left of the wait as an arc from the top.
fn ring(middle: (f32, f32), left_over: u16, shapes: &mut Vec<Shape>) {
    let (x, y) = middle;
    let radius = 9.0;
    shapes.push(circle(x, y, radius, "ring-track"));
    // Turned step by step: sine and cosine weigh kilobytes, and a wait has 50 steps.
    let (mut end_x, mut end_y) = (0.0, -radius);
    for _ in 0..(left_over / 20).min(49) {
        (end_x, end_y) = (end_x * STEP.0 - end_y * STEP.1, end_x * STEP.1 + end_y * STEP.0);
    }
    let (end_x, end_y) = (x + end_x, y + end_y);
    let large = i32::from(left_over > 500);
    let d = format!("M{} {}A9 9 0 {large} 1 {} {}", num(x), num(y - radius), num(end_x), num(end_y));
    shapes.push(path(d, "ring"));
}
