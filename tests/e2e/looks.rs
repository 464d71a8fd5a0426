//! What meets the eye: lines are whole, boxes are seen, a shop that is pressed opens and does not burn, and the small line of
//! requests is what happened.

use serde_json::Value;

use crate::harness::{City, Hands, Outcome, Theme, Visit};

/// How many pixels of a line are cut off at the upper edge of a list, and how many lines are above it.
const CUT: &str = "['log', 'terminal'].map(id => {
    const list = document.getElementById(id), line = parseFloat(getComputedStyle(list).lineHeight);
    const top = list.getBoundingClientRect().top, first = list.firstElementChild.getBoundingClientRect().top;
    return [(top - first) % line, Math.floor((top - first) / line)];
})";

#[test]
fn the_uppermost_line_is_never_cut_through() -> Outcome {
    Visit::built()?.walk(async |page| {
        for size in [(1440, 900), (1366, 660), (1024, 768)] {
            page.look_like(size, Theme::Light).await?;
            let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
            for nth in 0..12 {
                city.command(&format!("SET key:{nth} a{}", "-long-value".repeat(nth % 3 * 8))).await?;
            }
            let said = "document.querySelectorAll('#terminal .entry').length === 12 && document.querySelectorAll('#log .event').length >= 12";
            page.wait_until("all is told", said).await?;
            page.click("[data-act=pause]").await?;
            let whole = format!("{CUT}.every(([cut, above]) => above > 0 && cut < 1)");
            page.wait_until(&format!("lines are whole at {size:?}"), &whole).await?;
            page.run("for (const id of ['log', 'terminal']) document.getElementById(id).scrollBy(0, -31)").await?;
            let scrolled = "['log', 'terminal'].every(id => document.getElementById(id).scrollTop < 0)";
            page.wait_until(&format!("and after scrolling at {size:?}"), &format!("{scrolled} && {whole}")).await?;
        }
        Ok(())
    })
}

#[test]
fn a_shop_that_is_pressed_opens_and_burns_only_with_the_next_press() -> Outcome {
    Visit::built()?.walk(async |page| {
        for size in [(1440, 900), (1024, 768), (720, 480), (390, 844)] {
            page.look_like((1440, 900), Theme::Light).await?;
            let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
            city.command_until("SET user:123 Ada", "OK").await?;
            page.look_like(size, Theme::Light).await?;
            let shop = city.master(3).await?;
            let of = format!("document.querySelector('[data-node=\"{shop}\"][data-role]')");
            page.run("document.activeElement.blur()").await?;
            page.click(&format!(r#"[data-node="{shop}"][data-role]"#)).await?;
            page.wait_until(
                "its sheet is open",
                "document.querySelector('#inspector-title')?.innerText.includes('Shop 3')",
            )
            .await?;
            let state = page.value(&format!("{of}.dataset.state")).await?;
            assert_eq!(state, Value::from("ok"), "at {size:?}");
            page.run("[...document.querySelectorAll('[data-act=kill]')].find(it => it.checkVisibility()).click()")
                .await?;
            page.wait_until("it burns", &format!("{of}.dataset.state !== 'ok'")).await?;
        }
        Ok(())
    })
}

/// The contrast of a box's outline with what is in it and around it.
const OUTLINE: &str = "(() => {
    const light = colour => {
        const [r, g, b] = colour.match(/[0-9.]+/g).map(it => it / 255).map(it => it <= .04045 ? it / 12.92 : ((it + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b + .05;
    };
    const against = (one, other) => Math.max(light(one), light(other)) / Math.min(light(one), light(other));
    return [...document.querySelectorAll('input[type=checkbox]')].map(it => {
        const own = getComputedStyle(it);
        if (own.appearance !== 'none' || parseFloat(own.borderTopWidth) < 1) return 0;
        const page = getComputedStyle(document.body).backgroundColor;
        return Math.min(against(own.borderTopColor, own.backgroundColor), against(own.borderTopColor, page));
    });
})()";

#[test]
fn an_empty_box_is_seen_in_both_themes() -> Outcome {
    Visit::built()?.walk(async |page| {
        for theme in [Theme::Light, Theme::Dark] {
            page.look_like((1440, 900), theme).await?;
            City::open(page, "/?seed=7", Hands::Mouse).await?;
            let seen = page.value(OUTLINE).await?;
            let seen: Vec<f64> = seen.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
            assert!(seen.len() == 2 && seen.iter().all(|it| *it >= 3.0), "{}: {seen:?}", theme.word());
        }
        Ok(())
    })
}

#[test]
fn requests_are_a_line_that_goes_back_in_time_too() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        page.wait_until("nobody asked yet", "!document.querySelector('.rate')").await?;
        city.command_until("SET user:123 Ada", "OK").await?;
        page.wait_for(".rate[points]").await?;
        page.click("[data-act=pause]").await?;
        page.wait_for("[data-act=play]").await?;
        let line = "document.querySelector('.rate')?.getAttribute('points') ?? ''";
        let was = page.value(line).await?;
        // In one turn of the browser: no frame is drawn between them.
        page.run(
            "for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowRight', 'ArrowRight'])
                document.querySelector('#scrub').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))",
        )
        .await?;
        page.wait_until("two seconds back and on it is the same", &format!("{line} === {was}")).await?;
        let key = |key: &str| {
            format!("document.querySelector('#scrub').dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true, cancelable: true }}))")
        };
        page.run(&key("PageDown")).await?;
        let typed = "document.querySelector('#scrub').ariaValueText.endsWith('after: SET user:123')";
        page.wait_until("a milestone back is what was typed", typed).await?;
        page.run(&key("Home")).await?;
        page.wait_until("at the beginning there is none", "!document.querySelector('.rate')").await
    })
}

#[test]
fn a_failover_is_named_on_the_timeline() -> Outcome {
    Visit::built()?.walk(async |page| {
        for size in [(1440, 900), (1024, 768), (390, 844)] {
            page.look_like(size, Theme::Light).await?;
            // From a moment that is known, however slow the machine is: on a longer line they stand closer together.
            let city = City::open(page, "/?speed=60&seed=7", Hands::Mouse).await?;
            page.wait_until("six seconds are known", "+document.querySelector('#scrub').ariaValueMax >= 6000").await?;
            page.run(
                "for (const key of ['Home', ...Array(6).fill('ArrowRight')])
                    document.querySelector('#scrub').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))",
            )
            .await?;
            page.wait_until("it is the sixth second", "document.querySelector('#scrub').ariaValueNow === '6000'").await?;
            // With a button, not by typing: whoever types has the page's second part already.
            let shop = city.master(3).await?;
            city.act("kill", &shop).await?;
            page.click("#until").await?;
            page.click("[data-until=promotion]").await?;
            city.wait_for_new_master(3, &shop).await?;
            // A phone's line is short: what is gravest finds room.
            let words: &[&str] = &["FAIL", "promoted", "Shop 3 burns", "election", "PFAIL"];
            for word in &words[..if size.0 < 600 { 1 } else { 5 }] {
                let named = format!("[...document.querySelectorAll('.mark-label')].some(it => it.innerText.split(' · ').includes('{word}'))");
                page.wait_until(&format!("{word} is named at {size:?}"), &named).await?;
            }
            let apart = "(() => {
                const boxes = [...document.querySelectorAll('.mark-label')].map(it => it.getBoundingClientRect());
                return boxes.every((a, nth) => a.left >= 0 && a.right <= innerWidth && boxes.slice(nth + 1).every(b =>
                    a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top));
            })()";
            page.wait_until(&format!("no label covers another at {size:?}"), apart).await?;
        }
        Ok(())
    })
}
