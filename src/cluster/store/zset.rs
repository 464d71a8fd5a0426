//! A sorted set: members by score, and by member where scores are equal. Source: Redis 7.0, `t_zset.c`.
//!
//! The order is kept in pieces of bounded length, so that a rank is a sum over pieces.

use std::cmp::Ordering;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::Limits;
use crate::cluster::reply::Blob;

/// A score: a double that is a number. `-0` and `0` are equal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score(pub f64);

impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Score {}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.partial_cmp(&other.0).unwrap_or(Ordering::Equal)
    }
}

impl std::hash::Hash for Score {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

type Item = (Score, Blob);

/// A piece of the order is split when it is longer than this.
const PIECE: usize = 256;

/// A sorted set.
#[derive(Clone, Debug, Default)]
pub struct ZSet {
    scores: IndexMap<Blob, Score, FxBuildHasher>,
    /// No piece is empty.
    pieces: Vec<Vec<Item>>,
    bytes: u64,
    large: bool,
}

impl ZSet {
    /// How many members.
    pub fn len(&self) -> usize {
        self.scores.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.scores.is_empty()
    }

    /// Bytes of all members, and 8 for each score.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether Redis would keep it as a skip list. It never goes back.
    pub fn is_large(&self) -> bool {
        self.large
    }

    /// Makes it a large one, as SORT does.
    pub fn enlarge(&mut self) {
        self.large = true;
    }

    /// The same, as a small one if it fits.
    pub fn compacted(self, limits: &Limits) -> Self {
        let fits = self.len() as u64 <= limits.zset_entries
            && self.scores.keys().all(|member| member.len() as u64 <= limits.zset_value);
        if !fits {
            return self;
        }
        let mut small = Self::default();
        self.from(0).for_each(|(score, member)| _ = small.put(member, *score, limits));
        small
    }

    /// The score of a member.
    pub fn score(&self, member: &[u8]) -> Option<Score> {
        self.scores.get(member).copied()
    }

    /// The member at a place of an order that has nothing to do with scores: for chance, and for scanning.
    pub fn any(&self, index: usize) -> Option<(&Blob, Score)> {
        self.scores.get_index(index).map(|(member, score)| (member, *score))
    }

    /// Sets a member's score; says whether it is new.
    pub fn put(&mut self, member: &Blob, score: Score, limits: &Limits) -> bool {
        let old = self.score(member);
        if let Some(old) = old {
            self.unlink(old, member);
        } else {
            self.bytes += member.len() as u64 + 8;
            let length = self.scores.len() as u64 + 1;
            self.large |= length > limits.zset_entries || member.len() as u64 > limits.zset_value;
        }
        // A listpack keeps whole numbers as integers, and they know no negative zero.
        let score = if self.large { score } else { Score(score.0 + 0.0) };
        self.scores.insert(member.clone(), score);
        self.link((score, member.clone()));
        old.is_none()
    }

    /// Removes a member and gives back its score.
    pub fn take(&mut self, member: &[u8]) -> Option<Score> {
        let score = self.scores.swap_remove(member)?;
        self.bytes -= member.len() as u64 + 8;
        self.unlink(score, member);
        Some(score)
    }

    /// Members in order from a rank on.
    pub fn from(&self, rank: usize) -> impl Iterator<Item = &Item> {
        let (mut piece, mut rest) = (0, rank);
        while self.pieces.get(piece).is_some_and(|items| items.len() <= rest) {
            rest -= self.pieces[piece].len();
            piece += 1;
        }
        self.pieces[piece.min(self.pieces.len())..].iter().flatten().skip(rest)
    }

    /// The member at a rank.
    pub fn at(&self, rank: usize) -> Option<&Item> {
        self.from(rank).next()
    }

    /// How many members come before the first for which `is_past` holds; it must hold for all after that one.
    pub fn rank_of(&self, is_past: &dyn Fn(Score, &[u8]) -> bool) -> usize {
        let past = |item: &Item| is_past(item.0, &item.1);
        let piece = self.pieces.partition_point(|items| !items.last().is_some_and(past));
        let before: usize = self.pieces[..piece].iter().map(Vec::len).sum();
        let within = self.pieces.get(piece).map_or(0, |items| items.partition_point(|item| !past(item)));
        before + within
    }

    /// The rank of a member.
    pub fn rank(&self, member: &[u8]) -> Option<usize> {
        let score = self.score(member)?;
        Some(self.rank_of(&|other, name| (other, name) >= (score, member)))
    }

    fn link(&mut self, item: Item) {
        let last = self.pieces.len().saturating_sub(1);
        let piece = self.pieces.partition_point(|items| items.last().is_some_and(|end| *end < item)).min(last);
        let Some(items) = self.pieces.get_mut(piece) else {
            self.pieces.push(vec![item]);
            return;
        };
        items.insert(items.partition_point(|other| *other < item), item);
        if items.len() > PIECE {
            let tail = items.split_off(PIECE / 2);
            self.pieces.insert(piece + 1, tail);
        }
    }

    fn unlink(&mut self, score: Score, member: &[u8]) {
        let before = |item: &Item| (item.0, &*item.1) < (score, member);
        let piece = self.pieces.partition_point(|items| items.last().is_some_and(before));
        let Some(items) = self.pieces.get_mut(piece) else {
            return;
        };
        let at = items.partition_point(before);
        if items.get(at).is_some_and(|item| *item.1 == *member) {
            items.remove(at);
        }
        if items.is_empty() {
            self.pieces.remove(piece);
        }
    }
}

impl PartialEq for ZSet {
    fn eq(&self, other: &Self) -> bool {
        self.scores == other.scores
    }
}

impl Eq for ZSet {}

impl std::hash::Hash for ZSet {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.large.hash(state);
        self.scores.iter().for_each(|item| item.hash(state));
    }
}
