//! The same scenario, seed and actions: the same world, to the last bit.

use crate::digests::{GOLDEN, GOLDEN_BIG, big_story, story};

#[test]
fn digests_are_the_golden_ones() {
    let now: Vec<(u64, String)> = GOLDEN.iter().map(|&(seed, _)| (seed, format!("{:#x}", story(seed)))).collect();
    let golden: Vec<(u64, String)> = GOLDEN.iter().map(|&(seed, digest)| (seed, format!("{digest:#x}"))).collect();
    assert_eq!(now, golden, "left: what the core gives now; right: tests/digests/mod.rs");
    assert_eq!(format!("{:#x}", big_story()), format!("{GOLDEN_BIG:#x}"));
}

#[test]
fn another_seed_is_another_world() {
    assert_ne!(story(1), story(2));
}
