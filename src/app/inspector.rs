//! The inspector of one node: what it is, what it believes, and what can be done with it.

use std::rc::Rc;

use yew::prelude::*;

use super::city::CAVEAT;
use super::controls::{ActProps, act_button, text};
use super::icons;
use super::message::Msg;
use super::page::Page;
use super::settings::{told, voice};
use crate::cluster::id::HostId;
use crate::stage::inspect::{self, Bid, Inspection, Row};
use crate::stage::palette::hue;
use crate::stage::sheet::{Press, Sheet};

/// Keys listed in the inspector.
const KEYS: usize = 8;

/// What the lines are that are drawn from a node that is looked at.
const STREETS: &str = "The lines in the city are its streets. Press a ring to cut one, or to slow it down.";

/// The inspector of a node.
pub(super) fn of_node(page: &Page, host: HostId) -> Html {
    let session = page.world.session();
    let beliefs = session.beliefs(host);
    let keys = session.keys(host, KEYS);
    match inspect::inspect(page.world.snapshot(), host, &beliefs, keys, voice()) {
        Some(shown) => {
            Inspector { shown: Rc::new(shown), talks: page.target == Some(host), send: page.send.clone() }.draw()
        }
        None => html! {},
    }
}

/// The inspector.
pub(super) struct Inspector {
    /// What to show.
    pub(super) shown: Rc<Inspection>,
    /// Whether the learner's client talks to this very node.
    pub(super) talks: bool,
    /// Where messages go.
    pub(super) send: Callback<Msg>,
}

impl Inspector {
    /// Draws it: nearly every frame changes something in it.
    pub(super) fn draw(&self) -> Html {
        let shown = &self.shown;
        let close = self.send.reform(|_| Msg::Select(None));
        let target = (!self.talks).then_some(shown.host);
        let talk = self.send.reform(move |_| Msg::Talk(target));
        let host = shown.host;
        let more = self.send.reform(move |_| Msg::Press(Press::Show(Sheet::Shop(host))));
        let (state, tone) = &shown.state;
        html! {
            <aside class="inspector" id="inspector" aria-label={format!("Inspector of {}", shown.name)}>
                <div class="inspector-title" style={hue(Some(shown.shard))}>
                    <h2 id="inspector-title" tabindex="-1">{ text(&shown.name) }</h2>
                    <span class={classes!("state", tone.class())}>{ text(state) }</span>
                    <button class="button quiet close" aria-label="Close the inspector" onclick={close}>
                        { icons::close() }
                    </button>
                </div>
                <div class="inside">
                <div class="inspector-acts">
                    { for shown.acts.iter().map(|act| {
                        act_button(&ActProps { act, host: shown.host, label: None, primary: false, send: &self.send })
                    }) }
                    <button class="button" data-act="more" onclick={more}>{"More acts"}</button>
                <button class="button talk" onclick={talk}>
                        { if self.talks { "Back to the smart client" } else { "Type to this node" } }
                    </button>
                </div>
                { rows(&shown.rows) }
                // As many as have streets between them.
                if shown.beliefs.len() < 12 {
                    <p class="note">{ told(STREETS) }</p>
                }
                if !shown.keys.is_empty() {
                    <ul class="keys" aria-label="Some of its keys">
                        { for shown.keys.iter().map(|key| html! { <li key={key.as_str()}><code>{key}</code></li> }) }
                    </ul>
                }
                if let Some(bid) = &shown.bid {
                    { election(bid) }
                }
                <h3>{"What it believes"}</h3>
                if shown.beliefs.is_empty() {
                    <p class="note">{ shown.ignorant }</p>
                } else {
                    { rows(&shown.beliefs) }
                    <p class="note">{ told(CAVEAT) }</p>
                }
                </div>
            </aside>
        }
    }
}

/// Names and values.
fn rows(rows: &[Row]) -> Html {
    let rows = rows.iter().enumerate().map(|(index, row)| {
        html! {
            <div key={index} title={row.hint.clone().map(AttrValue::from)}>
                <dt>{ text(&row.name) }</dt>
                <dd class={row.tone.class()} data-field={row.field}>{ text(&row.value) }</dd>
            </div>
        }
    });
    html! { <dl class="rows">{ for rows }</dl> }
}

/// A bid for votes.
fn election(bid: &Bid) -> Html {
    let voters = bid.voters.iter().map(|(shard, name, voted)| {
        let (class, word) = if *voted { ("voter yes", "yes") } else { ("voter", "…") };
        html! { <li key={*shard} {class} style={hue(Some(*shard))}>{ text(name) }{" "}<b>{word}</b></li> }
    });
    html! {
        <>
            <h3>{ text(&bid.title) }</h3>
            <ul class="voters">{ for voters }</ul>
            <p class="note">{ text(&bid.sentence) }</p>
        </>
    }
}
