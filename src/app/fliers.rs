//! Messages on their way, painted on one canvas over the drawing: as elements, two hundred that move cost a slow machine
//! several frames each time.
//!
//! Shapes are those of `stage::art`; their colours are those of the style sheets, asked for with an element that is put into
//! the canvas for a moment. The canvas takes the pointer only where a message is under it, and tells which.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, ImageBitmap, OffscreenCanvas, Path2d};

use super::browser;
use crate::cluster::snapshot::FlightKind;
use crate::cluster::time::Micros;
use crate::stage::art::parcel;
use crate::stage::palette::hue;
use crate::stage::parcel::{Parcel, hit};
use crate::stage::scene::Scene;
use crate::stage::shape::{Shape, to_svg};
use crate::stage::size::Size;
use crate::stage::text::Bounds;

/// More pixels of the screen than these for one of the page's nobody sees in what moves.
const SHARPEST: f64 = 2.0;
/// Half the side of a message's picture.
const HALF: f64 = Parcel::REACH as f64;

/// What messages of one picture have in common: kind, direction and hue.
type Like = (FlightKind, i32, Option<u16>);

/// How a shape is painted.
struct Ink {
    fill: String,
    stroke: String,
    width: f64,
    /// How lines end and meet.
    ends: (String, String),
    font: String,
}

/// All of them.
#[derive(Default)]
pub(super) struct Fliers {
    canvas: Option<HtmlCanvasElement>,
    paper: Option<CanvasRenderingContext2d>,
    /// What the pictures below were made for: pixels of the screen for one of the page's, the ink of words, small shops.
    look: (f64, String, bool),
    /// A picture for each kind of message, direction and hue.
    stamps: Vec<(Like, ImageBitmap)>,
    /// A picture for each message's words, and whether it was needed when all were painted last.
    pills: Vec<(Rc<str>, ImageBitmap, bool)>,
    /// What they are painted with.
    ink: Vec<Ink>,
    scene: Option<Rc<Scene>>,
    /// Each message's middle as it was painted last.
    places: Vec<(u64, (f32, f32))>,
    pointer: Option<(i32, i32)>,
    under: Option<u64>,
}

impl Fliers {
    /// Paints the messages of a scene. `looks` says whether colours may have changed since.
    pub(super) fn show(&mut self, scene: Rc<Scene>, zoom: i32, looks: bool) {
        let canvas = browser::element("fliers").and_then(|it| it.dyn_into().ok());
        if canvas != self.canvas {
            let paper =
                canvas.as_ref().and_then(|it: &HtmlCanvasElement| it.get_context("2d").ok()??.dyn_into().ok());
            *self = Self { canvas, paper, pointer: self.pointer, ..Self::default() };
        }
        let Some(canvas) = self.canvas.clone() else { return };
        if looks || self.scene.is_none() {
            let sharp = browser::sharpness() * if zoom > 0 { f64::from(zoom) / 100.0 } else { 1.0 };
            let small = scene.shops.first().is_some_and(|shop| shop.size == Size::Small);
            let look = (sharp.clamp(1.0, SHARPEST), property(&canvas, "color"), small);
            if look != self.look {
                self.look = look;
                self.stamps.clear();
                self.pills.clear();
                self.ink.clear();
            }
        }
        let count = scene.parcels.len();
        if self.scene.replace(scene).is_none_or(|old| old.parcels.len() != count) {
            drop(canvas.set_attribute("data-flights", &count.to_string()));
        }
        self.paint(None);
    }

    /// Moves them to where they are now; where less motion is wanted they stand.
    pub(super) fn fly(&mut self, now: Micros, halfway: bool) {
        if !halfway {
            self.paint(Some(now));
        }
    }

    /// What the pointer is over.
    pub(super) fn point(&mut self, at: Option<(i32, i32)>) {
        self.pointer = at;
        self.offer();
    }

    /// Takes the pointer where a message is under it.
    fn offer(&mut self) {
        let under = self.pointer.and_then(|at| hit(self.places.iter().copied(), at).or_else(|| self.spoken(at)));
        let Some(canvas) = self.canvas.as_ref().filter(|_| under != self.under) else { return };
        drop(match under {
            Some(id) => canvas.set_attribute("data-flight", &id.to_string()),
            None => canvas.remove_attribute("data-flight"),
        });
        self.under = under;
    }

    /// The message whose words are at a point: they may stand apart from it.
    fn spoken(&self, (x, y): (i32, i32)) -> Option<u64> {
        let here = |place: &Bounds| place.contains(&Bounds::new(x, y, 0, 0));
        let parcels = &self.scene.as_ref()?.parcels;
        parcels.iter().find(|parcel| parcel.label.as_ref().is_some_and(|(_, place)| here(place))).map(|one| one.id)
    }

    fn paint(&mut self, now: Option<Micros>) {
        let (Some(scene), Some(canvas), Some(paper)) =
            (self.scene.clone(), self.canvas.clone(), self.paper.clone())
        else {
            return;
        };
        if scene.parcels.is_empty() && self.places.is_empty() {
            return;
        }
        let scale = self.look.0;
        let (width, height) = (f64::from(scene.frame.width), f64::from(scene.height));
        let size = ((width * scale) as u32, (height * scale) as u32);
        if (canvas.width(), canvas.height()) != size {
            canvas.set_width(size.0);
            canvas.set_height(size.1);
        }
        drop(paper.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0));
        paper.clear_rect(0.0, 0.0, width, height);
        self.places.clear();
        for parcel in &scene.parcels {
            let held = parcel.journey.2;
            let (x, y) = match now.filter(|_| !held) {
                Some(now) => parcel.at(now),
                None => (parcel.place.0 as f32 / 10.0, parcel.place.1 as f32 / 10.0),
            };
            self.places.push((parcel.id, (x, y)));
            let (x, y) = (f64::from(x), f64::from(y));
            if let Some(stamp) = self.stamp(parcel) {
                put(&paper, stamp, (x - HALF, y - HALF), 1.0 / scale);
            }
            if let Some((text, place)) = &parcel.label {
                // Where the scene found room for them. Words are sharp only where pixels are.
                let whole = |at: f64| (at * scale).round() / scale;
                let at = (whole(f64::from(place.left)), whole(f64::from(place.top)));
                if let Some(pill) = self.pill(parcel, text) {
                    put(&paper, pill, at, 1.0 / scale);
                }
            }
        }
        self.pills.retain_mut(|(.., needed)| std::mem::take(needed));
        self.offer();
    }

    /// A message's picture; there are few different ones.
    fn stamp(&mut self, parcel: &Parcel) -> Option<&ImageBitmap> {
        let heading = if parcel::points(parcel.kind) { parcel.heading } else { 0 };
        let key = (parcel.kind, heading, parcel.shard);
        if let Some(at) = self.stamps.iter().position(|(known, _)| *known == key) {
            return self.stamps.get(at).map(|(_, stamp)| stamp);
        }
        let (sharp, _, small) = self.look;
        let scale = if small { 0.65 * sharp } else { sharp };
        let (along, across) = match heading {
            90 => (0.0, scale),
            180 => (-scale, 0.0),
            -90 => (0.0, -scale),
            _ => (scale, 0.0),
        };
        let shapes = parcel::draw(parcel.kind);
        let inks = inks(self.canvas.as_ref()?, &shapes, parcel.shard);
        let (side, middle) = (2.0 * HALF * sharp, HALF * sharp);
        let stamp = picture((side, side), (along, across), (middle, middle), &shapes, &inks)?;
        self.stamps.push((key, stamp));
        self.stamps.last().map(|(_, stamp)| stamp)
    }

    /// A message's words.
    fn pill(&mut self, parcel: &Parcel, text: &Rc<str>) -> Option<&ImageBitmap> {
        let at = match self.pills.iter().position(|(known, ..)| known == text) {
            Some(at) => at,
            None => {
                let (sharp, place) = (self.look.0, parcel.label.as_ref()?.1);
                let shapes = parcel::pill(parcel);
                if self.ink.is_empty() {
                    self.ink = inks(self.canvas.as_ref()?, &shapes, None);
                }
                let px = |side: i32| f64::from(side) * sharp;
                let (size, corner) = ((px(place.width()), px(place.height())), (px(-place.left), px(-place.top)));
                let pill = picture(size, (sharp, 0.0), corner, &shapes, &self.ink)?;
                self.pills.push((text.clone(), pill, true));
                self.pills.len() - 1
            }
        };
        let (_, pill, needed) = self.pills.get_mut(at)?;
        *needed = true;
        Some(pill)
    }
}

/// Shapes as a picture of so many pixels, of its own: painting from a canvas copies that each time.
fn picture(
    (width, height): (f64, f64),
    (along, across): (f64, f64),
    (x, y): (f64, f64),
    shapes: &[Shape],
    inks: &[Ink],
) -> Option<ImageBitmap> {
    let canvas = OffscreenCanvas::new(width.ceil() as u32, height.ceil() as u32).ok()?;
    // It has all that is asked of it.
    let paper: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.unchecked_into();
    drop(paper.set_transform(along, across, -across, along, x, y));
    draw(&paper, shapes, inks);
    canvas.transfer_to_image_bitmap().ok()
}

fn put(paper: &CanvasRenderingContext2d, picture: &ImageBitmap, (x, y): (f64, f64), scale: f64) {
    let (width, height) = (f64::from(picture.width()) * scale, f64::from(picture.height()) * scale);
    drop(paper.draw_image_with_image_bitmap_and_dw_and_dh(picture, x, y, width, height));
}

fn property(element: &Element, name: &str) -> String {
    let style = browser::style_of(element);
    style.and_then(|style| style.get_property_value(name).ok()).unwrap_or_default()
}

/// What the style sheets say of shapes.
fn inks(canvas: &HtmlCanvasElement, shapes: &[Shape], shard: Option<u16>) -> Vec<Ink> {
    let Some(picture) = browser::picture() else { return Vec::new() };
    drop(picture.set_attribute("class", "drawing"));
    drop(picture.set_attribute("style", &hue(shard)));
    picture.set_inner_html(&to_svg(shapes));
    drop(canvas.append_child(&picture));
    let (mut inks, mut next) = (Vec::new(), picture.first_element_child());
    while let Some(element) = next {
        let ask = |name| property(&element, name);
        inks.push(Ink {
            fill: ask("fill"),
            stroke: ask("stroke"),
            width: js_sys::parse_float(&ask("stroke-width")),
            ends: (ask("stroke-linecap"), ask("stroke-linejoin")),
            font: ask("font"),
        });
        next = element.next_element_sibling();
    }
    picture.remove();
    inks
}

fn draw(paper: &CanvasRenderingContext2d, shapes: &[Shape], inks: &[Ink]) {
    for (shape, ink) in shapes.iter().zip(inks) {
        paper.set_fill_style_str(&ink.fill);
        if let Shape::Text(label) = shape {
            paper.set_font(&ink.font);
            paper.set_text_align("center");
            drop(paper.fill_text(&label.text, f64::from(label.x), f64::from(label.y)));
            continue;
        }
        let Ok(path) = Path2d::new_with_path_string(&shape.outline()) else { continue };
        if ink.fill != "none" {
            paper.fill_with_path_2d(&path);
        }
        if ink.stroke != "none" {
            paper.set_stroke_style_str(&ink.stroke);
            paper.set_line_width(ink.width);
            paper.set_line_cap(&ink.ends.0);
            paper.set_line_join(&ink.ends.1);
            paper.stroke_with_path(&path);
        }
    }
}
