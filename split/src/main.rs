//! Cuts the page's program in two: what opens the city, and what is fetched when somebody asks for it.
//!
//! `trunk build --release` runs it over what it has built (see Trunk.toml), before the page is put into its place. A second
//! program beside the first shares its memory and its table of functions, and fills the table's empty places when it comes.
//! What goes is what the first part could reach through these places only: see [`ways`].

#![allow(clippy::print_stdout, reason = "it tells what it did")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use cut::Ways;
use names::Short;
use program::Program;

mod cut;
mod names;
mod order;
mod program;
mod script;
#[cfg(test)]
mod tests;
mod ways;
mod write;

/// How the file ends that is cut, and the one beside it.
const FIRST: &str = "_bg.wasm";
const SECOND: &str = "_second.wasm";

fn main() -> ExitCode {
    // A page for development is in one piece: it is built quickly, and nothing in it is waited for.
    if env::var("TRUNK_PROFILE").is_ok_and(|profile| profile != "release") {
        return ExitCode::SUCCESS;
    }
    match run(env::args().nth(1).map(PathBuf::from), env::args().any(|word| word == "--list")) {
        Ok(sentence) => {
            println!("{sentence}");
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            eprintln!("split: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: Option<PathBuf>, list: bool) -> Result<String, String> {
    let staged = || env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from);
    let folder = folder.or_else(staged).ok_or("give me the folder of the page that was built")?;
    let file = program_in(&folder)?;
    let said = |error: String| format!("{} could not be cut in two: {error}", file.display());

    let whole = fs::read(&file).map_err(|error| said(error.to_string()))?;
    let told = |error: std::io::Error| said(error.to_string());
    let beside = PathBuf::from(file.to_string_lossy().replace(FIRST, ".js"));
    let script = fs::read_to_string(&beside).map_err(told)?;
    let mut program = Program::read(&whole).map_err(said)?;
    let short = Short::of(&program, &script).map_err(said)?;
    short.rename(&mut program);
    let cut = cut::decide(&program, &Ways::default()).map_err(said)?;
    let (first, second) = write::parts(&program, &cut).map_err(said)?;
    for part in [&first, &second] {
        wasmparser::Validator::new().validate_all(part).map_err(|error| said(error.to_string()))?;
    }
    if list {
        print_functions(&program, &cut);
    }
    fs::write(beside, script::trimmed(&short.script(&script))).map_err(told)?;
    replace(&folder, &file, whole.len(), &first, &second).map_err(said)?;
    Ok(format!("The page's program: {} bytes first, {} when they are asked for", first.len(), second.len()))
}

fn program_in(folder: &Path) -> Result<PathBuf, String> {
    let unreadable = |error| format!("{} could not be read: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.to_string_lossy().ends_with(FIRST) {
            return Ok(path);
        }
    }
    Err(format!("{} has no file *{FIRST}", folder.display()))
}

/// Puts both parts where the whole was. The page tells trunk's loader how long the program is, for the bar.
fn replace(folder: &Path, file: &Path, whole: usize, first: &[u8], second: &[u8]) -> Result<(), String> {
    let told = |error: std::io::Error| error.to_string();
    let beside = file.to_string_lossy().replace(FIRST, SECOND);
    fs::write(beside, second).map_err(told)?;
    fs::write(file, first).map_err(told)?;
    let html = folder.join("index.html");
    let page = fs::read_to_string(&html).map_err(told)?;
    let told_length = format!("{FIRST}', {whole}");
    fs::write(html, page.replace(&told_length, &format!("{FIRST}', {}", first.len()))).map_err(told)
}

/// Which part each function is in, how long it is, and its name: for who looks for what weighs most.
fn print_functions(program: &Program<'_>, cut: &cut::Cut) {
    for function in 0..program.functions.len() as u32 {
        let part = if cut.functions.contains(&function) { "second" } else { "first" };
        let name = program.plain_name(function).unwrap_or_default();
        println!("{part}\t{}\t{name}", program.size_of(function));
    }
}
