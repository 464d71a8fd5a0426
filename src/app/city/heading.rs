//! The line over the strip: from the last typed key to its slot and its shop, computed.

use yew::prelude::*;

use crate::app::controls::text;
use crate::app::message::Msg;
use crate::app::part::Part;
use crate::app::settings::told;
use crate::app::shown::KeyPath;
use crate::stage::palette::hue;
use crate::stage::sheet::{Press, Sheet};

/// What the strip must not make anybody believe.
pub(in crate::app) const CAVEAT: &str = "There is no central book: every shop and every smart client keeps its own \
                                         copy, and a copy can be out of date.";

/// The heading of the directory.
#[derive(PartialEq)]
pub(super) struct Heading {
    /// The last typed key's way, if one was typed.
    pub(super) path: Option<KeyPath>,
    /// Where messages go.
    pub(super) send: Callback<Msg>,
}

impl Part for Heading {
    fn draw(&self) -> Html {
        let path = match &self.path {
            None => html! { <p class="key-path">{"Write a key, and see where it goes."}</p> },
            Some(path) => {
                let tag = path.tag.as_ref().map(|tag| html! { <>{" tag "}<code>{ text(tag) }</code></> });
                let shop = match (&path.shop, path.but) {
                    (Some(shop), Some(but)) => {
                        html! { <strong class="nobody">{ format!("{shop} ({but})") }</strong> }
                    }
                    (Some(shop), None) => html! { <strong>{shop}</strong> },
                    (None, _) => html! { <strong class="nobody">{ told("no shop") }</strong> },
                };
                let onclick = self.send.reform(|_| Msg::Press(Press::Show(Sheet::Key)));
                html! {
                    <p class="key-path" style={hue(path.shard)}>
                        <button class="key" id="key" title="Who has it?" {onclick}><code>{ text(&path.key) }</code></button>
                        { tag }
                        <span class="arrow" aria-label="goes to">{" → "}</span>
                        <span class="hash">{"CRC16 mod 16384 = "}</span>
                        <strong class="slot">{path.slot}</strong>
                        <span class="arrow" aria-label="kept by">{" → "}</span>
                        { shop }
                    </p>
                }
            }
        };
        html! {
            <div class="directory-heading">
                <h2 title={told(CAVEAT)}>{ told("The directory") }<span class="of">{" · 16,384 slots"}</span></h2>
                { path }
            </div>
        }
    }
}
