//! The real structure over the drawing: racks are lists, shops are buttons, power is a switch.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::message::Msg;
use crate::app::part::{Part, part};
use crate::cluster::id::HostId;
use crate::sim::Action;
use crate::stage::scene::RackView;
use crate::stage::shop::ShopView;
use crate::stage::text::Bounds;

/// The style that puts an element where the drawing has it.
fn at(place: Bounds) -> String {
    format!("left:{}px;top:{}px;width:{}px;height:{}px", place.left, place.top, place.width(), place.height())
}

/// A shop as a button: looks at it, or away from it.
#[derive(PartialEq)]
pub(super) struct ShopButton {
    /// The shop.
    pub(super) shop: Rc<ShopView>,
    /// Whether it is looked at.
    pub(super) selected: bool,
    /// Where messages go.
    pub(super) send: Callback<Msg>,
}

impl Part for ShopButton {
    fn draw(&self) -> Html {
        let shop = &self.shop;
        let (host, selected) = (shop.host, self.selected);
        let onclick = self.send.reform(move |_| Msg::Select((!selected).then_some(host)));
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
}

/// All racks with their switches and shops.
#[derive(PartialEq)]
pub(super) struct Racks {
    /// The racks.
    pub(super) racks: Rc<Vec<RackView>>,
    /// Their shops, and the index of each shop's rack.
    pub(super) shops: Vec<(usize, Rc<ShopView>)>,
    /// The shop that is looked at.
    pub(super) selected: Option<HostId>,
    /// Where messages go.
    pub(super) send: Callback<Msg>,
}

impl Part for Racks {
    fn draw(&self) -> Html {
        let racks = self.racks.iter().enumerate().map(|(index, rack)| {
            let shops = self.shops.iter().filter(|(of, _)| *of == index).map(|(_, shop)| {
                let selected = self.selected == Some(shop.host);
                html! {
                    <li key={shop.host.0}>
                        { part(ShopButton { shop: shop.clone(), selected, send: self.send.clone() }) }
                    </li>
                }
            });
            html! {
                <li key={rack.rack.0}>
                    { part(PowerSwitch { rack: rack.clone(), send: self.send.clone() }) }
                    <ul aria-label={format!("Shops in {}", rack.name.to_ascii_lowercase())}>{ for shops }</ul>
                </li>
            }
        });
        html! { <ul class="racks" aria-label="Racks">{ for racks }</ul> }
    }
}

/// A rack's power.
#[derive(PartialEq)]
struct PowerSwitch {
    rack: RackView,
    send: Callback<Msg>,
}

impl Part for PowerSwitch {
    fn draw(&self) -> Html {
        let RackView { rack, powered, switch, name, .. } = self.rack.clone();
        let onclick = self
            .send
            .reform(move |_| Msg::Act(if powered { Action::PowerOff(rack) } else { Action::PowerOn(rack) }));
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
}
