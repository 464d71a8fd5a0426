//! `cargo xtask differential`: the long form of the test of the same name.

use crate::environment::Environment;
use crate::failure::Outcome;
use crate::process;

/// Compares so many programs, from this seed on.
pub(crate) fn run(env: &mut Environment, programs: u64, seed: u64) -> Outcome {
    let mut cargo = env.command("cargo");
    cargo
        .args(["test", "--no-default-features", "--test", "differential", "random_programs", "--", "--nocapture"])
        .env("DIFFERENTIAL_PROGRAMS", programs.to_string())
        .env("DIFFERENTIAL_SEED", seed.to_string())
        // The programs that differ say it all.
        .env("RUST_BACKTRACE", "0");
    process::show(&mut cargo, "See the lines above: each shows a program, and both answers to its last command.")
}
