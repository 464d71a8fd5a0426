//! The core inside a real browser: what it computes there must be what it computes natively.
//!
//! `cargo xtask test --only 'tests in the browser'` runs these in headless Chromium.
#![cfg(target_arch = "wasm32")]

use cluster_city as _; // links the library, all that can be asked of it so far
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn the_library_loads_in_a_browser() {
    assert_eq!(usize::BITS, 32, "this runs as wasm32");
}
