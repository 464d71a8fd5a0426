//! Everything of the city that is not a shop: blocks, road, strip, lanes, votes, you and your copy.

use super::map::{Hued, outline};
use super::pattern::{diagonals, fill};
use crate::stage::customer::{CopySegment, FEET, Square};
use crate::stage::lane::Lane;
use crate::stage::map::Stream;
use crate::stage::palette;
use crate::stage::scene::RackView;
use crate::stage::shape::{Pen, Shape, circle, num, path, rect};
use crate::stage::strip::{FEW, Pin, Segment};
use crate::stage::text::{Bounds, Label, Tone};
use crate::stage::votes::VotesPanel;

fn boxed(place: Bounds, r: f32, class: &'static str) -> Shape {
    rect(place.left as f32, place.top as f32, place.width() as f32, place.height() as f32, r, class)
}

/// A rack's block and its head line. The switch is a real control and no part of the drawing.
pub fn rack(rack: &RackView) -> Vec<Shape> {
    let class = if rack.powered { "block" } else { "block no-power" };
    vec![boxed(rack.block, 14.0, class), Shape::Text(rack.label.clone())]
}

/// The road.
pub fn road(place: Bounds) -> Vec<Shape> {
    let middle = (place.top + place.bottom) / 2;
    vec![
        boxed(place, place.height() as f32 / 2.0, "road"),
        path(format!("M{} {middle}H{}", place.left + 16, place.right - 16), "road-line"),
    ]
}

/// The strip. Runs in their hundreds are joined by hue, so that they stay a few elements.
pub fn strip(segments: &[Segment]) -> Vec<Hued> {
    if segments.len() <= DENSE {
        return segments.iter().map(|run| (run.shard, segment(run))).collect();
    }
    let hue = |run: &Segment| run.shard.map(|shard| (shard.max(1) - 1) % palette::HUES + 1);
    let mut groups: Vec<Hued> = Vec::new();
    for shard in std::iter::once(None).chain((1..=palette::HUES).map(Some)) {
        let mut shapes = Vec::new();
        for served in [true, false] {
            let (mut boxes, mut lines) = (String::new(), String::new());
            for run in segments.iter().filter(|run| run.served == served && hue(run) == shard) {
                outline(&mut boxes, run.place);
                let (pattern, double) = palette::pattern(run.shard.unwrap_or(1));
                match fill(pattern, double, run.place, "pattern") {
                    Some(Shape::Path { d, .. }) if served && run.place.width() >= 8 => lines.push_str(&d),
                    _ => {}
                }
            }
            if !boxes.is_empty() {
                shapes.push(path(boxes, if served { "slots" } else { "slots lost" }));
                shapes.push(path(lines, "pattern"));
            }
        }
        groups.push((shard, shapes));
    }
    groups.push((None, segments.iter().filter_map(|run| run.label.clone()).map(Shape::Text).collect()));
    // A sliver of ash would be lost among so many.
    let gaps = || segments.iter().filter(|run| !run.served);
    let framed = gaps().filter(|_| gaps().count() <= FEW);
    let frame = |run: &Segment| {
        let Bounds { left, top, right, bottom } = run.place;
        boxed(Bounds { left: left - 3, top: top - 4, right: right + 3, bottom: bottom + 4 }, 3.0, "gap")
    };
    groups.push((None, framed.map(frame).collect()));
    groups.retain(|(_, shapes)| !shapes.is_empty());
    groups
}

/// More runs than this are joined.
const DENSE: usize = 64;

/// Messages of a map, joined: a line each, and the shape that they have.
pub fn stream(stream: &Stream) -> Vec<Shape> {
    let ((x1, y1), (x2, y2)) = stream.ends;
    let class = if stream.count >= 10 { "stream many" } else { "stream" };
    vec![path(format!("M{x1} {y1}L{x2} {y2}"), class)]
}

/// One run of the strip: hue and pattern of its owner, or ash where nobody answers.
pub fn segment(segment: &Segment) -> Vec<Shape> {
    let mut shapes = Vec::new();
    shapes.push(boxed(segment.place, 4.0, if segment.served { "slots" } else { "slots ash" }));
    if !segment.served {
        shapes.push(path(diagonals(segment.place, 8.0, true), "ash-hatch"));
    } else if let Some(shard) = segment.shard {
        let (pattern, double) = palette::pattern(shard);
        shapes.extend(fill(pattern, double, segment.place, pattern_class(pattern)));
    }
    if let (Some((x, y)), Some(shard)) = (segment.badge, segment.shard) {
        shapes.push(circle(x as f32, y as f32, 9.5, "badge"));
        shapes.push(Shape::Text(Label::caption(shard.to_string(), x, y + 4, 12).tone(Tone::Shard).bold()));
    }
    shapes.extend(segment.label.clone().map(Shape::Text));
    shapes
}

pub(super) fn pattern_class(pattern: palette::Pattern) -> &'static str {
    if pattern == palette::Pattern::Dots { "pattern dots" } else { "pattern" }
}

/// The pin of the last key.
pub fn pin(pin: &Pin) -> Vec<Shape> {
    let (top, bottom) = (pin.bar.0 as f32, pin.bar.1 as f32);
    let x = pin.x as f32;
    vec![
        path(format!("M{} {}V{}", num(x), num(top - 5.0), num(bottom + 3.0)), "pin-line"),
        Pen::at(x, top, 1.0).to(-6.5, -11.0).line(6.5, -11.0).line(0.0, -2.0).close().shape("pin-head"),
    ]
}

/// A replication lane, from wall to wall.
pub fn lane(lane: &Lane) -> Vec<Shape> {
    vec![path(lane.drawn(), if lane.flows { "lane" } else { "lane cut" })]
}

/// The rack that a shop would go to.
pub fn target(place: Bounds) -> Shape {
    boxed(place, 14.0, "goes-to")
}

/// Frames around what is pointed out.
pub fn lit(boxes: &[Bounds]) -> Vec<Shape> {
    // Around the captions that stand at the edge, not through them.
    let around = |place: &Bounds| {
        let Bounds { left, top, right, bottom } = *place;
        boxed(Bounds { left: left - 2, top: top - 2, right: right + 2, bottom: bottom + 2 }, 12.0, "lit-frame")
    };
    boxes.iter().map(around).collect()
}

/// The frame of a votes panel; its ballots come one by one, each in its voter's hue.
pub fn votes(panel: &VotesPanel) -> Vec<Shape> {
    vec![boxed(panel.place, 8.0, "panel"), Shape::Text(panel.title.clone())]
}

/// A ballot: checked when given, dashed while awaited, grey where nobody can give it.
pub fn ballot(place: (i32, i32), given: bool, able: bool) -> Vec<Shape> {
    let (x, y) = (place.0 as f32, place.1 as f32);
    match (given, able) {
        (true, _) => vec![
            circle(x, y, 7.5, "ballot given"),
            Pen::at(x, y, 1.0).to(-3.2, 0.3).line(-0.8, 2.8).line(3.6, -2.6).shape("ballot-check"),
        ],
        (false, true) => vec![circle(x, y, 7.0, "ballot awaited")],
        (false, false) => vec![circle(x, y, 7.0, "ballot unable")],
    }
}

/// You, and the card of your client's copy. The copy's segments come one by one, each in its hue.
pub fn customer(square: &Square) -> Vec<Shape> {
    let (x, y) = (square.home.0 as f32, square.home.1 as f32);
    let feet = FEET as f32;
    let body = Pen::at(x, y, 1.0)
        .to(-17.0, feet)
        .cubic((-17.0, 22.0), (-10.0, 13.0), (0.0, 13.0))
        .cubic((10.0, 13.0), (17.0, 22.0), (17.0, feet))
        .close();
    let mut shapes = vec![body.shape("person-body"), circle(x, y, 10.5, "person-head")];
    shapes.push(boxed(square.card, 6.0, "panel"));
    if let Some((x, y)) = square.refused {
        let (x, y) = (x as f32, y as f32);
        shapes.push(circle(x, y, 8.5, "refused"));
        shapes.push(
            Pen::at(x, y, 1.0).to(-3.2, -3.2).line(3.2, 3.2).to(3.2, -3.2).line(-3.2, 3.2).shape("refused-cross"),
        );
    }
    shapes.extend(square.labels.iter().cloned().map(Shape::Text));
    shapes
}

/// The runs of the client's copy; in their hundreds joined by hue, too.
pub fn copies(runs: &[CopySegment]) -> Vec<Hued> {
    if runs.len() <= DENSE {
        return runs.iter().map(|run| (run.shard, copy(run.place, run.stale))).collect();
    }
    let of_hue = |shard: u16| {
        let mut boxes = String::new();
        let hued =
            runs.iter().filter(|run| run.shard.is_some_and(|own| (own.max(1) - 1) % palette::HUES + 1 == shard));
        hued.for_each(|run| outline(&mut boxes, run.place));
        (Some(shard), vec![path(boxes, "slots")])
    };
    let mut groups: Vec<Hued> = (1..=palette::HUES).map(of_hue).collect();
    let mut stale = String::new();
    runs.iter().filter(|run| run.stale).for_each(|run| outline(&mut stale, run.place));
    groups.push((None, vec![path(stale, "stale")]));
    groups
}

/// One run of the client's copy.
pub fn copy(place: Bounds, stale: bool) -> Vec<Shape> {
    let mut shapes = vec![boxed(place, 1.5, "slots")];
    if stale {
        shapes.push(path(diagonals(place, 5.0, true), "stale-hatch"));
        shapes.push(boxed(place, 1.5, "stale"));
    }
    shapes
}
