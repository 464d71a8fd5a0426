//! Running other programs: shown as they go, watched with a progress line, or read.

use std::collections::VecDeque;
use std::io::{self, BufReader, IsTerminal, Read, Write};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome};

/// How often a long step says that it is alive when nobody watches a terminal.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// How much of a failed program's output is repeated.
const LAST_LINES: usize = 40;

/// Runs `command` with this program's own input and output.
pub(crate) fn show(command: &mut Command, remedy: &str) -> Outcome {
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("`{}` ended with {status}", line(command)), remedy))
}

/// Runs `command` and returns what it printed, or why it could not.
pub(crate) fn read(command: &mut Command) -> Outcome<String> {
    let Output { status, stdout, stderr } =
        command.stdin(Stdio::null()).output().map_err(|error| not_started(command, &error))?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&stderr);
    Err(Failure::new(
        format!("`{}` ended with {status}: {}", line(command), said.trim()),
        "Run that command by itself to see more.",
    ))
}

/// Runs a long `command` with a progress line in place of its output, and repeats the end of the output if it fails.
pub(crate) fn watch(command: &mut Command, label: &str, remedy: &str) -> Outcome {
    // Cargo then reports how many crates are done even though no terminal is there.
    command
        .env("CARGO_TERM_PROGRESS_WHEN", "always")
        .env("CARGO_TERM_PROGRESS_WIDTH", "100")
        .env("CARGO_TERM_COLOR", "never");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| not_started(command, &error))?;
    let (sender, lines) = mpsc::channel();
    forward(child.stdout.take(), sender.clone());
    forward(child.stderr.take(), sender);

    let last = Progress::new(label).follow(&lines);
    let status = child.wait().map_err(|error| not_started(command, &error))?;
    if status.success() {
        return Ok(());
    }
    for line in last {
        eprintln!("    | {line}");
    }
    Err(Failure::new(format!("`{}` ended with {status}", line(command)), remedy))
}

/// The command as one would type it.
pub(crate) fn line(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    std::iter::once(name)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

fn not_started(command: &Command, error: &io::Error) -> Failure {
    Failure::new(
        format!("`{}` could not be started: {error}", line(command)),
        "Check that the program is installed and on PATH, then run the same command again.",
    )
}

/// Sends every line of `source`; a carriage return ends a line too, since progress bars use it.
fn forward(source: Option<impl Read + Send + 'static>, lines: Sender<String>) {
    let Some(source) = source else { return };
    thread::spawn(move || {
        let mut text = Vec::new();
        for byte in BufReader::new(source).bytes().map_while(Result::ok) {
            if byte != b'\n' && byte != b'\r' {
                text.push(byte);
                continue;
            }
            let line = String::from_utf8_lossy(&text).trim().to_owned();
            text.clear();
            if !line.is_empty() && lines.send(line).is_err() {
                return;
            }
        }
    });
}

/// The one line that says how far a long step is.
struct Progress<'a> {
    label: &'a str,
    since: Instant,
    said: Instant,
    in_place: bool,
}

impl<'a> Progress<'a> {
    fn new(label: &'a str) -> Self {
        let now = Instant::now();
        let in_place = io::stdout().is_terminal();
        Self { label, since: now, said: now, in_place }
    }

    /// Shows the lines as they come until there are no more; returns the last ones.
    fn follow(mut self, lines: &mpsc::Receiver<String>) -> VecDeque<String> {
        let every = if self.in_place { Duration::from_secs(1) } else { SIGN_OF_LIFE };
        let mut last = VecDeque::new();
        let mut newest = String::new();
        loop {
            match lines.recv_timeout(every.saturating_sub(self.said.elapsed())) {
                Ok(line) => {
                    // A progress bar is for now, not for the report of a failure.
                    if !line.contains("[=") && !line.contains("[>") && !line.contains("[ ") {
                        last.push_back(line.clone());
                    }
                    if last.len() > LAST_LINES {
                        last.pop_front();
                    }
                    newest = line;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.said.elapsed() >= every {
                self.say(&newest);
            }
        }
        if self.in_place {
            print!("\r\x1b[2K");
        }
        last
    }

    fn say(&mut self, newest: &str) {
        self.said = Instant::now();
        let seconds = self.since.elapsed().as_secs();
        let short: String = newest.chars().take(90).collect();
        if self.in_place {
            print!("\r\x1b[2K    {} {seconds} s  {short}", self.label);
        } else {
            println!("    {} {seconds} s  {short}", self.label);
        }
        // A progress line that cannot be written is no reason to stop.
        let _ = io::stdout().flush();
    }
}
