//! What a line that is being typed may go on with: commands, subcommands and keys.

use super::help::{all, title};

/// At most this many ways to go on.
const MOST: usize = 64;

/// The whole lines that a line may become at its last word, in order: commands at the first word, subcommands at the
/// second of a command that has some, else keys. A line that ends with a blank has an empty last word.
#[inline(never)]
pub fn complete(line: &str, keys: &[String]) -> Vec<String> {
    let (before, last) = line.rsplit_once(' ').map_or(("", line), |(before, last)| (before, last));
    if before.trim().is_empty() && last.is_empty() {
        return Vec::new();
    }
    let mut ways: Vec<String> = names(named_by(before.trim()), last);
    if !before.trim().is_empty() && ways.is_empty() {
        let plain = |key: &&String| key.starts_with(last) && !key.contains([' ', '"', '\'']);
        ways = keys.iter().filter(plain).cloned().collect();
    }
    ways.sort();
    ways.dedup();
    // What the terminal answers itself comes first: it is what its hint names.
    let word = if last.starts_with(|sign: char| sign.is_ascii_lowercase()) { "help" } else { "HELP" };
    if before.trim().is_empty() && word.get(..last.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(last)) {
        ways.insert(0, word.to_owned());
    }
    ways.truncate(MOST);
    let kept = if before.is_empty() { String::new() } else { format!("{before} ") };
    ways.into_iter().map(|way| format!("{kept}{way}")).collect()
}

/// What stands before a name of a command: nothing, or what takes such names.
fn named_by(before: &str) -> &str {
    let asks = ["help", "command docs", "command info", "command getkeys"];
    let after = |ask: &&str| {
        let (head, rest) = (before.get(..ask.len())?, before.get(ask.len()..)?);
        (head.eq_ignore_ascii_case(ask) && (rest.is_empty() || rest.starts_with(' '))).then(|| rest.trim())
    };
    asks.iter().find_map(after).unwrap_or(before)
}

/// Whether names alone let a line go on.
#[inline(never)]
pub fn can(line: &str) -> bool {
    !complete(line, &[]).is_empty()
}

/// Names of commands that begin so, or of subcommands of the one that stands before; in the letters that were begun with.
fn names(before: &str, last: &str) -> Vec<String> {
    let small = last.chars().next().is_some_and(|sign| sign.is_ascii_lowercase());
    let fits = |name: &str| name.get(..last.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(last));
    let titles = all().map(title);
    let found = titles.filter_map(|title| {
        let name = match title.split_once(' ') {
            None => title.as_str(),
            Some((name, _)) if before.is_empty() => name,
            Some((_, name)) => name,
        };
        let place = match title.split_once(' ') {
            Some((container, _)) if !before.is_empty() => container,
            _ => "",
        };
        (place.eq_ignore_ascii_case(before) && fits(name)).then(|| name.to_owned())
    });
    found.map(|name| if small { name.to_ascii_lowercase() } else { name }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go_on(line: &str) -> Vec<String> {
        complete(line, &["user:123", "user:7", "two words", "jobs"].map(str::to_owned))
    }

    #[test]
    fn commands_subcommands_and_keys_go_on() {
        assert_eq!(go_on("hge"), ["hget", "hgetall"]);
        assert_eq!(go_on("HGETA"), ["HGETALL"]);
        assert_eq!(go_on("CLUSTER KEY"), ["CLUSTER KEYSLOT"]);
        assert_eq!(go_on("GET us"), ["GET user:123", "GET user:7"]);
        assert_eq!(go_on("GET t"), [""; 0], "a key with a blank would be two words");
        assert_eq!(go_on("DEL jobs u"), ["DEL jobs user:123", "DEL jobs user:7"]);
        assert_eq!(go_on(""), [""; 0]);
        assert_eq!(go_on("HEL"), ["HELP", "HELLO"]);
        assert_eq!(go_on("help"), ["help"]);
        assert_eq!(go_on("nonsense"), [""; 0]);
        assert_eq!(go_on("HELP HGETA"), ["HELP HGETALL"]);
        assert_eq!(go_on("help cluster keys"), ["help cluster keyslot"]);
        assert_eq!(go_on("COMMAND DOCS hgeta"), ["COMMAND DOCS hgetall"]);
    }

    #[test]
    fn a_blank_begins_the_next_word() {
        assert_eq!(go_on("GET "), ["GET jobs", "GET user:123", "GET user:7"]);
        assert!(go_on("CLUSTER ").contains(&"CLUSTER NODES".to_owned()));
    }
}
