//! What goes on by itself: frames, streets that shine for a moment, lines drawn a little later, sentences read out.

use gloo_render::request_animation_frame;
use gloo_timers::callback::Timeout;

use super::browser;
use super::message::Msg;
use super::page::{LINES, Page};
use crate::cluster::time::Micros;
use crate::stage::frame::Frame;

/// Wall time of one frame that is turned into virtual time, at most: a tab that slept does not leap.
const LONGEST_FRAME_MS: f64 = 100.0;
/// Frames that take longer than this are too much for this machine: all but messages is drawn less often.
const SLOW_MS: f64 = 20.0;
/// Streets that shine at once, at most.
const GLOWS: usize = 24;
/// How long a street shines.
const GLOW_MS: u32 = 450;
/// Lines of the log that are drawn after a leap at first, and how many more each time.
const FEW: usize = 10;
const FILLED: usize = 21;
/// How long after a leap the others begin to be drawn, and how long between.
const ARRIVED_MS: u32 = 250;
const FILL_MS: u32 = 50;
/// How long after the first leap the words are drawn that tell of it: two frames, or a hand that drags on would wait for
/// all of them at each of its moves.
const FOLLOW_MS: u32 = 34;
/// Between two sentences for screen readers.
const TELL_MS: u32 = 2_000;

/// What is drawn of a leap: the city and the timeline at once, all else when the browser has painted them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leap {
    /// There is none.
    Over,
    /// The city and the timeline.
    City,
    /// What is told, too: log, terminal, guide. The inspector waits until the hand rests.
    Words,
}

impl Page {
    /// Turns the wall time since the last frame into virtual time; says whether to draw.
    pub(super) fn run_frame(&mut self, clock: f64) -> bool {
        self.frame = None;
        let Some(last) = self.last_frame.replace(clock) else { return true };
        let wall_ms = (clock - last).clamp(0.0, LONGEST_FRAME_MS);
        self.pace = (7.0 * self.pace + wall_ms) / 8.0;
        // Where lines come faster than frames, drawing each of them at once would be drawing in every frame.
        let every = match (self.due, self.pace > SLOW_MS) {
            (true, false) => 1,
            (true, true) | (false, false) => 2,
            (false, true) => 4,
        };
        let by = (wall_ms * f64::from(self.speed.0) * 10.0) as Micros;
        let drawn = self.world.advance(by, self.kinds, every);
        self.due &= !drawn;
        if self.world.is_behind() {
            let send = self.send.clone();
            self.between = Some(Timeout::new(0, move || send.emit(Msg::MakeUp)));
        }
        if drawn {
            self.beat.0 = self.beat.0.wrapping_add(if self.world.is_large() { 1 } else { 2 });
        } else {
            self.fliers.fly(self.world.line().now(), self.less_motion);
        }
        drawn
    }

    /// Leaves the drawing of what has just happened to the next frame, where there is one: lines may come faster than
    /// frames do. Says whether to draw now.
    pub(super) fn put_off(&mut self) -> bool {
        self.due = self.frame.is_some();
        !self.due
    }

    /// Whether figures are written anew: always, but of frames that draw only in every fourth, and of a large city in every
    /// twelfth. Sixty times a second nobody reads them.
    pub(super) fn figures(&self) -> bool {
        !self.beat.1 || self.beat.0.is_multiple_of(4)
    }

    /// The same of the inspector, which has thirty figures: in every eighth, and never in the same one.
    pub(super) fn inspects(&self) -> bool {
        self.leap == Leap::Over && (!self.beat.1 || self.beat.0 % 8 == 2)
    }

    /// Whether what is told is drawn: log, terminal, guide. Of a leap a little later; and where frames take too long, in every
    /// second that draws, and not where figures are written.
    pub(super) fn tells(&self) -> bool {
        self.leap != Leap::City && (!self.beat.1 || self.pace <= SLOW_MS || self.beat.0 % 4 >= 2)
    }

    /// Asks for the next frame while time runs, and for none otherwise.
    pub(super) fn arm(&mut self) {
        if !self.playing || !self.on_screen || browser::hidden() {
            self.frame = None;
            self.between = None;
            self.last_frame = None;
        } else if self.frame.is_none() {
            let send = self.send.clone();
            self.frame = Some(request_animation_frame(move |clock| send.emit(Msg::Frame(clock))));
        }
    }

    /// Whether things happen too fast for messages to be followed: streets shine instead. While time stands still they
    /// are all where they are.
    pub(super) fn still(&self) -> bool {
        self.playing && self.speed.blurs()
    }

    /// Lets streets shine that something has gone along, where parcels cannot be followed.
    pub(super) fn shine(&mut self) {
        let trodden = std::mem::take(&mut self.world.told_mut().trodden);
        if trodden.is_empty() || !self.still() {
            return;
        }
        self.glows.extend(trodden);
        let surplus = self.glows.len().saturating_sub(GLOWS);
        self.glows.drain(..surplus);
        let send = self.send.clone();
        self.dimmer = Some(Timeout::new(GLOW_MS, move || send.emit(Msg::Dim)));
    }

    /// Draws few lines soon, and the others when the eyes have arrived: a leap makes all of them anew. The inspector waits too.
    pub(super) fn draw_few(&mut self) {
        self.drawn = FEW;
        self.leap = Leap::City;
        // The next leap does not put it off: words follow a hand that never rests.
        if self.follower.is_none() {
            let send = self.send.clone();
            self.follower = Some(Timeout::new(FOLLOW_MS, move || send.emit(Msg::Follow)));
        }
        self.fill(ARRIVED_MS);
    }

    /// Draws what is told of a leap.
    pub(super) fn follow(&mut self) {
        self.follower = None;
        self.leap = Leap::Words;
    }

    /// Draws some more of them.
    pub(super) fn fill_more(&mut self) {
        self.drawn += FILLED;
        self.fill(FILL_MS);
    }

    fn fill(&mut self, after: u32) {
        let send = self.send.clone();
        let wanted = self.drawn < LINES;
        self.filler = wanted.then(|| Timeout::new(after, move || send.emit(Msg::Fill)));
    }

    /// Reads milestones out, one at a time.
    pub(super) fn tell(&mut self) {
        if self.teller.is_none() && !self.world.told().to_tell.is_empty() {
            let send = self.send.clone();
            self.teller = Some(Timeout::new(TELL_MS, move || send.emit(Msg::Announce)));
        }
    }

    /// Measures the window and the parts that are laid out by hand; says whether anything changed.
    pub(super) fn measure(&mut self) -> bool {
        let real = browser::window_size();
        self.zoom = if self.presenter { Frame::enlarged(real) } else { 0 };
        let part = |side: i32| if self.zoom > 0 { side * 100 / self.zoom } else { side };
        let window = (part(real.0), part(real.1));
        let city = browser::width_of("stage").filter(|width| *width > 0).unwrap_or(self.city_width);
        let timeline = browser::width_of("timeline").filter(|width| *width > 0).unwrap_or(self.timeline_width);
        let new = (window, city, timeline);
        let changed = new != (self.window, self.city_width, self.timeline_width);
        (self.window, self.city_width, self.timeline_width) = new;
        changed
    }
}
