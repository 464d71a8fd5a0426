//! axe-core, from npm: the tests that look for barriers on the page run it in the page. It is never part of the page.

use std::fs;

use super::{Done, announce, pins};
use crate::environment::Environment;
use crate::failure::{Failure, Outcome};
use crate::process;

/// Installs axe-core into this project's own folder in cargo's home, unless the right version is there.
/// Not beside binaryen: npm removes from a folder what it was not asked for last.
pub(crate) fn ensure(env: &Environment) -> Outcome<Done> {
    let folder = env.private.join("axe");
    let package = folder.join("node_modules/axe-core/package.json");
    let right = format!("\"version\": \"{}\"", pins::AXE);
    let is_right = || fs::read_to_string(&package).is_ok_and(|text| text.contains(&right));
    if is_right() {
        return Ok(Done::There(pins::AXE.into()));
    }
    if env.which(&["npm"]).is_none() {
        return Err(Failure::new(
            "axe-core comes from the npm registry, and there is no npm",
            "Install Node.js with npm (Debian and Ubuntu: `apt-get install nodejs npm`), then run the same command again.",
        ));
    }
    announce(&format!("npm fetches axe-core {}", pins::AXE));
    let mut npm = env.command("npm");
    npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"])
        .arg(&folder)
        .arg(format!("axe-core@{}", pins::AXE));
    process::watch(&mut npm, "npm", "See the lines above; with a network there, run the same command again.")?;
    if is_right() {
        return Ok(Done::Installed(format!("{} in {}", pins::AXE, folder.display())));
    }
    Err(Failure::new(
        format!("npm ended well, but {} is not of version {}", package.display(), pins::AXE),
        "Remove that folder, then run the same command again.",
    ))
}
