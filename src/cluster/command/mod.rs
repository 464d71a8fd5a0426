//! Commands: one table that the parser, the router, help and the tests read alike.

#![cfg_attr(
    all(target_arch = "wasm32", feature = "app"),
    allow(dead_code, unused_imports, reason = "the page has no room for all")
)]

mod absent;
pub mod argument;
mod bitfields;
mod bits;
mod blocking;
mod client;
mod cluster;
mod commands;
mod config;
mod connection;
mod copying;
pub mod data;
mod expiry;
mod float;
mod greeting;
mod hashes;
pub mod help;
mod help_texts;
mod introspection;
mod keys;
pub mod line;
mod lists;
mod long_double;
mod membership;
mod migration;
mod numbers;
mod objects;
mod positions;
mod pubsub;
mod ranges;
mod scans;
mod server;
mod sets;
mod shape;
mod sort;
mod strings;
mod substrings;
pub mod table;
mod told;
mod transactions;
pub mod wish;
mod zpops;
mod zranges;
mod zremovals;
mod zsets;
mod zunions;

pub(super) use commands::info as command_info;
pub use data::Data;
pub(super) use keys::glob;
pub use migration::Migrate;
pub use table::{COMMANDS, Flag, Group, Handler, Keys, Spec, find};
