//! Time in the hand: rewind and save the shop, two futures, undo, and why something happened.

use serde_json::Value;

use crate::harness::{City, ENTER, Hands, Outcome, Page, UP, Visit};

/// Milliseconds since the city opened, as the page shows them.
const NOW: &str = "Number(document.querySelector('[data-time-ms]').dataset.timeMs)";

/// Writes a key, sets its shop on fire, and waits until another shop has taken over. Returns the burnt one and the
/// moment just before.
async fn burn(page: &Page<'_>, city: &City<'_>) -> Outcome<(String, f64)> {
    let shop = city.master(3).await?;
    city.command_until("SET user:123 Ada", "OK").await?;
    let before = page.value(NOW).await?.as_f64().unwrap_or_default();
    city.act("kill", &shop).await?;
    city.wait_for_new_master(3, &shop).await?;
    Ok((shop, before))
}

/// Goes back, milestone by milestone, until before a moment.
async fn back_to(page: &Page<'_>, before: f64) -> Outcome {
    for _ in 0..60 {
        if page.value(NOW).await?.as_f64().is_some_and(|now| now <= before) {
            break;
        }
        page.click(r#"[data-act="back"]"#).await?;
    }
    page.wait_until("it is before the fire", &format!("{NOW} <= {before}")).await
}

async fn in_branch(page: &Page<'_>, branch: u32) -> Outcome {
    page.wait_for(&format!("#timeline[data-branch='{branch}']")).await
}

#[test]
fn a_shop_is_saved_by_going_back_and_the_fire_stays_as_another_future() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=60&seed=7", Hands::Mouse).await?;
        let (shop, before) = burn(page, &city).await?;
        back_to(page, before).await?;
        let well = format!("[data-node='{shop}'][data-state=ok][data-role=master]");
        page.wait_for(".page.past").await?;
        page.wait_for(&well).await?;
        in_branch(page, 1).await?;

        page.click(r#"[data-act="leave"]"#).await?;
        in_branch(page, 2).await?;
        page.wait_for("[data-ghost='1']").await?;
        page.click(r#"[data-act="play"]"#).await?;
        let long_after = format!("{NOW} > {before} + 60000");
        page.wait_until("the time of the fire is long over", &long_after).await?;
        page.wait_for(&well).await?;

        page.click(r#"[data-act="compare"]"#).await?;
        let row = "[...document.querySelectorAll('.compare [data-field=promoted] td')].map(it => it.innerText)";
        page.wait_until("nobody was promoted here, somebody there", &format!("/^—,\\d\\d:.* \\+\\d/.test({row})"))
            .await?;
        let seen = "document.querySelector('.compare [data-field=end] td').innerText";
        let before = page.text(".compare [data-field=end] td").await?;
        page.wait_until("the comparison goes on", &format!("{seen} > '{before}'")).await?;

        page.click(r#"[data-act="return"]"#).await?;
        in_branch(page, 1).await?;
        page.wait_until(
            "the shop has burned in the other future",
            &format!("!document.querySelector(\"{well}\")"),
        )
        .await?;
        page.wait_for("[data-ghost='2']").await
    })
}

#[test]
fn two_futures_are_drawn_one_under_another() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=60&seed=7", Hands::Mouse).await?;
        let (_, before) = burn(page, &city).await?;
        back_to(page, before).await?;
        page.click(r#"[data-act="leave"]"#).await?;
        in_branch(page, 2).await?;
        page.click(r#"[data-act="play"]"#).await?;
        page.wait_until("the time of the fire is long over", &format!("{NOW} > {before} + 60000")).await?;
        page.click(r#"[data-act="compare"]"#).await?;
        page.wait_for(".beside svg").await?;
        page.click(r#"[data-act="pause"]"#).await?;
        // By their height on the screen: this one, in which nothing failed, stands above the other.
        let of = |what: &str| {
            format!("[...document.querySelectorAll('.beside {what}')].map(it => it.getBoundingClientRect())")
        };
        let line = format!("{}[1].top", of(".beside-track"));
        for what in [".m-fail", ".beside-gap"] {
            let marks = of(what);
            page.wait_until(
                "what failed is drawn in the other one alone",
                &format!("{marks}.length > 0 && {marks}.every(it => it.bottom > {line})"),
            )
            .await?;
        }
        let words = "[...document.querySelectorAll('.beside text')].map(it => it.textContent)";
        for said in ["all slots were served all the time", "no answer for \\d\\d\\.\\d s", "promoted"] {
            page.wait_until(said, &format!("{words}.some(it => /{said}/.test(it))")).await?;
        }
        // The burnt one's tile: of the cities at the end, in the right one.
        let (lost, frame) = (of(".tile-lost"), of("svg"));
        let right = format!("{lost}.length === 1 && {lost}[0].left > {frame}[0].left + {frame}[0].width / 2");
        page.wait_until("the shop is lost in the other city", &right).await?;
        let columns = "[...document.querySelectorAll('.compare tbody tr:first-child td')]";
        page.wait_until("columns can be read", &format!("{columns}.every(it => it.offsetWidth > 110)")).await
    })
}

#[test]
fn acting_in_the_past_forks() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=60&seed=7", Hands::Keyboard).await?;
        let (_, before) = burn(page, &city).await?;
        page.tab_to("#scrub").await?;
        // Home: the opening. Nothing has been written there yet.
        page.press("\u{e011}").await?;
        page.wait_until("it is the opening", &format!("{NOW} === 0")).await?;
        page.wait_until("the key is not written yet", "!document.querySelector('[data-slot=\"12893\"]')").await?;
        city.command("SET user:123 Eve").await?;
        in_branch(page, 2).await?;
        page.tab_to("[data-act=play]").await?;
        page.press(" ").await?;
        page.wait_until("time is long past the fire", &format!("{NOW} > {before} + 60000")).await?;
        assert_eq!(
            page.value("document.querySelectorAll('[data-state=ok]').length === 6").await?,
            Value::Bool(true)
        );
        Ok(())
    })
}

#[test]
fn undo_takes_a_write_back_and_redo_returns() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.command_until("SET user:123 Ada", "OK").await?;
        page.click("[data-act=pause]").await?;
        let keys = |key: &str| {
            format!("document.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', ctrlKey: true, bubbles: true }}))")
        };
        page.run(&keys("z")).await?;
        page.wait_until("the terminal is empty", "!document.querySelector('.entry')").await?;
        in_branch(page, 2).await?;
        page.run(&keys("y")).await?;
        page.wait_until("the answer is back", "document.querySelector('.entry').innerText.includes('OK')").await?;
        in_branch(page, 1).await
    })
}

#[test]
fn a_promotion_says_why_and_how_long_each_phase_took() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=60&seed=7", Hands::Mouse).await?;
        burn(page, &city).await?;
        page.click("[data-act=pause]").await?;
        let line =
            "[...document.querySelectorAll('#log .event')].find(it => it.innerText.includes('is Shop 3 now'))";
        page.wait_until("the promotion is told", &format!("Boolean({line})")).await?;
        page.run(&format!("{line}.click()")).await?;
        page.wait_until(
            "the ladder begins with the fire",
            "document.querySelector('.ladder li:not(.part) .rung')?.innerText.includes('on fire')",
        )
        .await?;
        page.wait_until("it has its phases", "document.querySelectorAll('.phases li').length === 7").await?;
        page.wait_for("#log .lit").await?;
        page.wait_for(".marks .lit").await?;
        page.wait_until("whom it speaks of is framed", "document.querySelectorAll('.lit-frame').length >= 3")
            .await?;
        page.wait_for(".glow").await?;
        page.wait_until("the keyboard went along", "document.activeElement.id === 'inspector-title'").await?;
        page.click(".ladder li:not(.part) .rung").await?;
        page.wait_for(".page.past").await?;
        page.click("#inspector .close").await?;
        page.wait_until("nothing is framed any more", "!document.querySelector('.lit-frame')").await
    })
}

#[test]
fn time_runs_until_a_backup_is_promoted() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=1&seed=7", Hands::Mouse).await?;
        let shop = city.master(3).await?;
        city.act("kill", &shop).await?;
        page.click("#until").await?;
        page.click("[data-until=promotion]").await?;
        city.wait_for_new_master(3, &shop).await?;
        page.wait_for("[data-act=play]").await?;
        page.wait_until("the menu is closed", "!document.querySelector('details[open]')").await
    })
}

#[test]
fn the_handle_goes_where_the_mouse_drags_it() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=60&seed=7", Hands::Mouse).await?;
        burn(page, &city).await?;
        page.click("[data-act=pause]").await?;
        let (middle, _) = page.middle_of("#timeline").await?;
        // Pressed on the handle: a mark answers a press itself.
        for by in [50.0, 200.0] {
            let (from, y) = page.middle_of("#scrub").await?;
            let place = from.min(middle + 300.0) - by;
            page.drag((from, y), (place, y)).await?;
            let there = format!(
                "(box => Math.abs((box.left + box.right) / 2 - {place}) < 3)(document.querySelector('#scrub').getBoundingClientRect())"
            );
            page.wait_until("the handle is under the mouse", &there).await?;
            page.wait_for(".page.past").await?;
        }
        Ok(())
    })
}

#[test]
fn arrow_keys_go_through_what_happened_and_enter_asks_why() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=60&seed=7", Hands::Keyboard).await?;
        burn(page, &city).await?;
        page.tab_to("#log").await?;
        let at = "[...document.querySelectorAll('#log .event')].indexOf(document.activeElement)";
        page.press(&UP.to_string()).await?;
        page.wait_until("the last line has the keyboard", &format!("{at} >= 0")).await?;
        let last = page.value(at).await?.as_i64().unwrap_or_default();
        page.press(&UP.to_string()).await?;
        page.wait_until("the line before has it", &format!("{at} === {last} - 1")).await?;
        page.press(&ENTER.to_string()).await?;
        page.wait_for(".ladder").await
    })
}

#[test]
fn no_two_other_futures_have_one_name() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=1&seed=7", Hands::Mouse).await?;
        page.click("[data-act=pause]").await?;
        // Three ways to go on from one moment.
        for shard in [1, 2, 3] {
            let shop = city.master(shard).await?;
            city.act("kill", &shop).await?;
            if shard < 3 {
                page.click("[data-act=undo]").await?;
                page.wait_for(&format!("[data-node='{shop}'][data-state=ok]")).await?;
            }
        }
        let names = "[...document.querySelectorAll('.futures li span')].map(it => it.innerText)";
        page.wait_until("there are two others", &format!("{names}.length === 2")).await?;
        let differ = page.value(&format!("new Set({names}).size")).await?;
        assert_eq!(differ, Value::from(2), "{}", page.value(names).await?);
        Ok(())
    })
}
