//! Short names between the program and its script: wasm-bindgen's carry hashes, which pack badly and stand in both files.

use std::collections::{BTreeMap, BTreeSet};

use crate::program::{Outcome, Program};

/// A name is worth a shorter one from this length on.
const LONG: usize = 12;

/// New names for what the script gives to the program, and for what it takes from it.
#[derive(Debug)]
pub(crate) struct Short(BTreeMap<String, String>);

impl Short {
    /// Names that the script does not use yet.
    ///
    /// # Errors
    /// What the program imports must be named in the script: otherwise it is not the script of this program.
    pub(crate) fn of(program: &Program<'_>, script: &str) -> Outcome<Self> {
        let used: BTreeSet<&str> = words(script).filter(|word| is_name(word)).collect();
        let imports: BTreeSet<&str> = program.imports.iter().map(|import| import.name).collect();
        if let Some(name) = imports.iter().find(|name| !used.contains(*name)) {
            return Err(format!("its script does not name `{name}`"));
        }
        let exports = program.exports.iter().map(|export| export.name).filter(|name| used.contains(name));
        let long = imports.iter().copied().chain(exports).filter(|name| name.len() >= LONG);
        let mut free = (0..).map(|number| format!("w{number}")).filter(|name| !used.contains(&**name));
        let mut short = BTreeMap::new();
        for name in long {
            short.entry(name.to_owned()).or_insert_with(|| free.next().expect("numbers do not end"));
        }
        Ok(Self(short))
    }

    /// Gives the program its names.
    pub(crate) fn rename<'a>(&'a self, program: &mut Program<'a>) {
        let short = |name: &mut &'a str| {
            if let Some(new) = self.0.get(*name) {
                *name = new;
            }
        };
        program.imports.iter_mut().for_each(|import| short(&mut import.name));
        program.exports.iter_mut().for_each(|export| short(&mut export.name));
    }

    /// The script with these names.
    pub(crate) fn script(&self, script: &str) -> String {
        words(script).map(|word| self.0.get(word).map_or(word, String::as_str)).collect()
    }
}

/// A text cut where names begin and end: nothing is lost between the pieces.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.find(|sign| in_name(sign) != in_name(first)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

fn in_name(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_' || sign == '$'
}

fn is_name(word: &str) -> bool {
    word.starts_with(in_name)
}
