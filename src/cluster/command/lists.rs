//! Lists: pushing, popping, single places. Source: Redis 7.0, `t_list.c`.

use super::Data;
use super::argument::{bulks, count, err, is_word, need_integer, need_within, settle, syntax};
use super::table::{Keys, Spec, rows};
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = rows! { List:
    "lpush" -3 [Write DenyOom Fast] Keys::One(1), Data(lpush);
    "rpush" -3 [Write DenyOom Fast] Keys::One(1), Data(rpush);
    "lpushx" -3 [Write DenyOom Fast] Keys::One(1), Data(lpushx);
    "rpushx" -3 [Write DenyOom Fast] Keys::One(1), Data(rpushx);
    "lpop" -2 [Write Fast] Keys::One(1), Data(lpop);
    "rpop" -2 [Write Fast] Keys::One(1), Data(rpop);
    "llen" 2 [Read Fast] Keys::One(1), Data(llen);
    "lindex" 3 [Read] Keys::One(1), Data(lindex);
    "lset" 4 [Write DenyOom] Keys::One(1), Data(lset);
    "linsert" 5 [Write DenyOom] Keys::One(1), Data(linsert);
    "lrem" 4 [Write] Keys::One(1), Data(lrem);
};

fn lpush(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(push(data, argv, true, false))
}

fn rpush(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(push(data, argv, false, false))
}

fn lpushx(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(push(data, argv, true, true))
}

fn rpushx(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(push(data, argv, false, true))
}

fn push(data: &mut Data<'_>, argv: &[Blob], left: bool, only_existing: bool) -> Result<Reply, Reply> {
    let key = &argv[1];
    if only_existing && data.list(key)?.is_none() {
        return Ok(count(0));
    }
    let list = data.list_mut(key)?;
    for element in &argv[2..] {
        list.push(element.clone(), left);
    }
    let length = list.len();
    data.changed(key);
    data.pass_on(argv);
    Ok(count(length))
}

fn lpop(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(pop(data, argv, true))
}

fn rpop(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(pop(data, argv, false))
}

fn pop(data: &mut Data<'_>, argv: &[Blob], left: bool) -> Result<Reply, Reply> {
    let key = &argv[1];
    let wanted = match &argv[2..] {
        [] => None,
        [word] => Some(need_within(word, 0, i64::MAX, "ERR value is out of range, must be positive")?),
        _ => {
            let name = if left { "lpop" } else { "rpop" };
            return Err(Reply::error(format!("ERR wrong number of arguments for '{name}' command")));
        }
    };
    if data.list(key)?.is_none() {
        return Ok(if wanted.is_some() { Reply::NullArray } else { Reply::Null });
    }
    if wanted == Some(0) {
        return Ok(Reply::Array(Vec::new()));
    }
    let list = data.list_mut(key)?;
    let most = wanted.map_or(1, |wanted| wanted as usize).min(list.len());
    let taken: Vec<Blob> = (0..most).filter_map(|_| list.pop(left)).collect();
    data.changed(key);
    data.pass_on(argv);
    Ok(match wanted {
        None => taken.into_iter().next().map_or(Reply::Null, Reply::Bulk),
        Some(_) => bulks(taken.iter()),
    })
}

fn llen(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.list(&argv[1]).map(|list| count(list.map_or(0, |list| list.len()))))
}

/// The place that an index, counted from the end if negative, stands for.
fn place(index: i64, length: usize) -> Option<usize> {
    let index = if index < 0 { index.checked_add(length as i64)? } else { index };
    usize::try_from(index).ok().filter(|&index| index < length)
}

fn lindex(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_lindex(data, argv))
}

fn try_lindex(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let Some(list) = data.list(&argv[1])? else {
        return Ok(Reply::Null);
    };
    let index = need_integer(&argv[2])?;
    Ok(place(index, list.len()).and_then(|at| list.get(at)).cloned().map_or(Reply::Null, Reply::Bulk))
}

fn lset(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_lset(data, argv))
}

fn try_lset(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let key = &argv[1];
    let length = data.list(key)?.ok_or_else(|| err("ERR no such key"))?.len();
    let at = place(need_integer(&argv[2])?, length).ok_or_else(|| err("ERR index out of range"))?;
    data.list_mut(key)?.rebuild(|items| items[at] = argv[3].clone());
    data.changed(key);
    data.pass_on(argv);
    Ok(Reply::ok())
}

fn linsert(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_linsert(data, argv))
}

fn try_linsert(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let key = &argv[1];
    let after = is_word(&argv[2], "AFTER");
    if !after && !is_word(&argv[2], "BEFORE") {
        return Err(syntax());
    }
    let Some(list) = data.list(key)? else {
        return Ok(count(0));
    };
    let Some(at) = list.iter().position(|item| *item == argv[3]) else {
        return Ok(Reply::Integer(-1));
    };
    let length = list.len() + 1;
    data.list_mut(key)?.rebuild(|items| items.insert(at + usize::from(after), argv[4].clone()));
    data.changed(key);
    data.pass_on(argv);
    Ok(count(length))
}

fn lrem(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_lrem(data, argv))
}

fn try_lrem(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let (key, element) = (&argv[1], &argv[3]);
    let wanted = need_integer(&argv[2])?;
    let Some(list) = data.list(key)? else {
        return Ok(count(0));
    };
    let all = list.iter().filter(|item| *item == element).count();
    let most = if wanted == 0 { all } else { all.min(wanted.unsigned_abs() as usize) };
    if most == 0 {
        return Ok(count(0));
    }
    // From the end, the first ones stay.
    let (mut spare, mut left) = (if wanted < 0 { all - most } else { 0 }, most);
    data.list_mut(key)?.rebuild(|items| {
        items.retain(|item| {
            if item != element || left == 0 {
                return true;
            }
            if spare > 0 {
                spare -= 1;
                return true;
            }
            left -= 1;
            false
        });
    });
    data.changed(key);
    data.pass_on(argv);
    Ok(count(most))
}
