//! The first walk: a key is typed, its shop burns down, the backup takes over, and the key is still there.

use crate::harness::{City, Hands, Outcome, Page, Visit};

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
    let city = City::open(page, "/?speed=60&seed=7", hands).await?;
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
