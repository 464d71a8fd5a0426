//! That nothing runs while nobody looks: frames in two seconds.

use super::{once, pass};
use crate::harness::{City, Hands, Outcome, Page};

#[test]
#[ignore = "measures and checks nothing: `cargo xtask bench --page` runs it"]
fn idle() -> Outcome {
    println!("\nframes in 2 s while nobody looks: none");
    once(async |page| {
        City::open(page, "/?speed=1&seed=7", Hands::Mouse).await?;
        frames(page, "time runs, in view").await?;
        page.click(r#"[data-act="pause"]"#).await?;
        frames(page, "paused").await?;
        page.click(r#"[data-act="play"]"#).await?;
        hide(page, true).await?;
        frames(page, "hidden").await?;
        hide(page, false).await?;
        frames(page, "shown again").await?;
        page.run("const space = document.createElement('div'); space.id = 'space'; space.style.height = '300vh';
            document.body.append(space); document.body.style.overflow = document.documentElement.style.overflow = 'auto';
            document.body.style.height = document.documentElement.style.height = 'auto';
            space.scrollIntoView({ block: 'end', behavior: 'instant' });").await?;
        frames(page, "scrolled away").await?;
        page.run("scrollTo({ top: 0, behavior: 'instant' })").await?;
        frames(page, "scrolled back").await
    })
}

/// Has the page see that its tab is hidden: no headless browser hides one by itself.
async fn hide(page: &Page<'_>, hidden: bool) -> Outcome {
    let state = if hidden { "hidden" } else { "visible" };
    page.run(&format!(
        "Object.defineProperty(document, 'hidden', {{ value: {hidden}, configurable: true }});
        Object.defineProperty(document, 'visibilityState', {{ value: '{state}', configurable: true }});
        document.dispatchEvent(new Event('visibilitychange'));"
    ))
    .await
    .map(drop)
}

async fn frames(page: &Page<'_>, name: &str) -> Outcome {
    // What was asked for before is drawn before.
    pass(page, 300).await?;
    page.run("framesDrawn = 0").await?;
    pass(page, 2_000).await?;
    println!("{name:<42} {:>8}", page.value("framesDrawn").await?);
    Ok(())
}
