//! The first walk: a key is typed, its shop burns down, the backup takes over, and the key is still there.

use crate::harness::{City, ENTER, Hands, Outcome, Page, Visit};

/// The shard that serves slot 12893 of `user:123`.
const SHARD: u32 = 3;

#[test]
fn a_key_survives_the_fire_of_its_shop() -> Outcome {
    Visit::built()?.walk(async |page| first_walk(page, Hands::Mouse).await)
}

#[test]
fn the_first_walk_needs_no_mouse() -> Outcome {
    Visit::built()?.walk(async |page| first_walk(page, Hands::Keyboard).await)
}

async fn first_walk(page: &Page<'_>, hands: Hands) -> Outcome {
    // Not faster: on a busy machine the time between PFAIL and FAIL would fit into one frame.
    let city = City::open(page, "/?speed=10&seed=7", hands).await?;
    let shop = city.master(SHARD).await?;
    city.select(&shop).await?;
    let keys = city.keys().await?;

    city.command_until("SET user:123 Ada", "OK").await?;
    page.wait_for(r#"[data-slot="12893"]"#).await?;
    city.wait_for_keys(keys + 1).await?;

    city.act("kill", &shop).await?;
    city.wait_for_states(&shop, &["pfail", "fail"]).await?;
    let backup = city.wait_for_new_master(SHARD, &shop).await?;
    page.wait_until(
        &format!("node {backup} was a replica before"),
        &format!("window.shopHistory.some(e => e.node === '{backup}' && e.role === 'replica')"),
    )
    .await?;
    city.command_until("GET user:123", "\"Ada\"").await?;

    city.act("restart", &shop).await?;
    page.wait_for(&format!(r#"[data-node="{shop}"][data-role="replica"][data-state="ok"]"#)).await
}

#[test]
fn the_guides_buttons_hand_the_keyboard_on() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=60&seed=7", Hands::Keyboard).await?;
        let shop = city.master(SHARD).await?;
        press_the_button_of(page, 1).await?;
        has_the_keyboard(page, 2).await?;
        press_the_button_of(page, 2).await?;
        has_the_keyboard(page, 3).await?;
        city.wait_for_new_master(SHARD, &shop).await?;
        press_the_button_of(page, 3).await?;
        has_the_keyboard(page, 4).await?;
        press_the_button_of(page, 4).await?;
        let kept = "document.activeElement.closest('.guide') !== null";
        page.wait_for(".done-note").await?;
        page.wait_until("the guide still has the keyboard", kept).await
    })
}

/// Tabs to a step's own button and presses Enter.
async fn press_the_button_of(page: &Page<'_>, step: u32) -> Outcome {
    page.tab_to(&format!(".step.now[data-step='{step}'] .button.primary")).await?;
    page.press(&ENTER.to_string()).await
}

async fn has_the_keyboard(page: &Page<'_>, step: u32) -> Outcome {
    let inside = format!("document.activeElement.closest('.step.now')?.dataset.step === '{step}'");
    page.wait_until(&format!("step {step} has the keyboard"), &inside).await
}

#[test]
fn the_walk_says_when_nobody_could_open() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.command_until("SET user:123 Ada", "OK").await?;
        page.wait_until("a backup has a copy", &guide_says("its backup in another rack has a copy")).await?;
        let backup =
            page.value("document.querySelector('[data-role=replica][data-shard=\"3\"]').dataset.node").await?;
        let backup = backup.as_str().unwrap_or_default().to_owned();
        city.act("freeze", &backup).await?;
        page.wait_until(
            "a frozen one is no cover",
            &guide_says("nobody would open in its place: bring Backup 3 back"),
        )
        .await?;
        page.click(".guide [data-act=thaw]").await?;
        page.wait_for(".guide [data-act=kill]").await?;
        for shard in [1, 2] {
            city.act("kill", &city.master(shard).await?).await?;
        }
        page.wait_until("no majority is left", &guide_says("1 of 3 masters is left and 2 are needed")).await
    })
}

/// The expression that the guide says so.
fn guide_says(text: &str) -> String {
    format!("document.querySelector('.guide').innerText.includes({})", serde_json::json!(text))
}
