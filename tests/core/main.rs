//! Tests of the core, natively: values, commands, and whole stories told as scripts.

#[path = "../digests/mod.rs"]
mod digests;

mod blocking;
mod client;
mod commands;
mod determinism;
mod elections;
mod hostile;
mod script;
mod simulation;
mod slots;
mod stories;
mod terminal;
mod timeline;
mod values;
