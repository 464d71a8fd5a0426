//! Where everything stands: the strip, the racks and their shops, the road, the square of the customers.
//!
//! Depends on the room and on which machine is in which rack; never on what state anything is in,
//! so nothing jumps when a shop burns.

use super::frame::Frame;
use super::grid::Grid;
pub use super::grid::{front_height, sign_height};
use super::map;
pub use super::measures::Measures;
use super::size::Size;
use super::text::Bounds;
use crate::cluster::id::{HostId, RackId};
use crate::cluster::order::sort_by_key;
use crate::cluster::snapshot::Snapshot;

/// Nothing narrower has room for all that a shop tells.
pub(super) const LEAST: i32 = 76;

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
                // Nobody scrolls to a customer whom the terminal hides: less air, or several abreast, whichever leaves the
                // largest shops; or small ones.
                let usual = Measures::of(frame);
                let mut best = full.fits().then(|| full.clone());
                for abreast in [usual.abreast, 2, 3] {
                    let loose = usual.rowed(abreast);
                    let least = if abreast > 2 { LEAST } else { 0 };
                    for measures in [loose, loose.tight()] {
                        let tried = Self::with(snapshot, frame, &shown, measures);
                        let large = tried.front() >= best.as_ref().map_or(least, |best| best.front() + 1);
                        if tried.fits() && large {
                            best = Some(tried);
                        }
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
