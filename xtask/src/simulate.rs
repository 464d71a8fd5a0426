//! `cargo xtask simulate`: random worlds natively. The program is `examples/simulate.rs`; it reads the arguments itself.

use std::ffi::OsString;

use crate::environment::Environment;
use crate::failure::Outcome;
use crate::process;

/// Builds the program and runs it with these arguments.
pub(crate) fn run(env: &Environment, arguments: Vec<OsString>) -> Outcome {
    let mut cargo = env.command("cargo");
    cargo.args(["run", "--quiet", "--profile", "simulate", "--no-default-features", "--features", "proof"]);
    cargo.args(["--example", "simulate", "--"]).args(arguments);
    process::show(&mut cargo, "A script above fails: put it into tests/proof/found/ and mend the core.")
}
