//! The event log.

use std::rc::Rc;

use yew::prelude::*;

use super::controls::{GossipToggle, text};
use super::message::Msg;
use crate::narrate::Weight;
use crate::stage::journal::Line;
use crate::stage::words;

/// Properties of [`Log`].
#[derive(Properties, PartialEq)]
pub(super) struct LogProps {
    /// The lines, oldest first.
    pub(super) lines: Rc<Vec<Rc<Line>>>,
    /// Whether details are shown.
    pub(super) details: bool,
    /// Whether gossip is drawn, where the city has no room for that choice.
    pub(super) gossip: Option<bool>,
    /// Where messages go.
    pub(super) send: Callback<Msg>,
}

/// The log; the style sheet keeps its newest line in view. It is not read out line by line: milestones are, by the live region.
#[component]
pub(super) fn Log(props: &LogProps) -> Html {
    let details = props.details;
    let onchange = props.send.reform(move |_| Msg::Details(!details));
    html! {
        <section class="log" aria-labelledby="log-title">
            <div class="log-head">
                <h3 id="log-title">{"What happened"}</h3>
                if let Some(shown) = props.gossip {
                    <GossipToggle {shown} send={props.send.clone()} />
                }
                <label class="check"><input type="checkbox" checked={details} {onchange} />{"details"}</label>
            </div>
            <div id="log" role="log" aria-live="off" aria-labelledby="log-title" tabindex="0">
                <div>
                    if props.lines.is_empty() {
                        <p class="hint">{"Nothing yet. Every event will be told here."}</p>
                    }
                    { for props.lines.iter().map(|line| html! { <LineView key={line.id.0} line={line.clone()} /> }) }
                </div>
            </div>
        </section>
    }
}

/// Properties of [`LineView`].
#[derive(Properties, PartialEq)]
struct LineProps {
    line: Rc<Line>,
}

/// One line.
#[component]
fn LineView(props: &LineProps) -> Html {
    let line = &props.line;
    let class = match line.weight {
        Weight::Milestone => "event milestone",
        Weight::Event => "event",
        Weight::Detail => "event detail",
    };
    html! {
        <p {class} data-fact={line.id.0.to_string()}>
            <time>{ words::clock(line.at) }</time>{" "}<span>{ text(&line.text) }</span>
        </p>
    }
}
