//! SORT. Source: Redis 7.0, `sort.c`.

use std::collections::BinaryHeap;

use super::Data;
use super::argument::{WRONG_TYPE, bulks, count, err, is_word, need_integer, settle, syntax};
use super::float;
use super::table::{Keys, Spec, rows};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::{Score, Value};

pub(super) const COMMANDS: &[Spec] = rows! { Generic:
    "sort" -2 [Write DenyOom] Keys::Sort, Data(sort);
    "sort_ro" -2 [Read] Keys::One(1), Data(sort_ro);
};

#[derive(Default)]
struct Options<'a> {
    descending: bool,
    alpha: bool,
    as_is: bool,
    limit: Option<(i64, i64)>,
    store: Option<&'a Blob>,
}

fn options(mut words: &[Blob], stores: bool) -> Result<Options<'_>, Reply> {
    let mut options = Options::default();
    while let Some((word, rest)) = words.split_first() {
        words = rest;
        match rest {
            _ if is_word(word, "ASC") => options.descending = false,
            _ if is_word(word, "DESC") => options.descending = true,
            _ if is_word(word, "ALPHA") => options.alpha = true,
            [start, length, tail @ ..] if is_word(word, "LIMIT") => {
                options.limit = Some((need_integer(start)?, need_integer(length)?));
                words = tail;
            }
            [key, tail @ ..] if stores && is_word(word, "STORE") => {
                options.store = Some(key);
                words = tail;
            }
            [pattern, tail @ ..] if is_word(word, "BY") => {
                // A pattern without a star names no key: nothing is sorted.
                if pattern.contains(&b'*') {
                    return Err(err("ERR BY option of SORT denied in Cluster mode."));
                }
                options.as_is = true;
                words = tail;
            }
            [_, ..] if is_word(word, "GET") => {
                return Err(err("ERR GET option of SORT denied in Cluster mode."));
            }
            _ => return Err(syntax()),
        }
    }
    Ok(options)
}

fn sort(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(work(data, argv, true))
}

fn sort_ro(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(work(data, argv, false))
}

fn work(data: &mut Data<'_>, argv: &[Blob], stores: bool) -> Result<Reply, Reply> {
    let mut options = options(&argv[2..], stores)?;
    let mut reversed = false;
    // Redis sorts a sorted set only in its large form, and leaves it so.
    if let Ok(Some(false)) = data.zset(&argv[1]).map(|zset| zset.map(|zset| zset.is_large())) {
        data.zset_mut(&argv[1])?.enlarge();
    }
    let mut items: Vec<Blob> = match data.get(&argv[1]) {
        None => Vec::new(),
        Some(Value::List(list)) => {
            reversed = options.as_is && options.descending;
            list.iter().cloned().collect()
        }
        Some(Value::Set(set)) => {
            if options.store.is_some() && options.as_is {
                (options.as_is, options.alpha) = (false, true);
            }
            set.sorted()
        }
        Some(Value::ZSet(zset)) => {
            reversed = options.as_is && options.descending;
            zset.from(0).map(|(_, member)| member.clone()).collect()
        }
        Some(_) => return Err(err(WRONG_TYPE)),
    };
    if !options.as_is {
        items = ordered(items, options.alpha)?;
        reversed = options.descending;
    }
    if reversed {
        items.reverse();
    }
    if let Some((start, length)) = options.limit {
        let start = (start.max(0) as u64).min(items.len() as u64) as usize;
        items.drain(..start);
        items.truncate(usize::try_from(length).unwrap_or(usize::MAX));
    }
    let Some(target) = options.store else {
        return Ok(bulks(items.iter()));
    };
    let length = items.len();
    data.store_result(target, Value::list(items.into()), argv);
    Ok(count(length))
}

fn ordered(items: Vec<Blob>, alpha: bool) -> Result<Vec<Blob>, Reply> {
    let mut keyed: Vec<(Score, Blob)> = Vec::with_capacity(items.len());
    for item in items {
        let score = if alpha { Some(Score::default()) } else { float::parse_weight(&item) };
        let score = score.ok_or_else(|| err("ERR One or more scores can't be converted into double"))?;
        keyed.push((score, item));
    }
    // A heap's sort is a fifth of the size of the standard one, and equal items are equal in all.
    let keyed = BinaryHeap::from(keyed).into_sorted_vec();
    Ok(keyed.into_iter().map(|(_, item)| item).collect())
}
