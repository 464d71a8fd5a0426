//! Lessons: what a learner is asked to do, and whether it really happened.
//!
//! What may live here: steps as data and predicates over facts and snapshots. No drawing, no browser.

pub mod cover;
pub mod first_walk;

#[cfg(test)]
mod checks;
