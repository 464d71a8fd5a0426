//! Every script of `tests/data` and the transcript beside it.

use expect_test::expect_file;

use crate::script::tell;

fn check(name: &str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/");
    let script = std::fs::read_to_string(format!("{folder}{name}.script")).expect("the script is there");
    expect_file![format!("{folder}{name}.txt")].assert_eq(&tell(&script));
}

#[test]
fn first_walk() {
    check("first_walk");
}

#[test]
fn hashing() {
    check("hashing");
}

#[test]
fn frozen_master() {
    check("frozen_master");
}

#[test]
fn rack_without_power() {
    check("rack_without_power");
}

#[test]
fn exec_in_a_handover() {
    check("exec_in_a_handover");
}

#[test]
fn expiry_in_a_handover() {
    check("expiry_in_a_handover");
}

#[test]
fn no_failover() {
    check("no_failover");
}

#[test]
fn lost_vote() {
    check("lost_vote");
}

#[test]
fn growing() {
    check("growing");
}

#[test]
fn slot_without_owner() {
    check("slot_without_owner");
}

#[test]
fn operator() {
    check("operator");
}

#[test]
fn open_slots_over_a_restart() {
    check("open_slots_over_a_restart");
}

#[test]
fn operator_interrupted() {
    check("operator_interrupted");
}

#[test]
fn regions() {
    check("regions");
}

#[test]
fn reads_while_down() {
    check("reads_while_down");
}

#[test]
fn by_hand() {
    check("by_hand");
}

#[test]
fn plain_client() {
    check("plain_client");
}

#[test]
fn two_masters_cannot_agree() {
    check("two_masters_cannot_agree");
}

#[test]
fn deadlines() {
    check("deadlines");
}

#[test]
fn manual_failover() {
    check("manual_failover");
}

#[test]
fn transactions() {
    check("transactions");
}

#[test]
fn wait() {
    check("wait");
}

#[test]
fn minority_side() {
    check("minority_side");
}

#[test]
fn one_way() {
    check("one_way");
}

#[test]
fn bad_weather() {
    check("bad_weather");
}

#[test]
fn moving_a_slot() {
    check("moving_a_slot");
}

#[test]
fn setslot_refused() {
    check("setslot_refused");
}

#[test]
fn orphan() {
    check("orphan");
}

#[test]
fn orphan_after_promotion() {
    check("orphan_after_promotion");
}

#[test]
fn orphan_with_first_slot() {
    check("orphan_with_first_slot");
}

#[test]
fn orphan_again() {
    check("orphan_again");
}

#[test]
fn smart_transaction() {
    check("smart_transaction");
}

#[test]
fn orphan_promoted_alone() {
    check("orphan_promoted_alone");
}

#[test]
fn slots_given_up() {
    check("slots_given_up");
}

#[test]
fn vote_for_a_slot_given_up() {
    check("vote_for_a_slot_given_up");
}

#[test]
fn update_to_a_replica() {
    check("update_to_a_replica");
}

#[test]
fn called_back() {
    check("called_back");
}

#[test]
fn handover_again() {
    check("handover_again");
}

#[test]
fn leaving_as_a_new_master() {
    check("leaving_as_a_new_master");
}

#[test]
fn leaving_unheard() {
    check("leaving_unheard");
}

#[test]
fn coming_from_nobody() {
    check("coming_from_nobody");
}

#[test]
fn slow_machine() {
    check("slow_machine");
}

#[test]
fn region_without_power() {
    check("region_without_power");
}

#[test]
fn region_cut_off() {
    check("region_cut_off");
}

#[test]
fn forgotten_for_a_minute() {
    check("forgotten_for_a_minute");
}

#[test]
fn lone_master() {
    check("lone_master");
}

#[test]
fn reports_grow_old() {
    check("reports_grow_old");
}

#[test]
fn one_vote_in_two_timeouts() {
    check("one_vote_in_two_timeouts");
}

#[test]
fn silent_replica() {
    check("silent_replica");
}

#[test]
fn exec_after_a_move() {
    check("exec_after_a_move");
}

#[test]
fn handover_on_a_new_link() {
    check("handover_on_a_new_link");
}

#[test]
fn backlog_exceeded() {
    check("backlog_exceeded");
}

#[test]
fn marks_taken_back() {
    check("marks_taken_back");
}

#[test]
fn nobody_stands_for_no_slots() {
    check("nobody_stands_for_no_slots");
}
