//! The built page in a real browser, used as a person uses it.
//!
//! `cargo xtask test` builds the page and then runs this; alone it is `cargo test --test e2e`, which tests the page that
//! lies in `dist/`. Every walk is a file here; how a browser is started, asked and watched is in `harness/`.
#![cfg(not(target_arch = "wasm32"))]

mod axe;
mod broken;
mod build;
mod eyes;
mod first_walk;
mod frames;
mod hands;
mod harness;
mod keys;
mod looks;
mod map;
mod messages;
mod operate;
mod presenter;
mod prompt;
mod quiet;
mod rooms;
mod second;
mod selftest;
mod shots;
mod sizes;
mod stopped;
mod time;
