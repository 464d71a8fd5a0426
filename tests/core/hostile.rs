//! Bad input: refused with a sentence, and nothing is lost. Arbitrary input never panics.

use cluster_city::cluster::command::{COMMANDS, Handler, Spec, line};
use cluster_city::cluster::fact::FactKind;
use cluster_city::cluster::id::{ClientId, CommandId, HostId, Place, RackId};
use cluster_city::cluster::network::{Streets, Weather};
use cluster_city::cluster::node::MOST_KEYS;
use cluster_city::cluster::operator::Task;
use cluster_city::cluster::reply::Reply;
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::cluster::world::{MOST_NODES, Plan, World};
use cluster_city::sim::{Action, Scenario, Session};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{RngSeed, TestRunner};

fn session() -> Session {
    Session::new(&Scenario { plan: Plan { node_timeout: SECOND, regions: 2, ..Plan::small() } }, 1)
        .expect("it can be built")
}

#[test]
fn acts_that_make_no_sense_change_nothing() {
    let mut session = session();
    let digest = session.digest();
    let nonsense = [
        Action::Kill(HostId(99)),
        Action::Restart(HostId(0)),
        Action::Thaw(HostId(0)),
        Action::PowerOn(RackId(0)),
        Action::PowerOff(RackId(9)),
        Action::SlowMachine { host: HostId(99), by: SECOND },
        Action::SlowMachine { host: HostId(0), by: u64::MAX },
        Action::SlowMachine { host: HostId(0), by: 0 },
        Action::RegionPower { region: 0, on: true },
        Action::RegionPower { region: 9, on: false },
        Action::RegionRoads { region: 0, open: true },
        Action::RegionRoads { region: u16::MAX, open: false },
        Action::LoseMessage(1),
        Action::LoseMessage(u64::MAX),
        Action::DelayMessage { message: u64::MAX, by: SECOND },
        Action::Command { client: ClientId(5), target: None, line: "PING".into() },
        Action::Command { client: ClientId(0), target: Some(HostId(77)), line: "PING".into() },
        Action::Command { client: ClientId(0), target: None, line: "GET \"open".into() },
        Action::Command { client: ClientId(0), target: None, line: "   ".into() },
    ];
    for action in nonsense {
        let refused = session.act(action.clone()).expect_err("it makes no sense");
        assert!(!refused.sentence.is_empty(), "{action:?}");
    }
    assert_eq!(session.digest(), digest);
}

#[test]
fn plans_that_cannot_be_are_refused() {
    for plan in [
        Plan { masters: 0, ..Plan::small() },
        Plan { racks: 0, ..Plan::small() },
        Plan { masters: 501, ..Plan::small() },
        Plan { masters: 65535, replicas: 65535, blank: 65535, ..Plan::small() },
        Plan { racks: 65535, ..Plan::small() },
        Plan { regions: 65535, ..Plan::small() },
        Plan { node_timeout: u64::MAX, ..Plan::small() },
        Plan { start_spread: u64::MAX, ..Plan::small() },
        Plan { same_rack: u64::MAX, ..Plan::small() },
        Plan { other_rack: u64::MAX / 2, ..Plan::small() },
        Plan { other_region: 61 * SECOND, ..Plan::small() },
        Plan { to_client: u64::MAX, ..Plan::small() },
        Plan { loopback: Some(65535), ..Plan::small() },
    ] {
        assert!(World::new(&plan, 1).is_err(), "{plan:?}");
    }
    let longest = 60 * SECOND;
    let slow = Plan { same_rack: longest, other_rack: longest, to_client: longest, ..Plan::small() };
    for node_timeout in [0, 1, 24 * 3600 * SECOND] {
        let mut world = World::new(&Plan { node_timeout, ..slow.clone() }, 1).expect("it can be built");
        world.run_until(200 * SECOND);
    }
    assert!(World::new(&Plan { masters: MOST_NODES, replicas: 0, racks: 1, ..Plan::small() }, 1).is_ok());
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![5 => (0..6u16).prop_map(|host| Place::Node(HostId(host))), 1 => Just(Place::Client(ClientId(0)))]
}

fn an_action() -> impl Strategy<Value = Action> {
    let host = (0..8u16).prop_map(HostId);
    let rack = (0..4u16).prop_map(RackId);
    let late = host.clone();
    let words = prop::sample::select(vec![
        "GET a",
        "SET a 1",
        "SET b 2 PX 5",
        "DEL a",
        "INCR n",
        "MGET {t}a {t}b",
        "MSET {t}a 1 {t}b 2",
        "KEYS *",
        "CLUSTER SLOTS",
        "CLUSTER NODES",
        "CLUSTER INFO",
        "READONLY",
        "EXPIRE a 1",
        "LPUSH l x",
        "ROLE",
        "NOSUCH",
    ]);
    let line = prop_oneof![words.prop_map(str::to_owned), ".*"];
    let target = prop::option::weighted(0.3, host.clone());
    prop_oneof![
        4 => (target, line).prop_map(|(target, line)| Action::Command { client: ClientId(0), target, line: line.into() }),
        1 => host.clone().prop_map(Action::Kill),
        1 => host.clone().prop_map(Action::Restart),
        1 => host.clone().prop_map(Action::Freeze),
        1 => host.clone().prop_map(Action::Thaw),
        1 => (prop::collection::vec(place(), 1..4), prop::collection::vec(place(), 1..4), any::<bool>())
            .prop_map(|(one, other, both_ways)| Action::Cut { one, other, both_ways }),
        1 => (0..200u64, 0..300u16).prop_map(|(ms, loss_per_mille)| Action::Weather(Weather { jitter: ms * MS, loss_per_mille, duplicate_per_mille: loss_per_mille / 3 })),
        1 => (prop::collection::vec(place(), 1..3), prop::collection::vec(place(), 1..3), 0..3000u64)
            .prop_map(|(one, other, ms)| Action::Slow { one, other, by: ms * MS }),
        3 => (0..40u64).prop_map(Action::LoseMessage),
        3 => (0..40u64, 0..4000u64).prop_map(|(message, ms)| Action::DelayMessage { message, by: ms * MS }),
        1 => rack.clone().prop_map(Action::PowerOff),
        1 => rack.prop_map(Action::PowerOn),
        1 => (late, 0..3000u64).prop_map(|(host, ms)| Action::SlowMachine { host, by: ms * MS }),
    ]
}

/// Mostly what makes sense, now and then what cannot be.
fn span() -> impl Strategy<Value = u64> {
    prop_oneof![8 => (0..3_000u64).prop_map(|ms| ms * MS), 1 => Just(u64::MAX), 1 => any::<u64>()]
}

/// What [`an_action`] has not: the city itself changes, the operator works, and times may be absurd.
fn any_action() -> impl Strategy<Value = Action> {
    let host = || (0..12u16).prop_map(HostId);
    let rack = || (0..4u16).prop_map(RackId);
    let sides = || (prop::collection::vec(place(), 0..3), prop::collection::vec(place(), 0..3));
    let task = prop_oneof![
        (host(), host(), 0..20_000u16).prop_map(|(from, to, slots)| Task::Reshard { from, to, slots }),
        (any::<u16>(), host()).prop_map(|(slot, to)| Task::Slot { slot, to }),
        Just(Task::Rebalance),
        (host(), prop::option::of(host())).prop_map(|(host, replica_of)| Task::Join { host, replica_of }),
        host().prop_map(|host| Task::Leave { host }),
        Just(Task::Fix),
    ];
    let streets = (span(), span(), span(), span()).prop_map(|(same_rack, other_rack, other_region, to_client)| {
        Action::Streets(Streets { same_rack, other_rack, other_region, to_client })
    });
    prop_oneof![
        12 => an_action(),
        2 => rack().prop_map(Action::AddMachine),
        1 => (host(), rack()).prop_map(|(host, rack)| Action::MoveMachine { host, rack }),
        4 => task.prop_map(Action::Operate),
        1 => Just(Action::StopOperator),
        1 => (0..60u64).prop_map(|number| Action::Interrupt { client: ClientId(0), command: CommandId(number) }),
        1 => rack().prop_map(Action::CutOff),
        1 => (host(), span()).prop_map(|(host, by)| Action::SlowMachine { host, by }),
        1 => (0..3u16, any::<bool>()).prop_map(|(region, on)| Action::RegionPower { region, on }),
        1 => (0..3u16, any::<bool>()).prop_map(|(region, open)| Action::RegionRoads { region, open }),
        1 => streets,
        1 => sides().prop_map(|(one, other)| Action::Mend { one, other }),
        1 => Just(Action::Heal),
        1 => (sides(), span()).prop_map(|((one, other), by)| Action::Slow { one, other, by }),
        1 => (sides(), any::<u16>()).prop_map(|((one, other), per_mille)| Action::Spoil { one, other, per_mille }),
        1 => (span(), any::<u16>(), any::<u16>()).prop_map(|(jitter, loss_per_mille, duplicate_per_mille)| {
            Action::Weather(Weather { jitter, loss_per_mille, duplicate_per_mille })
        }),
        1 => (0..40u64, span()).prop_map(|(message, by)| Action::DelayMessage { message, by }),
    ]
}

/// The kind of an act. A new one does not compile before it has a number here, and fails below until it is made up above.
fn kind(action: &Action) -> usize {
    match action {
        Action::Command { .. } => 0,
        Action::Kill(_) => 1,
        Action::Restart(_) => 2,
        Action::Freeze(_) => 3,
        Action::Thaw(_) => 4,
        Action::PowerOff(_) => 5,
        Action::PowerOn(_) => 6,
        Action::Cut { .. } => 7,
        Action::Mend { .. } => 8,
        Action::Heal => 9,
        Action::Slow { .. } => 10,
        Action::AddMachine(_) => 11,
        Action::MoveMachine { .. } => 12,
        Action::Operate(Task::Reshard { .. }) => 13,
        Action::Operate(Task::Rebalance) => 14,
        Action::Operate(Task::Join { .. }) => 15,
        Action::Operate(Task::Leave { .. }) => 16,
        Action::Operate(Task::Fix) => 17,
        Action::StopOperator => 18,
        Action::LoseMessage(_) => 19,
        Action::DelayMessage { .. } => 20,
        Action::CutOff(_) => 21,
        Action::Streets(_) => 22,
        Action::Weather(_) => 23,
        Action::Spoil { .. } => 24,
        Action::Operate(Task::Slot { .. }) => 25,
        Action::Interrupt { .. } => 26,
        Action::SlowMachine { .. } => 27,
        Action::RegionPower { .. } => 28,
        Action::RegionRoads { .. } => 29,
    }
}

#[test]
fn every_kind_of_act_is_among_the_arbitrary_ones() {
    let mut runner = TestRunner::deterministic();
    let mut seen = [false; 30];
    for _ in 0..2_000 {
        seen[kind(&any_action().new_tree(&mut runner).expect("it can be made up").current())] = true;
    }
    assert_eq!(seen, [true; 30]);
}

/// Of a message the number says which of those on their way: hardly any other number would hit one.
fn aimed(action: Action, session: &Session) -> Action {
    let flights = session.snapshot().flights;
    let aim = |nth: u64| flights.get(nth as usize % flights.len().max(1)).map_or(nth, |flight| flight.id);
    match action {
        Action::LoseMessage(nth) => Action::LoseMessage(aim(nth)),
        Action::DelayMessage { message, by } => Action::DelayMessage { message: aim(message), by },
        other => other,
    }
}

/// Any name of the command table, or any bytes, with any bytes after it.
fn an_argv() -> impl Strategy<Value = Vec<Vec<u8>>> {
    fn names(specs: &'static [Spec]) -> Vec<Vec<u8>> {
        let under = |spec: &Spec| match spec.run {
            Handler::Container(inner) => names(inner),
            _ => Vec::new(),
        };
        specs.iter().flat_map(|spec| std::iter::once(spec.name.as_bytes().to_vec()).chain(under(spec))).collect()
    }
    let names: Vec<Vec<u8>> = COMMANDS.iter().flat_map(|specs| names(specs)).collect();
    let words =
        ["0", "-1", "9223372036854775807", "a", "{t}b", "*", "PX", "EX", "KEYS", "REPLACE", "NODE", "IMPORTING"];
    let known: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
    let bytes = || prop::collection::vec(any::<u8>(), 0..12);
    let word = prop_oneof![3 => prop::sample::select(known), 1 => bytes()];
    let name = prop_oneof![6 => prop::sample::select(names), 1 => bytes()];
    (name, prop::collection::vec(word, 0..7)).prop_map(|(name, words)| {
        // `cluster|keyslot` is typed as two words.
        let first = name.split(|&byte| byte == b'|').map(<[u8]>::to_vec);
        first.chain(words).collect()
    })
}

#[test]
fn a_node_that_is_full_takes_no_more_keys() {
    let mut world = World::new(&Plan { masters: 1, replicas: 0, ..Plan::small() }, 1).expect("it can be built");
    world.open(60 * SECOND);
    let mset = |from: u32| {
        let pair = |number: u32| [format!("{{t}}{number}").into_bytes().into(), b"v"[..].into()];
        std::iter::once(b"MSET"[..].into()).chain((from..from + 5_000).flat_map(pair)).collect::<Vec<_>>()
    };
    for batch in 0..=MOST_KEYS / 5_000 {
        world.submit(ClientId(0), None, mset(batch * 5_000).into()).expect("the client takes it");
        world.run_until(world.now() + SECOND);
    }
    assert_eq!(world.node(HostId(0)).expect("it runs").store.len(), MOST_KEYS);
    // One place is left: several at once do not fit, neither in one command nor in a transaction.
    let lines = ["DEL {t}0", "MSET {t}a v {t}b v", "MULTI", "SET {t}a v", "SET {t}b v", "EXEC"];
    for line in lines {
        let words = line.split(' ').map(|word| word.as_bytes().into()).collect::<Vec<_>>();
        world.submit(ClientId(0), None, words.into()).expect("the client takes it");
        world.run_until(world.now() + SECOND);
    }
    assert_eq!(world.node(HostId(0)).expect("it runs").store.len(), MOST_KEYS - 1);
    let facts = world.take_facts();
    let refused = facts.iter().any(|fact| {
        matches!(&fact.kind, FactKind::Answered { reply: Reply::Error(text), .. } if text.starts_with("OOM command"))
    });
    assert!(refused);
}

proptest! {
    // One seed, so that a run that fails fails again; another one is a change of this line.
    #![proptest_config(ProptestConfig { cases: 48, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_acts_never_panic_and_the_city_heals(
        acts in prop::collection::vec((an_action(), 0..3000u64), 1..40)
    ) {
        let mut session = session();
        for (act, wait_ms) in acts {
            let _refused_or_not = session.act(aimed(act, &session));
            session.advance_to(session.now() + wait_ms * MS);
            session.snapshot();
        }
        // Everything on again: after a while all nodes answer keys and no two masters claim a slot.
        let _healed_already = session.act(Action::Heal);
        for rack in 0..3 {
            let _on_already = session.act(Action::PowerOn(RackId(rack)));
        }
        for host in 0..6 {
            let _runs_already = session.act(Action::Restart(HostId(host)));
            let _not_frozen = session.act(Action::Thaw(HostId(host)));
        }
        session.advance_to(session.now() + 40 * SECOND);
        let now = session.snapshot();
        for node in &now.nodes {
            prop_assert!(node.cluster_ok, "{:?} still answers CLUSTERDOWN", node.host);
        }
        let claimed: u32 = now.nodes.iter().flat_map(|node| &node.slots).map(|range| u32::from(range.len())).sum();
        prop_assert_eq!(claimed, 16384);
    }

    #[test]
    fn acts_of_every_kind_never_panic_and_time_goes_on(
        acts in prop::collection::vec((any_action(), 0..3000u64), 1..40)
    ) {
        let mut session = session();
        for (act, wait_ms) in acts {
            let refused = session.act(aimed(act, &session)).err();
            prop_assert!(refused.is_none_or(|refused| !refused.sentence.is_empty()));
            session.advance_to(session.now() + wait_ms * MS);
            session.snapshot();
        }
        prop_assert!(session.snapshot().nodes.len() <= usize::from(MOST_NODES));
        // A city without power stands still, and one where all is slow nearly does.
        let _healed_already = session.act(Action::Heal);
        for region in 0..2 {
            let _on_already = session.act(Action::RegionPower { region, on: true });
        }
        let _runs_already = session.act(Action::Restart(HostId(0)));
        let _not_frozen = session.act(Action::Thaw(HostId(0)));
        session.advance_to(session.now() + 20 * SECOND);
        prop_assert!(session.world().next_due().is_some_and(|due| due <= session.now() + SECOND));
    }

    #[test]
    fn arbitrary_words_are_answered(
        typed in prop::collection::vec((an_argv(), prop::option::of(0..8u16)), 1..40)
    ) {
        let mut world = World::new(&Plan { node_timeout: SECOND, ..Plan::small() }, 1).expect("it can be built");
        world.open(60 * SECOND);
        for (words, target) in typed {
            let argv: Vec<_> = words.into_iter().map(Into::into).collect();
            let refused = world.submit(ClientId(0), target.map(HostId), argv.into()).err();
            prop_assert!(refused.is_none_or(|refused| !refused.0.is_empty()));
            world.run_until(world.now() + 100 * MS);
        }
        // Nothing that a client says keeps a node from its rounds.
        world.run_until(world.now() + 10 * SECOND);
        prop_assert!(world.next_due().is_some_and(|due| due <= world.now() + SECOND));
    }

    #[test]
    fn arbitrary_lines_are_read_or_refused(text in ".*") {
        let _words_or_none = line::split(&text);
    }

    #[test]
    fn what_is_quoted_reads_back(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let quoted = cluster_city::cluster::reply::quoted(&bytes);
        let words = line::split(&quoted).expect("it is closed");
        prop_assert_eq!(words.len(), 1);
        prop_assert_eq!(&words[0][..], &bytes[..]);
    }
}
