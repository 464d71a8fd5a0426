//! The words of the page: shops, the command line, acts. Only this file knows how the page marks them.
//!
//! | what | mark |
//! |---|---|
//! | a shop | `data-node`, `data-role` (master, replica), `data-shard`, `data-state` (ok, pfail, fail, paused, down) |
//! | the pin of the last key | `data-slot` |
//! | command line, its output, the log | `#command`, `#terminal`, `#log` |
//! | something that acts | `data-act` (kill, freeze, thaw, restart, play, pause, step), with `data-node` if it is about one |
//! | a field of the selected shop | `data-field` |

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::failure::{Failure, Outcome};
use super::page::{ENTER, Page};

/// How long one try of a command may take to be answered before it is typed again.
const ONE_TRY: Duration = Duration::from_secs(3);
/// How long tries go on.
const TRIES: Duration = Duration::from_secs(30);

/// The nodes in each rack.
const RACKS: &str = "[...document.querySelectorAll('.racks > li')].map(rack => \
    [...rack.querySelectorAll('[data-node]')].map(shop => shop.dataset.node))";

/// Whether a walk uses the mouse or only the keyboard.
#[derive(Clone, Copy)]
pub(crate) enum Hands {
    /// Clicks, and types where it clicked.
    Mouse,
    /// Tab and Enter.
    Keyboard,
}

/// The city on an open page.
pub(crate) struct City<'a> {
    page: &'a Page<'a>,
    hands: Hands,
}

impl<'a> City<'a> {
    /// Opens a path and waits until the shops stand.
    pub(crate) async fn open(page: &'a Page<'a>, path: &str, hands: Hands) -> Outcome<Self> {
        page.open(path).await?;
        page.wait_for("[data-node][data-role]").await?;
        page.wait_for("#command").await?;
        page.run(include_str!("watch.js")).await?;
        Ok(Self { page, hands })
    }

    /// The node that is the master of a shard now.
    pub(crate) async fn master(&self, shard: u32) -> Outcome<String> {
        let css = format!(r#"[data-node][data-role="master"][data-shard="{shard}"]"#);
        self.page.wait_for(&css).await?;
        let node = self.page.value(&format!("document.querySelector({}).dataset.node", json!(css))).await?;
        match node {
            Value::String(node) => Ok(node),
            other => Err(Failure::new(format!("the master of shard {shard} has no name but {other}"))),
        }
    }

    /// Selects a shop, so that the inspector shows it.
    pub(crate) async fn select(&self, node: &str) -> Outcome {
        let acts = json!(format!(r#"[data-act][data-node="{node}"]"#));
        if self.page.value(&format!("document.querySelector({acts}) !== null")).await? == Value::Bool(true) {
            return Ok(());
        }
        self.use_it(&format!(r#"[data-node="{node}"][data-role]"#)).await?;
        self.page
            .wait_until(&format!("the inspector shows node {node}"), &format!("document.querySelector({acts})"))
            .await
    }

    /// Opens a sheet by the button that has its name in `data-act`.
    pub(crate) async fn sheet(&self, act: &str, title: &str) -> Outcome {
        self.use_it(&format!(".tool[data-act={act}]")).await?;
        self.page
            .wait_until(
                &format!("the sheet `{title}` is open"),
                &format!("document.querySelector('#inspector-title')?.innerText === {}", json!(title)),
            )
            .await
    }

    /// The racks from left to right, each with the nodes that stand in it.
    pub(crate) async fn racks(&self) -> Outcome<Vec<Vec<String>>> {
        let racks = self.page.value(RACKS).await?;
        let texts = |rack: &Value| {
            let nodes = rack.as_array().into_iter().flatten();
            nodes.filter_map(|node| node.as_str().map(str::to_owned)).collect()
        };
        Ok(racks.as_array().into_iter().flatten().map(texts).collect())
    }

    /// Waits until a node stands in this rack, counted from the left.
    pub(crate) async fn wait_for_rack(&self, node: &str, rack: usize) -> Outcome {
        let stands = format!("{RACKS}[{rack}].includes({})", json!(node));
        self.page.wait_until(&format!("node {node} stands in rack {rack}"), &stands).await
    }

    /// Does an act to a node.
    pub(crate) async fn act(&self, act: &str, node: &str) -> Outcome {
        self.select(node).await?;
        self.use_it(&format!(r#"[data-act="{act}"][data-node="{node}"]"#)).await
    }

    /// Types a command and sends it.
    pub(crate) async fn command(&self, line: &str) -> Outcome {
        match self.hands {
            Hands::Mouse => self.page.type_into("#command", &format!("{line}{ENTER}")).await,
            Hands::Keyboard => {
                self.page.tab_to("#command").await?;
                self.page.press(&format!("{line}{ENTER}")).await
            }
        }
    }

    /// Types a command, again if need be, until the terminal shows the answer: a client of a cluster in the middle of a
    /// failover may be told to come back.
    pub(crate) async fn command_until(&self, line: &str, answer: &str) -> Outcome {
        let start = Instant::now();
        let shows = format!("document.querySelector('#terminal').innerText.includes({})", json!(answer));
        while start.elapsed() < TRIES {
            self.command(line).await?;
            if self.page.comes_true(&shows, ONE_TRY).await? {
                return Ok(());
            }
        }
        let terminal = self.page.text("#terminal").await?;
        Err(Failure::new(format!("`{line}` was not answered with {answer}; the terminal says:\n{terminal}")))
    }

    /// How many keys the selected shop holds, as the inspector says.
    pub(crate) async fn keys(&self) -> Outcome<i64> {
        self.page.wait_for(r#"[data-field="keys"]"#).await?;
        let text = self.page.text(r#"[data-field="keys"]"#).await?;
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.parse().map_err(|_| Failure::new(format!("the inspector's number of keys is no number: `{text}`")))
    }

    /// Waits until the inspector's number of keys is this.
    pub(crate) async fn wait_for_keys(&self, keys: i64) -> Outcome {
        let field = "document.querySelector('[data-field=\"keys\"]')?.innerText.replace(/\\D/g, '')";
        self.page
            .wait_until(&format!("the selected shop holds {keys} keys"), &format!("{field} === '{keys}'"))
            .await
    }

    /// Waits until a shop has shown these states, one after the other.
    pub(crate) async fn wait_for_states(&self, node: &str, states: &[&str]) -> Outcome {
        let what = format!("node {node} was seen as {}", states.join(", then "));
        let showed = format!("window.shopShowed({}, {})", json!(node), json!(states));
        let outcome = self.page.wait_until(&what, &showed).await;
        let Err(failure) = outcome else { return Ok(()) };
        let history =
            self.page.value("window.shopHistory.map(e => [e.node, e.shard, e.role, e.state].join(' '))").await?;
        Err(failure.and(&format!("node, shard, role and state seen: {history}")))
    }

    /// Waits until a node other than `old` is the master of the shard; returns it.
    pub(crate) async fn wait_for_new_master(&self, shard: u32, old: &str) -> Outcome<String> {
        let css = new_master(shard, old);
        self.page.wait_for(&css).await?;
        let node = self.page.value(&format!("document.querySelector({}).dataset.node", json!(css))).await?;
        Ok(node.as_str().unwrap_or_default().to_owned())
    }

    /// Clicks a thing, or goes there by Tab and presses Enter.
    pub(crate) async fn use_it(&self, css: &str) -> Outcome {
        match self.hands {
            Hands::Mouse => self.page.click(css).await,
            Hands::Keyboard => {
                self.page.tab_to(css).await?;
                self.page.press(&ENTER.to_string()).await
            }
        }
    }
}

/// What matches the master of a shard once it is another than `old`.
pub(crate) fn new_master(shard: u32, old: &str) -> String {
    format!(r#"[data-role="master"][data-shard="{shard}"][data-node]:not([data-node="{old}"])"#)
}
