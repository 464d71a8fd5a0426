//! Beside a real cluster: six redis-server processes on the loopback, and our nodes, told the same.
//!
//! Needs `redis-server` 7.0 on PATH. Rewrite the recorded dialogue with
//! `UPDATE_EXPECT=1 cargo test --no-default-features --test real golden`.

#[path = "../golden/mod.rs"]
mod golden;

#[path = "../ports/mod.rs"]
mod ports;

mod bus;
mod called_back;
mod failures;
mod handover;
mod headers;
mod membership;
mod migration;
mod power;
mod recorded;
mod redis_cli;
mod resync;
mod servers;
mod side_by_side;
mod windows;
