//! What stands in the inspector's place: why something happened, and two futures side by side.

use yew::prelude::*;

use super::browser;
use super::city::groups;
use super::controls::{said, text};
use super::icons;
use super::message::Msg;
use super::page::{Page, Panel};
use super::settings::told;
use crate::cluster::time::Micros;
use crate::narrate;
use crate::stage::anatomy::Phase;
use crate::stage::beside;
use crate::stage::compare::{Compared, Row};
use crate::stage::shape::tenths;
use crate::stage::why::Why;
use crate::stage::words;

/// The panel. It is of the page's second part (see `split/`), so it must stay a function by itself.
#[inline(never)]
pub(super) fn aside(panel: &Panel, page: &Page) -> Html {
    let send = &page.send;
    let (title, body) = match panel {
        Panel::Why(why) => ("Why?", ladder(why, send)),
        Panel::Compare(compared) => ("Two futures", futures(compared, page)),
        Panel::Sheet(sheet) => (sheet.title(), super::sheet::items(&sheet.items(super::view::known(page)), send)),
    };
    let title = told(title);
    html! {
        <aside class="inspector" id="inspector" aria-label={title.clone()}>
            <div class="inspector-title">
                <h2 id="inspector-title" tabindex="-1">{title}</h2>
                <button class="button quiet close" aria-label="Close" onclick={send.reform(|_| Msg::Select(None))}>
                    { icons::close() }
                </button>
            </div>
            <div class="inside">{body}</div>
        </aside>
    }
}

fn ladder(why: &Why, send: &Callback<Msg>) -> Html {
    let rungs = why.rungs.iter().enumerate().map(|(index, rung)| {
        let at = rung.at;
        html! {
            <li key={index} class={rung.part.map(|_| "part")} data-part={rung.part}>
                if index > 0 {
                    <small>
                        if index == 1 && why.left_out > 0 {
                            { format!("… {} between · ", narrate::counted(why.left_out as u64, "step")) }
                        }
                        { if rung.after == 0 { "at once".to_owned() } else { format!("{} later", narrate::span(rung.after)) } }
                    </small>
                }
                <button class="rung" data-fact={rung.id.0.to_string()} title="Go to this moment" onclick={send.reform(move |_| Msg::Seek(at))}>
                    <time>{ words::clock(at) }</time><span>{ text(&rung.text) }</span>
                </button>
            </li>
        }
    });
    html! {
        <>
            <p class="note">{ why.origin }</p>
            if why.unsaid > 0 {
                <p class="note">{ format!("{} more reports or votes are not listed.", why.unsaid) }</p>
            }
            <ol class="ladder" aria-label="From the first cause to what happened">{ for rungs }</ol>
            if !why.phases.is_empty() {
                { anatomy(&why.phases) }
            }
        </>
    }
}

/// The phases of a failover as bars, one after another.
fn anatomy(phases: &[Phase]) -> Html {
    let whole: Micros = phases.iter().filter_map(|phase| phase.took).sum::<Micros>().max(1);
    let mut before = 0;
    let rows = phases.iter().map(|phase| {
        let share = (phase.took.unwrap_or(0) * 1_000 / whole) as i32;
        let style = format!("margin-left:{}%;width:{}%", tenths(before.min(992)), tenths(share.max(8)));
        before += share;
        html! {
            <li data-phase={phase.name}>
                <b>{ phase.name }</b><span>{ phase.took.map_or_else(|| "—".to_owned(), narrate::span) }</span>
                <i {style}></i>
                <small>{ text(&phase.set_by) }</small>
            </li>
        }
    });
    html! {
        <>
            <h3>{"The failover, phase by phase"}</h3>
            <ol class="phases">{ for rows }</ol>
        </>
    }
}

/// Two futures: drawn, and in figures.
fn futures(compared: &Compared, page: &Page) -> Html {
    let [one, other] = &compared.courses;
    let drawing = beside::draw([one, other], compared.parted, beside::room(page.window.0, page.zoom > 0));
    let (width, height) = drawing.size;
    html! {
        <>
            <figure class="beside">
                <svg class="drawing" role="img" aria-label={said(&drawing.spoken.into())} style={format!("width:{width}px")} viewBox={format!("0 0 {width} {height}")}>
                    { groups(&drawing.groups) }
                </svg>
                <figcaption class="note">{ told("Hatched: nobody answers for these slots. Below, the cities at the end: a filled tile is a master.") }</figcaption>
            </figure>
            <div>{ table(&compared.rows) }</div>
        </>
    }
}

fn table(rows: &[Row]) -> Html {
    let lines = rows.iter().map(|row| {
        html! {
            <tr data-field={row.field} class={(row.values[0] != row.values[1]).then_some("differs")}>
                <th scope="row">{ row.name }</th>
                { for row.values.iter().map(|value| html! { <td>{ text(value) }</td> }) }
            </tr>
        }
    });
    html! {
        <>
            <p class="note">{"What came of it, from the moment they parted. Times are the first of their kind. This one goes on."}</p>
            <table class="compare">
                <thead><tr><td></td><th scope="col">{"This one"}</th><th scope="col">{"The other"}</th></tr></thead>
                <tbody>{ for lines }</tbody>
            </table>
        </>
    }
}

/// Arrow keys go through the log's lines.
pub(super) fn log_keys(event: &KeyboardEvent) {
    let back = match event.key().as_str() {
        "ArrowUp" => true,
        "ArrowDown" => false,
        _ => return,
    };
    if let Some(list) = browser::around(event, "#log") {
        event.prevent_default();
        browser::step_focus(&list, back);
    }
}
