//! Every width that people have: nothing is cut off and nothing scrolls sideways, whatever sheet is open; and the page in a
//! user's own colours.

use serde_json::{Value, json};

use crate::harness::{City, Hands, Outcome, Page, Theme, Visit};

const SIZES: [(u32, u32); 6] = [(320, 640), (390, 844), (720, 480), (1024, 768), (1440, 900), (1920, 1080)];

/// What is cut off, hangs out or makes the page scroll sideways, in words.
const CUT_OFF: &str = "(() => {
    const seen = it => it.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && it.getClientRects().length > 0;
    const name = it => it.tagName.toLowerCase() + (it.id ? '#' + it.id : '') + '.' + it.className + ' “' + it.innerText?.slice(0, 40) + '”';
    const found = [], root = document.documentElement, inspector = document.querySelector('#inspector');
    if (root.scrollWidth > innerWidth) found.push(`the page is ${root.scrollWidth} wide`);
    for (const it of document.querySelectorAll('.header, .transport, .bar, .command-line, #inspector')) {
        if (seen(it) && it.scrollWidth > it.clientWidth + 1) found.push(`${name(it)} needs ${it.scrollWidth} of ${it.clientWidth}`);
    }
    const within = (it, box, where) => {
        const at = it.getBoundingClientRect();
        if (at.left < box.left - 1 || at.right > box.right + 1) found.push(`${name(it)} hangs out of ${where}`);
    };
    const window = { left: 0, right: innerWidth };
    for (const it of document.querySelectorAll('button, select, h1, h2, h3, summary, label, .clock, .key-path, .eyes, .note')) {
        if (!seen(it) || it.offsetWidth < 2 || it.closest('.sr-only, .menu') || it.classList.contains('skip')) continue;
        if (inspector?.contains(it)) within(it, inspector.getBoundingClientRect(), 'its sheet');
        else within(it, window, 'the window');
        const cuts = getComputedStyle(it).overflowX !== 'visible' || it.matches('button, select');
        if (cuts && !it.matches('.shop, .power, .event, input') && it.scrollWidth > it.clientWidth + 1) found.push(`${name(it)} is cut off`);
    }
    return found;
})()";

/// The sheets, by the buttons that open them.
const SHEETS: [&str; 5] = ["city", "views", "lens", "messages", "keys"];

async fn fits(page: &Page<'_>, state: &str, found: &mut Vec<String>) -> Outcome {
    let cut_off = page.value(CUT_OFF).await?;
    found.extend(cut_off.as_array().into_iter().flatten().map(|it| format!("{state}: {it}")));
    Ok(())
}

/// Presses what may be covered on a small screen, as a screen reader does.
async fn press(page: &Page<'_>, css: &str) -> Outcome {
    page.wait_for(css).await?;
    page.run(&format!("document.querySelector({}).click()", json!(css))).await.map(drop)
}

#[test]
fn nothing_is_cut_off_at_any_width_with_any_sheet() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.command_until("SET user:123 Ada", "OK").await?;
        page.click("[data-act=pause]").await?;
        let mut found = Vec::new();
        for size in SIZES {
            page.look_like(size, Theme::Light).await?;
            let width = size.0;
            fits(page, &format!("{width}, the city"), &mut found).await?;
            for sheet in SHEETS {
                press(page, &format!(".tool[data-act={sheet}]")).await?;
                page.wait_for("#inspector-title").await?;
                fits(page, &format!("{width}, {sheet}"), &mut found).await?;
            }
            press(page, ".tool[data-act=views]").await?;
            press(page, "[data-act=view]:nth-of-type(2)").await?;
            page.wait_for(".eyes").await?;
            fits(page, &format!("{width}, in the client's eyes"), &mut found).await?;
            press(page, "[data-act=truth]").await?;
            press(page, "#inspector .close").await?;
            press(page, ".shop[data-node='1']").await?;
            fits(page, &format!("{width}, a shop"), &mut found).await?;
            press(page, "[data-act=more]").await?;
            page.wait_for("[data-act=eyes]").await?;
            fits(page, &format!("{width}, more acts"), &mut found).await?;
            press(page, "#inspector .close").await?;
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
        Ok(())
    })
}

#[test]
fn what_is_on_is_seen_in_a_users_own_colours() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        page.force_colours().await?;
        let forced = page.value("matchMedia('(forced-colors: active)').matches").await?;
        assert_eq!(forced, Value::Bool(true));
        let framed = "[...document.querySelectorAll('.shop, .spot')].filter(it => getComputedStyle(it).borderTopColor !== 'rgba(0, 0, 0, 0)').length";
        assert_eq!(page.value(framed).await?, Value::from(0), "nothing that is not pressed has a frame over the drawing");
        city.sheet("city", "Build and break").await?;
        let look = |css: &str| {
            format!("(it => [it.borderColor, it.borderWidth, it.outlineStyle, it.fontWeight, it.backgroundColor].join())(getComputedStyle(document.querySelector(\"{css}\")))")
        };
        let on = page.value(&look("[data-act=skin][aria-pressed=true]")).await?;
        let off = page.value(&look("[data-act=skin][aria-pressed=false]")).await?;
        assert_ne!(on, off, "a button that is on looks like one that is off");
        let (on, off) = ("[role=switch][aria-checked=true] .switch", "[role=switch][aria-checked=false] .switch");
        let lit = page.value(&look(on)).await?;
        page.click("[role=switch]").await?;
        page.wait_for(off).await?;
        let dark = page.value(&look(off)).await?;
        let knob = "getComputedStyle(document.querySelector('.switch'), '::after').transform";
        assert!(lit != dark || page.value(knob).await? != Value::String("none".into()), "the switch looks alike");
        // The keyboard's place is seen.
        page.tab_to(".shop[data-node='1']").await?;
        let outline = page.value("getComputedStyle(document.activeElement).outlineStyle").await?;
        assert_ne!(outline, Value::String("none".into()), "nobody sees what has the keyboard");
        Ok(())
    })
}
