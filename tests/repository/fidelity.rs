//! `docs/fidelity.md` tells of every item of Redis Cluster's behaviour which file does it and what shows it: all items are
//! there, and so are the files and the tests that it names.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The items, by their letters: how many each has, or one without a number.
const ITEMS: [(char, u32); 14] = [
    ('A', 14),
    ('B', 18),
    ('C', 8),
    ('D', 7),
    ('E', 13),
    ('F', 3),
    ('G', 6),
    ('H', 12),
    ('I', 11),
    ('J', 9),
    ('K', 4),
    ('L', 0),
    ('M', 0),
    ('N', 0),
];

/// A line of a table that has four columns.
struct Row<'a> {
    name: &'a str,
    places: &'a str,
    shown_by: &'a str,
}

fn cells(line: &str) -> Option<[&str; 4]> {
    let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
    cells.try_into().ok()
}

fn rows(text: &str) -> Vec<Row<'_>> {
    // Heads of tables name no files.
    let rows = text.lines().filter_map(cells).filter(|cells| cells[2] != "where");
    rows.map(|[name, _, places, shown_by]| Row { name, places, shown_by }).collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2).filter(|word| !word.starts_with("cargo "))
}

fn read(path: &str) -> Option<String> {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()
}

/// Whether what a row names as proof is there: a test in a file, a file, or a story.
fn is_there(proof: &str) -> bool {
    let in_tests = |file: &str| if file.starts_with("src/") { file.to_owned() } else { format!("tests/{file}") };
    if let Some((file, test)) = proof.split_once("::") {
        return read(&in_tests(file)).is_some_and(|text| text.contains(&format!("fn {test}(")));
    }
    if proof.contains('/') {
        return read(proof).or_else(|| read(&in_tests(proof))).is_some();
    }
    let told = read("tests/core/stories.rs").is_some_and(|text| text.contains(&format!("check(\"{proof}\")")));
    told && read(&format!("tests/data/{proof}.script")).is_some()
}

/// What is wrong with a text of this form.
fn findings(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for row in rows(text) {
        let missing = quoted(row.places).filter(|path| read(&format!("src/{path}")).is_none());
        found.extend(missing.map(|path| format!("{}: there is no src/{path}", row.name)));
        found.extend(
            quoted(row.shown_by)
                .filter(|proof| !is_there(proof))
                .map(|proof| format!("{}: `{proof}` shows nothing: no such test, file or story", row.name)),
        );
        for (cell, what) in [(row.places, "file"), (row.shown_by, "test")] {
            if quoted(cell).next().is_none() {
                found.push(format!("{}: no {what} is named", row.name));
            }
        }
    }
    found
}

#[test]
fn what_it_names_is_there() {
    let text = read("docs/fidelity.md").expect("docs/fidelity.md can be read");
    assert_eq!(findings(&text), Vec::<String>::new());
}

#[test]
fn every_item_has_its_row() {
    let text = read("docs/fidelity.md").expect("docs/fidelity.md can be read");
    let named: Vec<&str> = rows(&text).iter().map(|row| row.name).collect();
    let expected: BTreeSet<String> = ITEMS
        .iter()
        .flat_map(|&(letter, count)| {
            let numbers = (1..=count).map(move |number| format!("{letter}{number}"));
            numbers.chain((count == 0).then(|| letter.to_string()))
        })
        .collect();
    let there: BTreeSet<String> =
        named.iter().filter(|name| expected.contains(**name)).map(|name| (*name).to_owned()).collect();
    assert_eq!(there, expected);
}

#[test]
fn what_is_not_there_is_found() {
    let text = "| item | what | where | shown by |\n|---|---|---|---|\n\
        | A1 | right | `cluster/slot.rs` | `core/slots.rs::hash_tags`, story `wait` |\n\
        | A2 | no file | `cluster/slots.rs` | story `wait` |\n\
        | A3 | no test | `cluster/slot.rs` | `core/slots.rs::no_such_test` |\n\
        | A4 | no story | `cluster/slot.rs` | story `no_such_story` |\n\
        | A5 | nothing named | `cluster/slot.rs` | nothing |\n";
    let about: Vec<String> = findings(text).iter().map(|finding| finding[..2].to_owned()).collect();
    assert_eq!(about, ["A2", "A3", "A4", "A5"]);
}
