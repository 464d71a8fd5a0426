//! How fast and how large time travel is, natively: `cargo bench --no-default-features --bench timeline`.
#![allow(clippy::print_stdout, reason = "printing figures is what this program is for")]

use std::time::{Duration, Instant};

use cluster_city::cluster::id::{ClientId, HostId};
use cluster_city::cluster::rng::Rng;
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::sim::timeline::Timeline;
use cluster_city::sim::{Action, Scenario};
use cluster_city::stage::told::Told;

/// The length of the session.
const MINUTES: u64 = 30;
/// Moments looked at.
const SEEKS: usize = 5_000;

fn main() {
    for (name, per_second) in [("idle", 0), ("2 commands a second", 2), ("20 commands a second", 20)] {
        let before = resident();
        let mut line = session(per_second);
        let facts = line.branch().facts().last().0;
        println!(
            "30 minutes, a fire every 3, {name}: {} checkpoints, {facts} facts, {} events, {:.1} MB",
            line.checkpoints(),
            line.session().world().planned(),
            (resident() - before) as f64 / 1_048_576.0,
        );
        seeks(&mut line, "any moment", |rng, end| u64::from(rng.below(u32::MAX)) * end / u64::from(u32::MAX));
        let mut at = 0;
        seeks(&mut line, "scrubbing back, a second at a time", |_, end| {
            at = if at < SECOND { end } else { at - SECOND };
            at
        });
    }
}

/// Six nodes, writes and reads, a fire every three minutes and a restart a minute later.
fn session(per_second: u64) -> Timeline<Told> {
    let scenario = Scenario::first_city();
    let told = |session: &cluster_city::sim::Session| Told::new(&session.snapshot());
    let mut line = Timeline::new(&scenario, 1, told).expect("the first city can be built");
    let mut rng = Rng::new(7);
    for second in 1..=MINUTES * 60 {
        let host = HostId((second / 180 % 6) as u16);
        match second % 180 {
            60 => drop(line.act(Action::Kill(host), "")),
            120 => drop(line.act(Action::Restart(host), "")),
            _ => {}
        }
        for nth in 0..per_second {
            let key = rng.below(500);
            let text = if nth % 2 == 0 { format!("SET key:{key} {second}") } else { format!("GET key:{key}") };
            drop(line.act(Action::Command { client: ClientId(0), target: None, line: text.into() }, "city>"));
            line.advance_to(second * SECOND + nth * 1_000 * MS / per_second);
        }
        line.advance_to((second + 1) * SECOND);
    }
    line
}

fn seeks(line: &mut Timeline<Told>, name: &str, mut moment: impl FnMut(&mut Rng, u64) -> u64) {
    let mut rng = Rng::new(3);
    let end = line.branch().end();
    let mut times: Vec<Duration> = (0..SEEKS)
        .map(|_| {
            let at = moment(&mut rng, end);
            let start = Instant::now();
            line.seek(at);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let at = |per_mille: usize| times[(SEEKS - 1) * per_mille / 1_000];
    println!("    {name:<40} median {:>9.1?}   p99 {:>9.1?}   most {:>9.1?}", at(500), at(990), at(1_000));
}

/// The process's resident size in bytes, where the system tells it.
fn resident() -> i64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    pages.and_then(|text| text.split(' ').nth(1)?.parse::<i64>().ok()).unwrap_or(0) * 4_096
}
