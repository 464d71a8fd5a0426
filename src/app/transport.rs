//! The bottom bar: time runs, stops, steps; how fast; and the timeline.

use std::rc::Rc;

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::icons;
use super::message::Msg;
use super::part::{Part, part};
use super::scrub;
use super::settings::{Speed, told};
use crate::cluster::fact::FactId;
use crate::cluster::time::{MS, Micros};
use crate::sim::timeline::BranchId;
use crate::stage::timeline::{Ghost, Mark};
use crate::stage::until::Until;
use crate::stage::words;

/// What the bottom bar shows.
pub(super) struct Transport<'a> {
    /// Virtual time.
    pub(super) now: Micros,
    /// How far this branch is known.
    pub(super) end: Micros,
    /// The branch that is shown.
    pub(super) branch: BranchId,
    /// Other futures, the newest first.
    pub(super) ghosts: Vec<Ghost>,
    /// Whether there is something to undo, and to do again.
    pub(super) undo: (bool, bool),
    /// Whether time runs.
    pub(super) playing: bool,
    /// How fast.
    pub(super) speed: Speed,
    /// The milestones, of the future too.
    pub(super) marks: Rc<Vec<Rc<Mark>>>,
    /// Facts that are pointed out.
    pub(super) lit: Rc<Vec<FactId>>,
    /// Whether the page's second part has come.
    pub(super) whole: bool,
    /// The timeline's width in pixels.
    pub(super) width: i32,
    /// Where messages go.
    pub(super) send: &'a Callback<Msg>,
}

/// The bottom bar.
pub(super) fn transport(props: &Transport<'_>) -> Html {
    html! {
        <footer class="transport">
            if props.now < props.end || !props.ghosts.is_empty() {
                { scrub::futures(props) }
            }
            <div class="bar">
                { part(Buttons { playing: props.playing, speed: props.speed, undo: props.undo, send: props.send.clone() }) }
                { scrub::timeline(props) }
                <time class="clock" data-time-ms={(props.now / MS).to_string()}>{ words::clock(props.now) }</time>
            </div>
        </footer>
    }
}

/// Play or pause, steps, undo, waiting, speed.
#[derive(PartialEq)]
struct Buttons {
    playing: bool,
    speed: Speed,
    undo: (bool, bool),
    send: Callback<Msg>,
}

/// A button with an icon; `says` is its name.
fn button(act: &'static str, says: &'static str, icon: Html, usable: bool, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button class="button" data-act={act} aria-label={says} title={says} disabled={!usable} {onclick}>{icon}</button>
    }
}

impl Part for Buttons {
    fn draw(&self) -> Html {
        let on = |msg: fn() -> Msg| self.send.reform(move |_| msg());
        let onchange = self.send.reform(|event: Event| {
            let value = event.target_unchecked_into::<HtmlSelectElement>().value();
            Msg::SetSpeed(Speed::parse(&value).unwrap_or(Speed::REAL))
        });
        let (act, says, icon) = if self.playing {
            ("pause", "Stop time", icons::pause())
        } else {
            ("play", "Let time run", icons::play())
        };
        html! {
            <div class="buttons">
                { button("back", "Back to the milestone before", icons::back(), true, on(|| Msg::StepBack)) }
                { button(act, says, icon, true, on(|| Msg::PlayPause)) }
                { button("step", "Step to the next milestone", icons::step(), true, on(|| Msg::RunUntil(Until::Milestone))) }
                { button("undo", "Undo your last act (Ctrl+Z)", icons::undo(), self.undo.0, on(|| Msg::Undo)) }
                { button("redo", "Redo (Ctrl+Y)", icons::redo(), self.undo.1, on(|| Msg::Redo)) }
                <details class="until">
                    <summary id="until" class="button" aria-label="Run until" title="Run until something happens">
                        <span>{"Until…"}</span>
                    </summary>
                    <div class="menu">
                        <p>{"Run until"}</p>
                        { for Until::MENU.into_iter().map(|until| html! {
                            <button
                                class="button quiet"
                                data-until={until.name()}
                                onclick={self.send.reform(move |_| Msg::RunUntil(until))}
                            >
                                { told(until.words()) }
                            </button>
                        }) }
                        <button class="button quiet" disabled={!self.undo.0} onclick={on(|| Msg::Undo)}>
                            {"… or undo your last act"}
                        </button>
                    </div>
                </details>
                <select id="speed" aria-label="Speed of time" title="Speed of time" {onchange}>
                    { for Speed::ALL.into_iter().map(|speed| html! {
                        <option key={speed.0} value={speed.value()} selected={speed == self.speed}>
                            { format!("{}×", speed.value()) }
                        </option>
                    }) }
                </select>
            </div>
        }
    }
}
