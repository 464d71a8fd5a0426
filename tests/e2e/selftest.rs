//! The harness on a page of its own: it must see what goes wrong, or a green walk means nothing.

use std::path::Path;

use crate::harness::{City, Failure, Hands, Outcome, Page, Site, Theme, Visit, new_master};

fn little_city() -> Outcome<Visit> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/little-city");
    Ok(Visit::to(Site::of(folder, "")?))
}

/// Kills the little city's one master and waits for what the page shows for a single frame.
async fn burn(page: &Page<'_>, hands: Hands) -> Outcome {
    let city = City::open(page, "/", hands).await?;
    let shop = city.master(3).await?;
    city.command_until("SET user:123 Ada", "OK").await?;
    city.act("kill", &shop).await?;
    city.wait_for_states(&shop, &["pfail", "fail"]).await?;
    city.wait_for_new_master(3, &shop).await?;
    Ok(())
}

#[test]
fn states_of_one_frame_are_seen_with_the_mouse() -> Outcome {
    little_city()?.walk(async |page| burn(page, Hands::Mouse).await)
}

#[test]
fn states_of_one_frame_are_seen_with_the_keyboard() -> Outcome {
    little_city()?.walk(async |page| burn(page, Hands::Keyboard).await)
}

#[test]
fn time_can_be_stopped_at_a_moment() -> Outcome {
    little_city()?.walk(async |page| {
        let city = City::open(page, "/", Hands::Mouse).await?;
        let shop = city.master(3).await?;
        let suspected = format!(r#"[data-node="{shop}"][data-state="pfail"]"#);
        page.run(&format!("pauseAt(() => document.querySelector('{suspected}'))")).await?;
        city.act("kill", &shop).await?;
        page.wait_for(r#"[data-act="play"]"#).await?;
        page.wait_for(&suspected).await?;
        page.click(r#"[data-act="play"]"#).await?;
        page.wait_for(&new_master(3, &shop)).await
    })
}

#[test]
fn size_and_theme_reach_the_page() -> Outcome {
    little_city()?.walk(async |page| {
        page.open("/").await?;
        page.look_like((390, 844), Theme::Dark).await?;
        let seen = page
            .value("innerWidth + 'x' + innerHeight + matchMedia('(prefers-color-scheme: dark)').matches")
            .await?;
        assert_eq!(seen, "390x844true");
        page.look_like((1440, 900), Theme::Light).await?;
        let picture = page.picture().await?;
        assert!(picture.starts_with(b"\x89PNG"), "a picture is a PNG");
        Ok(())
    })
}

#[test]
fn a_warning_on_the_console_fails_a_walk() {
    let outcome = little_city().and_then(|visit| {
        visit.walk(async |page| {
            page.open("/").await?;
            page.run("console.warn('the roof leaks')").await?;
            Ok(())
        })
    });
    expect_failure(outcome, "the roof leaks");
}

#[test]
fn a_missing_file_fails_a_walk() {
    let outcome = little_city().and_then(|visit| {
        visit.walk(async |page| {
            page.open("/").await?;
            page.run("return fetch('/nowhere.json').then(answer => answer.status)").await?;
            Ok(())
        })
    });
    expect_failure(outcome, "nowhere.json");
}

fn expect_failure(outcome: Outcome, word: &str) {
    let said = outcome.map_err(|failure: Failure| format!("{failure:?}"));
    assert!(
        matches!(&said, Err(sentence) if sentence.contains(word)),
        "the walk should have failed over `{word}`, but: {said:?}"
    );
}
