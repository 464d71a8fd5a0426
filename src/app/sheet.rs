//! Sheets as elements: headings, notes, rows, buttons and sliders, whatever they are about.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::controls::maybe;
use super::message::Msg;
use super::{browser, city};
use crate::cluster::slot::Slot;
use crate::stage::art::lens::draw;
use crate::stage::lens::{self, Lens};
use crate::stage::sheet::{Button, Item, Press, Range};

/// The items of a sheet.
pub(super) fn items(items: &[Item], send: &Callback<Msg>) -> Html {
    items.iter().map(|item| one(item, send)).collect()
}

fn one(item: &Item, send: &Callback<Msg>) -> Html {
    match item {
        Item::Heading(words) => html! { <h3>{*words}</h3> },
        Item::Note(words) => html! { <p class="note">{words}</p> },
        Item::Live(words) => html! { <p class="read" role="status">{words}</p> },
        Item::Grid(lens, at) => grid(lens, *at, send),
        Item::Find(name) => find(name, send),
        Item::Row(name, value) => {
            html! { <dl class="rows"><div><dt>{ super::controls::text(name) }</dt><dd>{value}</dd></div></dl> }
        }
        Item::Buttons(list) => row("inspector-acts", list, send),
        Item::List(list) => row("list", list, send),
        Item::Range(range) => slider(range, send),
    }
}

pub(super) fn row(class: &'static str, list: &[Button], send: &Callback<Msg>) -> Html {
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
    let field = range.field;
    let onchange = maybe(send, move |event: Event| {
        let at: usize = event.target_unchecked_into::<HtmlInputElement>().value().parse().ok()?;
        Some(Msg::Press(Press::Set(field, at, steps.get(at)?.clone())))
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

/// The lens: pointed at, or walked over with the arrow keys.
fn grid(lens: &Lens, at: Slot, send: &Callback<Msg>) -> Html {
    let point = maybe(send, |event: PointerEvent| {
        let (x, y) = browser::point_in(&event, "#lens")?;
        let side = browser::width_of("lens").filter(|side| *side > 0)?;
        lens::slot_at(x, y, side).map(Msg::LensAt)
    });
    let onkeydown = maybe(send, move |event: KeyboardEvent| {
        let (columns, rows) = browser::arrow(&event)?;
        event.prevent_default();
        Some(Msg::LensAt(lens::step(at, columns, rows)))
    });
    html! {
        <div
            id="lens"
            role="application"
            tabindex="0"
            aria-label="The directory, 128 slots to a row; the arrow keys go from slot to slot"
            data-slot={at.to_string()}
            onpointermove={point.clone()}
            onpointerdown={point}
            {onkeydown}
        >
            <svg viewBox="0 0 128 128" aria-hidden="true">{ city::groups(&draw(lens, at)) }</svg>
        </div>
    }
}

fn find(name: &'static str, send: &Callback<Msg>) -> Html {
    let onchange =
        send.reform(|event: Event| Msg::Find(event.target_unchecked_into::<HtmlInputElement>().value()));
    html! { <label class="find"><span>{name}</span><input type="text" data-field="find" {onchange} /></label> }
}
