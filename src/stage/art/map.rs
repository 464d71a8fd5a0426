//! The map's tiles, joined: one path for all tiles of a hue, one for all marks of a kind.

use std::fmt::Write;

use super::mark;
use super::pattern::{diagonals, fill};
use super::town::pattern_class;
use crate::cluster::snapshot::NodeState;
use crate::stage::map::{Map, Tile};
use crate::stage::palette::{self, HUES};
use crate::stage::shape::{Shape, circle, path};
use crate::stage::text::Bounds;

/// Shapes that share a hue, by a shard that has it.
pub type Hued = (Option<u16>, Vec<Shape>);

/// The outline of a box as path data.
pub(super) fn outline(data: &mut String, place: Bounds) {
    let _ = write!(data, "M{} {}h{}v{}h-{}z", place.left, place.top, place.width(), place.height(), place.width());
}

/// The tile of one node by itself.
pub fn alone(tile: &Tile) -> Shape {
    let mut data = String::new();
    outline(&mut data, tile.place);
    let class = match (tile.master, tile.closed) {
        (true, false) => "tile",
        (true, true) => "tile ash",
        (false, _) => "tile-copy",
    };
    path(data, class)
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
    let lost = |tile: &Tile| !tile.works && !matches!(tile.state, NodeState::Ok | NodeState::Paused);
    let mut groups: Vec<Hued> = Vec::new();
    for shard in 1..=HUES {
        let of_hue =
            || map.tiles.iter().filter(move |tile| (tile.shard.max(1) - 1) % HUES + 1 == shard && !lost(tile));
        let mut shapes = Vec::new();
        let open = || of_hue().filter(|tile| tile.master && !tile.closed);
        shapes.extend(joined(open(), "tile"));
        shapes.extend(patterns(open()));
        // As their slots are drawn on the strip.
        shapes.extend(joined(of_hue().filter(|tile| tile.master && tile.closed), "tile ash"));
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

/// States: the same marks as on shops, over the gaps between tiles, so that who is down is seen at once.
fn marks(map: &Map) -> Vec<Shape> {
    let of = |wanted: &dyn Fn(&Tile) -> bool| -> Vec<Bounds> {
        map.tiles.iter().filter(|tile| wanted(tile)).map(|tile| grown(tile.place)).collect()
    };
    let lost = of(&is_lost);
    let out = of(&|tile| tile.state == NodeState::Down);
    let doubted = of(&|tile| tile.state == NodeState::Pfail && !tile.works);
    // Whoever works keeps its hue: that others doubt it is a frame.
    let works =
        of(&|tile| tile.works && !tile.islands && matches!(tile.state, NodeState::Pfail | NodeState::Fail));
    let said_lost = of(&|tile| tile.works && !tile.islands && tile.state == NodeState::Fail);
    let islands = of(&|tile| tile.islands);
    let bids = of(&|tile| tile.bids);
    let promoted = of(&|tile| tile.promoted && tile.works);
    let mut shapes = Vec::new();
    let closed = map.tiles.iter().filter(|tile| tile.closed);
    let ash: String = closed.map(|tile| diagonals(tile.place, 8.0, true)).collect();
    if !ash.is_empty() {
        shapes.push(path(ash, "ash-hatch"));
    }
    for (boxes, class) in [
        (&lost, "tile-halo"),
        (&out, "tile-halo"),
        (&doubted, "tile-halo"),
        (&lost, "tile-lost"),
        (&out, "tile-out"),
        (&doubted, "tile-doubt"),
        (&works, "tile-doubt works"),
        (&islands, "tile-doubt islands"),
        (&bids, "tile-bids"),
        (&promoted, "tile-bids"),
    ] {
        shapes.extend(outlines(boxes, class));
    }
    let frozen = map.tiles.iter().filter(|tile| tile.state == NodeState::Paused);
    let frost: String = frozen.map(|tile| diagonals(tile.place, 5.0, false)).collect();
    if !frost.is_empty() {
        shapes.push(path(frost, "frost"));
    }
    badges(&lost, ["badge-lost", "badge-cross"], |at, scale| mark::cross(at, 3.4 * scale), &mut shapes);
    badges(&said_lost, ["said-lost", "refused-cross"], |at, scale| mark::cross(at, 3.2 * scale), &mut shapes);
    let works: Vec<Bounds> = works.into_iter().filter(|place| !said_lost.contains(place)).collect();
    for boxes in [&doubted, &works] {
        badges(boxes, ["question", "question-mark"], |at, scale| mark::question(at, 0.95 * scale), &mut shapes);
    }
    badges(&bids, ["badge-bid", "badge-arrow"], |at, scale| mark::arrow(at, 0.6 * scale), &mut shapes);
    for place in &out {
        let (outer, core) = mark::flame((place.right as f32 - 2.0, place.top as f32 + 9.0), 0.38);
        shapes.extend([outer, core]);
    }
    for place in &promoted {
        shapes.extend(mark::flag(place.left as f32, place.top as f32 + 2.0, 13.0));
    }
    shapes
}

/// The least side of what is marked: where tiles are smaller, it lies over its neighbours.
const LEAST: i32 = 16;

/// The box of a mark: into the gaps around its tile, and never too small to be seen from afar.
fn grown(place: Bounds) -> Bounds {
    let more = ((LEAST - place.width() + 1) / 2).max(2);
    Bounds {
        left: place.left - more,
        top: place.top - more,
        right: place.right + more,
        bottom: place.bottom + more,
    }
}

/// The path of all these boxes, if there are any.
fn outlines(boxes: &[Bounds], class: &'static str) -> Option<Shape> {
    let mut data = String::new();
    boxes.iter().for_each(|place| outline(&mut data, *place));
    (!data.is_empty()).then(|| path(data, class))
}

/// Round badges at the upper right corners, each with a sign; where a tile has no room for a number, in its middle.
fn badges(
    boxes: &[Bounds],
    classes: [&'static str; 2],
    sign: fn((f32, f32), f32) -> String,
    shapes: &mut Vec<Shape>,
) {
    let (mut discs, mut signs) = (String::new(), String::new());
    for place in boxes {
        let corner = place.width() >= 20;
        let at = if corner { (place.right - 2, place.top + 2) } else { (place.middle(), place.middle_y()) };
        let at = (at.0 as f32, at.1 as f32);
        let r = if corner { 8.5 } else { 7.0 };
        discs.push_str(&circle(at.0, at.1, r, "").outline());
        signs.push_str(&sign(at, r / 8.5));
    }
    if !boxes.is_empty() {
        shapes.extend([path(discs, classes[0]), path(signs, classes[1])]);
    }
}
