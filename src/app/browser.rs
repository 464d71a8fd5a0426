//! Small questions to the browser. Everything here falls back quietly where a browser refuses.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Window};
use yew::Callback;

use crate::cluster::fact::FactId;
use crate::cluster::id::HostId;
use crate::stage::sheet::Sheet;
use crate::stage::works::opened_by;

fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window()?.document()
}

/// The browser's clock, in milliseconds since some moment.
pub(super) fn clock() -> f64 {
    js_sys::Date::now()
}

/// An element of the page.
pub(super) fn element(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// A new picture, that stands nowhere yet.
pub(super) fn picture() -> Option<Element> {
    document()?.create_element_ns(Some("http://www.w3.org/2000/svg"), "svg").ok()
}

/// Where the app is mounted.
pub(super) fn root() -> Option<Element> {
    document()?.get_element_by_id("app")
}

/// The core runs: the start-up note goes.
pub(super) fn loaded() {
    if let Some(note) = document().and_then(|document| document.get_element_by_id("loading")) {
        note.remove();
    }
}

/// The city cannot be shown: why, in a sentence.
pub(super) fn cannot_open(sentence: &str) {
    if let Some(note) = document().and_then(|document| document.get_element_by_id("loading")) {
        note.set_class_name("failed");
        note.set_text_content(Some(sentence));
    }
}

/// The city comes up: how far it is, in thousandths.
pub(super) fn opening(thousandths: u32) {
    let Some(note) = document().and_then(|document| document.get_element_by_id("loading")) else { return };
    note.set_inner_html(&format!(
        "The city opens: its nodes meet each other. <progress max=1000 value={thousandths} aria-label=Opening></progress>"
    ));
}

/// The window's inner size in CSS pixels.
pub(super) fn window_size() -> (i32, i32) {
    let side =
        |value: Result<JsValue, JsValue>| value.ok().and_then(|value| value.as_f64()).map(|side| side as i32);
    let size = window().map(|window| (side(window.inner_width()), side(window.inner_height())));
    size.map_or((1_280, 800), |(width, height)| (width.unwrap_or(1_280), height.unwrap_or(800)))
}

/// Whether the tab is hidden.
pub(super) fn hidden() -> bool {
    document().is_some_and(|document| document.hidden())
}

/// What a visitor may ask of all pages, and change while this one is open.
pub(super) const LOOKS: [&str; 3] =
    ["(prefers-reduced-motion: reduce)", "(prefers-color-scheme: dark)", "(forced-colors: active)"];

/// A question to the browser, that can be listened to.
pub(super) fn media(query: &str) -> Option<web_sys::MediaQueryList> {
    window()?.match_media(query).ok().flatten()
}

/// Whether the visitor asked for less motion.
pub(super) fn less_motion() -> bool {
    media(LOOKS[0]).is_some_and(|query| query.matches())
}

/// How many of the screen's own pixels are one of the page's.
pub(super) fn sharpness() -> f64 {
    window().map_or(1.0, |window| window.device_pixel_ratio())
}

/// The style that an element has by now.
pub(super) fn style_of(element: &Element) -> Option<web_sys::CssStyleDeclaration> {
    window()?.get_computed_style(element).ok().flatten()
}

/// Takes what was typed into a field, and empties it.
pub(super) fn take_value(id: &str) -> Option<String> {
    let field: web_sys::HtmlInputElement = document()?.get_element_by_id(id)?.dyn_into().ok()?;
    let typed = field.value();
    field.set_value("");
    Some(typed)
}

/// Whether something is selected in the field where a key was pressed.
pub(super) fn selects(event: &web_sys::KeyboardEvent) -> bool {
    let field = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
    let ends = field.map(|field| (field.selection_start(), field.selection_end()));
    ends.is_some_and(|ends| matches!(ends, (Ok(start), Ok(end)) if start != end))
}

/// Copies what an element shows, and tells whether the browser has taken it: there may be no clipboard, or no leave to use it.
pub(super) fn copy_text(id: &str, tell: Callback<bool>) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    let text = element
        .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
        .map(|element| element.inner_text());
    let Some((window, text)) = window().filter(|window| window.is_secure_context()).zip(text) else {
        return tell.emit(false);
    };
    let refused = tell.clone();
    let taken = Closure::once(move |_: JsValue| tell.emit(true));
    let refused = Closure::once(move |_: JsValue| refused.emit(false));
    drop(window.navigator().clipboard().write_text(&text).then2(&taken, &refused));
    // One of the two is called; they are a few bytes a press.
    taken.forget();
    refused.forget();
}

/// The address's query.
pub(super) fn query() -> String {
    window().and_then(|window| window.location().search().ok()).unwrap_or_default()
}

/// Reads from the browser's memory, where it has one.
pub(super) fn recall(name: &str) -> Option<String> {
    window()?.local_storage().ok().flatten()?.get_item(name).ok().flatten()
}

/// Writes into the browser's memory, where it has one.
pub(super) fn remember(name: &str, value: &str) {
    if let Some(storage) = window().and_then(|window| window.local_storage().ok().flatten()) {
        let _ = storage.set_item(name, value);
    }
}

/// Sets or removes the document's theme.
pub(super) fn set_theme(name: &str) {
    let Some(root) = document().and_then(|document| document.document_element()) else {
        return;
    };
    let _ =
        if name.is_empty() { root.remove_attribute("data-theme") } else { root.set_attribute("data-theme", name) };
}

/// Gives an element the keyboard.
pub(super) fn focus(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Scrolls until a shop, and those of its shard above it, are in view: a sheet lies over what is below them.
pub(super) fn reveal(shop: HostId, kin: impl Iterator<Item = HostId>) {
    let button = |host: HostId| {
        let id = format!("shop-{}", host.0);
        document()?.get_element_by_id(&id)?.dyn_into::<web_sys::HtmlElement>().ok()
    };
    let Some(own) = button(shop) else { return };
    let near = |it: &web_sys::HtmlElement| own.offset_top() - it.offset_top() < 2 * own.offset_height();
    let first = kin.filter_map(button).filter(near).min_by_key(|it| it.offset_top());
    first.as_ref().unwrap_or(&own).scroll_into_view();
}

/// The id of what has the keyboard, if it has one.
pub(super) fn focused() -> Option<String> {
    document()?.active_element().map(|element| element.id()).filter(|id| !id.is_empty())
}

/// Whether the keyboard is inside a match.
pub(super) fn focus_is_in(css: &str) -> bool {
    let focused = document().and_then(|document| document.active_element());
    focused.is_some_and(|element| element.closest(css).is_ok_and(|place| place.is_some()))
}

/// Whether nothing has the keyboard: what had it is gone, or cannot be used now.
pub(super) fn focus_is_lost() -> bool {
    document().is_some_and(|document| document.active_element().is_none_or(|it| it.tag_name() == "BODY"))
}

/// Gives the first of these places that is there the keyboard.
pub(super) fn focus_first(places: &[&str]) {
    let Some(document) = document() else { return };
    let found = places.iter().find_map(|css| document.query_selector(css).ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Listens to every key that is pressed, wherever the keyboard is; one that is taken (`true`) does nothing else.
pub(super) fn on_keys(take: impl Fn(&web_sys::KeyboardEvent) -> bool + 'static) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&gloo_utils::document(), "keydown", options, move |event| {
        if event.dyn_ref().is_some_and(&take) {
            event.prevent_default();
        }
    })
}

/// The step that an arrow key stands for: columns to the right, rows down.
pub(super) fn arrow(event: &web_sys::KeyboardEvent) -> Option<(i32, i32)> {
    Some(match event.key().as_str() {
        "ArrowLeft" => (-1, 0),
        "ArrowRight" => (1, 0),
        "ArrowUp" => (0, -1),
        "ArrowDown" => (0, 1),
        _ => return None,
    })
}

/// Whether the keyboard is in a line that has text of its own to undo.
pub(super) fn text_can_be_undone() -> bool {
    let field = document().and_then(|document| document.active_element());
    let field = field.and_then(|element| element.dyn_into::<web_sys::HtmlInputElement>().ok());
    field.is_some_and(|field| field.type_() == "text" && !field.value().is_empty())
}

/// The `data-fact` of what was clicked, if it is about one.
pub(super) fn fact_of(event: &web_sys::Event) -> Option<FactId> {
    number_of(event, "data-fact").map(FactId)
}

/// What an event happened to, or the nearest match around it. Not `current_target`: Yew listens once for all, at its root.
pub(super) fn around(event: &web_sys::Event, css: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(css).ok()?
}

/// Which entries are chosen in the lists that stand in the same box as what was pressed.
pub(super) fn chosen_beside(event: &web_sys::Event, css: &str) -> Vec<usize> {
    let Some(lists) = around(event, css).map(|place| place.get_elements_by_tag_name("select")) else {
        return Vec::new();
    };
    let chosen = |nth| lists.item(nth)?.dyn_into::<web_sys::HtmlSelectElement>().ok();
    (0..lists.length()).filter_map(chosen).map(|list| list.selected_index().max(0) as usize).collect()
}

/// The number in an attribute of what was pointed at, or of what it is in.
fn number_of<T: std::str::FromStr>(event: &web_sys::Event, attribute: &str) -> Option<T> {
    let element = around(event, &format!("[{attribute}]"))?;
    element.get_attribute(attribute)?.parse().ok()
}

/// The shop that was pointed at.
pub(super) fn node_of(event: &web_sys::Event) -> Option<HostId> {
    number_of(event, "data-node").map(HostId)
}

/// The message that was pointed at.
pub(super) fn flight_of(event: &web_sys::Event) -> Option<u64> {
    number_of(event, "data-flight")
}

/// The street that was pointed at, or the client.
pub(super) fn street_of(event: &web_sys::Event) -> Option<Sheet> {
    if around(event, ".you").is_some() {
        return Some(Sheet::Client);
    }
    opened_by(&around(event, "[data-street]")?.get_attribute("data-street")?)
}

/// Where a pointer is inside the element that it is over or in.
pub(super) fn point_in(event: &web_sys::MouseEvent, css: &str) -> Option<(i32, i32)> {
    let element = around(event, css)?;
    let place = element.get_bounding_client_rect();
    // On a projector it is enlarged: its own pixels are larger than the window's.
    let own = |from: f64| (from * f64::from(element.client_width()) / place.width().max(1.0)) as i32;
    Some((own(f64::from(event.client_x()) - place.left()), own(f64::from(event.client_y()) - place.top())))
}

/// Who gets the keys that are pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keys {
    /// Something that is typed or chosen in.
    Typing,
    /// The city or the bar of time; a button of theirs takes the space bar itself.
    City {
        /// Whether a button has them.
        button: bool,
    },
    /// The inspector, or what stands in its place.
    Sheet,
    /// Nothing, or a control that has no use for the keys of a presenter's remote.
    Nothing {
        /// Whether a button has them.
        button: bool,
    },
    /// Anything else.
    Elsewhere,
}

/// Who gets the keys that are pressed.
pub(super) fn keys_go_to(event: &web_sys::Event) -> Keys {
    let is_in = |css: &str| around(event, css).is_some();
    if is_in("input:not([type=checkbox]), select, textarea") {
        Keys::Typing
    } else if is_in(".city, .transport, .next") {
        Keys::City { button: is_in("button, summary, input") }
    } else if has_no_use(event) {
        Keys::Nothing { button: is_in("button, summary, input, a") }
    } else if is_in("#inspector") {
        Keys::Sheet
    } else {
        Keys::Elsewhere
    }
}

/// Whether the keys of a presenter's remote mean nothing where they go: nothing has the keyboard, or a button that stands
/// in nothing that they would scroll.
fn has_no_use(event: &web_sys::Event) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return false };
    if !target.matches("body, button, summary, input[type=checkbox], a").unwrap_or(false) {
        return false;
    }
    let mut around = Some(target);
    while let Some(element) = around {
        if element.client_height() > 0 && element.scroll_height() > element.client_height() + 1 {
            return false;
        }
        around = element.parent_element();
    }
    true
}

/// Closes the open menu; whether there was one.
pub(super) fn close_menu() -> bool {
    let menu = document().and_then(|document| document.query_selector("details.until[open]").ok().flatten());
    menu.is_some_and(|menu| menu.remove_attribute("open").is_ok())
}

/// Moves the keyboard to the next or the one before of the elements inside `list`; to the last if it is on none.
pub(super) fn step_focus(list: &Element, back: bool) {
    let focused = document().and_then(|document| document.active_element());
    let current = focused.filter(|element| element != list && list.contains(Some(element)));
    let beside =
        |element: &Element| if back { element.previous_element_sibling() } else { element.next_element_sibling() };
    let next = match current {
        // A line may stand for several, and hold them.
        Some(mut element) => loop {
            let parent = element.parent_element().filter(|parent| parent != list);
            match (beside(&element), parent) {
                (None, Some(parent)) => element = parent,
                (next, _) => break next,
            }
        },
        None => list.first_element_child().and_then(|lines| lines.last_element_child()),
    };
    let stops = "button,summary";
    let next = next.and_then(|element| {
        if element.matches(stops) == Ok(true) { Some(element) } else { element.query_selector(stops).ok()? }
    });
    if let Some(element) = next.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Where a pointer is along an element, in thousandths of its width. From now on the element gets all it does.
pub(super) fn pointed(event: &web_sys::PointerEvent, css: &str) -> Option<i32> {
    let element = around(event, css)?;
    let _ = element.set_pointer_capture(event.pointer_id());
    let place = element.get_bounding_client_rect();
    Some(((f64::from(event.client_x()) - place.left()) * 1_000.0 / place.width().max(1.0)) as i32)
}

/// Scrolls an element, whose lines grow from its end, back to that end.
pub(super) fn to_end(id: &str) {
    if let Some(element) = document().and_then(|document| document.get_element_by_id(id)) {
        element.set_scroll_top(0);
    }
}

/// An element's width in CSS pixels.
pub(super) fn width_of(id: &str) -> Option<i32> {
    let element = document()?.get_element_by_id(id)?;
    Some(element.client_width())
}
