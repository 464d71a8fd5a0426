//! `cargo xtask bench`: the core's figures, natively; `--browser`: the same inside
//! headless Chromium; `--page`: what a frame costs there. The first two write their tables into BENCHMARKS.md.

use crate::environment::Environment;
use crate::failure::Outcome;
use crate::{dist, process, record, setup, test};

/// What a frame costs in headless Chromium.
pub(crate) fn page(env: &mut Environment) -> Outcome {
    setup::everything(env)?;
    dist::build_release(env)?;
    let mut cargo = env.cargo();
    cargo.args(["test", "--test", "e2e", "--", "--ignored", "frames::", "--nocapture", "--test-threads=1"]);
    process::show(&mut cargo, "See the lines above: the page could not be measured.")
}

/// Shows what a program says, and gives it.
fn shown(cargo: &mut std::process::Command) -> Outcome<String> {
    let said = process::read(cargo)?;
    println!("{said}");
    Ok(said)
}

/// What the core costs inside headless Chromium, as the page is built; and commands also built for speed.
pub(crate) fn browser(env: &mut Environment) -> Outcome {
    setup::everything(env)?;
    let run = |profile: &str, words: &[&str]| {
        let mut cargo = test::browser_test(env, &["--profile", profile, "--test", "browser_bench", "--"]);
        shown(cargo.args(words).arg("--nocapture").env("WASM_BINDGEN_TEST_TIMEOUT", "1200"))
    };
    let said = run("page", &[])?;
    let quick = labelled(&run("release", &["commands"])?, ", built for speed");
    // Its tests come in any order, so none of them can begin the table.
    record::table(
        env,
        "the core in Chromium",
        "",
        &format!("| | median | 99th percentile |\n|---|---|---|\n{said}\n{quick}"),
    )?;
    record::table(env, "growth in Chromium", "growth ", &said)
}

/// The rows among these lines, with more in their first column.
fn labelled(said: &str, label: &str) -> String {
    let rows = said.lines().filter_map(|line| line.trim_start().strip_prefix("| ")?.split_once(" | "));
    rows.map(|(name, rest)| format!("| {name}{label} | {rest}\n")).collect()
}

/// Runs the benchmarks; `big` adds a thousand nodes, draws what a city costs as it grows, and writes both tables down.
pub(crate) fn run(env: &mut Environment, big: bool) -> Outcome {
    let benches: &[&str] = if big { &["core", "commands", "growth"] } else { &["core", "commands"] };
    for &bench in benches {
        let mut cargo = env.command("cargo");
        cargo.args(["bench", "--no-default-features", "--bench", bench]);
        if big && bench == "core" {
            cargo.args(["--", "--big"]);
        }
        // Without a thousand nodes a table would lose its last row.
        match bench {
            "commands" => record::table(env, bench, "", &shown(&mut cargo)?)?,
            "core" | "growth" if big => record::table(env, bench, "", &shown(&mut cargo)?)?,
            _ => process::show(&mut cargo, "See cargo's own lines above.")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::labelled;

    #[test]
    fn rows_get_a_label_and_other_lines_go() {
        assert_eq!(labelled("  | a | 1 | 2 |\nnoise\n", ", b"), "| a, b | 1 | 2 |\n");
    }
}
