//! On a projector: the city and what happens now fill the screen, in text that is read from the back of a room.

use serde_json::Value;

use crate::harness::{City, ESCAPE, Hands, Outcome, Page, Theme, Visit};

/// The smallest text that is seen, in the window's own pixels.
const SMALLEST: &str = "(() => { const texts = document.createTreeWalker(document.querySelector('.page'), NodeFilter.SHOW_TEXT); let least = 999; \
    while (texts.nextNode()) { const text = texts.currentNode, it = text.parentElement, range = document.createRange(); range.selectNodeContents(text); \
    if (!text.data.trim() || it.closest('.sr-only, option') || !it.checkVisibility({ visibilityProperty: true }) || range.getBoundingClientRect().width < 2) continue; \
    let enlarged = 1; for (let at = it; at; at = at.parentElement) enlarged *= parseFloat(getComputedStyle(at).zoom); \
    least = Math.min(least, parseFloat(getComputedStyle(it).fontSize) * enlarged); } return least; })()";
/// The presenter's layout is shown.
const SHOWN: &str = "document.querySelector('.page.presenter') !== null";

async fn number(page: &Page<'_>, expression: &str) -> Outcome<f64> {
    Ok(page.value(expression).await?.as_f64().unwrap_or(f64::NAN))
}

async fn is_so(page: &Page<'_>, what: &str, expression: &str) -> Outcome {
    assert_eq!(page.value(expression).await?, Value::Bool(true), "{what}");
    Ok(())
}

#[test]
fn a_projector_shows_a_fire_in_large_text() -> Outcome {
    Visit::built()?.walk(async |page| {
        page.look_like((1920, 1080), Theme::Light).await?;
        let city = City::open(page, "/?speed=10&seed=7&presenter", Hands::Mouse).await?;
        let shop = city.master(3).await?;
        for css in [".left", ".skins", "#terminal", "#command", "#speed"] {
            let gone = format!("!document.querySelector('{css}')?.checkVisibility()");
            is_so(page, &format!("`{css}` is away"), &gone).await?;
        }
        page.click(".next .button").await?;
        page.wait_until("the answer is shown", "document.querySelector('.caption').innerText.includes('OK')")
            .await?;
        page.click(".next [data-act=kill]").await?;
        city.wait_for_states(&shop, &["pfail", "fail"]).await?;
        let news = "document.querySelector('.caption .news')";
        page.wait_until("a milestone is told", &format!("{news}?.innerText.length > 9")).await?;
        is_so(page, "in the lower third", &format!("{news}.getBoundingClientRect().top > innerHeight * 2 / 3"))
            .await?;
        let large = "parseFloat(getComputedStyle(document.querySelector('.caption .news')).fontSize) * \
            getComputedStyle(document.querySelector('.page')).zoom >= 48";
        is_so(page, "the caption is twice as large as the smallest text", large).await?;
        let line = "(at => at.width > innerWidth / 3 && at.height <= 96 && at.bottom <= innerHeight)\
            (document.querySelector('#timeline').getBoundingClientRect())";
        is_so(page, "the timeline is seen, and thin", line).await?;
        is_so(page, "and shows the fire", "document.querySelector('.marks [data-kind=fail]') !== null").await?;
        is_so(page, "it is wide enough", "document.documentElement.scrollWidth <= innerWidth").await?;
        let smallest = number(page, SMALLEST).await?;
        assert!(smallest >= 24.0, "a text is only {smallest} px large");
        city.wait_for_new_master(3, &shop).await?;
        let labels = "[...document.querySelectorAll('.mark-label')].map(it => it.getBoundingClientRect())";
        let whole =
            format!("(it => it.length > 2 && it.every(at => at.top > 0 && at.bottom <= innerHeight))({labels})");
        page.wait_until("its labels are whole", &whole).await?;
        page.click(".next .button.primary").await?;
        page.wait_until("the key is there", "document.querySelector('.caption').innerText.includes('Ada')").await
    })
}

#[test]
fn what_is_pressed_opens_beside_the_city() -> Outcome {
    Visit::built()?.walk(async |page| {
        for size in [(1920, 1080), (1280, 720), (720, 480)] {
            page.look_like(size, Theme::Dark).await?;
            City::open(page, "/?speed=1&seed=7&presenter", Hands::Mouse).await?;
            page.click("[data-shard='3'][data-role=master]").await?;
            page.wait_for("#inspector [data-act=kill]").await?;
            let beside = "Math.max(...[...document.querySelectorAll('.shop')].map(it => it.getBoundingClientRect().right)) \
                <= document.querySelector('#inspector').getBoundingClientRect().left + 1";
            page.wait_until(&format!("no shop is covered at {size:?}"), beside).await?;
            page.click("#inspector .close").await?;
            page.wait_until("it is closed", "!document.querySelector('#inspector')").await?;
            is_so(page, "it is still the projector's layout", SHOWN).await?;
            page.click("#leave").await?;
            page.wait_until("the whole page is back", &format!("!({SHOWN})")).await?;
        }
        Ok(())
    })
}

#[test]
fn a_pointer_is_where_it_seems_to_be_on_a_projector() -> Outcome {
    Visit::built()?.walk(async |page| {
        page.look_like((1920, 1080), Theme::Light).await?;
        let city = City::open(page, "/?speed=1&seed=7&presenter", Hands::Mouse).await?;
        let node = city.master(1).await?;
        let from = page.middle_of(&format!(".shop[data-node='{node}']")).await?;
        let to = page.middle_of("[data-shard='2'][data-role=master]").await?;
        page.drag(from, to).await?;
        city.wait_for_rack(&node, 1).await
    })
}

#[test]
fn a_presenter_comes_and_goes_by_keyboard_and_a_remote_works() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=1&seed=7", Hands::Keyboard).await?;
        city.use_it(".tool[data-act=presenter]").await?;
        page.wait_until("it is shown", SHOWN).await?;
        page.wait_until("the city has the keyboard", "document.activeElement.id === 'city'").await?;
        page.press(" ").await?;
        page.wait_for("[data-act=play]").await?;
        page.press(&ESCAPE.to_string()).await?;
        page.wait_until("the whole page is back", &format!("!({SHOWN})")).await?;
        page.wait_until("the button has the keyboard", "document.activeElement.id === 'tool-presenter'").await?;
        page.run("document.querySelector('#city').focus()").await?;
        for so in [SHOWN.to_owned(), format!("!({SHOWN})")] {
            page.press("p").await?;
            page.wait_until(&so, &so).await?;
            page.run("document.querySelector('#city').focus()").await?;
        }
        Ok(())
    })
}
