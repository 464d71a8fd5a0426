//! Commands: one table that the parser, the router, help and the tests read alike.

mod absent;
pub mod argument;
mod client;
mod cluster;
mod commands;
mod config;
mod connection;
pub mod data;
mod expiry;
mod greeting;
pub mod help;
mod help_texts;
mod introspection;
mod keys;
pub mod line;
mod lists;
mod membership;
mod migration;
mod numbers;
mod pubsub;
mod server;
mod strings;
pub mod table;
mod transactions;

pub(super) use commands::info as command_info;
pub use data::Data;
pub(super) use keys::glob;
pub use migration::Migrate;
pub use table::{COMMANDS, Flag, Group, Handler, Keys, Spec, find};
