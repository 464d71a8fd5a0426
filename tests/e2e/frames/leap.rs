//! A leap is drawn in two steps, the city first: so that nothing is missed on the way, and words come even to a hand that
//! never rests.

use serde_json::Value;

use crate::harness::{City, Hands, Outcome, Page, Visit};

/// Points at a place of the timeline, in thousandths of what is known, and has the page draw what it draws at once.
const POINT: &str = "const point = async place => {
    const line = document.querySelector('#timeline'), box = line.getBoundingClientRect();
    const end = Number(line.dataset.endMs), known = line.querySelector('.known').getBoundingClientRect().width / end;
    const clientX = box.left + known * end * place / 1000;
    line.dispatchEvent(new PointerEvent('pointerdown', { clientX, buttons: 1, bubbles: true }));
    for (let turn = 0; turn < 20; turn += 1) await null;
};
const told = () => document.querySelector('#log').textContent + document.querySelector('#terminal').textContent;
const clock = () => document.querySelector('[data-time-ms]').dataset.timeMs;
const frame = () => new Promise(done => requestAnimationFrame(done));";

/// A city that has something to tell at the end that it has not in the middle, with time standing still.
async fn told_of(page: &Page<'_>) -> Outcome {
    let city = City::open(page, "/?speed=60&seed=7", Hands::Mouse).await?;
    for nth in 0..6 {
        city.command_until(&format!("SET key:{nth} {nth}"), "OK").await?;
    }
    page.click("[data-act=pause]").await
}

async fn says(page: &Page<'_>, script: &str) -> Outcome<Value> {
    page.run(&format!("{POINT}\n{script}")).await
}

#[test]
fn a_leap_draws_the_city_at_once_and_its_words_soon() -> Outcome {
    Visit::built()?.walk(async |page| {
        told_of(page).await?;
        let at_once = "const [words, moment] = [told(), clock()]; await point(0);
            return [clock() !== moment, told() === words];";
        assert_eq!(says(page, at_once).await?, serde_json::json!([true, true]), "the city, and no words yet");
        page.wait_until("nothing is told of the opening", "!document.querySelector('#log .event')").await?;
        page.wait_until("nor typed", "!document.querySelector('.entry')").await?;
        // What is told of a moment is the same, wherever one comes from.
        let there = "const seen = [];
            for (const place of [400, 1000, 400, 0, 400]) {
                await point(place);
                for (let nth = 0; nth < 120; nth += 1) await frame();
                if (place === 400) seen.push(clock() + told());
            }
            return seen.every(words => words === seen[0]);";
        assert_eq!(says(page, there).await?, Value::Bool(true));
        Ok(())
    })
}

#[test]
fn words_follow_a_hand_that_never_rests() -> Outcome {
    Visit::built()?.walk(async |page| {
        told_of(page).await?;
        // However slow the machine is: what is due soon after the first move, no later move puts off.
        let drags = "const soon = new Set(), { setTimeout: set, clearTimeout: clear } = window;
            let waited = 0, given_up = 0;
            window.setTimeout = (call, ms, ...rest) => {
                const id = set(() => { soon.delete(id); call(); }, ms, ...rest);
                if (ms < 100) { soon.add(id); waited += 1; }
                return id;
            };
            window.clearTimeout = id => { given_up += soon.delete(id); clear(id); };
            for (let moves = 0; moves < 20; moves += 1) { await point(moves % 2 * 5); await frame(); }
            return [waited > 0, given_up];";
        assert_eq!(says(page, drags).await?, serde_json::json!([true, 0]));
        page.wait_until("nothing is typed at the opening", "!document.querySelector('.entry')").await
    })
}
