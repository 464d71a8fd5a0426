//! Sheets as elements: headings, notes, rows, buttons and sliders, whatever they are about.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::message::Msg;
use crate::stage::sheet::{Button, Item, Press, Range};

/// The items of a sheet.
pub(super) fn items(items: &[Item], send: &Callback<Msg>) -> Html {
    items.iter().map(|item| one(item, send)).collect()
}

fn one(item: &Item, send: &Callback<Msg>) -> Html {
    match item {
        Item::Heading(words) => html! { <h3>{*words}</h3> },
        Item::Note(words) => html! { <p class="note">{words}</p> },
        Item::Row(name, value) => {
            html! { <dl class="rows"><div><dt>{*name}</dt><dd>{value}</dd></div></dl> }
        }
        Item::Buttons(list) => row("inspector-acts", list, send),
        Item::List(list) => row("list", list, send),
        Item::Range(range) => slider(range, send),
    }
}

fn row(class: &'static str, list: &[Button], send: &Callback<Msg>) -> Html {
    html! { <div {class}>{ for list.iter().map(|one| button(one, send)) }</div> }
}

fn button(button: &Button, send: &Callback<Msg>) -> Html {
    let press = button.press.clone();
    html! {
        <button
            class="button"
            data-act={button.act}
            disabled={button.hindrance.is_some()}
            title={button.hindrance}
            aria-pressed={button.on.map(|on| on.to_string())}
            onclick={send.reform(move |_| Msg::Press(press.clone()))}
        >
            {&button.label}
        </button>
    }
}

fn slider(range: &Range, send: &Callback<Msg>) -> Html {
    let steps: Vec<_> = range.steps.iter().map(|(_, acts)| acts.clone()).collect();
    let onchange = super::controls::maybe(send, move |event: Event| {
        let at: usize = event.target_unchecked_into::<HtmlInputElement>().value().parse().ok()?;
        Some(Msg::Press(Press::Do(steps.get(at)?.clone())))
    });
    let value = range.steps.get(range.at).map(|(words, _)| words.clone());
    html! {
        <label class="range">
            <span>{range.label}</span><b>{value.clone()}</b>
            <input
                type="range"
                min="0"
                max={(range.steps.len().max(1) - 1).to_string()}
                value={range.at.to_string()}
                data-field={range.field}
                aria-valuetext={value}
                {onchange}
            />
        </label>
    }
}
