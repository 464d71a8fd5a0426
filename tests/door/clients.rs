//! redis-py, ioredis and the `redis` crate under load, while a master dies and while slots move.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use crate::process::{DEADLINE, Door, until};
use crate::rust_client;
use crate::tools::{check, cli, ioredis, python, run, text};

/// A client that writes round after round; it ends with its owner.
pub(crate) struct Load {
    child: Child,
    orders: ChildStdin,
    lines: Receiver<String>,
}

impl Load {
    pub(crate) fn redis_py(port: u16) -> Self {
        Self::start(&python(), &[text(&script("load.py")), &port.to_string()])
    }

    pub(crate) fn ioredis(port: u16) -> Self {
        Self::start(Path::new("node"), &[text(&script("load.js")), text(&ioredis()), &port.to_string()])
    }

    fn start(program: &Path, arguments: &[&str]) -> Self {
        Self::run(Command::new(program).args(arguments))
    }

    /// The `redis` crate, in this very program.
    pub(crate) fn rust(port: u16) -> Self {
        let program = std::env::current_exe().expect("this program has a path");
        let arguments = ["--exact", "rust_client::load_here", "--ignored", "--nocapture"];
        let load = Self::run(Command::new(program).args(arguments).env(rust_client::PORT, port.to_string()));
        // What the test harness says of itself comes first.
        while load.line() != "begun" {}
        load
    }

    fn run(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
        let orders = child.stdin.take().expect("its input is ours");
        let output = child.stdout.take().expect("its output is ours");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).all(|line| sender.send(line).is_ok())
        });
        Self { child, orders, lines }
    }

    fn line(&self) -> String {
        loop {
            let line = self.lines.recv_timeout(DEADLINE).expect("the client goes on");
            // The harness of the Rust client says when it takes long.
            if !line.starts_with("test ") {
                return line;
            }
        }
    }

    /// Waits until so many rounds more are written that began after now.
    pub(crate) fn rounds(&self, count: usize) {
        // Those that are over already say nothing; of the next one part may be.
        while self.lines.try_recv().is_ok() {}
        for _ in 0..=count {
            let line = self.line();
            assert!(line.starts_with("round "), "{line}");
        }
    }

    /// Stops it; how many keys do not hold what was acknowledged last.
    pub(crate) fn wrong(mut self) -> u32 {
        writeln!(self.orders, "stop").expect("the client listens");
        loop {
            if let Some(count) = self.line().strip_prefix("checked ") {
                return count.parse().expect("a number");
            }
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        // It mostly has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn script(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/door").join(name)
}

/// A master dies, its replica takes over, and the client writes everywhere again.
fn survives_a_dead_master(load: fn(u16) -> Load) {
    let mut door = Door::small();
    let load = load(door.port);
    load.rounds(1);
    door.order(&format!("kill {}", door.nth(1)));
    load.rounds(2);
    assert!(cli(door.nth(4), "role").starts_with("master"));
    door.order(&format!("start {}", door.nth(1)));
    until("the old master follows", || cli(door.nth(1), "role").starts_with("slave"));
    load.rounds(1);
    // Replication is asynchronous, but here it is far faster than a person who kills.
    assert_eq!(load.wrong(), 0);
}

/// Slots move away and back under the client's writes, and no key is lost.
fn loses_no_key_while_slots_move(load: fn(u16) -> Load) {
    let door = Door::small();
    let load = load(door.port);
    load.rounds(1);
    let ids: Vec<String> = (0..3).map(|nth| cli(door.nth(nth), "cluster myid")).collect();
    let entry = format!("127.0.0.1:{}", door.port);
    for (from, to) in [(0, 1), (2, 0), (1, 2)] {
        let words = ["--cluster", "reshard", &entry, "--cluster-from", &ids[from], "--cluster-to", &ids[to]];
        let said = run("redis-cli", &[&words[..], &["--cluster-slots", "3000", "--cluster-yes"]].concat());
        assert!(!said.contains("ERR"), "{said}");
        until("all nodes agree", || check(door.port).contains("[OK] All nodes agree"));
    }
    load.rounds(1);
    let shared: u32 = (0..3).map(|nth| cli(door.nth(nth), "dbsize").parse::<u32>().expect("a number")).sum();
    assert_eq!(shared, 200);
    assert_eq!(load.wrong(), 0);
}

#[test]
fn redis_py_survives_a_dead_master() {
    survives_a_dead_master(Load::redis_py);
}

#[test]
fn ioredis_survives_a_dead_master() {
    survives_a_dead_master(Load::ioredis);
}

#[test]
fn redis_py_loses_no_key_while_slots_move() {
    loses_no_key_while_slots_move(Load::redis_py);
}

#[test]
fn ioredis_loses_no_key_while_slots_move() {
    loses_no_key_while_slots_move(Load::ioredis);
}

#[test]
fn the_redis_crate_survives_a_dead_master() {
    survives_a_dead_master(Load::rust);
}

#[test]
fn the_redis_crate_loses_no_key_while_slots_move() {
    loses_no_key_while_slots_move(Load::rust);
}
