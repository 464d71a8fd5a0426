//! Patterns as plain lines and dots, clipped by computing: no pattern ids that could clash in an embedding page.

use std::fmt::Write;

use crate::stage::palette::Pattern;
use crate::stage::shape::{Shape, num, path};
use crate::stage::text::Bounds;

/// The lines of a pattern in a box; nothing for a solid one.
pub fn fill(pattern: Pattern, double: bool, place: Bounds, class: &'static str) -> Option<Shape> {
    let pitch = if double { 16.0 } else { 8.0 };
    let data = match pattern {
        Pattern::Solid => return None,
        Pattern::Diagonal => diagonals(place, pitch, false),
        Pattern::Cross => diagonals(place, pitch * 1.4, false) + &diagonals(place, pitch * 1.4, true),
        Pattern::Horizontal => lines(place, pitch * 0.75, true),
        Pattern::Vertical => lines(place, pitch, false),
        Pattern::Dots => dots(place, pitch),
    };
    Some(path(data, class))
}

/// Lines at 45 degrees, rising to the right or to the left.
pub fn diagonals(place: Bounds, pitch: f32, mirrored: bool) -> String {
    let (left, top) = (place.left as f32, place.top as f32);
    let (width, height) = (place.width() as f32, place.height() as f32);
    let mut data = String::new();
    let mut start = -height + pitch / 2.0;
    while start < width {
        // A line from (start, bottom) to (start + height, top), cut to the box.
        let low = start.max(0.0);
        let high = (start + height).min(width);
        if high - low > 1.0 {
            let (y1, y2) = (height - (low - start), height - (high - start));
            let (x1, x2) = if mirrored { (width - low, width - high) } else { (low, high) };
            let _ = write!(data, "M{} {}L{} {}", num(left + x1), num(top + y1), num(left + x2), num(top + y2));
        }
        start += pitch;
    }
    data
}

fn lines(place: Bounds, pitch: f32, horizontal: bool) -> String {
    let (length, across) =
        if horizontal { (place.width(), place.height() as f32) } else { (place.height(), place.width() as f32) };
    let mut data = String::new();
    let mut at = pitch / 2.0;
    while at < across {
        let _ = if horizontal {
            write!(data, "M{} {}h{length}", place.left, num(place.top as f32 + at))
        } else {
            write!(data, "M{} {}v{length}", num(place.left as f32 + at), place.top)
        };
        at += pitch;
    }
    data
}

/// Dots are lines of no length with round ends.
fn dots(place: Bounds, pitch: f32) -> String {
    let mut data = String::new();
    let mut odd = false;
    let mut y = place.top as f32 + pitch / 2.0;
    while y < place.bottom as f32 {
        let mut x = place.left as f32 + if odd { pitch } else { pitch / 2.0 };
        while x < place.right as f32 {
            let _ = write!(data, "M{} {}h.01", num(x), num(y));
            x += pitch;
        }
        odd = !odd;
        y += pitch;
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_leaves_its_box() {
        let place = Bounds::new(10, 20, 50, 24);
        for mirrored in [false, true] {
            let data = diagonals(place, 8.0, mirrored);
            for pair in data.split(['M', 'L']).filter(|part| !part.is_empty()) {
                let (x, y) = pair.split_once(' ').unwrap();
                let (x, y): (f32, f32) = (x.parse().unwrap(), y.parse().unwrap());
                assert!((10.0..=60.0).contains(&x) && (20.0..=44.0).contains(&y), "{pair}");
            }
        }
    }
}
