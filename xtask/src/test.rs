//! `cargo xtask test`: every check and test as a named step; the first failure ends it.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::environment::Environment;
use crate::failure::{Failure, Outcome};
use crate::{dist, process, setup, table};

const WASM: &str = "--target=wasm32-unknown-unknown";
/// Tests that need more than `cargo test`: a step of their own runs each.
const APART: [&str; 5] = ["browser", "browser_bench", "door", "e2e", "real"];

/// One named step: a command, or the size check.
struct Step {
    name: &'static str,
    work: Work,
}

enum Work {
    Run(Command),
    Weigh,
}

/// Sets up, then runs the steps whose name contains `only` (all of them without it).
pub(crate) fn run(env: &mut Environment, only: Option<&str>) -> Outcome {
    let start = Instant::now();
    setup::everything(env)?;
    let mut times = vec![("set-up".to_owned(), start.elapsed())];

    let mut steps = steps(env)?;
    steps.retain(|step| only.is_none_or(|word| step.name.contains(word)));
    if steps.is_empty() {
        return Err(Failure::new(
            format!("no step has `{}` in its name", only.unwrap_or_default()),
            "`cargo xtask test` runs and names them all.",
        ));
    }
    let count = steps.len();
    for (number, step) in steps.into_iter().enumerate() {
        let began = Instant::now();
        println!("\n[{}/{count}] {}", number + 1, step.name);
        let outcome = perform(env, step.work);
        times.push((step.name.to_owned(), began.elapsed()));
        if let Err(failure) = outcome {
            print_times(&times, start.elapsed());
            return Err(failure.of_step(step.name, &remedy(step.name)));
        }
    }
    print_times(&times, start.elapsed());
    Ok(())
}

/// Every step, in the order of what is cheapest to learn from.
fn steps(env: &Environment) -> Outcome<Vec<Step>> {
    let cargo = |words: &[&str]| {
        let mut cargo = env.cargo();
        cargo.args(words);
        Work::Run(cargo)
    };
    let deny = ["--", "-D", "warnings"];
    let clippy = |words: &[&str]| cargo(&[&["clippy"], words, &deny].concat());
    let targets = test_targets(env)?;
    // `proof` adds the simulator, and nothing of a browser.
    let mut core = vec!["test", "--no-default-features", "--features", "proof", "--lib"];
    core.extend(targets.iter().flat_map(|name| ["--test", name]));
    let step = |name, work| Step { name, work };
    Ok(vec![
        step("format", cargo(&["fmt", "--all", "--check"])),
        step("clippy, everything", clippy(&["--workspace", "--all-targets"])),
        step("clippy, core alone", clippy(&["--all-targets", "--no-default-features", "--features", "proof"])),
        step(
            "clippy, in the browser",
            clippy(&[WASM, "--lib", "--bins", "--test", "browser", "--test", "browser_bench"]),
        ),
        step("the core builds alone", cargo(&["check", "--lib", "--no-default-features"])),
        // Without the app: that the core's tests pass so is what proves that it needs no browser.
        step("tests, core alone", cargo(&core)),
        step("beside a real cluster", cargo(&["test", "--no-default-features", "--test", "real"])),
        step("the door, with real clients", cargo(&["test", "--no-default-features", "--test", "door"])),
        step("tests, app and chores", cargo(&["test", "--workspace", "--lib", "--bins"])),
        step("documentation examples", cargo(&["test", "--doc"])),
        step("tests in the browser", Work::Run(in_browser(env))),
        step("release page", Work::Run(dist::command(env))),
        step("size of the page", Work::Weigh),
        step("end to end", cargo(&["test", "--test", "e2e"])),
    ])
}

/// The core in headless Chromium; without the app, which has nothing to test there and much to compile.
fn in_browser(env: &Environment) -> Command {
    browser_test(env, &["--test", "browser"])
}

/// A wasm test target in headless Chromium.
pub(crate) fn browser_test(env: &Environment, words: &[&str]) -> Command {
    let mut cargo = env.cargo();
    // Not `-q`: the runner of wasm-bindgen 0.2.130 does not survive it.
    cargo
        .args(["test", WASM, "--no-default-features"])
        .args(words)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", env.root.join("webdriver.json"));
    if let Some(driver) = env.which(&[setup::DRIVER]) {
        cargo.env("CHROMEDRIVER", driver);
    }
    cargo
}

/// The files of `tests/` that are test targets, but for those that run apart.
fn test_targets(env: &Environment) -> Outcome<Vec<String>> {
    let folder = env.root.join("tests");
    let files = folder.read_dir().map_err(|error| {
        Failure::new(
            format!("{} could not be read: {error}", folder.display()),
            "Restore it with `git checkout tests`.",
        )
    })?;
    let mut names: Vec<String> = files.flatten().filter_map(|file| target_name(&file.path())).collect();
    names.sort();
    Ok(names)
}

fn target_name(path: &Path) -> Option<String> {
    let is_target = path.extension().is_some_and(|ending| ending == "rs") || path.join("main.rs").is_file();
    let name = path.file_stem()?.to_str()?;
    (is_target && !APART.contains(&name)).then(|| name.to_owned())
}

fn perform(env: &Environment, work: Work) -> Outcome {
    match work {
        Work::Weigh => dist::weigh(env),
        Work::Run(mut command) => {
            println!("    {}", process::line(&command));
            process::show(&mut command, "See the lines above.")
        }
    }
}

fn remedy(step: &str) -> String {
    match step {
        "format" => "`cargo fmt --all` puts it right.".into(),
        _ => format!("To run this step alone: `cargo xtask test --only '{step}'`."),
    }
}

fn print_times(times: &[(String, Duration)], total: Duration) {
    println!("\nDurations");
    let total = ("total".to_owned(), total);
    let rows: Vec<_> =
        times.iter().chain([&total]).map(|(name, time)| vec![name.clone(), table::duration(*time)]).collect();
    table::print(&rows);
}
