//! The rules. Each takes a file's path from the root and its text, and returns what breaks the rule.

use crate::code::{self, Code};

/// One breach of a rule.
pub(crate) struct Finding {
    /// The line, from 1.
    pub(crate) line: usize,
    /// What is wrong.
    pub(crate) what: String,
    /// What to do about it.
    pub(crate) remedy: &'static str,
}

/// A rule: path and text in, breaches out.
pub(crate) type Rule = fn(&str, &str) -> Vec<Finding>;

/// The folders of `src/`, lowest first, each with what it may use besides itself.
const LAYERS: [(&str, &[&str]); 6] = [
    ("cluster", &[]),
    ("sim", &["cluster"]),
    ("narrate", &["cluster", "sim"]),
    ("lesson", &["cluster", "sim", "narrate"]),
    ("stage", &["cluster", "sim", "narrate", "lesson"]),
    ("app", &["cluster", "sim", "narrate", "lesson", "stage"]),
];
/// A file that fills more screens than this is two files.
const LONGEST: usize = 450;

/// A folder uses only the folders below it.
pub(crate) fn layers(path: &str, text: &str) -> Vec<Finding> {
    let Some((folder, _)) = path.strip_prefix("src/").and_then(|path| path.split_once('/')) else {
        return Vec::new();
    };
    let Some((_, below)) = LAYERS.iter().find(|(name, _)| *name == folder) else {
        let what = format!("src/{folder}/ has no place among the layers");
        return vec![Finding {
            line: 1,
            what,
            remedy: "Give it one in LAYERS of tests/repository/rules.rs, or move the file.",
        }];
    };
    let code = Code::of(text);
    let forbidden =
        |name: &str| name != folder && !below.contains(&name) && LAYERS.iter().any(|(layer, _)| *layer == name);
    let mut findings = Vec::new();
    for (at, name) in code.roots() {
        if forbidden(name) {
            findings.push(Finding {
                line: code.line(at),
                what: format!("`{folder}` uses `{name}`, which lies above it"),
                remedy: "Turn it round: let the upper folder call or read this one, or move what is shared down.",
            });
        }
    }
    findings
}

/// Only `app/` and `main.rs` name a browser's crates.
pub(crate) fn browser(path: &str, text: &str) -> Vec<Finding> {
    if !path.starts_with("src/") || path.starts_with("src/app/") || path == "src/main.rs" {
        return Vec::new();
    }
    let is_browser = |word: &str| {
        matches!(word, "yew" | "web_sys" | "js_sys" | "wasm_bindgen" | "gloo") || word.starts_with("gloo_")
    };
    words(
        text,
        is_browser,
        "is known to src/app/ only",
        "Return data from here and let src/app/ hand it to the browser.",
    )
}

/// Files that may use floats, for Redis's scores are doubles: addition, multiplication and comparison of doubles are the
/// same on every machine, and nothing but values, weights and what a person types as a timeout goes through them.
const FLOATS: [&str; 5] = [
    "src/cluster/store/zset.rs",
    "src/cluster/store/dump.rs",
    "src/cluster/command/double.rs",
    "src/cluster/command/float.rs",
    "src/cluster/command/zunions.rs",
];

/// The core and the simulation count in integers.
pub(crate) fn floats(path: &str, text: &str) -> Vec<Finding> {
    if !is_deterministic(path) || FLOATS.contains(&path) {
        return Vec::new();
    }
    words(
        text,
        |word| matches!(word, "f32" | "f64") || code::is_float(word),
        "is a float, and floats differ between machines",
        "Use integers with the unit in the name (`delay_us`, `share_permille`).",
    )
}

/// The core and the simulation know no clock and no order by chance.
pub(crate) fn chance(path: &str, text: &str) -> Vec<Finding> {
    if !is_deterministic(path) {
        return Vec::new();
    }
    let mut findings = words(
        text,
        |word| matches!(word, "HashMap" | "HashSet" | "RandomState" | "SystemTime"),
        "differs from run to run",
        "Use IndexMap, BTreeMap or FxHashMap for maps, and the world's own time.",
    );
    let code = Code::of(text);
    for (at, _) in code.text().match_indices("std::time") {
        findings.push(Finding {
            line: code.line(at),
            what: "`std::time` is the wall clock".into(),
            remedy: "Use the world's own time, in microseconds.",
        });
    }
    findings
}

/// A file opens with what belongs in it.
pub(crate) fn header(path: &str, text: &str) -> Vec<Finding> {
    let is_rust = path.ends_with(".rs");
    if !is_rust || text.lines().next().is_some_and(|line| line.starts_with("//! ")) {
        return Vec::new();
    }
    vec![Finding {
        line: 1,
        what: "the file does not open with a `//!` header".into(),
        remedy: "Say in a sentence what belongs in this file.",
    }]
}

/// A file can be read in one sitting.
pub(crate) fn length(path: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().count();
    if !path.ends_with(".rs") || lines <= LONGEST {
        return Vec::new();
    }
    vec![Finding {
        line: lines,
        what: format!("{lines} lines are more than {LONGEST}"),
        remedy: "Find the second subject in it and give that a file of its own.",
    }]
}

/// Icons are inline SVG: emoji look different everywhere, and are read out by screen readers.
pub(crate) fn emoji(path: &str, text: &str) -> Vec<Finding> {
    if !path.starts_with("src/") && path != "index.html" {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if let Some(emoji) = line.chars().find(|&character| is_emoji(character)) {
            findings.push(Finding {
                line: number + 1,
                what: format!("there is an emoji (U+{:04X})", u32::from(emoji)),
                remedy: "Draw it as inline SVG, or say it in a word.",
            });
        }
    }
    findings
}

fn is_deterministic(path: &str) -> bool {
    path.starts_with("src/cluster/") || path.starts_with("src/sim/")
}

/// A finding for every word of the code (not of comments and strings) that the test picks.
fn words(text: &str, picks: impl Fn(&str) -> bool, what: &str, remedy: &'static str) -> Vec<Finding> {
    let code = Code::of(text);
    code.words()
        .filter(|(_, word)| picks(word))
        .map(|(at, word)| Finding { line: code.line(at), what: format!("`{word}` {what}"), remedy })
        .collect()
}

/// Characters that are drawn as emoji unless told otherwise, and the sign that tells others to be.
fn is_emoji(character: char) -> bool {
    matches!(
        u32::from(character),
        0xFE0F | 0x1F000..=0x1FAFF | 0x231A..=0x231B | 0x23E9..=0x23EC | 0x23F0 | 0x23F3 | 0x25FD..=0x25FE
            | 0x2614..=0x2615 | 0x2648..=0x2653 | 0x267F | 0x2693 | 0x26A1 | 0x26AA..=0x26AB | 0x26BD..=0x26BE
            | 0x26C4..=0x26C5 | 0x26CE | 0x26D4 | 0x26EA | 0x26F2..=0x26F3 | 0x26F5 | 0x26FA | 0x26FD | 0x2705
            | 0x270A..=0x270B | 0x2728 | 0x274C | 0x274E | 0x2753..=0x2755 | 0x2757 | 0x2795..=0x2797 | 0x27B0
            | 0x27BF | 0x2B1B..=0x2B1C | 0x2B50 | 0x2B55
    )
}
