//! Unions, intersections and differences of sorted sets. Source: Redis 7.0, `t_zset.c`,
//! `zunionInterDiffGenericCommand`. Plain sets take part with a score of 1.

use std::rc::Rc;

use super::Data;
use super::argument::{NOT_AN_INTEGER, WRONG_TYPE, count, err, integer, is_word, need_within, settle, syntax};
use super::float;
use super::shape;
use super::table::{Keys, Spec, rows};
use crate::cluster::order;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::{Limits, Score, Set, Value, ZSet};

pub(super) const COMMANDS: &[Spec] = rows! { SortedSet:
    "zunion" -3 [Read] Keys::Counted(1), Data(zunion);
    "zunionstore" -4 [Write DenyOom] Keys::StoreCounted, Data(zunionstore);
    "zinter" -3 [Read] Keys::Counted(1), Data(zinter);
    "zinterstore" -4 [Write DenyOom] Keys::StoreCounted, Data(zinterstore);
    "zintercard" -3 [Read] Keys::Counted(1), Data(zintercard);
    "zdiff" -3 [Read] Keys::Counted(1), Data(zdiff);
    "zdiffstore" -4 [Write DenyOom] Keys::StoreCounted, Data(zdiffstore);
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Union,
    Inter,
    Diff,
    Card,
}

#[derive(Clone, Copy)]
enum Aggregate {
    Sum,
    Min,
    Max,
}

impl Aggregate {
    fn of(self, one: f64, other: f64) -> f64 {
        match self {
            Self::Sum => number(one + other),
            Self::Min => {
                if other < one {
                    other
                } else {
                    one
                }
            }
            Self::Max => {
                if other > one {
                    other
                } else {
                    one
                }
            }
        }
    }
}

/// What is not a number, as infinity less itself, counts as 0.
fn number(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value }
}

/// One of the sets, with its weight.
enum Members {
    Plain(Rc<Set>),
    Scored(Rc<ZSet>),
    None,
}

struct Source(Members, f64);

impl Source {
    fn len(&self) -> usize {
        match &self.0 {
            Members::Plain(set) => set.len(),
            Members::Scored(zset) => zset.len(),
            Members::None => 0,
        }
    }

    fn score(&self, member: &[u8]) -> Option<f64> {
        match &self.0 {
            Members::Plain(set) => set.contains(member).then_some(self.1),
            Members::Scored(zset) => zset.score(member).map(|score| score.0 * self.1),
            Members::None => None,
        }
    }

    /// All members with their weighted scores.
    fn all(&self) -> Vec<(Blob, f64)> {
        match &self.0 {
            Members::Plain(set) => set.iter().map(|member| (member.clone(), self.1)).collect(),
            Members::Scored(zset) => {
                zset.from(0).map(|(score, member)| (member.clone(), score.0 * self.1)).collect()
            }
            Members::None => Vec::new(),
        }
    }
}

struct Request {
    sources: Vec<Source>,
    aggregate: Aggregate,
    with_scores: bool,
    most: usize,
}

fn parse(data: &mut Data<'_>, argv: &[Blob], at: usize, of: Of, name: &str) -> Result<Request, Reply> {
    let keys = integer(&argv[at]).ok_or_else(|| err(NOT_AN_INTEGER))?;
    let keys = usize::try_from(keys)
        .ok()
        .filter(|&keys| keys > 0)
        .ok_or_else(|| Reply::error(format!("ERR at least 1 input key is needed for '{name}' command")))?;
    let Some((keys, mut words)) = argv[at + 1..].split_at_checked(keys) else {
        return Err(syntax());
    };
    let mut sources = Vec::new();
    for key in keys {
        let members = match data.get(key) {
            None => Members::None,
            Some(Value::Set(set)) => Members::Plain(set.clone()),
            Some(Value::ZSet(zset)) => Members::Scored(zset.clone()),
            Some(_) => return Err(err(WRONG_TYPE)),
        };
        sources.push(Source(members, 1.0));
    }
    let mut request = Request { sources, aggregate: Aggregate::Sum, with_scores: false, most: usize::MAX };
    let weighs = matches!(of, Of::Union | Of::Inter);
    while let Some((word, rest)) = words.split_first() {
        words = rest;
        match rest {
            _ if weighs && rest.len() >= keys.len() && is_word(word, "WEIGHTS") => {
                let (weights, tail) = rest.split_at(keys.len());
                for (source, weight) in request.sources.iter_mut().zip(weights) {
                    source.1 = float::need(weight, "ERR weight value is not a float")?.0;
                }
                words = tail;
            }
            [way, tail @ ..] if weighs && is_word(word, "AGGREGATE") => {
                let ways = [("SUM", Aggregate::Sum), ("MIN", Aggregate::Min), ("MAX", Aggregate::Max)];
                request.aggregate = ways.into_iter().find(|(name, _)| is_word(way, name)).ok_or_else(syntax)?.1;
                words = tail;
            }
            _ if at == 1 && of != Of::Card && is_word(word, "WITHSCORES") => request.with_scores = true,
            [limit, tail @ ..] if of == Of::Card && is_word(word, "LIMIT") => {
                let limit = need_within(limit, 0, i64::MAX, "ERR LIMIT can't be negative")?;
                request.most = if limit == 0 { usize::MAX } else { limit as usize };
                words = tail;
            }
            _ => return Err(syntax()),
        }
    }
    Ok(request)
}

/// As in Redis, the outcome is a large sorted set to begin with.
fn combine(mut request: Request, of: Of) -> ZSet {
    let limits = &Limits { zset_entries: 0, ..Limits::default() };
    let aggregate = request.aggregate;
    let mut result = ZSet::default();
    if of != Of::Diff {
        // Smaller sets come first, as in Redis: the order of a sum of doubles can be seen in its last digit.
        order::sort_by_key(&mut request.sources, Source::len);
    }
    let Some((first, others)) = request.sources.split_first() else {
        return result;
    };
    if of == Of::Union {
        for source in &request.sources {
            for (member, score) in source.all() {
                let score = number(score);
                let sum = result.score(&member).map_or(score, |old| aggregate.of(old.0, score));
                result.put(&member, Score(sum), limits);
            }
        }
        return result;
    }
    for (member, score) in first.all() {
        let mut score = number(score);
        let stays = if of == Of::Diff {
            !others.iter().any(|source| source.score(&member).is_some())
        } else {
            others.iter().all(|source| {
                let other = source.score(&member);
                score = other.map_or(score, |other| aggregate.of(score, other));
                other.is_some()
            })
        };
        if stays && result.len() < request.most {
            result.put(&member, Score(score), limits);
        }
    }
    result
}

fn show(data: &mut Data<'_>, argv: &[Blob], of: Of, name: &str) -> Reply {
    settle(parse(data, argv, 1, of, name).map(|request| {
        let with_scores = request.with_scores;
        let result = combine(request, of);
        if of == Of::Card {
            return count(result.len());
        }
        shape::scored(result.from(0).map(|(score, member)| (*score, member)), with_scores)
    }))
}

fn keep(data: &mut Data<'_>, argv: &[Blob], of: Of, name: &str) -> Reply {
    settle(parse(data, argv, 2, of, name).map(|request| {
        let limits = data.config.limits;
        let result = combine(request, of).compacted(&limits);
        let length = result.len();
        data.store_result(&argv[1], Value::ZSet(Rc::new(result)), argv);
        count(length)
    }))
}

fn zunion(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    show(data, argv, Of::Union, "zunion")
}

fn zunionstore(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    keep(data, argv, Of::Union, "zunionstore")
}

fn zinter(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    show(data, argv, Of::Inter, "zinter")
}

fn zinterstore(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    keep(data, argv, Of::Inter, "zinterstore")
}

fn zintercard(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    show(data, argv, Of::Card, "zintercard")
}

fn zdiff(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    show(data, argv, Of::Diff, "zdiff")
}

fn zdiffstore(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    keep(data, argv, Of::Diff, "zdiffstore")
}
