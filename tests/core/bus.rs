//! The bus as it is on the street: who has a link to whom, how often it is pinged, and to whom an unasked PONG goes.

use std::collections::BTreeSet;

use cluster_city::cluster::fact::FactKind;
use cluster_city::cluster::id::{ClientId, HostId, Place};
use cluster_city::cluster::reply::Reply;
use cluster_city::cluster::snapshot::{FlightKind, Role};
use cluster_city::cluster::time::{MS, Micros, SECOND};
use cluster_city::cluster::world::{Plan, World};
use cluster_city::sim::{Action, Scenario, Session, Step};

use crate::connections::Doors;
use crate::terminal::split;

fn city(timeout: Micros) -> World {
    // A second apart, as processes are that have run for a while: those that begin together do everything together.
    let plan = Plan { node_timeout: timeout, start_spread: SECOND, ..Plan::small() };
    let mut world = World::new(&plan, 3).expect("the plan is sound");
    world.open(60 * SECOND);
    world
}

fn ask(world: &mut World, host: u16, line: &str) -> Reply {
    world.take_facts();
    world.submit(ClientId(0), Some(HostId(host)), split(line)).expect("the client takes it");
    loop {
        world.step();
        for fact in world.take_facts() {
            if let FactKind::Answered { reply, .. } = fact.kind {
                return reply;
            }
        }
    }
}

/// The links of a node as it tells them: `to` or `from`, and the other's name.
fn links(world: &mut World, host: u16) -> Vec<String> {
    let Reply::Array(rows) = ask(world, host, "CLUSTER LINKS") else { panic!("an array") };
    let text = |row: Reply| match row {
        Reply::Map(fields) | Reply::Pairs(fields) => {
            fields.iter().take(2).map(|(_, value)| format!("{value:?} ")).collect::<String>()
        }
        other => panic!("{other:?}"),
    };
    let mut links: Vec<String> = rows.into_iter().map(text).collect();
    links.sort_unstable();
    links
}

/// Redis 7.0, `clusterSendMessage`: a link has its buffer from the first SYN on. What is said meanwhile goes out once it is open,
/// in its order, and is counted as it is said; what was said on one that never opened is gone.
#[test]
fn what_is_said_while_a_link_is_opened_goes_out_with_it() {
    let mut city = Doors::new();
    let (listener, speaker) = (city.dial(2), city.dial(5));
    city.ask(listener, "SUBSCRIBE news");
    let ends = |host| [Place::Node(HostId(host))];
    city.world.cut(&ends(5), &ends(2), true).expect("the road is open");
    city.wait(25_000);
    let sent = |city: &mut Doors| {
        let info = city.ask(speaker, "CLUSTER INFO");
        info.split_once("publish_sent:").map(|(_, count)| count.chars().take_while(char::is_ascii_digit).collect())
    };
    city.ask(speaker, "PUBLISH news on-a-link-that-is-given-up");
    city.wait(25_000);
    let before: Option<String> = sent(&mut city);
    city.ask(speaker, "PUBLISH news first");
    city.ask(speaker, "PUBLISH news second");
    let after: Option<String> = sent(&mut city);
    assert_eq!((before.as_deref(), after.as_deref()), (Some("5"), Some("15")), "to five nodes each");
    assert_eq!(city.heard(listener), [""; 0], "the road is cut");
    city.world.mend(&ends(5), &ends(2)).expect("it can be mended");
    city.wait(1_000);
    let heard = |text: &str| format!(">3|$7|message|$4|news|${}|{text}|", text.len());
    assert_eq!(city.heard(listener), [heard("first"), heard("second")]);
}

/// Redis 7.0, `clusterNodeCronHandleReconnect`, every 100 ms.
#[test]
fn everybody_has_a_link_to_everybody_and_opens_a_lost_one_within_a_round() {
    let mut world = city(15 * SECOND);
    for host in 0..6 {
        let links = links(&mut world, host);
        let different: BTreeSet<&String> = links.iter().collect();
        assert_eq!((links.len(), different.len()), (10, 10), "one to each of five, and one from each: {links:?}");
    }
    world.kill(HostId(2)).expect("it runs");
    world.run_until(world.now() + 10 * MS);
    assert_eq!(links(&mut world, 0).len(), 8, "the dead process closed both");
    world.run_until(world.now() + 5 * SECOND);
    world.restart(HostId(2)).expect("it is dead");
    world.run_until(world.now() + 105 * MS);
    assert_eq!(links(&mut world, 0).len(), 10, "both are there a round later");
}

/// Measured on six redis-server 7.0.15 without load: pings that each sends in a second. One a second goes to the oldest of
/// five that are drawn; the others are to those not heard of for half a node timeout. At 2 s ours send fewer: a round of a real
/// one takes a little more than 100 ms, so that its tenth is later than the second after which somebody is not heard of any
/// more, and ours takes 100 ms to the microsecond, so that it is the eleventh.
#[test]
fn each_pings_as_often_as_a_real_one_at_15_and_5_s_and_less_often_at_2() {
    for (timeout, real, ours) in [(15, 1_000, 1_000), (5, 1_800, 1_800), (2, 5_000, 4_150)] {
        let mut world = city(timeout * SECOND);
        let sent = |world: &mut World, host| {
            let (Reply::Bulk(text) | Reply::Verbatim(text)) = ask(world, host, "CLUSTER INFO") else {
                panic!("a text")
            };
            let text = String::from_utf8_lossy(&text).into_owned();
            let line = text.lines().find_map(|line| line.strip_prefix("cluster_stats_messages_ping_sent:"));
            line.expect("it counts them").parse::<u64>().expect("a number")
        };
        let mut total = 0;
        for host in 0..6 {
            let before = sent(&mut world, host);
            world.run_until(world.now() + 100 * SECOND);
            total += sent(&mut world, host) - before;
        }
        let each = total * 1_000 / 600;
        assert!(each.abs_diff(ours) <= ours / 20, "T = {timeout} s: {each} thousandths, real {real}");
    }
}

/// Goes on to a fact, and says to whom `from` has a PONG on its way that was sent at that moment.
fn pongs_at(session: &mut Session, fact: fn(&FactKind) -> bool) -> (HostId, BTreeSet<HostId>) {
    let Step::Event(id) = session.step(60 * SECOND, |found| fact(&found.kind)) else { panic!("it comes") };
    let found = session.facts().iter().find(|fact| fact.id == id).expect("it is kept");
    let (FactKind::ElectionScheduled { host, .. } | FactKind::Promoted { host, .. }) = found.kind else {
        panic!("one of these")
    };
    let now = session.snapshot();
    let own = now.flights.iter().filter(|flight| {
        (flight.kind, flight.from, flight.sent) == (FlightKind::Pong, Place::Node(host), now.now)
    });
    let to = own.filter_map(|flight| match flight.to {
        Place::Node(host) => Some(host),
        _ => None,
    });
    (host, to.collect())
}

/// Redis 7.0, `clusterBroadcastPong`: `CLUSTER_BROADCAST_LOCAL_SLAVES`, so that ranks are fresh, and `_ALL`.
#[test]
fn pongs_go_to_siblings_before_an_election_and_to_all_after_a_promotion() {
    let mut scenario = Scenario::first_city();
    scenario.plan = Plan { replicas: 3, node_timeout: 2 * SECOND, ..scenario.plan };
    let mut session = Session::new(&scenario, 2).expect("it can be built");
    let dead = HostId(1);
    let siblings: BTreeSet<HostId> = session
        .snapshot()
        .nodes
        .iter()
        .filter(|node| node.role == Role::Replica { of: Some(dead) })
        .map(|node| node.host)
        .collect();
    session.act(Action::Kill(dead)).expect("it runs");
    let (who, mut to) = pongs_at(&mut session, |kind| matches!(kind, FactKind::ElectionScheduled { .. }));
    to.insert(who);
    assert_eq!(to, siblings);
    let (who, to) = pongs_at(&mut session, |kind| matches!(kind, FactKind::Promoted { .. }));
    let all = session.world().hosts().filter(|host| ![dead, who].contains(host));
    assert_eq!(to, all.collect::<BTreeSet<HostId>>());
}

/// Redis 7.0, `replicationCron`, `replicationSendAck`.
#[test]
fn a_replica_says_once_a_second_how_far_it_is() {
    let mut session = Session::new(&Scenario::first_city(), 2).expect("it can be built");
    let (replica, mut seen) = (HostId(3), BTreeSet::new());
    // Once more when its copy is loaded, before the city opens.
    session.advance_to(SECOND);
    let end = session.now() + 30 * SECOND;
    while session.now() < end {
        session.advance_to(session.now() + 50 * MS);
        let acks = session.snapshot().flights.into_iter();
        let own = acks.filter(|flight| flight.kind == FlightKind::Ack && flight.from == Place::Node(replica));
        seen.extend(own.map(|flight| flight.sent));
    }
    let times: Vec<Micros> = seen.into_iter().collect();
    assert!((30..=31).contains(&times.len()), "{times:?}");
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] == SECOND), "{times:?}");
}

/// Whether a key is there decides where an open slot sends a client; whose time is over counts as missing, and stays until
/// its master removes it. Redis 7.0, `getNodeByQuery` (`LOOKUP_NOEXPIRE`).
#[test]
fn looking_for_a_key_whose_time_is_over_removes_nothing() {
    let mut world = city(15 * SECOND);
    let id = |world: &World, host| world.node(HostId(host)).expect("it runs").view.me().id();
    let (source, target) = (id(&world, 0), id(&world, 1));
    assert_eq!(ask(&mut world, 1, &format!("CLUSTER SETSLOT 4748 IMPORTING {source}")), Reply::status("OK"));
    assert_eq!(ask(&mut world, 0, "SET {t2}k v"), Reply::status("OK"));
    assert_eq!(ask(&mut world, 0, &format!("CLUSTER SETSLOT 4748 MIGRATING {target}")), Reply::status("OK"));
    let mut stayed = 0;
    for _ in 0..20 {
        // Its time is over some milliseconds on; its master's next round is up to 100 ms away.
        ask(&mut world, 0, "PEXPIRE {t2}k 5");
        world.run_until(world.now() + 6 * MS);
        let there = world.node(HostId(0)).expect("it runs").store.len();
        match ask(&mut world, 0, "GET {t2}k") {
            Reply::Error(text) => assert_eq!(&*text, "ASK 4748 10.0.2.1:6379"),
            other => panic!("{other:?}"),
        }
        let after = world.node(HostId(0)).expect("it runs").store.len();
        assert_eq!(there, after);
        stayed += u32::from(after == 1);
        ask(&mut world, 0, "CLUSTER SETSLOT 4748 STABLE");
        ask(&mut world, 0, "SET {t2}k v");
        ask(&mut world, 0, &format!("CLUSTER SETSLOT 4748 MIGRATING {target}"));
        world.run_until(world.now() + 37 * MS);
    }
    assert!(stayed > 10, "the key was still there {stayed} times");
}
