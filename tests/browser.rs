//! The core inside a real browser: what it computes there must be what it computes natively.
//!
//! `cargo xtask test --only 'tests in the browser'` runs these in headless Chromium.
#![cfg(target_arch = "wasm32")]

mod digests;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn this_is_another_machine() {
    assert_eq!(usize::BITS, 32, "the digests are worth something because words are shorter here");
}

#[wasm_bindgen_test]
fn the_same_stories_end_in_the_same_states() {
    assert_eq!(digests::all(), digests::GOLDEN);
}
