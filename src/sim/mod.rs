//! Worlds with a history.
