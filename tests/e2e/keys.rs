//! The keyboard's own acts: they work where they should, nowhere else, and can be switched off.

use serde_json::{Value, json};

use crate::harness::{City, DOWN, ENTER, ESCAPE, Hands, Outcome, PAGE_DOWN, PAGE_UP, Page, RIGHT, Visit};

const NOW: &str = "Number(document.querySelector('[data-time-ms]').dataset.timeMs)";
const TITLE: &str = "document.querySelector('#inspector-title')?.innerText";

async fn press(page: &Page<'_>, key: char) -> Outcome {
    page.press(&key.to_string()).await
}

/// Gives an element the keyboard that has a place for it, but that Tab does not stop at.
async fn focus(page: &Page<'_>, css: &str) -> Outcome {
    page.run(&format!("document.querySelector({}).focus()", json!(css))).await?;
    let there = format!("document.activeElement.matches({})", json!(css));
    page.wait_until(&format!("`{css}` has the keyboard"), &there).await
}

/// Opens the list of keys and closes it again: whatever was pressed before has been taken by then.
async fn open_and_close_the_list(page: &Page<'_>) -> Outcome {
    press(page, '?').await?;
    page.wait_until("the list of keys is open", &format!("{TITLE} === 'Keyboard'")).await?;
    page.wait_until("it has the keyboard", "document.activeElement.id === 'inspector-title'").await?;
    press(page, ESCAPE).await?;
    page.wait_until("it is closed", &format!("{TITLE} === undefined")).await
}

async fn time_runs(page: &Page<'_>, runs: bool) -> Outcome {
    let shown = page.value("document.querySelector('[data-act=pause]') !== null").await?;
    assert_eq!(shown, Value::Bool(runs), "whether time runs");
    Ok(())
}

#[test]
fn the_list_of_keys_opens_anywhere_but_while_typing() -> Outcome {
    Visit::built()?.walk(async |page| {
        City::open(page, "/?speed=1&seed=7", Hands::Keyboard).await?;
        let nothing = page.value("document.activeElement === document.body").await?;
        assert_eq!(nothing, Value::Bool(true), "nothing has the keyboard on a fresh page");
        open_and_close_the_list(page).await?;
        page.tab_to("#command").await?;
        press(page, '?').await?;
        page.wait_until("it is typed", "document.querySelector('#command').value === '?'").await?;
        let closed = page.value(&format!("{TITLE} === undefined")).await?;
        assert_eq!(closed, Value::Bool(true), "no list opens while one types");
        Ok(())
    })
}

#[test]
fn space_stops_time_only_where_the_city_has_the_keyboard() -> Outcome {
    Visit::built()?.walk(async |page| {
        City::open(page, "/?speed=1&seed=7", Hands::Keyboard).await?;
        for elsewhere in ["#guide-title", "#log"] {
            focus(page, elsewhere).await?;
            press(page, ' ').await?;
            open_and_close_the_list(page).await?;
            time_runs(page, true).await?;
        }
        page.tab_to("#command").await?;
        press(page, ' ').await?;
        page.wait_until("it is typed", "document.querySelector('#command').value === ' '").await?;
        time_runs(page, true).await?;

        for place in ["#city", "#scrub"] {
            focus(page, place).await?;
            press(page, ' ').await?;
            page.wait_for("[data-act=play]").await?;
            press(page, ' ').await?;
            page.wait_for("[data-act=pause]").await?;
        }
        // On a shop the space bar presses the shop.
        page.tab_to(".shop[data-node='0']").await?;
        press(page, ' ').await?;
        page.wait_until("the shop is open", &format!("/^Shop 1/.test({TITLE})")).await?;
        time_runs(page, true).await
    })
}

#[test]
fn a_presenters_remote_goes_from_milestone_to_milestone() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=1&seed=7", Hands::Mouse).await?;
        city.act("kill", &city.master(3).await?).await?;
        page.click("[data-act=pause]").await?;
        focus(page, "#city").await?;
        let mut moments = vec![page.value(NOW).await?.as_f64().unwrap_or_default()];
        for _ in 0..3 {
            let before = moments[moments.len() - 1];
            press(page, PAGE_DOWN).await?;
            page.wait_until("a later milestone comes", &format!("{NOW} > {before}")).await?;
            page.wait_for("[data-act=play]").await?;
            moments.push(page.value(NOW).await?.as_f64().unwrap_or_default());
        }
        page.wait_until("the fire is noticed", "/PFAIL|suspect/i.test(document.querySelector('#log').innerText)")
            .await?;
        for moment in [moments[2], moments[1]] {
            press(page, PAGE_UP).await?;
            page.wait_until(&format!("it is {moment} again"), &format!("{NOW} === {moment}")).await?;
        }
        press(page, RIGHT).await?;
        page.wait_until("a second later", &format!("{NOW} === {} + 1000", moments[1])).await?;
        press(page, DOWN).await?;
        press(page, '+').await?;
        page.wait_until("it is faster", "document.querySelector('#speed').value === '2'").await?;
        press(page, '-').await?;
        page.wait_until("it is as fast as before", "document.querySelector('#speed').value === '1'").await
    })
}

#[test]
fn a_remote_works_before_anything_was_clicked() -> Outcome {
    Visit::built()?.walk(async |page| {
        City::open(page, "/?speed=1&seed=7", Hands::Keyboard).await?;
        press(page, ' ').await?;
        page.wait_for("[data-act=play]").await?;
        let before = page.value(NOW).await?.as_f64().unwrap_or_default();
        press(page, PAGE_DOWN).await?;
        page.wait_until("time went on", &format!("{NOW} > {before}")).await?;
        let there = page.value(NOW).await?.as_f64().unwrap_or_default();
        assert!(there - before < 5_000.0, "nothing is to come: a step does not leap over a minute of it");
        // A button has no use for the key either, and takes the space bar itself.
        focus(page, ".theme").await?;
        press(page, PAGE_UP).await?;
        page.wait_until("it went back", &format!("{NOW} < {there}")).await?;
        press(page, ' ').await?;
        page.wait_until("the button was pressed", "document.documentElement.dataset.theme === 'light'").await?;
        page.wait_for("[data-act=play]").await
    })
}

#[test]
fn single_keys_can_be_switched_off_and_stay_off() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=1&seed=7", Hands::Keyboard).await?;
        press(page, '?').await?;
        city.use_it("[data-act=single-keys][aria-pressed=true]").await?;
        page.wait_for("[data-act=single-keys][aria-pressed=false]").await?;
        for again in [false, true] {
            if again {
                City::open(page, "/?speed=1&seed=7", Hands::Keyboard).await?;
            }
            focus(page, "#city").await?;
            press(page, ' ').await?;
            press(page, '+').await?;
            open_and_close_the_list(page).await?;
            time_runs(page, true).await?;
            assert_eq!(page.value("document.querySelector('#speed').value").await?, json!("1"));
        }
        Ok(())
    })
}

#[test]
fn a_shop_that_is_opened_by_keyboard_hands_it_on_and_gets_it_back() -> Outcome {
    Visit::built()?.walk(async |page| {
        City::open(page, "/?speed=1&seed=7", Hands::Keyboard).await?;
        page.tab_to(".shop[data-node='0']").await?;
        press(page, ENTER).await?;
        page.wait_until("the inspector has it", "document.activeElement.id === 'inspector-title'").await?;
        press(page, ESCAPE).await?;
        page.wait_until("the shop has it again", "document.activeElement.id === 'shop-0'").await
    })
}
