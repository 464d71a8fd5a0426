//! What a leap through half an hour costs, with its drawing.

use super::once;
use crate::harness::{City, Hands, Outcome, Page};

/// Points at moments, and waits each time until the page is drawn anew, at most twenty seconds in all.
const MEASURE: &str =
    "const line = document.querySelector('#timeline'), box = line.getBoundingClientRect(), times = [];
const scripts = [], layouts = [], channel = new MessageChannel(), end = Number(line.dataset.endMs) / 2400000, start = performance.now();
for (let nth = 0; nth < 200 && performance.now() < start + 20000; nth += 1) {
    const clientX = box.left + box.width * (PLACE) / 1000 * Math.min(1, end);
    const handle = document.querySelector('#scrub'), before = handle.getAttribute('aria-valuenow');
    const began = performance.now();
    line.dispatchEvent(new PointerEvent('pointerdown', { clientX, buttons: 1, bubbles: true }));
    // The page draws in promises, and what takes it long in pieces: it is there when the handle says so.
    for (let turn = 0; turn < 50 && (turn === 0 || handle.getAttribute('aria-valuenow') === before); turn += 1)
        await new Promise(done => { channel.port1.onmessage = done; channel.port2.postMessage(0); });
    const scripted = performance.now();
    document.documentElement.getBoundingClientRect();
    times.push(performance.now() - began);
    scripts.push(scripted - began);
    layouts.push(performance.now() - scripted);
    // A hand moves once a frame; and what is drawn later would else never be.
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
}
const both = values => { values.sort((a, b) => a - b);
    return [.5, .99].map(share => values[Math.floor((values.length - 1) * share)].toFixed(1)).join(' / '); };
return `${both(times)} (script ${both(scripts)}, style and layout ${both(layouts)}; ${times.length} times)`;";

/// Types, kills and restarts by itself until this virtual time, and pauses there.
pub(super) const BUSY: &str =
    "const now = () => Number(document.querySelector('[data-time-ms]').dataset.timeMs); let nth = 0;
window.typing = setInterval(() => {
    nth += 1; send('SET key:' + nth % 500 + ' ' + nth); send('GET key:' + nth * 7 % 500);
    if (nth % 60 === 0) document.querySelector('[data-role=master][data-state=ok]')?.click();
    if (nth % 60 === 2) document.querySelector('.inspector [data-act=kill]:not(:disabled)')?.click();
    if (nth % 60 === 40) document.querySelector('.inspector [data-act=restart]:not(:disabled)')?.click();
    if (now() > UNTIL_MS) { clearInterval(window.typing); document.querySelector('[data-act=pause]')?.click(); }
}, 50);";

#[test]
#[ignore = "measures and checks nothing: `cargo xtask bench --page` runs it"]
fn seek() -> Outcome {
    println!("\nseeking in half an hour, with drawing: at most 16 ms at the 99th percentile");
    once(async |page| {
        City::open(page, "/?speed=60&seed=7", Hands::Mouse).await?;
        page.run(&BUSY.replace("UNTIL_MS", "1800000")).await?;
        page.comes_true("document.querySelector('[data-act=play]')", super::PATIENCE).await?;
        seeks(page).await?;
        page.run("document.querySelector('.inspector .close')?.click()").await?;
        println!("the same with the inspector closed");
        seeks(page).await
    })
}

/// Hundreds of moments, each reached and drawn.
async fn seeks(page: &Page<'_>) -> Outcome {
    for (name, place) in [("a moment nearby", "900 - nth * 3"), ("any moment", "nth * 619 % 1000")] {
        let figures = page.run(&MEASURE.replace("PLACE", place)).await?;
        let figures = figures.as_str().unwrap_or_default();
        println!("{name:<42} {figures}");
    }
    Ok(())
}
