//! `cargo xtask simulate`: random worlds natively. The program is `examples/simulate.rs`; it reads the arguments itself.

use std::ffi::OsString;

use crate::environment::Environment;
use crate::failure::{Failure, Outcome};
use crate::process;

/// What the program says of itself; here too, so that nobody waits for a build to read it.
const HELP: &str = include_str!("../../examples/simulate.txt");

/// Builds the program and runs it with these arguments.
pub(crate) fn run(env: &Environment, arguments: Vec<OsString>) -> Outcome {
    let words = || arguments.iter().map(|word| word.to_string_lossy());
    if words().any(|word| word == "-h" || word == "--help") {
        print!("{HELP}");
        return Ok(());
    }
    // Its options are the first words of the lines that tell of them.
    let known = |word: &str| HELP.lines().any(|line| line.split_whitespace().next() == Some(word));
    if let Some(word) = words().find(|word| word.starts_with('-') && !known(word)) {
        return Err(Failure::new(format!("`simulate` has no option {word}"), HELP));
    }
    let mut cargo = env.command("cargo");
    cargo.args(["run", "--quiet", "--profile", "simulate", "--no-default-features", "--features", "proof"]);
    cargo.args(["--example", "simulate", "--"]).args(arguments);
    let remedy = "A script above fails: put it into tests/proof/found/ and mend the core. `cargo xtask simulate --help` tells the options.";
    process::show(&mut cargo, remedy)
}
