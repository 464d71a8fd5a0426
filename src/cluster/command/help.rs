//! Help that the command table gives by itself: names, syntax, and what was probably meant.

use super::later::{END, later};
use super::table::{COMMANDS, Flag, Group, Handler, Keys, Spec, named};
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
const ELSEWHERE: &str = "bgrewriteaof bgsave eval eval_ro evalsha_ro fcall fcall_ro geoadd geodist geohash geopos \
    georadius georadius_ro georadiusbymember georadiusbymember_ro geosearch geosearchstore \
    lolwut module pfadd pfcount pfdebug pfmerge pfselftest psync replconf save script \
    sync xack xadd xautoclaim xclaim xdel xgroup xinfo xlen xpending xrange xread xreadgroup xrevrange \
    xsetid xtrim";

/// The same for subcommands of those that are here.
const PARTS_ELSEWHERE: &str = "acl|deluser acl|dryrun acl|genpass acl|load acl|log acl|save acl|setuser function|kill \
    function|load function|stats latency|doctor latency|graph latency|histogram memory|doctor memory|malloc-stats \
    memory|purge memory|stats";

/// A sentence for a command that this city does not know: because only Redis does, or because another was meant.
#[inline(never)]
pub fn missing_here(argv: &[Blob]) -> Option<String> {
    let name = String::from_utf8_lossy(argv.first()?).to_ascii_lowercase();
    let among = |words: &str, name: &str| words.split_ascii_whitespace().any(|word| word == name);
    let absent = |name: &str| {
        format!("Redis has {}; this city does not have it yet.", name.to_ascii_uppercase().replace('|', " "))
    };
    if among(ELSEWHERE, &name) {
        return Some(absent(&name));
    }
    if named(name.as_bytes()).is_some() {
        let part = format!("{name}|{}", String::from_utf8_lossy(argv.get(1)?).to_ascii_lowercase());
        return match among(PARTS_ELSEWHERE, &part) {
            true => Some(absent(&part)),
            false => nearest_part(&part).map(|meant| format!("Did you mean {}?", title(meant))),
        };
    }
    let names = COMMANDS.iter().copied().flatten().map(|spec| spec.name).chain(ELSEWHERE.split_ascii_whitespace());
    let meant = nearest(&name, names)?;
    let question = format!("Did you mean {}?", meant.to_ascii_uppercase());
    Some(if named(meant.as_bytes()).is_some() { question } else { format!("{question} {}", absent(meant)) })
}

/// What `HELP` says of a name that is none.
pub(super) fn no_such(name: &str) -> String {
    missing_here(&[Blob::from(name.as_bytes())]).unwrap_or_else(|| format!("There is no command {name}."))
}

/// The command that was probably meant by a name that is none: the one with the fewest letters to change: at most a third
/// and two, and not the first where two are.
fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let far = names.map(|known| (changes(name.as_bytes(), known.as_bytes()), known));
    let near = far.filter(|(far, known)| *far < 2 || name.as_bytes().first() == known.as_bytes().first());
    let nearest = near.min()?;
    (1..=name.len().div_ceil(3).min(2)).contains(&nearest.0).then_some(nearest.1)
}

/// The subcommand that was probably meant, where `part` (`cluster|setslt`) is none.
fn nearest_part(part: &str) -> Option<&'static Spec> {
    let (container, word) = part.split_once('|')?;
    let parts = || all().filter_map(|spec| Some((spec.name.strip_prefix(container)?.strip_prefix('|')?, spec)));
    let meant = nearest(word, parts().map(|(name, _)| name))?;
    parts().find(|(name, _)| *name == meant).map(|(_, spec)| spec)
}

/// How many letters must be put in, taken out, exchanged or swapped with their neighbour to make one word of another.
fn changes(one: &[u8], other: &[u8]) -> usize {
    let (mut before, mut row): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=other.len()).collect());
    for (at, sign) in one.iter().enumerate() {
        let mut next = vec![at + 1];
        for (place, with) in other.iter().enumerate() {
            let exchanged = row[place] + usize::from(sign != with);
            let mut least = exchanged.min(row[place + 1] + 1).min(next[place] + 1);
            if at > 0 && place > 0 && one[at - 1] == *with && other[place - 1] == *sign {
                least = least.min(before[place - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[other.len()]
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

/// What a command does, in one line; nothing if Redis tells nothing of it.
pub fn summary(spec: &Spec) -> &'static str {
    told::of(spec.name).summary()
}

/// What may stand after a command's name.
pub fn syntax(spec: &Spec) -> String {
    told::of(spec.name).syntax()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        let names = || COMMANDS.iter().copied().flatten().map(|spec| spec.name);
        let nearest = |name| nearest(name, names());
        assert_eq!(nearest("gte"), Some("get"));
        assert_eq!(nearest("hgetal"), Some("hgetall"));
        assert_eq!(nearest("clutser"), Some("cluster"));
        assert_eq!(nearest("hello-world"), None);
        assert_eq!((nearest("x"), nearest("nosuch")), (None, None), "two changes, and another first letter");
        let said = |words: [&str; 2]| missing_here(&words.map(|word| Blob::from(word.as_bytes())));
        assert_eq!(said(["CLUSTER", "SETSLT"]).as_deref(), Some("Did you mean CLUSTER SETSLOT?"));
        assert_eq!((said(["cluster", "setslot"]), said(["object", "nonsense"])), (None, None));
    }
}
