//! The terminal: what was typed and answered, and the command line.

use std::rc::Rc;

use web_sys::{Element, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::controls::{ActButton, text};
use super::message::Msg;
use crate::cluster::id::HostId;
use crate::stage::inspect::Act;
use crate::stage::transcript::{Entry, Manner};

/// Properties of [`Output`].
#[derive(Properties, PartialEq)]
pub(super) struct OutputProps {
    /// What was typed and answered.
    pub(super) entries: Rc<Vec<Rc<Entry>>>,
    /// Whether time stands still.
    pub(super) paused: bool,
}

/// The terminal's output.
#[component]
pub(super) fn Output(props: &OutputProps) -> Html {
    let output = use_node_ref();
    let at_end = use_mut_ref(|| true);
    {
        let (output, at_end) = (output.clone(), at_end.clone());
        use_effect_with(props.entries.clone(), move |_| {
            if let Some(output) = output.cast::<Element>().filter(|_| *at_end.borrow()) {
                output.set_scroll_top(output.scroll_height());
            }
        });
    }
    let onscroll = {
        let output = output.clone();
        Callback::from(move |_: Event| {
            if let Some(output) = output.cast::<Element>() {
                let rest = output.scroll_height() - output.scroll_top() - output.client_height();
                *at_end.borrow_mut() = rest < 24;
            }
        })
    };
    let paused = props.paused;
    html! {
        <div id="terminal" role="log" aria-label="Answers" tabindex="0" ref={output} {onscroll}>
            if props.entries.is_empty() {
                <p class="hint">{"A redis-cli for this city. Type a command, for example SET user:123 Ada"}</p>
            }
            { for props.entries.iter().map(|entry| html! {
                <EntryView key={entry.number} entry={entry.clone()} paused={paused && entry.waits} />
            }) }
        </div>
    }
}

/// Properties of [`EntryView`].
#[derive(Properties, PartialEq)]
struct EntryProps {
    entry: Rc<Entry>,
    paused: bool,
}

/// One typed line and what came of it.
#[component]
fn EntryView(props: &EntryProps) -> Html {
    let entry = &props.entry;
    let lines = entry.lines.iter().map(|line| {
        let class = match line.manner {
            Manner::Plain => "answer",
            Manner::Way => "way",
            Manner::Error => "error",
        };
        html! { <p {class}>{ text(&line.text) }</p> }
    });
    html! {
        <div class="entry">
            <p class="typed"><span class="prompt">{ text(&entry.prompt) }</span>{" "}{ text(&entry.typed) }</p>
            { for lines }
            if props.paused {
                <p class="way">{"Time stands still: the command waits until you press play."}</p>
            }
        </div>
    }
}

/// A node that the client may talk to: machine, name, address.
pub(super) type Door = (HostId, String, Rc<str>);

/// Properties of [`CommandLine`].
#[derive(Properties, PartialEq)]
pub(super) struct CommandProps {
    /// The text so far.
    pub(super) draft: AttrValue,
    /// The prompt.
    pub(super) prompt: AttrValue,
    /// The nodes that can be talked to.
    pub(super) doors: Rc<Vec<Door>>,
    /// The one that is talked to; `None` for the smart client.
    pub(super) target: Option<HostId>,
    /// Where messages go.
    pub(super) send: Callback<Msg>,
    /// An act beside "Send", on small screens.
    pub(super) extra: Option<(Act, HostId)>,
}

/// The command line.
#[component]
pub(super) fn CommandLine(props: &CommandProps) -> Html {
    let oninput = props
        .send
        .reform(|event: InputEvent| Msg::Draft(event.target_unchecked_into::<HtmlInputElement>().value().into()));
    let onkeydown = {
        let send = props.send.clone();
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "ArrowUp" => {
                event.prevent_default();
                send.emit(Msg::Recall(-1));
            }
            "ArrowDown" => {
                event.prevent_default();
                send.emit(Msg::Recall(1));
            }
            _ => {}
        })
    };
    let onsubmit = {
        let send = props.send.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            send.emit(Msg::Submit);
        })
    };
    let onchange = props.send.reform(|event: Event| {
        let value = event.target_unchecked_into::<HtmlSelectElement>().value();
        Msg::Talk(value.parse().ok().map(HostId))
    });
    html! {
        <form class="command-line" {onsubmit} autocomplete="off">
            <label class="prompt" for="command"><span class="sr-only">{"Command, "}</span>{ &props.prompt }</label>
            <input
                id="command"
                type="text"
                value={props.draft.clone()}
                placeholder="SET user:123 Ada"
                autocapitalize="off"
                autocomplete="off"
                autocorrect="off"
                spellcheck="false"
                enterkeyhint="send"
                maxlength="4096"
                {oninput}
                {onkeydown}
            />
            <button class="button primary send" type="submit">{"Send"}</button>
            if let Some((act, host)) = props.extra.clone() {
                <ActButton {act} {host} send={props.send.clone()} />
            }
            <label class="target">
                <span>{"to"}</span>
                <select id="target" aria-label="Who gets the command" {onchange}>
                    <option value="" selected={props.target.is_none()}>{"smart client"}</option>
                    { for props.doors.iter().map(|(host, name, address)| html! {
                        <option key={host.0} value={host.0.to_string()} selected={props.target == Some(*host)}>
                            { format!("{address} · {name}") }
                        </option>
                    }) }
                </select>
            </label>
        </form>
    }
}
