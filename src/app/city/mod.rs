//! The city: the drawing, and over it the real buttons that people and assistive technology use.

mod drawing;
mod heading;
mod overlay;
mod view;

pub(super) use drawing::groups;
pub(super) use heading::CAVEAT;
pub(super) use view::City;
