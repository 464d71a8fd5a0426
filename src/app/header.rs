//! The header: what this page is, and light or dark.

use yew::prelude::*;

use super::icons;
use super::message::Msg;
use super::settings::Theme;

/// Properties of [`Header`].
#[derive(Properties, PartialEq)]
pub(super) struct HeaderProps {
    /// The theme that is set.
    pub(super) theme: Theme,
    /// Where messages go.
    pub(super) send: Callback<Msg>,
}

/// The header.
#[component]
pub(super) fn Header(props: &HeaderProps) -> Html {
    let (word, says) = match props.theme {
        Theme::Auto => ("Auto", "Colours: as the system is set. Press for light."),
        Theme::Light => ("Light", "Colours: light. Press for dark."),
        Theme::Dark => ("Dark", "Colours: dark. Press for what the system is set to."),
    };
    let next = props.theme.next();
    let onclick = props.send.reform(move |_| Msg::SetTheme(next));
    html! {
        <header class="header">
            <h1>{"Cluster City"}</h1>
            <p class="tagline">{"How Redis Cluster works, live"}</p>
            <button class="button quiet theme" {onclick} aria-label={says} title={says}>
                { icons::contrast() }<span>{word}</span>
            </button>
        </header>
    }
}
