//! The standard library for wasm32, which rustup installs beside the native one.

use std::path::Path;

use super::{Done, announce};
use crate::environment::Environment;
use crate::failure::{Failure, Outcome};
use crate::process;

const TARGET: &str = "wasm32-unknown-unknown";

/// Adds the target to the toolchain in use, unless its library is there.
pub(crate) fn ensure(env: &Environment) -> Outcome<Done> {
    if is_there(env)? {
        return Ok(Done::There(TARGET.into()));
    }
    let by_hand =
        format!("Install the Rust standard library for {TARGET} (with rustup: `rustup target add {TARGET}`).");
    if env.which(&["rustup"]).is_none() {
        return Err(Failure::new(format!("the {TARGET} target is missing, and there is no rustup"), by_hand));
    }
    announce("rustup adds the wasm32 standard library");
    let mut add = env.command("rustup");
    process::watch(add.args(["target", "add", TARGET]), "rustup", &by_hand)?;
    if is_there(env)? {
        return Ok(Done::Installed(TARGET.into()));
    }
    Err(Failure::new(
        format!("rustup added {TARGET}, but the rustc in use does not see it"),
        "Make `rustc` and `rustup` on PATH belong together, then run this again.",
    ))
}

/// Whether the rustc in use has a `core` library for the target.
fn is_there(env: &Environment) -> Outcome<bool> {
    let mut rustc = env.command("rustc");
    let folder = process::read(rustc.args(["--print", "target-libdir", "--target", TARGET]))?;
    let Ok(files) = Path::new(folder.trim()).read_dir() else {
        return Ok(false);
    };
    Ok(files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libcore-")))
}

/// Adds the sources of the standard library, which the release page builds anew for size.
pub(crate) fn sources(env: &Environment) -> Outcome<Done> {
    if sources_are_there(env)? {
        return Ok(Done::There("rust-src".into()));
    }
    let by_hand = "Install the sources of Rust's standard library (with rustup: `rustup component add rust-src`).";
    if env.which(&["rustup"]).is_none() {
        return Err(Failure::new("the standard library's sources are missing, and there is no rustup", by_hand));
    }
    announce("rustup adds the standard library's sources");
    let mut add = env.command("rustup");
    process::watch(add.args(["component", "add", "rust-src"]), "rustup", by_hand)?;
    if sources_are_there(env)? {
        return Ok(Done::Installed("rust-src".into()));
    }
    Err(Failure::new(
        "rustup added rust-src, but the rustc in use does not see it",
        "Make `rustc` and `rustup` on PATH belong together, then run this again.",
    ))
}

fn sources_are_there(env: &Environment) -> Outcome<bool> {
    let mut rustc = env.command("rustc");
    let root = process::read(rustc.args(["--print", "sysroot"]))?;
    Ok(Path::new(root.trim()).join("lib/rustlib/src/rust/library/Cargo.lock").is_file())
}
