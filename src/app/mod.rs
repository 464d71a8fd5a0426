//! The only code that knows a browser: Yew components, the frame loop, storage, the address.
//!
//! One struct component ([`page::Page`]) owns the running session and takes every message; everything
//! below it is a small function component that is drawn again only when its properties change.

mod acts;
mod aside;
mod browser;
mod city;
mod controls;
mod fliers;
mod frames;
mod guide;
mod hand;
mod header;
mod icons;
mod inspector;
mod journal;
mod message;
mod next;
mod page;
mod part;
mod scrub;
mod second;
mod settings;
mod sheet;
mod shown;
mod take;
mod terminal;
mod transport;
mod travel;
mod typing;
mod view;
mod watch;
mod world;

use std::rc::Rc;

use gloo_timers::callback::Timeout;

use crate::sim::Opening;
use crate::stage::size::MOST_FULL;
use crate::stage::skin::Skin;

/// Opens the city, and mounts the app in place of the start-up picture. A large city comes up piece by piece, so that the
/// page does not stand still meanwhile.
pub fn run() {
    // Where panics have messages at all; the page itself says that it broke.
    std::panic::set_hook(Box::new(|panic| web_sys::console::error_1(&panic.to_string().into())));
    let address = settings::Address::parse(&browser::query());
    let opening = Opening::new(&address.scenario, address.seed).expect("a city within the bounds can be built");
    go_on(opening, address);
}

/// Events between two looks at the clock.
const PIECE: u64 = 1_000;
/// Milliseconds of one piece of the opening.
const PIECES_MS: f64 = 40.0;

fn go_on(mut opening: Opening, address: settings::Address) {
    let late = browser::clock() + PIECES_MS;
    while !opening.go_on(PIECE) {
        if browser::clock() > late {
            browser::opening(opening.thousandths());
            Timeout::new(0, move || go_on(opening, address)).forget();
            return;
        }
    }
    let skin = address.skin.or_else(|| Skin::parse(&browser::recall("skin")?)).unwrap_or_default();
    let plan = &address.scenario.plan;
    let many = usize::from(plan.masters) * (1 + usize::from(plan.replicas)) > MOST_FULL;
    settings::set_skin(skin);
    // Three in a rack may have no room in full.
    let crowded = usize::from(plan.masters) * (1 + usize::from(plan.replicas)) > 2 * usize::from(plan.racks);
    if (many || crowded || skin != Skin::default()) && !second::all_here() {
        // Maps, small shops and the other skins are drawn by the second part.
        second::once_fetched(move |come| match come {
            true => mount(opening, address),
            false if many || crowded => browser::cannot_open(second::NOT_FETCHED),
            false => {
                settings::set_skin(Skin::default());
                mount(opening, address);
            }
        });
        return;
    }
    mount(opening, address);
}

fn mount(opening: Opening, address: settings::Address) {
    let Some(root) = browser::root() else { return };
    root.set_inner_html("");
    browser::loaded();
    let opened = page::Opened { with: Rc::new((address, opening.session())) };
    yew::Renderer::<page::Page>::with_root_and_props(root, opened).render();
}
