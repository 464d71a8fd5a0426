//! A city in a hand's breadth: its racks with a tile a node, in the marks of the map. Two of them stand side by side at
//! one scale.

use super::map::{self, Map};
use super::shape::{Shape, rect};
use super::text::{Bounds, Label, TEXT_FLOOR};
use crate::cluster::snapshot::{NodeView, RackView, Snapshot};

/// The least side of a tile with its gap, and what is too large.
const SIDES: (i32, i32) = (5, 29);
/// Space between racks, and around the tiles in one; marks reach over their tiles by as much.
const GAP: i32 = 4;
const INSET: i32 = 8;
/// A rack's name.
const HEAD: i32 = 18;
/// Tiles shrink from this height on.
const HIGH: i32 = 120;

/// How a city is laid out, so that another one can be laid out alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    side: i32,
    columns: i32,
    rack: (i32, i32),
    /// How high the whole is.
    pub(super) height: i32,
}

impl Plan {
    /// The largest tiles with which each of these cities fits into the width.
    pub(super) fn of(cities: &[&Snapshot], width: i32) -> Self {
        let (mut racks, mut most) = (1, 1);
        for city in cities {
            racks = racks.max(city.racks.len() as i32);
            for rack in &city.racks {
                most = most.max(nodes_in(city, rack).count() as i32);
            }
        }
        // A rack has room for its name.
        let widest = racks.min((width + GAP) / (44 + GAP)).max(1);
        let (mut side, columns) = (SIDES.1, widest);
        loop {
            side -= 1;
            let wide = (width - (columns - 1) * GAP) / columns;
            let abreast = ((wide - 2 * INSET) / side).max(1);
            let high = HEAD + (most + abreast - 1) / abreast * side + INSET;
            let height = (racks + columns - 1) / columns * (high + GAP) - GAP;
            if height <= HIGH && side <= wide - 2 * INSET || side <= SIDES.0 {
                return Self { side, columns, rack: (wide, high), height };
            }
        }
    }

    /// The racks' shapes, and the tiles, of a city whose upper left corner is here.
    pub(super) fn draw(&self, city: &Snapshot, (left, top): (i32, i32)) -> (Vec<Shape>, Map) {
        let mut ground = Vec::new();
        let mut tiles = Vec::new();
        let abreast = ((self.rack.0 - 2 * INSET) / self.side).max(1);
        for (nth, rack) in (0..).zip(&city.racks) {
            let x = left + nth % self.columns * (self.rack.0 + GAP);
            let y = top + nth / self.columns * (self.rack.1 + GAP);
            let class = if rack.powered { "block" } else { "block no-power" };
            ground.push(rect(x as f32, y as f32, self.rack.0 as f32, self.rack.1 as f32, 4.0, class));
            let name = Label::caption(rack.name.clone(), x + self.rack.0 / 2, y + 13, TEXT_FLOOR);
            ground.push(Shape::Text(name));
            let first = x + (self.rack.0 - abreast * self.side) / 2;
            for (nth, node) in (0..).zip(nodes_in(city, rack)) {
                let at = (first + nth % abreast * self.side, y + HEAD + nth / abreast * self.side);
                let gap = if self.side >= 12 { 6 } else { 1 };
                let place = Bounds::new(at.0 + gap / 2, at.1 + gap / 2, self.side - gap, self.side - gap);
                tiles.push(map::tile(node, place));
            }
        }
        let side = tiles.first().map_or(0, |tile| tile.place.width());
        let numbers = map::numbers(&tiles, side);
        (ground, Map { tiles, numbers, streams: Vec::new(), summary: String::new() })
    }
}

fn nodes_in<'a>(city: &'a Snapshot, rack: &'a RackView) -> impl Iterator<Item = &'a NodeView> {
    city.nodes.iter().filter(|node| node.rack == rack.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::fixture;

    #[test]
    fn every_tile_stands_in_its_city_and_on_no_other() {
        for width in [122, 150, 200, 260] {
            for city in
                [fixture::opening(), fixture::promoted(), fixture::large(12, 1, 4), fixture::large(100, 1, 8)]
            {
                let plan = Plan::of(&[&city, &fixture::opening()], width);
                let (_, map) = plan.draw(&city, (10, 20));
                let all = Bounds::new(10, 20, width, plan.height);
                assert_eq!(map.tiles.len(), city.nodes.len());
                for (nth, tile) in map.tiles.iter().enumerate() {
                    assert!(all.contains(&tile.place), "{tile:?} in {all:?}");
                    assert!(map.tiles[..nth].iter().all(|other| !other.place.overlaps(&tile.place)), "{tile:?}");
                }
            }
        }
    }

    #[test]
    fn who_failed_and_who_leads_is_told_as_on_the_map() {
        let city = fixture::promoted();
        let (_, map) = Plan::of(&[&city], 150).draw(&city, (0, 0));
        for (tile, node) in map.tiles.iter().map(|tile| (tile, &city.nodes[usize::from(tile.host.0)])) {
            assert_eq!((tile.state, tile.shard), (node.state, node.shard));
        }
        assert_eq!(map.numbers.len(), 6, "a number on each of six");
    }
}
