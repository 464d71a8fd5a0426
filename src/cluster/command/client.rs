//! CLIENT and its subcommands. Source: Redis 7.0, `networking.c`, `clientCommand`.

use super::argument::{NOT_AN_INTEGER, integer, is_word, settle, syntax};
use super::table::{BLANK, Flag, Group, Handler, Spec};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::node::{Node, Replies, Tracks, Wanted};
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = &[
    Spec { name: "client", arity: -2, run: Handler::Container(SUBCOMMANDS), ..ROW },
    Spec {
        name: "monitor",
        arity: 1,
        flags: &[Flag::Admin, Flag::Loading, Flag::Stale],
        group: Group::Server,
        run: Handler::Node(|node, _, conn, _| node.monitor(conn)),
        ..ROW
    },
];

const SUBCOMMANDS: &[Spec] = &[
    Spec {
        name: "client|id",
        run: Handler::Node(|node, _, conn, _| Reply::Integer(node.client_id(conn) as i64)),
        ..ROW
    },
    Spec {
        name: "client|info",
        run: Handler::Node(|node, context, conn, _| {
            Reply::verbatim(node.client_line(context.book, context.now, conn) + "\n")
        }),
        ..ROW
    },
    Spec {
        name: "client|list",
        arity: -2,
        flags: &[Flag::Admin, Flag::Loading, Flag::Stale],
        run: Handler::Node(list),
        ..ROW
    },
    Spec {
        name: "client|getname",
        run: Handler::Node(|node, _, conn, _| match node.client_name(conn) {
            name if name.is_empty() => Reply::Null,
            name => Reply::Bulk(name),
        }),
        ..ROW
    },
    Spec {
        name: "client|setname",
        arity: 3,
        run: Handler::Node(|node, _, conn, argv| set_name(node, conn, &argv[2])),
        ..ROW
    },
    Spec {
        name: "client|no-evict",
        arity: 3,
        flags: &[Flag::Admin, Flag::Loading, Flag::Stale],
        run: Handler::Node(|node, _, conn, argv| {
            let on = is_word(&argv[2], "ON");
            if !on && !is_word(&argv[2], "OFF") {
                return syntax();
            }
            node.set_no_evict(conn, on);
            Reply::ok()
        }),
        ..ROW
    },
    Spec { name: "client|reply", arity: 3, run: Handler::Node(reply), ..ROW },
    Spec {
        name: "client|kill",
        arity: -3,
        flags: &[Flag::Admin, Flag::Loading, Flag::Stale],
        run: Handler::Node(|node, context, conn, argv| settle(kill(node, context, conn, argv))),
        ..ROW
    },
    Spec {
        name: "client|pause",
        arity: -3,
        flags: &[Flag::Admin, Flag::Loading, Flag::Stale],
        run: Handler::Node(pause),
        ..ROW
    },
    Spec {
        name: "client|unpause",
        flags: &[Flag::Admin, Flag::Loading, Flag::Stale],
        run: Handler::Node(|node, context, _, _| {
            node.unpause_clients(context);
            Reply::ok()
        }),
        ..ROW
    },
    Spec {
        name: "client|unblock",
        arity: -3,
        flags: &[Flag::Admin, Flag::Loading, Flag::Stale],
        run: Handler::Node(unblock),
        ..ROW
    },
    Spec {
        name: "client|getredir",
        run: Handler::Node(|node, _, conn, _| Reply::Integer(redirection(node.tracks(conn)))),
        ..ROW
    },
    Spec {
        name: "client|tracking",
        arity: -3,
        run: Handler::Node(|node, _, conn, argv| settle(tracking(node, conn, argv))),
        ..ROW
    },
    Spec {
        name: "client|caching",
        arity: 3,
        run: Handler::Node(|node, _, conn, argv| settle(caching(node, conn, &argv[2]))),
        ..ROW
    },
    Spec {
        name: "client|trackinginfo",
        run: Handler::Node(|node, _, conn, _| tracking_info(node.tracks(conn))),
        ..ROW
    },
];

const ROW: Spec = Spec { arity: 2, flags: &[Flag::Loading, Flag::Stale], group: Group::Connection, ..BLANK };

const BAD_NAME: &str = "ERR Client names cannot contain spaces, newlines or special characters.";

/// `CLIENT SETNAME`, and `HELLO … SETNAME`.
pub(super) fn set_name(node: &mut Node, conn: Conn, name: &Blob) -> Reply {
    if node.set_client_name(conn, name) { Reply::ok() } else { Reply::error(BAD_NAME) }
}

fn list(node: &mut Node, context: &mut Context<'_>, _conn: Conn, argv: &[Blob]) -> Reply {
    let mut wanted = Wanted::default();
    match &argv[2..] {
        [] => {}
        [word, kind] if is_word(word, "TYPE") => match client_kind(kind) {
            Ok(kind) => wanted.kind = Some(kind),
            Err(unknown) => return unknown,
        },
        [word, ids @ ..] if is_word(word, "ID") && !ids.is_empty() => {
            // Nobody has a number below 1.
            let ids: Option<Vec<u64>> = ids.iter().map(|id| Some(integer(id)?.max(0) as u64)).collect();
            let Some(ids) = ids else {
                return Reply::error("ERR Invalid client ID");
            };
            wanted.ids = Some(ids);
        }
        _ => return syntax(),
    }
    Reply::verbatim(node.client_list(context.book, context.now, &wanted))
}

fn reply(node: &mut Node, _context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Reply {
    match () {
        () if is_word(&argv[2], "ON") => node.set_replies(conn, Replies::On),
        () if is_word(&argv[2], "OFF") => node.set_replies(conn, Replies::Off),
        () if is_word(&argv[2], "SKIP") => node.set_replies(conn, Replies::SkipNext),
        () => return syntax(),
    }
    // Whether this answer is given depends on what was just set.
    Reply::ok()
}

/// Source: `clientKillCommand`; the old form names one address, the new one says what a client must be.
fn kill(node: &mut Node, context: &mut Context<'_>, conn: Conn, argv: &[Blob]) -> Result<Reply, Reply> {
    let text = |blob: &Blob| String::from_utf8_lossy(blob).into_owned();
    let (mut wanted, mut skip_me) = (Wanted::default(), true);
    let old_form = argv.len() == 3;
    if old_form {
        wanted.addr = Some(text(&argv[2]));
        skip_me = false;
    } else if !argv.len().is_multiple_of(2) {
        return Err(syntax());
    }
    for pair in argv[2..].chunks_exact(2) {
        let (word, value) = (&pair[0], &pair[1]);
        match () {
            () if is_word(word, "ID") => {
                let id = integer(value).filter(|&id| id > 0);
                wanted.ids = Some(vec![id.ok_or(Reply::error("ERR client-id should be greater than 0"))? as u64]);
            }
            () if is_word(word, "TYPE") => wanted.kind = Some(client_kind(value)?),
            () if is_word(word, "ADDR") => wanted.addr = Some(text(value)),
            () if is_word(word, "LADDR") => wanted.laddr = Some(text(value)),
            () if is_word(word, "USER") && is_word(value, "default") => wanted.user = Some(text(value)),
            () if is_word(word, "USER") => {
                return Err(Reply::error(format!("ERR No such user '{}'", text(value))));
            }
            () if is_word(word, "SKIPME") && is_word(value, "yes") => skip_me = true,
            () if is_word(word, "SKIPME") && is_word(value, "no") => skip_me = false,
            () => return Err(syntax()),
        }
    }
    wanted.not = skip_me.then_some(conn);
    let found = node.clients(context.book, &wanted);
    let killed = found.len();
    for other in found {
        // Whoever kills itself still gets its answer.
        if other == conn {
            node.close_after_reply(conn);
        } else {
            node.kill_client(context, other);
        }
    }
    match (old_form, killed) {
        (true, 0) => Err(Reply::error("ERR No such client")),
        (true, _) => Ok(Reply::ok()),
        (false, _) => Ok(Reply::Integer(killed as i64)),
    }
}

fn pause(node: &mut Node, context: &mut Context<'_>, _conn: Conn, argv: &[Blob]) -> Reply {
    let all = match argv.get(3) {
        None => true,
        Some(word) if argv.len() == 4 && is_word(word, "ALL") => true,
        Some(word) if argv.len() == 4 && is_word(word, "WRITE") => false,
        Some(_) => return Reply::error("ERR CLIENT PAUSE mode must be WRITE or ALL"),
    };
    match integer(&argv[2]).map(u64::try_from) {
        None => Reply::error("ERR timeout is not an integer or out of range"),
        Some(Err(_)) => Reply::error("ERR timeout is negative"),
        Some(Ok(ms)) => {
            node.pause_clients(context, ms, all);
            Reply::ok()
        }
    }
}

fn unblock(node: &mut Node, context: &mut Context<'_>, _conn: Conn, argv: &[Blob]) -> Reply {
    let error = match &argv[3..] {
        [] => false,
        [word] if is_word(word, "TIMEOUT") => false,
        [word] if is_word(word, "ERROR") => true,
        _ => return Reply::error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"),
    };
    let Some(id) = integer(&argv[2]) else {
        return Reply::error(NOT_AN_INTEGER);
    };
    let blocked = u64::try_from(id).ok().and_then(|id| node.client_by_id(id));
    let done = blocked.is_some_and(|conn| node.unblock_client(context, conn, error));
    Reply::Integer(done.into())
}

fn client_kind(word: &[u8]) -> Result<&'static str, Reply> {
    const KINDS: [(&str, &str); 5] = [
        ("normal", "normal"),
        ("slave", "replica"),
        ("replica", "replica"),
        ("pubsub", "pubsub"),
        ("master", "master"),
    ];
    let found = KINDS.iter().find(|(name, _)| is_word(word, name)).map(|(_, kind)| *kind);
    found.ok_or_else(|| Reply::error(format!("ERR Unknown client type '{}'", String::from_utf8_lossy(word))))
}

/// Source: `networking.c`, `clientCommand`, and `tracking.c`, `checkPrefixCollisionsOrReply`.
fn tracking(node: &mut Node, conn: Conn, argv: &[Blob]) -> Result<Reply, Reply> {
    let mut wanted = Tracks::default();
    let mut given: Vec<&Blob> = Vec::new();
    let mut words = &argv[3..];
    while let [word, rest @ ..] = words {
        words = rest;
        match rest {
            [id, rest @ ..] if is_word(word, "REDIRECT") => {
                words = rest;
                wanted.redirect = Some(redirect(node, wanted.redirect.is_some(), id)?);
            }
            [prefix, rest @ ..] if is_word(word, "PREFIX") => {
                words = rest;
                given.push(prefix);
            }
            _ if is_word(word, "BCAST") => wanted.bcast = true,
            _ if is_word(word, "OPTIN") => wanted.optin = true,
            _ if is_word(word, "OPTOUT") => wanted.optout = true,
            _ if is_word(word, "NOLOOP") => wanted.noloop = true,
            _ => return Err(syntax()),
        }
    }
    if is_word(&argv[2], "OFF") {
        node.stop_tracking(conn);
        return Ok(Reply::ok());
    } else if !is_word(&argv[2], "ON") {
        return Err(syntax());
    }
    let old = node.tracks(conn);
    let switched = |mode: &str| {
        format!(
            "You can't switch {mode} before disabling tracking for this client, and then re-enabling it with a \
             different mode."
        )
    };
    let why = match () {
        () if !wanted.bcast && !given.is_empty() => "PREFIX option requires BCAST mode to be enabled".to_owned(),
        () if old.is_some_and(|old| old.bcast != wanted.bcast) => switched("BCAST mode on/off"),
        () if wanted.bcast && (wanted.optin || wanted.optout) => {
            "OPTIN and OPTOUT are not compatible with BCAST".to_owned()
        }
        () if wanted.optin && wanted.optout => "You can't specify both OPTIN mode and OPTOUT mode".to_owned(),
        () if old.is_some_and(|old| wanted.optin && old.optout || wanted.optout && old.optin) => {
            switched("OPTIN/OPTOUT mode")
        }
        () => String::new(),
    };
    if !why.is_empty() {
        return Err(Reply::error(format!("ERR {why}")));
    }
    if let Some(old) = old {
        (wanted.prefixes, wanted.caching) = (old.prefixes.clone(), old.caching);
    }
    check_prefixes(wanted.prefixes.as_slice(), &given)?;
    if wanted.bcast && given.is_empty() {
        wanted.prefixes.insert(Blob::default());
    }
    wanted.prefixes.extend(given.into_iter().cloned());
    node.track(conn, wanted);
    Ok(Reply::ok())
}

fn redirect(node: &Node, again: bool, id: &Blob) -> Result<(u64, Conn), Reply> {
    if again {
        return Err(Reply::error("ERR A client can only redirect to a single other client"));
    }
    let id = integer(id).ok_or(Reply::error(NOT_AN_INTEGER))? as u64;
    let to = node.client_by_id(id);
    to.map(|to| (id, to)).ok_or(Reply::error("ERR The client ID you want redirect to does not exist"))
}

fn check_prefixes(old: &[Blob], given: &[&Blob]) -> Result<(), Reply> {
    let text = |blob: &Blob| String::from_utf8_lossy(blob).into_owned();
    for (at, prefix) in given.iter().enumerate() {
        let overlaps = |other: &&Blob| other.starts_with(prefix) || prefix.starts_with(other);
        let later = given[at + 1..].iter().copied().find(overlaps).map(|other| ("another provided", other));
        let found = old.iter().find(overlaps).map(|other| ("an existing", other)).or(later);
        if let Some((which, other)) = found {
            return Err(Reply::error(format!(
                "ERR Prefix '{}' overlaps with {which} prefix '{}'. Prefixes for a single client must not overlap.",
                text(prefix),
                text(other)
            )));
        }
    }
    Ok(())
}

fn caching(node: &mut Node, conn: Conn, word: &Blob) -> Result<Reply, Reply> {
    let refused = |why: &str| Err(Reply::error(format!("ERR CLIENT CACHING {why}")));
    let Some(tracks) = node.tracks(conn) else {
        return refused(
            "can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled",
        );
    };
    match () {
        () if is_word(word, "YES") && !tracks.optin => {
            return refused("YES is only valid when tracking is enabled in OPTIN mode.");
        }
        () if is_word(word, "NO") && !tracks.optout => {
            return refused("NO is only valid when tracking is enabled in OPTOUT mode.");
        }
        () if is_word(word, "YES") || is_word(word, "NO") => node.set_caching(conn),
        () => return Err(syntax()),
    }
    Ok(Reply::ok())
}

/// The id of who is told instead: 0 for nobody, -1 without tracking.
fn redirection(tracks: Option<&Tracks>) -> i64 {
    tracks.map_or(-1, |tracks| tracks.redirect.map_or(0, |(id, _)| id as i64))
}

fn tracking_info(tracks: Option<&Tracks>) -> Reply {
    let is = |asked: fn(&Tracks) -> bool| tracks.is_some_and(asked);
    let flags = [
        (tracks.is_none(), "off"),
        (tracks.is_some(), "on"),
        (is(|tracks| tracks.bcast), "bcast"),
        (is(|tracks| tracks.optin), "optin"),
        (is(|tracks| tracks.optin && tracks.caching), "caching-yes"),
        (is(|tracks| tracks.optout), "optout"),
        (is(|tracks| tracks.optout && tracks.caching), "caching-no"),
        (is(|tracks| tracks.noloop), "noloop"),
        (is(|tracks| tracks.broken), "broken_redirect"),
    ];
    let set = flags.into_iter().filter(|(is, _)| *is).map(|(_, name)| Reply::bulk(name));
    let prefixes = tracks.map_or(&[][..], |tracks| tracks.prefixes.as_slice());
    Reply::map([
        ("flags", Reply::Set(set.collect())),
        ("redirect", Reply::Integer(redirection(tracks))),
        ("prefixes", Reply::Array(prefixes.iter().cloned().map(Reply::Bulk).collect())),
    ])
}
