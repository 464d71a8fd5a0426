//! The city's parts put together.

use std::rc::Rc;

use yew::prelude::*;

use super::drawing::{Customers, Ground, Lanes, PinMark, Shop, Strip, Tiles, Votes, glows, messages, trails};
use super::heading::Heading;
use super::overlay::Racks;
use crate::app::controls::gossip_toggle;
use crate::app::message::Msg;
use crate::app::shown::KeyPath;
use crate::cluster::id::HostId;
use crate::stage::frame::Class;
use crate::stage::scene::Scene;

/// Properties of [`City`].
#[derive(Properties, PartialEq)]
pub(in crate::app) struct CityProps {
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
    /// How customers fare, for those who cannot see it.
    pub(in crate::app) customers: AttrValue,
    /// Where messages go.
    pub(in crate::app) send: Callback<Msg>,
}

/// The city.
#[component]
pub(in crate::app) fn City(props: &CityProps) -> Html {
    let scene = &props.scene;
    let (width, height) = (scene.frame.width, scene.height);
    let shops: Vec<_> = props.rack_of.iter().copied().zip(scene.shops.iter().cloned()).collect();
    let class = match scene.frame.class {
        Class::Wide => "wide",
        Class::Embed => "embed",
        Class::Phone => "phone",
    };
    html! {
        <section class={classes!("city", class)} id="city" aria-label="The city">
            <Heading path={props.path.clone()} />
            <div class="stage" id="stage">
                <div class="plan" style={format!("width:{width}px;height:{height}px")}>
                    <svg
                        class="drawing"
                        viewBox={format!("0 0 {width} {height}")}
                        width={width.to_string()}
                        height={height.to_string()}
                        aria-hidden="true"
                    >
                        <Ground racks={scene.racks.clone()} road={scene.road} />
                        <Strip segments={scene.strip.clone()} />
                        if let Some(map) = &scene.map {
                            <Tiles map={map.clone()} />
                        }
                        <Lanes lanes={scene.lanes.clone()} />
                        { trails(&scene.parcels) }
                        { glows(&scene.glows) }
                        <Customers square={scene.square.clone()} />
                        <g>{ for scene.shops.iter().map(|shop| html! { <Shop key={shop.host.0} shop={shop.clone()} /> }) }</g>
                        <Votes panels={scene.votes.clone()} />
                        if let Some(pin) = scene.pin {
                            <PinMark {pin} />
                        }
                        { messages(&scene.parcels) }
                    </svg>
                    <Racks racks={scene.racks.clone()} {shops} selected={props.selected} send={props.send.clone()} />
                </div>
                <p class="sr-only">{&props.customers}</p>
                if scene.frame.class != Class::Embed {
                    { gossip_toggle(props.gossip, &props.send) }
                }
            </div>
        </section>
    }
}
