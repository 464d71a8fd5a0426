//! Where everything stands: the strip, the racks and their shops, the road, the square of the customers.
//!
//! Depends on the room and on which machine is in which rack; never on what state anything is in,
//! so nothing jumps when a shop burns.

use super::frame::{Class, Frame};
use super::text::Bounds;
use crate::cluster::id::{HostId, RackId};
use crate::cluster::order::sort_by_key;
use crate::cluster::snapshot::Snapshot;

/// Room of one shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Whose place it is.
    pub host: HostId,
    /// Which row of its rack, from the top.
    pub row: i32,
    /// The storefront's box at full size, without the chip above it.
    pub shop: Bounds,
    /// The whole cell with captions: what a finger may touch.
    pub touch: Bounds,
}

/// Room of one rack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RackPlace {
    /// Which rack.
    pub rack: RackId,
    /// Its block.
    pub block: Bounds,
    /// The power switch's drawing.
    pub switch: Bounds,
}

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
                road: (14, 26),
                square: 88,
            },
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
                road: (8, 12),
                square: 48,
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
                road: (10, 18),
                square: 128,
            },
        }
    }

    /// Height of the captions under a shop.
    pub fn captions(&self) -> i32 {
        6 + self.caption_lines * (self.caption + 3)
    }
}

/// The widest storefront.
const LARGEST: i32 = 230;
/// Space above a shop for its epoch chip.
const CHIP: i32 = 15;
/// Space under the last row of a rack.
const SILL: i32 = 12;

/// Where everything stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The room.
    pub frame: Frame,
    /// The sizes used.
    pub measures: Measures,
    /// The drawing's real height.
    pub height: i32,
    /// The strip's bar.
    pub bar: Bounds,
    /// The racks.
    pub racks: Vec<RackPlace>,
    /// The shops' places, in the order of the snapshot's nodes.
    pub cells: Vec<Cell>,
    /// The road.
    pub road: Bounds,
    /// Where customers stand.
    pub square: Bounds,
}

impl Layout {
    /// Lays the city out.
    pub fn of(snapshot: &Snapshot, frame: Frame) -> Self {
        let measures = Measures::of(frame);
        let crowd = |rack: RackId| snapshot.nodes.iter().filter(|node| node.rack == rack).count() as i32;
        let crowd = snapshot.racks.iter().map(|rack| crowd(rack.id)).max().unwrap_or(1).max(1);
        let rows = (crowd + measures.abreast - 1) / measures.abreast;
        let grid = Grid::of(frame, &measures, snapshot.racks.len() as i32, rows);

        let mut racks = Vec::new();
        let mut cells = Vec::new();
        for (index, rack) in snapshot.racks.iter().enumerate() {
            let block = grid.block(index as i32);
            let switch = Bounds::new(block.right - 12 - 40, block.top + (measures.head - 22) / 2, 40, 22);
            racks.push(RackPlace { rack: rack.id, block, switch });
            for (nth, node) in snapshot.nodes.iter().filter(|node| node.rack == rack.id).enumerate() {
                cells.push(grid.cell(node.host, block, nth as i32, &measures));
            }
        }
        sort_by_key(&mut cells, |cell| cell.host);

        let bar = Bounds::new(measures.pad, 13, frame.width - 2 * measures.pad, measures.bar);
        let (above, road) = measures.road;
        let road = Bounds::new(measures.pad / 2, grid.bottom() + above, frame.width - measures.pad, road);
        let square = Bounds::new(measures.pad, road.bottom, frame.width - 2 * measures.pad, measures.square);
        Self { frame, measures, height: square.bottom, bar, racks, cells, road, square }
    }

    /// The place of a machine.
    pub fn cell(&self, host: HostId) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.host == host)
    }

    /// The whole drawing.
    pub fn bounds(&self) -> Bounds {
        Bounds::new(0, 0, self.frame.width, self.height)
    }
}

/// The grid of racks and rows.
struct Grid {
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
    fn of(frame: Frame, measures: &Measures, racks: i32, rows: i32) -> Self {
        let inner = frame.width - 2 * measures.pad;
        let racks = racks.max(1);
        let columns = racks.min(((inner + measures.gap) / (84 + measures.gap)).max(1));
        let lines = (racks + columns - 1) / columns;
        let rack_width = (inner - (columns - 1) * measures.gap) / columns;
        let side = if frame.class == Class::Phone { 5 } else { 14 };
        let widest =
            ((rack_width - 2 * side) / measures.abreast - if measures.abreast > 1 { 10 } else { 0 }).min(LARGEST);

        let lanes = if measures.abreast > 1 { rows } else { rows - 1 } * measures.lanes;
        let fixed = measures.head + SILL + lanes + rows * (CHIP + measures.captions());
        let around = measures.strip + measures.road.0 + measures.road.1 + measures.square;
        let width = match frame.height {
            None => widest,
            Some(height) => {
                let racks_height = (height - around - (lines - 1) * measures.gap) / lines;
                widest.min(width_of_front((racks_height - fixed) / rows)).max(76.min(widest))
            }
        };
        let shop = (width, front_height(width));
        let pitch = CHIP + shop.1 + measures.captions() + measures.lanes;
        let rack_height = fixed + rows * shop.1;
        Self {
            pad: measures.pad,
            gap: measures.gap,
            top: measures.strip,
            columns,
            lines,
            rack: (rack_width, rack_height),
            shop,
            pitch,
        }
    }

    fn block(&self, index: i32) -> Bounds {
        let (width, height) = self.rack;
        let left = self.pad + index % self.columns * (width + self.gap);
        let top = self.top + index / self.columns * (height + self.gap);
        Bounds::new(left, top, width, height)
    }

    fn cell(&self, host: HostId, block: Bounds, nth: i32, measures: &Measures) -> Cell {
        let (width, height) = self.shop;
        let row = nth / measures.abreast;
        let share = (block.width() - 8) / measures.abreast;
        let middle = block.left + 4 + share * (nth % measures.abreast) + share / 2;
        let top = block.top + measures.head + row * self.pitch + CHIP;
        let shop = Bounds::new(middle - width / 2, top, width, height);
        let reach = share.min((width + 76).max(150));
        let touch =
            Bounds::new(middle - reach / 2, top - CHIP - 2, reach, CHIP + height + measures.captions() + 5);
        Cell { host, row, shop, touch }
    }

    fn bottom(&self) -> i32 {
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
