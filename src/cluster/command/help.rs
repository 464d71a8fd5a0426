//! Help that the command table gives by itself: names, syntax, and what was probably meant.

use super::later::{END, later};
use super::table::{COMMANDS, Flag, Group, Handler, Keys, Spec};
use super::told;
use crate::cluster::reply::{Blob, Reply};

/// What `HELP` says of commands all of whose subcommands are here, word for word as Redis 7.0 does: the lines between the
/// first and `HELP` itself, in sections that begin with `= ` and the command.
const TEXTS: &str = later!(include_str!("help.txt"));

/// `HELP` of any command that has subcommands. Source: Redis 7.0, `networking.c`, `addReplyHelp` (its form).
pub(super) const HELP: Spec = Spec {
    name: "help",
    arity: 2,
    flags: &[Flag::Loading, Flag::Stale],
    keys: Keys::None,
    group: Group::Server,
    run: Handler::Data(|_, argv| help_reply(argv)),
};

fn help_reply(argv: &[Blob]) -> Reply {
    let container =
        COMMANDS.iter().copied().flatten().find(|spec| argv[0].eq_ignore_ascii_case(spec.name.as_bytes()));
    let (name, subcommands) = match container.map(|spec| (spec.name, spec.run)) {
        Some((name, Handler::Container(subcommands))) => (name, subcommands),
        _ => ("", &[][..]),
    };
    let first = format!("{} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", name.to_ascii_uppercase());
    let mut lines = vec![Reply::status(first)];
    let mut sections = TEXTS.split("\n= ").filter_map(|section| section.split_once('\n'));
    if let Some((_, text)) = sections.find(|(known, _)| *known == name) {
        lines.extend(text.lines().take_while(|line| *line != END).map(Reply::status));
    }
    let unwritten = if lines.len() == 1 { subcommands } else { &[] };
    for sub in unwritten {
        let word = sub.name.rsplit('|').next().unwrap_or_default().to_ascii_uppercase();
        let told = told::of(sub.name);
        lines.push(Reply::status(format!("{word} {}", told.syntax()).trim_end().to_owned()));
        lines.push(Reply::status(format!("    {}.", told.summary().trim_end_matches('.'))));
    }
    lines.push(Reply::status("HELP"));
    lines.push(Reply::status("    Prints this help."));
    Reply::Array(lines)
}

/// Commands that Redis 7.0 has and this city does not (yet): a person who types one has not mistyped.
const ELSEWHERE: &str = "acl bgrewriteaof bgsave eval eval_ro evalsha_ro fcall fcall_ro geoadd geodist geohash geopos \
    georadius georadius_ro georadiusbymember georadiusbymember_ro geosearch geosearchstore \
    lolwut module pfadd pfcount pfdebug pfmerge pfselftest psync replconf save script \
    sync xack xadd xautoclaim xclaim xdel xgroup xinfo xlen xpending xrange xread xreadgroup xrevrange \
    xsetid xtrim";

/// A sentence for a command that Redis knows and this city does not.
pub fn missing_here(argv: &[Blob]) -> Option<String> {
    let name = String::from_utf8_lossy(argv.first()?).to_ascii_lowercase();
    let among = |words: &str| words.split_ascii_whitespace().any(|word| word == name);
    among(ELSEWHERE).then(|| format!("Redis has {}; this city does not have it yet.", name.to_ascii_uppercase()))
}

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
    spec.name.replace('|', " ").to_ascii_uppercase()
}

/// What may follow a line that is being typed: the rest of the syntax of its command, if the line names one.
pub fn hint(line: &str) -> Option<String> {
    let typed: Vec<&str> = line.split_ascii_whitespace().collect();
    let found = all().find(|spec| {
        let name: Vec<&str> = spec.name.split('|').collect();
        typed.len() >= name.len() && name.iter().zip(&typed).all(|(name, word)| name.eq_ignore_ascii_case(word))
    })?;
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

/// What a command does, in one line; nothing if Redis tells nothing of it.
pub fn summary(spec: &Spec) -> &'static str {
    told::of(spec.name).summary()
}

/// What may stand after a command's name.
pub fn syntax(spec: &Spec) -> String {
    told::of(spec.name).syntax()
}
