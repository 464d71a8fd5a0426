//! Scripts that once failed, as short as the simulator could make them: each was a mistake in the core. The first line of a
//! file is the scenario and the seed, every other one an act and the time after it (`cargo xtask simulate` prints them so).

use std::collections::BTreeMap;
use std::path::Path;

use cluster_city::sim::proof::{Beat, Loss, Script, replay};

pub(crate) fn read(path: &Path) -> Script {
    let text = std::fs::read_to_string(path).expect("the file can be read");
    let mut lines = text.lines();
    let first = lines.next().expect("the first line is the scenario");
    let (scenario, seed) = serde_json::from_str(first).expect("a scenario and a seed");
    let beats: Vec<Beat> = lines.map(|line| serde_json::from_str(line).expect("an act and a time")).collect();
    Script { scenario, seed, beats }
}

#[test]
fn what_once_failed_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proof/found");
    let files = folder.read_dir().expect("the folder is there");
    let mut paths: Vec<_> = files.map(|file| file.expect("it can be listed").path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let outcome = replay(&read(&path), None).expect("its plan can be");
        if let Err(violation) = outcome {
            panic!("{}: {violation}", path.display());
        }
    }
}

/// What a script lost, by window, that violates nothing.
fn losses_of(name: &str) -> BTreeMap<Loss, u64> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proof/found");
    let outcome = replay(&read(&folder.join(name).with_extension("jsonl")), None).expect("its plan can be");
    outcome.expect("nothing is violated").losses
}

/// Redis loses this write too: two who took over know nothing of each other, and one of them gives way.
#[test]
fn of_two_takeovers_one_loses_what_it_took() {
    assert_eq!(losses_of("two_takeovers_that_forgot_each_other"), BTreeMap::from([(Loss::Takeover, 1)]));
}

/// Redis loses these writes too, so the scripts are about the name of the loss.
#[test]
fn a_write_after_an_earlier_pause_is_lost_under_its_name() {
    for name in ["an_earlier_pause_heard_after_a_freeze", "asked_again_over_a_slow_road"] {
        assert_eq!(losses_of(name), BTreeMap::from([(Loss::StalePause, 1)]), "{name}");
    }
}

/// Redis loses these writes too: their owner is called back by an echo of another master's epoch (story `called_back`).
#[test]
fn what_an_owner_had_that_was_called_back_is_lost_under_its_name() {
    assert_eq!(losses_of("called_back_by_an_echo"), BTreeMap::from([(Loss::CalledBack, 1)]));
}

/// Redis loses these writes too: who was asked to take over, and finds its master failed, does not wait for its word.
#[test]
fn what_a_failed_master_had_is_lost_as_without_a_handover() {
    assert_eq!(losses_of("elected_before_its_masters_word"), BTreeMap::from([(Loss::Minority, 1)]));
}

/// Redis loses this write too (`tests/real/windows.rs`, `a_deposed_master_takes_its_slots_back`).
#[test]
fn what_a_successor_had_goes_where_epochs_collide() {
    assert_eq!(losses_of("taken_back_by_a_collision"), BTreeMap::from([(Loss::Collision, 1)]));
}

/// Redis loses this write too (`tests/real/windows.rs`, `the_last_slot_of_a_target_leaves`).
#[test]
fn what_was_taken_in_goes_with_the_last_slot() {
    assert_eq!(losses_of("its_last_slot_left_while_it_imported"), BTreeMap::from([(Loss::LastSlot, 1)]));
}

/// Every window comes about: one that no write goes in would be an excuse that nobody has looked at. Those of which there is
/// more to say have a test of their own above; `random.rs` looks after the commonest.
#[test]
fn every_other_window_comes_about() {
    for (name, window) in [
        ("forced_while_its_master_stood_still", Loss::Force),
        ("joined_and_forced_before_its_copy_came", Loss::Unsynced),
        ("claimed_its_old_win_again", Loss::OldWin),
        ("an_end_of_an_open_slot_was_replaced", Loss::OpenSlot),
        ("moved_on_before_its_last_owner_heard", Loss::LateClaim),
    ] {
        let losses = losses_of(name);
        assert!(losses.contains_key(&window), "{name} loses nothing by {window:?}: {losses:?}");
    }
}
