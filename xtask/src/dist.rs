//! `cargo xtask dist`: the release page in `dist/`, weighed as a visitor would download it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::environment::Environment;
use crate::failure::{Failure, Outcome};
use crate::{process, setup, table};

/// The most that a visitor should have to download: 350 KB gzipped, a KB being 1,000 bytes.
const LIMIT: usize = 350_000;
/// The most that comes when somebody asks for what few do: see `split/`.
const LATER_LIMIT: usize = 205_000;
/// What a file counts as, by its ending; the last row takes the rest.
const KINDS: [&str; 4] = ["wasm", "js", "html", "others"];
/// The part of the program that is only fetched when it is asked for.
const LATER: &str = "_second.wasm";

/// Builds the page unless told not to, prints its sizes and holds them to the limit.
pub(crate) fn run(env: &mut Environment, build: bool) -> Outcome {
    if build {
        setup::page(env)?;
        build_release(env)?;
    }
    weigh(env)
}

/// Has trunk build the release page into `dist/`.
pub(crate) fn build_release(env: &Environment) -> Outcome {
    process::show(&mut command(env), "See trunk's own lines above.")
}

/// What makes the standard library part of the diet: it is built anew, for size, and a panic traps on the spot instead of
/// putting together a message that no visitor reads (the page then says that it broke). That saves 27 KB gzipped. Cargo takes
/// these settings from a stable toolchain only when it is told that this is meant.
const DIET: [(&str, &str); 6] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    ("CARGO_UNSTABLE_PANIC_IMMEDIATE_ABORT", "true"),
    ("CARGO_PROFILE_PAGE_PANIC", "immediate-abort"),
    ("RUSTFLAGS", "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none"),
];

/// The command that builds the release page.
pub(crate) fn command(env: &Environment) -> std::process::Command {
    let mut trunk = env.command("trunk");
    trunk.args(["build", "--release"]).envs(DIET);
    trunk
}

/// Prints the sizes of what is in `dist/`; a page over the limit is a failure.
pub(crate) fn weigh(env: &Environment) -> Outcome {
    let folder = env.root.join("dist");
    let files = files_in(&folder).map_err(|error| {
        Failure::new(
            format!("{} could not be read: {error}", folder.display()),
            "Build the page first: `cargo xtask dist`.",
        )
    })?;
    let mut sizes = [Size::default(); KINDS.len()];
    let mut later = Size::default();
    for file in &files {
        let bytes = fs::read(file).map_err(|error| unreadable(file, &error))?;
        let is_later = file.to_string_lossy().ends_with(LATER);
        let size = if is_later { &mut later } else { &mut sizes[kind(file)] };
        size.raw += bytes.len();
        size.gzipped += gzipped(&bytes).map_err(|error| unreadable(file, &error))?;
    }
    if later.raw == 0 {
        return Err(Failure::new(
            format!("{} has no file *{LATER}", folder.display()),
            "Build the page with `cargo xtask dist`: trunk's hook in Trunk.toml cuts its program in two.",
        ));
    }
    within("the page", print(&sizes, &later).gzipped, LIMIT)?;
    within("what it fetches when asked", later.gzipped, LATER_LIMIT)
}

fn within(what: &str, bytes: usize, limit: usize) -> Outcome {
    if bytes <= limit {
        return Ok(());
    }
    Err(Failure::new(
        format!("{what} is {} gzipped, over the limit of {}", kilobytes(bytes), kilobytes(limit)),
        "Find what grew (`cargo run -p split -- dist --list` before the names are gone; `git log -p Cargo.toml`), and take \
         it out, make it smaller or let it come later (split/src/ways.rs); the limits are in xtask/src/dist.rs.",
    ))
}

/// Bytes of one kind of file.
#[derive(Clone, Copy, Default)]
struct Size {
    raw: usize,
    gzipped: usize,
}

/// Prints a table; what is fetched later stands below the limit, for a visitor who never asks does not download it.
fn print(sizes: &[Size], later: &Size) -> Size {
    let row = |name: &str, size: &Size| vec![name.to_owned(), kilobytes(size.raw), kilobytes(size.gzipped)];
    let mut rows = vec![vec!["dist/".to_owned(), "raw".to_owned(), "gzipped".to_owned()]];
    let mut total = Size::default();
    for (name, size) in KINDS.iter().zip(sizes) {
        rows.push(row(name, size));
        total.raw += size.raw;
        total.gzipped += size.gzipped;
    }
    rows.push(row("total", &total));
    rows.push(vec!["limit".to_owned(), String::new(), kilobytes(LIMIT)]);
    rows.push(row("when asked", later));
    rows.push(vec!["limit".to_owned(), String::new(), kilobytes(LATER_LIMIT)]);
    table::print(&rows);
    total
}

fn kind(file: &Path) -> usize {
    let ending = file.extension().unwrap_or_default().to_string_lossy();
    KINDS.iter().position(|kind| *kind == ending).unwrap_or(KINDS.len() - 1)
}

fn gzipped(bytes: &[u8]) -> io::Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(9));
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

fn files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_in(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

fn unreadable(file: &Path, error: &io::Error) -> Failure {
    Failure::new(
        format!("{} could not be weighed: {error}", file.display()),
        "Build the page anew: `cargo xtask dist`.",
    )
}

fn kilobytes(bytes: usize) -> String {
    format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_thousands() {
        assert_eq!(kilobytes(350_000), "350.0 KB");
        assert_eq!(kilobytes(1_949), "1.9 KB");
    }

    #[test]
    fn a_page_over_the_limit_is_a_failure() {
        assert!(within("the page", 350_000, LIMIT).is_ok());
        assert!(within("the page", 350_001, LIMIT).is_err());
    }

    #[test]
    fn every_file_has_a_kind() {
        assert_eq!(KINDS[kind(Path::new("a/b_bg.wasm"))], "wasm");
        assert_eq!(KINDS[kind(Path::new("icon.svg"))], "others");
        assert_eq!(KINDS[kind(Path::new("CNAME"))], "others");
    }
}
