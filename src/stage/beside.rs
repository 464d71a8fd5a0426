//! Two futures drawn one under another at one scale, from a little before they parted: what happened in each, when nobody
//! answered for whose slots, and their cities at the end side by side.

use std::fmt::Write;
use std::rc::Rc;

use super::art::map::{self, Hued};
use super::art::pattern::diagonals;
use super::service::{self, Lane};
use super::shape::{Shape, path, rect};
use super::text::{Anchor, Bounds, Label, TEXT_FLOOR, Tone, fitting, text_width};
use super::timeline::{self, Mark};
use super::tiny::Plan;
use super::words;
use crate::cluster::fact::FactId;
use crate::cluster::snapshot::Snapshot;
use crate::cluster::time::{Micros, SECOND};
use crate::narrate::{Term, Voice};
use crate::sim::timeline::FactLog;

/// How they are called.
pub const NAMES: [&str; 2] = ["This one", "The other"];
/// What is said of one in which nothing was amiss.
const SERVED: &str = "all slots were served all the time";
/// What is shown of the time before they parted.
pub const LEAD: Micros = 3 * SECOND;
/// The least that is spanned: what is longer than that is told apart.
const LEAST: Micros = 10 * SECOND;
/// Left and right of the lines.
const PAD: i32 = 8;
/// From a future's upper edge: the baseline of its name, of upper and of lower labels, the line, and the first lane.
const NAME: i32 = 14;
const UPPER: i32 = 34;
const LINE: i32 = 42;
const LOWER: i32 = 70;
const LANES: i32 = 78;
/// A lane and its gap; so many have one each, of more there is one of all.
const LANE: i32 = 7;
const PITCH: i32 = 10;
const MOST: usize = 6;
/// Below the lanes: the words of the longest gap, and space.
const WORDS: i32 = 26;
/// The clock below both, and the head of the cities.
const CLOCK: i32 = 20;
const HEAD: i32 = 24;

/// One future, as far as it is drawn.
#[derive(Clone, Debug)]
pub struct Course {
    /// Its marks.
    pub marks: Rc<Vec<Rc<Mark>>>,
    /// When who was served.
    pub lanes: Rc<[Lane]>,
    /// Its city at the end.
    pub city: Rc<Snapshot>,
}

impl Course {
    /// What became of a city that began like this, up to its end.
    pub fn of(marks: Rc<Vec<Rc<Mark>>>, log: &FactLog, start: &Snapshot, city: Rc<Snapshot>) -> Self {
        let lanes = service::lanes(start, log.after(FactId(0)), city.now).into();
        Self { marks, lanes, city }
    }

    /// Its longest time without an answer for some slots, of that after a moment: whose, from when, until when.
    fn longest(&self, after: Micros) -> Option<(u16, Micros, Micros)> {
        let mut longest = None;
        let mut most = 0;
        for lane in self.lanes.iter() {
            for &(from, until) in &lane.gaps {
                if until > after && until - from > most {
                    most = until - from;
                    longest = Some((lane.shard, from, until));
                }
            }
        }
        longest
    }

    /// That time in words, long and short.
    fn unserved(&self, (shard, from, until): (u16, Micros, Micros)) -> [String; 2] {
        let so_far = if until == self.city.now { " so far" } else { "" };
        let short = format!("no answer for {}{so_far}", words::span(until - from));
        [format!("slots of {} {shard}: {short}", Voice::Marked.word(Term::Master)), short]
    }
}

/// The drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// Width and height.
    pub size: (i32, i32),
    /// Its shapes by hue.
    pub groups: Vec<Hued>,
    /// All texts of it.
    pub labels: Vec<Label>,
    /// The same in words.
    pub spoken: String,
}

/// How time is drawn.
#[derive(Clone, Copy)]
struct Scale {
    parted: Micros,
    span: Micros,
    width: i32,
}

impl Scale {
    /// From where on there is something to draw.
    fn from(&self) -> Micros {
        self.parted.saturating_sub(LEAD)
    }

    /// How long after the left end; there is a lead even to what parted at the opening.
    fn since(&self, at: Micros) -> Micros {
        (at + LEAD).saturating_sub(self.parted)
    }

    fn x(&self, at: Micros) -> i32 {
        PAD + timeline::place(self.since(at), self.span) * self.width / 1_000
    }

    /// A box from one moment to another, at least wide enough to be seen.
    fn stretch(&self, from: Micros, until: Micros, (top, height): (i32, i32)) -> Bounds {
        let (left, right) = (self.x(from), self.x(until));
        let right = right.max(left + 2).min(PAD + self.width);
        Bounds { left: left.min(right - 2), top, right, bottom: top + height }
    }
}

/// The width that the panel's style leaves for the drawing, in a window of this width.
pub fn room(window: i32, presented: bool) -> i32 {
    match window {
        _ if presented => 272,
        1_280.. => (window - 1_012).clamp(400, 560) - 54,
        900.. => (window * 43 / 100).clamp(400, 480) - 54,
        600.. => window / 2 - 46,
        _ => (window - 48).max(256),
    }
}

/// Draws both, `width` pixels wide.
#[inline(never)]
pub fn draw(courses: [&Course; 2], parted: Micros, width: i32) -> Beside {
    let end = courses.iter().map(|course| course.city.now).max().unwrap_or(parted);
    let span = (end + LEAD).saturating_sub(parted).max(LEAST);
    let scale = Scale { parted, span, width: width - 2 * PAD };
    let mut drawing = Beside { size: (width, 0), groups: Vec::new(), labels: Vec::new(), spoken: String::new() };
    let most = courses[0].lanes.len().max(courses[1].lanes.len());
    // Of many lanes there is one.
    let (abreast, lanes) = if most > MOST { (most, 1) } else { (1, most as i32) };
    let each = LANES + lanes * PITCH + WORDS;
    for (nth, (course, name)) in (0..).zip(courses.into_iter().zip(NAMES)) {
        drawing.future(course, name, (nth * each, abreast), scale);
    }
    drawing.clock(parted, end, 2 * each, scale);
    let top = 2 * each + CLOCK;
    let height = drawing.cities(courses, top, width);
    drawing.size.1 = height;
    drawing.groups.push((None, drawing.labels.iter().cloned().map(Shape::Text).collect()));
    drawing
}

impl Beside {
    /// One future: its marks on a line, and its lanes below, so many of them in one.
    fn future(&mut self, course: &Course, name: &str, (top, abreast): (i32, usize), scale: Scale) {
        self.write(name, (PAD, top + NAME), Anchor::Start, Tone::Ink);
        let until = course.city.now;
        let track = scale.stretch(scale.from(), until, (top + LINE, 8));
        let mut shapes = vec![boxed(track, 4.0, "beside-track")];
        let own = course.marks.iter().filter(|mark| mark.at >= scale.from() && mark.at <= until);
        let own: Vec<Rc<Mark>> =
            own.map(|mark| Rc::new(Mark { at: scale.since(mark.at), ..(**mark).clone() })).collect();
        let mut placed = timeline::placed(&own, scale.span, scale.width);
        timeline::label(&mut placed, &own, (scale.width, true));
        for placed in &placed {
            let x = PAD + placed.place * scale.width / 1_000;
            sign(placed.mark.kind, x, top + LINE + 4, &mut shapes);
            if let Some(written) = &placed.label {
                let y = top + if written.low { LOWER } else { UPPER };
                let beside = [-2, 0, 2][written.anchor as usize];
                self.write(&written.text, (x + beside, y), written.anchor, Tone::Muted);
            }
        }
        self.groups.push((None, shapes));
        let mut y = top + LANES;
        for lanes in course.lanes.chunks(abreast) {
            let hue = Some(lanes[0].shard).filter(|_| abreast == 1);
            self.groups.push((hue, lane(lanes, until, y, scale)));
            y += PITCH;
        }
        self.gap_words(course, name, y + 10, scale);
    }

    /// What is said below the lanes, under the longest gap, and aloud.
    fn gap_words(&mut self, course: &Course, name: &str, y: i32, scale: Scale) {
        let Some(longest) = course.longest(scale.from()) else {
            let _ = write!(self.spoken, "{name}: {SERVED}. ");
            return self.write(SERVED, (PAD, y), Anchor::Start, Tone::Muted);
        };
        let [long, short] = course.unserved(longest);
        let _ = write!(self.spoken, "{name}: {long}. ");
        let text = fitting(&[&long, &short], scale.width, TEXT_FLOOR, true);
        let half = text_width(text, TEXT_FLOOR, true) / 2 + 1;
        let middle = (scale.x(longest.1) + scale.x(longest.2)) / 2;
        let x = middle.clamp(PAD + half, (PAD + scale.width - half).max(PAD + half));
        self.write(text, (x, y), Anchor::Middle, Tone::Fail);
    }

    /// Writes something; what is not muted is bold.
    #[inline(never)]
    fn write(&mut self, text: &str, (x, y): (i32, i32), anchor: Anchor, tone: Tone) {
        let bold = tone != Tone::Muted;
        self.labels.push(Label { bold, tone, anchor, ..Label::caption(text, x, y, TEXT_FLOOR) });
    }

    /// When they parted, through both, and when the later one ends.
    fn clock(&mut self, parted: Micros, end: Micros, y: i32, scale: Scale) {
        let x = scale.x(parted);
        let each = y / 2;
        let through = |top: i32| format!("M{x} {}V{}", top + LINE - 6, top + each - WORDS);
        self.groups.push((None, vec![path(through(0) + &through(each), "beside-parted")]));
        let text = format!("parted {}", words::clock(parted));
        let wide = text_width(&text, TEXT_FLOOR, false);
        self.write(&text, (x.min(PAD + scale.width - wide), y + 13), Anchor::Start, Tone::Muted);
        let text = words::clock(end);
        let last = scale.x(end);
        if last >= x + wide + 8 + text_width(&text, TEXT_FLOOR, false) {
            self.write(&text, (last, y + 13), Anchor::End, Tone::Muted);
        }
    }

    /// Both cities at their ends; returns where they end.
    fn cities(&mut self, courses: [&Course; 2], top: i32, width: i32) -> i32 {
        let half = (width - 12) / 2;
        let cities = courses.map(|course| &*course.city);
        let plan = Plan::of(&cities, half);
        for (nth, (city, name)) in (0..).zip(cities.into_iter().zip(NAMES)) {
            let left = nth * (half + 12);
            let head = format!("{name} at {}", words::clock(city.now));
            self.write(
                fitting(&[&head, name], half, TEXT_FLOOR, false),
                (left, top + 16),
                Anchor::Start,
                Tone::Muted,
            );
            let (ground, tiles) = plan.draw(city, (left, top + HEAD));
            self.groups.push((None, ground));
            self.groups.extend(map::draw(&tiles));
            for (tile, number) in tiles.tiles.iter().zip(tiles.numbers) {
                self.groups.push((Some(tile.shard), vec![Shape::Text(number)]));
            }
        }
        top + HEAD + plan.height + 2
    }
}

fn boxed(place: Bounds, round: f32, class: &'static str) -> Shape {
    let [x, y, w, h] = [place.left, place.top, place.width(), place.height()].map(|side| side as f32);
    rect(x, y, w, h, round, class)
}

/// A mark on the line, in the shape and colour of the timeline's: broad, broken, hollow, with a flag, a short tick.
fn sign(kind: &str, x: i32, y: i32, shapes: &mut Vec<Shape>) {
    let (wide, high, class) = match kind {
        "fail" => (5, 16, "m-fail"),
        "warn" => return shapes.push(path(format!("M{x} {}v16", y - 8), "m-warn")),
        "vote" => (5, 15, "m-vote"),
        "good" => (3, 16, "m-good"),
        "client" => (2, 8, "m-good"),
        "ballot" => (2, 8, "m-ballot"),
        _ => (3, 16, "m-act"),
    };
    shapes.push(boxed(Bounds::new(x - wide / 2, y - high / 2, wide, high), 0.0, class));
    if kind == "good" {
        shapes.push(path(format!("M{x} {}h7l-5 5z", y - 8), class));
    }
}

/// A lane of some: in its hue while its slots are served, hatched as in the directory while nobody answers.
fn lane(lanes: &[Lane], until: Micros, top: i32, scale: Scale) -> Vec<Shape> {
    let mut shapes = vec![boxed(scale.stretch(scale.from(), until, (top, LANE)), 2.0, "slots")];
    // By columns of pixels: many lanes may have gaps at the same time, and one lane many short ones.
    let mut out = vec![false; (PAD + scale.width) as usize + 1];
    for gap in lanes.iter().flat_map(|lane| &lane.gaps).filter(|gap| gap.1 > scale.from()) {
        let place = scale.stretch(gap.0, gap.1, (top, LANE));
        out[place.left as usize..place.right as usize].fill(true);
    }
    let mut began = None;
    for (x, out) in (0..).zip(out) {
        match (began, out) {
            (None, true) => began = Some(x),
            (Some(left), false) => {
                let place = Bounds::new(left, top, x - left, LANE);
                shapes.push(boxed(place, 0.0, "beside-gap"));
                shapes.push(path(diagonals(place, 5.0, true), "beside-hatch"));
                began = None;
            }
            _ => {}
        }
    }
    shapes
}

#[cfg(test)]
#[path = "checks_of_beside.rs"]
mod checks;
