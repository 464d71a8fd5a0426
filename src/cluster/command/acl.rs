//! ACL, as far as the one user that there is goes: `default`, who may do everything. Source: Redis 7.0, `acl.c`.

use super::help::all;
use super::table::{BLANK, Flag, Handler, Spec};
use super::told;
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] =
    &[Spec { name: "acl", arity: -2, run: Handler::Container(SUBCOMMANDS), ..ROW }];

const SUBCOMMANDS: &[Spec] = &[
    Spec { name: "acl|cat", arity: -2, flags: LOOK, run: Handler::Data(|_, argv| categories(&argv[2..])), ..ROW },
    Spec { name: "acl|getuser", arity: 3, run: Handler::Data(|_, argv| user(&argv[2])), ..ROW },
    Spec {
        name: "acl|list",
        run: Handler::Data(|_, _| Reply::Array(vec![Reply::bulk("user default on nopass ~* &* +@all")])),
        ..ROW
    },
    Spec { name: "acl|users", run: Handler::Data(|_, _| Reply::Array(vec![Reply::bulk("default")])), ..ROW },
    Spec { name: "acl|whoami", flags: LOOK, run: Handler::Data(|_, _| Reply::bulk("default")), ..ROW },
];

const LOOK: &[Flag] = &[Flag::Loading, Flag::Stale];
const ROW: Spec = Spec { arity: 2, flags: &[Flag::Admin, Flag::Loading, Flag::Stale], ..BLANK };

/// In the order of `ACLCommandCategories`.
const CATEGORIES: [&str; 21] = [
    "keyspace",
    "read",
    "write",
    "set",
    "sortedset",
    "list",
    "hash",
    "string",
    "bitmap",
    "hyperloglog",
    "geo",
    "stream",
    "pubsub",
    "admin",
    "fast",
    "slow",
    "blocking",
    "dangerous",
    "connection",
    "transaction",
    "scripting",
];

fn categories(words: &[Blob]) -> Reply {
    let [wanted] = words else {
        let all = || Reply::Array(CATEGORIES.map(Reply::bulk).into());
        let text = "ERR unknown subcommand or wrong number of arguments for 'CAT'. Try ACL HELP.";
        return if words.is_empty() { all() } else { Reply::error(text) };
    };
    match CATEGORIES.into_iter().find(|known| wanted.eq_ignore_ascii_case(known.as_bytes())) {
        Some(category) => {
            let named = all().filter(|spec| told::of(spec.name).is_in(category));
            Reply::Array(named.map(|spec| Reply::bulk(spec.name)).collect())
        }
        None => Reply::error(format!("ERR Unknown category '{}'", String::from_utf8_lossy(wanted))),
    }
}

fn user(name: &[u8]) -> Reply {
    if name != b"default" {
        return Reply::Null;
    }
    Reply::map([
        ("flags", Reply::Set(["on", "nopass"].map(Reply::bulk).into())),
        ("passwords", Reply::Array(Vec::new())),
        ("commands", Reply::bulk("+@all")),
        ("keys", Reply::bulk("~*")),
        ("channels", Reply::bulk("&*")),
        ("selectors", Reply::Array(Vec::new())),
    ])
}
