//! Controls used in several places: acts on a node.

use yew::prelude::*;

use super::icons;
use super::message::Msg;
use super::settings::{skin, told, voice};
use crate::cluster::id::HostId;
use crate::sim::Action;
use crate::stage::inspect::Act;
use crate::stage::parcel::Kinds;
use crate::stage::sheet::{Press, Sheet};
use crate::stage::skin::Skin;

/// The action behind an act's name.
pub(super) fn action(act: &str, host: HostId) -> Action {
    match act {
        "kill" => Action::Kill(host),
        "freeze" => Action::Freeze(host),
        "thaw" => Action::Thaw(host),
        _ => Action::Restart(host),
    }
}

/// What [`act_button`] shows.
pub(super) struct ActProps<'a> {
    /// The act.
    pub(super) act: &'a Act,
    /// On which machine.
    pub(super) host: HostId,
    /// Other words than the act's own.
    pub(super) label: Option<AttrValue>,
    /// Whether it is the thing to do now.
    pub(super) primary: bool,
    /// Where messages go.
    pub(super) send: &'a Callback<Msg>,
}

/// A button that acts on a node; says why where it cannot.
pub(super) fn act_button(props: &ActProps<'_>) -> Html {
    let Act { act, label, hindrance } = *props.act;
    let host = props.host;
    let onclick = props.send.reform(move |_| Msg::Act(action(act, host)));
    let icon = match act {
        "kill" => icons::flame(),
        "freeze" | "thaw" => icons::frost(),
        _ => icons::again(),
    };
    let words = props.label.clone().unwrap_or(AttrValue::Static(label));
    html! {
        <button
            key={label}
            class={classes!("button", act, props.primary.then_some("primary"))}
            data-act={act}
            data-node={host.0.to_string()}
            disabled={hindrance.is_some()}
            title={told(hindrance.unwrap_or(label))}
            {onclick}
        >
            { icon }<span>{words}</span>
        </button>
    }
}

/// Sends what an event means, if it means something.
pub(super) fn maybe<E: 'static>(
    send: &Callback<Msg>,
    meaning: impl Fn(E) -> Option<Msg> + 'static,
) -> Callback<E> {
    let send = send.clone();
    Callback::from(move |event| meaning(event).into_iter().for_each(|msg| send.emit(msg)))
}

/// A shared text as a text node, without copying it; the words of the skin are put in.
pub(super) fn text(text: &std::rc::Rc<str>) -> Html {
    yew::virtual_dom::VText::new(said(text)).into()
}

/// A shared text with the words of the skin put in.
pub(super) fn said(text: &std::rc::Rc<str>) -> AttrValue {
    match voice().say(text) {
        std::borrow::Cow::Borrowed(_) => AttrValue::from(text.clone()),
        std::borrow::Cow::Owned(said) => said.into(),
    }
}

/// Whether the shops' small talk is drawn.
pub(super) fn gossip_toggle(shown: bool, send: &Callback<Msg>) -> Html {
    let onchange = send.reform(|_| Msg::Press(Press::Draw(Kinds::GOSSIP)));
    html! {
        <label class="gossip" title="Pings, pongs and other small talk">
            <input type="checkbox" checked={shown} {onchange} />{"show gossip"}
        </label>
    }
}

/// What the city is drawn as.
fn skins(send: &Callback<Msg>) -> Html {
    let one = |one: Skin| {
        let onclick = send.reform(move |_| Msg::Press(Press::Skin(one)));
        let on = (one == skin()).to_string();
        html! { <button class="button" data-act="skin" aria-pressed={on} {onclick}>{ one.name() }</button> }
    };
    html! { <div class="skins" role="group" aria-label="Drawn as">{ for Skin::ALL.into_iter().map(one) }</div> }
}

/// What opens the sheets, and the switch of the skins.
pub(super) fn tools(send: &Callback<Msg>) -> Html {
    let open = |act: &'static str, label: &'static str, sheet: Sheet| {
        let onclick = send.reform(move |_| Msg::Press(Press::Show(sheet)));
        html! { <button class="button quiet tool" id={format!("tool-{act}")} data-act={act} {onclick}>{label}</button> }
    };
    let present = send.reform(|_| Msg::Present(true));
    html! {
        <>
            { skins(send) }
            { open("city", "Build and break", Sheet::City) }
            { open("views", "Whose view?", Sheet::Views) }
            { open("lens", "Slots", Sheet::Lens) }
            { open("messages", "Messages", Sheet::Messages) }
            { open("keys", "Keyboard", Sheet::Keys) }
            <button class="button quiet tool" id="tool-presenter" data-act="presenter" title="Larger, for a projector" onclick={present}>
                {"Presenter"}
            </button>
        </>
    }
}
