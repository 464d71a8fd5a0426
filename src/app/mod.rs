//! The only code that knows a browser: Yew components, the frame loop, storage, the address.
//!
//! One struct component ([`page::Page`]) owns the running session and takes every message; everything
//! below it is a small function component that is drawn again only when its properties change.

mod acts;
mod aside;
mod browser;
mod city;
mod controls;
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
mod terminal;
mod transport;
mod travel;
mod typing;
mod view;
mod world;

/// Mounts the app in place of the start-up picture.
pub fn run() {
    // Where panics have messages at all; the page itself says that it broke.
    std::panic::set_hook(Box::new(|panic| web_sys::console::error_1(&panic.to_string().into())));
    let Some(root) = browser::root() else { return };
    root.set_inner_html("");
    browser::loaded();
    yew::Renderer::<page::Page>::with_root(root).render();
}
