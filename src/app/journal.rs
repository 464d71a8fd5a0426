//! The event log.

use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use super::controls::text;
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
    /// Where messages go.
    pub(super) send: Callback<Msg>,
}

/// The log. It is not read out line by line: milestones are, by the live region.
#[component]
pub(super) fn Log(props: &LogProps) -> Html {
    let list = use_node_ref();
    {
        let list = list.clone();
        use_effect_with(props.lines.clone(), move |_| {
            if let Some(list) = list.cast::<Element>() {
                list.set_scroll_top(list.scroll_height());
            }
        });
    }
    let details = props.details;
    let onchange = props.send.reform(move |_| Msg::Details(!details));
    html! {
        <section class="log" aria-labelledby="log-title">
            <div class="log-head">
                <h3 id="log-title">{"What happened"}</h3>
                <label class="check"><input type="checkbox" checked={details} {onchange} />{"details"}</label>
            </div>
            <div id="log" role="log" aria-live="off" aria-labelledby="log-title" tabindex="0" ref={list}>
                if props.lines.is_empty() {
                    <p class="hint">{"Nothing yet. Every event will be told here."}</p>
                }
                { for props.lines.iter().map(|line| html! { <LineView key={line.id.0} line={line.clone()} /> }) }
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
