//! Help that the command table gives by itself: names, syntax, and what was probably meant.

use super::table::{COMMANDS, Handler, Spec};

/// Every command and subcommand, in the table's order.
pub fn all() -> impl Iterator<Item = &'static Spec> {
    COMMANDS.iter().copied().flatten().flat_map(|spec| {
        let (own, subcommands): (Option<&'static Spec>, &'static [Spec]) = match spec.run {
            Handler::Container(subcommands) => (None, subcommands),
            _ => (Some(spec), &[]),
        };
        own.into_iter().chain(subcommands)
    })
}

/// The name as people write it: `CLUSTER KEYSLOT`.
pub fn title(spec: &Spec) -> String {
    spec.name.replace('|', " ").to_uppercase()
}

/// What may follow a line that is being typed: the rest of the syntax of its command, if the line names one.
pub fn hint(line: &str) -> Option<&'static str> {
    let typed: Vec<&str> = line.split_ascii_whitespace().collect();
    let found = all().find(|spec| {
        let name: Vec<&str> = spec.name.split('|').collect();
        typed.len() >= name.len() && name.iter().zip(&typed).all(|(name, word)| name.eq_ignore_ascii_case(word))
    })?;
    let given = typed.len() - found.name.split('|').count();
    // A hint drops one word of the syntax for each argument already there, up to the optional part.
    let mut rest = found.syntax;
    for _ in 0..given {
        match rest.split_once(' ') {
            Some((word, tail)) if !word.starts_with('[') => rest = tail,
            None if !rest.starts_with('[') => rest = "",
            _ => break,
        }
    }
    (!rest.is_empty()).then_some(rest)
}
