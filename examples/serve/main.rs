//! The door: the city's nodes on real TCP ports, for any Redis client: `cargo run --release --example serve`.
//!
//! Here only the program's arguments: `tests/door` runs the same door from its own program.
#![allow(clippy::print_stdout, reason = "`ready` and the answers to orders are this program's output")]

mod door;

use std::process::ExitCode;

/// Redis brings an allocator of its own too (jemalloc): requests, keys and values are many small pieces that come and go.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    door::run(std::env::args().skip(1))
}
