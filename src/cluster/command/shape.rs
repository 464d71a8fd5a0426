//! Replies whose shape differs between RESP2 and RESP3, made in one place.

use super::float;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::Score;

/// Names and what they stand for, one after the other.
pub(super) fn map(flat: Vec<Reply>) -> Reply {
    Reply::Array(flat)
}

/// Members in no order.
pub(super) fn set(members: Vec<Reply>) -> Reply {
    Reply::Array(members)
}

/// A double.
pub(super) fn double(score: Score) -> Reply {
    Reply::bulk(float::text(score))
}

/// Members, with their scores if wanted. RESP3 has pairs where RESP2 has a flat array.
pub(super) fn scored<'a>(items: impl Iterator<Item = (Score, &'a Blob)>, with_scores: bool) -> Reply {
    let mut flat = Vec::new();
    for (score, member) in items {
        flat.push(Reply::Bulk(member.clone()));
        if with_scores {
            flat.push(double(score));
        }
    }
    Reply::Array(flat)
}

/// A score as a string, whatever the protocol.
pub(super) fn score_text(score: Score) -> Reply {
    Reply::bulk(float::text(score))
}
