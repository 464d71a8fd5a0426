//! Direct manipulation: shops dragged to other racks, streets cut with a line, and the same from the sheets.

use serde_json::Value;

use crate::harness::{City, ESCAPE, Hands, Outcome, Page, Visit};

/// Whether every shop is well.
const ALL_WELL: &str = "document.querySelectorAll('[data-node][data-role][data-state=ok]').length === 6";
/// The picture of what a pointer drags.
const DRAGGED: &str = "document.querySelector('#city :is(.dragged, .ghost)') !== null";

fn shop(node: &str) -> String {
    format!(".shop[data-node='{node}']")
}

#[test]
fn a_shop_is_dragged_to_another_rack() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=1&seed=7", Hands::Mouse).await?;
        let racks = city.racks().await?;
        let (carried, stays) = (racks[0][0].clone(), racks[2][0].clone());
        let from = page.middle_of(&shop(&carried)).await?;
        let to = page.middle_of(&shop(&stays)).await?;
        page.drag(from, (to.0, to.1 + 70.0)).await?;
        city.wait_for_rack(&carried, 2).await?;
        assert_eq!(city.racks().await?.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(page.value(DRAGGED).await?, Value::Bool(false), "nothing is held any more");
        let opened = page.value("document.querySelector('#inspector') === null").await?;
        assert_eq!(opened, Value::Bool(true), "dragging a shop is no press on it");
        // It is still the same machine with the same part.
        page.wait_for(&format!("{}[data-role=master][data-state=ok]", shop(&carried))).await
    })
}

#[test]
fn a_shop_that_is_let_go_at_home_stays_there() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=1&seed=7", Hands::Mouse).await?;
        let racks = city.racks().await?;
        let from = page.middle_of(&shop(&racks[0][0])).await?;
        page.drag(from, (from.0 + 30.0, from.1 + 50.0)).await?;
        page.wait_until("nothing is held", &format!("!({DRAGGED})")).await?;
        assert_eq!(city.racks().await?, racks);
        Ok(())
    })
}

#[test]
fn a_shop_is_moved_from_its_sheet_without_a_mouse() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=1&seed=7", Hands::Keyboard).await?;
        let carried = city.racks().await?[0][0].clone();
        city.select(&carried).await?;
        city.use_it("[data-act=more]").await?;
        city.use_it("[data-act=move]").await?;
        city.wait_for_rack(&carried, 1).await
    })
}

#[test]
fn a_line_across_the_streets_cuts_a_rack_off() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        let racks = city.racks().await?;
        let (left, right) = (&racks[1], &racks[2]);
        let (above, beside) = (page.middle_of(&shop(&left[0])).await?, page.middle_of(&shop(&right[0])).await?);
        let below = page.middle_of(&shop(&left[1])).await?;
        // Between the racks, whether their shops stand beside or below each other, and across all lanes.
        let street = (above.0.max(below.0) + beside.0) / 2.0;
        page.drag((street, above.1 - 60.0), (street + 2.0, below.1 + 110.0)).await?;
        is_apart_and_heals(page, &city, right, async || {
            city.sheet("city", "Build and break").await?;
            page.click("[data-act=heal]").await
        })
        .await
    })
}

#[test]
fn a_rack_is_cut_off_from_the_sheet_and_comes_back() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Keyboard).await?;
        let racks = city.racks().await?;
        city.sheet("city", "Build and break").await?;
        let toggle = "[data-act=cut-rack]:nth-of-type(3)";
        city.use_it(toggle).await?;
        page.wait_for(&format!("{toggle}[aria-pressed=true]")).await?;
        is_apart_and_heals(page, &city, &racks[2], async || city.use_it(toggle).await).await
    })
}

/// The rack's shops are taken for lost by the others, one of them is replaced; once the roads are open, all are well.
async fn is_apart_and_heals(
    page: &Page<'_>,
    city: &City<'_>,
    rack: &[String],
    heal: impl AsyncFnOnce() -> Outcome,
) -> Outcome {
    let master = page
        .value(&format!("window.shopHistory.find(e => e.role === 'master' && {rack:?}.includes(e.node)).node"))
        .await?;
    let master = master.as_str().unwrap_or_default();
    city.wait_for_states(master, &["ok", "pfail", "fail"]).await?;
    city.wait_for_new_master(3, master).await?;
    heal().await?;
    page.wait_for(&format!("{}[data-role=replica][data-state=ok]", shop(master))).await?;
    page.wait_until("all shops are well", ALL_WELL).await
}

#[test]
fn escape_lets_go_of_what_is_dragged() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=1&seed=7", Hands::Mouse).await?;
        let racks = city.racks().await?;
        let (from, to) = (page.middle_of(&shop(&racks[0][0])).await?, page.middle_of(&shop(&racks[2][0])).await?);
        page.grasp(from, (to.0, to.1 + 70.0)).await?;
        page.wait_until("the shop is carried", DRAGGED).await?;
        let says = "/to rack C/i.test(document.querySelector('.drag-words')?.innerText)";
        page.wait_until("what letting go would do is said", says).await?;
        page.press(&ESCAPE.to_string()).await?;
        page.wait_until("nothing is held", &format!("!({DRAGGED})")).await?;
        page.let_go().await?;
        assert_eq!(city.racks().await?, racks);
        Ok(())
    })
}

#[test]
fn a_sign_opens_a_street_that_can_be_made_lossy_and_put_right() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.select("0").await?;
        page.wait_for("[data-street='0 1'] .road-sign").await?;
        page.click("#road-0-1").await?;
        page.wait_until("the street is open", "document.querySelector('#inspector-title').innerText === 'A street'").await?;
        let slide = "(it => { it.value = 3; it.dispatchEvent(new Event('change', { bubbles: true })); })(document.querySelector('[data-field=lossy]'))";
        page.run(slide).await?;
        let told = |what: &str| format!("document.querySelector('#inspector').innerText.includes('{what}')");
        page.wait_until("it is lossy", &told("500 of 1,000 lost")).await?;
        page.click("[data-act=heal-street]").await?;
        page.wait_until("it is as it was", &format!("!{}", told("500 of 1,000 lost"))).await?;
        page.wait_for("[data-act=heal-street]:disabled").await
    })
}
