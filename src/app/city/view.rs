//! The city's parts put together.

use std::rc::Rc;

use yew::prelude::*;

use super::drawing::{
    Customers, Ground, Lanes, PinMark, RoadWorks, Shop, Strip, Tiles, Trails, Votes, dragged, glows, roads,
    shapes, streams,
};
use super::heading::Heading;
use super::overlay::{Racks, sign, spot, tile_button};
use crate::app::browser;
use crate::app::controls::{gossip_toggle, maybe, tools};
use crate::app::hand::{Hand, listen};
use crate::app::message::Msg;
use crate::app::part::{keyed, part};
use crate::app::settings::told;
use crate::app::sheet::row;
use crate::app::shown::KeyPath;
use crate::cluster::id::HostId;
use crate::stage::art::town::lit;
use crate::stage::art::{parcel, works};
use crate::stage::drag::Drag;
use crate::stage::frame::Class;
use crate::stage::map::Tile;
use crate::stage::scene::Scene;
use crate::stage::sheet::{Button, Press, Sheet, Whose};
use crate::stage::size::Size;

/// The city. It is no part that is compared: nearly every frame changes something in it, and its parts know what.
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
    /// Whether messages light up their whole way, for they do not move along it.
    pub(in crate::app) lit: bool,
    /// What a pointer drags, and what letting go would do.
    pub(in crate::app) drag: Option<(Drag, Option<String>)>,
    /// The node of a map that the keyboard stands on, and what it says.
    pub(in crate::app) tile: Option<(Tile, String)>,
    /// Over a rack that is looked at alone: what leads away from it.
    pub(in crate::app) near: Vec<Button>,
    /// Whether the sheets are opened from a menu here.
    pub(in crate::app) menu: bool,
    /// How far it moves aside for the drawer.
    pub(in crate::app) slide: i32,
    /// In whose eyes the city is drawn, in a sentence.
    pub(in crate::app) eyes: Option<String>,
    /// How many requests were answered a second, as a line.
    pub(in crate::app) rate: Option<String>,
    /// How customers fare, for those who cannot see it.
    pub(in crate::app) customers: AttrValue,
    /// Where messages go.
    pub(in crate::app) send: Callback<Msg>,
}

impl City {
    /// Draws it.
    pub(in crate::app) fn draw(&self) -> Html {
        let scene = &self.scene;
        let (width, height) = (scene.frame.width, scene.height);
        let shops: Vec<_> = self.rack_of.iter().copied().zip(scene.shops.iter().cloned()).collect();
        let drawn = scene.clone();
        let hand = maybe(&self.send, move |event: PointerEvent| {
            listen(&event, |point| drawn.message_at(point)).map(Msg::Hand)
        });
        let drawn = scene.clone();
        let open = maybe(&self.send, move |event: MouseEvent| {
            let flight = browser::flight_of(&event).or_else(|| {
                // A finger has not been over it before.
                let point =
                    browser::point_in(&event, ".plan").filter(|_| browser::around(&event, "button").is_none());
                drawn.message_at(point?)
            });
            let sheet = flight.map(Sheet::Message).or_else(|| browser::street_of(&event));
            if let Some(sheet) = sheet {
                return Some(Msg::Hand(Hand::Press(sheet)));
            }
            let (x, y) = browser::point_in(&event, ".plan")?;
            Some(Msg::Point(drawn.map.as_ref()?.at(x, y)?))
        });
        let class = match scene.frame.class {
            Class::Wide => "wide",
            Class::Embed => "embed",
            Class::Phone => "phone",
        };
        let small = scene.shops.first().is_some_and(|shop| shop.size == Size::Small);
        html! {
            <section class={classes!("city", class)} id="city" aria-label="The city" tabindex="-1">
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
                { part(Heading { path: self.path.clone(), send: self.send.clone() }) }
                if self.menu {
                    <details class="until sheets">
                        <summary id="tools" class="button">{"Tools"}</summary>
                        <div class="menu">{ tools(&self.send) }</div>
                    </details>
                }
                <div class="stage" id="stage">
                    <div
                        class={classes!("plan", self.drag.is_some().then_some("dragging"))}
                        onpointerdown={hand.clone()}
                        onpointermove={hand.clone()}
                        onpointerup={hand.clone()}
                        onpointerleave={hand}
                        onclick={open}
                        style={format!("width:{width}px;height:{height}px;translate:-{}px", self.slide)}>
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
                            { shapes(&works::ways(&scene.works)) }
                            { part(Trails::of(&scene.parcels, self.lit)) }
                            { glows(&scene.glows) }
                            { part(Customers { square: scene.square.clone() }) }
                            if let Some(points) = &self.rate {
                                <polyline class="rate" points={points.clone()} />
                            }
                            <g>{ for scene.shops.iter().map(|shop| keyed(u64::from(shop.host.0), Shop { shop: shop.clone() })) }</g>
                            // Of the page's second part, as is all that makes such.
                            if scene.works.are_any() || !scene.disputed.is_empty() {
                                { part(RoadWorks { works: scene.works.clone(), disputed: scene.disputed.clone() }) }
                            }
                            if let Some(pin) = scene.pin {
                                { part(PinMark { pin }) }
                            }
                            { shapes(&lit(&scene.lit)) }
                            { roads(&scene.roads) }
                            { for scene.lost.iter().map(|mark| shapes(&parcel::lost(mark))) }
                            if let Some((drag, _)) = &self.drag {
                                { dragged(drag, scene) }
                            }
                        </svg>
                        <canvas class={classes!("fliers", small.then_some("few"))} id="fliers" aria-hidden="true"></canvas>
                        { spot("you".to_owned(), scene.square.own(), "You, and your client".to_owned(), Sheet::Client, &self.send) }
                        { self.tile.as_ref().map(|(tile, spoken)| tile_button(tile, spoken, self)) }
                        { part(Racks { racks: scene.racks.clone(), shops, selected: self.selected, send: self.send.clone() }) }
                        { for scene.roads.iter().map(|road| sign(road, &self.send)) }
                        // Over the frame of the shop that is looked at, and over its streets.
                        <svg class="drawing over" viewBox={format!("0 0 {width} {height}")} aria-hidden="true">
                            { part(Votes { panels: scene.votes.clone() }) }
                        </svg>
                        if let Some(rack) = scene.racks.first().filter(|_| !self.near.is_empty()) {
                            <nav
                                class="near"
                                aria-label={told("Away from this rack")}
                                style={format!("top:{}px;right:{}px", rack.switch.middle_y() - 14, width - rack.switch.left + 10)}
                            >
                                { row("nears", &self.near, &self.send) }
                            </nav>
                        }
                    </div>
                    if let Some((_, Some(words))) = &self.drag {
                        <p class="drag-words">{words}</p>
                    }
                    if let Some(map) = &scene.map {
                        <p class="sr-only" id="map-says">{ format!("{}. The arrow keys go from one to the next.", map.summary) }</p>
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
