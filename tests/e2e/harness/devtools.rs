//! What WebDriver has no word for: Chromium's own commands (size, theme, scripts before the page) and its console.

use fantoccini::Client;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

use super::failure::Outcome;

/// The theme that the browser says its user prefers.
#[derive(Clone, Copy)]
pub(crate) enum Theme {
    /// Dark ink on a light ground.
    Light,
    /// Light ink on a dark ground.
    Dark,
}

impl Theme {
    /// The word that CSS and file names use.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Draws the page as if on a screen of this size.
pub(super) async fn set_size(client: &Client, width: u32, height: u32) -> Outcome {
    let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    command(client, "Emulation.setDeviceMetricsOverride", size).await
}

/// Has the page see this as its user's preferred theme.
pub(super) async fn set_theme(client: &Client, theme: Theme) -> Outcome {
    set_feature(client, "prefers-color-scheme", theme.word()).await
}

/// Has the page see one thing that its user prefers, and nothing else.
pub(super) async fn set_feature(client: &Client, name: &str, value: &str) -> Outcome {
    let features = json!({ "features": [{ "name": name, "value": value }] });
    command(client, "Emulation.setEmulatedMedia", features).await
}

/// Runs a script in every page opened from now on, before the page's own.
pub(super) async fn run_first(client: &Client, script: &str) -> Outcome {
    command(client, "Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await
}

/// Errors and warnings on the console since it was last read.
pub(super) async fn complaints(client: &Client) -> Outcome<Vec<String>> {
    let post = Post { path: "se/log", body: json!({ "type": "browser" }) };
    let entries = client.issue_cmd(post).await?;
    let complains = |entry: &&Value| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING"));
    let text = |entry: &Value| format!("{} {}", entry["level"], entry["message"]);
    Ok(entries.as_array().into_iter().flatten().filter(complains).map(text).collect())
}

/// Has the page think that its processor is so many times slower.
pub(super) async fn throttle(client: &Client, rate: f64) -> Outcome {
    command(client, "Emulation.setCPUThrottlingRate", json!({ "rate": rate })).await
}

/// The JavaScript heap in use, in bytes, once all that nobody holds is gone.
pub(super) async fn heap(client: &Client) -> Outcome<f64> {
    command(client, "HeapProfiler.collectGarbage", json!({})).await?;
    let usage = ask(client, "Runtime.getHeapUsage", json!({})).await?;
    Ok(usage["usedSize"].as_f64().unwrap_or(0.0))
}

async fn command(client: &Client, name: &str, parameters: Value) -> Outcome {
    ask(client, name, parameters).await.map(drop)
}

async fn ask(client: &Client, name: &str, parameters: Value) -> Outcome<Value> {
    let body = json!({ "cmd": name, "params": parameters });
    let answer: Result<Value, CmdError> = client.issue_cmd(Post { path: "goog/cdp/execute", body }).await;
    Ok(answer?)
}

/// A request that chromedriver knows beyond the standard.
#[derive(Debug)]
struct Post {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Post {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
