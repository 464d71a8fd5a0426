//! What a visitor is told when the page cannot run.

use crate::harness::{Outcome, Page, Site, Visit};

#[test]
fn without_webassembly_the_page_says_so() -> Outcome {
    Visit::built()?.with_a_noisy_console().walk(async |page| {
        page.run_first("delete window.WebAssembly;").await?;
        page.open("/").await?;
        loading_says(page, "WebAssembly").await
    })
}

#[test]
fn a_failed_download_is_told_in_a_sentence() -> Outcome {
    Visit::to(Site::built_without(".wasm")?).with_a_noisy_console().walk(async |page| {
        page.open("/").await?;
        loading_says(page, "load").await
    })
}

#[test]
fn a_program_that_broke_is_told_in_a_sentence() -> Outcome {
    Visit::built()?.with_a_noisy_console().walk(async |page| {
        page.open("/").await?;
        page.wait_until("the city stands", "!!document.querySelector('.shop')").await?;
        page.run(
            "dispatchEvent(new ErrorEvent('error', { error: new WebAssembly.RuntimeError('unreachable') }));",
        )
        .await?;
        page.wait_until("#broken says so", "/stands still/.test(document.querySelector('#broken')?.innerText)")
            .await
    })
}

/// `#loading` is seen and has a whole sentence with this word in it.
async fn loading_says(page: &Page<'_>, word: &str) -> Outcome {
    let text = "(document.querySelector('#loading')?.innerText ?? '').trim()";
    page.wait_until(
        &format!("#loading shows a sentence with `{word}` in it"),
        &format!(
            "{text}.length > 20 && /[.!?]$/.test({text}) && {text}.toLowerCase().includes('{}')",
            word.to_lowercase()
        ),
    )
    .await
}
