//! Messages on their way over the drawing. The browser itself carries each along its way, in a layer of its own, so that a frame
//! in which none is sent or arrives costs nothing: a picture moved by hand is painted anew sixty times a second.
//!
//! Where a message is stays a pure function of when it was sent, when it is due and what time it is: an animation as long as
//! the journey, in milliseconds of virtual time, whose clock is set.

use std::rc::Rc;

use js_sys::{Array, Function, JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Animation, Element};

use super::browser;
use crate::cluster::time::{MS, Micros};
use crate::stage::art;
use crate::stage::lane::Way;
use crate::stage::palette::hue;
use crate::stage::parcel::{self, Parcel};
use crate::stage::shape::to_svg;
use crate::stage::text::Bounds;

/// So many milliseconds of the wall may virtual time be off the line that animations run along: frames are not even.
const LOOSE_MS: f64 = 30.0;

/// How virtual time runs against the browser's clock.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Pace {
    /// A moment of the browser's clock, in milliseconds.
    pub(super) clock: f64,
    /// Virtual milliseconds in one of the wall.
    pub(super) rate: f64,
}

/// A message's picture, and what moves it.
struct Flier {
    id: u64,
    journey: (Micros, Micros, bool),
    way: Way,
    heading: i32,
    label: Option<(Rc<str>, Bounds)>,
    picture: Element,
    moves: Option<Animation>,
}

/// All of them.
#[derive(Default)]
pub(super) struct Fliers {
    air: Option<Element>,
    flying: Vec<Flier>,
    now: Micros,
    pace: Option<Pace>,
}

impl Fliers {
    /// Shows these where they are `now`: moving on at a pace, or standing still. `halfway` is where less motion has them all.
    pub(super) fn show(&mut self, parcels: &[Parcel], now: Micros, pace: Option<Pace>, halfway: bool) {
        let air = browser::element("fliers");
        if air != self.air {
            (self.air, self.flying) = (air, Vec::new());
        }
        let Some(air) = &self.air else { return };
        let set = !self.runs_on(now, pace);
        if set {
            (self.now, self.pace) = (now, pace);
        }
        let mut old = std::mem::take(&mut self.flying).into_iter().peekable();
        let mut flying = Vec::with_capacity(parcels.len());
        for parcel in parcels {
            // Both lists are in the same order but for what was held up.
            while let Some(gone) = old.next_if(|flier| !flier.is(parcel)) {
                gone.picture.remove();
            }
            match old.next() {
                Some(flier) => {
                    if set {
                        self.set(&flier, halfway);
                    }
                    flying.push(flier);
                }
                None => {
                    if let Some(flier) = Flier::new(parcel, air) {
                        self.set(&flier, halfway);
                        flying.push(flier);
                    }
                }
            }
            if let Some(flier) = flying.last_mut() {
                flier.speak(parcel);
                flier.turn(parcel);
            }
        }
        old.for_each(|gone| gone.picture.remove());
        self.flying = flying;
    }

    /// Whether virtual time is where the animations have it.
    fn runs_on(&self, now: Micros, pace: Option<Pace>) -> bool {
        match (self.pace, pace) {
            (Some(old), Some(new)) if old.rate == new.rate => {
                let expected = self.now as f64 / 1e3 + (new.clock - old.clock) * old.rate;
                (expected - now as f64 / 1e3).abs() <= LOOSE_MS * old.rate
            }
            (None, None) => self.now == now,
            _ => false,
        }
    }

    /// Sets an animation's clock.
    fn set(&self, flier: &Flier, halfway: bool) {
        let Some(moves) = &flier.moves else { return };
        let (sent, due, held) = flier.journey;
        let gone = self.now as f64 / 1e3 - sent as f64 / 1e3;
        match self.pace.filter(|_| !held && !halfway) {
            Some(Pace { clock, rate }) => {
                moves.set_playback_rate(rate);
                moves.set_start_time(Some(clock - gone / rate));
            }
            None => {
                let whole = (due - sent) as f64 / 1e3;
                let share = if halfway && self.pace.is_some() {
                    0.5
                } else {
                    // What is held has been for long, whenever the clock was set last.
                    f64::from(parcel::share_of(flier.journey, if held { due } else { self.now }))
                };
                // Standing still is all that is asked; a browser that cannot do it shows the message at its sender.
                let _ = moves.pause();
                moves.set_current_time(Some(share * whole));
            }
        }
    }
}

impl Flier {
    fn is(&self, parcel: &Parcel) -> bool {
        self.id == parcel.id && self.journey == parcel.journey && self.way == parcel.way
    }

    fn new(parcel: &Parcel, air: &Element) -> Option<Self> {
        let picture = browser::picture()?;
        let (class, id) = ("drawing flier", parcel.id.to_string());
        picture.set_attribute("class", class).ok()?;
        picture.set_attribute("data-flight", &id).ok()?;
        // The picture's own box is what a finger hits. As few elements as can be: there may be two hundred of it.
        picture.set_attribute("viewBox", "-16 -16 32 32").ok()?;
        picture.set_attribute("style", &hue(parcel.shard)).ok()?;
        draw(&picture, parcel);
        air.append_child(&picture).ok()?;
        let moves = animate(&picture, parcel);
        let (journey, way) = (parcel.journey, parcel.way.clone());
        Some(Self { id: parcel.id, journey, way, heading: 0, label: parcel.label.clone(), picture, moves })
    }

    /// Moves its words aside, or takes them away: others may lie there by now.
    fn speak(&mut self, parcel: &Parcel) {
        if self.label != parcel.label {
            draw(&self.picture, parcel);
            (self.label, self.heading) = (parcel.label.clone(), 0);
        }
    }

    /// Turns what points where it goes.
    fn turn(&mut self, parcel: &Parcel) {
        if art::parcel::points(parcel.kind) && parcel.heading != self.heading {
            self.heading = parcel.heading;
            if let Some(shape) = self.picture.first_element_child() {
                drop(shape.set_attribute("transform", &format!("rotate({})", parcel.heading)));
            }
        }
    }
}

fn draw(picture: &Element, parcel: &Parcel) {
    picture.set_inner_html(&(to_svg(&art::parcel::draw(parcel.kind)) + &to_svg(&art::parcel::pill(parcel))));
}

/// Along the way's corners, as long as the journey takes.
fn animate(picture: &Element, parcel: &Parcel) -> Option<Animation> {
    let (sent, due, _) = parcel.journey;
    let (mut places, mut shares) = (String::new(), String::new());
    for (share, (x, y)) in parcel.way.stops() {
        let comma = if places.is_empty() { "" } else { "," };
        places += &format!("{comma}\"translate({x}px,{y}px)\"");
        shares += &format!("{comma}{share}e-4");
    }
    let told = format!(
        r#"[{{"transform":[{places}],"offset":[{shares}]}},{{"duration":{},"fill":"both"}}]"#,
        (due - sent).max(MS) / MS
    );
    let given: Array = JSON::parse(&told).ok()?.dyn_into().ok()?;
    let animate: Function = Reflect::get(picture, &"animate".into()).ok()?.dyn_into().ok()?;
    animate.apply(picture, &given).ok().map(JsValue::unchecked_into)
}
