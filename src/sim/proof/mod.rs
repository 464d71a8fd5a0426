//! Proof by simulation: worlds of chance from a seed, faults and work in them, and checkers that look after every event.
//!
//! The manner is FoundationDB's and TigerBeetle's. A [`Script`] is what was done; [`Run`] does it and checks; [`write`]
//! makes one up from a seed while it runs; [`shrink`] leaves of a failing one only what it needs to fail.

mod bound;
mod called_back;
mod check;
mod faults;
mod focus;
mod handover;
mod histories;
mod isolation;
mod kinds;
mod lags;
mod ledger;
mod membership;
mod minimise;
mod operator;
mod owners;
mod run;
mod script;
mod serving;
mod strays;
mod travel;
mod work;
mod writer;

pub use bound::{convergence_bound, recovery_bound};
pub use check::{Check, Violation};
pub use focus::Focus;
pub use kinds::KINDS;
pub use ledger::Loss;
pub use minimise::{shrink, shrink_to};
pub use run::{Report, Run};
pub use script::{Beat, Script, replay, replay_telling};
pub use writer::{Length, Style, write};
