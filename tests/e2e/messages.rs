//! Messages in the hand: one is opened, lost, held up; and what becomes of an election that lacks a vote.

use serde_json::Value;

use crate::harness::{City, ENTER, Hands, LEFT, Outcome, Page, RIGHT, Visit};

/// The list's entry of a vote on its way.
const A_VOTE: &str = "[...document.querySelectorAll('[data-act=open-message]')]\
    .find(it => it.innerText.startsWith('FAILOVER_AUTH_ACK'))";
const SHARD: u32 = 3;

/// Sets a shop on fire and stops time with a vote on its way; the sheet of messages is open. Returns the burnt shop.
async fn stop_at_a_vote(page: &Page<'_>, city: &City<'_>) -> Outcome<String> {
    let shop = city.master(SHARD).await?;
    city.act("kill", &shop).await?;
    page.click("#until").await?;
    page.click("[data-until=agreement]").await?;
    page.wait_for("[data-act=play]").await?;
    city.sheet("messages", "On their way").await?;
    // Slow enough that each message is drawn many times on its way.
    page.choose("#speed", "0.5").await?;
    page.run(&format!("pauseAt(() => {A_VOTE})")).await?;
    page.click("[data-act=play]").await?;
    page.wait_until("a vote is on its way", &format!("Boolean({A_VOTE})")).await?;
    page.wait_for("[data-act=play]").await?;
    Ok(shop)
}

#[test]
fn a_lost_vote_has_the_election_held_again() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=1&seed=7", Hands::Mouse).await?;
        let shop = stop_at_a_vote(page, &city).await?;
        page.run(&format!("{A_VOTE}.click()")).await?;
        let row = "[...document.querySelectorAll('#inspector .rows > div')].map(it => it.innerText).join()";
        page.wait_until(
            "the vote is opened",
            &format!("/FAILOVER_AUTH_ACK/.test({row}) && /epoch 7/.test({row})"),
        )
        .await?;
        page.click("[data-act=lose]").await?;
        page.wait_until(
            "it is said who lost it",
            "/You lost it on its way/.test(document.querySelector('#inspector').innerText)",
        )
        .await?;
        page.choose("#speed", "60").await?;
        page.click("[data-act=play]").await?;
        let log = "document.querySelector('#log').innerText";
        page.wait_until("one vote is too few", &format!("/got 1 of 2 votes in epoch 7: too few/.test({log})"))
            .await?;
        city.wait_for_new_master(SHARD, &shop).await?;
        page.wait_until("it asked again in a later epoch", &format!("/epoch (8|9|1\\d)/.test({log})")).await
    })
}

#[test]
fn a_vote_that_is_held_up_a_little_still_counts() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=1&seed=7", Hands::Keyboard).await?;
        let shop = stop_at_a_vote(page, &city).await?;
        page.run(&format!("{A_VOTE}.focus()")).await?;
        page.press(&ENTER.to_string()).await?;
        let arrives = "[...document.querySelectorAll('#inspector .rows > div')]\
            .find(it => it.innerText.startsWith('Arrives')).querySelector('dd').innerText";
        page.wait_until("it arrives soon", &format!("/^in \\d+ ms/.test({arrives})")).await?;
        city.use_it("[data-act=hold]").await?;
        page.wait_until("it arrives a second later", &format!("/^in 1\\.\\d s$/.test({arrives})")).await?;
        page.choose("#speed", "10").await?;
        city.use_it("[data-act=play]").await?;
        city.wait_for_new_master(SHARD, &shop).await?;
        let again = page.value("/too few/.test(document.querySelector('#log').innerText)").await?;
        assert_eq!(again, Value::Bool(false), "one election was enough");
        Ok(())
    })
}

/// Writes a key and stops time with the request on its way.
async fn stop_at_a_request(page: &Page<'_>, city: &City<'_>) -> Outcome {
    page.run("pauseAt(flight)").await?;
    city.command("SET user:123 Ada").await?;
    page.wait_for("[data-act=play]").await
}

#[test]
fn a_message_is_drawn_back_by_mouse_and_by_key() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=0.1&seed=7", Hands::Mouse).await?;
        stop_at_a_request(page, &city).await?;
        let told = "(document.querySelector('#log').innerText.match(/held up for/g) ?? []).length";
        page.click(".tool[data-act=messages]").await?;
        page.wait_for("[data-act=open-message]").await?;
        page.click("[data-act=open-message]").await?;
        page.wait_until("it is open", "document.querySelector('#inspector-title').innerText === 'A message'")
            .await?;
        page.press(&LEFT.to_string()).await?;
        page.wait_until("it is held up", &format!("{told} === 1")).await?;
        page.press(&RIGHT.to_string()).await?;
        page.press(&LEFT.to_string()).await?;
        page.wait_until("and once more, by this key alone", &format!("{told} === 2")).await?;
        Ok(())
    })
}

#[test]
fn a_message_dragged_back_stays_where_it_was_put() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=0.1&seed=7", Hands::Mouse).await?;
        // Far enough from home that there is way to go back.
        page.run(
            "pauseAt(() => flight()?.[0] > document.querySelector('#you').getBoundingClientRect().right + 16)",
        )
        .await?;
        city.command("SET user:123 Ada").await?;
        page.wait_for("[data-act=play]").await?;
        let (x, y) = page.point("flight()").await?;
        page.drag((x, y), (x - 40.0, y)).await?;
        page.wait_until("it says so", "/held up for/.test(document.querySelector('#log').innerText)").await?;
        let (to, _) = page.point("flight()").await?;
        assert!((to - (x - 40.0)).abs() < 6.0, "it is at {to}, and was put to {}", x - 40.0);
        // What is not to be drawn is gone from the drawing, and comes back.
        city.sheet("messages", "On their way").await?;
        for (pressed, there) in [("false", "=== null"), ("true", "!== null")] {
            page.click("[data-act=draw-requests]").await?;
            page.wait_for(&format!("[data-act=draw-requests][aria-pressed={pressed}]")).await?;
            page.wait_until("it is as the filter says", &format!("flight() {there}")).await?;
        }
        Ok(())
    })
}

#[test]
fn a_message_in_the_drawing_opens_when_it_is_pressed() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=0.1&seed=7", Hands::Mouse).await?;
        stop_at_a_request(page, &city).await?;
        let at = page.point("flight()").await?;
        page.drag(at, at).await?;
        page.wait_until(
            "a message is open",
            "document.querySelector('#inspector-title')?.innerText === 'A message'",
        )
        .await?;
        page.wait_until(
            "it is the request",
            "/Request[^]*your client[^]*SET user:123/.test(document.querySelector('#inspector').innerText)",
        )
        .await
    })
}

#[test]
fn with_less_motion_a_message_lights_its_street_and_stands() -> Outcome {
    Visit::built()?.walk(async |page| {
        page.want_less_motion().await?;
        let city = City::open(page, "/?speed=0.1&seed=7", Hands::Mouse).await?;
        const PLACE: &str = "String(flight() ?? '')";
        city.command("SET user:123 Ada").await?;
        page.wait_until(
            "it is there, and its street is lit",
            &format!("{PLACE} && document.querySelector('.glow')"),
        )
        .await?;
        // The pointer over it tells when it is another one; whatever else is drawn around the city may come and go.
        let stands =
            "const canvas = document.querySelector('#fliers'), seen = new Set(), [clientX, clientY] = flight();
            const over = { clientX, clientY, bubbles: true, pointerType: 'mouse' };
            document.querySelector('#city .plan').dispatchEvent(new PointerEvent('pointermove', over));
            await new Promise(done => requestAnimationFrame(done));
            const id = canvas.dataset.flight;
            for (let nth = 0; id && nth < 20; nth += 1) {
                const [[x, y], box] = [flight() ?? [], canvas.getBoundingClientRect()];
                if (canvas.dataset.flight === id) seen.add(`${box.width}: ${x - box.left} ${y - box.top}`);
                await new Promise(done => requestAnimationFrame(done));
            }
            return [...seen];";
        let seen = page.run(&format!("return (async () => {{ {stands} }})()")).await?;
        // The city may still find its width: in each there is one place.
        let places: Vec<&str> = seen.as_array().into_iter().flatten().filter_map(|place| place.as_str()).collect();
        let mut widths: Vec<&str> = places.iter().filter_map(|place| place.split(':').next()).collect();
        widths.dedup();
        assert!(!places.is_empty() && widths.len() == places.len(), "it does not move: {seen}");
        let half_way = page.value(PLACE).await?;
        city.use_it("[data-act=pause]").await?;
        page.wait_for("[data-act=play]").await?;
        page.wait_until("where it is", &format!("{PLACE} && {PLACE} !== {half_way}")).await
    })
}
