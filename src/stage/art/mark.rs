//! Marks of states that all sizes share: what can be told from the back of a room, and without colour.

use crate::stage::shape::{Pen, Shape, num, path};

/// The data of a drawn path.
fn data(pen: Pen) -> String {
    match pen.shape("") {
        Shape::Path { d, .. } => d,
        _ => String::new(),
    }
}

/// A question mark, drawn with a line: 12 high at full scale. A text would have to keep to the smallest type.
#[inline(never)]
pub(super) fn question((x, y): (f32, f32), scale: f32) -> String {
    let pen = Pen::at(x, y, scale).to(-3.2, -2.6).cubic((-3.2, -7.0), (3.6, -7.0), (3.6, -2.8));
    data(pen.cubic((3.6, -0.4), (0.0, -0.4), (0.0, 2.0)).to(0.0, 5.2).line(0.0, 5.3))
}

/// A cross, as wide and high as twice its reach.
pub(super) fn cross((x, y): (f32, f32), reach: f32) -> String {
    data(Pen::at(x, y, reach).to(-1.0, -1.0).line(1.0, 1.0).to(1.0, -1.0).line(-1.0, 1.0))
}

/// An arrow that points up, 18 high at full scale.
pub(super) fn arrow((x, y): (f32, f32), scale: f32) -> String {
    let pen = Pen::at(x, y, scale).to(0.0, -9.0).line(9.0, 1.0).line(4.0, 1.0).line(4.0, 9.0);
    data(pen.line(-4.0, 9.0).line(-4.0, 1.0).line(-9.0, 1.0).close())
}

/// The flag of the promoted on its pole, which stands at a point.
pub(super) fn flag(x: f32, y: f32, tall: f32) -> [Shape; 2] {
    [
        path(format!("M{} {}v-{}", num(x), num(y), num(tall)), "flag-pole"),
        path(format!("M{} {}h22l-6 6l6 6h-22z", num(x), num(y - tall)), "flag"),
    ]
}

/// A flame and its core over a point, 56 high at full scale.
pub(super) fn flame((x, y): (f32, f32), scale: f32) -> (Shape, Shape) {
    let pen = || Pen::at(x, y, scale);
    let outer = pen()
        .to(0.0, 0.0)
        .cubic((-24.0, -1.0), (-24.0, -26.0), (-9.0, -38.0))
        .cubic((-8.0, -30.0), (-4.0, -29.0), (-3.0, -33.0))
        .cubic((-2.0, -44.0), (2.0, -50.0), (6.0, -56.0))
        .cubic((7.0, -42.0), (22.0, -34.0), (20.0, -17.0))
        .cubic((19.0, -6.0), (11.0, 0.0), (0.0, 0.0))
        .close();
    let inner = pen()
        .to(0.0, 0.0)
        .cubic((-13.0, -1.0), (-12.0, -15.0), (-3.0, -22.0))
        .cubic((-1.0, -17.0), (4.0, -20.0), (4.0, -26.0))
        .cubic((11.0, -19.0), (14.0, -2.0), (0.0, 0.0))
        .close();
    (outer.shape("flame"), inner.shape("flame core"))
}
