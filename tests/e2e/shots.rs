//! Pictures of the page at the moments that matter, in the sizes and themes that people use: `cargo xtask shots`.
//!
//! Not a check, so plain test runs leave it out.

use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::json;

use crate::harness::{City, Failure, Hands, Outcome, Page, Theme, Visit, new_master};

const SIZES: [(u32, u32); 6] = [(1440, 900), (720, 480), (390, 844), (320, 640), (1024, 768), (1920, 1080)];
const THEMES: [Theme; 2] = [Theme::Light, Theme::Dark];
/// The size in which the walk itself is done: everything is on the screen.
const WORKING: ((u32, u32), Theme) = ((1440, 900), Theme::Light);
const SHARD: u32 = 3;
/// The moment that the README shows.
const README: &str = "4-votes";

/// Where pictures go, and which.
struct Album {
    folder: PathBuf,
    readme: bool,
}

#[test]
#[ignore = "takes pictures and checks nothing: `cargo xtask shots` runs it"]
fn take() -> Outcome {
    let variable =
        |name| env::var(name).map_err(|_| Failure::new(format!("{name} is not set: use `cargo xtask shots`.")));
    let album = Album {
        folder: variable("CLUSTER_CITY_SHOTS")?.into(),
        readme: variable("CLUSTER_CITY_SHOTS_OF")? == "readme",
    };
    fs::create_dir_all(&album.folder)
        .map_err(|error| Failure::new(format!("{} cannot be made: {error}", album.folder.display())))?;
    Visit::built()?.walk(async |page| moments(page, &album).await)
}

async fn moments(page: &Page<'_>, album: &Album) -> Outcome {
    page.look_like(WORKING.0, WORKING.1).await?;
    let city = City::open(page, "/?speed=5&seed=7", Hands::Mouse).await?;
    let shop = city.master(SHARD).await?;
    let burns = format!(r#"[data-node="{shop}"][data-state="pfail"]"#);

    page.click(r#"[data-act="pause"]"#).await?;
    album.take(page, "1-start").await?;
    page.click(r#"[data-act="play"]"#).await?;

    city.command_until("SET user:123 Ada", "OK").await?;
    page.click(r#"[data-act="pause"]"#).await?;
    album.take(page, "2-key-typed").await?;

    stop_when(page, "the shop is suspected", &shows(&burns)).await?;
    city.act("kill", &shop).await?;
    caught(page, album, "3-burning", &shows(&burns)).await?;

    let asked = "document.querySelector('#log').textContent.includes('asks every master for its vote') \
        && document.querySelectorAll('.trail.control').length > 2";
    stop_when(page, "votes are asked for", asked).await?;
    caught(page, album, "4-votes", asked).await?;

    let promoted = shows(&new_master(SHARD, &shop));
    stop_when(page, "the backup is the master", &promoted).await?;
    caught(page, album, "5-promoted", &promoted).await?;

    city.act("freeze", &city.master(2).await?).await?;
    let frozen = "document.querySelector('[data-state=paused]') !== null";
    page.wait_until("a shop is frozen", frozen).await?;
    album.take(page, "6-inspected-frozen").await?;
    page.click("[role=switch]").await?;
    page.wait_for("[role=switch][aria-checked=false]").await?;
    album.take(page, "7-no-power").await?;

    // The bar of marks goes back to before the fire; another write there forks.
    let promotion =
        "[...document.querySelectorAll('#log .event')].find(it => it.innerText.includes('is Shop 3 now'))";
    page.run(&format!("{promotion}.click()")).await?;
    page.wait_for(".phases").await?;
    album.take(page, "8-why").await?;
    page.click(".ladder .rung").await?;
    page.wait_for(".page.past").await?;
    city.command("SET user:123 Eve").await?;
    page.wait_for("[data-ghost]").await?;
    page.click(r#"[data-act="step"]"#).await?;
    page.click(r#"[data-act="back"]"#).await?;
    page.click(r#"[data-act="compare"]"#).await?;
    page.wait_for(".compare").await?;
    album.take(page, "9-past-and-two-futures").await?;
    sheets(page, album).await
}

/// The sheets, a city in somebody's eyes, the other skins, and larger cities.
async fn sheets(page: &Page<'_>, album: &Album) -> Outcome {
    City::open(page, "/?speed=5&seed=7", Hands::Mouse).await?;
    for sheet in ["city", "lens", "messages", "keys"] {
        page.click(&format!(".tool[data-act={sheet}]")).await?;
        page.wait_for("#inspector").await?;
        album.take(page, &format!("10-{sheet}")).await?;
    }
    page.click(".tool[data-act=city]").await?;
    page.click("[data-act=cut-rack]").await?;
    stop_when(page, "somebody is suspected", "document.querySelector('[data-state=pfail]') !== null").await?;
    page.wait_for("[data-state=pfail]").await?;
    page.click(".tool[data-act=views]").await?;
    page.run("document.querySelectorAll('[data-act=view]')[2].click()").await?;
    page.wait_for(".eyes").await?;
    album.take(page, "11-in-its-eyes").await?;
    for (moment, address) in [
        ("12-library", "/?seed=7&skin=library"),
        ("13-servers", "/?seed=7&skin=servers"),
        ("14-forty", "/?skin=shops&masters=20&replicas=1&racks=5"),
        ("15-two-hundred", "/?skin=shops&masters=100&replicas=1&racks=8"),
    ] {
        page.open(address).await?;
        page.wait_for("#command").await?;
        album.take(page, moment).await?;
    }
    Ok(())
}

/// Lets time run, and has it stop by itself as soon as the expression is true.
async fn stop_when(page: &Page<'_>, what: &str, expression: &str) -> Outcome {
    page.run(&format!("pauseAt(() => {expression}); /* {what} */")).await?;
    page.click(r#"[data-act="play"]"#).await
}

/// Waits for the moment that time was to stop at, and photographs it.
async fn caught(page: &Page<'_>, album: &Album, moment: &str, expression: &str) -> Outcome {
    page.wait_until(&format!("the moment `{moment}` comes"), expression).await?;
    page.wait_for(r#"[data-act="play"]"#).await?;
    album.take(page, moment).await
}

fn shows(css: &str) -> String {
    format!("document.querySelector({}) !== null", json!(css))
}

impl Album {
    /// One picture for the README, or every size and theme of this moment.
    async fn take(&self, page: &Page<'_>, moment: &str) -> Outcome {
        if self.readme {
            return if moment == README { save(page, &self.folder.join("screenshot.png")).await } else { Ok(()) };
        }
        for size in SIZES {
            for theme in THEMES {
                page.look_like(size, theme).await?;
                let name = format!("{moment}-{}x{}-{}.png", size.0, size.1, theme.word());
                save(page, &self.folder.join(name)).await?;
            }
        }
        page.look_like(WORKING.0, WORKING.1).await
    }
}

async fn save(page: &Page<'_>, file: &Path) -> Outcome {
    let picture = page.picture().await?;
    fs::write(file, picture)
        .map_err(|error| Failure::new(format!("{} cannot be written: {error}", file.display())))
}
