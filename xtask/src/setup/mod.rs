//! Set-up: a list of steps, each of which looks before it acts, so that running it again costs a second and repairs
//! whatever was left half done. Here are the steps' order and how they are told; what each does is in its own file.

mod axe;
mod cargo_tools;
mod debian;
mod pins;
mod wasm_opt;
mod wasm_target;

pub(crate) use debian::DRIVER;

use std::time::Instant;

use crate::environment::Environment;
use crate::failure::Outcome;
use crate::{process, table};

/// What a step found or did.
pub(crate) enum Done {
    /// It was there already.
    There(String),
    /// It was installed just now.
    Installed(String),
}

/// Installs what building and serving the page needs.
pub(crate) fn page(env: &mut Environment) -> Outcome {
    println!("Set-up");
    if env.private_bin().is_dir() {
        env.prefer(&env.private_bin());
    }
    step("wasm target", || wasm_target::ensure(env))?;
    step("std's sources", || wasm_target::sources(env))?;
    let bindgen = pins::wasm_bindgen(&env.root)?;
    for tool in [cargo_tools::trunk(), cargo_tools::wasm_bindgen(bindgen)] {
        step(tool.name, || tool.ensure(env))?;
    }
    cargo_tools::tidy(env);
    step("wasm-opt", || wasm_opt::ensure(env))
}

/// Installs what building, serving and testing the page needs.
pub(crate) fn everything(env: &mut Environment) -> Outcome {
    page(env)?;
    step("axe-core", || axe::ensure(env))?;
    step("browser, fonts, Redis", || debian::ensure(env))
}

fn step(name: &str, ensure: impl FnOnce() -> Outcome<Done>) -> Outcome {
    let start = Instant::now();
    match ensure()? {
        Done::There(what) => println!("  {name:<22} there: {what}"),
        Done::Installed(what) => {
            let time = table::duration(start.elapsed());
            println!("  {name:<22} installed in {time}: {what}");
        }
    }
    Ok(())
}

/// Says what is about to happen, for steps that take a while.
fn announce(what: &str) {
    println!("  … {what}");
}

/// What `program --version` says, if it runs at all.
fn version_of(env: &Environment, program: &std::path::Path) -> Option<String> {
    process::read(env.command(program).arg("--version")).ok()
}
