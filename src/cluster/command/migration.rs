//! Moving keys and slots: MIGRATE, RESTORE, DUMP, ASKING. Source: Redis 7.0, `cluster.c`.

use super::Data;
use super::argument::{is_word, need_integer, settle, syntax};
use super::table::{BLANK, Flag, Group, Handler, Keys, Spec};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::Node;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::dump::{self, Unreadable};
use crate::cluster::time::MS;

pub(super) const COMMANDS: &[Spec] = &[
    Spec { name: "migrate", arity: -6, keys: Keys::Migrate, run: Handler::Later(migrate), ..ROW },
    Spec { name: "restore", flags: &[Flag::Write, Flag::DenyOom], arity: -4, run: Handler::Data(restore), ..ROW },
    Spec {
        name: "restore-asking",
        group: Group::Server,
        flags: &[Flag::Write, Flag::DenyOom],
        arity: -4,
        run: Handler::Data(restore),
        ..ROW
    },
    Spec {
        name: "dump",
        arity: 2,
        flags: &[Flag::Read],
        run: Handler::Data(|data, argv| {
            data.get(&argv[1]).map_or(Reply::Null, |value| Reply::bulk(dump::dump(value)))
        }),
        ..ROW
    },
    Spec {
        name: "asking",
        arity: 1,
        flags: &[Flag::Fast],
        keys: Keys::None,
        group: Group::Cluster,
        run: Handler::Node(|node, _, conn, _| {
            node.set_asking(conn);
            Reply::ok()
        }),
    },
];

const ROW: Spec = Spec { arity: -4, flags: &[Flag::Write], keys: Keys::One(1), group: Group::Generic, ..BLANK };

/// What a MIGRATE asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Migrate {
    /// `host:port`.
    pub target: String,
    /// The keys.
    pub keys: Vec<Blob>,
    /// How long it may take, in milliseconds.
    pub timeout_ms: u64,
    /// Keep the keys here.
    pub copy: bool,
    /// Overwrite the keys there.
    pub replace: bool,
    /// What is said first there, for `AUTH` and `AUTH2`; empty without.
    pub login: Vec<Blob>,
}

fn migrate(node: &mut Node, context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Option<Reply> {
    match read_migrate(argv) {
        Ok(request) => node.migrate(context, conn, request),
        Err(error) => Some(error),
    }
}

fn read_migrate(argv: &[Blob]) -> Result<Migrate, Reply> {
    let (mut copy, mut replace) = (false, false);
    let mut login = Vec::new();
    let mut keys = vec![argv[3].clone()];
    let mut words = argv[6..].iter();
    while let Some(word) = words.next() {
        match () {
            () if is_word(word, "COPY") => copy = true,
            () if is_word(word, "REPLACE") => replace = true,
            () if is_word(word, "AUTH") || is_word(word, "AUTH2") => {
                let given = words.as_slice().get(..word.len() - 3).ok_or_else(syntax)?;
                login = [b"AUTH"[..].into()].into_iter().chain(given.iter().cloned()).collect();
                words = words.as_slice()[given.len()..].iter();
            }
            () if is_word(word, "KEYS") => {
                if !argv[3].is_empty() {
                    return Err(Reply::error(
                        "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string",
                    ));
                }
                keys = words.by_ref().cloned().collect();
            }
            () => return Err(syntax()),
        }
    }
    let timeout = need_integer(&argv[5])?;
    need_integer(&argv[4])?;
    let text = |blob: &Blob| String::from_utf8_lossy(blob).into_owned();
    let target = format!("{}:{}", text(&argv[1]), text(&argv[2]));
    // As in Redis, no time at all means a second.
    let timeout_ms = u64::try_from(timeout).ok().filter(|&ms| ms > 0).unwrap_or(1000);
    Ok(Migrate { target, keys, timeout_ms, copy, replace, login })
}

fn restore(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_restore(data, argv))
}

fn try_restore(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let key = &argv[1];
    let (mut replace, mut absolute) = (false, false);
    let (mut idle, mut freq) = (None, None);
    let mut words = argv[4..].iter();
    while let Some(word) = words.next() {
        match () {
            () if is_word(word, "REPLACE") => replace = true,
            () if is_word(word, "ABSTTL") => absolute = true,
            () if is_word(word, "IDLETIME") && freq.is_none() => idle = Some(restore_hint(word, words.next())?),
            () if is_word(word, "FREQ") && idle.is_none() => freq = Some(restore_hint(word, words.next())?),
            () => return Err(syntax()),
        }
    }
    if !replace && data.peek(key).is_some() {
        return Err(Reply::error("BUSYKEY Target key name already exists."));
    }
    let ttl = need_integer(&argv[2])?;
    let ttl = u64::try_from(ttl).map_err(|_| Reply::error("ERR Invalid TTL value, must be >= 0"))?;
    let value = dump::restore(&argv[3], &data.config.limits).map_err(|unreadable| {
        Reply::error(match unreadable {
            Unreadable::Envelope => "ERR DUMP payload version or checksum are wrong",
            Unreadable::Body => "ERR Bad data format",
        })
    })?;
    let deadline = match (ttl, absolute) {
        (0, _) => None,
        (ms, true) => Some(data.config.from_unix_ms(ms as i64)),
        (ms, false) => Some(data.now.saturating_add(ms.saturating_mul(MS))),
    };
    data.set(key, value, deadline);
    data.restore_access(key, idle, freq);
    // Replicas get the end of its time as a date, and never ask whether the key was there.
    let at = deadline.map_or(0, |at| data.config.unix_ms(at)).to_string();
    data.pass_on_words(&[b"RESTORE", key, at.as_bytes(), &argv[3], b"REPLACE", b"ABSTTL"]);
    Ok(Reply::ok())
}

/// IDLETIME in seconds, or FREQ.
fn restore_hint(word: &Blob, value: Option<&Blob>) -> Result<u64, Reply> {
    let value = need_integer(value.ok_or_else(syntax)?)?;
    match () {
        () if is_word(word, "IDLETIME") && value < 0 => {
            Err(Reply::error("ERR Invalid IDLETIME value, must be >= 0"))
        }
        () if is_word(word, "FREQ") && !(0..=255).contains(&value) => {
            Err(Reply::error("ERR Invalid FREQ value, must be >= 0 and <= 255"))
        }
        () => Ok(value as u64),
    }
}
