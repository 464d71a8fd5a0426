//! Time that stands still: what waits for it says so, and what has the keyboard still works.

use serde_json::Value;

use crate::harness::{City, Hands, Outcome, Visit};

#[test]
fn what_was_typed_while_time_stands_still_waits_for_it_to_run() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=5&seed=7", Hands::Mouse).await?;
        city.use_it("[data-act=pause]").await?;
        page.wait_for("[data-act=play]").await?;
        let button = "document.querySelector('.step.now .button')";
        let says = |words: &str| format!("{button}.innerText === '{words}'");
        page.wait_until("the step can be done", &says("Run it")).await?;
        city.command("SET user:123 Ada").await?;
        page.wait_until("the step waits for time", &says("Let time run")).await?;
        page.wait_until(
            "the terminal says so",
            "document.querySelector('#terminal').innerText.includes('Time stands still')",
        )
        .await?;
        page.click(".step.now .button").await?;
        page.wait_for("[data-act=pause]").await?;
        page.wait_for("[data-step='1'].done").await
    })
}

#[test]
fn who_wants_less_motion_finds_time_standing_still() -> Outcome {
    Visit::built()?.walk(async |page| {
        const STARTS: &str = "document.querySelector('[data-act=play]') !== null";
        City::open(page, "/?seed=7", Hands::Mouse).await?;
        assert_eq!(page.value(STARTS).await?, Value::Bool(false), "time runs for everybody else");
        page.want_less_motion().await?;
        City::open(page, "/?seed=7", Hands::Mouse).await?;
        assert_eq!(page.value(STARTS).await?, Value::Bool(true), "it waits to be let run");
        let time = "document.querySelector('[data-time-ms]').dataset.timeMs";
        assert_eq!(page.value(time).await?, Value::from("0"), "at its very beginning");
        // Who asks for a speed asks for time to run.
        City::open(page, "/?seed=7&speed=1", Hands::Mouse).await?;
        assert_eq!(page.value(STARTS).await?, Value::Bool(false), "the address asks for a speed");
        Ok(())
    })
}

#[test]
fn the_keys_work_from_a_sheet_and_those_that_scroll_it_scroll_it() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=1&seed=7", Hands::Keyboard).await?;
        city.sheet("city", "Build and break").await?;
        page.wait_until("the sheet has the keyboard", "document.activeElement.id === 'inspector-title'").await?;
        let speed = |value: &str| format!("document.querySelector('#speed').value === '{value}'");
        for (key, value) in [("+", "2"), ("+", "5"), ("-", "2"), ("-", "1")] {
            page.press(key).await?;
            page.wait_until(&format!("{key} leads to {value}"), &speed(value)).await?;
        }
        // The space bar scrolls a sheet, or presses what has the keyboard: time goes on.
        page.press(" ").await?;
        page.press("p").await?;
        page.wait_for(".page.presenter").await?;
        let runs = page.value("document.querySelector('[data-act=pause]') !== null").await?;
        assert_eq!(runs, Value::Bool(true), "time was not stopped");
        Ok(())
    })
}
