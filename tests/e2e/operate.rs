//! Operating the city beyond the first walk: one chosen node, freeze and thaw, power, history, standing time.

use serde_json::{Value, json};

use crate::harness::{City, DOWN, ENTER, Hands, Outcome, Page, UP, Visit};

#[test]
fn one_chosen_node_answers_for_itself() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.command_until("SET user:123 Ada", "OK").await?;

        page.choose("#target", &city.master(1).await?).await?;
        city.command("GET user:123").await?;
        terminal_says(page, "10.0.1.1:6379> GET user:123").await?;
        terminal_says(page, "(error) MOVED 12893 10.0.3.1:6379").await?;

        page.choose("#target", &backup(page, 3).await?).await?;
        city.command("GET user:123").await?;
        page.wait_until("the backup sends the reader on, too", &count_of("MOVED 12893", 2)).await?;
        city.command("READONLY").await?;
        page.wait_until("the connection may read copies", &count_of("\nOK", 2)).await?;
        city.command("GET user:123").await?;
        terminal_says(page, "\"Ada\"").await
    })
}

#[test]
fn tables_are_printed_line_by_line() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.command("CLUSTER INFO").await?;
        terminal_says(page, "\ncluster_state:ok\n").await?;
        city.command("CLUSTER NODES").await?;
        let rows = r"document.querySelector('#terminal').innerText.match(/^[0-9a-f]{40} /gm)?.length === 6";
        page.wait_until("the table has a row for each of six nodes", rows).await
    })
}

#[test]
fn lines_typed_faster_than_the_page_draws_stay_apart() -> Outcome {
    Visit::built()?.walk(async |page| {
        City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        // One task: the page has no chance to draw between the lines.
        let burst = "const line = document.querySelector('#command'); \
            const type = text => { line.setRangeText(text, line.value.length, line.value.length, 'end'); \
              line.dispatchEvent(new InputEvent('input', { bubbles: true })); }; \
            for (const text of ['SET a 1', 'INCR a', 'INCR a']) { type(text); line.form.requestSubmit(); } \
            type('GET a');";
        page.run(burst).await?;
        terminal_says(page, "(integer) 3").await?;
        page.wait_until("the next line is kept", "document.querySelector('#command').value === 'GET a'").await
    })
}

#[test]
fn a_frozen_shop_is_shown_and_thaws() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=1&seed=7", Hands::Keyboard).await?;
        let shop = city.master(2).await?;
        city.act("freeze", &shop).await?;
        city.wait_for_states(&shop, &["ok", "paused"]).await?;
        city.act("thaw", &shop).await?;
        city.wait_for_states(&shop, &["ok", "paused", "ok"]).await
    })
}

#[test]
fn a_racks_power_goes_and_comes() -> Outcome {
    Visit::built()?.walk(async |page| {
        City::open(page, "/?speed=60&seed=7", Hands::Mouse).await?;
        let inside = "[...document.querySelector('[role=switch]').closest('li').querySelectorAll('[data-node]')]";
        page.click("[role=switch][aria-checked=true]").await?;
        page.wait_until(
            "two shops are dark",
            &format!("{inside}.length === 2 && {inside}.every(shop => shop.dataset.state !== 'ok')"),
        )
        .await?;
        page.click("[role=switch][aria-checked=false]").await?;
        page.wait_until("all six shops are well", "document.querySelectorAll('[data-state=ok]').length === 6")
            .await
    })
}

#[test]
fn the_keys_up_and_down_go_through_history() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.command_until("SET a 1", "OK").await?;
        city.command_until("GET a", "\"1\"").await?;
        for (key, line) in [(UP, "GET a"), (UP, "SET a 1"), (UP, "SET a 1"), (DOWN, "GET a"), (DOWN, "")] {
            page.press(&key.to_string()).await?;
            let shows = format!("document.querySelector('#command').value === {}", json!(line));
            page.wait_until(&format!("the command line shows `{line}`"), &shows).await?;
        }
        page.press(&format!("{UP}{UP}{ENTER}")).await?;
        page.wait_until("the old line was run again", &count_of("> SET a 1", 2)).await
    })
}

#[test]
fn while_time_stands_still_a_command_waits_and_nothing_runs() -> Outcome {
    Visit::built()?.walk(async |page| {
        let counter = "window.frames_run = 0; const next = requestAnimationFrame.bind(window); \
            window.requestAnimationFrame = run => next(clock => { window.frames_run += 1; run(clock); });";
        page.run_first(counter).await?;
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        page.wait_until("frames run while time runs", "window.frames_run > 10").await?;
        page.click("[data-act=pause]").await?;
        page.wait_for("[data-act=play]").await?;

        city.command("SET slow 1").await?;
        terminal_says(page, "the command waits until you press play").await?;
        let moment = "document.querySelector('[data-time-ms]').dataset.timeMs + ' ' + window.frames_run";
        let before = page.value(moment).await?;
        page.run("return new Promise(done => setTimeout(done, 500))").await?;
        assert_eq!(page.value(moment).await?, before, "time or frames went on while time stood still");
        assert_eq!(page.value(&count_of("\nOK", 1)).await?, Value::Bool(false), "nobody can have answered");

        page.click("[data-act=play]").await?;
        page.wait_until("the command is answered", &count_of("\nOK", 1)).await
    })
}

#[test]
fn messages_travel_unless_less_motion_is_wanted() -> Outcome {
    Visit::built()?.walk(async |page| {
        assert_eq!(seen_moving(page).await?, json!([true, false]), "messages travel, no street shines");
        page.want_less_motion().await?;
        assert_eq!(seen_moving(page).await?, json!([false, true]), "no message travels, streets shine");
        Ok(())
    })
}

/// Whether a message was seen travelling, and whether a street was seen shining, while a key was written.
async fn seen_moving(page: &Page<'_>) -> Outcome<Value> {
    let city = City::open(page, "/?speed=1&seed=7", Hands::Mouse).await?;
    let watch = "window.seen = [false, false]; new MutationObserver(() => { \
        window.seen[0] ||= document.querySelector('.trail') !== null; \
        window.seen[1] ||= document.querySelector('.glow') !== null; \
        }).observe(document.body, { childList: true, subtree: true });";
    page.run(watch).await?;
    city.command_until("SET user:123 Ada", "OK").await?;
    page.value("window.seen").await
}

/// The node of a shard's replica.
async fn backup(page: &Page<'_>, shard: u32) -> Outcome<String> {
    let css = format!(r#"[data-node][data-role="replica"][data-shard="{shard}"]"#);
    let node = page.value(&format!("document.querySelector({}).dataset.node", json!(css))).await?;
    Ok(node.as_str().unwrap_or_default().to_owned())
}

async fn terminal_says(page: &Page<'_>, text: &str) -> Outcome {
    page.wait_until(&format!("the terminal says `{}`", text.trim()), &count_of(text, 1)).await
}

/// The expression that the terminal shows a text so many times, at least.
fn count_of(text: &str, times: usize) -> String {
    format!("document.querySelector('#terminal').innerText.split({}).length > {times}", json!(text))
}

#[test]
fn a_shop_that_is_asked_for_twice_at_once_comes_once() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.sheet("city", "Build and break").await?;
        page.run(
            "const more = document.querySelector('#inspector [data-act=add-shop]'); more.click(); more.click();",
        )
        .await?;
        page.wait_until(
            "the second is refused",
            "/operator is at work/.test(document.querySelector('.notices')?.innerText)",
        )
        .await?;
        page.wait_until("the operator is done", "!document.querySelector('[data-act=stop-operator]')").await?;
        assert_eq!(page.value("document.querySelectorAll('.shop').length").await?, json!(7));
        Ok(())
    })
}
