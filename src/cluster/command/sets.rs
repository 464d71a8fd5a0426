//! Sets. Source: Redis 7.0, `t_set.c`.

use std::rc::Rc;

use super::Data;
use super::argument::{bulks, count, err, is_word, need_within, settle, syntax};
use super::hashes::{pick_count, picks};
use super::table::{Keys, Spec, rows};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::{Set, Value};

pub(super) const COMMANDS: &[Spec] = rows! { Set:
    "sadd" -3 [Write DenyOom Fast] Keys::One(1), Data(sadd);
    "srem" -3 [Write Fast] Keys::One(1), Data(srem);
    "smove" 4 [Write Fast] Keys::Two(1), Data(smove);
    "sismember" 3 [Read Fast] Keys::One(1), Data(sismember);
    "smismember" -3 [Read Fast] Keys::One(1), Data(smismember);
    "scard" 2 [Read Fast] Keys::One(1), Data(scard);
    "smembers" 2 [Read] Keys::One(1), Data(smembers);
    "spop" -2 [Write Fast] Keys::One(1), Data(spop);
    "srandmember" -2 [Read] Keys::One(1), Data(srandmember);
    "sinter" -2 [Read] Keys::From(1), Data(sinter);
    "sinterstore" -3 [Write DenyOom] Keys::From(1), Data(sinterstore);
    "sintercard" -3 [Read] Keys::Counted(1), Data(sintercard);
    "sunion" -2 [Read] Keys::From(1), Data(sunion);
    "sunionstore" -3 [Write DenyOom] Keys::From(1), Data(sunionstore);
    "sdiff" -2 [Read] Keys::From(1), Data(sdiff);
    "sdiffstore" -3 [Write DenyOom] Keys::From(1), Data(sdiffstore);
};

fn sadd(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_sadd(data, argv))
}

fn try_sadd(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let known = data.members(&argv[1])?;
    if known.is_some_and(|set| argv[2..].iter().all(|member| set.contains(member))) {
        return Ok(count(0));
    }
    let limits = data.config.limits;
    let set = data.members_mut(&argv[1])?;
    let new = argv[2..].iter().filter(|member| set.add(member, &limits)).count();
    data.changed(&argv[1]);
    data.pass_on(argv);
    Ok(count(new))
}

fn srem(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(remove(data, &argv[1], &argv[2..]).map(|gone| {
        if gone > 0 {
            data.pass_on(argv);
        }
        count(gone)
    }))
}

fn remove(data: &mut Data<'_>, key: &Blob, members: &[Blob]) -> Result<usize, Reply> {
    if !data.members(key)?.is_some_and(|set| members.iter().any(|member| set.contains(member))) {
        return Ok(0);
    }
    let set = data.members_mut(key)?;
    let gone = members.iter().filter(|member| set.take(member)).count();
    data.changed(key);
    Ok(gone)
}

fn smove(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_smove(data, argv))
}

fn try_smove(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let (from, to, member) = (&argv[1], &argv[2], &argv[3]);
    if data.peek(from).is_none() {
        return Ok(count(0));
    }
    let there = data.members(from)?.is_some_and(|set| set.contains(member));
    data.members(to)?;
    if from == to || !there {
        return Ok(count(there.into()));
    }
    remove(data, from, std::slice::from_ref(member))?;
    let limits = data.config.limits;
    data.members_mut(to)?.add(member, &limits);
    data.changed(to);
    data.pass_on(argv);
    Ok(count(1))
}

fn sismember(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.members(&argv[1]).map(|set| count(set.is_some_and(|set| set.contains(&argv[2])).into())))
}

fn smismember(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.members(&argv[1]).map(|set| {
        let one = |member: &Blob| count(set.is_some_and(|set| set.contains(member)).into());
        Reply::Array(argv[2..].iter().map(one).collect())
    }))
}

fn scard(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.members(&argv[1]).map(|set| count(set.map_or(0, |set| set.len()))))
}

fn smembers(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.members(&argv[1]).map(|set| whole(set.map_or(Vec::new(), |set| set.sorted()))))
}

fn whole(members: Vec<Blob>) -> Reply {
    Reply::Set(members.into_iter().map(Reply::Bulk).collect())
}

fn spop(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_spop(data, argv))
}

fn try_spop(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let wanted = match &argv[2..] {
        [] => None,
        [word] => Some(need_within(word, 0, i64::MAX, "ERR value is out of range, must be positive")?),
        _ => return Err(syntax()),
    };
    let key = &argv[1];
    let length = data.members(key)?.map_or(0, |set| set.len());
    let places = if length == 0 { Vec::new() } else { picks(data, length, wanted.unwrap_or(1)) };
    let set = data.members(key)?;
    let chosen: Vec<Blob> =
        places.iter().filter_map(|&at| set.and_then(|set| set.get_index(at)).cloned()).collect();
    if !chosen.is_empty() {
        remove(data, key, &chosen)?;
        // Replicas are told who went: their chance is not the master's.
        if chosen.len() == length {
            data.pass_on_words(&[b"DEL", key]);
        } else {
            let words: Vec<&[u8]> =
                [&b"SREM"[..], key].into_iter().chain(chosen.iter().map(|one| &**one)).collect();
            data.pass_on_words(&words);
        }
    }
    Ok(match wanted {
        None => chosen.into_iter().next().map_or(Reply::Null, Reply::Bulk),
        Some(_) => whole(chosen),
    })
}

fn srandmember(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_srandmember(data, argv))
}

fn try_srandmember(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let wanted = match &argv[2..] {
        [] => None,
        [word] => Some(pick_count(word)?),
        _ => return Err(syntax()),
    };
    let length = data.members(&argv[1])?.map_or(0, |set| set.len());
    let places = if length == 0 { Vec::new() } else { picks(data, length, wanted.unwrap_or(1)) };
    let set = data.members(&argv[1])?;
    let mut chosen = places.iter().filter_map(|&at| set.and_then(|set| set.get_index(at)));
    Ok(match wanted {
        None => chosen.next().cloned().map_or(Reply::Null, Reply::Bulk),
        Some(_) => bulks(chosen),
    })
}

/// What is done with several sets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Inter,
    Union,
    Diff,
}

/// The sets at these keys. For an intersection a missing one ends the matter, as in Redis, once all have been looked at.
fn combine(data: &mut Data<'_>, keys: &[Blob], of: Of, most: usize) -> Result<Set, Reply> {
    let mut sets: Vec<Set> = Vec::new();
    for key in keys {
        sets.push(data.members(key)?.cloned().unwrap_or_default());
    }
    let limits = data.config.limits;
    let mut result = Set::default();
    let (first, others) = match sets.split_first() {
        Some(split) => split,
        None => return Ok(result),
    };
    for member in first.iter() {
        let stays = match of {
            Of::Union => true,
            Of::Inter => others.iter().all(|set| set.contains(member)),
            Of::Diff => !others.iter().any(|set| set.contains(member)),
        };
        if stays && result.len() < most {
            result.add(member, &limits);
        }
    }
    if of == Of::Union {
        others.iter().flat_map(|set| set.iter()).for_each(|member| _ = result.add(member, &limits));
    }
    Ok(result)
}

fn show(data: &mut Data<'_>, argv: &[Blob], of: Of) -> Reply {
    settle(combine(data, &argv[1..], of, usize::MAX).map(|set| whole(set.sorted())))
}

fn keep(data: &mut Data<'_>, argv: &[Blob], of: Of) -> Reply {
    settle(combine(data, &argv[2..], of, usize::MAX).map(|set| {
        let length = set.len();
        data.store_result(&argv[1], Value::Set(Rc::new(set)), argv);
        count(length)
    }))
}

fn sinter(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    show(data, argv, Of::Inter)
}

fn sinterstore(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    keep(data, argv, Of::Inter)
}

fn sunion(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    show(data, argv, Of::Union)
}

fn sunionstore(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    keep(data, argv, Of::Union)
}

fn sdiff(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    show(data, argv, Of::Diff)
}

fn sdiffstore(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    keep(data, argv, Of::Diff)
}

fn sintercard(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_sintercard(data, argv))
}

fn try_sintercard(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let (keys, most) = counted_keys(argv)?;
    combine(data, keys, Of::Inter, most).map(|set| count(set.len()))
}

/// `numkeys key [key ...] [LIMIT limit]`, of SINTERCARD and ZINTERCARD.
pub(super) fn counted_keys(argv: &[Blob]) -> Result<(&[Blob], usize), Reply> {
    let keys = need_within(&argv[1], 1, i64::MAX, "ERR numkeys should be greater than 0")? as usize;
    let Some((keys, mut words)) = argv[2..].split_at_checked(keys) else {
        return Err(err("ERR Number of keys can't be greater than number of args"));
    };
    let mut most = usize::MAX;
    while let Some((word, rest)) = words.split_first() {
        let ([limit, rest @ ..], true) = (rest, is_word(word, "LIMIT")) else {
            return Err(syntax());
        };
        let limit = need_within(limit, 0, i64::MAX, "ERR LIMIT can't be negative")?;
        most = if limit == 0 { usize::MAX } else { limit as usize };
        words = rest;
    }
    Ok((keys, most))
}
