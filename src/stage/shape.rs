//! The display list: the few kinds of shapes that every picture is made of.
//!
//! The app turns it into SVG elements; tests, the gallery and the start-up picture turn it into text.
//! Colours are CSS classes by meaning, so that a change of theme redraws nothing.

use std::borrow::Cow;
use std::fmt::Write;

use super::text::{Anchor, Label};

/// A shape. Coordinates are CSS pixels.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle with corner radius `r`.
    Rect {
        /// Left edge.
        x: f32,
        /// Upper edge.
        y: f32,
        /// Width.
        w: f32,
        /// Height.
        h: f32,
        /// Corner radius.
        r: f32,
        /// What it is.
        class: Cow<'static, str>,
    },
    /// A circle.
    Circle {
        /// Centre.
        x: f32,
        /// Centre.
        y: f32,
        /// Radius.
        r: f32,
        /// What it is.
        class: Cow<'static, str>,
    },
    /// A path.
    Path {
        /// SVG path data.
        d: String,
        /// What it is.
        class: Cow<'static, str>,
    },
    /// A text.
    Text(Label),
}

impl Shape {
    /// Its outline as path data, for what is painted rather than written as elements; a text has none.
    pub fn outline(&self) -> String {
        match self {
            Self::Rect { x, y, w, h, r, .. } => round(*x, *y, *w, *h, *r),
            Self::Circle { x, y, r, .. } => round(x - r, y - r, 2.0 * r, 2.0 * r, *r),
            Self::Path { d, .. } => d.clone(),
            Self::Text(_) => String::new(),
        }
    }
}

/// A rectangle with round corners: up to a circle.
fn round(x: f32, y: f32, w: f32, h: f32, r: f32) -> String {
    let [left, top, across, down, r] = [x + r, y, w - 2.0 * r, h - 2.0 * r, r].map(num);
    let arc = |x: &str, y: &str| format!("a{r} {r} 0 0 1 {x}{r} {y}{r}");
    format!(
        "M{left} {top}h{across}{}v{down}{}h-{across}{}v-{down}{}z",
        arc("", ""),
        arc("-", ""),
        arc("-", "-"),
        arc("", "-")
    )
}

/// A rectangle.
pub fn rect(x: f32, y: f32, w: f32, h: f32, r: f32, class: impl Into<Cow<'static, str>>) -> Shape {
    Shape::Rect { x, y, w, h, r, class: class.into() }
}

/// A circle.
pub fn circle(x: f32, y: f32, r: f32, class: impl Into<Cow<'static, str>>) -> Shape {
    Shape::Circle { x, y, r, class: class.into() }
}

/// A path.
pub fn path(d: impl Into<String>, class: impl Into<Cow<'static, str>>) -> Shape {
    Shape::Path { d: d.into(), class: class.into() }
}

/// A number as short as it can be written: one decimal at most.
pub fn num(value: f32) -> String {
    tenths((value * 10.0).round() as i32)
}

/// A number of tenths: `71` is `7.1`. Written by hand, because formatting floats weighs several kilobytes.
pub fn tenths(number: i32) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let (whole, rest) = (number.unsigned_abs() / 10, number.unsigned_abs() % 10);
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// Builds path data from points given relative to a corner and a scale.
#[derive(Clone, Debug)]
pub struct Pen {
    x: f32,
    y: f32,
    scale: f32,
    data: String,
}

impl Pen {
    /// A pen whose (0, 0) is at (`x`, `y`) and whose unit is `scale` pixels.
    pub fn at(x: f32, y: f32, scale: f32) -> Self {
        Self { x, y, scale, data: String::new() }
    }

    fn point(&mut self, command: &str, points: &[(f32, f32)]) {
        self.data.push_str(command);
        for (index, (x, y)) in points.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            let x = num(self.x + x * self.scale);
            let y = num(self.y + y * self.scale);
            let _ = write!(self.data, "{gap}{x} {y}");
        }
    }

    /// Lifts the pen to a point.
    pub fn to(mut self, x: f32, y: f32) -> Self {
        self.point("M", &[(x, y)]);
        self
    }

    /// A straight line.
    pub fn line(mut self, x: f32, y: f32) -> Self {
        self.point("L", &[(x, y)]);
        self
    }

    /// A quadratic curve.
    pub fn quad(mut self, control: (f32, f32), end: (f32, f32)) -> Self {
        self.point("Q", &[control, end]);
        self
    }

    /// A cubic curve.
    pub fn cubic(mut self, first: (f32, f32), second: (f32, f32), end: (f32, f32)) -> Self {
        self.point("C", &[first, second, end]);
        self
    }

    /// Closes the outline.
    pub fn close(mut self) -> Self {
        self.data.push('Z');
        self
    }

    /// The path data.
    pub fn data(self) -> String {
        self.data
    }

    /// The finished shape.
    pub fn shape(self, class: impl Into<Cow<'static, str>>) -> Shape {
        path(self.data, class)
    }
}

/// The shapes as SVG text, for everything that is not a live page.
pub fn to_svg(shapes: &[Shape]) -> String {
    let mut out = String::new();
    for shape in shapes {
        let _ = match shape {
            Shape::Rect { x, y, w, h, r, class } => write!(
                out,
                r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>"#,
                num(*x),
                num(*y),
                num(*w),
                num(*h),
                num(*r)
            ),
            Shape::Circle { x, y, r, class } => {
                write!(out, r#"<circle class="{class}" cx="{}" cy="{}" r="{}"/>"#, num(*x), num(*y), num(*r))
            }
            Shape::Path { d, class } => write!(out, r#"<path class="{class}" d="{d}"/>"#),
            Shape::Text(label) => write!(
                out,
                r#"<text class="{}" x="{}" y="{}" font-size="{}" text-anchor="{}">{}</text>"#,
                text_class(label),
                label.x,
                label.y,
                label.size,
                anchor_name(label.anchor),
                escaped(&label.text)
            ),
        };
    }
    out
}

/// The CSS classes of a label.
pub fn text_class(label: &Label) -> String {
    let bold = if label.bold { " bold" } else { "" };
    let mono = if label.mono { " mono" } else { "" };
    format!("{}{bold}{mono}", label.tone.class())
}

/// The SVG word for an anchor.
pub fn anchor_name(anchor: Anchor) -> &'static str {
    match anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    }
}

/// Text made safe between tags.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(num(3.0), "3");
        assert_eq!(num(7.14), "7.1");
        assert_eq!(num(-0.25), "-0.3");
        assert_eq!((num(-0.01), num(-12.0), tenths(105)), ("0".into(), "-12".into(), "10.5".into()));
    }

    #[test]
    fn an_outline_is_closed_and_as_large_as_its_shape() {
        let round = rect(-11.0, -8.0, 22.0, 16.0, 2.5, "").outline();
        assert_eq!(
            round,
            "M-8.5 -8h17a2.5 2.5 0 0 1 2.5 2.5v11a2.5 2.5 0 0 1 -2.5 2.5h-17a2.5 2.5 0 0 1 -2.5 -2.5v-11a2.5 2.5 0 0 1 2.5 -2.5z"
        );
        assert!(circle(0.0, 0.0, 4.5, "").outline().starts_with("M0 -4.5h0a4.5 4.5 0 0 1 4.5 4.5v0a"));
        assert_eq!(path("M1 2", "").outline(), "M1 2");
    }

    #[test]
    fn a_pen_scales_and_moves() {
        assert_eq!(Pen::at(10.0, 20.0, 2.0).to(0.0, 0.0).line(5.0, 1.5).close().data(), "M10 20L20 23Z");
    }

    #[test]
    fn keys_typed_by_people_are_escaped() {
        let svg = to_svg(&[Shape::Text(Label::caption("<b>&", 0, 0, 12))]);
        assert!(svg.contains("&lt;b&gt;&amp;"), "{svg}");
    }
}
