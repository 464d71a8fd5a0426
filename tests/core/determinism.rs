//! The same scenario, seed and actions: the same world, to the last bit.

use expect_test::expect_file;

use crate::digests::{GOLDEN, all, story};

#[test]
fn digests_are_the_golden_ones() {
    // Read both ways, so that what the browser is held to is what this test holds.
    assert_eq!(GOLDEN.lines().count(), 4);
    expect_file!["../digests/golden.txt"].assert_eq(&all());
}

#[test]
fn another_seed_is_another_world() {
    assert_ne!(story(1), story(2));
}
