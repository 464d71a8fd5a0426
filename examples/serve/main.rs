//! The door: the city's nodes on real TCP ports, for any Redis client: `cargo run --release --example serve`.
//!
//! Here only the program's arguments: `tests/door` runs the same door from its own program.
#![allow(clippy::print_stdout, reason = "`ready` and the answers to orders are this program's output")]

mod door;

use std::process::ExitCode;

fn main() -> ExitCode {
    door::run(std::env::args().skip(1))
}
