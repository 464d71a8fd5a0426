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
