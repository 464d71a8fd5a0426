//! Prints a page with every fixture at every width class, to look at:
//! `cargo run --no-default-features --example gallery > gallery.html`. With `start` it puts the start-up
//! picture into `index.html` instead.

use std::io::Write;

use cluster_city::stage::art::picture;
use cluster_city::stage::fixture;
use cluster_city::stage::frame::{Class, Frame};
use cluster_city::stage::scene::{Look, Scene};
use cluster_city::stage::skin::Skin;

fn main() -> std::io::Result<()> {
    if std::env::args().nth(1).as_deref() == Some("start") { start_up_picture() } else { gallery() }
}

/// Puts the opening scene between its marks in `index.html`.
fn start_up_picture() -> std::io::Result<()> {
    let page = std::fs::read_to_string("index.html")?;
    let parts = page.split_once("<!--picture-->").and_then(|(before, rest)| {
        let (_, after) = rest.split_once("<!--/picture-->")?;
        Some((before, after))
    });
    let Some((before, after)) = parts else {
        return Err(std::io::Error::other("index.html has no picture marks"));
    };
    let picture = picture::opening();
    std::fs::write("index.html", format!("{before}<!--picture-->{picture}<!--/picture-->{after}"))
}

fn gallery() -> std::io::Result<()> {
    let frames = [
        Frame { class: Class::Wide, width: 796, height: Some(540) },
        Frame { class: Class::Wide, width: 552, height: Some(440) },
        Frame { class: Class::Wide, width: 1018, height: Some(360) },
        Frame { class: Class::Embed, width: 720, height: Some(332) },
        Frame { class: Class::Phone, width: 390, height: None },
        Frame { class: Class::Phone, width: 320, height: None },
    ];
    let mut out = std::io::stdout().lock();
    let css = concat!(include_str!("../static/palette.css"), include_str!("../static/drawing.css"));
    writeln!(out, "<!doctype html><meta charset=utf-8><title>Gallery</title><style>{css}")?;
    writeln!(
        out,
        ":root{{--sans:Inter,system-ui,sans-serif;--mono:monospace}}body{{background:var(--page);color:var(--ink);font-family:var(--sans);margin:12px}}"
    )?;
    writeln!(out, "section{{display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start}}</style>")?;
    let large = [(12, 1, 3), (30, 1, 3), (80, 2, 10), (500, 1, 20)];
    let large = large
        .map(|(masters, replicas, racks)| (masters * (1 + replicas), fixture::large(masters, replicas, racks)));
    let large: Vec<_> = large.into_iter().map(|(nodes, city)| (format!("{nodes} nodes"), city)).collect();
    let small = fixture::all().into_iter().map(|(name, city)| (name.to_owned(), city));
    for (name, city) in small.chain(large) {
        writeln!(out, "<h2>{name}</h2><section>")?;
        for (frame, skin) in frames.into_iter().flat_map(|frame| Skin::ALL.map(|skin| (frame, skin))) {
            let look = Look { pin: Some(12_893), skin, ..Look::default() };
            let scene = Scene::of(&city, frame, &look);
            writeln!(out, "<div style=\"width:{}px\">{}</div>", frame.width, picture::svg(&scene))?;
        }
        writeln!(out, "</section>")?;
    }
    Ok(())
}
