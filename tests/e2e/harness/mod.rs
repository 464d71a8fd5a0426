//! What every walk shares: a site, a driver, a browser, a page, and a way to fail that says what to do.

mod city;
mod devtools;
mod driver;
mod failure;
mod page;
mod site;

use std::path::Path;
use std::{fs, thread};

pub(crate) use city::{City, Hands, new_master};
pub(crate) use devtools::Theme;
pub(crate) use failure::{Failure, Outcome};
pub(crate) use page::{DOWN, ENTER, ESCAPE, LEFT, PAGE_DOWN, PAGE_UP, Page, RIGHT, UP};
pub(crate) use site::Site;

use driver::Driver;

/// One visit of a browser to a site.
pub(crate) struct Visit {
    site: Site,
    quiet: bool,
}

impl Visit {
    /// A visit to the page in `dist/`.
    pub(crate) fn built() -> Outcome<Self> {
        Ok(Self::to(Site::built()?))
    }

    /// A visit to any site. Its console has to stay free of errors and warnings.
    pub(crate) fn to(site: Site) -> Self {
        Self { site, quiet: true }
    }

    /// Lets the console say what it likes, for pages that are broken on purpose.
    pub(crate) fn with_a_noisy_console(mut self) -> Self {
        self.quiet = false;
        self
    }

    /// Opens a browser, walks, and then looks at the console. Whatever happens, nothing stays running.
    pub(crate) fn walk(self, walk: impl AsyncFnOnce(&Page<'_>) -> Outcome) -> Outcome {
        let driver = Driver::start()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::new(format!("no runtime for the browser's client: {error}")))?;
        runtime.block_on(async {
            let page = Page::connect(&driver, &self.site).await?;
            let walked = walk(&page).await;
            let outcome = match walked {
                Ok(()) if self.quiet => page.console_is_clean().await,
                other => other,
            };
            let outcome = match outcome {
                Ok(()) => Ok(()),
                Err(failure) => Err(failure.and(&evidence(&page).await)),
            };
            page.close().await;
            outcome
        })
    }
}

/// What the browser showed when a walk failed: a picture in the build folder, and the console's lines.
async fn evidence(page: &Page<'_>) -> String {
    let name = thread::current().name().unwrap_or("walk").replace("::", "-");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
    let mut lines = Vec::new();
    if let Ok(picture) = page.picture().await
        && fs::write(&file, picture).is_ok()
    {
        lines.push(format!("what it looked like: {}", file.display()));
    }
    for line in page.console().await.unwrap_or_default() {
        lines.push(format!("console: {line}"));
    }
    lines.join("\n")
}
