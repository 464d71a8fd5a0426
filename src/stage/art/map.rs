//! The map's tiles, joined: one path for all tiles of a hue, one for all marks of a kind.

use std::fmt::Write;

use super::pattern::{diagonals, fill};
use super::town::pattern_class;
use crate::cluster::snapshot::NodeState;
use crate::stage::map::{Map, Tile};
use crate::stage::palette::{self, HUES};
use crate::stage::shape::{Shape, path};
use crate::stage::text::Bounds;

/// Shapes that share a hue, by a shard that has it.
pub type Hued = (Option<u16>, Vec<Shape>);

/// The outline of a box as path data.
pub(super) fn outline(data: &mut String, place: Bounds) {
    let _ = write!(data, "M{} {}h{}v{}h-{}z", place.left, place.top, place.width(), place.height(), place.width());
}

/// The path of all tiles that are wanted, if there are any.
fn joined<'a>(tiles: impl Iterator<Item = &'a Tile>, class: &'static str) -> Option<Shape> {
    let mut data = String::new();
    tiles.for_each(|tile| outline(&mut data, tile.place));
    (!data.is_empty()).then(|| path(data, class))
}

/// All tiles.
#[inline(never)]
pub fn draw(map: &Map) -> Vec<Hued> {
    let lost = |tile: &Tile| is_lost(tile) || tile.state == NodeState::Down;
    let mut groups: Vec<Hued> = Vec::new();
    for shard in 1..=HUES {
        let of_hue =
            || map.tiles.iter().filter(move |tile| (tile.shard.max(1) - 1) % HUES + 1 == shard && !lost(tile));
        let mut shapes = Vec::new();
        shapes.extend(joined(of_hue().filter(|tile| tile.master), "tile"));
        shapes.extend(patterns(of_hue().filter(|tile| tile.master)));
        shapes.extend(joined(of_hue().filter(|tile| !tile.master), "tile-copy"));
        if !shapes.is_empty() {
            groups.push((Some(shard), shapes));
        }
    }
    groups.push((None, marks(map)));
    groups
}

/// The patterns of all masters of a hue, in one path for lines and one for dots.
fn patterns<'a>(tiles: impl Iterator<Item = &'a Tile>) -> Vec<Shape> {
    let (mut lines, mut dots) = (String::new(), String::new());
    for tile in tiles.filter(|tile| tile.place.width() >= 8) {
        let (pattern, double) = palette::pattern(tile.shard);
        if let Some(Shape::Path { d, .. }) = fill(pattern, double, tile.place, pattern_class(pattern)) {
            if pattern == palette::Pattern::Dots { dots.push_str(&d) } else { lines.push_str(&d) }
        }
    }
    let mut shapes = Vec::new();
    for (data, class) in [(lines, "pattern"), (dots, "pattern dots")] {
        if !data.is_empty() {
            shapes.push(path(data, class));
        }
    }
    shapes
}

/// Whether it is lost in truth: that others take one for lost which works is a doubt.
fn is_lost(tile: &Tile) -> bool {
    tile.state == NodeState::Fail && !tile.works
}

/// States: the same marks as on shops, as far as a tile has room.
fn marks(map: &Map) -> Vec<Shape> {
    let of = |state: NodeState| map.tiles.iter().filter(move |tile| tile.state == state);
    let mut shapes = Vec::new();
    let lost = || map.tiles.iter().filter(|tile| is_lost(tile));
    shapes.extend(joined(lost(), "tile-lost"));
    shapes.extend(joined(of(NodeState::Down), "tile-out"));
    let mut crosses = String::new();
    for Tile { place, .. } in lost() {
        let Bounds { left, top, right, bottom } = *place;
        let _ = write!(crosses, "M{left} {top}L{right} {bottom}M{right} {top}L{left} {bottom}");
    }
    if !crosses.is_empty() {
        shapes.push(path(crosses, "refused-cross"));
    }
    let doubted = |tile: &&Tile| tile.state == NodeState::Pfail || (tile.state == NodeState::Fail && tile.works);
    shapes.extend(joined(map.tiles.iter().filter(doubted).filter(|tile| !tile.islands), "tile-doubt"));
    shapes.extend(joined(map.tiles.iter().filter(|tile| tile.islands), "tile-doubt islands"));
    let frost: String = of(NodeState::Paused).map(|tile| diagonals(tile.place, 5.0, false)).collect();
    if !frost.is_empty() {
        shapes.push(path(frost, "frost"));
    }
    shapes.extend(joined(map.tiles.iter().filter(|tile| tile.bids), "tile-bids"));
    shapes
}
