//! The timeline: a handle to scrub with, marks, and other futures.

use std::rc::Rc;

use yew::prelude::*;

use super::browser;
use super::controls::{maybe, said, text};
use super::message::Msg;
use super::part::{Part, part};
use super::transport::Transport;
use crate::cluster::fact::FactId;
use crate::cluster::time::{MS, Micros};
use crate::stage::shape::{anchor_name, tenths};
use crate::stage::timeline::{self, Ghost, Mark};
use crate::stage::until::Until;
use crate::stage::words;

/// The timeline's line, handle and marks. Right of the handle is what is known of the future.
pub(super) fn timeline(props: &Transport<'_>) -> Html {
    let ghost = props.ghosts.first();
    let span = timeline::span(props.end.max(ghost.map_or(0, |ghost| ghost.end)));
    let percent = |at: Micros| tenths(timeline::place(at, span));
    let (head, end) = (percent(props.now), percent(props.end));
    let past = props.now < props.end;
    let send = props.send;
    // A mark answers a press itself.
    let point = maybe(send, move |event: PointerEvent| {
        let held = event.buttons() & 1 == 1 && browser::fact_of(&event).is_none();
        let place = held.then(|| browser::pointed(&event, "#timeline")).flatten()?;
        Some(Msg::Seek(timeline::moment(place, span)))
    });
    let onclick = maybe(send, |event: MouseEvent| browser::fact_of(&event).map(Msg::Why));
    let label = timeline::value_text(props.now, props.end, &props.marks);
    html! {
        <div
            class="timeline"
            id="timeline"
            data-branch={props.branch.0.to_string()}
            data-end-ms={(props.end / MS).to_string()}
            onpointerdown={point.clone()}
            onpointermove={point}
            {onclick}
        >
            <div class="track">
                <div class="known" style={format!("width:{end}%")}></div>
                <div class="played" style={format!("width:{head}%")}></div>
            </div>
            { part(Marks { marks: props.marks.clone(), span, whole: props.whole, room: (props.width, ghost.is_none()), lit: props.lit.clone() }) }
            if let Some(ghost) = ghost {
                { strip(ghost, span, props) }
            }
            if past {
                <div class="veil" style={format!("left:{head}%")}></div>
            }
            <div
                id="scrub"
                class="head"
                style={format!("left:{head}%")}
                role="slider"
                tabindex="0"
                aria-label="Moment; the arrow keys go by seconds, page up and page down by milestones"
                aria-valuemin="0"
                aria-valuemax={(props.end / MS).to_string()}
                aria-valuenow={(props.now / MS).to_string()}
                aria-valuetext={said(&label.into())}
                onkeydown={keys(props)}
            ></div>
        </div>
    }
}

/// What keys do on the handle.
fn keys(props: &Transport<'_>) -> Callback<KeyboardEvent> {
    let (now, marks) = (props.now, props.marks.clone());
    maybe(props.send, move |event: KeyboardEvent| {
        let msg = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => Msg::Nudge(false),
            "ArrowRight" | "ArrowUp" => Msg::Nudge(true),
            "PageDown" => Msg::StepBack,
            "PageUp" => Msg::RunUntil(Until::Milestone),
            "Home" => Msg::Seek(0),
            "End" => Msg::Seek(Micros::MAX),
            "Enter" => Msg::Why(marks.iter().rev().find(|mark| mark.at <= now)?.id),
            _ => return None,
        };
        event.prevent_default();
        Some(msg)
    })
}

/// Another future, below the line.
pub(super) fn strip(ghost: &Ghost, span: Micros, props: &Transport<'_>) -> Html {
    let (from, end) = (timeline::place(ghost.from, span), timeline::place(ghost.end, span));
    let own: Vec<Rc<Mark>> = ghost.marks.iter().filter(|mark| mark.at >= ghost.from).cloned().collect();
    let style = format!("left:{}%;width:{}%", tenths(from), tenths((end - from).max(4)));
    html! {
        <div class="ghost" data-ghost={ghost.id.0.to_string()} title="Another future">
            <i {style}></i>
            { for timeline::placed(&own, span, props.width).iter().map(|placed| html! {
                <b
                    data-kind={placed.mark.kind}
                    style={format!("left:{}%", tenths(placed.place))}
                    title={said(&placed.mark.sentence)}
                ></b>
            }) }
        </div>
    }
}

/// That this is the past, and which other futures there are.
pub(super) fn futures(props: &Transport<'_>) -> Html {
    let past = props.now < props.end;
    let press = |act: &'static str, id: Option<u32>, words: &'static str, title: String, msg: Msg| {
        let branch = id.map(|id| id.to_string());
        html! {
            <button class="button" data-act={act} data-branch={branch} {title} onclick={props.send.reform(move |_| msg.clone())}>
                {words}
            </button>
        }
    };
    let others = props.ghosts.iter().map(|ghost| {
        let id = Some(ghost.id.0);
        // Two may part at one moment: their numbers tell them apart.
        let name = format!("other future {}", ghost.id.0);
        html! {
            <li key={ghost.id.0}>
                <span>{ format!("O{}, from {}", &name[1..], words::clock(ghost.from)) }</span>
                { press("return", id, "Return", format!("Go on in {name}"), Msg::Return(ghost.id)) }
                { press("compare", id, "Compare", format!("Put {name} beside this one"), Msg::Compare(ghost.id)) }
            </li>
        }
    });
    html! {
        <div class="futures">
            if past {
                <p class="past-note">{"In the past: "}<b>{ words::clock(props.now) }</b>{ format!(" of {}", words::clock(props.end)) }</p>
                { press("present", None, "To the end", "Go to the end of what is known".to_owned(), Msg::Seek(Micros::MAX)) }
                { press("leave", None, "Go another way", "Leave out all that came after; it stays as another future".to_owned(), Msg::Leave) }
            }
            <ul>{ for others }</ul>
        </div>
    }
}

/// The milestones.
#[derive(PartialEq)]
struct Marks {
    marks: Rc<Vec<Rc<Mark>>>,
    span: Micros,
    /// Whether the page's second part has come: it writes the labels.
    whole: bool,
    /// The line's width, and whether labels may stand below it.
    room: (i32, bool),
    lit: Rc<Vec<FactId>>,
}

impl Part for Marks {
    fn draw(&self) -> Html {
        let mut placed = timeline::placed(&self.marks, self.span, self.room.0);
        if self.whole {
            timeline::label(&mut placed, &self.marks, self.room);
        }
        let marks = placed.iter().map(|placed| {
            let mark = &placed.mark;
            let more = if placed.more > 0 { format!(" (and {} more)", placed.more) } else { String::new() };
            let title = format!("{} {}{more}", words::clock(mark.at), said(&mark.sentence));
            html! {
                <li
                    key={mark.id.0}
                    class={self.lit.contains(&mark.id).then_some("lit")}
                    data-kind={mark.kind}
                    data-fact={mark.id.0.to_string()}
                    style={format!("left:{}%", tenths(placed.place))}
                    title={title.clone()}
                >
                    if let Some(label) = &placed.label {
                        <span class={classes!("mark-label", label.low.then_some("low"), anchor_name(label.anchor))} aria-hidden="true">
                            { text(&label.text) }
                        </span>
                    }
                    <span class="sr-only">{title}</span>
                </li>
            }
        });
        html! { <ol class="marks" aria-label="Milestones">{ for marks }</ol> }
    }
}
