//! Rules that the whole repository keeps, as ordinary tests: layers, determinism, readable files, pinned tools.
//!
//! Each rule is a function from a file's text to findings (`rules.rs`), and each is shown here to be able to fail.
#![cfg(not(target_arch = "wasm32"))]

mod code;
mod pins;
mod rules;

use std::fs;
use std::path::Path;

use rules::{Finding, Rule};

/// Folders whose Rust files are looked at.
const FOLDERS: [&str; 6] = ["src", "split/src", "xtask/src", "tests", "examples", "benches"];

/// A file of the repository: its path from the root, with `/`, and its text.
struct File {
    path: String,
    text: String,
}

#[test]
fn layers_are_kept() {
    check(rules::layers);
}

#[test]
fn only_the_app_knows_a_browser() {
    check(rules::browser);
}

#[test]
fn core_and_simulation_are_deterministic() {
    check(rules::floats);
    check(rules::chance);
}

#[test]
fn every_file_says_what_belongs_in_it() {
    check(rules::header);
}

#[test]
fn no_file_is_too_long_to_read() {
    check(rules::length);
}

#[test]
fn there_is_no_emoji() {
    check(rules::emoji);
}

/// Applies a rule to every file it might concern, and tells every finding.
fn check(rule: Rule) {
    let files = repository();
    assert!(files.len() > 10, "the repository's files were not found");
    let told: Vec<String> = files
        .iter()
        .flat_map(|file| rule(&file.path, &file.text).into_iter().map(|finding| tell(&file.path, &finding)))
        .collect();
    assert!(told.is_empty(), "\n{}\n", told.join("\n"));
}

fn tell(path: &str, finding: &Finding) -> String {
    format!("{path}:{}: {}. {}", finding.line, finding.what, finding.remedy)
}

fn repository() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in FOLDERS {
        collect(root, &root.join(folder), &mut files);
    }
    add(root, &root.join("index.html"), &mut files);
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) {
    let Ok(entries) = folder.read_dir() else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            add(root, &path, files);
        }
    }
}

fn add(root: &Path, path: &Path, files: &mut Vec<File>) {
    if let (Ok(text), Ok(inside)) = (fs::read_to_string(path), path.strip_prefix(root)) {
        let path = inside.to_string_lossy().replace('\\', "/");
        files.push(File { path, text });
    }
}

/// A rule that cannot fail proves nothing: each one must find what is wrong here, on the right line, and let what is
/// right pass.
mod each_rule_can_fail {
    use super::*;

    #[track_caller]
    fn finds(rule: Rule, path: &str, text: &str, lines: &[usize]) {
        let found: Vec<usize> = rule(path, text).iter().map(|finding| finding.line).collect();
        assert_eq!(found, lines, "{path}: {text}");
    }

    #[test]
    fn layers() {
        finds(rules::layers, "src/cluster/a.rs", "//! a\nuse crate::sim::Action;", &[2]);
        finds(rules::layers, "src/cluster/a.rs", "use super::super::app::run;", &[1]);
        finds(
            rules::layers,
            "src/sim/a.rs",
            "use crate::{\n    cluster::Slot,\n    stage::{Scene, Shape},\n};",
            &[3],
        );
        finds(rules::layers, "src/narrate/a.rs", "fn f() { crate::lesson::go() }", &[1]);
        finds(rules::layers, "src/lesson/a.rs", "use crate::stage;", &[1]);
        finds(rules::layers, "src/stage/a.rs", "use crate::app::Model;", &[1]);
        finds(rules::layers, "src/attic/a.rs", "//! a folder nobody placed", &[1]);
        finds(
            rules::layers,
            "src/lesson/a.rs",
            "// not crate::stage\nuse crate::{cluster::Slot, sim, narrate};",
            &[],
        );
        finds(rules::layers, "src/app/a.rs", "use crate::stage::Scene;", &[]);
    }

    #[test]
    fn browser() {
        finds(rules::browser, "src/stage/a.rs", "use web_sys::Element;", &[1]);
        finds(rules::browser, "src/lib.rs", "use gloo_timers::callback::Timeout;", &[1]);
        finds(rules::browser, "src/cluster/a.rs", "/* yew */ const A: &str = \"yew\";", &[]);
        finds(rules::browser, "src/app/a.rs", "use yew::prelude::*;", &[]);
        finds(rules::browser, "src/main.rs", "use wasm_bindgen::JsCast;", &[]);
    }

    #[test]
    fn floats() {
        finds(rules::floats, "src/cluster/a.rs", "fn f(a: f64) {}", &[1]);
        finds(rules::floats, "src/sim/a.rs", "const A: u8 = 1;\nlet a = 0.5;", &[2]);
        finds(rules::floats, "src/sim/a.rs", "let a = (1e6, 2f32, 3., x.0.5);", &[1, 1, 1]);
        finds(
            rules::floats,
            "src/cluster/a.rs",
            "let a = (t.0.1, 0..5, 0x1e6, 1_usize, 7.max(2)); // 0.5 f64",
            &[],
        );
        finds(rules::floats, "src/cluster/a.rs", "let a = (\"1.5\", 'f', r#\"2.5 \" f32\"#, 'a'..='z');", &[]);
        finds(rules::floats, "src/stage/a.rs", "let a = 0.5;", &[]);
    }

    #[test]
    fn chance() {
        finds(rules::chance, "src/cluster/a.rs", "use std::collections::{BTreeMap, HashMap};", &[1]);
        finds(rules::chance, "src/sim/a.rs", "let a = std::time::Instant::now();", &[1]);
        finds(rules::chance, "src/sim/a.rs", "type A = HashSet<u8>;", &[1]);
        finds(rules::chance, "src/sim/a.rs", "use rustc_hash::{FxHashMap, FxHashSet}; // no HashMap", &[]);
        finds(rules::chance, "src/app/a.rs", "use std::collections::HashMap;", &[]);
    }

    #[test]
    fn header() {
        finds(rules::header, "src/cluster/a.rs", "use std::fmt;\n//! late", &[1]);
        finds(rules::header, "tests/a.rs", "", &[1]);
        finds(rules::header, "tests/a.rs", "//! What belongs here.\n", &[]);
        finds(rules::header, "index.html", "<!doctype html>", &[]);
    }

    #[test]
    fn length() {
        finds(rules::length, "src/cluster/a.rs", &"\n".repeat(451), &[451]);
        finds(rules::length, "src/cluster/a.rs", &"\n".repeat(450), &[]);
    }

    #[test]
    fn emoji() {
        finds(rules::emoji, "index.html", "<p>\n\u{1F525}</p>", &[2]);
        finds(rules::emoji, "src/app/a.rs", "\"\u{2764}\u{FE0F}\"", &[1]);
        finds(rules::emoji, "src/app/a.rs", "\"\u{2713} \u{2717} \u{2192} \u{00B7}\"", &[]);
    }
}
