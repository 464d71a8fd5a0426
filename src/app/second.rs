//! The page's second part: what few visitors ask for is fetched when somebody does (see `split/`).
//!
//! A function that has not come yet has an empty place in the program's table of functions. What needs one waits here until
//! it has; nothing is lost if it does not come.

use std::cell::Cell;
use std::rc::Rc;

use gloo_events::EventListener;
use js_sys::{Function, Reflect, WebAssembly::Table};
use wasm_bindgen::{JsCast, JsValue};
use yew::{AttrValue, Callback};

use super::hand::Hand;
use super::message::Msg;
use super::page::Page;
use super::typing;
use crate::cluster::command::{Handler, find, line};
use crate::sim::Action;
use crate::stage::until::Until;

/// What is said if it did not come.
pub(super) const NOT_FETCHED: &str =
    "What this needs could not be fetched. Check the connection, then try again: nothing is lost.";

/// Whether the function for this place of the program's table has come.
fn is_here(place: usize) -> bool {
    let table: Table = wasm_bindgen::function_table().unchecked_into();
    table.get(place as u32).is_ok_and(|function| !function.is_null())
}

/// Whether the function that runs a line has come; where none would run it, what tells why is of the second part.
fn can_run(line: &str, whole: bool) -> bool {
    match line::split(line).map(|argv| find(&argv).map(|spec| spec.run)) {
        Some(Ok(Handler::Data(run))) => is_here(run as usize),
        Some(Ok(Handler::Node(run))) => is_here(run as usize),
        Some(Ok(Handler::Later(run))) => is_here(run as usize),
        Some(Err(_)) => whole,
        _ => true,
    }
}

/// Whether all has come: COMMAND is of the second part.
pub(super) fn all_here() -> bool {
    can_run("COMMAND", false)
}

pub(super) fn fetch() {
    let fetch = Reflect::get(&gloo_utils::window(), &"fetchSecond".into());
    if let Some(fetch) = fetch.ok().and_then(|fetch| fetch.dyn_into::<Function>().ok()) {
        drop(fetch.call0(&JsValue::UNDEFINED));
    }
}

/// Fetches the second part before there is a page, and goes on with whether it has come.
pub(super) fn once_fetched(then: impl FnOnce(bool) + 'static) {
    let then = Rc::new(Cell::new(Some(then)));
    for (name, come) in EVENTS {
        let then = then.clone();
        EventListener::once(&gloo_utils::window(), name, move |_| {
            if let Some(then) = then.take() {
                then(come);
            }
        })
        .forget();
    }
    fetch();
}

/// What the page's loader says of it, and whether that means that it has come.
const EVENTS: [(&str, bool); 2] = [("second", true), ("nosecond", false)];

/// Tells when the second part has come, and when it could not be fetched.
pub(super) fn listeners(send: &Callback<Msg>) -> [EventListener; 2] {
    EVENTS.map(|(name, come)| {
        let send = send.clone();
        EventListener::new(&gloo_utils::window(), name, move |_| send.emit(Msg::Second(come)))
    })
}

impl Page {
    /// Keeps a message that needs what has not come yet, and has it fetched: `None`. Lines stay in their order.
    pub(super) fn once_here(&mut self, msg: Msg) -> Option<Msg> {
        let needs = match &msg {
            Msg::Submit(line) | Msg::Run(line) => {
                // HELP and the like are told by the second part.
                let helps = !self.whole && typing::help_topic(line).is_some();
                !self.waiting.is_empty() || helps || !can_run(line, self.whole)
            }
            // What is done by hand is done by the second part.
            Msg::Hand(Hand::Up) => !self.whole && self.drag.is_some_and(|drag| drag.is_meant()),
            Msg::Press(_) | Msg::Compare(_) | Msg::Why(_) | Msg::Complete(..) => !self.whole,
            Msg::RunUntil(Until::Service) | Msg::Act(Action::PowerOn(_)) => !self.whole,
            _ => false,
        };
        if !needs {
            return Some(msg);
        }
        self.fetch_ahead();
        if matches!(msg, Msg::Submit(_)) {
            self.draft = AttrValue::Static("");
        }
        self.waiting.push(msg);
        None
    }

    /// Fetches the second part, if that has not begun yet.
    pub(super) fn fetch_ahead(&mut self) {
        if !self.whole && !std::mem::replace(&mut self.fetching, true) {
            fetch();
        }
    }

    /// The second part has come, or will not: what waited for it goes on, or goes back to who asked.
    pub(super) fn go_on(&mut self, come: bool) {
        (self.whole, self.fetching) = (come, false);
        // What was fetched ahead is missed by nobody yet.
        let missed = !self.waiting.is_empty() || self.drag.is_some();
        for msg in std::mem::take(&mut self.waiting) {
            match msg {
                msg if come => drop(self.take(msg)),
                Msg::Submit(line) if self.draft.is_empty() => self.draft = line,
                _ => {}
            }
        }
        if !come && missed {
            self.drag = None;
            self.notices = vec![NOT_FETCHED.to_owned()];
        }
    }
}
