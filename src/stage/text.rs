//! Texts of the drawing: how wide a text will be, which wording fits, and where its box is.
//!
//! A browser would have to lay a text out to measure it; a drawing that is computed natively needs
//! an estimate. It is kept generous (DejaVu Sans, the widest of the common system fonts), so that
//! what fits here fits everywhere.

use std::rc::Rc;

/// The smallest text of the page, in CSS pixels.
pub const TEXT_FLOOR: i32 = 12;

/// Where a text's `x` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// At its left end.
    Start,
    /// In its middle.
    Middle,
    /// At its right end.
    End,
}

/// What a text is for: decides its colour. Colours live in `palette.css`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Plain text.
    Ink,
    /// Secondary text.
    Muted,
    /// Something has failed.
    Fail,
    /// Something is doubtful.
    Warn,
    /// Text on the shard's colour.
    OnShard,
    /// Text in the shard's colour.
    Shard,
    /// Text on a dark pill.
    Inverse,
    /// Text on what has burnt.
    OnLost,
}

impl Tone {
    /// Its CSS class.
    pub fn class(self) -> &'static str {
        match self {
            Self::Ink => "t-ink",
            Self::Muted => "t-muted",
            Self::Fail => "t-fail",
            Self::Warn => "t-warn",
            Self::OnShard => "t-on-shard",
            Self::Shard => "t-shard",
            Self::Inverse => "t-inverse",
            Self::OnLost => "on-lost",
        }
    }
}

/// A text at a place, in CSS pixels. `y` is its baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// What it says.
    pub text: Rc<str>,
    /// Where, by its anchor.
    pub x: i32,
    /// Its baseline.
    pub y: i32,
    /// Font size.
    pub size: i32,
    /// Whether it is bold.
    pub bold: bool,
    /// Whether it is set in the monospaced font.
    pub mono: bool,
    /// What `x` means.
    pub anchor: Anchor,
    /// Its colour by meaning.
    pub tone: Tone,
}

impl Label {
    /// A muted caption in the middle of `x`.
    pub fn caption(text: impl Into<Rc<str>>, x: i32, y: i32, size: i32) -> Self {
        Self { text: text.into(), x, y, size, bold: false, mono: false, anchor: Anchor::Middle, tone: Tone::Muted }
    }

    /// The same in bold.
    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    /// The same in the monospaced font.
    pub fn mono(self) -> Self {
        Self { mono: true, ..self }
    }

    /// The same with another tone.
    pub fn tone(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }

    /// The same with another anchor.
    pub fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// The estimated width in pixels.
    pub fn width(&self) -> i32 {
        if self.mono { mono_width(&self.text, self.size) } else { text_width(&self.text, self.size, self.bold) }
    }

    /// The estimated box.
    pub fn bounds(&self) -> Bounds {
        let width = self.width();
        let left = match self.anchor {
            Anchor::Start => self.x,
            Anchor::Middle => self.x - width / 2,
            Anchor::End => self.x - width,
        };
        Bounds { left, top: self.y - self.size * 9 / 10, right: left + width, bottom: self.y + self.size / 4 }
    }
}

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Left edge.
    pub left: i32,
    /// Upper edge.
    pub top: i32,
    /// Right edge.
    pub right: i32,
    /// Lower edge.
    pub bottom: i32,
}

impl Bounds {
    /// A rectangle from its corner and size.
    pub fn new(left: i32, top: i32, width: i32, height: i32) -> Self {
        Self { left, top, right: left + width, bottom: top + height }
    }

    /// Width.
    pub fn width(&self) -> i32 {
        self.right - self.left
    }

    /// Height.
    pub fn height(&self) -> i32 {
        self.bottom - self.top
    }

    /// The x of its middle.
    pub fn middle(&self) -> i32 {
        (self.left + self.right) / 2
    }

    /// The y of its middle.
    pub fn middle_y(&self) -> i32 {
        (self.top + self.bottom) / 2
    }

    /// Whether two rectangles share more than an edge.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    /// How many square pixels two rectangles share.
    pub fn shared(&self, other: &Self) -> i32 {
        let wide = self.right.min(other.right) - self.left.max(other.left);
        wide.max(0) * (self.bottom.min(other.bottom) - self.top.max(other.top)).max(0)
    }

    /// Whether `inner` lies inside.
    pub fn contains(&self, inner: &Self) -> bool {
        self.left <= inner.left
            && self.top <= inner.top
            && inner.right <= self.right
            && inner.bottom <= self.bottom
    }
}

/// The estimated width of a text in the proportional font.
pub fn text_width(text: &str, size: i32, bold: bool) -> i32 {
    let per_mille: i32 = text.chars().map(|letter| letter_width(letter) + if bold { 60 } else { 0 }).sum();
    (per_mille * size + 999) / 1000
}

/// The estimated width of a text in the monospaced font.
pub fn mono_width(text: &str, size: i32) -> i32 {
    (text.chars().count() as i32 * 615 * size + 999) / 1000
}

/// Thousandths of the font size.
fn letter_width(letter: char) -> i32 {
    match letter {
        'i' | 'j' | 'l' | '\'' | '|' => 290,
        'f' | 'r' | 't' | ' ' | '.' | ',' | ':' | ';' | '·' | '(' | ')' | 'I' | '!' | '-' => 380,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '→' | '…' => 920,
        'A'..='Z' => 690,
        // A word of the skin is put in for it: about six letters.
        '\u{E000}'..='\u{E0FF}' => 3_800,
        _ => 610,
    }
}

/// The first wording that fits into `width`, or else the last one.
pub fn fitting<'a>(wordings: &[&'a str], width: i32, size: i32, bold: bool) -> &'a str {
    let fits = wordings.iter().find(|text| text_width(text, size, bold) <= width);
    fits.or(wordings.last()).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_wording_that_fits_wins() {
        let words = ["copy of Shop 3, in sync", "in sync", "ok"];
        assert_eq!(fitting(&words, 400, 12, false), words[0]);
        assert_eq!(fitting(&words, 60, 12, false), words[1]);
        assert_eq!(fitting(&words, 3, 12, false), words[2], "something is better than nothing");
    }

    #[test]
    fn a_box_surrounds_its_anchor() {
        let label = Label::caption("Shop 3", 100, 50, 12);
        let bounds = label.bounds();
        assert!(bounds.left < 100 && bounds.right > 100 && bounds.top < 50);
        assert_eq!(label.clone().anchor(Anchor::Start).bounds().left, 100);
        assert_eq!(label.anchor(Anchor::End).bounds().right, 100);
    }
}
