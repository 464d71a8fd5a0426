//! Cluster City: a real, deterministic Redis Cluster core and the city it is drawn as.
//!
//! The folders may use one another only downwards in this list:
//! `app` → `stage` → `lesson` → `narrate`, `sim` → `cluster`.

pub mod cluster;
pub mod lesson;
pub mod narrate;
pub mod sim;
pub mod stage;

#[cfg(feature = "app")]
pub mod app;
