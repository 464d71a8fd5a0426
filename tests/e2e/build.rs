//! Building the city and drawing it as something else.

use serde_json::{Value, json};

use crate::harness::{City, Hands, Outcome, Page, Visit};

#[test]
fn a_new_shop_joins_and_gets_its_share_of_slots() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=60&seed=7", Hands::Mouse).await?;
        city.sheet("city", "Build and break").await?;
        page.click("[data-act=add-shop]").await?;
        page.wait_for(".shop[data-node='6'][data-state=ok]").await?;
        page.wait_for("[data-act=rebalance]:not(:disabled)").await?;
        page.click("[data-act=rebalance]").await?;
        page.wait_for("[data-act=stop-operator]").await?;
        city.sheet("lens", "Slot by slot").await?;
        let served =
            "/–\\d+\\s+Shop 4\\b|^\\d+\\s+Shop 4\\b/m.test(document.querySelector('#inspector').innerText)";
        page.wait_until("the new shop serves slots", served).await
    })
}

#[test]
fn a_new_backup_stands_in_another_rack_than_its_shop() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=60&seed=7", Hands::Keyboard).await?;
        city.sheet("city", "Build and break").await?;
        city.use_it("[data-act=add-backup]").await?;
        let new = ".shop[data-node='6'][data-role=replica][data-state=ok]";
        page.wait_for(new).await?;
        let shard = page.value(&format!("document.querySelector(\"{new}\").dataset.shard")).await?;
        let shard: u32 = shard.as_str().unwrap_or_default().parse().unwrap_or_default();
        let master = city.master(shard).await?;
        let racks = city.racks().await?;
        let together = racks.iter().any(|rack| rack.contains(&master) && rack.iter().any(|node| node == "6"));
        assert!(!together, "shop {shard} and its new backup burn together: {racks:?}");
        Ok(())
    })
}

/// Chooses an entry of a list by its words.
async fn choose(page: &Page<'_>, act: &str, nth: usize, words: &str) -> Outcome {
    let list =
        format!("document.querySelector('[data-act={act}]').closest('.choose').querySelectorAll('select')[{nth}]");
    let found = format!("[...{list}.options].findIndex(it => it.text === {})", json!(words));
    page.wait_until(&format!("`{words}` can be chosen"), &format!("{found} >= 0")).await?;
    page.run(&format!("{list}.selectedIndex = {found}")).await.map(drop)
}

#[test]
fn any_shop_gets_a_backup_and_gives_slots_to_whom_one_chooses() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=60&seed=7", Hands::Mouse).await?;
        city.sheet("city", "Build and break").await?;
        choose(page, "add-backup-to", 0, "Shop 2").await?;
        page.click("[data-act=add-backup-to]").await?;
        page.wait_for(".shop[data-node='6'][data-role=replica][data-shard='2'][data-state=ok]").await?;
        city.select(&city.master(3).await?).await?;
        page.click("[data-act=more]").await?;
        page.wait_for("[data-act=move-slots]:not(:disabled)").await?;
        choose(page, "move-slots", 0, "100 slots").await?;
        choose(page, "move-slots", 1, "Shop 1").await?;
        page.click("[data-act=move-slots]").await?;
        page.wait_until(
            "100 slots have another owner",
            "/10923–11022\\s+Shop 1/.test((document.querySelector('.tool[data-act=lens]').click(), document.querySelector('#inspector')?.innerText))",
        )
        .await
    })
}

#[test]
fn a_slider_sets_the_streets() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Keyboard).await?;
        city.sheet("city", "Build and break").await?;
        for field in ["node-timeout", "lag", "latency", "jitter", "loss"] {
            let css = format!("input[data-field={field}]");
            let said = format!("document.querySelector('{css}').ariaValueText");
            page.tab_to(&css).await?;
            let before = page.value(&said).await?;
            // Home or End: the one that is another value.
            page.press("\u{e010}").await?;
            page.wait_until(&format!("`{field}` is another than {before}"), &format!("{said} !== {before}"))
                .await?;
        }
        Ok(())
    })
}

/// Node, role, shard, state and rack of each shop, and the moment.
async fn state(page: &Page<'_>) -> Outcome<Value> {
    page.value(
        "[document.querySelector('[data-time-ms]').dataset.timeMs, \
          [...document.querySelectorAll('.racks > li')].map(rack => \
            [...rack.querySelectorAll('.shop')].map(it => ({ ...it.dataset })))]",
    )
    .await
}

/// What the shops are called.
async fn names(page: &Page<'_>) -> Outcome<Value> {
    page.value("[...document.querySelectorAll('.shop')].map(it => it.ariaLabel)").await
}

#[test]
fn another_skin_has_other_words_for_the_same_city() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.command_until("SET user:123 Ada", "OK").await?;
        city.act("freeze", &city.master(2).await?).await?;
        page.wait_for(".shop[data-state=paused]").await?;
        page.click("[data-act=pause]").await?;
        city.sheet("city", "Build and break").await?;
        let is = state(page).await?;
        let mut called = vec![names(page).await?];
        for (nth, word) in [(2, "Branch"), (3, "Master"), (1, "Shop")] {
            page.click(&format!("[data-act=skin]:nth-of-type({nth})")).await?;
            page.wait_until(
                &format!("a {word} is called so"),
                &format!("/{word}/i.test(document.querySelector('.shop').ariaLabel)"),
            )
            .await?;
            assert_eq!(state(page).await?, is, "the city is the same");
            called.push(names(page).await?);
        }
        assert!(called[0] == called[3] && called[0] != called[1] && called[1] != called[2], "{called:?}");
        // The same key is still there, to be read in the words of a server.
        page.click("[data-act=skin]:nth-of-type(3)").await?;
        page.click("[data-act=play]").await?;
        city.command_until("GET user:123", "\"Ada\"").await
    })
}

#[test]
fn a_skin_is_asked_for_in_the_address_and_kept_once_chosen() -> Outcome {
    Visit::built()?.walk(async |page| {
        let first = "document.querySelector('.shop').ariaLabel";
        let city = City::open(page, "/?seed=7&skin=library", Hands::Keyboard).await?;
        assert_eq!(page.value(&format!("/Branch/i.test({first})")).await?, json!(true));
        city.sheet("city", "Build and break").await?;
        city.use_it("[data-act=skin]:nth-of-type(3)").await?;
        page.wait_for("[data-act=skin]:nth-of-type(3)[aria-pressed=true]").await?;
        City::open(page, "/?seed=7", Hands::Keyboard).await?;
        assert_eq!(page.value(&format!("/Master/i.test({first})")).await?, json!(true), "it is kept");
        Ok(())
    })
}
