//! Sorted sets: members and their scores. Source: Redis 7.0, `t_zset.c`.

use super::Data;
use super::argument::{count, err, is_word, settle, syntax};
use super::float::{self, NOT_A_FLOAT};
use super::hashes::{pick_count, picks};
use super::shape;
use super::table::{Keys, Spec, rows};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::Score;

pub(super) const COMMANDS: &[Spec] = rows! { SortedSet:
    "zadd" -4 [Write DenyOom Fast] Keys::One(1), Data(zadd);
    "zincrby" 4 [Write DenyOom Fast] Keys::One(1), Data(zincrby);
    "zrem" -3 [Write Fast] Keys::One(1), Data(zrem);
    "zcard" 2 [Read Fast] Keys::One(1), Data(zcard);
    "zscore" 3 [Read Fast] Keys::One(1), Data(zscore);
    "zmscore" -3 [Read Fast] Keys::One(1), Data(zmscore);
    "zrank" 3 [Read Fast] Keys::One(1), Data(zrank);
    "zrevrank" 3 [Read Fast] Keys::One(1), Data(zrevrank);
    "zrandmember" -2 [Read] Keys::One(1), Data(zrandmember);
};

#[derive(Default)]
struct Options {
    nx: bool,
    xx: bool,
    gt: bool,
    lt: bool,
    changed: bool,
    increment: bool,
}

fn options(words: &[Blob]) -> (Options, &[Blob]) {
    let mut options = Options::default();
    for (at, word) in words.iter().enumerate() {
        match () {
            () if is_word(word, "NX") => options.nx = true,
            () if is_word(word, "XX") => options.xx = true,
            () if is_word(word, "GT") => options.gt = true,
            () if is_word(word, "LT") => options.lt = true,
            () if is_word(word, "CH") => options.changed = true,
            () if is_word(word, "INCR") => options.increment = true,
            () => return (options, &words[at..]),
        }
    }
    (options, &[])
}

fn zadd(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    let (options, pairs) = options(&argv[2..]);
    settle(add(data, argv, &options, pairs))
}

fn zincrby(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    // As in Redis, words that are options to ZADD are so here too.
    let (options, pairs) = options(&argv[2..]);
    settle(add(data, argv, &Options { increment: true, ..options }, pairs))
}

fn add(data: &mut Data<'_>, argv: &[Blob], options: &Options, pairs: &[Blob]) -> Result<Reply, Reply> {
    let key = &argv[1];
    if pairs.is_empty() || !pairs.len().is_multiple_of(2) {
        return Err(syntax());
    }
    if options.nx && options.xx {
        return Err(err("ERR XX and NX options at the same time are not compatible"));
    }
    if (options.gt && options.lt) || (options.nx && (options.gt || options.lt)) {
        return Err(err("ERR GT, LT, and/or NX options at the same time are not compatible"));
    }
    if options.increment && pairs.len() > 2 {
        return Err(err("ERR INCR option supports a single increment-element pair"));
    }
    let scores = pairs.iter().step_by(2).map(|word| float::need(word, NOT_A_FLOAT));
    let scores = scores.collect::<Result<Vec<Score>, Reply>>()?;
    let known = data.zset(key)?;
    let nothing = || if options.increment { Reply::Null } else { count(0) };
    if known.is_none() && options.xx {
        return Ok(nothing());
    }
    let limits = data.config.limits;
    let zset = data.zset_mut(key)?;
    let (mut added, mut updated, mut last) = (0, 0, None);
    for (pair, &score) in pairs.chunks_exact(2).zip(&scores) {
        let member = &pair[1];
        let old = zset.score(member);
        let new = match old {
            Some(old) if options.increment => Score(old.0 + score.0),
            _ => score,
        };
        if new.0.is_nan() {
            return Err(err("ERR resulting score is not a number (NaN)"));
        }
        let refused = match old {
            Some(old) => options.nx || (options.gt && new <= old) || (options.lt && new >= old),
            None => options.xx,
        };
        if refused {
            continue;
        }
        last = Some(new);
        if old == Some(new) {
            continue;
        }
        zset.put(member, new, &limits);
        added += usize::from(old.is_none());
        updated += usize::from(old.is_some());
    }
    if added + updated > 0 {
        data.changed(key);
        data.pass_on(argv);
    }
    Ok(match (options.increment, last) {
        (true, Some(score)) => shape::double(score),
        (true, None) => Reply::Null,
        (false, _) => count(added + if options.changed { updated } else { 0 }),
    })
}

fn zrem(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_zrem(data, argv))
}

fn try_zrem(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let key = &argv[1];
    if !data.zset(key)?.is_some_and(|zset| argv[2..].iter().any(|member| zset.score(member).is_some())) {
        return Ok(count(0));
    }
    let zset = data.zset_mut(key)?;
    let gone = argv[2..].iter().filter(|member| zset.take(member).is_some()).count();
    data.changed(key);
    data.pass_on(argv);
    Ok(count(gone))
}

fn zcard(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.zset(&argv[1]).map(|zset| count(zset.map_or(0, |zset| zset.len()))))
}

fn zscore(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(
        data.zset(&argv[1])
            .map(|zset| zset.and_then(|zset| zset.score(&argv[2])).map_or(Reply::Null, shape::double)),
    )
}

fn zmscore(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.zset(&argv[1]).map(|zset| {
        let one = |member: &Blob| zset.and_then(|zset| zset.score(member)).map_or(Reply::Null, shape::double);
        Reply::Array(argv[2..].iter().map(one).collect())
    }))
}

fn zrank(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.zset(&argv[1]).map(|zset| zset.and_then(|zset| zset.rank(&argv[2])).map_or(Reply::Null, count)))
}

fn zrevrank(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(data.zset(&argv[1]).map(|zset| {
        let rank = zset.and_then(|zset| zset.rank(&argv[2]).map(|rank| zset.len() - 1 - rank));
        rank.map_or(Reply::Null, count)
    }))
}

fn zrandmember(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_zrandmember(data, argv))
}

fn try_zrandmember(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let wanted = argv.get(2).map(|word| pick_count(word)).transpose()?;
    let with_scores = match &argv[2..] {
        [_, word] if is_word(word, "WITHSCORES") => true,
        [] | [_] => false,
        _ => return Err(syntax()),
    };
    if with_scores && wanted.is_some_and(|wanted| wanted.abs() > i64::MAX / 2) {
        return Err(err("ERR value is out of range"));
    }
    let length = data.zset(&argv[1])?.map_or(0, |zset| zset.len());
    let places = if length == 0 { Vec::new() } else { picks(data, length, wanted.unwrap_or(1)) };
    let zset = data.zset(&argv[1])?;
    let mut chosen = places.iter().filter_map(|&at| zset.and_then(|zset| zset.any(at)));
    Ok(match wanted {
        None => chosen.next().map_or(Reply::Null, |(member, _)| Reply::Bulk(member.clone())),
        Some(_) => shape::scored(chosen.map(|(member, score)| (score, member)), with_scores),
    })
}
