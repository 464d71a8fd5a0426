//! The shape of the command table, and the look-up in it. The rows stand beside their functions.
//!
//! Names, arities, flags and key positions are those of Redis 7.0 (`src/commands/*.json`).

use std::sync::OnceLock;

use super::{
    Data, absent, acl, bitfields, bits, blocking, client, cluster, commands, config, connection, copying, expiry,
    greeting, hashes, help, keys, lists, migration, numbers, objects, pubsub, ranges, scans, server, sets, sort,
    strings, substrings, transactions, zpops, zranges, zremovals, zsets, zunions,
};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::Node;
use crate::cluster::reply::{Blob, Reply};

pub use super::positions::Keys;

/// What a command does, as far as routing and refusing it depends on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// May change data.
    Write,
    /// Only reads data.
    Read,
    /// Takes constant or logarithmic time.
    Fast,
    /// Refused when memory is short.
    DenyOom,
    /// For administrators.
    Admin,
    /// Allowed while a copy is loaded.
    Loading,
    /// Allowed on a replica that lost its master.
    Stale,
    /// Publishes or subscribes.
    PubSub,
    /// May wait for what it asks for.
    Blocking,
    /// Cannot be part of a transaction.
    NoMulti,
}

/// What a command belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Strings and counters.
    String,
    /// Any key.
    Generic,
    /// Lists.
    List,
    /// Sets.
    Set,
    /// Hashes.
    Hash,
    /// Sorted sets.
    SortedSet,
    /// Strings as rows of bits.
    Bitmap,
    /// Transactions.
    Transactions,
    /// The connection itself.
    Connection,
    /// The server.
    Server,
    /// The cluster.
    Cluster,
    /// Messages between clients.
    PubSub,
    /// Scripts and functions.
    Scripting,
}

/// What runs a command. `argv` includes the name; arity has been checked.
#[derive(Clone, Copy, Debug)]
pub enum Handler {
    /// Works on the keyspace.
    Data(fn(&mut Data<'_>, &[Blob]) -> Reply),
    /// Needs the whole node.
    Node(fn(&mut Node, &mut Context<'_>, Conn, &[Blob]) -> Reply),
    /// May answer later: `None` means that the node has kept the connection's name and will.
    Later(fn(&mut Node, &mut Context<'_>, Conn, &[Blob]) -> Option<Reply>),
    /// Has subcommands.
    Container(&'static [Spec]),
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// The name in lower case; of a subcommand, `cluster|keyslot`.
    pub name: &'static str,
    /// Number of words including the name; negative: at least so many.
    pub arity: i32,
    /// Flags.
    pub flags: &'static [Flag],
    /// Keys.
    pub keys: Keys,
    /// Group.
    pub group: Group,
    /// What runs it.
    pub run: Handler,
}

/// What most rows of a file share begins with this one.
pub(super) const BLANK: Spec =
    Spec { name: "", arity: 1, flags: &[], keys: Keys::None, group: Group::Server, run: Handler::Container(&[]) };

impl Spec {
    /// Whether it has this flag.
    pub fn is(&self, flag: Flag) -> bool {
        self.flags.contains(&flag)
    }

    /// Whether its answer may come as late as it wants. Redis 7.0 has no flag for WAIT.
    pub fn may_wait(&self) -> bool {
        self.is(Flag::Blocking) || self.name == "wait"
    }

    /// Whether so many words fit its arity.
    pub fn takes(&self, words: usize) -> bool {
        let words = words as i64;
        let arity = i64::from(self.arity);
        if arity < 0 { words >= -arity } else { words == arity }
    }
}

/// Rows of the table: name, arity, `[flags]`, keys, function. `@Group` before a row is its own group.
macro_rules! rows {
    (@group $group:ident) => { $crate::cluster::command::Group::$group };
    (@group $group:ident $own:ident) => { $crate::cluster::command::Group::$own };
    ($group:ident: $($(@$own:ident)? $name:literal $arity:literal [$($flag:ident)*] $keys:expr, $kind:ident($run:expr)
;)*) => {
        &[$($crate::cluster::command::Spec {
            name: $name,
            arity: $arity,
            flags: &[$($crate::cluster::command::Flag::$flag),*],
            keys: $keys,
            group: $crate::cluster::command::table::rows!(@group $group $($own)?),
            run: $crate::cluster::command::Handler::$kind($run),
        }),*]
    };
}
pub(super) use rows;

/// All commands there are, by group.
pub const COMMANDS: &[&[Spec]] = &[
    strings::COMMANDS,
    substrings::COMMANDS,
    numbers::COMMANDS,
    numbers::FLOATS,
    bits::COMMANDS,
    bitfields::COMMANDS,
    keys::COMMANDS,
    copying::COMMANDS,
    expiry::COMMANDS,
    scans::COMMANDS,
    sort::COMMANDS,
    objects::COMMANDS,
    lists::COMMANDS,
    ranges::COMMANDS,
    blocking::COMMANDS,
    hashes::COMMANDS,
    sets::COMMANDS,
    zsets::COMMANDS,
    zranges::COMMANDS,
    zremovals::COMMANDS,
    zunions::COMMANDS,
    zpops::COMMANDS,
    connection::COMMANDS,
    greeting::COMMANDS,
    client::COMMANDS,
    pubsub::COMMANDS,
    server::COMMANDS,
    commands::COMMANDS,
    absent::COMMANDS,
    acl::COMMANDS,
    config::COMMANDS,
    transactions::COMMANDS,
    migration::COMMANDS,
    cluster::COMMANDS,
];

/// The rows by their names: each at the place that [`place_of`] gives it, or at the next one free. A third is taken.
fn by_name() -> &'static [Option<&'static Spec>] {
    static PLACES: OnceLock<Vec<Option<&'static Spec>>> = OnceLock::new();
    PLACES.get_or_init(|| {
        let rows = || COMMANDS.iter().copied().flatten();
        let mut places = vec![None; (rows().count() * 3).next_power_of_two()];
        for spec in rows() {
            let mut at = place_of(spec.name.as_bytes(), places.len());
            while places[at].is_some() {
                at = (at + 1) % places.len();
            }
            places[at] = Some(spec);
        }
        places
    })
}

/// The same for a name in any case. The number of places is a power of two.
fn place_of(name: &[u8], places: usize) -> usize {
    let hash = name.iter().fold(0_u32, |hash, byte| hash.wrapping_mul(67).wrapping_add(u32::from(byte | 0x20)));
    (hash ^ (hash >> 9)) as usize & (places - 1)
}

/// The row of a command by its name in any case, before its subcommand and its arity are looked at.
pub fn named(name: &[u8]) -> Option<&'static Spec> {
    let places = by_name();
    let mut at = place_of(name, places.len());
    while let Some(spec) = places[at] {
        if same(spec.name, name) {
            return Some(spec);
        }
        at = (at + 1) & (places.len() - 1);
    }
    None
}

/// Why a command cannot run at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// There is no such command, or no such subcommand.
    Unknown(String),
    /// The number of words is wrong.
    Arity(String),
}

impl Unfit {
    /// Redis's own error.
    pub fn text(&self) -> &str {
        match self {
            Self::Unknown(text) | Self::Arity(text) => text,
        }
    }
}

/// Finds the command, goes down to its subcommand, and checks the number of words.
///
/// Source: Redis 7.0, `server.c`, `processCommand`, `commandCheckExistence`, `commandCheckArity`.
pub fn find(argv: &[Blob]) -> Result<&'static Spec, Unfit> {
    let name = argv.first().map_or(&[][..], |name| name);
    let Some(spec) = named(name) else {
        return Err(Unfit::Unknown(unknown_command(argv)));
    };
    let Handler::Container(subcommands) = spec.run else {
        return check_arity(spec, argv.len());
    };
    let Some(word) = argv.get(1) else {
        // COMMAND alone lists them all.
        return if spec.name == "command" { Ok(&commands::ALONE) } else { check_arity(spec, argv.len()) };
    };
    if same("help", word) {
        let text = format!("ERR wrong number of arguments for '{}|help' command", spec.name);
        return if argv.len() == 2 { Ok(&help::HELP) } else { Err(Unfit::Arity(text)) };
    }
    let known = subcommands.iter().find(|sub| sub.name.split_once('|').is_some_and(|(_, last)| same(last, word)));
    match known {
        Some(sub) => check_arity(sub, argv.len()),
        None => Err(Unfit::Unknown(format!(
            "ERR unknown subcommand '{}'. Try {} HELP.",
            shortened(word, 128),
            spec.name.to_ascii_uppercase()
        ))),
    }
}

fn check_arity(spec: &'static Spec, words: usize) -> Result<&'static Spec, Unfit> {
    if spec.takes(words) { Ok(spec) } else { Err(arity_error(spec)) }
}

fn arity_error(spec: &Spec) -> Unfit {
    Unfit::Arity(format!("ERR wrong number of arguments for '{}' command", spec.name))
}

/// The text names the arguments too, within 128 bytes of them, as Redis does.
fn unknown_command(argv: &[Blob]) -> String {
    let mut shown = String::new();
    for argument in argv.iter().skip(1) {
        if shown.len() >= 128 {
            break;
        }
        shown.push_str(&format!("'{}' ", shortened(argument, 128 - shown.len())));
    }
    let name = argv.first().map_or(String::new(), |name| shortened(name, 128));
    format!("ERR unknown command '{name}', with args beginning with: {shown}")
}

fn shortened(bytes: &[u8], most: usize) -> String {
    let cut = &bytes[..bytes.len().min(most)];
    String::from_utf8_lossy(cut).replace(['\r', '\n'], " ")
}

/// Whether a word is that name, in any case. Names are short: the standard library's way takes longer.
fn same(name: &str, word: &[u8]) -> bool {
    name.len() == word.len() && name.bytes().zip(word).all(|(one, other)| one == other.to_ascii_lowercase())
}
