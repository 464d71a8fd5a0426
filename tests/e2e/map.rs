//! A city too large for shops: its map by mouse and by keyboard, one rack alone, and what is done to a whole rack.

use serde_json::json;

use crate::harness::{City, DOWN, ENTER, ESCAPE, Hands, LEFT, Outcome, Page, RIGHT, UP, Visit};

const CITY: &str = "/?seed=7&masters=40&replicas=1&racks=4";
const TITLE: &str = "document.querySelector('#inspector-title')?.innerText";

/// Waits until this element has the keyboard.
async fn stands_on(page: &Page<'_>, id: &str) -> Outcome {
    page.wait_until(&format!("`{id}` has the keyboard"), &format!("document.activeElement.id === {}", json!(id)))
        .await
}

async fn press(page: &Page<'_>, key: char) -> Outcome {
    page.press(&key.to_string()).await
}

#[test]
fn the_keyboard_goes_from_tile_to_tile_and_opens_one() -> Outcome {
    Visit::built()?.walk(async |page| {
        City::open(page, CITY, Hands::Keyboard).await?;
        page.tab_to("#shop-0").await?;
        for (key, id) in [(RIGHT, "shop-4"), (RIGHT, "shop-8"), (LEFT, "shop-4"), (LEFT, "shop-0")] {
            press(page, key).await?;
            stands_on(page, id).await?;
        }
        press(page, DOWN).await?;
        page.wait_until("it is on the tile below", "!['shop-0', ''].includes(document.activeElement.id)").await?;
        press(page, UP).await?;
        stands_on(page, "shop-0").await?;
        press(page, ENTER).await?;
        page.wait_until("the shop is open", &format!("/^Shop 1\\b/.test({TITLE})")).await?;
        press(page, ESCAPE).await?;
        page.wait_until("it is closed", &format!("{TITLE} === undefined")).await?;
        stands_on(page, "shop-0").await
    })
}

#[test]
fn one_rack_is_looked_at_alone_and_its_shops_can_be_pressed() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, CITY, Hands::Keyboard).await?;
        city.use_it("#rack-1").await?;
        page.wait_until("the rack is open", &format!("{TITLE} === 'A rack'")).await?;
        city.use_it("[data-act=near]").await?;
        page.wait_until("it stands alone", "document.querySelectorAll('.racks > li').length === 1").await?;
        stands_on(page, "rack-1").await?;
        city.use_it(".shop[data-node='5']").await?;
        page.wait_until("its shop is open", &format!("/^Shop 6\\b/.test({TITLE})")).await?;
        press(page, ESCAPE).await?;
        stands_on(page, "shop-5").await?;
        city.use_it("[data-act=near-next]").await?;
        page.wait_for("#rack-2").await?;
        stands_on(page, "rack-2").await?;
        press(page, ESCAPE).await?;
        page.wait_until("all stand again", "document.querySelectorAll('.racks > li').length === 4").await?;
        stands_on(page, "rack-2").await
    })
}

#[test]
fn a_tile_opens_under_the_mouse_and_a_rack_loses_its_power() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, CITY, Hands::Mouse).await?;
        // The first tile is a button; the one beside it is a place in the drawing.
        let tile = "(box => [box.right + box.width / 2, (box.top + box.bottom) / 2])\
            (document.querySelector('#shop-0').getBoundingClientRect())";
        let at = page.value(tile).await?;
        let (x, y) = (at[0].as_f64().unwrap_or_default(), at[1].as_f64().unwrap_or_default());
        page.drag((x, y), (x, y)).await?;
        page.wait_until("the tile is open", &format!("/^Shop 5\\b/.test({TITLE})")).await?;
        city.use_it("#rack-0").await?;
        page.click("#inspector [data-act=power]").await?;
        page.wait_for(".power[aria-checked=false]").await?;
        page.wait_for("[data-act=node]").await?;
        page.click("[data-act=node]").await?;
        page.wait_until("one of them is open", &format!("/^Shop 1\\b/.test({TITLE})")).await
    })
}
