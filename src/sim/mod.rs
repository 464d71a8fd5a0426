//! Worlds with a history: what people may do ([`Action`]), where a world starts ([`Scenario`]),
//! and a world with its facts ([`Session`]). Uses `cluster` only.

mod action;
#[cfg(feature = "proof")]
pub mod proof;
mod scenario;
mod session;

pub use action::{Action, ActionError};
pub use scenario::Scenario;
pub use session::{MOST_FACTS, Session, Step};
