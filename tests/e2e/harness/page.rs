//! A page in a browser, as a walk sees it: open, wait, click, type, look. Every wait is for a condition, and ends.

use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::devtools::{self, Theme};
use super::driver::Driver;
use super::failure::{Failure, Outcome};
use super::site::Site;

/// The Enter key, as WebDriver writes it.
pub(crate) const ENTER: char = '\u{E007}';
/// The Escape key.
pub(crate) const ESCAPE: char = '\u{E00C}';
/// The key up.
pub(crate) const UP: char = '\u{E013}';
/// The key down.
pub(crate) const DOWN: char = '\u{E015}';
/// The key to the left.
pub(crate) const LEFT: char = '\u{E012}';
/// The key to the right.
pub(crate) const RIGHT: char = '\u{E014}';
/// What a presenter's remote sends to go on.
pub(crate) const PAGE_DOWN: char = '\u{E00F}';
/// What it sends to go back.
pub(crate) const PAGE_UP: char = '\u{E00E}';
const TAB: char = '\u{E004}';
/// How long a condition may take to become true on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked at meanwhile.
const GLANCE: Duration = Duration::from_millis(25);
/// More things than anyone would tab through.
const TABS: usize = 250;

/// An open browser window.
pub(crate) struct Page<'a> {
    client: Client,
    site: &'a Site,
}

impl<'a> Page<'a> {
    /// Opens an empty window.
    pub(super) async fn connect(driver: &Driver, site: &'a Site) -> Outcome<Self> {
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(driver.capabilities())
            .connect(&driver.url())
            .await?;
        Ok(Self { client, site })
    }

    /// Goes to a path of the site.
    pub(crate) async fn open(&self, path: &str) -> Outcome {
        Ok(self.client.goto(&self.site.url(path)).await?)
    }

    /// Waits until something matches the selector.
    pub(crate) async fn wait_for(&self, css: &str) -> Outcome {
        let found = format!("document.querySelector({}) !== null", json!(css));
        self.wait_until(&format!("the page shows `{css}`"), &found).await
    }

    /// Waits until a JavaScript expression is true; `what` says in words what is waited for.
    pub(crate) async fn wait_until(&self, what: &str, expression: &str) -> Outcome {
        if self.comes_true(expression, PATIENCE).await? {
            return Ok(());
        }
        Err(Failure::new(format!(
            "waited {} s, but it did not come true that {what}: {expression}",
            PATIENCE.as_secs()
        )))
    }

    /// Whether a JavaScript expression becomes true within this time.
    pub(crate) async fn comes_true(&self, expression: &str, within: Duration) -> Outcome<bool> {
        let start = Instant::now();
        loop {
            if self.value(&format!("Boolean({expression})")).await? == Value::Bool(true) {
                return Ok(true);
            }
            if start.elapsed() > within {
                return Ok(false);
            }
            sleep(GLANCE).await;
        }
    }

    /// The value of a JavaScript expression.
    pub(crate) async fn value(&self, expression: &str) -> Outcome<Value> {
        self.run(&format!("return {expression};")).await
    }

    /// Runs a script in the page.
    pub(crate) async fn run(&self, script: &str) -> Outcome<Value> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// The text that a person sees in the first match.
    pub(crate) async fn text(&self, css: &str) -> Outcome<String> {
        Ok(self.client.find(Locator::Css(css)).await?.text().await?)
    }

    /// Clicks the first match; one that something moving covers is tried again.
    pub(crate) async fn click(&self, css: &str) -> Outcome {
        let start = Instant::now();
        loop {
            let clicked = match self.client.find(Locator::Css(css)).await {
                Ok(element) => element.click().await,
                Err(error) => Err(error),
            };
            match clicked {
                Ok(()) => return Ok(()),
                Err(error) if start.elapsed() > PATIENCE => {
                    return Err(Failure::new(format!("`{css}` could not be clicked: {error}")));
                }
                Err(_) => sleep(GLANCE).await,
            }
        }
    }

    /// Types into the first match.
    pub(crate) async fn type_into(&self, css: &str, text: &str) -> Outcome {
        self.wait_for(css).await?;
        Ok(self.client.find(Locator::Css(css)).await?.send_keys(text).await?)
    }

    /// Presses keys one after another, wherever the focus is.
    pub(crate) async fn press(&self, keys: &str) -> Outcome {
        let keyboard = keys.chars().fold(KeyActions::new("keyboard".into()), |keyboard, value| {
            keyboard.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        Ok(self.client.perform_actions(keyboard).await?)
    }

    /// The middle of the first match, in the window's pixels.
    pub(crate) async fn middle_of(&self, css: &str) -> Outcome<(f64, f64)> {
        self.wait_for(css).await?;
        let place = format!(
            "(box => [(box.left + box.right) / 2, (box.top + box.bottom) / 2])(document.querySelector({}).getBoundingClientRect())",
            json!(css)
        );
        self.point(&place).await
    }

    /// A point of the window that a JavaScript expression gives.
    pub(crate) async fn point(&self, expression: &str) -> Outcome<(f64, f64)> {
        let place = self.value(expression).await?;
        Ok((place[0].as_f64().unwrap_or_default(), place[1].as_f64().unwrap_or_default()))
    }

    /// Presses the mouse at a point and moves it, held down, over half of the way and then all of it.
    pub(crate) async fn grasp(&self, (x, y): (f64, f64), to: (f64, f64)) -> Outcome {
        let move_to = |(x, y)| PointerAction::MoveTo { duration: None, x, y };
        let mouse = MouseActions::new("mouse".into())
            .then(move_to((x, y)))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(move_to(((x + to.0) / 2.0, (y + to.1) / 2.0)))
            .then(move_to(to));
        Ok(self.client.perform_actions(mouse).await?)
    }

    /// Lets go of what the mouse holds.
    pub(crate) async fn let_go(&self) -> Outcome {
        let mouse = MouseActions::new("mouse".into()).then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        Ok(self.client.perform_actions(mouse).await?)
    }

    /// Drags from a point to another.
    pub(crate) async fn drag(&self, from: (f64, f64), to: (f64, f64)) -> Outcome {
        self.grasp(from, to).await?;
        self.let_go().await
    }

    /// Presses Tab until the focus is on a match.
    pub(crate) async fn tab_to(&self, css: &str) -> Outcome {
        self.wait_for(css).await?;
        let there = format!("Boolean(document.activeElement?.matches({}))", json!(css));
        for _ in 0..TABS {
            if self.value(&there).await? == Value::Bool(true) {
                return Ok(());
            }
            self.press(&TAB.to_string()).await?;
        }
        Err(Failure::new(format!("{TABS} presses of Tab did not reach `{css}`")))
    }

    /// Runs a script in every page opened from now on, before the page's own.
    pub(crate) async fn run_first(&self, script: &str) -> Outcome {
        devtools::run_first(&self.client, script).await
    }

    /// Draws the page in this size and theme, and waits until it has come to rest.
    pub(crate) async fn look_like(&self, (width, height): (u32, u32), theme: Theme) -> Outcome {
        devtools::set_size(&self.client, width, height).await?;
        devtools::set_theme(&self.client, theme).await?;
        let two_frames = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done));";
        self.client.execute_async(two_frames, Vec::new()).await?;
        // What moves for ever (a flame) is not waited for, nor are messages on their way.
        self.wait_until(
            "every change of looks has ended",
            "document.getAnimations().every(a => a.playState !== 'running' || a.effect.getTiming().iterations === Infinity \
             || a.effect.target?.dataset.flight)",
        )
        .await
    }

    /// Has the page think that its processor is so many times slower.
    pub(crate) async fn throttle(&self, rate: f64) -> Outcome {
        devtools::throttle(&self.client, rate).await
    }

    /// The JavaScript heap in use, in bytes.
    pub(crate) async fn heap(&self) -> Outcome<f64> {
        devtools::heap(&self.client).await
    }

    /// Has pages opened from now on see that their user wants less motion.
    pub(crate) async fn want_less_motion(&self) -> Outcome {
        devtools::set_feature(&self.client, "prefers-reduced-motion", "reduce").await
    }

    /// Has the page drawn in the few colours of a user's own, as on a system set to high contrast.
    pub(crate) async fn force_colours(&self) -> Outcome {
        devtools::set_feature(&self.client, "forced-colors", "active").await
    }

    /// Chooses an option of a select by its value.
    pub(crate) async fn choose(&self, css: &str, value: &str) -> Outcome {
        self.wait_for(css).await?;
        Ok(self.client.find(Locator::Css(css)).await?.select_by_value(value).await?)
    }

    /// A PNG of what the window shows.
    pub(crate) async fn picture(&self) -> Outcome<Vec<u8>> {
        Ok(self.client.screenshot().await?)
    }

    /// Errors and warnings on the console since it was last read.
    pub(crate) async fn console(&self) -> Outcome<Vec<String>> {
        devtools::complaints(&self.client).await
    }

    /// Fails if the console has errors or warnings.
    pub(super) async fn console_is_clean(&self) -> Outcome {
        let lines = self.console().await?;
        if lines.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!("the console has errors or warnings:\n{}", lines.join("\n"))))
    }

    /// Closes the window. One that will not close is ended with its driver.
    pub(super) async fn close(self) {
        let _ = self.client.close().await;
    }
}
