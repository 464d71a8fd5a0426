//! Worlds with a history: what people may do ([`Action`]), where a world starts ([`Scenario`]),
//! a world with its facts ([`Session`]), and one that can be rewound ([`timeline`]). Uses `cluster` only.

mod action;
#[cfg(feature = "proof")]
pub mod proof;
mod scenario;
mod session;
pub mod timeline;

pub use action::{Action, ActionError};
pub use scenario::Scenario;
pub use session::{MOST_FACTS, Opening, Session, Step};
