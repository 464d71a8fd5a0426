//! The terminal: what was typed and answered, and the command line.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::browser;
use super::controls::text;
use super::icons;
use super::message::Msg;
use super::next::{Deed, deed_button};
use super::part::{Part, keyed};
use super::world::YOU;
use crate::cluster::command::{complete, manual};
use crate::cluster::id::{CommandId, HostId};
use crate::sim::Action;
use crate::stage::transcript::{Answer, Entry, Manner};

/// The terminal's output; the style sheet keeps its newest line in view.
#[derive(PartialEq)]
pub(super) struct Output {
    /// What was typed and answered.
    pub(super) entries: Rc<Vec<Rc<Entry>>>,
    /// Whether time stands still.
    pub(super) paused: bool,
    /// Whether new answers are read out; not where the caption does so.
    pub(super) spoken: bool,
    /// Where messages go.
    pub(super) send: Callback<Msg>,
}

impl Part for Output {
    fn draw(&self) -> Html {
        let paused = self.paused;
        // A list of its own: beside a node without a key Yew compares by place, and makes every entry anew with each new one.
        let entries = self.entries.iter();
        let entries: Html = entries
            .map(|entry| {
                let paused = paused && entry.waits;
                keyed(entry.number, EntryView { entry: entry.clone(), paused, send: self.send.clone() })
            })
            .collect();
        html! {
            <div id="terminal" role="log" aria-live={if self.spoken { "polite" } else { "off" }} aria-label="Answers" tabindex="0">
                <div>
                    if self.entries.is_empty() {
                        <p class="hint">{"A redis-cli for this city. Type a command, for example SET user:123 Ada. Tab completes, HELP explains."}</p>
                    }
                    { entries }
                </div>
            </div>
        }
    }
}

/// One typed line and what came of it.
#[derive(PartialEq)]
struct EntryView {
    entry: Rc<Entry>,
    paused: bool,
    send: Callback<Msg>,
}

impl Part for EntryView {
    fn draw(&self) -> Html {
        let entry = &self.entry;
        let lines = entry.lines.iter().map(|line| {
            let class = match line.manner {
                Manner::Plain => "answer",
                Manner::Way => "way",
                Manner::Error => "error",
            };
            html! { <p {class}>{ text(&line.text) }</p> }
        });
        let waits = entry.kept_waiting().map(|command| ("waits for an answer ", "Stop waiting", command));
        let stop = waits.or_else(|| entry.listening().map(|command| ("", "Stop listening", command)));
        html! {
            <div class="entry">
                <p class="typed"><span class="prompt">{ text(&entry.prompt) }</span>{" "}{ text(&entry.typed) }</p>
                { for lines }
                if let Some((is, stop, command)) = stop {
                    <p class="way">
                        {is}
                        <button
                            type="button"
                            class="button"
                            title="Closes the connection, as Ctrl+C does"
                            onclick={self.send.reform(move |_| interrupt(command))}
                        >
                            {stop}
                        </button>
                    </p>
                }
                if self.paused {
                    <p class="way">{"Time stands still: the command waits until you press play."}</p>
                }
            </div>
        }
    }
}

/// Stops waiting for an answer.
fn interrupt(command: CommandId) -> Msg {
    Msg::Act(Action::Interrupt { client: YOU, command })
}

/// The last answer and the latest news in one line, where terminal and log have no room.
pub(super) fn caption(answer: Option<&Answer>, news: Option<AttrValue>) -> Html {
    html! {
        <div class="caption">
            <p class="answer" role="status">
                if let Some(Answer { typed, text: answer, error }) = answer {
                    <span class="typed">{ text(typed) }</span>{" "}
                    <span class={error.then_some("error")}>{ text(answer) }</span>
                }
            </p>
            if let Some(news) = news {
                <p class="news">{news}</p>
            }
        </div>
    }
}

/// A node that the client may talk to: machine, name, address.
pub(super) type Door = (HostId, String, Rc<str>);

/// The command line.
#[derive(PartialEq)]
pub(super) struct CommandLine {
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
    /// The command that is kept waiting, if one is.
    pub(super) waits: Option<CommandId>,
    /// Whether the page's second part has come: it knows what may follow.
    pub(super) whole: bool,
    /// What to do now, beside "Send", on small screens.
    pub(super) extra: Option<Deed>,
    /// Whether the panels lie over the city, where they do not stand beside it.
    pub(super) more: Option<bool>,
}

impl Part for CommandLine {
    fn draw(&self) -> Html {
        let oninput = self.send.reform(|event: InputEvent| {
            Msg::Draft(event.target_unchecked_into::<HtmlInputElement>().value().into())
        });
        let onkeydown = {
            let (send, waits, whole) = (self.send.clone(), self.waits, self.whole);
            Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
                // Where something is selected the key copies it, as everywhere. What is typed stays.
                "c" if event.ctrl_key() && !browser::selects(&event) => {
                    if let Some(command) = waits {
                        event.prevent_default();
                        send.emit(interrupt(command));
                    }
                }
                "ArrowUp" => {
                    event.prevent_default();
                    send.emit(Msg::Recall(-1));
                }
                "ArrowDown" => {
                    event.prevent_default();
                    send.emit(Msg::Recall(1));
                }
                // Behind a blank there is nothing to complete yet, and the key leaves the line as everywhere.
                "Tab" => {
                    let line = event.target_unchecked_into::<HtmlInputElement>().value();
                    if !line.is_empty() && (!line.ends_with(' ') || whole && complete::can(&line)) {
                        event.prevent_default();
                        send.emit(Msg::Complete(line, event.shift_key()));
                    }
                }
                _ => {}
            })
        };
        let onpaste = {
            let send = self.send.clone();
            Callback::from(move |event: Event| {
                let pasted = event.dyn_ref::<ClipboardEvent>().and_then(|event| event.clipboard_data());
                let text = pasted.and_then(|data| data.get_data("text").ok()).unwrap_or_default();
                if text.trim_end().contains('\n') {
                    event.prevent_default();
                    let before = event.target_unchecked_into::<HtmlInputElement>().value();
                    send.emit(Msg::Paste(before + &text));
                }
            })
        };
        // The line is taken and emptied at once, not with the next drawing: on a slow machine the next line may already
        // be typed by then.
        let onsubmit = {
            let send = self.send.clone();
            Callback::from(move |event: SubmitEvent| {
                event.prevent_default();
                if let Some(line) = browser::take_value("command") {
                    send.emit(Msg::Submit(line.into()));
                }
            })
        };
        let onchange = self.send.reform(|event: Event| {
            let value = event.target_unchecked_into::<HtmlSelectElement>().value();
            Msg::Talk(value.parse().ok().map(HostId))
        });
        let gap = if self.draft.ends_with(' ') { "" } else { " " };
        let hint = self
            .whole
            .then(|| manual::hint(&self.draft))
            .flatten()
            .map(|hint| AttrValue::from(format!("{gap}{hint}")));
        let talks_to =
            self.doors.iter().find(|(host, ..)| self.target == Some(*host)).map(|(_, name, _)| name.clone());
        html! {
            <form class={classes!("command-line", talks_to.is_some().then_some("direct"))} {onsubmit} autocomplete="off">
                <label class="prompt" for="command"><span class="sr-only">{"Command, "}</span>{ &self.prompt }</label>
                if let Some(name) = talks_to {
                    <button
                        type="button"
                        class="button back"
                        aria-label={format!("Typing to {name} only. Back to the smart client")}
                        title="Back to the smart client"
                        onclick={self.send.reform(|_| Msg::Talk(None))}
                    >
                        { name }{ " ×" }
                    </button>
                }
                <span class="typing">
                <span class="may-follow" aria-hidden="true"><i>{ &self.draft }</i>{ hint.as_deref().unwrap_or_default() }</span>
                <input
                    id="command"
                    type="text"
                    value={self.draft.clone()}
                    placeholder="SET user:123 Ada"
                    aria-description={hint.clone()}
                    title={hint.clone()}
                    autocapitalize="off"
                    autocomplete="off"
                    autocorrect="off"
                    spellcheck="false"
                    enterkeyhint="send"
                    maxlength="65536"
                    {oninput}
                    {onkeydown}
                    {onpaste}
                />
                </span>
                <button class="button primary send" type="submit">{"Send"}</button>
                if let Some(deed) = &self.extra {
                    { deed_button(deed, false, &self.send) }
                }
                <label class="target">
                    <span>{"to"}</span>
                    <select id="target" aria-label="Who gets the command" {onchange}>
                        <option value="" selected={self.target.is_none()}>{"smart client"}</option>
                        { for self.doors.iter().map(|(host, name, address)| html! {
                            <option key={host.0} value={host.0.to_string()} selected={self.target == Some(*host)}>
                                { format!("{address} · {name}") }
                            </option>
                        }) }
                    </select>
                </label>
                <button
                    type="button"
                    class="button quiet copy"
                    data-act="copy"
                    aria-label="Copy what the terminal shows"
                    title="Copy what the terminal shows"
                    onclick={self.send.reform(|_| Msg::Copy)}
                >
                    { icons::copy() }
                </button>
                if let Some(shown) = self.more {
                    <button
                        id="more"
                        type="button"
                        class="button"
                        aria-expanded={shown.to_string()}
                        aria-controls="panels"
                        title={if shown { "Back to the city" } else { "Guide, terminal and log" }}
                        onclick={self.send.reform(move |_| Msg::More(!shown))}
                    >
                        { if shown { "City" } else { "More" } }
                    </button>
                }
            </form>
        }
    }
}
