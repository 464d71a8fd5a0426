//! Sizes that follow from the room: margins, type, gaps and how many shops stand abreast.

use super::frame::{Class, Frame};
use super::layout::{LEAST, RackPlace};
use super::size::Size;
use super::text::Bounds;
use crate::cluster::id::RackId;

/// Sizes that follow from the width class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measures {
    /// Space left and right of everything.
    pub pad: i32,
    /// Space between racks.
    pub gap: i32,
    /// Height of the strip's bar.
    pub bar: i32,
    /// Height of all that belongs to the strip.
    pub strip: i32,
    /// Height of a rack's head line.
    pub head: i32,
    /// Space between two rows of shops, where the lanes run.
    pub lanes: i32,
    /// Font size of captions.
    pub caption: i32,
    /// Lines of captions under a shop.
    pub caption_lines: i32,
    /// Shops side by side in a rack. With more than one, the lanes run below each row.
    pub abreast: i32,
    /// How large nodes are drawn.
    pub size: Size,
    /// Space above a shop for its epoch chip, and under the last row of a rack.
    pub air: (i32, i32),
    /// Space above the road, and the road's height.
    pub road: (i32, i32),
    /// Height of the customers' square.
    pub square: i32,
}

impl Measures {
    /// The sizes of a frame.
    pub fn of(frame: Frame) -> Self {
        match frame.class {
            // Low and wide: shops side by side grow larger than stacked ones.
            Class::Wide if frame.width >= 660 && frame.height.is_some_and(|height| height < 480) => Self {
                pad: 20,
                gap: 16,
                bar: 22,
                strip: 62,
                head: 38,
                lanes: 22,
                caption: 13,
                caption_lines: 2,
                abreast: 2,
                size: Size::Full,
                air: AIR,
                road: (10, 20),
                square: 88,
            },
            Class::Wide => Self {
                pad: 20,
                gap: if frame.width < 700 { 12 } else { 20 },
                bar: 24,
                strip: 68,
                head: 42,
                lanes: 28,
                caption: 13,
                caption_lines: 1,
                abreast: 1,
                size: Size::Full,
                air: AIR,
                road: (14, 26),
                square: 88,
            },
            // A projector's: what can be wider and higher is.
            Class::Embed if frame.width >= 900 => {
                let usual = Self::of(Frame { width: 720, ..frame });
                Self { pad: 12, gap: 10, bar: 28, strip: 62, ..usual }
            }
            Class::Embed => Self {
                pad: 16,
                gap: 14,
                bar: 20,
                strip: 54,
                head: 26,
                lanes: 18,
                caption: 12,
                caption_lines: 2,
                abreast: 2,
                size: Size::Full,
                air: AIR,
                road: (6, 11),
                square: 51,
            },
            Class::Phone => Self {
                pad: 8,
                gap: 6,
                bar: 22,
                strip: 62,
                head: 46,
                lanes: 26,
                caption: 12,
                caption_lines: 2,
                abreast: 1,
                size: Size::Full,
                air: AIR,
                road: (10, 18),
                square: 128,
            },
        }
    }

    /// The sizes of a frame with more nodes than can be drawn in full.
    pub(super) fn of_many(frame: Frame, size: Size) -> Self {
        let full = Self::of(frame);
        let (gap, head) = (full.gap.min(12), full.head.min(32));
        // Tiles have no captions, and every pixel makes them larger.
        let road = if size == Size::Tile { (full.road.0.min(8), full.road.1.min(16)) } else { full.road };
        Self { gap, head, lanes: 6, caption: 12, caption_lines: 1, size, air: (0, 6), road, ..full }
    }

    /// The same with less air.
    pub(super) fn tight(self) -> Self {
        let road = (self.road.0.min(8), self.road.1.min(20));
        Self { head: self.head.min(34), lanes: self.lanes.min(14), road, ..self }
    }

    /// The same with so many shops abreast; what is said of each stands on two lines where there are several.
    pub(super) fn rowed(self, abreast: i32) -> Self {
        if abreast == self.abreast {
            return self;
        }
        Self { abreast, caption_lines: 2, lanes: self.lanes.min(22), ..self }
    }

    /// The least and the greatest width of a shop.
    pub(super) fn widths(&self, frame: Frame) -> (i32, i32) {
        match (self.size, frame.height) {
            (Size::Full, _) => (LEAST, LARGEST),
            (_, Some(_)) => (40, 110),
            (_, None) => (40, 52),
        }
    }

    /// A rack's place with its switch.
    pub(super) fn rack(&self, rack: RackId, block: Bounds) -> RackPlace {
        let switch = Bounds::new(block.right - 12 - 40, block.top + (self.head - 22) / 2, 40, 22);
        RackPlace { rack, block, switch }
    }

    /// Height of the captions under a shop.
    pub fn captions(&self) -> i32 {
        let above = if self.size == Size::Full { 6 } else { 1 };
        above + self.caption_lines * (self.caption + 3)
    }
}

/// The widest storefront.
const LARGEST: i32 = 230;
/// Space above a shop for its epoch chip, and under the last row of a rack.
const AIR: (i32, i32) = (15, 12);
