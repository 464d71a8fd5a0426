//! The real structure over the drawing: racks are lists, shops are buttons, power is a switch.

use std::rc::Rc;

use yew::prelude::*;

use super::view::City;
use crate::app::browser;
use crate::app::controls::maybe;
use crate::app::message::Msg;
use crate::app::part::{Part, part};
use crate::app::settings::voice;
use crate::cluster::id::HostId;
use crate::narrate::Term;
use crate::sim::Action;
use crate::stage::map::{Tile, state_name};
use crate::stage::scene::RackView;
use crate::stage::sheet::{Press, Sheet};
use crate::stage::shop::ShopView;
use crate::stage::text::Bounds;
use crate::stage::works::{Road, opened_by};

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
                    { rack_button(rack, &self.send) }
                    if !self.shops.is_empty() {
                        <ul aria-label={format!("{} in {}", voice().word(Term::Nodes), rack.name)}>{ for shops }</ul>
                    }
                </li>
            }
        });
        html! { <ul class="racks" aria-label={format!("{}s", voice().word(Term::Rack))}>{ for racks }</ul> }
    }
}

/// Opens the sheet of what is drawn under it.
pub(super) fn spot(id: String, place: Bounds, label: String, sheet: Sheet, send: &Callback<Msg>) -> Html {
    let onclick = send.reform(move |_| Msg::Press(Press::Show(sheet)));
    html! { <button class="spot" {id} style={at(place)} title={label.clone()} aria-label={label} {onclick} /> }
}

/// The sign at the end of a street of the shop that is looked at: over the shops, whose buttons reach into the streets.
pub(super) fn sign(road: &Road, send: &Callback<Msg>) -> Html {
    let (x, y) = road.sign;
    let id = format!("road-{}", road.street.replace(' ', "-"));
    let place = Bounds::new(x - 12, y - 12, 24, 24);
    opened_by(&road.street).map_or_else(Html::default, |sheet| spot(id, place, road.says.clone(), sheet, send))
}

/// A rack's name: opens its sheet.
fn rack_button(rack: &RackView, send: &Callback<Msg>) -> Html {
    let Bounds { left, top, .. } = rack.block;
    let place = Bounds::new(left, top, rack.switch.left - 6 - left, 2 * (rack.switch.middle_y() - top));
    spot(format!("rack-{}", rack.rack.0), place, format!("{}: all of it", rack.name), Sheet::Rack(rack.rack), send)
}

/// The one node of a map that is a button; the arrow keys lead it to the others.
pub(super) fn tile_button(tile: &Tile, spoken: &str, city: &City) -> Html {
    let (host, selected) = (tile.host, city.selected == Some(tile.host));
    let Bounds { left, top, right, bottom } = tile.place;
    let map = city.scene.map.clone();
    let onkeydown = maybe(&city.send, move |event: KeyboardEvent| {
        let way = browser::arrow(&event)?;
        event.prevent_default();
        map.as_ref()?.beside(host, way).map(Msg::Walk)
    });
    html! {
        <>
            <button
                class="shop"
                id={format!("shop-{}", host.0)}
                style={at(Bounds { left: left - 3, top: top - 3, right: right + 3, bottom: bottom + 3 })}
                data-node={host.0.to_string()}
                data-role={if tile.master { "master" } else { "replica" }}
                data-shard={tile.shard.to_string()}
                data-state={state_name(tile.state)}
                aria-pressed={selected.to_string()}
                aria-label={spoken.to_owned()}
                aria-describedby="map-says"
                onclick={city.send.reform(move |_| Msg::Select((!selected).then_some(host)))}
                {onkeydown}
            />
            <p class="sr-only" role="status">{spoken.to_owned()}</p>
        </>
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
