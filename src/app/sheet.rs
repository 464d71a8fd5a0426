//! Sheets as elements: headings, notes, rows, buttons and sliders, whatever they are about.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::controls::maybe;
use super::message::Msg;
use super::settings::told;
use super::{browser, city};
use crate::cluster::slot::Slot;
use crate::stage::art::lens::{GROUND, draw, numbers};
use crate::stage::lens::{self, Closer, Lens};
use crate::stage::shape::num;
use crate::stage::sheet::{Button, Choice, Item, Press, Range};

/// The items of a sheet.
pub(super) fn items(items: &[Item], send: &Callback<Msg>) -> Html {
    items.iter().map(|item| one(item, send)).collect()
}

fn one(item: &Item, send: &Callback<Msg>) -> Html {
    match item {
        Item::Heading(words) => html! { <h3>{ told(words) }</h3> },
        Item::Note(words) => html! { <p class="note">{words}</p> },
        Item::Live(words) => html! { <p class="read" role="status">{words}</p> },
        Item::Grid(lens, at, closer) => grid(lens, *at, *closer, send),
        Item::Choose(choice) => choose(choice, send),
        Item::Find(name) => find(name, send),
        Item::Row(name, value) => {
            html! { <dl class="rows"><div><dt>{ super::controls::text(name) }</dt><dd>{ soft(value) }</dd></div></dl> }
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
            title={button.hindrance.map(told)}
            aria-pressed={button.on.map(|on| on.to_string())}
            onclick={send.reform(move |_| Msg::Press(press.clone()))}
        >
            { soft(&button.label) }
        </button>
    }
}

/// A text that may be broken after an underscore: a word such as FAILOVER_AUTH_REQUEST is wider than a sheet on a phone.
fn soft(words: &str) -> Html {
    let parts = words.split_inclusive('_').map(|part| html! { <>{part}if part.ends_with('_') { <wbr /> }</> });
    html! { <>{ for parts }</> }
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
            <span>{ told(range.label) }</span><b>{value.clone()}</b>
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

/// A button with lists beside it.
fn choose(choice: &Choice, send: &Callback<Msg>) -> Html {
    let kept = choice.clone();
    let onclick = maybe(send, move |event: MouseEvent| {
        let chosen = browser::chosen_beside(&event, ".choose");
        Some(Msg::Press(kept.press(&chosen)?.clone()))
    });
    let lists = choice.lists.iter().map(|(what, names)| {
        html! {
            <label><span>{*what}</span><select data-field={*what}>{ for names.iter().enumerate().map(|(nth, name)| html! { <option selected={nth == 0}>{name}</option> }) }</select></label>
        }
    });
    html! {
        <div class="choose">
            <button
                class="button"
                data-act={choice.act}
                disabled={choice.hindrance.is_some() || choice.presses.is_empty()}
                title={choice.hindrance.map(told)}
                {onclick}
            >
                {&choice.label}
            </button>
            { for lists }
        </div>
    }
}

/// The lens: pointed at, or walked over with the arrow keys; looked at more closely with + and −, or the wheel.
fn grid(lens: &Lens, at: Slot, closer: Closer, send: &Callback<Msg>) -> Html {
    let (left, top, side) = closer.view();
    let point = maybe(send, move |event: PointerEvent| {
        let (x, y) = browser::point_in(&event, "#lens")?;
        let wide = browser::width_of("lens").filter(|wide| *wide > 0)?;
        lens::slot_at(x, y, wide, (left, top, side)).map(Msg::LensAt)
    });
    let zoom = move |nearer: bool| {
        let zoom = if nearer { closer.zoom + 1 } else { closer.zoom.checked_sub(1)? };
        Some(Msg::Press(Press::Zoom(zoom)))
    };
    let onkeydown = maybe(send, move |event: KeyboardEvent| {
        let found = match event.key().as_str() {
            "+" | "=" => zoom(true),
            "-" => zoom(false),
            _ => {
                let (columns, rows) = browser::arrow(&event)?;
                Some(Msg::LensAt(lens::step(at, columns, rows)))
            }
        };
        event.prevent_default();
        found
    });
    let onwheel = maybe(send, move |event: WheelEvent| {
        event.prevent_default();
        zoom(event.delta_y() < 0.0)
    });
    // Patterns keep their size, however closely one looks.
    let scale = format!("scale({})", num(f32::from(side) / 128.0));
    let pattern = |id: &'static str, d: &'static str| {
        html! {
            <pattern {id} width="4" height="4" patternUnits="userSpaceOnUse" patternTransform={scale.clone()}><path {d} /></pattern>
        }
    };
    html! {
        <div
            id="lens"
            role="application"
            tabindex="0"
            aria-label="The directory, 128 slots to a row; the arrow keys go from slot to slot, plus and minus look closer"
            data-slot={at.to_string()}
            data-zoom={closer.zoom.to_string()}
            onpointermove={point.clone()}
            onpointerdown={point}
            {onkeydown}
            {onwheel}
        >
            <svg viewBox={format!("{left} {top} {side} {side}")} aria-hidden="true">
                <defs>
                    { pattern("over-diagonal", "M-1 1L1 -1M0 4L4 0M3 5L5 3") }
                    { pattern("over-dots", "M1.5 2h1M3.5 0h1M3.5 4h1M-.5 0h1M-.5 4h1") }
                    { pattern("over-lines", "M0 2h4") }
                    { pattern("over-bars", "M2 0v4") }
                    { pattern("over-cross", "M0 0L4 4M0 4L4 0") }
                    { pattern("differs", "M1 1L3 3M1 3L3 1") }
                </defs>
                { city::groups(&draw(lens, at, closer.zoom)) }
            </svg>
            { for [GROUND, GROUND / 2].map(|ground| html! {
                <svg class={format!("numbers on-{ground}")} viewBox={format!("0 0 {ground} {ground}")} aria-hidden="true">
                    { city::groups(&numbers(lens, (left, top, side), ground)) }
                </svg>
            }) }
        </div>
    }
}

fn find(name: &'static str, send: &Callback<Msg>) -> Html {
    let onchange =
        send.reform(|event: Event| Msg::Find(event.target_unchecked_into::<HtmlInputElement>().value()));
    html! { <label class="find"><span>{name}</span><input type="text" data-field="find" {onchange} /></label> }
}
