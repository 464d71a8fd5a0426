//! The event log.

use std::rc::Rc;

use yew::prelude::*;

use super::aside::log_keys;
use super::browser;
use super::controls::{gossip_toggle, maybe, text};
use super::message::Msg;
use super::part::{Part, keyed};
use crate::cluster::fact::FactId;
use crate::narrate::Weight;
use crate::stage::journal::{KEEP, Line};
use crate::stage::words;

/// The log; the style sheet keeps its newest line in view. It is not read out line by line: milestones are, by the live region.
#[derive(PartialEq)]
pub(super) struct Log {
    /// The lines, oldest first.
    pub(super) lines: Rc<Vec<Rc<Line>>>,
    /// How many of them are drawn.
    pub(super) drawn: usize,
    /// Those before this fact, rather than the newest.
    pub(super) until: Option<FactId>,
    /// Lines that are pointed out.
    pub(super) lit: Rc<Vec<FactId>>,
    /// Whether details are shown.
    pub(super) details: bool,
    /// Whether gossip is drawn, where the city has no room for that choice.
    pub(super) gossip: Option<bool>,
    /// Where messages go.
    pub(super) send: Callback<Msg>,
}

impl Part for Log {
    fn draw(&self) -> Html {
        let details = self.details;
        let onchange = self.send.reform(move |_| Msg::Details(!details));
        let onclick = maybe(&self.send, |event: MouseEvent| browser::fact_of(&event).map(Msg::Why));
        let all = self.lines.len();
        let end = self.until.and_then(|until| self.lines.iter().position(|line| line.id >= until)).unwrap_or(all);
        let start = end.saturating_sub(self.drawn);
        let lines = self.lines[start..end].iter();
        // A list of its own: beside a node without a key Yew compares by place, and makes every line anew with each new one.
        let lines: Html = lines
            .map(|line| keyed(line.id.0, LineView { line: line.clone(), lit: self.lit.contains(&line.id) }))
            .collect();
        html! {
            <section class="log" aria-labelledby="log-title">
                <div class="log-head">
                    <h3 id="log-title">{"What happened"}</h3>
                    if let Some(shown) = self.gossip {
                        { gossip_toggle(shown, &self.send) }
                    }
                    <label class="check"><input type="checkbox" checked={details} {onchange} />{"details"}</label>
                </div>
                <div id="log" role="log" aria-live="off" aria-labelledby="log-title" tabindex="0" {onclick} onkeydown={|event: KeyboardEvent| log_keys(&event)}>
                    <div>
                        if self.lines.is_empty() {
                            <p class="hint">{"Nothing yet. Every event will be told here."}</p>
                        }
                        if start > 0 {
                            { self.turn("Earlier lines", self.lines.get(start)) }
                        } else if all >= KEEP {
                            { self.turn("Earlier lines are not kept; the timeline goes back further", None) }
                        }
                        { lines }
                        if end < all {
                            { self.turn("The newest lines", None) }
                        }
                    </div>
                </div>
            </section>
        }
    }
}

impl Log {
    /// What shows the lines before one, or the newest.
    #[inline(never)]
    fn turn(&self, label: &'static str, until: Option<&Rc<Line>>) -> Html {
        let until = until.map(|line| line.id);
        let onclick = self.send.reform(move |_| Msg::Earlier(until));
        html! { <button class="button quiet" data-act="lines" {onclick}>{label}</button> }
    }
}

#[inline(never)]
fn row(line: &Line, class: &'static str, lit: bool) -> Html {
    html! {
        <button class={classes!(class, lit.then_some("lit"))} tabindex="-1" title="Why?" data-fact={line.id.0.to_string()}>
            <time>{ words::clock(line.at) }</time>{" "}{ text(&line.text) }
        </button>
    }
}

/// One line; pressing it asks why.
#[derive(PartialEq)]
struct LineView {
    line: Rc<Line>,
    lit: bool,
}

impl Part for LineView {
    fn draw(&self) -> Html {
        let line = &self.line;
        let class = match line.weight {
            Weight::Milestone => "event milestone",
            Weight::Event => "event",
            Weight::Detail => "event detail",
        };
        let told = row(line, class, self.lit);
        if line.parts.is_empty() {
            return told;
        }
        let more = if line.more > 0 { format!(", and {} more", line.more) } else { String::new() };
        let parts = line.parts.iter().map(|part| row(part, "event detail", false));
        html! {
            <div class="together">
                {told}
                <details><summary>{ format!("{} lines{more}", line.parts.len()) }</summary>{ for parts }</details>
            </div>
        }
    }
}
