//! Going through all keys in steps, as SCAN does.
//!
//! Every part is gone through from its end: what a removal moves to a free place comes from behind, so nothing that is
//! there all the time is missed, and a cursor needs no memory.

use super::{SHARDS, Store};
use crate::cluster::reply::Blob;

/// Bits of a cursor that name the part.
const PART_BITS: u32 = 6;
const _: () = assert!(SHARDS == 1 << PART_BITS);

impl Store {
    /// The next keys from `cursor` on (0 begins), at least `count` of them if there are, and where to go on (0 ends).
    pub fn scan(&self, cursor: u64, count: u64) -> (u64, Vec<Blob>) {
        let mut part = (cursor & u64::from(SHARDS - 1)) as usize;
        let mut place = if cursor == 0 { u64::MAX } else { cursor >> PART_BITS };
        let mut keys = Vec::new();
        while let Some(shard) = self.shards.get(part) {
            if let Some(shard) = shard {
                place = place.min(shard.len() as u64);
                while place > 0 && (keys.len() as u64) < count {
                    place -= 1;
                    keys.extend(shard.at(place as usize).map(|(key, _)| key.clone()));
                }
                if place > 0 {
                    return (place << PART_BITS | part as u64, keys);
                }
            }
            part += 1;
            place = u64::MAX;
        }
        (0, keys)
    }
}
