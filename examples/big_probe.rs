//! scratch
#![allow(clippy::print_stdout, missing_docs)]
use cluster_city::cluster::time::SECOND;
use cluster_city::cluster::world::{Plan, World};
use std::time::Instant;
fn rss() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .unwrap()
        .lines()
        .find(|l| l.starts_with("VmRSS"))
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        / 1024
}
fn main() {
    let masters: u16 = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(500);
    let secs: u64 = std::env::args().nth(2).and_then(|a| a.parse().ok()).unwrap_or(30);
    let plan = Plan { masters, racks: 10, ..Plan::small() };
    let start = Instant::now();
    let mut world = World::new(&plan, 1).unwrap();
    println!("new {:?} rss {}", start.elapsed(), rss());
    for s in 1..=secs {
        let t = Instant::now();
        let mut steps = 0u64;
        while world.next_due().is_some_and(|d| d <= s * SECOND) {
            world.step();
            steps += 1;
        }
        println!("{s} {:.0?} steps {steps} rss {}", t.elapsed(), rss());
    }
}
