//! From the scene's values to shapes. One file a motif.

pub mod parcel;
pub mod pattern;
pub mod picture;
pub mod shop;
pub mod town;
