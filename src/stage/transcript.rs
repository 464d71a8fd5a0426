//! What the terminal shows: typed lines and, under each, what came of it, as `redis-cli` would print it.
//!
//! Several commands may be on their way at once, so answers are kept under the line they belong to.

use std::rc::Rc;

use crate::cluster::client;
use crate::cluster::command::{Spec, find, help};
use crate::cluster::fact::{Fact, FactKind, Redirect, Silence};
use crate::cluster::id::{CommandId, HostId};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::slot::{self, Slot};
use crate::narrate::{Cast, Voice};

/// Typed lines kept; older ones go.
pub const KEEP: usize = 60;
/// Lines kept of one answer.
const LONGEST: usize = 400;

/// How a line is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// An answer.
    Plain,
    /// About the way there: redirections, attempts.
    Way,
    /// An error.
    Error,
}

/// A line under a typed line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How it is meant.
    pub manner: Manner,
    /// What it says.
    pub text: Rc<str>,
}

/// A typed line and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Counts up; a stable key.
    pub number: u64,
    /// `city>` or `10.0.3.1:6379>`.
    pub prompt: Rc<str>,
    /// The line as typed.
    pub typed: Rc<str>,
    /// What came of it.
    pub lines: Vec<Line>,
    /// Whether the final answer is still to come.
    pub waits: bool,
    /// Whether the node may keep it waiting for as long as it takes, as BLPOP does.
    blocks: bool,
    command: Option<CommandId>,
    /// What was heard because of a command, rather than typed.
    heard: Option<CommandId>,
    argv: Option<Rc<[Blob]>>,
    /// Whether it was given to the smart client, and whether that chose any node for it: the answer does not say which.
    smart: bool,
    anywhere: bool,
    /// What it listens to, after MONITOR, SUBSCRIBE and their like.
    hears: Option<HostId>,
}

impl Entry {
    /// The command by which the line listens to what a server says unasked, and for as long as nobody stops it.
    pub fn listening(&self) -> Option<CommandId> {
        self.command.filter(|_| self.hears.is_some())
    }

    /// The command that the line has been kept waiting for: somebody may want to stop that.
    pub fn kept_waiting(&self) -> Option<CommandId> {
        self.command.filter(|_| self.waits && self.blocks)
    }
}

/// A typed line and its answer in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The line as typed.
    pub typed: Rc<str>,
    /// Its answer's first line.
    pub text: Rc<str>,
    /// Whether it is an error.
    pub error: bool,
}

/// The key that was routed last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastKey {
    /// The key as typed.
    pub key: Rc<str>,
    /// The part of it that is hashed, where that is not all of it.
    pub tag: Option<Rc<str>>,
    /// Its slot.
    pub slot: Slot,
}

/// The terminal's contents.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    entries: Rc<Vec<Rc<Entry>>>,
    count: u64,
    last_key: Option<LastKey>,
}

impl Transcript {
    /// A line was typed. Facts about it follow, or [`refused`](Self::refused).
    pub fn typed(&mut self, prompt: &str, line: &str) {
        self.count += 1;
        let entries = Rc::make_mut(&mut self.entries);
        if entries.len() == KEEP {
            entries.remove(0);
        }
        entries.push(Rc::new(Entry {
            number: self.count,
            prompt: prompt.into(),
            typed: line.into(),
            lines: Vec::new(),
            waits: true,
            blocks: false,
            command: None,
            heard: None,
            argv: None,
            smart: false,
            anywhere: false,
            hears: None,
        }));
    }

    /// The line typed last was not understood.
    pub fn refused(&mut self, sentence: &str) {
        if let Some(entry) = Rc::make_mut(&mut self.entries).last_mut().map(Rc::make_mut) {
            entry.waits = false;
            let text = if sentence.starts_with("(error)") {
                sentence.into()
            } else {
                format!("(error) {sentence}").into()
            };
            entry.lines.push(Line { manner: Manner::Error, text });
        }
    }

    /// The terminal itself answers the line typed last.
    pub fn says(&mut self, lines: Vec<String>) {
        if let Some(entry) = Rc::make_mut(&mut self.entries).last_mut().map(Rc::make_mut) {
            entry.waits = false;
            entry.lines.extend(lines.into_iter().map(|line| Line { manner: Manner::Plain, text: line.into() }));
        }
    }

    /// Takes a fact in; `cast` knows the names of its moment.
    pub fn observe(&mut self, fact: &Fact, cast: &Cast) {
        match &fact.kind {
            FactKind::CommandTyped { command, argv, target, .. } => self.adopt(*command, argv, target.is_none()),
            FactKind::Routed { command, slot: Some(slot), .. } => self.routed(*command, *slot),
            FactKind::Routed { command, slot: None, .. } => {
                if let Some(entry) = self.entry(*command) {
                    entry.anywhere = entry.smart;
                }
            }
            FactKind::Redirected { command, redirect, slot, to, .. } => {
                let word = match redirect {
                    Redirect::Moved => "-> Redirected to slot",
                    Redirect::Ask => "-> Asking for slot",
                };
                self.add(*command, Manner::Way, format!("{word} [{slot}] located at {}", address(cast, *to)));
            }
            FactKind::Unanswered { command, from, silence, .. } => {
                let why = match silence {
                    Silence::Refused => "nobody listens there (connection refused)",
                    Silence::Closed => "the connection broke",
                    Silence::TimedOut => "no answer in time",
                };
                self.add(*command, Manner::Way, format!("{} · {why}", who(cast, *from)));
            }
            FactKind::Answered { command, from, reply, protocol, .. } => {
                let manner = if reply.is_error() { Manner::Error } else { Manner::Plain };
                let raw = self.entry(*command).is_some_and(|entry| entry.argv.as_deref().is_some_and(raw));
                let lines = match reply {
                    Reply::Bulk(text) | Reply::Verbatim(text) if raw => {
                        String::from_utf8_lossy(text).lines().map(str::to_owned).collect()
                    }
                    reply => reply.lines(*protocol),
                };
                if !reply.is_error() {
                    self.listens(*command, *from, reply);
                }
                let rest = lines.len().saturating_sub(LONGEST);
                for line in lines.into_iter().take(LONGEST) {
                    self.add(*command, manner, line);
                }
                if rest > 0 {
                    self.add(*command, Manner::Way, format!("… and {rest} more lines"));
                }
                let unknown = matches!(reply, Reply::Error(text) if ["ERR unknown command", "ERR unknown subcommand"].iter().any(|start| text.starts_with(start)));
                let argv = self.entry(*command).and_then(|entry| entry.argv.clone());
                if let Some(note) = argv.filter(|_| unknown).and_then(|argv| help::missing_here(&argv)) {
                    self.add(*command, Manner::Way, note);
                } else if self.entry(*command).is_some_and(|entry| entry.anywhere) {
                    let (address, name) = (address(cast, *from), cast.name(*from, Voice::Marked));
                    self.add(*command, Manner::Way, format!("from {address} ({name})"));
                }
                self.settle(*command);
            }
            FactKind::Heard { command, from, reply, protocol, .. } => {
                self.heard(*command, address(cast, *from), reply.lines(*protocol));
            }
            FactKind::GaveUp { command, text, .. } => {
                // No server said this: redis-cli marks only what a server answered with `(error)`.
                self.add(*command, Manner::Error, text.to_string());
                self.settle(*command);
                if let Some(entry) = self.entry(*command) {
                    entry.hears = None;
                }
            }
            _ => {}
        }
    }

    /// The entries, oldest first.
    pub fn entries(&self) -> &Rc<Vec<Rc<Entry>>> {
        &self.entries
    }

    /// The line typed last and what it was answered, in one line.
    pub fn last_answer(&self, paused: bool) -> Option<Answer> {
        let entry = self.entries.last()?;
        let told = entry.lines.iter().find(|line| line.manner != Manner::Way);
        let (text, error) = match told {
            Some(line) => {
                let more = entry.lines.iter().filter(|line| line.manner != Manner::Way).count() - 1;
                let text = match more {
                    0 => line.text.clone(),
                    _ => format!("{} … and {more} more lines", line.text).into(),
                };
                (text, line.manner == Manner::Error)
            }
            None if paused => ("waits until time runs".into(), false),
            None => (entry.lines.last().map_or_else(|| "…".into(), |line| line.text.clone()), false),
        };
        Some(Answer { typed: entry.typed.clone(), text, error })
    }

    /// The command typed last of those that are kept waiting, or listen: what Ctrl+C stops.
    pub fn kept_waiting(&self) -> Option<CommandId> {
        self.entries.iter().rev().find_map(|entry| entry.kept_waiting().or(entry.listening()))
    }

    /// Forgets all that was shown.
    pub fn clear(&mut self) {
        self.entries = Rc::default();
    }

    /// The key that was routed last.
    pub fn last_key(&self) -> Option<&LastKey> {
        self.last_key.as_ref()
    }

    /// Ties the oldest typed line without a number to a command.
    fn adopt(&mut self, command: CommandId, argv: &Rc<[Blob]>, smart: bool) {
        let entries = Rc::make_mut(&mut self.entries);
        if let Some(entry) = entries.iter_mut().find(|entry| entry.waits && entry.command.is_none()) {
            let entry = Rc::make_mut(entry);
            entry.command = Some(command);
            entry.blocks = find(argv).is_ok_and(Spec::may_wait);
            entry.argv = Some(argv.clone());
            entry.smart = smart;
        }
    }

    /// A command begins to listen at a node, or ends it. On a connection only what was said last counts; the smart client
    /// has one for each MONITOR.
    fn listens(&mut self, command: CommandId, from: HostId, reply: &Reply) {
        let Some(entry) = self.entry(command) else {
            return;
        };
        let (smart, argv) = (entry.smart, entry.argv.clone().unwrap_or_default());
        let monitors = |argv: &[Blob]| argv.first().is_some_and(|name| name.eq_ignore_ascii_case(b"monitor"));
        let (begins, apart) = (client::listens(&argv), smart && monitors(&argv));
        let ends = client::hushes(&argv) && is_last(reply);
        if !begins && !ends {
            return;
        }
        if begins {
            entry.hears = Some(from);
            if !monitors(&argv) {
                // Source: Redis 7.0, `redis-cli.c`, `cliSendCommand`.
                let text = "Reading messages... (press Ctrl-C to quit)".into();
                entry.lines.push(Line { manner: Manner::Way, text });
            }
        }
        for other in Rc::make_mut(&mut self.entries).iter_mut().filter(|_| !apart) {
            let same = other.hears == Some(from) && other.smart == smart && other.command != Some(command);
            if same && !(smart && other.argv.as_deref().is_some_and(monitors)) {
                Rc::make_mut(other).hears = None;
            }
        }
    }

    fn entry(&mut self, command: CommandId) -> Option<&mut Entry> {
        let entries = Rc::make_mut(&mut self.entries);
        entries.iter_mut().rev().find(|entry| entry.command == Some(command)).map(Rc::make_mut)
    }

    /// The key is the first argument that falls into the slot the command was routed by.
    fn routed(&mut self, command: CommandId, routed: Slot) {
        let Some(argv) = self.entry(command).and_then(|entry| entry.argv.clone()) else {
            return;
        };
        if let Some(key) = argv.iter().skip(1).find(|word| slot::key_slot(word) == routed) {
            let hashed = slot::hashed_part(key);
            let tag = (hashed.len() < key.len()).then(|| String::from_utf8_lossy(hashed).as_ref().into());
            self.last_key = Some(LastKey { key: String::from_utf8_lossy(key).as_ref().into(), tag, slot: routed });
        }
    }

    fn add(&mut self, command: CommandId, manner: Manner, text: String) {
        if let Some(entry) = self.entry(command) {
            entry.lines.push(Line { manner, text: text.into() });
        }
    }

    /// What comes unasked stands below all that was typed before, and what came last is kept of it.
    fn heard(&mut self, command: CommandId, address: String, lines: Vec<String>) {
        if self.entries.last().is_none_or(|last| last.heard != Some(command)) {
            self.typed(&format!("{address}>"), "tells you:");
            if let Some(entry) = Rc::make_mut(&mut self.entries).last_mut().map(Rc::make_mut) {
                (entry.waits, entry.heard) = (false, Some(command));
            }
        }
        if let Some(entry) = Rc::make_mut(&mut self.entries).last_mut().map(Rc::make_mut) {
            entry.lines.extend(lines.into_iter().map(|line| Line { manner: Manner::Plain, text: line.into() }));
            let surplus = entry.lines.len().saturating_sub(LONGEST);
            entry.lines.drain(..surplus);
        }
    }

    fn settle(&mut self, command: CommandId) {
        if let Some(entry) = self.entry(command) {
            entry.waits = false;
        }
    }
}

/// Whether `redis-cli` prints the answer as it is, with its own line breaks.
///
/// Source: Redis 7.0, `redis-cli.c`, `cliSendCommand` (`output_raw`).
fn raw(argv: &[Blob]) -> bool {
    let word = |at: usize, word: &str| argv.get(at).is_some_and(|arg| arg.eq_ignore_ascii_case(word.as_bytes()));
    let (cluster, client) = (argv.len() == 2 && word(0, "CLUSTER"), word(0, "CLIENT"));
    word(0, "INFO")
        || cluster && (word(1, "NODES") || word(1, "INFO"))
        || client && (word(1, "LIST") || word(1, "INFO"))
}

/// Whether nothing is subscribed to any longer: the last of what UNSUBSCRIBE is answered ends with how much still is.
fn is_last(reply: &Reply) -> bool {
    match reply {
        Reply::Several(all) => all.last().is_some_and(is_last),
        Reply::Push(items) | Reply::Array(items) => matches!(items.last(), Some(Reply::Integer(0))),
        _ => false,
    }
}

fn address(cast: &Cast, host: HostId) -> String {
    match cast.address(host) {
        "" => "?".to_owned(),
        known => known.to_owned(),
    }
}

fn who(cast: &Cast, host: HostId) -> String {
    format!("{} ({})", cast.name(host, Voice::Marked), address(cast, host))
}

#[cfg(test)]
#[path = "checks_of_transcript.rs"]
mod tests;
