//! The operator among nodes that are still getting to know each other.

use cluster_city::cluster::fact::{Fact, FactKind};
use cluster_city::cluster::id::{HostId, RackId};
use cluster_city::cluster::operator::Task;
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::sim::{Action, Scenario, Session, Step};

fn ended(fact: &Fact) -> bool {
    matches!(fact.kind, FactKind::TaskDone { .. } | FactKind::TaskFailed { .. })
}

/// How a task ends.
fn end_of(session: &mut Session, task: Task) -> FactKind {
    session.act(Action::Operate(task)).expect("the operator is free");
    let Step::Event(id) = session.step(3_600 * SECOND, ended) else { panic!("{task:?} does not end") };
    session.facts().iter().find(|fact| fact.id == id).expect("it is kept").kind.clone()
}

#[test]
fn slots_can_be_shared_out_as_soon_as_a_newcomer_has_joined() {
    for seed in 0..8 {
        let mut session = Session::new(&Scenario::first_city(), seed).expect("it can be built");
        session.act(Action::AddMachine(RackId(0))).expect("there is room");
        let host = HostId(6);
        // It starts; a person is not faster.
        session.advance_to(session.now() + 500 * MS);
        let joined = end_of(&mut session, Task::Join { host, replica_of: None });
        assert!(matches!(joined, FactKind::TaskDone { .. }), "seed {seed}: {joined:?}");
        let shared = end_of(&mut session, Task::Rebalance);
        assert!(matches!(shared, FactKind::TaskDone { slots: 4_096, .. }), "seed {seed}: {shared:?}");
    }
}

#[test]
fn slots_are_shared_out_to_whom_only_one_node_has_met() {
    let mut session = Session::new(&Scenario::first_city(), 3).expect("it can be built");
    session.act(Action::AddMachine(RackId(0))).expect("there is room");
    session.advance_to(session.now() + 500 * MS);
    let at = session.snapshot().nodes[6].address.replace(':', " ");
    let line = format!("CLUSTER MEET {at}").into();
    let client = cluster_city::cluster::id::ClientId(0);
    session.act(Action::Command { client, target: Some(HostId(2)), line }).expect("it is taken");
    let met = |fact: &Fact| matches!(fact.kind, FactKind::Introduced { host: HostId(2), peer: HostId(6) });
    assert_ne!(session.step(10 * SECOND, met), Step::Quiet);
    let shared = end_of(&mut session, Task::Rebalance);
    assert!(matches!(shared, FactKind::TaskDone { slots: 4_096, .. }), "{shared:?}");
}
