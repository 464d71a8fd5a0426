//! The page's parts put together, each given just what it shows.

use std::rc::Rc;

use yew::prelude::*;

use super::aside::aside;
use super::city::City;
use super::controls::{said, text};
use super::guide::Guide;
use super::header::Header;
use super::icons;
use super::inspector::of_node;
use super::journal::Log;
use super::message::Msg;
use super::next::{Deed, Next, next_step};
use super::page::{Page, Panel};
use super::part::part;
use super::settings::{FASTER, skin, voice};
use super::shown::{self, GuideView, KeyPath};
use super::terminal::{CommandLine, Door, Output, caption};
use super::transport::{self, Transport};
use crate::cluster::fact::FactId;
use crate::cluster::id::HostId;
use crate::cluster::snapshot::{NodeView, Role};
use crate::narrate;
use crate::narrate::Cast;
use crate::stage::cause::Past;
use crate::stage::drag::Drag;
use crate::stage::drawer::{slide, slide_to_message};
use crate::stage::frame::{Arrangement, Class, Frame};
use crate::stage::inspect;
use crate::stage::lost::lately;
use crate::stage::map::spoken;
use crate::stage::parcel::Kinds;
use crate::stage::scene::{Look, Scene};
use crate::stage::sheet::{self, Known, Sheet, Whose};
use crate::stage::size::MOST_SMALL;
use crate::stage::skin::Skin;
use crate::stage::transcript::Entry;
use crate::stage::words;

/// Draws the page.
pub(super) fn page(page: &Page) -> Html {
    let send = &page.send;
    let snapshot = page.world.snapshot();
    let room = Room::of(page);
    let inspected = page.selected.is_some() || page.panel.is_some();
    let lit: Rc<Vec<FactId>> = match &page.panel {
        Some(Panel::Why(why)) => Rc::new(why.rungs.iter().map(|rung| rung.id).collect()),
        _ => Rc::default(),
    };
    let told = page.world.told();
    let mut entries = told.transcript.entries().iter();
    let waits = !page.playing && entries.any(|entry| entry.waits && entry.kept_waiting().is_none());
    let pace = (!page.playing, waits, page.speed.0 >= FASTER.0);
    let guide = Rc::new(GuideView::of(&told.walk, snapshot, pace));
    let next = if room == Room::Desk { None } else { Next::of(&guide) };
    let presents = page.zoom > 0;
    let class = classes!(
        "page",
        page.playing.then_some("playing"),
        inspected.then_some("inspected"),
        page.more.then_some("more"),
        presents.then_some("presenter"),
        page.is_map().then_some("many"),
        page.world.line().is_past().then_some("past"),
        (page.world.line().is_past() || !page.world.line().ghosts().is_empty()).then_some("forked")
    );
    let city = city(page);
    let spare = page.scene.borrow().as_ref().map_or(0, |scene| scene.spare());
    let style = if presents { format!("zoom:{}%", page.zoom) } else { format!("--spare:{spare}px") };
    html! {
        <div key={skin().name()} {class} {style}>
            <a class="skip" href="#command">{"Skip to the command line"}</a>
            { part(Header { tools: room == Room::Desk, presents, theme: page.theme, send: send.clone() }) }
            if room != Room::Desk {
                { notices(page) }
            }
            <main class="main">
                <div class="left" id="panels">
                    { page.left.part(page.tells(), || left(page, room, guide, lit.clone())) }
                </div>
                <div class="centre">
                    if let Some(next) = next.as_ref().filter(|_| presents || room == Room::Phone) {
                        { next_step(next, send) }
                    }
                    { city }
                    { terminal(page, room, next) }
                </div>
                { page.aside.part(page.inspects(), || inspector(page)) }
            </main>
            { page.bottom.part(page.figures(), || bottom(page, lit)) }
            <div class="sr-only" role="status" aria-live="polite">{ text(&page.told) }</div>
        </div>
    }
}

/// The guide and the log.
fn left(page: &Page, room: Room, guide: Rc<GuideView>, lit: Rc<Vec<FactId>>) -> Html {
    let send = page.send.clone();
    let gossip = (page.frame_of_city().class == Class::Embed).then_some(page.kinds.has(Kinds::GOSSIP));
    let lines = page.world.told().journal.lines(page.details);
    // An inspector is large, and the newest lines are in view: the page keeps to its 1,500 elements.
    let drawn = if page.selected.is_some() { page.drawn / 2 } else { page.drawn };
    html! {
        <>
            { part(Guide { view: guide, send: send.clone() }) }
            if room == Room::Desk {
                { notices(page) }
            }
            { part(Log { lines, drawn, until: page.log_until, lit, details: page.details, gossip, send }) }
        </>
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

/// What sheets are made of.
pub(super) fn known(page: &Page) -> Known<'_> {
    let last = page.world.told().transcript.last_key();
    Known {
        voice: voice(),
        whose: page.whose,
        single_keys: page.single_keys,
        kinds: page.kinds,
        key: last,
        focus: page.focus,
        asked: page.asked,
        past: Some(Past {
            log: page.world.line().branch().facts(),
            journal: &page.world.told().journal,
            acts: page.world.line().branch().acts(),
        }),
        lens_at: page.lens_at,
        closer: page.closer,
        unfound: page.unfound.as_deref(),
        ..Known::of(page.world.snapshot(), page.world.session().world())
    }
}

/// The city as it is drawn now, and in how much it differs from what is so, if it is in somebody's eyes.
pub(super) fn scene(page: &Page) -> (Scene, Option<usize>) {
    let known = known(page);
    // Other eyes than nobody's come with the page's second part.
    let viewed = (page.whose != Whose::Truth).then(|| page.whose.look(known)).flatten();
    let look = Look {
        pin: known.key.map(|key| key.slot),
        kinds: page.kinds,
        still: page.still(),
        mute: !page.whole,
        halfway: page.less_motion && page.playing,
        talks_to: page.target,
        glows: page.glows.clone(),
        lost: lately(
            page.world.line().branch().facts().up_to(page.world.line().shown()).rev(),
            known.snapshot.now,
        ),
        skin: skin(),
        view: viewed.as_ref().map(|viewed| viewed.marked.clone()),
        focus: known.focus,
        selected: page.selected.filter(|_| matches!(page.panel, None | Some(Panel::Sheet(Sheet::Shop(_))))),
        lit: match &page.panel {
            Some(Panel::Why(why)) => why.lit.clone(),
            Some(Panel::Sheet(sheet)) => sheet.abouts(known.snapshot).into(),
            _ => Rc::default(),
        },
        opened: match page.panel {
            Some(Panel::Sheet(Sheet::Message(id))) => Some(id),
            _ => None,
        },
    };
    let city = viewed.as_ref().map_or(known.snapshot, |viewed| &viewed.city);
    let scene = Scene::of(city, page.frame_of_city(), &look);
    (scene, viewed.map(|viewed| viewed.sentences.len()))
}

fn city(page: &Page) -> Html {
    let snapshot = page.world.snapshot();
    let last = page.world.told().transcript.last_key();
    let (scene, differing) = scene(page);
    let scene = Rc::new(scene);
    *page.scene.borrow_mut() = Some(scene.clone());
    let eyes = differing.map(|count| {
        let whose = match page.whose {
            Whose::Client => "your client".to_owned(),
            whose => whose.name(known(page)),
        };
        let differs = if count == 0 {
            "it agrees with what is so".to_owned()
        } else {
            narrate::counted(count as u64, "difference")
        };
        format!("In the eyes of {whose}: {differs}.")
    });
    let rack_of = scene.shops.iter().map(|shop| {
        let place = scene.racks.iter().position(|rack| rack.rack == shop.rack);
        place.unwrap_or(0)
    });
    let rack_of = Rc::new(rack_of.collect::<Vec<_>>());
    let drag = page.drag.filter(Drag::is_meant);
    let tile = scene.map.as_deref().and_then(|map| {
        let tile = page.tile.and_then(|host| map.tile(host)).or(map.tiles.first())?;
        Some((*tile, spoken(snapshot, tile.host, voice())))
    });
    let drawer = page.zoom == 0 && Arrangement::of(page.window.0) == Arrangement::Drawer;
    City {
        slide: match page.panel {
            _ if !drawer => 0,
            Some(Panel::Sheet(Sheet::Message(message))) if !page.playing => slide_to_message(&scene, message),
            _ => page.selected.map_or(0, |host| slide(&scene, host)),
        },
        tile,
        near: sheet::beside(known(page)),
        menu: page.zoom == 0 && Room::of(page) == Room::Box,
        drag: drag.map(|drag| (drag, page.whole.then(|| drag.words(&scene, snapshot, voice())).flatten())),
        eyes,
        rate: scene
            .square
            .rate
            .filter(|_| page.whole)
            .and_then(|place| page.world.told().rate.line(snapshot.now, place)),
        scene,
        rack_of,
        path: last.map(|last| KeyPath::of(last, snapshot)),
        selected: page.selected.filter(|_| page.panel.is_none()),
        gossip: page.kinds.has(Kinds::GOSSIP),
        lit: page.less_motion,
        customers: shown::customers(snapshot).into(),
        send: page.send.clone(),
    }
    .draw()
}

impl Page {
    /// The city's room.
    fn frame_of_city(&self) -> Frame {
        let of = if self.zoom > 0 { Frame::presented } else { Frame::of_page };
        let frame = of(self.window, self.city_width);
        if self.zoom == 0 && self.is_map() { frame.of_many(self.window) } else { frame }
    }

    /// Whether nodes are too many for shops.
    fn is_map(&self) -> bool {
        self.world.snapshot().nodes.len() > MOST_SMALL
    }
}

/// How much room the panels have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    /// They stand beside the city.
    Desk,
    /// They lie over the city when they are asked for.
    Box,
    /// They stand below the city, and the page scrolls.
    Phone,
}

impl Room {
    fn of(page: &Page) -> Self {
        match Arrangement::of(page.window.0) {
            _ if page.zoom > 0 => Self::Box,
            Arrangement::Stack if page.window.0 < 600 => Self::Phone,
            Arrangement::Stack => Self::Box,
            _ => Self::Desk,
        }
    }
}

fn terminal(page: &Page, room: Room, next: Option<Next>) -> Html {
    let snapshot = page.world.snapshot();
    let extra = match room {
        Room::Desk => None,
        Room::Phone => page.selected.and_then(|host| handy_act(page, host)),
        Room::Box => match page.selected {
            Some(host) => handy_act(page, host),
            None => next.as_ref().map_or_else(|| handy_act(page, keeper(page)?), |next| next.deed.clone()),
        },
    };
    let stuck = words::no_majority(snapshot).filter(|_| room == Room::Box);
    let news: Option<AttrValue> = match (room, page.world.told().journal.news(), next) {
        _ if stuck.is_some() => stuck.map(AttrValue::from),
        (Room::Box, Some(line), _) => Some(said(&line.text)),
        (Room::Box, None, Some(next)) if page.zoom == 0 => Some(next.sentence.into()),
        _ => None,
    };
    html! {
        <section class="terminal" aria-label="Terminal">
            { page.output.part(page.tells(), || part(Output { entries: entries(page), paused: !page.playing, spoken: room == Room::Desk, send: page.send.clone() })) }
            if room != Room::Desk {
                { caption(page.world.told().transcript.last_answer(!page.playing).as_ref(), news) }
            }
            { part(CommandLine { draft: page.draft.clone(), prompt: page.prompt().into(), doors: doors(page), target: page.target, waits: page.world.told().transcript.kept_waiting(), extra, whole: page.whole, more: (room == Room::Box).then_some(page.more), send: page.send.clone() }) }
        </section>
    }
}

/// The nodes that can be talked to, and what their names were made of.
pub(super) type Doors = (Vec<(Skin, bool, u16)>, Rc<Vec<Door>>);

/// They are named anew only when a role or the skin has changed: of a thousand, not in every frame.
fn doors(page: &Page) -> Rc<Vec<Door>> {
    let snapshot = page.world.snapshot();
    let made_of = snapshot.nodes.iter().map(|node| (skin(), node.role == Role::Master, node.shard)).collect();
    let mut known = page.doors.borrow_mut();
    if known.0 != made_of {
        let cast = Cast::new(snapshot);
        let door = |node: &NodeView| (node.host, cast.name(node.host, voice()), node.address.clone());
        *known = (made_of, Rc::new(snapshot.nodes.iter().map(door).collect()));
    }
    known.1.clone()
}

/// The terminal's newest lines, as many as are drawn.
fn entries(page: &Page) -> Rc<Vec<Rc<Entry>>> {
    let all = page.world.told().transcript.entries();
    let drawn = if page.selected.is_some() { page.drawn / 5 } else { page.drawn * 2 / 3 };
    if all.len() <= drawn { all.clone() } else { Rc::new(all[all.len() - drawn..].to_vec()) }
}

/// The act that stands beside the command line on a small screen.
fn handy_act(page: &Page, host: HostId) -> Option<Deed> {
    let snapshot = page.world.snapshot();
    let acts = inspect::acts(words::node(snapshot, host)?, snapshot, voice());
    let act = acts.into_iter().find(|act| act.hindrance.is_none() && act.act != "freeze" && act.act != "thaw")?;
    Some(Deed::Act(act, host))
}

/// The shop that keeps the last key.
fn keeper(page: &Page) -> Option<HostId> {
    let slot = page.world.told().transcript.last_key()?.slot;
    let mut runs = page.world.snapshot().directory.iter();
    runs.find(|entry| (entry.range.start..=entry.range.end).contains(&slot))?.owner
}

fn bottom(page: &Page, lit: Rc<Vec<FactId>>) -> Html {
    let line = page.world.line();
    transport::transport(&Transport {
        now: page.world.snapshot().now,
        end: line.branch().end(),
        branch: line.branch().id(),
        ghosts: page.world.ghosts(),
        undo: (line.done() > 0, line.can_redo()),
        playing: page.playing,
        speed: page.speed,
        marks: page.world.marks(),
        lit,
        whole: page.whole,
        width: page.timeline_width,
        send: &page.send,
    })
}

fn inspector(page: &Page) -> Html {
    if let Some(panel) = &page.panel {
        return aside(panel, page);
    }
    let Some(host) = page.selected else {
        return html! {};
    };
    of_node(page, host)
}
