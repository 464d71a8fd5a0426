//! Hashes. Source: Redis 7.0, `t_hash.c`.

use super::Data;
use super::argument::{bulks, count, err, integer, is_word, need_integer, settle, syntax};
use super::numbers::float_sum;
use super::shape;
use super::table::{Keys, Spec, rows};
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = rows! { Hash:
    "hset" -4 [Write DenyOom Fast] Keys::One(1), Data(hset);
    "hmset" -4 [Write DenyOom Fast] Keys::One(1), Data(hmset);
    "hsetnx" 4 [Write DenyOom Fast] Keys::One(1), Data(hsetnx);
    "hget" 3 [Read Fast] Keys::One(1), Data(hget);
    "hmget" -3 [Read Fast] Keys::One(1), Data(hmget);
    "hdel" -3 [Write Fast] Keys::One(1), Data(hdel);
    "hlen" 2 [Read Fast] Keys::One(1), Data(hlen);
    "hstrlen" 3 [Read Fast] Keys::One(1), Data(hstrlen);
    "hexists" 3 [Read Fast] Keys::One(1), Data(hexists);
    "hkeys" 2 [Read] Keys::One(1), Data(hkeys);
    "hvals" 2 [Read] Keys::One(1), Data(hvals);
    "hgetall" 2 [Read] Keys::One(1), Data(hgetall);
    "hincrby" 4 [Write DenyOom Fast] Keys::One(1), Data(hincrby);
    "hincrbyfloat" 4 [Write DenyOom Fast] Keys::One(1), Data(hincrbyfloat);
    "hrandfield" -2 [Read] Keys::One(1), Data(hrandfield);
};

fn put_all(data: &mut Data<'_>, argv: &[Blob], odd: &'static str) -> Result<usize, Reply> {
    if !argv.len().is_multiple_of(2) {
        return Err(err(odd));
    }
    let limits = data.config.limits;
    let hash = data.hash_mut(&argv[1])?;
    let mut new = 0;
    for pair in argv[2..].chunks_exact(2) {
        new += usize::from(hash.put(&pair[0], pair[1].clone(), &limits));
    }
    data.changed(&argv[1]);
    data.pass_on(argv);
    Ok(new)
}

fn hset(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(put_all(data, argv, "ERR wrong number of arguments for 'hset' command").map(count))
}

fn hmset(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(put_all(data, argv, "ERR wrong number of arguments for 'hmset' command").map(|_| Reply::ok()))
}

fn hsetnx(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.hash(&argv[1]).map(|hash| hash.is_some_and(|hash| hash.contains_key(&argv[2]))).and_then(
        |there| {
            if there {
                return Ok(count(0));
            }
            put_all(data, argv, "").map(count)
        },
    ))
}

fn field(data: &mut Data<'_>, argv: &[Blob]) -> Result<Option<Blob>, Reply> {
    Ok(data.hash(&argv[1])?.and_then(|hash| hash.get(&argv[2]).cloned()))
}

fn hget(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(field(data, argv).map(|value| value.map_or(Reply::Null, Reply::Bulk)))
}

fn hstrlen(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(field(data, argv).map(|value| count(value.map_or(0, |value| value.len()))))
}

fn hexists(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(field(data, argv).map(|value| count(value.is_some().into())))
}

fn hmget(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.hash(&argv[1]).map(|hash| {
        let value = |field: &Blob| hash.and_then(|hash| hash.get(field)).cloned().map_or(Reply::Null, Reply::Bulk);
        Reply::Array(argv[2..].iter().map(value).collect())
    }))
}

fn hdel(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_hdel(data, argv))
}

fn try_hdel(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let there = data.hash(&argv[1])?.is_some_and(|hash| argv[2..].iter().any(|field| hash.contains_key(field)));
    if !there {
        return Ok(count(0));
    }
    let hash = data.hash_mut(&argv[1])?;
    let gone = argv[2..].iter().filter(|field| hash.take(field)).count();
    data.changed(&argv[1]);
    data.pass_on(argv);
    Ok(count(gone))
}

fn hlen(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.hash(&argv[1]).map(|hash| count(hash.map_or(0, |hash| hash.len()))))
}

fn hkeys(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.hash(&argv[1]).map(|hash| bulks(hash.into_iter().flat_map(|hash| hash.keys()))))
}

fn hvals(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.hash(&argv[1]).map(|hash| bulks(hash.into_iter().flat_map(|hash| hash.values()))))
}

fn hgetall(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(
        data.hash(&argv[1])
            .map(|hash| Reply::Map(hash.into_iter().flat_map(|hash| hash.iter()).map(shape::pair).collect())),
    )
}

fn hincrby(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_hincrby(data, argv))
}

fn try_hincrby(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let amount = need_integer(&argv[3])?;
    let old = match field(data, argv)? {
        None => 0,
        Some(value) => integer(&value).ok_or_else(|| err("ERR hash value is not an integer"))?,
    };
    let new = old.checked_add(amount).ok_or_else(|| err("ERR increment or decrement would overflow"))?;
    put_one(data, argv, new.to_string().into_bytes().into())?;
    data.pass_on(argv);
    Ok(Reply::Integer(new))
}

fn put_one(data: &mut Data<'_>, argv: &[Blob], value: Blob) -> Result<(), Reply> {
    let limits = data.config.limits;
    data.hash_mut(&argv[1])?.put(&argv[2], value, &limits);
    data.changed(&argv[1]);
    Ok(())
}

fn hincrbyfloat(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_hincrbyfloat(data, argv))
}

fn try_hincrbyfloat(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    // The amount is read first, whatever the key holds.
    float_sum(None, &argv[3], "", "ERR value is NaN or Infinity")?;
    let old = field(data, argv)?;
    let too_large = "ERR increment would produce NaN or Infinity";
    let sum = float_sum(old.as_deref(), &argv[3], "ERR hash value is not a float", too_large)?;
    put_one(data, argv, sum.clone())?;
    data.pass_on_words(&[b"HSET", &argv[1], &argv[2], &sum]);
    Ok(Reply::Bulk(sum))
}

/// What HRANDFIELD, SRANDMEMBER and ZRANDMEMBER pick among so many: a negative count may repeat itself.
pub(super) fn picks(data: &mut Data<'_>, length: usize, wanted: i64) -> Vec<usize> {
    let all = length as u32;
    if wanted < 0 {
        return (0..wanted.unsigned_abs()).map(|_| data.rng.below(all) as usize).collect();
    }
    if wanted as u64 >= u64::from(all) {
        return (0..length).collect();
    }
    // The first places of a shuffle.
    let mut places: Vec<usize> = (0..length).collect();
    for at in 0..wanted as usize {
        places.swap(at, at + data.rng.below(all - at as u32) as usize);
    }
    places.truncate(wanted as usize);
    places
}

/// The count of HRANDFIELD and its like. Source: `t_hash.c`, `hrandfieldCommand` (the bounds).
pub(super) fn pick_count(word: &[u8]) -> Result<i64, Reply> {
    let wanted = need_integer(word)?;
    if wanted == i64::MIN {
        return Err(err(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
        ));
    }
    let most = super::data::VALUE_LIMIT as i64;
    if wanted < -most { Err(err("ERR value is out of range")) } else { Ok(wanted) }
}

fn hrandfield(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_hrandfield(data, argv))
}

fn try_hrandfield(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let wanted = argv.get(2).map(|word| pick_count(word)).transpose()?;
    let with_values = match &argv[2..] {
        [_, word] if is_word(word, "WITHVALUES") => true,
        [] | [_] => false,
        _ => return Err(syntax()),
    };
    if with_values && wanted.is_some_and(|wanted| wanted.abs() > i64::MAX / 2) {
        return Err(err("ERR value is out of range"));
    }
    let length = data.hash(&argv[1])?.map_or(0, |hash| hash.len());
    if length == 0 {
        return Ok(if wanted.is_some() { Reply::Array(Vec::new()) } else { Reply::Null });
    }
    let places = picks(data, length, wanted.unwrap_or(1));
    let Some(hash) = data.hash(&argv[1])? else {
        return Ok(Reply::Null);
    };
    let chosen = places.iter().filter_map(|&at| hash.get_index(at));
    if wanted.is_none() {
        return Ok(chosen.map(|(field, _)| Reply::Bulk(field.clone())).next().unwrap_or(Reply::Null));
    }
    Ok(if with_values {
        Reply::Pairs(chosen.map(shape::pair).collect())
    } else {
        bulks(chosen.map(|(field, _)| field))
    })
}
