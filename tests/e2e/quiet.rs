//! What the page does not do: run while nobody looks, make anew what stands, fill with elements.

use serde_json::Value;

use crate::harness::{City, Hands, Outcome, Page, Visit};

/// Counts the frames that the page itself asks for; `pass(count)` lets so many of the browser's go by.
const COUNTER: &str = "window.framesRun = 0; const next = requestAnimationFrame.bind(window);
    window.requestAnimationFrame = run => next(clock => { window.framesRun += 1; run(clock); });
    window.pass = async count => { for (; count > 0; count -= 1) await new Promise(done => next(done)); };";

/// Has the page see that its tab is hidden: no headless browser hides one by itself.
async fn hide(page: &Page<'_>, hidden: bool) -> Outcome {
    let script = format!(
        "Object.defineProperty(document, 'hidden', {{ value: {hidden}, configurable: true }});
        document.dispatchEvent(new Event('visibilitychange'));"
    );
    page.run(&script).await.map(drop)
}

async fn runs(page: &Page<'_>, when: &str) -> Outcome {
    page.run("window.framesRun = 0").await?;
    page.wait_until(&format!("frames run {when}"), "window.framesRun > 5").await
}

/// No frame of the page's in thirty of the browser's, and virtual time stands still.
async fn rests(page: &Page<'_>, when: &str) -> Outcome {
    // What was asked for before is drawn before.
    page.run("await window.pass(3); window.framesRun = 0;").await?;
    let time = "document.querySelector('[data-time-ms]').dataset.timeMs";
    let before = (page.value(time).await?, page.value("flight()").await?);
    page.run("await window.pass(30)").await?;
    assert_eq!(page.value("window.framesRun").await?, Value::from(0), "frames run {when}");
    let after = (page.value(time).await?, page.value("flight()").await?);
    assert_eq!(after, before, "time goes on {when}, or a message moves");
    Ok(())
}

#[test]
fn nothing_runs_while_paused_hidden_or_scrolled_away() -> Outcome {
    Visit::built()?.walk(async |page| {
        page.run_first(COUNTER).await?;
        let city = City::open(page, "/?speed=1&seed=7", Hands::Mouse).await?;
        city.command("SET user:123 Ada").await?;
        page.wait_until("a message is on its way", "flight()").await?;
        runs(page, "in view").await?;
        page.click("[data-act=pause]").await?;
        page.wait_for("[data-act=play]").await?;
        rests(page, "while paused").await?;
        page.click("[data-act=play]").await?;
        runs(page, "after play").await?;
        hide(page, true).await?;
        rests(page, "while hidden").await?;
        hide(page, false).await?;
        runs(page, "when shown again").await?;
        page.run("const space = document.createElement('div'); space.id = 'space'; space.style.height = '300vh';
            document.body.append(space); document.body.style.overflow = document.documentElement.style.overflow = 'auto';
            document.body.style.height = document.documentElement.style.height = 'auto';
            space.scrollIntoView({ block: 'end', behavior: 'instant' }); await window.pass(3);").await?;
        rests(page, "while scrolled away").await?;
        page.run("scrollTo({ top: 0, behavior: 'instant' })").await?;
        runs(page, "when scrolled back").await
    })
}

#[test]
fn a_new_line_leaves_those_that_stand() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.command_until("SET a 1", "OK").await?;
        page.wait_for("#log .event").await?;
        page.run(
            "for (const it of ['#terminal .entry', '#log .event']) document.querySelector(it).dataset.first = '';",
        )
        .await?;
        city.command_until("GET a", "\"1\"").await?;
        page.wait_until("the log tells of it", "document.querySelectorAll('#log .event').length > 1").await?;
        assert_eq!(page.value("document.querySelectorAll('[data-first]').length").await?, Value::from(2));
        Ok(())
    })
}

#[test]
fn twelve_busy_nodes_are_at_most_1500_elements() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?masters=6&replicas=1&speed=1&seed=7", Hands::Mouse).await?;
        city.sheet("city", "Build and break").await?;
        page.run("for (const [field, at] of [['latency', 4], ['lag', 4]]) {
            const way = document.querySelector(`[data-field=${field}]`); way.value = at;
            way.dispatchEvent(new Event('input', { bubbles: true })); way.dispatchEvent(new Event('change', { bubbles: true })); }").await?;
        page.click("#inspector .close").await?;
        page.run("let nth = 0; const line = document.querySelector('#command'); setInterval(() => {
            line.value = `SET key:${nth += 1} ${nth}`; line.dispatchEvent(new Event('input', { bubbles: true }));
            line.form.requestSubmit(); window.typed += 1; window.most = Math.max(window.most ?? 0, document.querySelectorAll('*').length); }, 20);").await?;
        page.wait_until("two hundred messages are drawn", "document.querySelector('[data-flights]')?.dataset.flights >= 195").await?;
        page.wait_until("log and terminal are full", "document.querySelectorAll('#terminal .entry').length >= 30").await?;
        for css in ["", ".shop[data-node='0']", ".tool[data-act=messages]"] {
            if !css.is_empty() {
                page.run(&format!("document.querySelector(\"{css}\").click()")).await?;
                page.wait_for("#inspector .button").await?;
            }
            page.run("window.most = window.typed = 0").await?;
            page.wait_until("many more are sent", "window.typed > 100").await?;
            let most = page.value("window.most").await?.as_u64().unwrap_or(u64::MAX);
            assert!(most <= 1_500, "{most} elements with `{css}` open");
        }
        Ok(())
    })
}
