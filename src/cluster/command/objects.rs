//! What can be told about a value: OBJECT, MEMORY USAGE. Source: Redis 7.0, `object.c`.

use super::Data;
use super::argument::{err, is_word, need_integer, settle, syntax};
use super::table::{BLANK, Flag, Group, Handler, Keys, Spec, rows};
use crate::cluster::node::eviction;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::Entry;

pub(super) const COMMANDS: &[Spec] = &[
    Spec { name: "object", ..CONTAINER },
    Spec { name: "memory", group: Group::Server, run: Handler::Container(MEMORY), ..CONTAINER },
];

const CONTAINER: Spec =
    Spec { arity: -2, flags: &[Flag::Read], group: Group::Generic, run: Handler::Container(OBJECT), ..BLANK };

const OBJECT: &[Spec] = rows! { Generic:
    "object|encoding" 3 [Read] Keys::One(2), Data(encoding);
    "object|freq" 3 [Read] Keys::One(2), Data(freq);
    "object|idletime" 3 [Read] Keys::One(2), Data(idletime);
    "object|refcount" 3 [Read] Keys::One(2), Data(refcount);
};

const MEMORY: &[Spec] = rows! { Server:
    "memory|usage" -3 [Read] Keys::One(2), Data(usage);
};

fn of_entry(data: &mut Data<'_>, argv: &[Blob], tell: fn(&Entry) -> Reply) -> Reply {
    data.peek(&argv[2]).map_or(Reply::Null, tell)
}

fn encoding(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    of_entry(data, argv, |entry| Reply::bulk(entry.value.encoding()))
}

fn refcount(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    of_entry(data, argv, |entry| {
        // Redis shares the objects of small numbers, and counts them as having no end of users.
        let number = entry.value.text().and_then(super::argument::integer).filter(|_| entry.value.is_int());
        Reply::Integer(if number.is_some_and(|number| (0..10_000).contains(&number)) {
            i32::MAX.into()
        } else {
            1
        })
    })
}

fn freq(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    let Some(access) = data.peek(&argv[2]).map(|entry| entry.access) else {
        return Reply::Null;
    };
    if !data.config.eviction.policy.is_lfu() {
        return err(
            "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when \
                    switching between policies at runtime LRU and LFU data will take some time to adjust.",
        );
    }
    Reply::Integer(eviction::frequency(access, data.now, &data.config.eviction).into())
}

fn idletime(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    let Some(access) = data.peek(&argv[2]).map(|entry| entry.access) else {
        return Reply::Null;
    };
    if data.config.eviction.policy.is_lfu() {
        return err(
            "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching \
                    between policies at runtime LRU and LFU data will take some time to adjust.",
        );
    }
    Reply::Integer(eviction::idle_seconds(access, data.now).into())
}

fn usage(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_usage(data, argv))
}

fn try_usage(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    for pair in argv[3..].chunks(2) {
        let [word, samples] = pair else {
            return Err(syntax());
        };
        if !is_word(word, "SAMPLES") || need_integer(samples)? < 0 {
            return Err(syntax());
        }
    }
    Ok(data.peek(&argv[2]).map_or(Reply::Null, |entry| Reply::Integer(entry.memory.into())))
}
