//! Worlds with a history: what people may do ([`Action`]), where a world starts ([`Scenario`]),
//! and a world with its facts ([`Session`]). Uses `cluster` only.

mod action;
mod scenario;
mod session;

pub use action::{ActionError, Action};
pub use scenario::Scenario;
pub use session::{Session, Step};
