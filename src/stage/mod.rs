//! From a snapshot to a picture: layout, shapes, words and colours by meaning.
//!
//! What may live here: pure functions from the core's values to what is shown. No browser, no Yew;
//! everything is tested natively. Floats are welcome, they never flow back into the core.

pub mod anatomy;
pub mod apart;
pub mod art;
pub mod beside;
mod block;
pub mod cause;
pub mod compare;
pub mod customer;
mod differing;
pub mod drag;
pub mod drawer;
pub mod fixture;
mod fold;
pub mod frame;
mod grid;
pub mod inspect;
pub mod journal;
pub mod lane;
pub mod layout;
pub mod lens;
pub mod lost;
pub mod map;
mod measures;
pub mod message;
pub mod palette;
pub mod parcel;
mod pill;
pub mod rate;
pub mod scene;
pub mod service;
pub mod shape;
pub mod sheet;
pub mod shop;
pub mod size;
pub mod skin;
pub mod street;
pub mod strip;
pub mod text;
pub mod timeline;
mod tiny;
pub mod told;
pub mod transcript;
pub mod until;
pub mod view_of;
pub mod votes;
pub mod why;
mod wording;
pub mod words;
pub mod works;

#[cfg(test)]
mod checks;
#[cfg(test)]
mod checks_of_size;
#[cfg(test)]
mod checks_of_why;
#[cfg(test)]
mod checks_of_words;
