//! Looking closer: the city in somebody's eyes, and the directory slot by slot.

use serde_json::{Value, json};

use crate::harness::{City, DOWN, ENTER, Hands, LEFT, Outcome, Page, RIGHT, UP, Visit};

#[test]
fn whoever_is_cut_off_sees_another_city() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=60&seed=7", Hands::Mouse).await?;
        let apart = city.master(3).await?;
        city.sheet("city", "Build and break").await?;
        page.click("[data-act=cut-rack]:nth-of-type(3)").await?;
        city.wait_for_new_master(3, &apart).await?;
        page.click("[data-act=pause]").await?;

        city.sheet("views", "Whose view?").await?;
        let truth = states(page).await?;
        let at = format!(
            "[...document.querySelectorAll('[data-act=view]')].findIndex(it => it.innerText === \
             document.querySelector('.shop[data-node=\"{apart}\"]').ariaLabel.match(/^[^,.:]+/)[0])"
        );
        page.wait_until("it is among those who have a view", &format!("{at} > 1")).await?;
        page.run(&format!("document.querySelectorAll('[data-act=view]')[{at}].click()")).await?;
        let banner = "document.querySelector('.eyes span').innerText";
        page.wait_until(
            "the banner says whose eyes, and in how much they differ",
            &format!("/^In the eyes of .*: \\d+ differences\\.$/.test({banner})"),
        )
        .await?;
        let count = page.value(&format!("Number({banner}.match(/(\\d+) diff/)[1])")).await?;
        let told = page.value(
            "(() => { const notes = [...document.querySelectorAll('#inspector .note, #inspector h3')]; \
            return notes.length - 1 - notes.findIndex(it => /where it differs/i.test(it.innerText)); })()",
        );
        assert_eq!(told.await?, count, "each difference is told in a sentence");
        // It takes itself for the master still, and all others for lost.
        page.wait_for(&format!(".shop[data-node='{apart}'][data-role=master][data-state=ok]")).await?;
        page.wait_until(
            "the others are lost to it",
            "document.querySelectorAll('.shop:not([data-state=ok])').length === 4",
        )
        .await?;
        page.wait_for(".disputed").await?;

        page.click("[data-act=truth]").await?;
        page.wait_until("the banner is gone", "!document.querySelector('.eyes')").await?;
        assert_eq!(states(page).await?, truth, "nothing has changed in truth");
        Ok(())
    })
}

/// Node, role and state of each shop as they are drawn.
async fn states(page: &Page<'_>) -> Outcome<Value> {
    page.value("[...document.querySelectorAll('.shop')].map(it => ({ ...it.dataset }))").await
}

#[test]
fn your_own_client_has_a_view_too() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Keyboard).await?;
        city.sheet("views", "Whose view?").await?;
        city.use_it("[data-act=view]:nth-of-type(2)").await?;
        page.wait_until(
            "the banner names it",
            "/In the eyes of your client/i.test(document.querySelector('.eyes')?.innerText)",
        )
        .await?;
        city.use_it("[data-act=truth]").await?;
        page.wait_until("the banner is gone", "!document.querySelector('.eyes')").await
    })
}

#[test]
fn a_shops_eyes_are_a_press_away_from_it() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.select(&city.master(2).await?).await?;
        page.click("[data-act=more]").await?;
        page.click("[data-act=eyes]").await?;
        page.wait_until(
            "the banner names it",
            "/In the eyes of Shop 2/.test(document.querySelector('.eyes')?.innerText)",
        )
        .await
    })
}

const READ: &str = "document.querySelector('#inspector .read')?.innerText";

async fn reads(page: &Page<'_>, text: &str) -> Outcome {
    page.wait_until(&format!("the lens reads `{text}`"), &format!("{READ}?.startsWith({})", json!(text))).await
}

#[test]
fn the_lens_is_read_with_the_arrow_keys_and_by_key() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Keyboard).await?;
        city.sheet("lens", "Slot by slot").await?;
        page.tab_to("#lens").await?;
        for (key, text) in [
            (RIGHT, "Slot 1: Shop 1 serves it, 0 keys."),
            (DOWN, "Slot 129: Shop 1 serves it"),
            (LEFT, "Slot 128: Shop 1"),
            (UP, "Slot 0: Shop 1"),
        ] {
            page.press(&key.to_string()).await?;
            reads(page, text).await?;
        }
        page.tab_to("[data-field=find]").await?;
        page.press(&format!("user:123{ENTER}")).await?;
        reads(page, "Slot 12893: Shop 3 serves it, 0 keys.").await?;

        city.command_until("SET user:123 Ada", "OK").await?;
        reads(page, "Slot 12893: Shop 3 serves it, 1 key.").await?;
        page.wait_for("#lens .keys-4, #lens .keys-1").await?;
        page.wait_for("#lens .lens-pin").await
    })
}

#[test]
fn the_lens_reads_what_is_pointed_at() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.sheet("lens", "Slot by slot").await?;
        let middle = page.middle_of("#lens").await?;
        page.drag(middle, middle).await?;
        page.wait_until(
            "it reads a slot near the middle",
            "Math.abs(Number(document.querySelector('#lens').dataset.slot) - 64 * 128 - 64) <= 129",
        )
        .await?;
        reads(page, "Slot 8").await
    })
}

#[test]
fn the_lens_looks_closer_and_a_slot_moves_with_its_keys() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=60&seed=7", Hands::Keyboard).await?;
        city.command_until("SET user:123 Ada", "OK").await?;
        city.sheet("lens", "Slot by slot").await?;
        page.tab_to("#lens").await?;
        let zoom = |at: u32| format!("document.querySelector('#lens').dataset.zoom === '{at}'");
        for (key, at) in [("+", 1), ("+", 2), ("+", 3), ("+", 3), ("-", 2)] {
            page.press(key).await?;
            page.wait_until(&format!("it is {at} steps closer"), &zoom(at)).await?;
        }
        let shown = "document.querySelector('#lens svg').viewBox.baseVal";
        let inside = format!(
            "(it => it.width === 32 && it.x <= 93 && 93 < it.x + 32 && it.y <= 100 && 100 < it.y + 32)({shown})"
        );
        assert_eq!(page.value(&inside).await?, json!(true), "slot 12893 is in view");
        let numbers = "[...document.querySelectorAll('#lens .numbers text')].map(it => it.textContent).join('')";
        // Above Shop 3's rows those of Shop 2 end in view.
        let owners = format!("[...new Set({numbers})].sort().join('')");
        assert_eq!(page.value(&owners).await?, json!("23"), "it says whose they are");
        city.use_it("[data-act=zoom-out]").await?;
        page.wait_until("a button does it too", &zoom(1)).await?;
        // The first in the list is Shop 1.
        city.use_it("[data-act=move-slot]").await?;
        reads(page, "Slot 12893: Shop 1 serves it, 1 key.").await?;
        city.use_it("[data-act=read-key]").await?;
        page.wait_until(
            "the line is ready to be sent",
            "document.querySelector('#command').value === 'GET user:123'",
        )
        .await?;
        city.use_it("#key").await?;
        city.use_it("[data-act=expire-key]").await?;
        page.wait_until("it can be changed", "document.querySelector('#command').value === 'EXPIRE user:123 60'")
            .await
    })
}

#[test]
fn a_shop_that_is_only_cut_off_does_not_burn() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=60&seed=7", Hands::Mouse).await?;
        let apart = city.master(3).await?;
        city.sheet("city", "Build and break").await?;
        page.click("[data-act=cut-rack]:nth-of-type(3)").await?;
        city.wait_for_states(&apart, &["fail"]).await?;
        page.click("[data-act=pause]").await?;
        page.wait_for("[data-street=\"rack 2\"]").await?;
        let label = format!("document.querySelector('.shop[data-node=\"{apart}\"]').ariaLabel");
        assert_eq!(page.value(&format!("/cut off FAIL to \\d of \\d/.test({label})")).await?, json!(true), "{label}");
        assert_eq!(page.value("document.querySelector('.flame, .walls.charred')").await?, Value::Null);
        // The rack is alone: its road block leads to it.
        page.run("document.querySelector('[data-street=\"rack 2\"]').dispatchEvent(new MouseEvent('click', { bubbles: true }))").await?;
        page.wait_until("the rack's sheet is open", "document.querySelector('#inspector-title').innerText === 'A rack'").await
    })
}
