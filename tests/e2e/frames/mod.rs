//! What a frame costs in the browser: `cargo xtask bench --page`. Prints figures beside their goals; only `leap` checks anything.
#![allow(clippy::print_stdout, reason = "printing figures is what these walks are for")]

mod idle;
mod leap;
mod long;
mod seek;
mod start;

use std::time::Duration;

use serde_json::Value;

use crate::harness::{City, Hands, Outcome, Page, Theme, Visit};

/// Frames in one figure: five seconds at 60 a second.
const FRAMES: u32 = 300;
/// How long they may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often a walk is measured, in a browser of its own each time.
const ROUNDS: u32 = 3;
/// How slow a goal's machine is, against this one.
const SLOW: f64 = 4.0;

/// Walks a few times over a page that takes its frames' figures.
fn rounds(walk: impl AsyncFn(&Page<'_>) -> Outcome + Copy) -> Outcome {
    for _ in 0..ROUNDS {
        once(walk)?;
    }
    Ok(())
}

fn once(walk: impl AsyncFnOnce(&Page<'_>) -> Outcome) -> Outcome {
    Visit::built()?.walk(async |page| {
        page.run_first(include_str!("figures.js")).await?;
        page.look_like((1440, 900), Theme::Light).await?;
        walk(page).await
    })
}

#[test]
#[ignore = "measures and checks nothing: `cargo xtask bench --page` runs it"]
fn six() -> Outcome {
    head("six nodes: script at most 4 ms");
    rounds(six_nodes)
}

/// Six nodes, busy: writes, an inspector, a fire, and time at its fastest; then again on a slow machine.
async fn six_nodes(page: &Page<'_>) -> Outcome {
    for slow in [1.0, SLOW] {
        page.throttle(1.0).await?;
        let city = City::open(page, "/?speed=1&seed=7", Hands::Mouse).await?;
        page.throttle(slow).await?;
        let name = |what: &str| if slow > 1.0 { format!("{what}, throttled {slow}x") } else { what.to_owned() };
        figure(page, &name("idle, 1x")).await?;
        page.run("let nth = 0; window.typing = setInterval(() => send(`INCR visits:${nth += 1}`), 250);").await?;
        figure(page, &name("four commands a second")).await?;
        city.select(&city.master(2).await?).await?;
        figure(page, &name("and the inspector open")).await?;
        city.act("kill", &city.master(3).await?).await?;
        page.choose("#speed", "5").await?;
        page.wait_for("[data-state=fail]").await?;
        figure(page, &name("and from FAIL on, 5x")).await?;
        page.choose("#speed", "60").await?;
        figure(page, &name("and 60x")).await?;
    }
    Ok(())
}

#[test]
#[ignore = "measures and checks nothing: `cargo xtask bench --page` runs it"]
fn twelve() -> Outcome {
    head("twelve nodes: 60 frames a second with 200 messages in flight, at most 1,500 DOM nodes");
    rounds(twelve_nodes)
}

/// Streets so long that two hundred questions and answers are on them at a time.
async fn twelve_nodes(page: &Page<'_>) -> Outcome {
    const FLYING: &str = "Number(document.querySelector('[data-flights]')?.dataset.flights ?? 0)";
    let city = City::open(page, "/?masters=6&replicas=1&speed=1&seed=7", Hands::Mouse).await?;
    let nodes = page.value("document.querySelectorAll('*').length").await?;
    println!("{:<42} {nodes:>8}", "DOM nodes, nothing in flight");
    city.sheet("city", "Build and break").await?;
    // A copy may be on its way for twenty seconds; an answer that takes two, the client does not wait for.
    page.run("for (const [field, at] of [[`latency`, 4], [`lag`, 4]]) {
        const way = document.querySelector(`[data-field=${field}]`); way.value = at;
        way.dispatchEvent(new Event('input', { bubbles: true })); way.dispatchEvent(new Event('change', { bubbles: true })); }").await?;
    page.press(&crate::harness::ESCAPE.to_string()).await?;
    for slow in [1.0, SLOW] {
        page.throttle(1.0).await?;
        page.choose("#speed", "1").await?;
        page.run("let nth = 0; window.typing = setInterval(() => send(`SET key:${nth += 1} ${nth}`), 20);")
            .await?;
        if !page.comes_true(&format!("{FLYING} >= 195"), PATIENCE).await? {
            println!("only {} messages could be had on the streets", page.value(FLYING).await?);
        }
        // So slow that hardly any arrive while they are measured.
        page.choose("#speed", "0.1").await?;
        page.run("clearInterval(window.typing)").await?;
        page.throttle(slow).await?;
        pass(page, 1_000).await?;
        let before = page.value(FLYING).await?;
        figure(page, &format!("on their way, throttled {slow}x")).await?;
        println!("{:<42} {before} to {} messages drawn", "", page.value(FLYING).await?);
        // And with others sent and arriving all the time.
        page.choose("#speed", "1").await?;
        page.run("let nth = 0; window.typing = setInterval(() => send(`SET key:${nth += 1} ${nth}`), 25);")
            .await?;
        pass(page, 1_000).await?;
        let before = page.value(FLYING).await?;
        figure(page, &format!("forty commands a second, throttled {slow}x")).await?;
        println!("{:<42} {before} to {} messages drawn", "", page.value(FLYING).await?);
        page.run("clearInterval(window.typing)").await?;
    }
    let nodes = page.value("document.querySelectorAll('*').length").await?;
    println!("{:<42} {nodes:>8}", "DOM nodes, with them");
    Ok(())
}

#[test]
#[ignore = "measures and checks nothing: `cargo xtask bench --page` runs it"]
fn thousand() -> Outcome {
    head("1,000 nodes: script at most 8 ms");
    once(async |page| {
        page.open("/?masters=500&replicas=1&racks=10&speed=1&seed=7").await?;
        let opens = page.comes_true("window.usableAt", Duration::from_secs(240)).await?;
        let (mounted, usable) = (page.value("window.mountedAt").await?, page.value("window.usableAt").await?);
        println!("{:<42} {mounted} ms, usable {usable} ms ({opens})", "opened after");
        for (name, seconds) in [("the first 5 s", 5), ("the next 5 s", 5), ("the next 20 s", 20)] {
            for_seconds(page, name, seconds).await?;
        }
        page.click(r#"[data-act="pause"]"#).await?;
        Ok(())
    })
}

fn head(title: &str) {
    println!("\n{title}");
    println!(
        "{:<42} {:>13} {:>13} {:>13} {:>6} {:>8} {:>9} {:>6}",
        "ms a frame: median / p99", "script", "style+layout", "both", "fps", "left out", ">16.7 ms", "speed"
    );
}

/// Lets milliseconds go by, without asking the page anything meanwhile.
async fn pass(page: &Page<'_>, ms: u64) -> Outcome {
    page.run(&format!("return new Promise(done => setTimeout(done, {ms}))")).await.map(drop)
}

/// Measures for some seconds, however many frames that is.
async fn for_seconds(page: &Page<'_>, name: &str, seconds: u64) -> Outcome {
    page.run("framesStart()").await?;
    pass(page, 1_000 * seconds).await?;
    print(name, &page.value("framesFigures()").await?);
    Ok(())
}

/// Measures [`FRAMES`] frames, and prints what they cost.
async fn figure(page: &Page<'_>, name: &str) -> Outcome {
    page.run(&format!("return framesOf({FRAMES}, 20000)")).await?;
    print(name, &page.value("framesFigures()").await?);
    Ok(())
}

fn print(name: &str, figures: &Value) {
    let number = |value: &Value| value.as_f64().unwrap_or(0.0);
    let pair = |key: &str| {
        let pair = &figures[key];
        format!("{:.1} / {:.1}", number(&pair[0]), number(&pair[1]))
    };
    println!(
        "{name:<42} {:>13} {:>13} {:>13} {:>6.1} {:>7.1}% {:>8.1}% {:>5.2}x",
        pair("script"),
        pair("layout"),
        pair("work"),
        number(&figures["a_second"]),
        100.0 * number(&figures["left_out"]),
        100.0 * number(&figures["over"]),
        number(&figures["speed"]),
    );
}
