//! The command line as people use it: completed, explained, pasted into, listening.

use crate::harness::{City, Hands, Outcome, Page, Visit};

const TAB: char = '\u{e004}';
const SHIFT: char = '\u{e008}';

#[test]
fn tab_completes_commands_and_keys_and_lets_go() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.command_until("SET user:123 Ada", "OK").await?;
        city.command_until("SET user:7 Bob", "OK").await?;
        typed(page, "GET us").await?;
        for line in ["GET user:123", "GET user:7", "GET us"] {
            page.press(&TAB.to_string()).await?;
            line_is(page, line).await?;
        }
        // Once around, the key goes on: nobody is caught in the line.
        page.press(&TAB.to_string()).await?;
        page.wait_until("the button has the keyboard", "document.activeElement.classList.contains('send')")
            .await?;
        line_is(page, "GET us").await?;
        page.type_into("#command", &format!("{SHIFT}{TAB}")).await?;
        line_is(page, "GET user:7").await?;
        typed(page, "clu").await?;
        page.press(&TAB.to_string()).await?;
        line_is(page, "cluster").await?;
        // Where there is nothing to complete the key goes on, as everywhere.
        typed(page, "nonsense").await?;
        page.press(&TAB.to_string()).await?;
        page.wait_until("the button has the keyboard", "document.activeElement.classList.contains('send')").await
    })
}

#[test]
fn help_and_a_hint_say_what_a_command_takes() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.command_until("HELP zadd", "summary: Add one or more members to a sorted set").await?;
        city.command_until("gte user:1", "Did you mean GET?").await?;
        typed(page, "EXPIRE session:9").await?;
        let hint = "document.querySelector('.may-follow').innerText.includes('seconds [NX|XX|GT|LT]')";
        page.wait_until("what may follow stands behind the draft", hint).await?;
        let seen = "(() => { const hint = document.querySelector('.may-follow').getBoundingClientRect(); \
            const line = document.querySelector('#command').getBoundingClientRect(); \
            return hint.height > 12 && hint.top >= line.top && hint.bottom <= line.bottom; })()";
        page.wait_until("and can be seen", seen).await?;
        typed(page, "CLUSTER SE").await?;
        let ways = "document.querySelector('.may-follow').innerText.includes('SET-CONFIG-EPOCH|SETSLOT')";
        page.wait_until("the subcommands that begin so are named", ways).await?;
        typed(page, "SET user:123 ").await?;
        let whole = "document.querySelector('#command').title.includes('KEEPTTL') \
            && getComputedStyle(document.querySelector('.may-follow')).textOverflow === 'ellipsis'";
        page.wait_until("what is cut off ends with dots, and can be read all the same", whole).await
    })
}

#[test]
fn several_lines_can_be_pasted_at_once() -> Outcome {
    Visit::built()?.walk(async |page| {
        City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        page.run(
            "const data = new DataTransfer(); data.setData('text', 'SET p 1\\nHSET h f v\\r\\nINCR p\\nGET p'); \
             document.querySelector('#command').dispatchEvent(new ClipboardEvent('paste', \
               { clipboardData: data, bubbles: true, cancelable: true }));",
        )
        .await?;
        line_is(page, "GET p").await?;
        let lines = "[...document.querySelectorAll('#terminal .typed')].map(one => one.innerText).join('|')";
        page.wait_until(
            "the whole lines were carried out in their order",
            &format!("{lines} === 'city> SET p 1|city> HSET h f v|city> INCR p'"),
        )
        .await?;
        terminal_says(page, "(integer) 2").await
    })
}

#[test]
fn who_subscribes_hears_and_can_still_ask() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.command_until("SUBSCRIBE news", "\"subscribe\"").await?;
        city.command("PUBLISH news hello").await?;
        terminal_says(page, "\"hello\"").await?;
        page.choose("#target", &city.master(3).await?).await?;
        city.command("MONITOR").await?;
        page.choose("#target", "").await?;
        city.command_until("SET user:123 Ada", "\"SET\" \"user:123\" \"Ada\"").await?;
        // Both listen until somebody stops them.
        let left = "document.querySelectorAll('#terminal .entry button').length";
        page.wait_until("both can be stopped", &format!("{left} === 2")).await?;
        page.run("document.querySelector('#terminal .entry button').click()").await?;
        page.wait_until("one listens no more", &format!("{left} === 1")).await
    })
}

/// Puts a draft into the empty command line.
async fn typed(page: &Page<'_>, draft: &str) -> Outcome {
    page.run("const line = document.querySelector('#command'); line.focus(); line.select();").await?;
    page.press(draft).await
}

async fn line_is(page: &Page<'_>, line: &str) -> Outcome {
    let line = serde_json::json!(line);
    page.wait_until(
        &format!("the line is {line}"),
        &format!("document.querySelector('#command').value === {line}"),
    )
    .await
}

async fn terminal_says(page: &Page<'_>, text: &str) -> Outcome {
    let text = serde_json::json!(text);
    let says = format!("document.querySelector('#terminal').innerText.includes({text})");
    page.wait_until(&format!("the terminal says {text}"), &says).await
}
