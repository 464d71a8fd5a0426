//! Shapes as SVG elements. Each part is a component of its own, so that only what changed is drawn again.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::controls::text;
use crate::app::part::{Part, part};
use crate::cluster::id::{HostId, Place};
use crate::cluster::snapshot::FlightKind;
use crate::stage::art::{self, map::Hued};
use crate::stage::customer::Square;
use crate::stage::drag::{Drag, What};
use crate::stage::lane::{Lane, Way};
use crate::stage::map::{Map, Stream};
use crate::stage::palette::hue;
use crate::stage::parcel::Parcel;
use crate::stage::scene::{RackView, Scene};
use crate::stage::shape::{Shape, anchor_name, num, text_class};
use crate::stage::shop::ShopView;
use crate::stage::strip::{Pin, Segment};
use crate::stage::text::Bounds;
use crate::stage::votes::VotesPanel;
use crate::stage::works::{Road, Works, street_name};

/// A display list as elements.
pub(super) fn shapes(list: &[Shape]) -> Html {
    list.iter().map(shape).collect()
}

fn shape(shape: &Shape) -> Html {
    match shape {
        Shape::Rect { x, y, w, h, r, class } => html! {
            <rect class={class.to_string()} x={num(*x)} y={num(*y)} width={num(*w)} height={num(*h)} rx={num(*r)} />
        },
        Shape::Circle { x, y, r, class } => html! {
            <circle class={class.to_string()} cx={num(*x)} cy={num(*y)} r={num(*r)} />
        },
        Shape::Path { d, class } => html! { <path class={class.to_string()} d={d.clone()} /> },
        Shape::Text(label) => html! {
            <text
                class={text_class(label)}
                x={label.x.to_string()}
                y={label.y.to_string()}
                font-size={label.size.to_string()}
                text-anchor={anchor_name(label.anchor)}
            >
                { text(&label.text) }
            </text>
        },
    }
}

fn hued(shard: Option<u16>, list: &[Shape]) -> Html {
    html! { <g style={hue(shard)}>{ shapes(list) }</g> }
}

/// Shapes by their hues.
pub(in crate::app) fn groups(groups: &[Hued]) -> Html {
    html! { <g>{ for groups.iter().map(|(shard, list)| hued(*shard, list)) }</g> }
}

/// Blocks and road.
#[derive(PartialEq)]
pub(super) struct Ground {
    /// The racks.
    pub(super) racks: Rc<Vec<RackView>>,
    /// The road.
    pub(super) road: Bounds,
}

impl Part for Ground {
    fn draw(&self) -> Html {
        html! {
            <g>
                { for self.racks.iter().map(|rack| html! { <g key={rack.rack.0}>{ shapes(&art::town::rack(rack)) }</g> }) }
                { shapes(&art::town::road(self.road)) }
            </g>
        }
    }
}

/// The directory.
#[derive(PartialEq)]
pub(super) struct Strip {
    /// Its runs.
    pub(super) segments: Rc<Vec<Segment>>,
}

impl Part for Strip {
    fn draw(&self) -> Html {
        groups(&art::town::strip(&self.segments))
    }
}

/// The map of a city too large for shops: drawn again only when a tile changes, not with what moves over it.
pub(super) struct Tiles {
    /// The map.
    pub(super) map: Rc<Map>,
}

impl PartialEq for Tiles {
    fn eq(&self, other: &Self) -> bool {
        self.map.tiles == other.map.tiles && self.map.numbers == other.map.numbers
    }
}

impl Part for Tiles {
    fn draw(&self) -> Html {
        let map = &self.map;
        let numbers = map.tiles.iter().zip(&map.numbers);
        html! {
            <g>
                { groups(&art::map::draw(map)) }
                { for numbers.map(|(tile, number)| hued(Some(tile.shard), &[Shape::Text(number.clone())])) }
            </g>
        }
    }
}

/// Messages over a map, joined.
pub(super) fn streams(streams: &[Stream]) -> Html {
    let streams = streams.iter().map(|stream| {
        let (x, y) = stream.place;
        html! {
            <g>
                { hued(None, &art::town::stream(stream)) }
                <g transform={format!("translate({x},{y})")}>{ part(Message { kind: stream.kind, shard: None }) }</g>
            </g>
        }
    });
    html! { <g>{ for streams }</g> }
}

/// What opens the sheet of a street.
fn pressed(street: &str, list: &[Shape]) -> Html {
    html! { <g data-street={street.to_owned()}>{ shapes(list) }</g> }
}

/// The streets of the shop that is looked at.
pub(super) fn roads(roads: &[Road]) -> Html {
    html! { <g>{ for roads.iter().map(|road| pressed(&road.street, &art::works::road(road))) }</g> }
}

/// Closed roads, slots on the move, and where a view is wrong about the strip.
#[derive(PartialEq)]
pub(super) struct RoadWorks {
    /// What is cut and carried.
    pub(super) works: Rc<Works>,
    /// Runs of the strip.
    pub(super) disputed: Vec<Bounds>,
}

impl Part for RoadWorks {
    fn draw(&self) -> Html {
        html! {
            <g>
                { for self.works.blocks.iter().map(|block| pressed(&block.street, &art::works::block(block))) }
                { groups(&art::works::moving(&self.works)) }
                { shapes(&art::works::disputed(&self.disputed)) }
            </g>
        }
    }
}

/// Where the last key fell.
#[derive(PartialEq)]
pub(super) struct PinMark {
    /// The pin.
    pub(super) pin: Pin,
}

impl Part for PinMark {
    fn draw(&self) -> Html {
        html! { <g class="pin" data-slot={self.pin.slot.to_string()}>{ shapes(&art::town::pin(&self.pin)) }</g> }
    }
}

/// The lanes of replication.
#[derive(PartialEq)]
pub(super) struct Lanes {
    /// The lanes.
    pub(super) lanes: Rc<Vec<Lane>>,
}

impl Part for Lanes {
    fn draw(&self) -> Html {
        let lanes = self.lanes.iter().map(|lane| {
            let street = street_name(Place::Node(lane.from), Place::Node(lane.to));
            let d = Way(lane.points.clone()).data();
            html! {
                <g data-street={street}><path class="lane-hit" {d} />{ hued(Some(lane.shard), &art::town::lane(lane)) }</g>
            }
        });
        html! { <g>{ for lanes }</g> }
    }
}

/// A storefront with its captions.
#[derive(PartialEq)]
pub(super) struct Shop {
    /// The shop.
    pub(super) shop: Rc<ShopView>,
}

impl Part for Shop {
    fn draw(&self) -> Html {
        let shop = &self.shop;
        let captions: Vec<Shape> = shop.captions.iter().cloned().map(Shape::Text).collect();
        html! {
            <g style={hue(Some(shop.shard))} class={shop.marks.flag.then_some("promoted")}>
                { shapes(&art::shop::draw(shop)) }
                <g class={if shop.marks.dark { "captions in-dark" } else { "captions" }}>{ shapes(&captions) }</g>
            </g>
        }
    }
}

/// Votes beside candidates.
#[derive(PartialEq)]
pub(super) struct Votes {
    /// The panels.
    pub(super) panels: Rc<Vec<VotesPanel>>,
}

impl Part for Votes {
    fn draw(&self) -> Html {
        let panels = self.panels.iter().map(|panel| {
            let ballots = panel.ballots.iter();
            let ballots = ballots.map(|ballot| {
                hued(Some(ballot.shard), &art::town::ballot(ballot.place, ballot.given, ballot.able))
            });
            html! { <g key={panel.host.0}>{ shapes(&art::town::votes(panel)) }{ for ballots }</g> }
        });
        html! { <g>{ for panels }</g> }
    }
}

/// You, and your client's copy of the directory.
#[derive(PartialEq)]
pub(super) struct Customers {
    /// The square.
    pub(super) square: Rc<Square>,
}

impl Part for Customers {
    fn draw(&self) -> Html {
        let copies = art::town::copies(&self.square.copy);
        html! { <g class="you">{ shapes(&art::town::customer(&self.square)) }{ groups(&copies) }</g> }
    }
}

/// A message's shape; drawn once while the message flies.
#[derive(PartialEq)]
pub(super) struct Message {
    /// What it is.
    pub(super) kind: FlightKind,
    /// Its hue.
    pub(super) shard: Option<u16>,
}

impl Part for Message {
    fn draw(&self) -> Html {
        hued(self.shard, &art::parcel::draw(self.kind))
    }
}

/// The ways of messages, under the shops: each once, however many take it. With less motion they are what is seen of a message.
#[derive(PartialEq)]
pub(super) struct Trails {
    /// How each is drawn, its hue, and its way.
    ways: Vec<(&'static str, Option<u16>, Rc<str>)>,
}

impl Trails {
    /// Those of these messages; `lit` with less motion.
    pub(super) fn of(parcels: &[Parcel], lit: bool) -> Self {
        let mut ways: Vec<(&'static str, Option<u16>, Rc<str>)> = Vec::new();
        for parcel in parcels {
            let way = if lit { Some(parcel.way.data().into()) } else { parcel.trail.clone() };
            let class = if lit { "glow" } else { art::parcel::trail(parcel.kind) };
            if let Some(way) = way.map(|d| (class, parcel.shard, d)).filter(|way| !ways.contains(way)) {
                ways.push(way);
            }
        }
        Self { ways }
    }
}

impl Part for Trails {
    fn draw(&self) -> Html {
        let ways = self
            .ways
            .iter()
            .map(|(class, shard, d)| html! { <path class={*class} style={hue(*shard)} d={d.to_string()} /> });
        html! { <g>{ for ways }</g> }
    }
}

/// What a pointer drags: the shop itself, and the rack it would go to; a message; or a line that cuts streets.
pub(super) fn dragged(drag: &Drag, scene: &Scene) -> Html {
    let (x, y) = drag.to;
    match drag.what {
        What::Shop(host) => {
            let target = drag.goes_to(scene).map(|place| shapes(&[art::town::target(place)]));
            let moved = format!("translate({},{})", x - drag.from.0, y - drag.from.1);
            html! { <>{ target }<g class="ghost" transform={moved}>{ ghost(scene, host) }</g></> }
        }
        What::Message(_) => {
            html! { <path class="dragged held" d={format!("M{} {}h24v18h-24z", x - 12, y - 9)} /> }
        }
        What::Line => html! { <path class="dragged" d={format!("M{} {}L{x} {y}", drag.from.0, drag.from.1)} /> },
    }
}

/// A shop as it is drawn, or its tile.
fn ghost(scene: &Scene, host: HostId) -> Html {
    if let Some(shop) = scene.shops.iter().find(|shop| shop.host == host) {
        return hued(Some(shop.shard), &art::shop::draw(shop));
    }
    let tile = scene.map.as_ref().and_then(|map| map.tile(host));
    tile.map_or_else(Html::default, |tile| hued(Some(tile.shard), &[art::map::alone(tile)]))
}

/// Streets that shine for a moment.
pub(super) fn glows(ways: &[String]) -> Html {
    html! { <g>{ for ways.iter().map(|d| html! { <path class="glow" d={d.clone()} /> }) }</g> }
}
