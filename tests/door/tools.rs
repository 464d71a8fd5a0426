//! Programs that the tests run: with a time limit, and one sentence where one is missing.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::time::Instant;

use crate::process::{DEADLINE, PAUSE};

/// A program that runs; it ends with its owner.
pub(crate) struct Running {
    name: String,
    child: Child,
}

/// Starts a program whose output is read at its end.
pub(crate) fn start(program: &Path, arguments: &[&str]) -> Running {
    start_with(program, arguments, Stdio::null())
}

/// Runs a program that asks, with what is said to it; gives all it printed.
pub(crate) fn say(program: &str, arguments: &[&str], input: &str) -> String {
    let mut running = start_with(Path::new(program), arguments, Stdio::piped());
    let mut stdin = running.child.stdin.take().expect("its input is ours");
    stdin.write_all(input.as_bytes()).expect("it listens");
    drop(stdin);
    running.end().1
}

fn start_with(program: &Path, arguments: &[&str], input: Stdio) -> Running {
    let name = format!("{} {}", program.display(), arguments.join(" "));
    let child = Command::new(program)
        .args(arguments)
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("`{name}` cannot be started ({error}): {}", remedy(program)));
    Running { name, child }
}

/// Runs a program to its end; gives all it printed, errors last. It must succeed.
pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let (succeeded, said) = start(Path::new(program), arguments).end();
    assert!(succeeded, "`{program} {}` failed:\n{said}", arguments.join(" "));
    said
}

/// What `redis-cli --cluster check` says, which fails while nodes do not agree.
pub(crate) fn check(port: u16) -> String {
    let entry = format!("127.0.0.1:{port}");
    start(Path::new("redis-cli"), &["--cluster", "check", &entry]).end().1
}

/// `redis-cli -p PORT …`
pub(crate) fn cli(port: u16, words: &str) -> String {
    let port = port.to_string();
    let words: Vec<&str> = ["-p", &port].into_iter().chain(words.split(' ')).collect();
    run("redis-cli", &words).trim().to_owned()
}

impl Running {
    /// Waits for its end; whether it succeeded, and all it printed.
    pub(crate) fn end(mut self) -> (bool, String) {
        let output = self.child.stdout.take().map(read_all);
        let errors = self.child.stderr.take().map(read_all);
        let since = Instant::now();
        let status = loop {
            match self.child.try_wait().expect("it can be waited for") {
                Some(status) => break status,
                None => assert!(since.elapsed() < DEADLINE, "`{}` does not end", self.name),
            }
            std::thread::sleep(PAUSE);
        };
        let said = [output, errors].into_iter().flatten().map(|reader| reader.join().unwrap_or_default());
        (status.success(), said.collect())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It mostly has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_all(mut from: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is worth showing.
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn remedy(program: &Path) -> &'static str {
    match program.file_name().and_then(|name| name.to_str()) {
        Some("redis-cli" | "redis-benchmark") => "`apt-get install redis-tools` gets it.",
        Some("python3" | "python") => "`apt-get install python3-venv` gets it.",
        _ => "`apt-get install nodejs npm` gets it.",
    }
}

/// Python with redis-py.
pub(crate) fn python() -> PathBuf {
    static ONCE: Once = Once::new();
    let folder = clients().join("python");
    let python = folder.join("bin/python");
    ONCE.call_once(|| {
        if !succeeds(&python, &["-c", "import redis; assert redis.__version__ == '8.1.0'"]) {
            run("python3", &["-m", "venv", text(&folder)]);
            let pip = ["-m", "pip", "install", "--quiet", "redis==8.1.0"];
            let (succeeded, said) = start(&python, &pip).end();
            assert!(succeeded, "redis-py cannot be installed; with a network `pip install redis` can:\n{said}");
        }
    });
    python
}

/// The folder from which Node.js finds ioredis.
pub(crate) fn ioredis() -> PathBuf {
    static ONCE: Once = Once::new();
    let folder = clients().join("npm");
    ONCE.call_once(|| {
        if !folder.join("node_modules/ioredis/package.json").is_file() {
            std::fs::create_dir_all(&folder).expect("a folder in target/");
            let install = ["install", "--no-audit", "--no-fund", "--prefix", text(&folder), "ioredis@6.0.0"];
            let (succeeded, said) = start(Path::new("npm"), &install).end();
            assert!(succeeded, "ioredis cannot be installed; with a network `npm install ioredis` can:\n{said}");
        }
    });
    folder.join("node_modules/ioredis")
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients")
}

fn succeeds(program: &Path, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is text")
}
