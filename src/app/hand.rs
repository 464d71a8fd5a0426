//! What hands do on the page beyond pressing buttons: keys that mean something, and dragging over the city.

use yew::prelude::*;

use super::browser;
use super::message::Msg;
use super::page::{Page, Panel};
use super::settings::Speed;
use crate::cluster::time::{MS, Micros};
use crate::sim::Action;
use crate::stage::drag::{Drag, What};
use crate::stage::sheet::{Press, Sheet};
use crate::stage::until::Until;

/// By how much an arrow key holds a message up.
const A_LITTLE: Micros = 100 * MS;

/// A key with a meaning of its own, where it has one.
pub(super) fn key(event: &KeyboardEvent) -> Option<Key> {
    if event.default_prevented() || event.alt_key() {
        return None;
    }
    let key = event.key();
    if event.ctrl_key() || event.meta_key() {
        let found = match (key.as_str(), event.shift_key()) {
            ("z", false) => Key::Undo,
            ("y", false) | ("z" | "Z", true) => Key::Redo,
            _ => return None,
        };
        return (!browser::text_can_be_undone()).then_some(found);
    }
    if key == "Escape" {
        return Some(Key::Escape);
    }
    let place = browser::keys_go_to(event);
    if key == "ArrowLeft" && browser::focus_is_in("#inspector") && place != browser::Keys::Typing {
        return Some(Key::HoldUp);
    }
    let found = match (key.as_str(), place) {
        (_, browser::Keys::Typing) => return None,
        ("?", _) => Key::Help,
        ("p" | "P", browser::Keys::Sheet) => Key::Present,
        ("-", browser::Keys::Sheet) => Key::Speed(false),
        ("+" | "=", browser::Keys::Sheet) => Key::Speed(true),
        // The others scroll it.
        (_, browser::Keys::Sheet | browser::Keys::Elsewhere) => return None,
        (" ", browser::Keys::City { button: false } | browser::Keys::Nothing { button: false }) => Key::PlayPause,
        ("PageDown", _) => Key::Step,
        ("PageUp", _) => Key::Back,
        (_, browser::Keys::Nothing { .. }) => return None,
        ("ArrowLeft", _) => Key::Scrub(false),
        ("ArrowRight", _) => Key::Scrub(true),
        ("p" | "P", _) => Key::Present,
        ("-", _) => Key::Speed(false),
        ("+" | "=", _) => Key::Speed(true),
        _ => return None,
    };
    Some(found)
}

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Key {
    /// Closes what lies over the city.
    Escape,
    /// Lists the keys.
    Help,
    /// Takes the last act back.
    Undo,
    /// Does it again.
    Redo,
    /// Starts time, or stops it.
    PlayPause,
    /// Holds the opened message up a little.
    HoldUp,
    /// To the next milestone.
    Step,
    /// To the milestone before.
    Back,
    /// A second on, or back.
    Scrub(bool),
    /// Faster, or slower.
    Speed(bool),
    /// The projector's layout, or the usual one.
    Present,
}

impl Key {
    /// The message it stands for. `None` where single keys are switched off.
    pub(super) fn meaning(self, page: &Page) -> Option<Msg> {
        Some(match self {
            Self::Escape => Msg::Escape,
            Self::Help => Msg::Press(Press::Show(Sheet::Keys)),
            Self::Undo => Msg::Undo,
            Self::Redo => Msg::Redo,
            Self::HoldUp => {
                let Some(Panel::Sheet(Sheet::Message(message))) = page.panel else { return None };
                Msg::Act((!page.playing).then_some(Action::DelayMessage { message, by: A_LITTLE })?)
            }
            _ if !page.single_keys => return None,
            Self::PlayPause => Msg::PlayPause,
            Self::Present => Msg::Present(!page.presenter),
            Self::Step => Msg::RunUntil(Until::Milestone),
            Self::Back => Msg::StepBack,
            Self::Scrub(on) => Msg::Nudge(on),
            Self::Speed(faster) => {
                let at = Speed::ALL.iter().position(|speed| *speed == page.speed)?;
                Msg::SetSpeed(*Speed::ALL.get(if faster { at + 1 } else { at.checked_sub(1)? })?)
            }
        })
    }
}

/// What a pointer does over the city.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Hand {
    /// It went down, on a shop or on the ground.
    Down(Drag),
    /// It moved, held down.
    To((i32, i32)),
    /// It moved, not held down.
    Over((i32, i32)),
    /// It pressed what opens a sheet. Where it has just let go of what it dragged, that is no press.
    Press(Sheet),
    /// It let go.
    Up,
    /// It left, or Escape was pressed.
    Lost,
}

impl Page {
    /// Takes what a pointer does over the city; says whether to draw.
    pub(super) fn take_hand(&mut self, hand: Hand) -> bool {
        match hand {
            Hand::Down(drag) => {
                self.drag = Some(drag);
                self.dragged = false;
                return false;
            }
            Hand::To(point) => {
                let Some(drag) = &mut self.drag else { return false };
                drag.to = point;
                let meant = drag.is_meant();
                if meant {
                    // It says what letting go would do.
                    self.fetch_ahead();
                }
                return meant;
            }
            Hand::Up => {
                let Some(drag) = self.drag.take() else { return false };
                self.dragged = drag.is_meant();
                if self.dragged {
                    let (scene, _) = super::view::scene(self);
                    if let Some(action) = drag.act(&scene, self.world.snapshot()) {
                        self.act(action);
                    }
                }
            }
            Hand::Press(sheet) => {
                let dragged = std::mem::take(&mut self.dragged);
                return !dragged && self.take(Msg::Press(Press::Show(sheet)));
            }
            Hand::Over(point) => {
                self.fliers.point(Some(point));
                return false;
            }
            Hand::Lost => {
                self.fliers.point(None);
                return self.drag.take().is_some();
            }
        }
        true
    }
}

/// Listens to a mouse or a pen over the drawing. Fingers scroll; for them there are the sheets.
/// `message_at` finds a message that the pointer comes down on without having been over it.
pub(super) fn listen(event: &PointerEvent, message_at: impl Fn((i32, i32)) -> Option<u64>) -> Option<Hand> {
    if event.pointer_type() == "touch" {
        return None;
    }
    let point = browser::point_in(event, ".plan")?;
    match event.type_().as_str() {
        "pointerdown" if event.button() == 0 => {
            let under = || message_at(point).filter(|_| browser::around(event, "button").is_none());
            let message = browser::flight_of(event).or_else(under).map(What::Message);
            let what = message.or_else(|| browser::node_of(event).map(What::Shop)).unwrap_or(What::Line);
            Some(Hand::Down(Drag { what, from: point, to: point }))
        }
        "pointermove" if event.buttons() & 1 == 1 => Some(Hand::To(point)),
        "pointermove" => Some(Hand::Over(point)),
        "pointerup" => Some(Hand::Up),
        "pointerleave" | "pointercancel" => Some(Hand::Lost),
        _ => None,
    }
}
