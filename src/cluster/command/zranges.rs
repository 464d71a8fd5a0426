//! Ranges of sorted sets by rank, score and member. Source: Redis 7.0, `t_zset.c`, `zrangeGenericCommand`.

use std::rc::Rc;

use super::Data;
use super::argument::{count, err, is_word, need_integer, settle, syntax};
use super::shape;
use super::table::{Keys, Spec, rows};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::{Score, Value, ZSet};

pub(super) const COMMANDS: &[Spec] = rows! { SortedSet:
    "zrange" -4 [Read] Keys::One(1), Data(zrange);
    "zrangestore" -5 [Write DenyOom] Keys::Two(1), Data(zrangestore);
    "zrevrange" -4 [Read] Keys::One(1), Data(zrevrange);
    "zrangebyscore" -4 [Read] Keys::One(1), Data(zrangebyscore);
    "zrevrangebyscore" -4 [Read] Keys::One(1), Data(zrevrangebyscore);
    "zrangebylex" -4 [Read] Keys::One(1), Data(zrangebylex);
    "zrevrangebylex" -4 [Read] Keys::One(1), Data(zrevrangebylex);
    "zcount" 4 [Read Fast] Keys::One(1), Data(zcount);
    "zlexcount" 4 [Read Fast] Keys::One(1), Data(zlexcount);
};

/// What a range goes by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Rank,
    Score,
    Lex,
}

/// The bounds of a range.
pub(super) enum Bounds {
    Rank(i64, i64),
    /// Each with whether it is left out itself.
    Score((Score, bool), (Score, bool)),
    Lex(Edge, Edge),
}

/// An end of a range of members.
pub(super) enum Edge {
    Lowest,
    Highest,
    At(Blob, bool),
}

impl Bounds {
    pub(super) fn parse(by: By, low: &Blob, high: &Blob) -> Result<Self, Reply> {
        Ok(match by {
            By::Rank => Self::Rank(need_integer(low)?, need_integer(high)?),
            By::Score => Self::Score(score_edge(low)?, score_edge(high)?),
            By::Lex => Self::Lex(lex_edge(low)?, lex_edge(high)?),
        })
    }

    /// The ranks from the first to before the last.
    pub(super) fn ranks(&self, zset: &ZSet, reverse: bool) -> (usize, usize) {
        let length = zset.len();
        match self {
            Self::Rank(start, stop) => match super::argument::range(*start, *stop, length) {
                None => (0, 0),
                Some((start, stop)) if reverse => (length - 1 - stop, length - start),
                Some((start, stop)) => (start, stop + 1),
            },
            Self::Score((low, without_low), (high, without_high)) => (
                zset.rank_of(&|score, _| if *without_low { score > *low } else { score >= *low }),
                zset.rank_of(&|score, _| if *without_high { score >= *high } else { score > *high }),
            ),
            Self::Lex(low, high) => {
                (zset.rank_of(&|_, name| low.is_before(name)), zset.rank_of(&|_, name| high.is_passed(name)))
            }
        }
    }
}

impl Edge {
    /// As the low end: whether the range has begun at this member.
    fn is_before(&self, name: &[u8]) -> bool {
        match self {
            Self::Lowest => true,
            Self::Highest => false,
            Self::At(edge, without) => {
                if *without {
                    name > &**edge
                } else {
                    name >= &**edge
                }
            }
        }
    }

    /// As the high end: whether the range is over at this member.
    fn is_passed(&self, name: &[u8]) -> bool {
        match self {
            Self::Lowest => true,
            Self::Highest => false,
            Self::At(edge, without) => {
                if *without {
                    name >= &**edge
                } else {
                    name > &**edge
                }
            }
        }
    }
}

fn score_edge(word: &[u8]) -> Result<(Score, bool), Reply> {
    let (number, without) = word.strip_prefix(b"(").map_or((word, false), |rest| (rest, true));
    let score = super::float::parse_edge(number).ok_or_else(|| err("ERR min or max is not a float"))?;
    Ok((score, without))
}

fn lex_edge(word: &Blob) -> Result<Edge, Reply> {
    match word.split_first() {
        Some((b'-', [])) => Ok(Edge::Lowest),
        Some((b'+', [])) => Ok(Edge::Highest),
        Some((b'(', rest)) => Ok(Edge::At(rest.into(), true)),
        Some((b'[', rest)) => Ok(Edge::At(rest.into(), false)),
        _ => Err(err("ERR min or max not valid string range item")),
    }
}

/// What a command of this family has fixed; what it has not, its words tell.
#[derive(Clone, Copy)]
struct Form {
    by: Option<By>,
    reverse: Option<bool>,
    stores: bool,
}

fn zrange(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(ranged(data, argv, Form { by: None, reverse: None, stores: false }))
}

fn zrangestore(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(ranged(data, argv, Form { by: None, reverse: None, stores: true }))
}

fn zrevrange(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(ranged(data, argv, Form { by: Some(By::Rank), reverse: Some(true), stores: false }))
}

fn zrangebyscore(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(ranged(data, argv, Form { by: Some(By::Score), reverse: Some(false), stores: false }))
}

fn zrevrangebyscore(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(ranged(data, argv, Form { by: Some(By::Score), reverse: Some(true), stores: false }))
}

fn zrangebylex(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(ranged(data, argv, Form { by: Some(By::Lex), reverse: Some(false), stores: false }))
}

fn zrevrangebylex(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(ranged(data, argv, Form { by: Some(By::Lex), reverse: Some(true), stores: false }))
}

/// The words after the bounds.
struct Options {
    by: By,
    reverse: bool,
    with_scores: bool,
    offset: i64,
    limit: i64,
}

fn options(mut words: &[Blob], form: Form) -> Result<Options, Reply> {
    let (mut by, mut reverse, mut with_scores, mut offset, mut limit) = (form.by, form.reverse, false, 0, -1);
    while let Some((word, rest)) = words.split_first() {
        words = rest;
        match rest {
            _ if !form.stores && is_word(word, "WITHSCORES") => with_scores = true,
            [first, second, tail @ ..] if is_word(word, "LIMIT") => {
                (offset, limit) = (need_integer(first)?, need_integer(second)?);
                words = tail;
            }
            _ if reverse.is_none() && is_word(word, "REV") => reverse = Some(true),
            _ if by.is_none() && is_word(word, "BYLEX") => by = Some(By::Lex),
            _ if by.is_none() && is_word(word, "BYSCORE") => by = Some(By::Score),
            _ => return Err(syntax()),
        }
    }
    let by = by.unwrap_or(By::Rank);
    if limit != -1 && by == By::Rank {
        return Err(err("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"));
    }
    if with_scores && by == By::Lex {
        return Err(err("ERR syntax error, WITHSCORES not supported in combination with BYLEX"));
    }
    Ok(Options { by, reverse: reverse.unwrap_or(false), with_scores, offset, limit })
}

fn ranged(data: &mut Data<'_>, argv: &[Blob], form: Form) -> Result<Reply, Reply> {
    let at = if form.stores { 2 } else { 1 };
    let options = options(&argv[at + 3..], form)?;
    let (mut low, mut high) = (&argv[at + 1], &argv[at + 2]);
    if options.reverse && options.by != By::Rank {
        std::mem::swap(&mut low, &mut high);
    }
    let bounds = Bounds::parse(options.by, low, high)?;
    let zset = data.zset(&argv[at])?;
    let mut chosen: Vec<(Score, Blob)> = Vec::new();
    if let Some(zset) = zset {
        let (mut from, mut to) = bounds.ranks(zset, options.reverse);
        if options.by != By::Rank {
            (from, to) = window(from, to, &options);
        }
        chosen = zset.from(from).take(to.saturating_sub(from)).cloned().collect();
        if options.reverse {
            chosen.reverse();
        }
    }
    if !form.stores {
        return Ok(shape::scored(chosen.iter().map(|(score, member)| (*score, member)), options.with_scores));
    }
    let limits = data.config.limits;
    let mut result = ZSet::default();
    chosen.iter().for_each(|(score, member)| _ = result.put(member, *score, &limits));
    let length = result.len();
    data.store_result(&argv[1], Value::ZSet(Rc::new(result)), argv);
    Ok(count(length))
}

/// LIMIT: a negative offset skips everything, a negative count nothing.
fn window(from: usize, to: usize, options: &Options) -> (usize, usize) {
    let length = to.saturating_sub(from);
    let Ok(offset) = usize::try_from(options.offset) else {
        return (0, 0);
    };
    let skipped = offset.min(length);
    let most = usize::try_from(options.limit).unwrap_or(usize::MAX).min(length - skipped);
    if options.reverse {
        (to.saturating_sub(skipped + most), to.saturating_sub(skipped))
    } else {
        (from + skipped, from + skipped + most)
    }
}

fn counted(data: &mut Data<'_>, argv: &[Blob], by: By) -> Result<Reply, Reply> {
    let bounds = Bounds::parse(by, &argv[2], &argv[3])?;
    let zset = data.zset(&argv[1])?;
    Ok(count(zset.map_or(0, |zset| {
        let (from, to) = bounds.ranks(zset, false);
        to.saturating_sub(from)
    })))
}

fn zcount(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(counted(data, argv, By::Score))
}

fn zlexcount(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(counted(data, argv, By::Lex))
}
