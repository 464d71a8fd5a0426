//! The real structure over the drawing: racks are lists, shops are buttons, power is a switch.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::message::Msg;
use crate::cluster::id::HostId;
use crate::sim::Action;
use crate::stage::scene::RackView;
use crate::stage::shop::ShopView;
use crate::stage::text::Bounds;

/// The style that puts an element where the drawing has it.
fn at(place: Bounds) -> String {
    format!("left:{}px;top:{}px;width:{}px;height:{}px", place.left, place.top, place.width(), place.height())
}

/// Properties of [`ShopButton`].
#[derive(Properties, PartialEq)]
pub(super) struct ShopProps {
    /// The shop.
    pub(super) shop: Rc<ShopView>,
    /// Whether it is looked at.
    pub(super) selected: bool,
    /// Where messages go.
    pub(super) send: Callback<Msg>,
}

/// A shop as a button: looks at it, or away from it.
#[component]
pub(super) fn ShopButton(props: &ShopProps) -> Html {
    let shop = &props.shop;
    let (host, selected) = (shop.host, props.selected);
    let onclick = props.send.reform(move |_| Msg::Select((!selected).then_some(host)));
    html! {
        <button
            class="shop"
            id={format!("shop-{}", host.0)}
            style={at(shop.touch)}
            data-node={host.0.to_string()}
            data-role={if shop.master { "master" } else { "replica" }}
            data-shard={shop.shard.to_string()}
            data-state={shop.state_name()}
            aria-pressed={selected.to_string()}
            aria-label={shop.spoken.clone()}
            {onclick}
        />
    }
}

/// Properties of [`Racks`].
#[derive(Properties, PartialEq)]
pub(super) struct RacksProps {
    /// The racks.
    pub(super) racks: Rc<Vec<RackView>>,
    /// Their shops, and the index of each shop's rack.
    pub(super) shops: Vec<(usize, Rc<ShopView>)>,
    /// The shop that is looked at.
    pub(super) selected: Option<HostId>,
    /// Where messages go.
    pub(super) send: Callback<Msg>,
}

/// All racks with their switches and shops.
#[component]
pub(super) fn Racks(props: &RacksProps) -> Html {
    let racks = props.racks.iter().enumerate().map(|(index, rack)| {
        let shops = props.shops.iter().filter(|(of, _)| *of == index).map(|(_, shop)| {
            let selected = props.selected == Some(shop.host);
            html! {
                <li key={shop.host.0}>
                    <ShopButton shop={shop.clone()} {selected} send={props.send.clone()} />
                </li>
            }
        });
        html! {
            <li key={rack.rack.0}>
                <PowerSwitch rack={rack.clone()} send={props.send.clone()} />
                <ul aria-label={format!("Shops in {}", rack.name.to_ascii_lowercase())}>{ for shops }</ul>
            </li>
        }
    });
    html! { <ul class="racks" aria-label="Racks">{ for racks }</ul> }
}

/// Properties of [`PowerSwitch`].
#[derive(Properties, PartialEq)]
struct SwitchProps {
    rack: RackView,
    send: Callback<Msg>,
}

/// A rack's power.
#[component]
fn PowerSwitch(props: &SwitchProps) -> Html {
    let RackView { rack, powered, switch, name, .. } = props.rack.clone();
    let onclick =
        props.send.reform(move |_| Msg::Act(if powered { Action::PowerOff(rack) } else { Action::PowerOn(rack) }));
    // The finger's target is larger than the drawn switch.
    let target = Bounds::new(switch.left - 4, switch.middle_y() - 22, 48, 44);
    html! {
        <button
            class="power"
            role="switch"
            style={at(target)}
            aria-checked={powered.to_string()}
            aria-label={format!("{name} power")}
            title={if powered { "Cut the power" } else { "Give the power back" }}
            {onclick}
        >
            <span class="switch"></span>
        </button>
    }
}
