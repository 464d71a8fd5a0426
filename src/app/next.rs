//! What to do next, in one line with its button: for windows that have no room for the whole guide.

use yew::prelude::*;

use super::controls::{ActProps, act_button};
use super::message::Msg;
use super::settings::{FASTER, told};
use super::shown::GuideView;
use crate::cluster::id::HostId;
use crate::stage::inspect::Act;

/// Something to do with one press.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Deed {
    /// Runs a line.
    Run(&'static str, AttrValue),
    /// Acts on a node.
    Act(Act, HostId),
    /// Lets time run.
    Play,
    /// Lets time run faster.
    Faster,
}

/// The step to do now.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Next {
    /// In one sentence.
    pub(super) sentence: String,
    /// With one press.
    pub(super) deed: Option<Deed>,
}

impl Next {
    /// What the guide asks for now; `None` once all is done.
    pub(super) fn of(guide: &GuideView) -> Option<Self> {
        let host = guide.shop.as_ref().map(|(host, ..)| *host);
        let act = |act: &Option<Act>| Some(Deed::Act(act.clone().filter(|act| act.hindrance.is_none())?, host?));
        let name = guide.shop.as_ref().map_or_else(|| told("its shop"), |(_, _, name)| name.clone());
        if let Some(stuck) = guide.stuck.clone().filter(|_| !guide.readable) {
            return Some(Self { sentence: stuck, deed: act(&guide.restart) });
        }
        let aid = guide.aid.clone().filter(|(act, ..)| act.hindrance.is_none());
        let aid = aid.map(|(act, host, _)| Deed::Act(act, host));
        let (sentence, mut deed) = match guide.current? {
            0 => (
                told(if guide.emptied {
                    super::guide::EMPTIED
                } else {
                    "Write a key, and see which shop keeps it."
                }),
                Some(Deed::Run("Try it", guide.write.clone().into())),
            ),
            1 if !guide.covered => (format!("{name} keeps {}{}", guide.key, guide.cover), aid),
            1 => (
                format!("{}{name}{} {}.", told("Set fire to "), told(": its backup has a copy of"), guide.key),
                act(&guide.kill),
            ),
            2 if guide.readable => (
                format!("{} Read {} again.", told("The backup has opened."), guide.key),
                Some(Deed::Run("Read it", guide.read.clone().into())),
            ),
            2 => {
                let wait = guide.meanwhile.clone().unwrap_or_else(|| told("Wait until the backup has opened."));
                (
                    wait,
                    if aid.is_some() {
                        aid
                    } else if guide.paused {
                        Some(Deed::Play)
                    } else {
                        (!guide.fast).then_some(Deed::Faster)
                    },
                )
            }
            _ if guide.dark => (told(super::guide::RELIT), None),
            _ => (told("Restart the old shop: it comes back as a backup."), act(&guide.restart)),
        };
        // While time stands still nothing typed is answered: another of the same would only wait behind it.
        if guide.waits || guide.paused && deed.is_none() {
            deed = Some(Deed::Play);
        }
        Some(Self { sentence, deed })
    }
}

/// A button that does it.
pub(super) fn deed_button(deed: &Deed, primary: bool, send: &Callback<Msg>) -> Html {
    let (label, title, msg) = match deed {
        Deed::Act(act, host) => {
            return act_button(&ActProps { act, host: *host, label: None, primary, send });
        }
        Deed::Run(label, line) => (*label, Some(line.clone()), Msg::Run(line.clone())),
        Deed::Play => ("Let time run", None, Msg::PlayPause),
        Deed::Faster => ("Time 5×", None, Msg::SetSpeed(FASTER)),
    };
    let onclick = send.reform(move |_| msg.clone());
    html! {
        <button type="button" class={classes!("button", primary.then_some("primary"))} {title} {onclick}>{label}</button>
    }
}

/// The step to do now, above the city.
pub(super) fn next_step(next: &Next, send: &Callback<Msg>) -> Html {
    html! {
        <section class="next" aria-label="What to do now" tabindex="-1">
            <p>{&next.sentence}</p>
            if let Some(deed) = &next.deed {
                { deed_button(deed, true, send) }
            }
        </section>
    }
}
