//! axe-core, run in the built page: nothing serious or critical, in any main state, light or dark.
//!
//! It comes from npm by set-up (xtask/src/setup/axe.rs) and is not part of the project.

use std::path::PathBuf;
use std::{env, fs};

use serde_json::Value;

use crate::harness::{City, Failure, Hands, Outcome, Page, Theme, Visit};

/// What axe-core calls worth mending at once: rule, where, and what it says.
const LOOK: &str = "return axe.run(document, { resultTypes: ['violations'] }).then(found => found.violations
    .filter(it => ['serious', 'critical'].includes(it.impact))
    .flatMap(it => it.nodes.map(node => `${it.id} (${it.impact}) at ${node.target.join(' ')}: `
        + [...node.any, ...node.all, ...node.none].map(check => check.message).join('; ') + ` ${node.html.slice(0, 160)}`)));";
const DESK: (u32, u32) = (1440, 900);

/// axe-core's own script.
fn script() -> Outcome<String> {
    let home = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cargo = home("CARGO_HOME").or_else(|| Some(home("HOME")?.join(".cargo"))).unwrap_or_default();
    let file = cargo.join("cluster-city/axe/node_modules/axe-core/axe.min.js");
    fs::read_to_string(&file).map_err(|error| {
        Failure::new(format!(
            "axe-core is not at {} ({error}): `cargo xtask setup` fetches it from npm.",
            file.display()
        ))
    })
}

/// What was found in which state, gathered so that one run tells all.
struct Inspector<'a> {
    page: &'a Page<'a>,
    size: (u32, u32),
    found: Vec<String>,
}

impl<'a> Inspector<'a> {
    /// Opens the city with axe-core in it.
    async fn open(page: &'a Page<'a>, size: (u32, u32), path: &str) -> Outcome<(Self, City<'a>)> {
        page.look_like(size, Theme::Light).await?;
        let city = City::open(page, path, Hands::Mouse).await?;
        page.run(&script()?).await?;
        Ok((Self { page, size, found: Vec::new() }, city))
    }

    /// Looks at the page as it is now, in both themes.
    async fn look(&mut self, state: &str) -> Outcome {
        for theme in [Theme::Dark, Theme::Light] {
            self.page.look_like(self.size, theme).await?;
            let found = self.page.run(LOOK).await?;
            let Value::Array(found) = found else {
                return Err(Failure::new(format!("axe-core answered {found}")));
            };
            let lines = found.iter().filter_map(Value::as_str);
            self.found.extend(lines.map(|line| format!("{state}, {}: {line}", theme.word())));
        }
        Ok(())
    }

    /// Fails if anything was found.
    fn report(self) -> Outcome {
        if self.found.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!("axe-core found barriers:\n{}", self.found.join("\n"))))
    }
}

#[test]
fn no_barriers_from_the_start_to_the_failover() -> Outcome {
    Visit::built()?.walk(async |page| {
        let (mut look, city) = Inspector::open(page, DESK, "/?speed=10&seed=7").await?;
        page.click("[data-act=pause]").await?;
        look.look("start").await?;
        page.click("[data-act=play]").await?;
        city.command_until("SET user:123 Ada", "OK").await?;
        let shop = city.master(3).await?;
        page.run("pauseAt(() => document.querySelector('.shop[data-state=pfail]'))").await?;
        city.act("kill", &shop).await?;
        page.wait_for(".shop[data-state=pfail]").await?;
        page.wait_for("[data-act=play]").await?;
        look.look("a shop burns, and is looked at").await?;
        page.click("[data-act=play]").await?;
        city.wait_for_new_master(3, &shop).await?;
        city.command_until("GET user:123", "\"Ada\"").await?;
        page.click("[data-act=pause]").await?;
        look.look("the backup has taken over").await?;
        page.click(".marks [data-kind=promotion], .marks li:last-child").await?;
        page.wait_for(".ladder").await?;
        look.look("why").await?;
        page.click(".ladder .rung").await?;
        page.click("[data-act=leave]").await?;
        page.click("[data-act=compare]").await?;
        page.wait_for(".compare").await?;
        look.look("two futures").await?;
        look.report()
    })
}

#[test]
fn no_barriers_in_any_sheet() -> Outcome {
    Visit::built()?.walk(async |page| {
        let (mut look, city) = Inspector::open(page, DESK, "/?speed=1&seed=7").await?;
        city.command_until("SET user:123 Ada", "OK").await?;
        city.command("GET user:123").await?;
        page.click("[data-act=pause]").await?;
        sheets(&mut look, &city).await?;
        page.click("#until").await?;
        look.look("the menu is open").await?;
        look.report()
    })
}

/// Looks at each sheet in turn.
async fn sheets(look: &mut Inspector<'_>, city: &City<'_>) -> Outcome {
    let page = look.page;
    for act in ["city", "views", "lens", "messages", "keys"] {
        page.run(&format!("document.querySelector('.tool[data-act={act}]').click()")).await?;
        page.wait_for("#inspector-title").await?;
        look.look(&format!("sheet {act}")).await?;
    }
    for (id, title) in [("you", "Your client"), ("key", "The last key"), ("rack-0", "A rack")] {
        page.run(&format!("document.querySelector('#{id}').click()")).await?;
        let open = format!("document.querySelector('#inspector-title').innerText === '{title}'");
        page.wait_until(&format!("the sheet `{title}` is open"), &open).await?;
        look.look(&format!("sheet of {id}")).await?;
    }
    page.run("document.querySelector('.tool[data-act=views]').click()").await?;
    page.run("document.querySelectorAll('[data-act=view]')[2].click()").await?;
    page.wait_for(".eyes").await?;
    look.look("in a shop's eyes").await?;
    page.run("document.querySelector('[data-act=truth]').click()").await?;
    city.select(&city.master(1).await?).await?;
    page.run("document.querySelector('[data-act=more]').click()").await?;
    page.wait_for("[data-act=eyes]").await?;
    look.look("more acts of a shop").await?;
    page.run("document.querySelector('[data-act=street]').click()").await?;
    page.wait_for("[data-act=cut-one-way]").await?;
    look.look("a street").await
}

#[test]
fn no_barriers_on_a_phone() -> Outcome {
    no_barriers_at((390, 844))
}

#[test]
fn no_barriers_in_an_embedding_page() -> Outcome {
    no_barriers_at((720, 480))
}

/// A walk on a small screen.
fn no_barriers_at(size: (u32, u32)) -> Outcome {
    Visit::built()?.walk(async |page| {
        let (mut look, city) = Inspector::open(page, size, "/?speed=10&seed=7").await?;
        city.command("SET user:123 Ada").await?;
        // The terminal is out of sight in the smallest rooms.
        let answered = "document.querySelector('#terminal').textContent.includes('OK')";
        page.wait_until("the command is answered", answered).await?;
        page.click("[data-act=pause]").await?;
        look.look("start").await?;
        sheets(&mut look, &city).await?;
        page.run("document.querySelector('#more')?.click()").await?;
        look.look("panels").await?;
        look.report()
    })
}

#[test]
fn no_barriers_on_a_map_of_many_shops_or_as_servers() -> Outcome {
    Visit::built()?.walk(async |page| {
        let (mut look, _) = Inspector::open(page, DESK, "/?seed=7&masters=30&racks=5&skin=servers").await?;
        page.click("[data-act=pause]").await?;
        look.look("a map").await?;
        page.click("#rack-1").await?;
        page.click("[data-act=near]").await?;
        page.wait_for(".near").await?;
        look.look("one rack of it").await?;
        look.report()
    })
}

#[test]
fn no_barriers_on_a_projector() -> Outcome {
    Visit::built()?.walk(async |page| {
        let (mut look, city) = Inspector::open(page, (1920, 1080), "/?seed=7&presenter").await?;
        page.click(".next .button").await?;
        page.wait_for(".next [data-act=kill]").await?;
        page.click("[data-act=pause]").await?;
        look.look("a key is written").await?;
        city.select(&city.master(1).await?).await?;
        look.look("a shop is looked at").await?;
        look.report()
    })
}
