//! From the scene's values to shapes. One file a motif.

#[cfg(test)]
mod checks;
pub mod lens;
mod library;
pub mod map;
mod mark;
pub mod parcel;
pub mod pattern;
pub mod picture;
mod server;
pub mod shop;
mod small;
pub mod town;
pub mod works;
