//! Keys under other names: RENAME, COPY; and what a cluster refuses. Source: Redis 7.0, `db.c`.

use super::Data;
use super::argument::{count, err, is_word, need_integer, settle, syntax};
use super::table::{Keys, Spec, rows};
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = rows! { Generic:
    "rename" 3 [Write] Keys::Two(1), Data(rename);
    "renamenx" 3 [Write Fast] Keys::Two(1), Data(renamenx);
    "copy" -3 [Write DenyOom] Keys::Two(1), Data(copy);
    "move" 3 [Write Fast] Keys::One(1), Data(|_, _| err("ERR MOVE is not allowed in cluster mode"));
    @Server "swapdb" 3 [Write Fast] Keys::None, Data(|_, _| err("ERR SWAPDB is not allowed in cluster mode"));
    "randomkey" 1 [Read] Keys::None, Data(randomkey);
};

fn rename(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(move_to(data, argv, false).map(|_| Reply::ok()))
}

fn renamenx(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(move_to(data, argv, true).map(|moved| count(moved.into())))
}

fn move_to(data: &mut Data<'_>, argv: &[Blob], only_absent: bool) -> Result<bool, Reply> {
    let (from, to) = (&argv[1], &argv[2]);
    if data.peek(from).is_none() {
        return Err(err("ERR no such key"));
    }
    if from == to {
        return Ok(!only_absent);
    }
    if only_absent && data.peek(to).is_some() {
        return Ok(false);
    }
    if let Some(entry) = data.store.remove(from) {
        data.set(to, entry.value, entry.deadline);
    }
    data.pass_on(argv);
    Ok(true)
}

fn copy(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_copy(data, argv))
}

fn try_copy(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let (from, to) = (&argv[1], &argv[2]);
    let (mut replace, mut other) = (false, false);
    let mut words = argv[3..].iter();
    while let Some(word) = words.next() {
        if is_word(word, "REPLACE") {
            replace = true;
        } else if let (true, Some(index)) = (is_word(word, "DB"), words.next()) {
            let index = need_integer(index)?;
            if i32::try_from(index).is_err() {
                return Err(err("ERR value is out of range, value must between -2147483648 and 2147483647"));
            }
            if !(0..16).contains(&index) {
                return Err(err("ERR DB index is out of range"));
            }
            other = index != 0;
        } else {
            return Err(syntax());
        }
    }
    if other {
        return Err(err("ERR Copying to another database is not allowed in cluster mode"));
    }
    if from == to {
        return Err(err("ERR source and destination objects are the same"));
    }
    let Some(entry) = data.peek(from) else {
        return Ok(count(0));
    };
    let (value, deadline) = (entry.value.clone(), entry.deadline);
    if !replace && data.peek(to).is_some() {
        return Ok(count(0));
    }
    data.set(to, value, deadline);
    data.pass_on(argv);
    Ok(count(1))
}

/// How often an expired key may come up. Source: `db.c`, `dbRandomKey`.
const TRIES: usize = 100;

fn randomkey(data: &mut Data<'_>, _argv: &[Blob]) -> Reply {
    for _ in 0..TRIES {
        let at = data.rng.below(data.store.len());
        let Some(key) = data.store.key_at(at).cloned() else {
            return Reply::Null;
        };
        if data.peek(&key).is_some() {
            return Reply::Bulk(key);
        }
    }
    Reply::Null
}
