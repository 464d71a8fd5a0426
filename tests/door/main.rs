//! The door with real clients: redis-cli, redis-benchmark, redis-py, ioredis, the `redis` crate, and bytes that no client would send.
//!
//! Every test has a door of its own, a process that ends with the test, whatever happens. Needs `redis-cli` and
//! `redis-benchmark` 7.0, Python 3 with venv, and Node.js with npm; what is missing is said in one sentence.
#![allow(clippy::print_stdout, reason = "the door's own program tells its reader that it is ready")]

#[path = "../../examples/serve/door/mod.rs"]
mod door;

mod benchmark;
mod cli;
mod clients;
mod create;
mod faults;
#[path = "../ports/mod.rs"]
mod ports;
mod process;
mod raw;
mod rust_client;
mod tools;

/// Not a test: the program that the tests start, which is this one. It says `ready` and takes orders.
#[test]
#[ignore = "the door itself, which the tests start"]
fn serve_here() {
    let words = std::env::var(process::WORDS).expect("the tests say what to serve");
    let _ = door::run(words.split_whitespace().map(str::to_owned));
}
