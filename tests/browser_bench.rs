//! How fast the core is inside a browser: `cargo xtask bench --browser` prints what `benches/core.rs` prints natively.
//!
//! Figures, not tests: nothing here fails because a machine is slow.
#![cfg(target_arch = "wasm32")]

use cluster_city::cluster::command::line;
use cluster_city::cluster::fact::FactKind;
use cluster_city::cluster::id::{ClientId, HostId};
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::cluster::world::{Plan, World};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

// A worker may be busy for longer than the driver lets a page be.
wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Milliseconds by the browser's own clock.
fn now() -> f64 {
    js_sys::Date::now()
}

fn timed(work: impl FnOnce()) -> f64 {
    let start = now();
    work();
    now() - start
}

/// Prints the middle and the slow end of many runs, in milliseconds.
fn report(name: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    console_log!("{name:<58} {:>9.2} ms {:>9.2} ms", at(50), at(99));
}

fn city(plan: &Plan, seed: u64) -> World {
    let mut world = World::new(plan, seed).expect("the plan is sound");
    world.open(120 * SECOND);
    world
}

#[wasm_bindgen_test]
fn six_nodes() {
    // A browser's clock is coarse: ten failovers are timed at once.
    let failovers = (0..30).map(|round| {
        let mut worlds: Vec<World> = (0..10).map(|seed| city(&Plan::small(), round * 10 + seed)).collect();
        let time = timed(|| {
            for world in &mut worlds {
                world.take_facts();
                world.kill(HostId(2)).expect("it runs");
                while !world.take_facts().iter().any(|fact| matches!(fact.kind, FactKind::Promoted { .. })) {
                    world.step();
                }
            }
        });
        time / 10.0
    });
    report("six nodes: from a kill to the promotion", failovers.collect());
}

#[wasm_bindgen_test]
fn commands() {
    for (name, typed) in [("SET", "SET key:%d some-value-of-thirty-two-bytes-..."), ("GET", "GET key:%d")] {
        let mut world = city(&Plan::small(), 1);
        let rounds = (0..20).map(|round: u64| {
            let argvs: Vec<_> = (0..10_000)
                .map(|number| line::split(&typed.replace("%d", &(round * 7 + number).to_string())))
                .map(|argv| argv.expect("the line can be read").into())
                .collect();
            timed(|| {
                for some in argvs.chunks(1000) {
                    for argv in some {
                        let argv: &std::rc::Rc<[_]> = argv;
                        world.submit(ClientId(0), None, argv.clone()).expect("the client takes it");
                    }
                    world.run_until(world.now() + 5 * MS);
                    world.take_facts();
                }
            })
        });
        report(&format!("10,000 {name} through the smart client"), rounds.collect());
    }
}

#[wasm_bindgen_test]
fn a_thousand_nodes() {
    let plan = Plan { masters: 500, racks: 10, ..Plan::small() };
    let mut world = World::new(&plan, 1).expect("the plan is sound");
    for second in 1..=25_u64 {
        let time = timed(|| world.run_until(second * SECOND));
        console_log!("1,000 nodes, virtual second {second}: {time:.0} ms");
    }
    console_log!("memory of the whole program: {} MB", core::arch::wasm32::memory_size(0) * 64 / 1000);
}
