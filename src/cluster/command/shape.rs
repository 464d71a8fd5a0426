//! Replies whose shape differs between RESP2 and RESP3, made in one place.

use super::float;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::Score;

/// Two strings that belong together.
pub(super) fn pair((one, other): (&Blob, &Blob)) -> (Reply, Reply) {
    (Reply::Bulk(one.clone()), Reply::Bulk(other.clone()))
}

/// A double.
pub(super) fn double(score: Score) -> Reply {
    Reply::Double(float::text(score).into())
}

/// A score as a string, whatever the protocol.
pub(super) fn score_text(score: Score) -> Reply {
    Reply::bulk(float::text(score))
}

/// A score as a listpack holds it.
pub(super) fn listpack_text(score: Score) -> Reply {
    float::whole(score).map_or_else(|| score_text(score), |number| Reply::bulk(number.to_string()))
}

/// Members, with their scores if wanted. RESP3 has pairs where RESP2 has a flat array.
pub(super) fn scored<'a>(items: impl Iterator<Item = (Score, &'a Blob)>, with_scores: bool) -> Reply {
    let pairs = items.map(|(score, member)| (Reply::Bulk(member.clone()), double(score)));
    if with_scores {
        Reply::Pairs(pairs.collect())
    } else {
        Reply::Array(pairs.map(|(member, _)| member).collect())
    }
}

/// Pairs one after the other in both protocols.
pub(super) fn flat(reply: Reply) -> Reply {
    match reply {
        Reply::Pairs(pairs) => Reply::Array(pairs.into_iter().flat_map(|(one, other)| [one, other]).collect()),
        other => other,
    }
}
