//! The page's parts put together, each given just what it shows.

use std::rc::Rc;

use yew::prelude::*;

use super::city::City;
use super::controls::text;
use super::guide::Guide;
use super::header::Header;
use super::icons;
use super::inspector::Inspector;
use super::journal::Log;
use super::message::Msg;
use super::page::Page;
use super::shown::{self, GuideView, KeyPath};
use super::terminal::{CommandLine, Door, Output};
use super::transport::Transport;
use crate::cluster::id::HostId;
use crate::narrate::{Cast, Voice};
use crate::stage::frame::{Arrangement, Frame};
use crate::stage::inspect::{self, Act};
use crate::stage::scene::{Look, Scene};
use crate::stage::words;

/// Keys listed in the inspector.
const KEYS: usize = 8;

/// Draws the page.
pub(super) fn page(page: &Page) -> Html {
    let send = &page.send;
    let snapshot = page.world.snapshot();
    let arrangement = Arrangement::of(page.window.0);
    let inspected = page.selected.is_some();
    let guide = Rc::new(GuideView::of(&page.world.walk, snapshot, !page.playing));
    let lines = Rc::new(page.world.journal.lines(page.details).cloned().collect::<Vec<_>>());
    let class = classes!("page", page.playing.then_some("playing"), inspected.then_some("inspected"));
    html! {
        <div {class}>
            <a class="skip" href="#command">{"Skip to the command line"}</a>
            <Header theme={page.theme} send={send.clone()} />
            { notices(page) }
            <main class="main">
                <div class="left">
                    <Guide view={guide} send={send.clone()} />
                    <Log {lines} details={page.details} send={send.clone()} />
                </div>
                <div class="centre">
                    { city(page) }
                    { terminal(page, arrangement) }
                </div>
                { inspector(page) }
            </main>
            <Transport
                now={snapshot.now}
                playing={page.playing}
                speed={page.speed}
                marks={page.world.journal.marks()}
                width={page.timeline_width}
                send={send.clone()}
            />
            <div class="sr-only" role="status" aria-live="polite">{ text(&page.told) }</div>
        </div>
    }
}

fn notices(page: &Page) -> Html {
    if page.notices.is_empty() {
        return html! {};
    }
    let close = page.send.reform(|_| Msg::Dismiss);
    html! {
        <div class="notices" role="status">
            <div>{ for page.notices.iter().map(|notice| html! { <p>{notice}</p> }) }</div>
            <button class="button quiet close" aria-label="Close this note" onclick={close}>{ icons::close() }</button>
        </div>
    }
}

fn city(page: &Page) -> Html {
    let snapshot = page.world.snapshot();
    let frame = Frame::of_page(page.window, page.city_width);
    let last = page.world.transcript.last_key();
    let look = Look {
        pin: last.map(|key| key.slot),
        gossip: page.gossip,
        still: page.still(),
        talks_to: page.target,
        glows: page.glows.clone(),
    };
    let rack_of = snapshot.nodes.iter().map(|node| {
        let place = snapshot.racks.iter().position(|rack| rack.id == node.rack);
        place.unwrap_or(0)
    });
    html! {
        <City
            scene={Rc::new(Scene::of(snapshot, frame, &look))}
            rack_of={Rc::new(rack_of.collect::<Vec<_>>())}
            path={last.map(|last| KeyPath::of(last, snapshot))}
            selected={page.selected}
            gossip={page.gossip}
            customers={shown::customers(snapshot)}
            send={page.send.clone()}
        />
    }
}

fn terminal(page: &Page, arrangement: Arrangement) -> Html {
    let snapshot = page.world.snapshot();
    let cast = Cast::new(snapshot);
    let doors: Vec<Door> = snapshot
        .nodes
        .iter()
        .map(|node| (node.host, cast.name(node.host, Voice::Story), node.address.clone()))
        .collect();
    let entries: Vec<_> = page.world.transcript.entries().cloned().collect();
    let extra = (arrangement == Arrangement::Stack).then(|| handy_act(page)).flatten();
    html! {
        <section class="terminal" aria-label="Terminal">
            <Output entries={Rc::new(entries)} paused={!page.playing} />
            <CommandLine
                draft={page.draft.clone()}
                prompt={page.prompt()}
                doors={Rc::new(doors)}
                target={page.target}
                extra={extra}
                send={page.send.clone()}
            />
        </section>
    }
}

/// The act that stands beside the command line on a small screen: on the shop that is looked at,
/// or else on the one that keeps the last key.
fn handy_act(page: &Page) -> Option<(Act, HostId)> {
    let snapshot = page.world.snapshot();
    let keeper = || {
        let slot = page.world.transcript.last_key()?.slot;
        let mut runs = snapshot.directory.iter();
        runs.find(|entry| (entry.range.start..=entry.range.end).contains(&slot))?.owner
    };
    let host = page.selected.or_else(keeper)?;
    let acts = inspect::acts(words::node(snapshot, host)?, snapshot);
    let act = acts.into_iter().find(|act| act.hindrance.is_none() && act.act != "freeze" && act.act != "thaw")?;
    Some((act, host))
}

fn inspector(page: &Page) -> Html {
    let Some(host) = page.selected else {
        return html! {};
    };
    let session = page.world.session();
    let beliefs = session.beliefs(host);
    let keys = session.keys(host, KEYS);
    match inspect::inspect(page.world.snapshot(), host, &beliefs, keys) {
        Some(shown) => html! { <Inspector shown={Rc::new(shown)} send={page.send.clone()} /> },
        None => html! {},
    }
}
