//! The cluster core: Redis Cluster's own algorithm, in memory, on virtual time.
//!
//! What may live here: slots, the store, commands, nodes and the bus between them, the network,
//! clients, and the world that runs them. Nothing here knows a story, a drawing or a browser;
//! nothing here reads a wall clock, uses a float, or looks into another node's memory.

pub mod address;
pub mod broken;
pub mod bus;
pub mod client;
pub mod command;
pub mod config;
pub mod connection;
pub mod context;
pub mod digest;
pub mod fact;
pub mod id;
pub mod network;
pub mod node;
pub mod operator;
pub mod order;
pub mod reply;
pub mod resp;
pub mod rng;
pub mod slot;
pub mod snapshot;
pub mod store;
pub mod time;
pub mod world;
