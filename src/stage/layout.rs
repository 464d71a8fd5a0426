//! Where everything stands: the strip, the racks and their shops, the road, the square of the customers.
//!
//! Depends on the room and on which machine is in which rack; never on what state anything is in,
//! so nothing jumps when a shop burns.

use super::frame::{Class, Frame};
use super::map;
use super::size::Size;
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
                size: Size::Full,
                air: AIR,
                road: (10, 18),
                square: 128,
            },
        }
    }

    /// The sizes of a frame with more nodes than can be drawn in full.
    fn of_many(frame: Frame, size: Size) -> Self {
        let full = Self::of(frame);
        let (gap, head) = (full.gap.min(12), full.head.min(32));
        Self { gap, head, lanes: 6, caption: 12, caption_lines: 1, size, air: (0, 6), ..full }
    }

    /// The same with less air.
    fn tight(self) -> Self {
        let road = (self.road.0.min(8), self.road.1.min(20));
        Self { head: self.head.min(34), lanes: self.lanes.min(14), road, ..self }
    }

    /// The same with two shops abreast, and what is said of each on two lines.
    fn paired(self) -> Self {
        Self { abreast: 2, caption_lines: 2, lanes: self.lanes.min(22), ..self }
    }

    /// The least and the greatest width of a shop.
    fn widths(&self, frame: Frame) -> (i32, i32) {
        match (self.size, frame.height) {
            (Size::Full, _) => (76, LARGEST),
            (_, Some(_)) => (40, 110),
            (_, None) => (40, 52),
        }
    }

    /// A rack's place with its switch.
    fn rack(&self, rack: RackId, block: Bounds) -> RackPlace {
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
    /// Lays the city out, or only the rack that is looked at closely.
    pub fn of(snapshot: &Snapshot, frame: Frame, focus: Option<RackId>) -> Self {
        let shown: Vec<RackId> = snapshot
            .racks
            .iter()
            .map(|rack| rack.id)
            .filter(|rack| focus.is_none_or(|focus| focus == *rack))
            .collect();
        let nodes = snapshot.nodes.iter().filter(|node| shown.contains(&node.rack)).count();
        let small = || Self::with(snapshot, frame, &shown, Measures::of_many(frame, Size::Small));
        match Size::of(nodes, small) {
            Size::Full => {
                let full = Self::with(snapshot, frame, &shown, Measures::of(frame));
                let most = shown.iter().map(|rack| crowd(snapshot, *rack)).max();
                if most < Some(3) {
                    return full;
                }
                // Nobody scrolls to a customer whom the terminal hides: less air, or two abreast, whichever leaves the
                // largest shops; or small ones.
                let usual = Measures::of(frame);
                let mut best = full.fits().then(|| full.clone());
                for measures in [usual.tight(), usual.paired(), usual.paired().tight()] {
                    let tried = Self::with(snapshot, frame, &shown, measures);
                    if tried.fits() && best.as_ref().is_none_or(|best| tried.front() > best.front()) {
                        best = Some(tried);
                    }
                }
                best.or_else(|| Some(small()).filter(Self::fits)).unwrap_or(full)
            }
            Size::Small => small(),
            Size::Tile => {
                let measures = Measures::of_many(frame, Size::Tile);
                let counts: Vec<i32> = shown.iter().map(|rack| crowd(snapshot, *rack)).collect();
                let (blocks, bottom) = map::blocks(frame, &measures, &counts);
                let racks = shown.iter().zip(blocks).map(|(rack, block)| measures.rack(*rack, block)).collect();
                Self::around(frame, measures, racks, Vec::new(), bottom)
            }
        }
    }

    fn with(snapshot: &Snapshot, frame: Frame, shown: &[RackId], mut measures: Measures) -> Self {
        let most = shown.iter().map(|rack| crowd(snapshot, *rack)).max().unwrap_or(1).max(1);
        let grid = Grid::best(frame, &mut measures, shown.len() as i32, most);
        let mut racks = Vec::new();
        let mut cells = Vec::new();
        for (index, rack) in shown.iter().enumerate() {
            let block = grid.block(index as i32);
            racks.push(measures.rack(*rack, block));
            for (nth, node) in snapshot.nodes.iter().filter(|node| node.rack == *rack).enumerate() {
                cells.push(grid.cell(node.host, block, nth as i32, &measures));
            }
        }
        sort_by_key(&mut cells, |cell| cell.host);
        Self::around(frame, measures, racks, cells, grid.bottom())
    }

    /// What stands above and below the racks.
    fn around(frame: Frame, measures: Measures, racks: Vec<RackPlace>, cells: Vec<Cell>, bottom: i32) -> Self {
        let bar = Bounds::new(measures.pad, 13, frame.width - 2 * measures.pad, measures.bar);
        let (above, road) = measures.road;
        let road = Bounds::new(measures.pad / 2, bottom + above, frame.width - measures.pad, road);
        let square = Bounds::new(measures.pad, road.bottom, frame.width - 2 * measures.pad, measures.square);
        Self { frame, measures, height: square.bottom, bar, racks, cells, road, square }
    }

    /// Whether it keeps to its room. Where the page scrolls anyway, a little more than a screen is room enough.
    pub(super) fn fits(&self) -> bool {
        self.height <= self.frame.height.unwrap_or(1_200)
    }

    /// How wide its shops are.
    fn front(&self) -> i32 {
        self.cells.first().map_or(0, |cell| cell.shop.width())
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

/// How many machines a rack holds.
fn crowd(snapshot: &Snapshot, rack: RackId) -> i32 {
    snapshot.nodes.iter().filter(|node| node.rack == rack).count() as i32
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
    /// The grid in which shops are largest, and then the lowest one. As many abreast as usual, unless racks are crowded.
    fn best(frame: Frame, measures: &mut Measures, racks: i32, crowd: i32) -> Self {
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
        let side = if frame.class == Class::Phone { 5 } else { 14 };
        let (least, largest) = measures.widths(frame);
        let widest =
            ((rack_width - 2 * side) / measures.abreast - if measures.abreast > 1 { 10 } else { 0 }).min(largest);

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
        let chip = measures.air.0;
        let top = block.top + measures.head + row * self.pitch + chip;
        let shop = Bounds::new(middle - width / 2, top, width, height);
        let reach = share.min((width + 76).max(150));
        let more = measures.lanes.min(7) - 2;
        let touch =
            Bounds::new(middle - reach / 2, top - chip - 2, reach, chip + height + measures.captions() + more);
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
