//! How soon the city is seen, and can be used.

use super::{SLOW, once};
use crate::harness::Outcome;

#[test]
#[ignore = "measures and checks nothing: `cargo xtask bench --page` runs it"]
fn start() -> Outcome {
    println!("\nstart, from a local server: usable in at most 1,500 ms on a slow machine");
    for slow in [1.0, SLOW] {
        let mut starts = Vec::new();
        for _ in 0..5 {
            once(async |page| {
                page.throttle(slow).await?;
                page.open("/").await?;
                page.wait_until("the city can be used", "window.usableAt").await?;
                let painted = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
                let [painted, mounted, usable] =
                    [page.value(painted).await?, page.value("mountedAt").await?, page.value("usableAt").await?]
                        .map(|value| value.as_f64().unwrap_or(f64::NAN));
                starts.push([usable, painted, mounted]);
                Ok(())
            })?;
        }
        starts.sort_by(|one, other| one[0].total_cmp(&other[0]));
        let [usable, painted, mounted] = starts[starts.len() / 2];
        println!(
            "throttled {slow}x: city painted {painted:.0} ms, program mounted {mounted:.0} ms, usable {usable:.0} ms \
             (the middle one of five; the slowest {:.0} ms)",
            starts[starts.len() - 1][0]
        );
    }
    Ok(())
}
