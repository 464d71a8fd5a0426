//! Tests of the core, natively: values, commands, and whole stories told as scripts.

#[path = "../digests/mod.rs"]
mod digests;

mod administrators;
mod admission;
mod blocking;
mod bounds;
mod bus;
mod causes;
mod client;
mod commands;
mod connections;
mod determinism;
mod elections;
mod freshness;
mod golden;
#[path = "../golden/mod.rs"]
mod golden_dialogue;
mod hostile;
mod limits;
mod operator;
mod pace;
mod parsers;
mod resp;
mod script;
mod shown;
mod slots;
mod stories;
mod terminal;
mod timeline;
mod timings;
mod tracking;
mod updates;
mod values;
