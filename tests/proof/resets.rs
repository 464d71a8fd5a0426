//! Kernels that forgot a connection say so (RST): a replica whose master came back, or was killed while it was frozen, must
//! not wait for `repl-timeout` before it asks again. The proof's own bound has room for that wait; these stories have not.

use std::path::Path;

use cluster_city::cluster::id::RackId;
use cluster_city::cluster::snapshot::{Role, SyncState};
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::sim::{Action, Session};

use crate::found::read;

/// After the last fault every replica is in step with a master before `repl-timeout` could have helped.
fn in_step_within_a_minute(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proof/resets").join(name);
    let script = read(&path);
    let mut session = Session::new(&script.scenario, script.seed).expect("its plan can be");
    // An act that is refused (what is dead cannot be killed) changes nothing.
    let act = |session: &mut Session, act: Action| drop(session.act(act));
    for beat in &script.beats {
        act(&mut session, beat.act.clone());
        session.advance_to(session.now() + beat.wait);
    }
    act(&mut session, Action::Heal);
    for rack in 0..script.scenario.plan.racks {
        act(&mut session, Action::PowerOn(RackId(rack)));
    }
    let hosts: Vec<_> = session.world().hosts().collect();
    for host in hosts {
        act(&mut session, Action::Restart(host));
        act(&mut session, Action::Thaw(host));
    }
    session.advance_to(session.now() + 60 * SECOND);
    // A PING of the stream may be on its way at this very moment.
    for _ in 0..20 {
        if session.snapshot().nodes.iter().any(|node| matches!(node.sync, SyncState::Behind { .. })) {
            session.advance_to(session.now() + 25 * MS);
        }
    }
    let now = session.snapshot();
    for node in &now.nodes {
        assert!(node.cluster_ok, "{name}: {:?} answers CLUSTERDOWN", node.host);
        let Role::Replica { of } = node.role else { continue };
        let master = of.expect("a replica knows its master");
        assert_eq!(now.nodes[usize::from(master.0)].role, Role::Master, "{name}: {:?}", node.host);
        assert!(matches!(node.sync, SyncState::InSync), "{name}: {:?} is {:?}", node.host, node.sync);
        let keys = |host| session.keys(host, 10_000);
        assert_eq!(keys(node.host).len(), keys(master).len(), "{name}: {:?} is no copy", node.host);
    }
}

#[test]
fn a_master_back_from_a_power_cut_resets_old_connections() {
    in_step_within_a_minute("master_back_from_a_power_cut.jsonl");
}

#[test]
fn killing_a_frozen_process_resets_what_it_had_not_seen() {
    in_step_within_a_minute("killed_while_frozen.jsonl");
}
