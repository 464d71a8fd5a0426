//! Random worlds from seeds.

use cluster_city::sim::proof::{Style, replay, write};

#[test]
fn short_stories_violate_nothing() {
    for seed in 0..300 {
        let (_, outcome) = write(seed, Style::SHORT, None);
        if let Err(violation) = outcome {
            panic!("seed {seed}: {violation}");
        }
    }
}

#[test]
fn a_story_told_again_is_the_same() {
    for seed in 0..10 {
        let (script, first) = write(seed, Style::SHORT, None);
        let again = replay(&script, None).expect("the plan is sound");
        assert_eq!(first, again, "seed {seed}");
    }
}
