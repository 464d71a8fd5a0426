//! What the terminal says to `HELP`: of a command, of a group, and in general. The form is redis-cli's.
//!
//! Source: Redis 7.0, `redis-cli.c`, `cliOutputHelp`, `cliOutputCommandHelp`.

use super::help::{all, title};
use super::table::{Group, Spec};
use super::{commands, complete, told};

const GROUPS: [Group; 13] = [
    Group::String,
    Group::Generic,
    Group::List,
    Group::Hash,
    Group::Set,
    Group::SortedSet,
    Group::Bitmap,
    Group::Transactions,
    Group::PubSub,
    Group::Connection,
    Group::Server,
    Group::Cluster,
    Group::Scripting,
];

/// The lines for a topic: a command's name, `@` and a group's, or nothing.
#[inline(never)] // A door of the page's second part.
pub fn about(topic: &str) -> Vec<String> {
    let words: Vec<&str> = topic.split_ascii_whitespace().collect();
    match words[..] {
        [] => overview(),
        [group] if group.starts_with('@') => of_group(&group[1..]),
        _ => of_command(&words.join(" ")),
    }
}

/// What may follow a line that is being typed: the rest of the syntax of its command, if the line names one.
#[inline(never)] // A door of the page's second part.
pub fn hint(line: &str) -> Option<String> {
    let typed: Vec<&str> = line.split_ascii_whitespace().collect();
    let found = all().find(|spec| {
        let name: Vec<&str> = spec.name.split('|').collect();
        typed.len() >= name.len() && name.iter().zip(&typed).all(|(name, word)| name.eq_ignore_ascii_case(word))
    });
    let Some(found) = found else {
        // No command yet, but perhaps one that has subcommands: those that begin so.
        let ways = if line.contains(' ') { complete::complete(line, &[]) } else { Vec::new() };
        let ways: Vec<&str> = ways.iter().filter_map(|way| way.rsplit(' ').next()).collect();
        return (!ways.is_empty()).then(|| ways.join("|"));
    };
    let given = typed.len() - found.name.split('|').count();
    // A hint drops one word of the syntax for each argument already there, up to the optional part.
    let syntax = told::of(found.name).syntax();
    let mut rest = &*syntax;
    for _ in 0..given {
        match rest.split_once(' ') {
            Some((word, tail)) if !word.starts_with('[') => rest = tail,
            None if !rest.starts_with('[') => rest = "",
            _ => break,
        }
    }
    (!rest.is_empty()).then(|| rest.to_owned())
}

fn overview() -> Vec<String> {
    let mut lines = vec![
        "HELP and a command tells what it takes: HELP SET, HELP CLUSTER NODES.".to_owned(),
        "HELP @ and a group lists its commands; Tab completes what you type.".to_owned(),
    ];
    for group in GROUPS {
        let count = all().filter(|spec| spec.group == group).count();
        lines.push(format!("  @{} ({count})", commands::group_name(group)));
    }
    lines
}

fn of_group(name: &str) -> Vec<String> {
    let group = GROUPS.into_iter().find(|group| commands::group_name(*group).eq_ignore_ascii_case(name));
    let Some(group) = group else {
        let names = GROUPS.map(|group| format!("@{}", commands::group_name(group)));
        return vec![format!("There is no group @{name}. There are {}.", names.join(", "))];
    };
    let mut lines: Vec<String> =
        all().filter(|spec| spec.group == group).flat_map(|spec| [heading(spec), summary(spec)]).collect();
    if group == Group::Scripting {
        // What is listed answers, but there is nothing to call.
        let note = "These answer as a server without scripts: EVAL, FCALL and SCRIPT do not exist here.";
        lines.insert(0, note.to_owned());
    }
    lines
}

fn of_command(name: &str) -> Vec<String> {
    let fits = |spec: &&Spec| {
        let title = title(spec);
        let begins = title.len() > name.len() && title.as_bytes()[name.len()] == b' ';
        title.eq_ignore_ascii_case(name)
            || begins && title.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name))
    };
    let found: Vec<&Spec> = all().filter(fits).collect();
    match found[..] {
        [] => vec![super::help::no_such(name.split(' ').next().unwrap_or_default())],
        [spec] => {
            let told = told::of(spec.name);
            vec![
                heading(spec),
                summary(spec),
                format!("  since: {}", told.since()),
                format!("  group: {}", commands::group_name(spec.group)),
            ]
        }
        _ => found.into_iter().flat_map(|spec| [heading(spec), summary(spec)]).collect(),
    }
}

fn heading(spec: &Spec) -> String {
    format!("  {} {}", title(spec), told::of(spec.name).syntax()).trim_end().to_owned()
}

fn summary(spec: &Spec) -> String {
    format!("  summary: {}", told::of(spec.name).summary())
}
