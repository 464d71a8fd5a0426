//! `cargo xtask bench`: the core's figures, natively, with the native release profile.

use crate::environment::Environment;
use crate::failure::Outcome;
use crate::process;

/// Runs the benchmarks; `big` adds a thousand nodes.
pub(crate) fn run(env: &mut Environment, big: bool) -> Outcome {
    let mut cargo = env.command("cargo");
    cargo.args(["bench", "--no-default-features", "--bench", "core"]);
    if big {
        cargo.args(["--", "--big"]);
    }
    process::show(&mut cargo, "See cargo's own lines above.")
}
