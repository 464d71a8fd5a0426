//! The header: what this page is, and light or dark.

use yew::prelude::*;

use super::controls::tools;
use super::icons;
use super::message::Msg;
use super::part::Part;
use super::settings::Theme;

/// The header.
#[derive(PartialEq)]
pub(super) struct Header {
    /// The theme that is set.
    pub(super) theme: Theme,
    /// Whether the sheets are opened from here: where there is room.
    pub(super) tools: bool,
    /// Whether a projector shows the page: only the way back is left of the header.
    pub(super) presents: bool,
    /// Where messages go.
    pub(super) send: Callback<Msg>,
}

impl Part for Header {
    fn draw(&self) -> Html {
        if self.presents {
            let onclick = self.send.reform(|_| Msg::Present(false));
            return html! {
                <header class="header">
                    <h1 class="sr-only">{"Cluster City"}</h1>
                    <button class="button quiet" id="leave" title="Back to the whole page (Esc)" {onclick}>{"Leave"}</button>
                </header>
            };
        }
        let (word, says) = match self.theme {
            Theme::Auto => ("Auto", "Auto: colours as the system is set. Press for light."),
            Theme::Light => ("Light", "Light colours. Press for dark."),
            Theme::Dark => ("Dark", "Dark colours. Press for what the system is set to."),
        };
        let next = self.theme.next();
        let onclick = self.send.reform(move |_| Msg::SetTheme(next));
        html! {
            <header class="header">
                <h1>{"Cluster City"}</h1>
                <p class="tagline">{"How Redis Cluster works, live"}</p>
                if self.tools {
                    <nav class="tools" aria-label="Sheets">{ tools(&self.send) }</nav>
                }
                <button class="button quiet theme" {onclick} aria-label={says} title={says}>
                    { icons::contrast() }<span>{word}</span>
                </button>
            </header>
        }
    }
}
