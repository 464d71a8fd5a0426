//! The first walk: what to do first, step by step. Each step is checked by what really happened.

use std::rc::Rc;

use yew::prelude::*;

use super::controls::{ActProps, act_button, text};
use super::icons;
use super::message::Msg;
use super::part::Part;
use super::settings::{FASTER, told, voice};
use super::shown::GuideView;
use crate::narrate::Voice;
use crate::stage::palette::hue;

/// Why the walk starts again.
pub(super) const EMPTIED: &str = "It came back before a backup had opened: it is the master again, and its memory \
                                  is empty; its backup copies that. Write the key again.";

/// How a shop comes back that has no power.
pub(super) const RELIT: &str = "Give its rack the power back: the old shop comes back as a backup of the new one.";

/// The guide.
#[derive(PartialEq)]
pub(super) struct Guide {
    /// The guide as it stands.
    pub(super) view: Rc<GuideView>,
    /// Where messages go.
    pub(super) send: Callback<Msg>,
}

impl Part for Guide {
    fn draw(&self) -> Html {
        let view = &self.view;
        let count = view.done.iter().filter(|done| **done).count();
        html! {
            <section class="guide" aria-labelledby="guide-title">
                <p class="eyebrow">{ format!("First walk · {count} of {}", view.done.len()) }</p>
                <div class="progress" aria-hidden="true">
                    { for view.done.iter().map(|done| html! { <i class={done.then_some("done")}></i> }) }
                </div>
                <h2 id="guide-title" tabindex="-1">{ told("A shop burns down. Its backup opens next door.") }</h2>
                <p>{ told("Nobody gives an order. The other shops notice the silence, compare notes, and the remaining \
                           masters vote for a backup.") }</p>
                <ol class="steps">
                    { step(view, 0, write_step(view, &self.send)) }
                    { step(view, 1, burn_step(view, &self.send)) }
                    { step(view, 2, read_step(view, &self.send)) }
                    { step(view, 3, return_step(view, &self.send)) }
                </ol>
                if let Some(stuck) = &view.stuck {
                    <p class="stuck" role="status">{stuck}</p>
                }
                if view.current.is_none() {
                    <p class="done-note" tabindex="-1">
                        { told("That was a failover, from silence to service. Go on as you like: freeze a shop, cut a rack’s \
                                power, or click any shop to see what it believes.") }
                    </p>
                }
            </section>
        }
    }
}

/// A step's frame: done, to do now, or later.
fn step(view: &GuideView, index: usize, body: Html) -> Html {
    let done = view.done[index];
    let now = view.current == Some(index);
    let word = match (done, now) {
        (true, _) => "Done: ",
        (_, true) => "Now: ",
        _ => "Later: ",
    };
    html! {
        <li
            class={classes!("step", done.then_some("done"), now.then_some("now"))}
            data-step={(index + 1).to_string()}
            aria-current={now.then_some("step")}
            tabindex={now.then_some("-1")}
        >
            <span class="tick" aria-hidden="true">{ if done { icons::check() } else { html! {} } }</span>
            <div><span class="sr-only">{word}</span>{body}</div>
        </li>
    }
}

/// Lets time run.
fn play(send: &Callback<Msg>) -> Html {
    html! { <button class="button primary" onclick={send.reform(|_| Msg::PlayPause)}>{"Let time run"}</button> }
}

/// Buttons that run a line, or put it into the command line. Not while one waits for time to run.
fn line_buttons(view: &GuideView, line: &str, send: &Callback<Msg>) -> Html {
    if view.waits {
        return html! { <div class="step-acts">{ play(send) }</div> };
    }
    let (run, propose): (AttrValue, AttrValue) = (line.to_owned().into(), line.to_owned().into());
    let onrun = send.reform(move |_| Msg::Run(run.clone()));
    let onpropose = send.reform(move |_| Msg::Propose(propose.clone()));
    html! {
        <div class="step-acts">
            <button class="button primary" onclick={onrun}>{"Run it"}</button>
            <button class="button" onclick={onpropose}>{"Edit it first"}</button>
        </div>
    }
}

fn write_step(view: &GuideView, send: &Callback<Msg>) -> Html {
    html! {
        <>
            <p>{"Write "}<code>{&view.write}</code>{ told(" and see which shop keeps it.") }</p>
            if view.current == Some(0) {
                if view.emptied {
                    <p class="note emptied">{ told(EMPTIED) }</p>
                }
                { line_buttons(view, &view.write, send) }
            }
        </>
    }
}

fn shop_name(view: &GuideView) -> Html {
    match &view.shop {
        Some((_, shard, name)) => {
            html! { <strong class="shop-name" style={hue(Some(*shard))}>{name}</strong> }
        }
        None => html! { { told("the shop that keeps it") } },
    }
}

fn burn_step(view: &GuideView, send: &Callback<Msg>) -> Html {
    let button = match (&view.shop, &view.kill) {
        (Some((host, _, name)), Some(kill)) if view.current == Some(1) => {
            let label = AttrValue::from(if voice() == Voice::Redis {
                format!("Kill {name}")
            } else {
                format!("Set {name} on fire")
            });
            html! {
                <>
                    <p class="note">{"It keeps "}<code>{ text(&view.key) }</code>{&view.cover}</p>
                    <div class="step-acts">
                        if view.covered {
                            { act_button(&ActProps { act: kill, host: *host, label: Some(label), primary: true, send }) }
                        }
                        { aid(view, send) }
                    </div>
                </>
            }
        }
        _ => html! {},
    };
    html! { <><p>{ told(view.deed) }{ shop_name(view) }</p>{ button }</> }
}

/// What helps where nobody could open.
fn aid(view: &GuideView, send: &Callback<Msg>) -> Html {
    view.aid.as_ref().map_or_else(Html::default, |(act, host, label)| {
        act_button(&ActProps { act, host: *host, label: Some(label.clone().into()), primary: true, send })
    })
}

fn read_step(view: &GuideView, send: &Callback<Msg>) -> Html {
    let faster = send.reform(|_| Msg::SetSpeed(FASTER));
    html! {
        <>
            <p>{"Read "}<code>{ text(&view.key) }</code>{ told(" again, once the backup has opened.") }</p>
            if view.current == Some(2) {
                if let Some(meanwhile) = &view.meanwhile {
                    <p class="meanwhile">{meanwhile}</p>
                }
                if view.readable {
                    { line_buttons(view, &view.read, send) }
                } else {
                    if view.unnoticed {
                        <p class="note">
                        { format!("After {} s without an answer the others grow suspicious.", view.timeout_s) }
                        </p>
                    }
                    <div class="step-acts">
                        { aid(view, send) }
                        if view.paused {
                            { play(send) }
                        }
                        if !view.fast {
                            <button class="button" onclick={faster}>{"Time 5×"}</button>
                        }
                    </div>
                }
            }
        </>
    }
}

fn return_step(view: &GuideView, send: &Callback<Msg>) -> Html {
    let button = match (&view.shop, &view.restart) {
        (Some((host, ..)), Some(restart)) if view.current == Some(3) && !view.dark => html! {
            <div class="step-acts">
                { act_button(&ActProps { act: restart, host: *host, label: Some("Restart it".into()), primary: true, send }) }
                if view.paused && restart.hindrance.is_some() {
                    { play(send) }
                }
            </div>
        },
        _ => html! {},
    };
    html! { <><p>{ told(if view.dark { RELIT } else { "Restart the old shop: it comes back as a backup of the new one." }) }</p>{ button }</> }
}
