//! The city's parts put together.

use std::rc::Rc;

use yew::prelude::*;

use super::drawing::{
    Customers, Ground, Lanes, PinMark, RoadWorks, Shop, Strip, Tiles, Votes, dragged, glows, messages, streams,
    trails,
};
use super::heading::Heading;
use super::overlay::Racks;
use crate::app::browser;
use crate::app::controls::{gossip_toggle, maybe, tools};
use crate::app::hand::listen;
use crate::app::message::Msg;
use crate::app::part::{Part, keyed, part};
use crate::app::shown::KeyPath;
use crate::cluster::id::HostId;
use crate::stage::drag::Drag;
use crate::stage::frame::Class;
use crate::stage::scene::Scene;
use crate::stage::sheet::{Press, Sheet, Whose};

/// The city.
#[derive(PartialEq)]
pub(in crate::app) struct City {
    /// What to draw.
    pub(in crate::app) scene: Rc<Scene>,
    /// The index of each shop's rack, in the scene's order.
    pub(in crate::app) rack_of: Rc<Vec<usize>>,
    /// The way of the last typed key.
    pub(in crate::app) path: Option<KeyPath>,
    /// The shop that is looked at.
    pub(in crate::app) selected: Option<HostId>,
    /// Whether gossip is shown.
    pub(in crate::app) gossip: bool,
    /// What a pointer drags, and what letting go would do.
    pub(in crate::app) drag: Option<(Drag, Option<String>)>,
    /// In whose eyes the city is drawn, in a sentence.
    pub(in crate::app) eyes: Option<String>,
    /// How customers fare, for those who cannot see it.
    pub(in crate::app) customers: AttrValue,
    /// Where messages go.
    pub(in crate::app) send: Callback<Msg>,
}

impl Part for City {
    fn draw(&self) -> Html {
        let scene = &self.scene;
        let (width, height) = (scene.frame.width, scene.height);
        let shops: Vec<_> = self.rack_of.iter().copied().zip(scene.shops.iter().cloned()).collect();
        let hand = maybe(&self.send, |event: PointerEvent| listen(&event).map(Msg::Hand));
        let map = scene.map.clone();
        let open = maybe(&self.send, move |event: MouseEvent| match (browser::flight_of(&event), &map) {
            (Some(flight), _) => Some(Msg::Press(Press::Show(Sheet::Message(flight)))),
            (None, Some(map)) => {
                let (x, y) = browser::point_in(&event, ".plan")?;
                Some(Msg::Select(Some(map.at(x, y)?)))
            }
            _ => None,
        });
        let class = match scene.frame.class {
            Class::Wide => "wide",
            Class::Embed => "embed",
            Class::Phone => "phone",
        };
        html! {
            <section class={classes!("city", class)} id="city" aria-label="The city" tabindex="-1">
                { part(Heading { path: self.path.clone() }) }
                <div class="stage" id="stage">
                    <div
                        class={classes!("plan", self.drag.is_some().then_some("dragging"))}
                        onpointerdown={hand.clone()}
                        onpointermove={hand.clone()}
                        onpointerup={hand.clone()}
                        onpointerleave={hand}
                        onclick={open}
                        style={format!("width:{width}px;height:{height}px")}>
                        <svg
                            class="drawing"
                            viewBox={format!("0 0 {width} {height}")}
                            width={width.to_string()}
                            height={height.to_string()}
                            aria-hidden="true"
                        >
                            { part(Ground { racks: scene.racks.clone(), road: scene.road }) }
                            { part(Strip { segments: scene.strip.clone() }) }
                            if let Some(map) = &scene.map {
                                { part(Tiles { map: map.clone() }) }
                                { streams(&map.streams) }
                            }
                            { part(Lanes { lanes: scene.lanes.clone() }) }
                            { trails(&scene.parcels) }
                            { glows(&scene.glows) }
                            { part(Customers { square: scene.square.clone() }) }
                            <g>{ for scene.shops.iter().map(|shop| keyed(u64::from(shop.host.0), Shop { shop: shop.clone() })) }</g>
                            { part(RoadWorks { works: scene.works.clone(), disputed: scene.disputed.clone() }) }
                            { part(Votes { panels: scene.votes.clone() }) }
                            if let Some(pin) = scene.pin {
                                { part(PinMark { pin }) }
                            }
                            { messages(&scene.parcels) }
                            if let Some((drag, _)) = &self.drag {
                                { dragged(drag) }
                            }
                        </svg>
                        { part(Racks { racks: scene.racks.clone(), shops, selected: self.selected, send: self.send.clone() }) }
                    </div>
                    if let Some((_, Some(words))) = &self.drag {
                        <p class="drag-words">{words}</p>
                    }
                    if let Some(eyes) = &self.eyes {
                        <div class="eyes" role="status">
                            <span>{eyes}</span>
                            <button
                                class="button"
                                data-act="truth"
                                onclick={self.send.reform(|_| Msg::Press(Press::View(Whose::Truth)))}
                            >
                                {"What is so"}
                            </button>
                        </div>
                    }
                    if let Some(map) = &scene.map {
                        <p class="sr-only">{map.summary.to_string()}</p>
                    }
                    <p class="sr-only">{&self.customers}</p>
                    if scene.frame.class != Class::Embed {
                        { gossip_toggle(self.gossip, &self.send) }
                        if scene.frame.class == Class::Phone {
                            <nav class="tools" aria-label="Sheets">{ tools(&self.send) }</nav>
                        }
                    }
                </div>
            </section>
        }
    }
}
