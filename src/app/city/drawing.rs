//! Shapes as SVG elements. Each part is a component of its own, so that only what changed is drawn again.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::controls::text;
use crate::cluster::snapshot::FlightKind;
use crate::stage::art;
use crate::stage::customer::Square;
use crate::stage::lane::Lane;
use crate::stage::map::Map;
use crate::stage::palette::hue;
use crate::stage::parcel::Parcel;
use crate::stage::scene::RackView;
use crate::stage::shape::{Shape, anchor_name, num, tenths, text_class};
use crate::stage::shop::ShopView;
use crate::stage::strip::{Pin, Segment};
use crate::stage::text::Bounds;
use crate::stage::votes::VotesPanel;

/// A display list as elements.
fn shapes(list: &[Shape]) -> Html {
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

/// Properties of [`Ground`].
#[derive(Properties, PartialEq)]
pub(super) struct GroundProps {
    /// The racks.
    pub(super) racks: Rc<Vec<RackView>>,
    /// The road.
    pub(super) road: Bounds,
}

/// Blocks and road.
#[component]
pub(super) fn Ground(props: &GroundProps) -> Html {
    html! {
        <g>
            { for props.racks.iter().map(|rack| html! { <g key={rack.rack.0}>{ shapes(&art::town::rack(rack)) }</g> }) }
            { shapes(&art::town::road(props.road)) }
        </g>
    }
}

/// Properties of [`Strip`].
#[derive(Properties, PartialEq)]
pub(super) struct StripProps {
    /// Its runs.
    pub(super) segments: Rc<Vec<Segment>>,
}

/// The directory.
#[component]
pub(super) fn Strip(props: &StripProps) -> Html {
    html! { <g>{ for art::town::strip(&props.segments).iter().map(|(shard, list)| hued(*shard, list)) }</g> }
}

/// Properties of [`Tiles`].
#[derive(Properties, PartialEq)]
pub(super) struct MapProps {
    /// The map.
    pub(super) map: Rc<Map>,
}

/// The map of a city too large for shops.
#[component]
pub(super) fn Tiles(props: &MapProps) -> Html {
    let map = &props.map;
    let numbers = map.tiles.iter().zip(&map.numbers);
    let streams = map.streams.iter().map(|stream| {
        html! {
            <g>
                { hued(None, &art::town::stream(stream)) }
                <g transform={format!("translate({},{})", stream.place.0, stream.place.1)}><Message kind={stream.kind} shard={None::<u16>} /></g>
            </g>
        }
    });
    html! {
        <g>
            { for art::map::draw(map).iter().map(|(shard, list)| hued(*shard, list)) }
            { for numbers.map(|(tile, number)| hued(Some(tile.shard), &[Shape::Text(number.clone())])) }
            { for streams }
        </g>
    }
}

/// Properties of [`PinMark`].
#[derive(Properties, PartialEq)]
pub(super) struct PinProps {
    /// The pin.
    pub(super) pin: Pin,
}

/// Where the last key fell.
#[component]
pub(super) fn PinMark(props: &PinProps) -> Html {
    html! { <g class="pin" data-slot={props.pin.slot.to_string()}>{ shapes(&art::town::pin(&props.pin)) }</g> }
}

/// Properties of [`Lanes`].
#[derive(Properties, PartialEq)]
pub(super) struct LanesProps {
    /// The lanes.
    pub(super) lanes: Rc<Vec<Lane>>,
}

/// The lanes of replication.
#[component]
pub(super) fn Lanes(props: &LanesProps) -> Html {
    html! { <g>{ for props.lanes.iter().map(|lane| hued(Some(lane.shard), &art::town::lane(lane))) }</g> }
}

/// Properties of [`Shop`].
#[derive(Properties, PartialEq)]
pub(super) struct ShopProps {
    /// The shop.
    pub(super) shop: Rc<ShopView>,
}

/// A storefront with its captions.
#[component]
pub(super) fn Shop(props: &ShopProps) -> Html {
    let shop = &props.shop;
    let captions: Vec<Shape> = shop.captions.iter().cloned().map(Shape::Text).collect();
    html! {
        <g style={hue(Some(shop.shard))}>
            { shapes(&art::shop::draw(shop)) }
            <g class={if shop.marks.dark { "captions in-dark" } else { "captions" }}>{ shapes(&captions) }</g>
        </g>
    }
}

/// Properties of [`Votes`].
#[derive(Properties, PartialEq)]
pub(super) struct VotesProps {
    /// The panels.
    pub(super) panels: Rc<Vec<VotesPanel>>,
}

/// Votes beside candidates.
#[component]
pub(super) fn Votes(props: &VotesProps) -> Html {
    let panels = props.panels.iter().map(|panel| {
        let ballots = panel.ballots.iter();
        let ballots = ballots
            .map(|ballot| hued(Some(ballot.shard), &art::town::ballot(ballot.place, ballot.given, ballot.able)));
        html! { <g key={panel.host.0}>{ shapes(&art::town::votes(panel)) }{ for ballots }</g> }
    });
    html! { <g>{ for panels }</g> }
}

/// Properties of [`Customers`].
#[derive(Properties, PartialEq)]
pub(super) struct SquareProps {
    /// The square.
    pub(super) square: Rc<Square>,
}

/// You, and your client's copy of the directory.
#[component]
pub(super) fn Customers(props: &SquareProps) -> Html {
    let copies = art::town::copies(&props.square.copy);
    let copies = copies.iter().map(|(shard, list)| hued(*shard, list));
    html! { <g>{ shapes(&art::town::customer(&props.square)) }{ for copies }</g> }
}

/// Properties of [`Message`].
#[derive(Properties, PartialEq)]
pub(super) struct MessageProps {
    /// What it is.
    pub(super) kind: FlightKind,
    /// Its hue.
    pub(super) shard: Option<u16>,
}

/// A message's shape; drawn once while the message flies.
#[component]
fn Message(props: &MessageProps) -> Html {
    hued(props.shard, &art::parcel::draw(props.kind))
}

/// The ways of messages, under the shops.
pub(super) fn trails(parcels: &[Parcel]) -> Html {
    let trails = parcels.iter().filter_map(|parcel| {
        let d = parcel.trail.clone()?;
        let class = art::parcel::trail(parcel.kind);
        Some(html! { <path key={parcel.id} {class} style={hue(parcel.shard)} {d} /> })
    });
    html! { <g>{ for trails }</g> }
}

/// Messages on their way. Only their transforms change from frame to frame.
pub(super) fn messages(parcels: &[Parcel]) -> Html {
    let movers = parcels.iter().map(|parcel| {
        let (x, y) = (tenths(parcel.place.0), tenths(parcel.place.1));
        let turn = art::parcel::points(parcel.kind).then(|| format!("rotate({})", parcel.heading));
        html! {
            <g key={parcel.id} transform={format!("translate({x},{y})")}>
                <g transform={turn}><Message kind={parcel.kind} shard={parcel.shard} /></g>
                { shapes(&art::parcel::pill(parcel)) }
            </g>
        }
    });
    html! { <g>{ for movers }</g> }
}

/// Streets that shine for a moment.
pub(super) fn glows(ways: &[String]) -> Html {
    html! { <g>{ for ways.iter().map(|d| html! { <path class="glow" d={d.clone()} /> }) }</g> }
}
