//! The limits that are told to people, at the limit itself: so much is taken, and nothing beyond it.

use cluster_city::cluster::command::data::VALUE_LIMIT;
use cluster_city::cluster::fact::FactKind;
use cluster_city::cluster::id::{HostId, RackId};
use cluster_city::cluster::node::MOST_BYTES;
use cluster_city::cluster::time::SECOND;
use cluster_city::cluster::world::{MOST_NODES, Plan, World};
use cluster_city::sim::{Action, Scenario, Session};

use crate::connections::Doors;
use crate::terminal::Terminal;

/// Redis 7.0, `t_string.c`, `checkStringLength`; with 8 MiB in the place of `proto-max-bulk-len`.
#[test]
fn a_value_is_as_long_as_it_may_be_and_no_longer() {
    const REFUSED: &str = "(error) ERR string exceeds maximum allowed size (proto-max-bulk-len)";
    let most = VALUE_LIMIT;
    let mut terminal = Terminal::new();
    assert_eq!(terminal.ask(&format!("SETRANGE {{t2}}full {} x", most - 1)), format!("(integer) {most}"));
    for line in [
        "APPEND {t2}full x".to_owned(),
        format!("SETRANGE {{t2}}full {most} x"),
        format!("SETRANGE {{t2}}new {} xy", most - 1),
        format!("SETRANGE {{t2}}new {} x", u32::MAX),
    ] {
        assert_eq!(terminal.ask(&line), REFUSED, "{line}");
    }
    assert_eq!(terminal.ask("STRLEN {t2}full"), format!("(integer) {most}"), "it is as it was");
    assert_eq!(terminal.ask("EXISTS {t2}new"), "(integer) 0");
    assert_eq!(terminal.ask(&format!("SETBIT {{t2}}bits {} 1", most * 8 - 1)), "(integer) 0");
    assert_eq!(
        terminal.ask(&format!("SETBIT {{t2}}bits {} 1", most * 8)),
        "(error) ERR bit offset is not an integer or out of range"
    );
    assert_eq!(terminal.ask("STRLEN {t2}bits"), format!("(integer) {most}"));
}

/// The same holds for what a collection is made of.
#[test]
fn an_item_is_as_long_as_a_value_may_be() {
    let mut city = Doors::new();
    let client = city.dial(0);
    let (fits, too_long) = ("x".repeat(VALUE_LIMIT), "x".repeat(VALUE_LIMIT + 1));
    assert_eq!(city.ask(client, &format!("RPUSH {{t2}}l {fits}")), ":1|");
    for line in ["RPUSH {t2}l", "SADD {t2}s", "HSET {t2}h f", "ZADD {t2}z 1", "SET {t2}"] {
        let said = city.ask(client, &format!("{line} {too_long}"));
        assert_eq!(said, "-ERR string exceeds maximum allowed size (proto-max-bulk-len)|", "{line}");
    }
    // Nor is there an end to what many items may be: beyond some bytes a node takes no more.
    for _ in 1..MOST_BYTES / VALUE_LIMIT as u64 + 1 {
        city.ask(client, &format!("RPUSH {{t2}}l {fits}"));
    }
    assert!(city.ask(client, "SET {t2} x").starts_with("-OOM "));
    assert_eq!(city.ask(client, "DEL {t2}l"), ":1|");
    assert_eq!(city.ask(client, "SET {t2} x"), "+OK|");
}

/// A city with one place left takes one machine more. Its processes begin so slowly that it costs nothing to build.
#[test]
fn the_thousandth_machine_is_the_last() {
    let plan = Plan { masters: MOST_NODES - 1, replicas: 0, start_spread: 3_000 * SECOND, ..Plan::small() };
    let mut session =
        Session::new(&Scenario { plan: Plan { masters: 3, ..plan.clone() } }, 1).expect("a small one");
    let refused = session.act(Action::AddMachine(RackId(9))).expect_err("there is no such rack");
    assert_eq!(refused.sentence, "There is no rack J.");
    let mut world = World::new(&plan, 1).expect("one short of the most");
    world.add_machine(RackId(0)).expect("there is one place");
    assert_eq!(world.hosts().count(), usize::from(MOST_NODES));
    let refused = world.add_machine(RackId(1)).expect_err("there is none any more");
    assert_eq!(refused.0, "The city is full: 1000 nodes is the most.");
    assert_eq!(world.hosts().count(), usize::from(MOST_NODES));
    let over = Plan { masters: MOST_NODES, blank: 1, ..plan };
    assert!(World::new(&over, 1).is_err(), "nor can it be planned");
}

/// The largest city there can be, with a fire in it, at Redis's own node timeout.
#[test]
fn a_thousand_nodes_open_and_replace_a_master() {
    let plan = Plan { masters: MOST_NODES / 2, replicas: 1, racks: 10, start_spread: 2 * SECOND, ..Plan::small() };
    let mut world = World::new(&plan, 1).expect("as many as there may be");
    world.open(60 * SECOND);
    assert!(world.is_settled(), "all answer, all replicas are in the stream");
    let dead = HostId(123);
    world.kill(dead).expect("it runs");
    world.take_facts();
    let end = world.now() + 30 * SECOND;
    let mut heir = None;
    while heir.is_none() && world.now() < end {
        world.run_until(world.now() + SECOND / 4);
        heir = world.take_facts().iter().find_map(|fact| match fact.kind {
            FactKind::Promoted { host, was_replica_of, .. } if was_replica_of == dead => Some(host),
            _ => None,
        });
    }
    let heir = heir.expect("somebody took its place");
    world.run_until(world.now() + 2 * SECOND);
    let slots = |world: &World, host: HostId| world.snapshot().nodes[usize::from(host.0)].slots.clone();
    assert_eq!(slots(&world, heir).iter().map(|range| u32::from(range.len())).sum::<u32>(), 33);
}
