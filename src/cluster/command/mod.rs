//! Commands: one table that the parser, the router, help and the tests read alike.

pub mod argument;
mod cluster;
mod config;
mod connection;
pub mod data;
mod expiry;
pub mod help;
mod keys;
pub mod line;
mod lists;
mod membership;
mod migration;
mod numbers;
mod server;
mod strings;
pub mod table;
mod transactions;

pub use data::Data;
pub use migration::Migrate;
pub use table::{COMMANDS, Flag, Group, Handler, Keys, Spec, find};
