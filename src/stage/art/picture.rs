//! A whole scene as SVG text: for tests, for the gallery, and for the picture shown while the core loads.

use std::fmt::Write;

use super::{map, parcel, shop, town, works};
use crate::stage::fixture;
use crate::stage::frame::{Class, Frame};
use crate::stage::map::Map;
use crate::stage::palette::hue;
use crate::stage::scene::{Look, Scene};
use crate::stage::shape::{Shape, tenths, to_svg};

/// The opening scene without words and without patterns, which would be half of it, for the moments before the program
/// runs.
pub fn opening() -> String {
    let frame = Frame { class: Class::Wide, width: 1_000, height: Some(540) };
    let svg = svg(&Scene::of(&fixture::opening(), frame, &Look::default()));
    without(&without(&svg, "<text", "</text>"), r#"<path class="pattern"#, "/>")
}

fn without(text: &str, from: &str, to: &str) -> String {
    let mut rest = text;
    let mut out = String::new();
    while let Some(start) = rest.find(from) {
        out.push_str(&rest[..start]);
        rest = rest[start..].split_once(to).map_or("", |(_, after)| after);
    }
    out + rest
}

/// Draws a scene as one SVG element. Its colours come from the style sheets of the page it stands in.
pub fn svg(scene: &Scene) -> String {
    let (width, height) = (scene.frame.width, scene.height);
    let mut out = format!(
        r#"<svg class="drawing" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" aria-hidden="true">"#
    );
    let hued = |out: &mut String, shard: Option<u16>, shapes: &[Shape]| {
        let _ = write!(out, r#"<g style="{}">{}</g>"#, hue(shard), to_svg(shapes));
    };
    for rack in scene.racks.iter() {
        out.push_str(&to_svg(&town::rack(rack)));
    }
    out.push_str(&to_svg(&town::road(scene.road)));
    for (shard, shapes) in town::strip(&scene.strip) {
        hued(&mut out, shard, &shapes);
    }
    if let Some(view) = &scene.map {
        out.push_str(&map_of(view));
    }
    for lane in scene.lanes.iter() {
        hued(&mut out, Some(lane.shard), &town::lane(lane));
    }
    out.push_str(&to_svg(&works::ways(&scene.works)));
    for view in &scene.parcels {
        if let Some(trail) = &view.trail {
            let class = parcel::trail(view.kind);
            let _ = write!(out, r#"<path class="{class}" style="{}" d="{trail}"/>"#, hue(view.shard));
        }
    }
    for view in &scene.shops {
        hued(&mut out, Some(view.shard), &shop::draw(view));
        let captions: Vec<Shape> = view.captions.iter().cloned().map(Shape::Text).collect();
        let ground = if view.marks.dark { "captions in-dark" } else { "captions" };
        let _ = write!(out, r#"<g class="{ground}">{}</g>"#, to_svg(&captions));
    }
    for block in &scene.works.blocks {
        out.push_str(&to_svg(&works::block(block)));
    }
    for (shard, shapes) in works::moving(&scene.works) {
        hued(&mut out, shard, &shapes);
    }
    out.push_str(&to_svg(&works::disputed(&scene.disputed)));
    out.push_str(&to_svg(&town::customer(&scene.square)));
    for (shard, shapes) in town::copies(&scene.square.copy) {
        hued(&mut out, shard, &shapes);
    }
    if let Some(pin) = &scene.pin {
        out.push_str(&to_svg(&town::pin(pin)));
    }
    for glow in &scene.glows {
        let _ = write!(out, r#"<path class="glow" d="{glow}"/>"#);
    }
    out.push_str(&to_svg(&town::lit(&scene.lit)));
    for panel in scene.votes.iter() {
        out.push_str(&to_svg(&town::votes(panel)));
        for ballot in &panel.ballots {
            hued(&mut out, Some(ballot.shard), &town::ballot(ballot.place, ballot.given, ballot.able));
        }
    }
    for view in &scene.parcels {
        let (x, y) = (tenths(view.place.0), tenths(view.place.1));
        let turn = if parcel::points(view.kind) { format!(" rotate({})", view.heading) } else { String::new() };
        let _ = write!(
            out,
            r#"<g style="{}" transform="translate({x},{y})"><g transform="translate(0,0){turn}">{}</g></g>{}"#,
            hue(view.shard),
            to_svg(&parcel::draw(view.kind)),
            to_svg(&parcel::pill(view))
        );
    }
    for mark in &scene.lost {
        out.push_str(&to_svg(&parcel::lost(mark)));
    }
    out.push_str("</svg>");
    out
}

/// A map as SVG text.
fn map_of(view: &Map) -> String {
    let mut out = String::new();
    for (shard, shapes) in map::draw(view) {
        let _ = write!(out, r#"<g style="{}">{}</g>"#, hue(shard), to_svg(&shapes));
    }
    for (tile, number) in view.tiles.iter().zip(&view.numbers) {
        let _ =
            write!(out, r#"<g style="{}">{}</g>"#, hue(Some(tile.shard)), to_svg(&[Shape::Text(number.clone())]));
    }
    for stream in &view.streams {
        let (x, y) = stream.place;
        let (line, shape) = (to_svg(&town::stream(stream)), to_svg(&parcel::draw(stream.kind)));
        let _ = write!(out, r#"<g style="{}">{line}<g transform="translate({x},{y})">{shape}</g></g>"#, hue(None));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_up_picture_is_what_the_program_draws() {
        let page = include_str!("../../../index.html");
        let shown = page.split_once("<!--picture-->").and_then(|(_, rest)| rest.split_once("<!--/picture-->"));
        let (shown, _) = shown.expect("index.html holds the picture between its marks");
        assert!(shown == opening(), "run: cargo run --no-default-features --example gallery -- start");
    }
}
