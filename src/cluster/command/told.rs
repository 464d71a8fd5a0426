//! What COMMAND tells of a command besides what the table knows: for clients that route by it, and for documentation.
//!
//! `told.txt` was recorded from redis-server 7.0.15; `tests/differential/told.rs` records it, and holds it to the server.
//! Each line begins with a sign: `=` a command, `m` its summary, `s` since, `O` complexity, `f` flags, `@` categories, `t` a tip, `k` a key
//! specification, `d` flags of the documentation, `x` deprecated since, `r` replaced by, `h` history, `a` an argument with
//! a dot for each level of depth.

use std::sync::OnceLock;

use super::later::later;
use crate::cluster::reply::Reply;

/// As long as Redis's own documentation: only what comes with the page's second part reads it.
const TEXT: &str = later!(include_str!("told.txt"));

/// What is told of one command.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told(&'static str);

/// What is told of the command of this name: nothing of one that Redis does not have.
pub(super) fn of(name: &str) -> Told {
    static BLOCKS: OnceLock<Vec<(&'static str, &'static str)>> = OnceLock::new();
    let blocks =
        BLOCKS.get_or_init(|| TEXT.split("\n= ").skip(1).filter_map(|block| block.split_once('\n')).collect());
    let at = blocks.binary_search_by(|(known, _)| (*known).cmp(name));
    Told(at.map_or("", |at| blocks[at].1))
}

/// The subcommand HELP of a command, if it has one.
pub(super) fn help_of(container: &str) -> Option<&'static str> {
    let wanted = |name: &&str| name.strip_suffix("|help") == Some(container);
    TEXT.lines().filter_map(|line| line.strip_prefix("= ")).find(wanted)
}

impl Told {
    fn lines(self, sign: char) -> impl Iterator<Item = &'static str> {
        self.0
            .lines()
            .filter_map(move |line| line.strip_prefix(sign))
            .map(|rest| rest.strip_prefix(' ').unwrap_or(rest))
    }

    fn words(self, sign: char) -> impl Iterator<Item = &'static str> {
        self.lines(sign).flat_map(str::split_ascii_whitespace)
    }

    /// Whether a category of ACL names this command.
    pub(super) fn is_in(self, category: &str) -> bool {
        self.words('@').any(|word| word == category)
    }

    /// The flags.
    pub(super) fn flags(self) -> Reply {
        Reply::Set(self.words('f').map(Reply::status).collect())
    }

    /// The categories of ACL.
    pub(super) fn categories(self) -> Reply {
        Reply::Set(self.words('@').map(|word| Reply::status(format!("@{word}"))).collect())
    }

    /// Tips for clients.
    pub(super) fn tips(self) -> Reply {
        Reply::Set(self.lines('t').map(Reply::bulk).collect())
    }

    /// Where the keys are.
    pub(super) fn key_specifications(self) -> Reply {
        Reply::Set(self.lines('k').map(key_specification).collect())
    }

    /// What is done to the first key, or to a later one.
    pub(super) fn key_flags(self, first: bool) -> Vec<&'static str> {
        let line = if first { self.lines('k').next() } else { self.lines('k').last() };
        let words = line.and_then(|line| line.split('|').next()).unwrap_or_default().split_ascii_whitespace();
        // That a specification does not find all keys says nothing of those that were found.
        words.filter(|word| *word != "incomplete").collect()
    }

    /// The fields of COMMAND DOCS that follow the group; those before it stand in the table.
    pub(super) fn documentation(self, fields: &mut Vec<(Reply, Reply)>) {
        let mut add =
            |name: &str, values: Option<Reply>| fields.extend(values.map(|value| (Reply::bulk(name), value)));
        add("complexity", self.lines('O').next().map(Reply::bulk));
        let flags: Vec<Reply> = self.words('d').map(Reply::status).collect();
        add("doc_flags", (!flags.is_empty()).then_some(Reply::Set(flags)));
        add("deprecated_since", self.lines('x').next().map(Reply::bulk));
        add("replaced_by", self.lines('r').next().map(Reply::bulk));
        let version = |(version, what)| Reply::Array(vec![Reply::bulk(version), Reply::bulk(what)]);
        let history: Vec<Reply> = self.lines('h').filter_map(|line| line.split_once(' ')).map(version).collect();
        add("history", (!history.is_empty()).then_some(Reply::Set(history)));
        let lines: Vec<&str> = self.lines('a').collect();
        add("arguments", (!lines.is_empty()).then(|| arguments(&lines, "")));
    }

    /// What it does, in one line.
    pub(super) fn summary(self) -> &'static str {
        self.lines('m').next().unwrap_or_default()
    }

    /// What may stand after its name: `key value [NX|XX] [GET]`.
    pub(super) fn syntax(self) -> String {
        let lines: Vec<&'static str> = self.lines('a').collect();
        syntaxes(&lines, "").join(" ")
    }

    /// The version that it came with.
    pub(super) fn since(self) -> &'static str {
        self.lines('s').next().unwrap_or_default()
    }
}

/// `RW access|index 1|range 0 1 0|notes`
fn key_specification(line: &'static str) -> Reply {
    let mut parts = line.splitn(4, '|');
    let mut next = || parts.next().unwrap_or_default();
    let (flags, begin, find) = (next(), search(next()), search(next()));
    let flags = Reply::Set(flags.split_ascii_whitespace().map(Reply::status).collect());
    let notes = parts.next().map(|notes| ("notes", Reply::bulk(notes)));
    let always = [("flags", flags), ("begin_search", begin), ("find_keys", find)];
    let fields = notes.into_iter().chain(always).map(|(name, value)| (Reply::bulk(name), value));
    Reply::Map(fields.collect())
}

/// `range 0 1 0`: how keys are looked for.
fn search(part: &'static str) -> Reply {
    let mut words = part.split_ascii_whitespace();
    let kind = words.next().unwrap_or_default();
    let names: &[&str] = match kind {
        "index" => &["index"],
        "keyword" => &["keyword", "startfrom"],
        "range" => &["lastkey", "keystep", "limit"],
        "keynum" => &["keynumidx", "firstkey", "keystep"],
        _ => &[],
    };
    let value = |word: &'static str| word.parse().map_or_else(|_| Reply::bulk(word), Reply::Integer);
    let fields = names.iter().zip(words).map(|(name, word)| (Reply::bulk(*name), value(word)));
    Reply::map([("type", Reply::bulk(kind)), ("spec", Reply::Map(fields.collect()))])
}

/// The arguments at this depth, each with those that it consists of.
fn arguments(lines: &[&'static str], dots: &str) -> Reply {
    let deeper = format!("{dots}.");
    Reply::Array(at_depth(lines, dots).into_iter().map(|(line, inner)| argument(line, inner, &deeper)).collect())
}

/// The lines at this depth without their dots, each with the deeper ones that follow it.
fn at_depth<'a>(lines: &'a [&'static str], dots: &str) -> Vec<(&'static str, &'a [&'static str])> {
    let deeper = format!("{dots}.");
    let mut all = Vec::new();
    let mut rest = lines;
    while let [line, below @ ..] = rest {
        let own = below.iter().take_while(|line| line.starts_with(&deeper)).count();
        let (inner, after) = below.split_at(own);
        all.push((&line[dots.len()..], inner));
        rest = after;
    }
    all
}

/// `name type key=0 since=6.2.0 optional multiple token=STORE`
fn argument(line: &'static str, inner: &[&'static str], deeper: &str) -> Reply {
    let (line, token) = line.split_once(" token=").map_or((line, None), |(line, token)| (line, Some(token)));
    let mut words = line.split_ascii_whitespace();
    let mut next = || Reply::bulk(words.next().unwrap_or_default());
    let mut fields = vec![("name", next()), ("type", next())];
    let words: Vec<&str> = words.collect();
    let value = |key: &str| words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
    let index = value("key").and_then(|number| number.parse().ok());
    fields.extend(index.map(|number| ("key_spec_index", Reply::Integer(number))));
    fields.extend(token.map(|token| ("token", Reply::bulk(token))));
    fields.extend(value("since").map(|version| ("since", Reply::bulk(version))));
    fields.extend(value("gone").map(|version| ("deprecated_since", Reply::bulk(version))));
    let flags: Vec<Reply> =
        words.iter().filter(|word| !word.contains('=')).map(|word| Reply::status(*word)).collect();
    if !flags.is_empty() {
        fields.push(("flags", Reply::Set(flags)));
    }
    if !inner.is_empty() {
        fields.push(("arguments", arguments(inner, deeper)));
    }
    Reply::Map(fields.into_iter().map(|(name, value)| (Reply::bulk(name), value)).collect())
}

/// The arguments at this depth as people write them. Source: Redis 7.0, `redis-cli.c`, `cliAddArgument` (its form).
fn syntaxes(lines: &[&'static str], dots: &str) -> Vec<String> {
    let deeper = format!("{dots}.");
    at_depth(lines, dots).into_iter().map(|(line, inner)| syntax(line, &syntaxes(inner, &deeper))).collect()
}

fn syntax(line: &str, inner: &[String]) -> String {
    let (line, token) = line.split_once(" token=").unwrap_or((line, ""));
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let is = |word: &str| words.contains(&word);
    let value = match words.get(1) {
        Some(&"oneof") => inner.join("|"),
        Some(&"block") => inner.join(" "),
        Some(&"pure-token") => String::new(),
        _ => words[0].to_owned(),
    };
    let both =
        |value: &str| [token, value].iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join(" ");
    let mut text = both(&value);
    if is("multiple_token") {
        text = format!("{text} [{text} ...]");
    } else if is("multiple") {
        text = both(&format!("{value} [{value} ...]"));
    }
    if is("optional") { format!("[{text}]") } else { text }
}
