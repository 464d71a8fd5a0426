//! Watches over the page's elements: how large they are, and whether they are in view.

use wasm_bindgen::prelude::*;
use web_sys::{IntersectionObserver, ResizeObserver};

use super::browser::element;

/// Listens to an element's size; stops when dropped.
pub(super) struct SizeWatch {
    observer: ResizeObserver,
    _closure: Closure<dyn Fn()>,
}

impl SizeWatch {
    /// Calls `changed` whenever the element with this id has another size.
    pub(super) fn start(id: &str, changed: impl Fn() + 'static) -> Option<Self> {
        let closure = Closure::<dyn Fn()>::new(changed);
        let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        observer.observe(&element(id)?);
        Some(Self { observer, _closure: closure })
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Listens to whether the page is in view: an embedding page may have scrolled it away.
pub(super) struct ViewWatch {
    observer: IntersectionObserver,
    _closure: Closure<dyn Fn(js_sys::Array)>,
}

impl ViewWatch {
    /// Calls `changed` with whether the element with this id can be seen.
    pub(super) fn start(id: &str, changed: impl Fn(bool) + 'static) -> Option<Self> {
        let closure = Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let last = entries.pop().dyn_into::<web_sys::IntersectionObserverEntry>();
            if let Ok(entry) = last {
                changed(entry.is_intersecting());
            }
        });
        let observer = IntersectionObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        observer.observe(&element(id)?);
        Some(Self { observer, _closure: closure })
    }
}

impl Drop for ViewWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
