//! What a frame costs in the browser: `cargo xtask bench --page`. Prints figures and checks nothing.
#![allow(clippy::print_stdout, reason = "printing figures is what this walk is for")]

use serde_json::Value;

use crate::harness::{City, Hands, Outcome, Page, Theme, Visit};

/// Counts frames.
const COUNT: &str = "const ask = window.requestAnimationFrame.bind(window);
window.frames_drawn = 0;
window.requestAnimationFrame = call => ask(time => { window.frames_drawn += 1; call(time); });";
/// Frames in one figure: five seconds at 60 a second.
const FRAMES: u32 = 300;

#[test]
#[ignore = "measures and checks nothing: `cargo xtask bench --page` runs it"]
fn measure() -> Outcome {
    Visit::built()?.walk(figures)
}

async fn figures(page: &Page<'_>) -> Outcome {
    page.run_first(COUNT).await?;
    page.look_like((1440, 900), Theme::Light).await?;
    println!("{:<34} {:>12} {:>12}", "ms a frame, mean over 300 frames", "script", "style+layout");
    let city = City::open(page, "/?speed=1&seed=7", Hands::Mouse).await?;
    figure(page, "six nodes, idle, 1x").await?;
    let typing = "window.typing = setInterval(() => {
        const line = document.querySelector('#command');
        line.value = 'INCR visits:' + Math.floor(performance.now() / 250);
        line.dispatchEvent(new Event('input', { bubbles: true }));
        line.form ? line.form.requestSubmit() : line.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    }, 250);";
    page.run(typing).await?;
    figure(page, "with four commands a second").await?;
    page.run("clearInterval(window.typing);").await?;
    city.select(&city.master(2).await?).await?;
    figure(page, "inspector open").await?;
    city.act("kill", &city.master(3).await?).await?;
    page.choose("#speed", "5").await?;
    page.wait_for("[data-state=fail]").await?;
    figure(page, "from FAIL on, 5x").await?;
    page.choose("#speed", "60").await?;
    figure(page, "60x").await?;
    page.click(r#"[data-act="pause"]"#).await?;
    page.wait_for(r#"[data-act="play"]"#).await?;
    let idle = page.run("const before = window.frames_drawn; return new Promise(done => setTimeout(() => done(window.frames_drawn - before), 2000));").await?;
    println!("{:<34} {idle:>12} frames in 2 s", "paused");
    Ok(())
}

/// Points at moments, and waits each time until the page is drawn anew, at most twenty seconds in all.
const MEASURE: &str =
    "const line = document.querySelector('#timeline'), box = line.getBoundingClientRect(), times = [];
const channel = new MessageChannel(), end = Number(line.dataset.endMs) / 2400000, start = performance.now();
for (let nth = 0; nth < 200 && performance.now() < start + 20000; nth += 1) {
    const clientX = box.left + box.width * (PLACE) / 1000 * Math.min(1, end);
    const began = performance.now();
    line.dispatchEvent(new PointerEvent('pointerdown', { clientX, buttons: 1, bubbles: true }));
    await new Promise(done => { channel.port1.onmessage = done; channel.port2.postMessage(0); });
    times.push(performance.now() - began);
}
times.sort((a, b) => a - b);
const at = share => times[Math.floor((times.length - 1) * share)].toFixed(1);
return at(.5) + ' / ' + at(.99) + ' / ' + at(1) + ' (' + times.length + ' times)';";

#[test]
#[ignore = "measures and checks nothing: `cargo xtask bench --page` runs it"]
fn seek() -> Outcome {
    Visit::built()?.walk(seeks)
}

/// Half an hour of a city with writes and fires, then 400 moments of it, each reached and drawn.
async fn seeks(page: &Page<'_>) -> Outcome {
    City::open(page, "/?speed=60&seed=7", Hands::Mouse).await?;
    let busy = "const now = () => Number(document.querySelector('[data-time-ms]').dataset.timeMs); let nth = 0;
        window.typing = setInterval(() => {
            const line = document.querySelector('#command'), run = text => {
                line.value = text; line.dispatchEvent(new Event('input', { bubbles: true })); line.form.requestSubmit(); };
            nth += 1; run('SET key:' + nth % 500 + ' ' + nth); run('GET key:' + nth * 7 % 500);
            if (nth % 60 === 0) document.querySelector('[data-role=master][data-state=ok]')?.click();
            if (nth % 60 === 2) document.querySelector('.inspector [data-act=kill]:not(:disabled)')?.click();
            if (nth % 60 === 40) document.querySelector('.inspector [data-act=restart]:not(:disabled)')?.click();
            if (now() > 1800000) { clearInterval(window.typing); document.querySelector('[data-act=pause]')?.click(); }
        }, 50);";
    page.run(busy).await?;
    for _ in 0..4 {
        // Half a minute of 60x, and as much again on a slow machine.
        page.run("return new Promise(done => setTimeout(done, 12000))").await?;
    }
    page.wait_for("[data-act=play]").await?;
    for (name, place) in [
        ("scrub to a moment nearby, and draw it", "900 - nth * 3"),
        ("leap to any moment, and draw it", "nth * 619 % 1000"),
    ] {
        let figure = page.run(&MEASURE.replace("PLACE", place)).await?;
        println!("{name:<38} {figure} ms: median / p99 / most");
    }
    let memory = page.value("Math.round((performance.memory?.usedJSHeapSize ?? 0) / 1e6)").await?;
    println!("{:<34} {memory} MB of JavaScript heap (the wasm memory is beside it)", "after half an hour");
    Ok(())
}

async fn figure(page: &Page<'_>, name: &str) -> Outcome {
    let before = page.metrics().await?;
    page.run("window.frames_drawn = 0;").await?;
    page.wait_until(name, &format!("window.frames_drawn >= {FRAMES}")).await?;
    let after = page.metrics().await?;
    let frames = page.value("window.frames_drawn").await?.as_f64().unwrap_or(1.0);
    let seconds = |metrics: &Value, key: &str| metrics[key].as_f64().unwrap_or(0.0);
    let each = |key: &str| (seconds(&after, key) - seconds(&before, key)) * 1000.0 / frames;
    let layout = each("LayoutDuration") + each("RecalcStyleDuration");
    println!("{name:<34} {:>12.2} {layout:>12.2}", each("ScriptDuration"));
    Ok(())
}
