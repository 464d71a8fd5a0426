//! What few ask for is fetched when somebody asks: commands beyond the first walk's, explanations, sheets.

use cluster_city::cluster::command::help;

use crate::harness::{City, Hands, Outcome, Page, Site, Visit};

const FETCHED: &str =
    "performance.getEntriesByType('resource').filter(one => one.name.includes('_second')).length";

#[test]
fn commands_come_when_one_is_asked_for() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        // The walk's own buttons, and a shop, need nothing more.
        city.use_it(".step-acts .primary").await?;
        page.wait_until("it is answered", "/OK/.test(document.querySelector('#terminal').innerText)").await?;
        city.select(&city.master(1).await?).await?;
        page.wait_until("nothing more was fetched for these", &format!("{FETCHED} === 0")).await?;

        // Whoever begins to type is soon told what may follow.
        page.type_into("#command", "H").await?;
        page.wait_until("the rest is fetched", &format!("{FETCHED} === 1")).await?;
        page.run("document.querySelector('#command').select();").await?;
        answered(page, "HSET user:1 name Ada born 1815", "(integer) 2").await?;
        answered(page, "HGETALL user:1", "4) \"1815\"").await?;
        answered(page, "ZADD board 1.5 ada 3 grace", "(integer) 2").await?;
        answered(page, "ZRANGE board 0 -1 REV WITHSCORES", "2) \"3\"").await?;
        answered(page, "LPUSH jobs one two", "(integer) 2").await?;
        answered(page, "LRANGE jobs 0 -1", "1) \"two\"").await?;
        answered(page, "SADD tags a b", "(integer) 2").await?;
        answered(page, "TYPE tags", "set").await?;
        answered(page, "CLUSTER HELP", "CLUSTER <subcommand>").await?;
        answered(page, "COMMAND GETKEYS MSET a 1 b 2", "2) \"b\"").await?;
        page.wait_until("and never again", &format!("{FETCHED} === 1")).await
    })
}

#[test]
fn lines_keep_their_order_while_one_waits() -> Outcome {
    Visit::built()?.walk(async |page| {
        City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        burst(page, &["ZADD z 1 a", "SET a first", "APPEND a second", "GET a"]).await?;
        let order = "(() => { const typed = [...document.querySelectorAll('#terminal .typed')]; \
            return typed.length === 4 && typed.map(one => one.innerText.split(' ')[1]).join() === \
            'ZADD,SET,APPEND,GET' && /firstsecond/.test(document.querySelector('#terminal').innerText); })()";
        page.wait_until("all four were carried out in their order", order).await
    })
}

#[test]
fn what_does_not_come_loses_nothing() -> Outcome {
    Visit::to(Site::built_without("_second.wasm")?).with_a_noisy_console().walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.command("ZADD z 1 a").await?;
        page.wait_until(
            "it is said",
            "/could not be fetched/.test(document.querySelector('.notices')?.innerText)",
        )
        .await?;
        page.wait_until("the line is there again", "document.querySelector('#command').value === 'ZADD z 1 a'")
            .await?;
        page.run("document.querySelector('#command').select();").await?;
        city.command_until("SET user:123 Ada", "OK").await
    })
}

/// Every function that the table of commands names is in one of the two parts, at its place.
#[test]
fn every_command_finds_its_function() -> Outcome {
    Visit::built()?.walk(async |page| {
        let city = City::open(page, "/?speed=10&seed=7", Hands::Mouse).await?;
        city.command_until("COMMAND COUNT", "(integer)").await?;
        // These would leave the terminal, the node or time in another state.
        let apart = ["shutdown", "monitor", "quit", "debug|sleep", "cluster|reset", "cluster|flushslots"];
        let lines: Vec<String> = help::all()
            .filter(|spec| !apart.contains(&spec.name) && !spec.name.contains("subscribe"))
            .map(|spec| {
                let words = (spec.arity.unsigned_abs() as usize).saturating_sub(spec.name.split('|').count());
                format!("{}{}", help::title(spec), " 1".repeat(words))
            })
            .collect();
        for lines in lines.chunks(20) {
            let lines: Vec<&str> = lines.iter().map(|line| &**line).collect();
            burst(page, &lines).await?;
            page.wait_until("the page goes on", "!document.querySelector('#broken')").await?;
        }
        page.choose("#target", "").await?;
        burst(page, &["DISCARD", "RESET"]).await?;
        city.command_until("SET at:the:end yes", "OK").await
    })
}

/// Types a line; the answer to it is this.
async fn answered(page: &Page<'_>, line: &str, answer: &str) -> Outcome {
    burst(page, &[line]).await?;
    let (line, answer) = (serde_json::json!(line), serde_json::json!(answer));
    let last = "[...document.querySelectorAll('#terminal .entry')].at(-1)?.innerText";
    page.wait_until(
        &format!("{line} is answered with {answer}"),
        &format!("{last}.includes({line}) && {last}.includes({answer})"),
    )
    .await
}

/// Types lines within one task: the page has no chance to draw, nor to fetch, between them.
async fn burst(page: &Page<'_>, lines: &[&str]) -> Outcome {
    let lines = serde_json::to_string(lines).expect("lines are text");
    page.run(&format!(
        "const line = document.querySelector('#command'); \
         for (const text of {lines}) {{ line.setRangeText(text, 0, line.value.length, 'end'); \
           line.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); line.form.requestSubmit(); }}"
    ))
    .await
    .map(drop)
}
