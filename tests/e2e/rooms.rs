//! Small rooms: a phone, and the box of an embedding page. What matters is in view without scrolling.

use serde_json::{Value, json};

use crate::harness::{City, ESCAPE, Hands, Outcome, Page, Theme, Visit};

/// The last answer, seen in the window.
const ANSWER: &str = ".caption .answer";

#[test]
fn a_box_shows_everything_without_scrolling() -> Outcome {
    Visit::built()?.walk(async |page| {
        page.look_like((720, 480), Theme::Light).await?;
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.command("SET user:123 Ada").await?;
        in_view(page, ANSWER, "OK").await?;
        for css in ["#command", "[data-act=pause]", "[data-shard='3'][data-role=master]", "#more"] {
            in_view(page, css, "").await?;
        }
        let fits = "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(page.value(fits).await?, Value::Bool(true), "the page fits into its box");
        Ok(())
    })
}

#[test]
fn the_panels_of_a_box_open_and_close_by_keyboard() -> Outcome {
    Visit::built()?.walk(async |page| {
        page.look_like((720, 480), Theme::Dark).await?;
        City::open(page, "/?seed=7", Hands::Keyboard).await?;
        let focused = |id: &str| format!("document.activeElement.id === '{id}'");
        let seen = "document.querySelector('#panels').checkVisibility({ visibilityProperty: true })";
        assert_eq!(page.value(seen).await?, Value::Bool(false), "the panels are closed at first");
        page.tab_to("#more").await?;
        page.press(" ").await?;
        page.wait_until("the guide has the keyboard", &focused("guide-title")).await?;
        page.wait_until("the panels are seen", seen).await?;
        page.press(&ESCAPE.to_string()).await?;
        page.wait_until("the button has the keyboard again", &focused("more")).await?;
        page.wait_until("the panels are gone", &format!("!{seen}")).await
    })
}

#[test]
fn a_box_opens_its_sheets_from_one_menu() -> Outcome {
    Visit::built()?.walk(async |page| {
        page.look_like((720, 480), Theme::Light).await?;
        let city = City::open(page, "/?speed=10&seed=7", Hands::Keyboard).await?;
        city.use_it("#tools").await?;
        in_view(page, ".sheets .tool[data-act=keys]", "Keyboard").await?;
        city.use_it(".sheets .tool[data-act=views]").await?;
        in_view(page, "#inspector-title", "Whose view?").await?;
        page.press(&ESCAPE.to_string()).await?;
        page.wait_until("what opened the menu has the keyboard", "document.activeElement.id === 'tools'").await?;
        page.wait_until("the menu is closed", "!document.querySelector('details[open]')").await
    })
}

#[test]
fn a_phone_shows_the_step_to_do_and_the_answer() -> Outcome {
    Visit::built()?.walk(async |page| {
        page.look_like((390, 844), Theme::Light).await?;
        City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        page.click(".next button").await?;
        in_view(page, ANSWER, "OK").await?;
        page.wait_for(".next [data-act=kill]").await?;
        in_view(page, ".next [data-act=kill]", "Set on fire").await
    })
}

#[test]
fn a_phone_shows_a_tapped_shop_and_talks_to_it() -> Outcome {
    Visit::built()?.walk(async |page| {
        page.look_like((390, 844), Theme::Light).await?;
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        page.click("[data-shard='1'][data-role=master]").await?;
        in_view(page, "#inspector-title", "Shop 1").await?;
        in_view(page, ".inspector [data-act=kill]", "Set on fire").await?;
        page.click(".inspector .talk").await?;
        in_view(page, ".command-line .back", "Shop 1").await?;
        city.command("GET user:123").await?;
        in_view(page, "#terminal", "MOVED 12893").await?;
        page.click(".command-line .back").await?;
        page.wait_until("the client is smart again", "document.querySelector('#target').value === ''").await
    })
}

/// Whether all of the first match is in the window, and nothing lies over its middle or its corners.
const OPEN_TO_VIEW: &str = "(css => { const it = document.querySelector(css), at = it.getBoundingClientRect(); \
    const own = (x, y) => { const top = document.elementFromPoint(x, y); return top && (it.contains(top) || !top.closest('#inspector, .command-line, .caption, .transport')); }; \
    return at.width > 0 && at.top >= 0 && at.left >= 0 && at.bottom <= innerHeight && at.right <= innerWidth \
    && own((at.left + at.right) / 2, (at.top + at.bottom) / 2) && own(at.left + 4, at.bottom - 4) && own(at.right - 4, at.bottom - 4); })";

/// Waits until all of the first match can be seen.
async fn open_to_view(page: &Page<'_>, css: &str) -> Outcome {
    page.wait_until(&format!("nothing covers `{css}`"), &format!("{OPEN_TO_VIEW}({})", json!(css))).await
}

#[test]
fn a_phone_keeps_a_tapped_shop_and_its_backup_in_view() -> Outcome {
    Visit::built()?.walk(async |page| {
        for size in [(390, 844), (320, 640)] {
            page.look_like(size, Theme::Light).await?;
            City::open(page, "/?seed=7", Hands::Mouse).await?;
            for role in ["master", "replica"] {
                page.run(&format!("document.querySelector(\"[data-shard='3'][data-role={role}]\").click()"))
                    .await?;
                in_view(page, "#inspector-title", "3").await?;
                for kin in ["master", "replica"] {
                    open_to_view(page, &format!("[data-shard='3'][data-role={kin}]")).await?;
                }
            }
            let wide = "document.querySelector('#timeline').offsetWidth > innerWidth * .85";
            assert_eq!(
                page.value(wide).await?,
                Value::Bool(true),
                "the timeline has a line of its own at {size:?}"
            );
        }
        Ok(())
    })
}

#[test]
fn no_sheet_covers_the_command_line_or_what_was_pressed() -> Outcome {
    Visit::built()?.walk(async |page| {
        for size in [(720, 480), (768, 1024), (1024, 768), (1440, 900)] {
            page.look_like(size, Theme::Light).await?;
            City::open(page, "/?seed=7", Hands::Mouse).await?;
            for shard in 1..=3 {
                page.run(&format!("document.querySelector(\"[data-shard='{shard}'][data-role=master]\").click()"))
                    .await?;
                page.wait_for("#inspector").await?;
                for css in ["#command", ".command-line .send", ".transport"] {
                    open_to_view(page, css).await?;
                }
                open_to_view(page, &format!("[data-shard='{shard}'][data-role=master]")).await?;
                // Between 900 and 1279 px a drawer lies over the city: its copy may be under it.
                if !(900..1280).contains(&size.0) {
                    open_to_view(page, &format!("[data-shard='{shard}'][data-role=replica]")).await?;
                }
            }
            for sheet in ["city", "lens"] {
                page.run(&format!("document.querySelector('.tool[data-act={sheet}]').click()")).await?;
                page.wait_for("#inspector .button[data-act]").await?;
                open_to_view(page, "#command").await?;
            }
            let still = "document.querySelector('.page').scrollTop === 0 && scrollY === 0";
            assert_eq!(
                page.value(still).await?,
                Value::Bool(true),
                "the page itself stays where it is at {size:?}"
            );
        }
        Ok(())
    })
}

#[test]
fn a_drawer_lies_over_the_city_and_leaves_the_lesson_alone() -> Outcome {
    Visit::built()?.walk(async |page| {
        for size in [(900, 700), (1024, 768), (1279, 900)] {
            page.look_like(size, Theme::Light).await?;
            City::open(page, "/?seed=7", Hands::Mouse).await?;
            for host in 0..6 {
                page.run(&format!("document.querySelector('#shop-{host}').click()")).await?;
                page.wait_for(&format!("#shop-{host}[aria-pressed=true]")).await?;
                for css in [format!("#shop-{host}"), ".step.now .button".to_owned(), "#command".to_owned()] {
                    open_to_view(page, &css).await?;
                }
            }
            let over = "(at => at.right >= innerWidth - 1 && at.left > document.querySelector('.left').getBoundingClientRect().right)\
                (document.querySelector('#inspector').getBoundingClientRect())";
            assert_eq!(page.value(over).await?, Value::Bool(true), "it lies on the right at {size:?}");
            page.press(&ESCAPE.to_string()).await?;
            let home = "getComputedStyle(document.querySelector('.plan')).translate.split(' ')[0]";
            page.wait_until("the city is back where it was", &format!("['0px', 'none', '-0px'].includes({home})")).await?;
        }
        Ok(())
    })
}

#[test]
fn a_low_box_shows_what_a_shop_is_without_scrolling() -> Outcome {
    Visit::built()?.walk(async |page| {
        page.look_like((720, 480), Theme::Light).await?;
        City::open(page, "/?seed=7", Hands::Mouse).await?;
        page.run("document.querySelector(\"[data-shard='3'][data-role=master]\").click()").await?;
        let rows = "[...document.querySelectorAll('#inspector .rows > div')].filter(it => { const at = it.getBoundingClientRect(), \
            room = document.querySelector('#inspector').getBoundingClientRect(); return at.top >= room.top && at.bottom <= room.bottom; }).length";
        page.wait_until("ten rows at least are in view", &format!("{rows} >= 10")).await
    })
}

#[test]
fn the_third_row_of_shops_stands_above_the_terminal() -> Outcome {
    Visit::built()?.walk(async |page| {
        page.look_like((1440, 900), Theme::Light).await?;
        let city = City::open(page, "/?masters=3&replicas=2&racks=3&seed=7", Hands::Mouse).await?;
        assert!(city.racks().await?.iter().all(|rack| rack.len() == 3), "three rows");
        let covered = "[...document.querySelectorAll('.shop')].filter(it => { const at = it.getBoundingClientRect(); \
            return !document.elementFromPoint((at.left + at.right) / 2, at.bottom - 3)?.closest('.city'); }).length";
        assert_eq!(page.value(covered).await?, Value::from(0), "shops whose caption is covered");
        Ok(())
    })
}

/// Waits until the first match is wholly inside the window, not covered, and says this.
async fn in_view(page: &Page<'_>, css: &str, text: &str) -> Outcome {
    let seen = format!(
        "(() => {{ const it = document.querySelector({}); if (!it) return false; const at = it.getBoundingClientRect(); \
         const top = document.elementFromPoint((at.left + at.right) / 2, (at.top + at.bottom) / 2); \
         return at.top >= 0 && at.bottom <= innerHeight && at.left >= 0 && at.right <= innerWidth && at.width > 0 \
         && (it === top || it.contains(top)) && it.innerText.includes({}); }})()",
        json!(css),
        json!(text)
    );
    page.wait_until(&format!("`{css}` is in view and says `{text}`"), &seen).await
}
