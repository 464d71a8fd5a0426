//! The same story told twice: natively and in a browser it must end in the very same state.
//!
//! Shared by `tests/core` and `tests/browser.rs`.

use cluster_city::cluster::id::{ClientId, HostId, RackId};
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::cluster::world::Plan;
use cluster_city::sim::{Action, Scenario, Session};

/// The digests as they should be. Rewritten natively by `UPDATE_EXPECT=1 cargo test --test core digests`.
pub(crate) const GOLDEN: &str = include_str!("golden.txt");

/// The digests as they are: a line for each story.
pub(crate) fn all() -> String {
    let small =
        [1, 7, 0xdead_beef_0000_0001].map(|seed| format!("first city, seed {seed}: {:#018x}\n", story(seed)));
    small.concat() + &format!("a hundred nodes: {:#018x}\n", big_story())
}

/// A story with every action, in the first city.
pub(crate) fn story(seed: u64) -> u64 {
    let mut session = Session::new(&Scenario::first_city(), seed).expect("the first city can be built");
    let typed = |line: &str| Action::Command { client: ClientId(0), target: None, line: line.into() };
    let script = [
        (0, typed("MSET {user:123}:a 1 {user:123}:b 2")),
        (700 * MS, typed("SET user:123 Ada PX 60000")),
        (2 * SECOND, Action::Kill(HostId(2))),
        (9 * SECOND, Action::Freeze(HostId(0))),
        (12 * SECOND, Action::Thaw(HostId(0))),
        (40 * SECOND, typed("GET user:123")),
        (45 * SECOND, Action::Restart(HostId(2))),
        (60 * SECOND, Action::PowerOff(RackId(1))),
        (95 * SECOND, typed("INCR visits")),
        (99 * SECOND, Action::PowerOn(RackId(1))),
    ];
    for (at, action) in script {
        session.advance_to(at);
        session.act(action).expect("every act of the story makes sense");
    }
    session.advance_to(130 * SECOND);
    session.digest()
}

/// A hundred nodes and a fire.
fn big_story() -> u64 {
    let plan = Plan { masters: 50, racks: 5, node_timeout: 2 * SECOND, ..Plan::small() };
    let mut session = Session::new(&Scenario { plan }, 3).expect("a hundred nodes can be built");
    session.act(Action::Kill(HostId(17))).expect("node 17 runs");
    session.advance_to(session.now() + 6 * SECOND);
    session.digest()
}
