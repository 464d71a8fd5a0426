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
