//! What an hour costs in memory.

use std::time::Duration;

use super::once;
use super::seek::BUSY;
use crate::harness::{City, Hands, Outcome, Page};

/// Where it is looked at, and how far apart.
const POINTS: u64 = 10;
const APART_MS: u64 = 360_000;

#[test]
#[ignore = "measures and checks nothing: `cargo xtask bench --page` runs it"]
fn hour() -> Outcome {
    println!("\nan hour at 60x: memory does not grow");
    for busy in [false, true] {
        once(async |page| an_hour(page, busy).await)?;
    }
    Ok(())
}

async fn an_hour(page: &Page<'_>, busy: bool) -> Outcome {
    City::open(page, "/?speed=60&seed=7", Hands::Mouse).await?;
    if busy {
        page.run(&BUSY.replace("UNTIL_MS", "3600000")).await?;
    }
    let what = if busy { "40 commands a second, and fires" } else { "left alone" };
    for point in 1..=POINTS {
        let there = format!(
            "Number(document.querySelector('[data-time-ms]').dataset.timeMs) >= {}",
            (point * APART_MS).min(3_600_000)
        );
        page.comes_true(&there, Duration::from_secs(120)).await?;
        let wasm = page.value("wasmMemory.buffer.byteLength").await?.as_f64().unwrap_or(0.0);
        println!(
            "{what}, after {:>2} min: {:>5.1} MB of JavaScript heap, {:>5.1} MB of the program's memory, {} elements",
            point * APART_MS / 60_000,
            page.heap().await? / 1e6,
            wasm / 1e6,
            page.value("document.querySelectorAll('*').length").await?,
        );
    }
    Ok(())
}
