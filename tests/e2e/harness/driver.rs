//! chromedriver on a free loopback port, and Chromium's options. Both end with the `Driver`, also when a test panics.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

use serde_json::{Map, Value, json};

use super::failure::{Failure, Outcome};

const DRIVER: &[&str] = &["chromedriver"];
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// How long a browser may take to go away before it is ended by force.
const FAREWELL: Duration = Duration::from_secs(10);
/// How often a chromedriver that ends before it named its port is started anew. It takes any free port of IPv4 and then
/// wants the same of IPv6, and ends where another process was quicker; a driver that cannot run at all fails each time.
const STARTS: usize = 5;

/// A running chromedriver with a profile folder that nobody used before.
pub(crate) struct Driver {
    child: Child,
    port: u16,
    browser: PathBuf,
    profile: PathBuf,
}

impl Driver {
    /// Starts chromedriver and waits until it says which port it took.
    pub(crate) fn start() -> Outcome<Self> {
        let program = find(DRIVER, "chromedriver")?;
        let browser = find(BROWSERS, "Chromium")?;
        let mut last_words = String::new();
        for _ in 0..STARTS {
            match Self::launch(&program, &browser)? {
                Ok(driver) => return Ok(driver),
                Err(said) => last_words = said,
            }
        }
        Err(Failure::new(format!(
            "chromedriver ended {STARTS} times before it named its port. It said: {last_words}"
        )))
    }

    /// One process, once it names its port, or what it said before it ended without.
    fn launch(program: &Path, browser: &Path) -> Outcome<Result<Self, String>> {
        let mut child = Command::new(program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| Failure::new(format!("chromedriver could not be started: {error}")))?;
        let stdout = child.stdout.take().ok_or_else(|| Failure::new("chromedriver has no output"))?;
        let mut this = Self { child, port: 0, browser: browser.to_owned(), profile: new_profile() };
        let mut lines = BufReader::new(stdout).lines();
        let mut said = String::new();
        for line in lines.by_ref().map_while(Result::ok) {
            if let Some(port) = port_in(&line) {
                this.port = port;
                // A pipe that nobody reads fills up and stops the writer.
                thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
                return Ok(Ok(this));
            }
            said.push_str(&line);
            said.push('\n');
        }
        Ok(Err(said))
    }

    /// Where WebDriver's commands go.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A headless Chromium that talks to nobody but the page, and whose console can be read.
    pub(crate) fn capabilities(&self) -> Map<String, Value> {
        let profile = format!("--user-data-dir={}", self.profile.display());
        let capabilities = json!({
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": {
                "binary": self.browser,
                "args": [
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--disable-dev-shm-usage",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--window-size=1440,900",
                    profile,
                ],
            },
        });
        match capabilities {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }

    /// Asks chromedriver to close its browsers and end.
    fn say_goodbye(&self) {
        let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) else {
            return;
        };
        let _ = stream.set_read_timeout(Some(FAREWELL));
        let host = format!("127.0.0.1:{}", self.port);
        if write!(stream, "GET /shutdown HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").is_ok() {
            let _ = stream.read(&mut [0; 64]);
        }
    }

    fn is_gone(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if self.port != 0 {
            self.say_goodbye();
        }
        let asked = Instant::now();
        while self.port != 0 && !self.is_gone() && asked.elapsed() < FAREWELL {
            thread::sleep(Duration::from_millis(10));
        }
        // Only by its own process number, and only what this test started.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}

/// chromedriver says `… started successfully on port 12345.`
fn port_in(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("successfully on port ")?;
    port.trim_end_matches('.').parse().ok()
}

/// A profile folder's name that no other test of this or an earlier run has.
fn new_profile() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("browser-{}-{number}", process::id());
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn find(names: &[&str], what: &str) -> Outcome<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|file| file.is_file())
        .ok_or_else(|| Failure::new(format!("{what} is not on PATH: `cargo xtask test` installs it or says how.")))
}
