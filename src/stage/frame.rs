//! How much room the city has, and which of its three layouts that asks for.
//!
//! A layout is computed for its room, never scaled into it: text stays at its size.

/// Width classes of the city.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A desktop's centre column.
    Wide,
    /// A low, medium-wide box: an embedding page or a small tablet.
    Embed,
    /// A phone: shops grow, secondary labels go.
    Phone,
}

/// How the parts of the page are arranged, by the width of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// Three columns: 1280 and more.
    Columns,
    /// Two columns, the inspector is a drawer: 900 to 1279.
    Drawer,
    /// One column with a command line that stays in view: below 900.
    Stack,
}

impl Arrangement {
    /// The arrangement for a window this wide.
    pub fn of(window_width: i32) -> Self {
        match window_width {
            1280.. => Self::Columns,
            900.. => Self::Drawer,
            _ => Self::Stack,
        }
    }
}

/// The room of the city in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The layout to use.
    pub class: Class,
    /// How wide the drawing is.
    pub width: i32,
    /// How high it may be; `None` where the page scrolls anyway.
    pub height: Option<i32>,
}

/// Heights of what stands above and below the city, as the style sheets set them.
mod around {
    /// Header and timeline, the directory's heading, and the least height of a terminal with its margins.
    pub(super) const DESK: i32 = 52 + 76 + 48 + 168;
    /// By how much the terminal is lower beside a map.
    pub(super) const LINES: i32 = 44;
    /// The same where there are two columns: a shorter terminal.
    pub(super) const DRAWER: i32 = 52 + 76 + 48 + 158;
    /// The same in a low window.
    pub(super) const LOW_DESK: i32 = 44 + 58 + 40 + 134;
    /// Windows lower than this are low.
    pub(super) const LOW: i32 = 760;
    /// The directory's heading, the caption, the command line and the timeline.
    pub(super) const STACK: i32 = 34 + 34 + 60 + 56;
    /// On a projector: the directory's heading, the caption, the step to do, and time.
    pub(super) const PRESENTER: i32 = 34 + 50 + 54 + 52;
    /// The header, where a window is high enough to show it.
    pub(super) const HEADER: i32 = 52;
}

/// The room that is shown on a projector: it is enlarged to fill the window. The smallest text is 12 px in it, so 24 px
/// at 1920 x 1080.
const PROJECTED: (i32, i32) = (960, 540);

impl Frame {
    /// By how many percent a projector's layout is enlarged in a window of this size; 0 where there is no room for one.
    pub fn enlarged(window: (i32, i32)) -> i32 {
        let fits = (window.0 * 100 / PROJECTED.0).min(window.1 * 100 / PROJECTED.1);
        if window.0 < 600 { 0 } else { fits.clamp(100, 800) }
    }

    /// The frame of a city `width` wide on a projector; the window as it is before it is enlarged.
    pub fn presented(window: (i32, i32), width: i32) -> Self {
        let height = (window.1 - around::PRESENTER).max(280);
        let class = if height < 470 { Class::Embed } else { Class::Wide };
        Self { class, width: width.clamp(280, 3800), height: Some(height) }
    }

    /// The same for a city of very many nodes: the terminal keeps to fewer lines.
    pub fn of_many(self, window: (i32, i32)) -> Self {
        let desk = Arrangement::of(window.0) == Arrangement::Columns && window.1 >= around::LOW;
        Self { height: self.height.map(|height| height + if desk { around::LINES } else { 0 }), ..self }
    }

    /// The frame of a city `width` wide in a window of this size.
    pub fn of_page(window: (i32, i32), width: i32) -> Self {
        let (window_width, window_height) = window;
        let width = width.clamp(280, 3800);
        match Arrangement::of(window_width) {
            Arrangement::Columns | Arrangement::Drawer => {
                let least = if width >= 660 { 340 } else { 440 };
                let around = match Arrangement::of(window_width) {
                    _ if window_height < around::LOW => around::LOW_DESK,
                    Arrangement::Drawer => around::DRAWER,
                    _ => around::DESK,
                };
                Self { class: Class::Wide, width, height: Some((window_height - around).max(least)) }
            }
            Arrangement::Stack if width < 560 => Self { class: Class::Phone, width, height: None },
            Arrangement::Stack => {
                let header = if window_height < 560 { 0 } else { around::HEADER };
                let height = (window_height - around::STACK - header).clamp(280, 560);
                let class = if height < 470 { Class::Embed } else { Class::Wide };
                Self { class, width, height: Some(height) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::text::TEXT_FLOOR;

    #[test]
    fn the_pictured_windows_get_their_layouts() {
        assert_eq!(Frame::of_page((1440, 900), 796).class, Class::Wide);
        assert_eq!(Frame::of_page((720, 480), 720).class, Class::Embed);
        assert_eq!(Frame::of_page((390, 844), 390), Frame { class: Class::Phone, width: 390, height: None });
        assert_eq!(Frame::of_page((320, 640), 320).class, Class::Phone);
        assert_eq!(Frame::of_page((768, 1024), 768).class, Class::Wide);
    }

    #[test]
    fn a_projector_shows_the_smallest_text_at_24_pixels() {
        let of = |window: (i32, i32)| Frame::enlarged(window) * TEXT_FLOOR / 100;
        assert_eq!((of((1920, 1080)), of((1280, 720)), of((3840, 2160))), (24, 15, 48));
        assert_eq!((Frame::enlarged((720, 480)), Frame::enlarged((390, 844))), (100, 0));
        assert_eq!(Frame::presented((960, 540), 960).class, Class::Embed);
    }
}
