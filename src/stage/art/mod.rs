//! From the scene's values to shapes. One file a motif.

mod library;
pub mod map;
pub mod parcel;
pub mod pattern;
pub mod picture;
mod server;
pub mod shop;
pub mod town;
pub mod works;
