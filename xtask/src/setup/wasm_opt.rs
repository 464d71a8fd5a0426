//! wasm-opt, from the npm package of binaryen: a small download where building binaryen takes a C++ compiler and a
//! quarter of an hour.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::{Done, announce, pins, version_of};
use crate::environment::Environment;
use crate::failure::{Failure, Outcome};
use crate::process;

/// Installs wasm-opt unless the right version is on PATH. Like the cargo tools, it never replaces another version.
pub(crate) fn ensure(env: &mut Environment) -> Outcome<Done> {
    let on_path = env.which(&["wasm-opt"]);
    if on_path.as_deref().is_some_and(|file| is_right(env, file)) {
        return Ok(Done::There(pins::BINARYEN.into()));
    }
    // A link of ours is laid anew where it is; one whose target is gone is not seen by `which`, and counts as absent.
    let place = match on_path.as_deref() {
        None => env.cargo_bin.clone(),
        Some(file) if is_ours(env, file) => file.parent().unwrap_or(&env.cargo_bin).to_path_buf(),
        Some(file) => {
            announce(&format!(
                "your wasm-opt ({}) is another version; it stays, and {} goes into {} for these chores only",
                file.display(),
                pins::BINARYEN,
                env.private_bin().display(),
            ));
            env.private_bin()
        }
    };
    let program = download(env)?;
    link(&program, &place.join("wasm-opt"))?;
    env.prefer(&place);
    if is_right(env, &place.join("wasm-opt")) {
        return Ok(Done::Installed(format!("{} in {}", pins::BINARYEN, place.display())));
    }
    Err(Failure::new(
        format!("wasm-opt was installed in {}, but does not run as version {}", place.display(), pins::BINARYEN),
        "It needs Node.js 18 or newer (`node --version` tells); then run the same command again.",
    ))
}

/// `wasm-opt --version` says `wasm-opt version 132`, with more behind it in some builds.
fn is_right(env: &Environment, file: &Path) -> bool {
    version_of(env, file).is_some_and(|said| said.split_whitespace().nth(2) == Some(pins::BINARYEN))
}

fn is_ours(env: &Environment, file: &Path) -> bool {
    fs::read_link(file).is_ok_and(|target| target.starts_with(&env.private))
}

/// Has npm put the package into this project's own folder in cargo's home; returns the program.
fn download(env: &Environment) -> Outcome<PathBuf> {
    if env.which(&["npm"]).is_none() {
        return Err(Failure::new(
            "wasm-opt comes from the npm registry, and there is no npm",
            "Install Node.js with npm (Debian and Ubuntu: `apt-get install nodejs npm`), then run the same command again.",
        ));
    }
    announce(&format!("npm fetches binaryen {}", pins::BINARYEN));
    let folder = env.private.join("npm");
    let mut npm = env.command("npm");
    npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"])
        .arg(&folder)
        .arg(format!("binaryen@{}", pins::BINARYEN));
    process::watch(&mut npm, "npm", "See the lines above; with a network there, run the same command again.")?;
    Ok(folder.join("node_modules/binaryen/bin/wasm-opt"))
}

/// Lays a link at `place`, over an older link of ours.
fn link(program: &Path, place: &Path) -> Outcome {
    let lay = || -> io::Result<()> {
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        if place.is_symlink() {
            fs::remove_file(place)?;
        }
        symlink(program, place)
    };
    lay().map_err(|error| {
        Failure::new(
            format!("no link to wasm-opt could be laid at {}: {error}", place.display()),
            "Remove what is there or make the folder writable, then run the same command again.",
        )
    })
}

#[cfg(unix)]
fn symlink(program: &Path, place: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(program, place)
}

#[cfg(not(unix))]
fn symlink(program: &Path, place: &Path) -> io::Result<()> {
    fs::copy(program, place).map(drop)
}
