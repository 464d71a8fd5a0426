//! `cargo xtask shots`: pictures of the page, taken by the end-to-end harness (tests/e2e/shots.rs).

use std::fs;
use std::path::Path;

use crate::environment::Environment;
use crate::failure::{Failure, Outcome};
use crate::{dist, process, setup};

/// The picture in the README is downloaded by everyone who looks at the project.
const README_LIMIT: u64 = 300_000;

/// Builds the page unless told not to, and takes the pictures.
pub(crate) fn run(env: &mut Environment, build: bool, readme: bool) -> Outcome {
    setup::everything(env)?;
    if build {
        dist::build_release(env)?;
    }
    let (moments, folder) = if readme { ("readme", "docs") } else { ("all", "target/shots") };
    let folder = env.root.join(folder);
    let mut cargo = env.cargo();
    cargo
        .args(["test", "--test", "e2e", "--", "--ignored", "--exact", "shots::take", "--nocapture"])
        .env("CLUSTER_CITY_SHOTS", &folder)
        .env("CLUSTER_CITY_SHOTS_OF", moments);
    process::show(
        &mut cargo,
        "See the lines above: the page did not reach a moment that was to be photographed.",
    )?;
    if readme {
        small_enough(&folder.join("screenshot.png"))?;
    }
    println!("\n  The pictures are in {}", folder.display());
    Ok(())
}

fn small_enough(picture: &Path) -> Outcome {
    let bytes = fs::metadata(picture).map_or(0, |data| data.len());
    match bytes {
        0 => Err(Failure::new(
            format!("{} was not written", picture.display()),
            "Run `cargo xtask shots --readme` again and read the test's own lines.",
        )),
        1..=README_LIMIT => Ok(()),
        _ => Err(Failure::new(
            format!("{} has {} KB, over the limit of {} KB", picture.display(), bytes / 1000, README_LIMIT / 1000),
            "Take a quieter moment or a smaller size in tests/e2e/shots.rs.",
        )),
    }
}
