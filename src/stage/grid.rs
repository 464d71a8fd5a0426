//! The grid of racks and rows in which shops are largest.

use super::frame::{Class, Frame};
use super::layout::Cell;
use super::measures::Measures;
use super::size::Size;
use super::text::Bounds;
use crate::cluster::id::HostId;

/// The grid of racks and rows.
pub(super) struct Grid {
    pad: i32,
    gap: i32,
    top: i32,
    columns: i32,
    lines: i32,
    rack: (i32, i32),
    shop: (i32, i32),
    pitch: i32,
}

impl Grid {
    /// The grid in which shops are largest, and then the lowest one. As many abreast as usual, unless racks are crowded.
    pub(super) fn best(frame: Frame, measures: &mut Measures, racks: i32, crowd: i32) -> Self {
        let racks = racks.max(1);
        let inner = frame.width - 2 * measures.pad;
        let usual = racks.min(((inner + measures.gap) / (84 + measures.gap)).max(1));
        let few = measures.size == Size::Full;
        let (first, last) = (
            measures.abreast,
            if few && crowd <= 2 { measures.abreast } else { crowd.clamp(measures.abreast, 16) },
        );
        let mut best: Option<(Self, i32)> = None;
        for columns in if few { usual..=usual } else { 1..=racks } {
            for abreast in if few { first..=last } else { 1..=last } {
                measures.abreast = abreast;
                let grid = Self::of(frame, measures, (racks, columns), (crowd + abreast - 1) / abreast);
                let better = |(old, _): &(Self, i32)| (grid.shop.0, -grid.bottom()) > (old.shop.0, -old.bottom());
                // Captions of full shops need room side by side.
                let cramped = few && abreast > first && (grid.rack.0 - 8) / abreast < 124;
                if grid.shop.0 >= 40 && !cramped && best.as_ref().is_none_or(better) {
                    best = Some((grid, abreast));
                }
            }
        }
        measures.abreast = first;
        let (grid, abreast) = best
            .unwrap_or_else(|| (Self::of(frame, measures, (racks, usual), (crowd + first - 1) / first), first));
        measures.abreast = abreast;
        grid
    }

    fn of(frame: Frame, measures: &Measures, (racks, columns): (i32, i32), rows: i32) -> Self {
        let inner = frame.width - 2 * measures.pad;
        let lines = (racks + columns - 1) / columns;
        let rack_width = (inner - (columns - 1) * measures.gap) / columns;
        let side = match (frame.class, measures.abreast) {
            (Class::Phone, _) => 5,
            (_, 1) => 14,
            _ => 10,
        };
        let (least, largest) = measures.widths(frame);
        let widest =
            ((rack_width - 2 * side) / measures.abreast - if measures.abreast > 1 { 8 } else { 0 }).min(largest);

        let (chip, sill) = measures.air;
        let lanes = if measures.abreast > 1 { rows } else { rows - 1 } * measures.lanes;
        let fixed = measures.head + sill + lanes + rows * (chip + measures.captions());
        let around = measures.strip + measures.road.0 + measures.road.1 + measures.square;
        let width = match frame.height {
            None => widest,
            Some(height) => {
                let racks_height = (height - around - (lines - 1) * measures.gap) / lines;
                widest.min(width_of_front((racks_height - fixed) / rows)).max(least.min(widest))
            }
        };
        let shop = (width, front_height(width));
        Self {
            pad: measures.pad,
            gap: measures.gap,
            top: measures.strip,
            columns,
            lines,
            rack: (rack_width, fixed + rows * shop.1),
            shop,
            pitch: chip + shop.1 + measures.captions() + measures.lanes,
        }
    }

    pub(super) fn block(&self, index: i32) -> Bounds {
        let (width, height) = self.rack;
        let left = self.pad + index % self.columns * (width + self.gap);
        let top = self.top + index / self.columns * (height + self.gap);
        Bounds::new(left, top, width, height)
    }

    pub(super) fn cell(&self, host: HostId, block: Bounds, nth: i32, measures: &Measures) -> Cell {
        let (width, height) = self.shop;
        let row = nth / measures.abreast;
        let share = (block.width() - 8) / measures.abreast;
        let middle = block.left + 4 + share * (nth % measures.abreast) + share / 2;
        let chip = measures.air.0;
        let top = block.top + measures.head + row * self.pitch + chip;
        let shop = Bounds::new(middle - width / 2, top, width, height);
        let reach = share.min((width + 76).max(150));
        let more = measures.lanes.min(7) - 2;
        let touch =
            Bounds::new(middle - reach / 2, top - chip - 2, reach, chip + height + measures.captions() + more);
        Cell { host, row, shop, touch }
    }

    pub(super) fn bottom(&self) -> i32 {
        self.block((self.lines - 1) * self.columns).bottom
    }
}

/// Height of a storefront of this width.
pub fn front_height(width: i32) -> i32 {
    sign_height(width) + width * 86 / 150
}

/// Height of its sign: never too low for its text.
pub fn sign_height(width: i32) -> i32 {
    (width * 22 / 150).max(19)
}

/// The widest storefront of at most this height.
fn width_of_front(height: i32) -> i32 {
    let small = (height - 19) * 150 / 86;
    if small * 22 / 150 <= 19 { small } else { height * 150 / 108 }
}
