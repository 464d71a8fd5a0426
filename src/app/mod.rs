//! The only code that knows a browser.

use yew::prelude::*;

/// A page that shows that everything is wired.
#[component]
fn App() -> Html {
    html! { <main>{"Cluster City"}</main> }
}

/// Mounts the app into the page.
pub fn run() {
    yew::Renderer::<App>::new().render();
}
