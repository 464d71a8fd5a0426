//! Random worlds from seeds. A failure names its seed: `cargo xtask simulate --short --from SEED --seeds 1` tells more, and
//! the shortest script that fails in the same way.

use std::collections::BTreeMap;

use cluster_city::sim::proof::{Focus, KINDS, Length, Loss, Report, Style, replay, write};

/// Performs the stories of some seeds; what they came to, all together.
fn stories(seeds: std::ops::Range<u64>, style: Style) -> Report {
    let mut sum = Report::default();
    for seed in seeds {
        let (_, outcome) = write(seed, style, None);
        let report = outcome.unwrap_or_else(|violation| panic!("seed {seed}, {style:?}: {violation}"));
        sum.acknowledged += report.acknowledged;
        sum.compared += report.compared;
        sum.promises += report.promises;
        sum.unaided += report.unaided;
        sum.tasks += report.tasks;
        sum.handovers += report.handovers;
        sum.travels += report.travels;
        sum.borne += report.borne;
        for (kind, count) in report.acts {
            *sum.acts.entry(kind).or_default() += count;
        }
        for (window, count) in report.losses {
            *sum.losses.entry(window).or_default() += count;
        }
    }
    sum
}

#[test]
fn short_stories_violate_nothing() {
    let sum = stories(0..SHORT, Style::SHORT);
    // The checkers had something to check.
    assert!(sum.acknowledged > 10 * SHORT && sum.compared > 10 * SHORT, "{sum:?}");
    assert!(sum.promises > SHORT / 20 && sum.tasks > SHORT / 20, "{sum:?}");
    assert!(sum.unaided > SHORT / 4, "{sum:?}");
    assert!(sum.travels > SHORT && sum.borne > SHORT / 100, "{sum:?}");
    for window in [Loss::CrashLag, Loss::Minority, Loss::Force, Loss::Takeover, Loss::RestartedEmpty] {
        assert!(sum.losses.contains_key(&window), "nothing was lost by {window:?}: {sum:?}");
    }
    // Every kind of act was done, and not refused: what is made up no more is proven no more.
    for kind in KINDS {
        assert!(sum.acts.get(kind).is_some_and(|&count| count > SHORT / 200), "{kind}: {:?}", sum.acts);
    }
}

#[test]
fn scenes_violate_nothing_and_lose_by_name() {
    let mut losses = BTreeMap::new();
    for focus in Focus::ALL {
        let sum = stories(0..SCENES, Style { length: Length::Short, focus: Some(focus) });
        assert!(focus != Focus::Handover || sum.handovers > SCENES / 2, "{sum:?}");
        losses.extend(sum.losses);
    }
    for window in [Loss::CrashLag, Loss::Force, Loss::RestartedEmpty, Loss::Unsynced, Loss::OldWin] {
        assert!(losses.contains_key(&window), "nothing was lost by {window:?}: {losses:?}");
    }
}

#[test]
fn long_stories_violate_nothing() {
    stories(0..LONG, Style::LONG);
}

#[test]
fn a_story_told_again_is_the_same() {
    for seed in 0..40 {
        let (script, first) = write(seed, Style::SHORT, None);
        let again = replay(&script, None).expect("the plan is sound");
        assert_eq!(first, again, "seed {seed}");
    }
}

/// How many of each fit into the time of a test run; `cargo xtask simulate` does more.
const SHORT: u64 = 2_000;
const SCENES: u64 = 50;
const LONG: u64 = 16;
