//! The bottom bar: time runs, stops, steps; how fast; and what has happened so far.

use std::rc::Rc;

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::controls::text;
use super::icons;
use super::message::Msg;
use super::settings::Speed;
use crate::cluster::time::{MS, Micros};
use crate::stage::shape::tenths;
use crate::stage::timeline::{self, Mark};
use crate::stage::words;

/// Properties of [`Transport`].
#[derive(Properties, PartialEq)]
pub(super) struct TransportProps {
    /// Virtual time.
    pub(super) now: Micros,
    /// Whether time runs.
    pub(super) playing: bool,
    /// How fast.
    pub(super) speed: Speed,
    /// The milestones.
    pub(super) marks: Rc<Vec<Mark>>,
    /// The timeline's width in pixels.
    pub(super) width: i32,
    /// Where messages go.
    pub(super) send: Callback<Msg>,
}

/// The bottom bar.
#[component]
pub(super) fn Transport(props: &TransportProps) -> Html {
    let span = timeline::span(props.now);
    let head = timeline::place(props.now, span);
    html! {
        <footer class="transport">
            <Buttons playing={props.playing} speed={props.speed} send={props.send.clone()} />
            <div class="timeline" id="timeline">
                <Marks marks={props.marks.clone()} {span} width={props.width} />
                <div class="track"><div class="played" style={format!("width:{}%", tenths(head))}></div></div>
                <div class="head" style={format!("left:{}%", tenths(head))}></div>
            </div>
            <time class="clock" data-time-ms={(props.now / MS).to_string()}>{ words::clock(props.now) }</time>
        </footer>
    }
}

/// Properties of [`Buttons`].
#[derive(Properties, PartialEq)]
struct ButtonsProps {
    playing: bool,
    speed: Speed,
    send: Callback<Msg>,
}

/// Play or pause, step, speed.
#[component]
fn Buttons(props: &ButtonsProps) -> Html {
    let toggle = props.send.reform(|_| Msg::PlayPause);
    let step = props.send.reform(|_| Msg::Step);
    let onchange = props.send.reform(|event: Event| {
        let value = event.target_unchecked_into::<HtmlSelectElement>().value();
        Msg::SetSpeed(Speed::parse(&value).unwrap_or(Speed::REAL))
    });
    let (act, says, icon) = if props.playing {
        ("pause", "Stop time", icons::pause())
    } else {
        ("play", "Let time run", icons::play())
    };
    html! {
        <div class="buttons">
            <button class="button strong" data-act={act} aria-label={says} title={says} onclick={toggle}>{icon}</button>
            <button
                class="button"
                data-act="step"
                aria-label="Step to the next milestone"
                title="Step to the next milestone"
                onclick={step}
            >
                { icons::step() }
            </button>
            <select id="speed" aria-label="Speed of time" title="Speed of time" {onchange}>
                { for Speed::ALL.into_iter().map(|speed| html! {
                    <option key={speed.0} value={speed.value()} selected={speed == props.speed}>
                        { format!("{}×", speed.value()) }
                    </option>
                }) }
            </select>
        </div>
    }
}

/// Properties of [`Marks`].
#[derive(Properties, PartialEq)]
struct MarksProps {
    marks: Rc<Vec<Mark>>,
    span: Micros,
    width: i32,
}

/// The milestones so far.
#[component]
fn Marks(props: &MarksProps) -> Html {
    let placed = timeline::placed(&props.marks, props.span, props.width);
    let marks = placed.iter().enumerate().map(|(index, placed)| {
        let mark = &placed.mark;
        html! {
            <li key={index} data-kind={mark.kind} style={format!("left:{}%", tenths(placed.place))} title={mark.sentence.clone()}>
                if placed.labelled {
                    <span class="mark-label" aria-hidden="true">{ text(&mark.label) }</span>
                }
                <span class="sr-only">{ format!("{}: {}", words::clock(mark.at), mark.sentence) }</span>
            </li>
        }
    });
    html! { <ol class="marks" aria-label="Milestones so far">{ for marks }</ol> }
}
