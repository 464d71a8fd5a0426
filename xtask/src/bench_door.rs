//! `cargo xtask bench --door`: the door beside a real redis-server, one node each, asked by redis-benchmark in turns.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::environment::Environment;
use crate::failure::{Failure, Outcome};
use crate::{process, table};

/// The door's port; its neighbour's is the next, with its bus above.
const PORT: u16 = 17_501;
/// How often each is asked; the median counts.
const ROUNDS: usize = 5;
/// How long a server may take to come up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that ends with its owner.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Measures both and prints the ratio.
pub(crate) fn run(env: &Environment) -> Outcome {
    let mut build = env.command("cargo");
    build.args(["build", "--release", "--no-default-features", "--example", "serve"]);
    process::show(&mut build, "See cargo's own lines above.")?;
    let _ours = door(env)?;
    let _theirs = redis(env)?;
    let mut rates: [[Vec<f64>; 2]; 2] = Default::default();
    for _ in 0..ROUNDS {
        for (server, port) in [PORT, PORT + 1].into_iter().enumerate() {
            for (kind, rate) in measure(env, port)?.into_iter().enumerate() {
                rates[kind][server].push(rate);
            }
        }
    }
    let mut rows = vec![["", "the door", "redis-server", "ratio"].map(str::to_owned).to_vec()];
    for (name, [ours, theirs]) in ["SET", "GET"].into_iter().zip(&mut rates) {
        let (ours, theirs) = (median(ours), median(theirs));
        let ratio = format!("{:.2}", ours / theirs);
        rows.push(vec![name.to_owned(), format!("{ours:.0}"), format!("{theirs:.0}"), ratio]);
    }
    println!("Requests a second, median of {ROUNDS} rounds in turns: redis-benchmark -n 400000 -P 16 -t set,get");
    table::print(&rows);
    Ok(())
}

fn door(env: &Environment) -> Outcome<Server> {
    let program = env.root.join("target/release/examples/serve");
    let mut command = env.command(program);
    command.args(["--masters", "1", "--replicas", "0", "--port", &PORT.to_string()]);
    let mut server = start(command.stdin(Stdio::piped()).stdout(Stdio::piped()))?;
    let mut line = String::new();
    if let Some(output) = server.0.stdout.take() {
        // What cannot be read is not `ready`.
        let _ = BufReader::new(output).read_line(&mut line);
    }
    match line.trim() {
        "ready" => Ok(server),
        said => Err(Failure::new(format!("the door does not open: {said}"), "Is something else on its port?")),
    }
}

fn redis(env: &Environment) -> Outcome<Server> {
    let port = (PORT + 1).to_string();
    let folder = std::env::temp_dir().join(format!("cluster-city-bench-{}", std::process::id()));
    let remedy = "Make the temporary folder writable.";
    std::fs::create_dir_all(&folder).map_err(|error| Failure::new(error.to_string(), remedy))?;
    let mut command = env.command("redis-server");
    command.args(["--bind", "127.0.0.1", "--save", "", "--cluster-enabled", "yes", "--port", &port, "--dir"]);
    let server = start(command.arg(&folder).stdout(Stdio::null()))?;
    let since = Instant::now();
    let ask = |words: &[&str]| process::read(env.command("redis-cli").args(["-p", &port]).args(words));
    loop {
        // Again until it listens; after that it is refused, for the slots are taken.
        let _ = ask(&["cluster", "addslotsrange", "0", "16383"]);
        if ask(&["cluster", "info"]).is_ok_and(|said| said.contains("cluster_state:ok")) {
            break;
        }
        if since.elapsed() > PATIENCE {
            return Err(Failure::new("redis-server does not come up", "Is something else on its port?"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    // Only its nodes.conf lies there, and it is read once.
    let _ = std::fs::remove_dir_all(&folder);
    Ok(server)
}

fn start(command: &mut Command) -> Outcome<Server> {
    command.spawn().map(Server).map_err(|error| {
        Failure::new(
            format!("`{}` cannot be started: {error}", process::line(command)),
            "`cargo xtask setup` gets it.",
        )
    })
}

/// Requests a second of SET and of GET.
fn measure(env: &Environment, port: u16) -> Outcome<Vec<f64>> {
    let mut command = env.command("redis-benchmark");
    command.args(["-p", &port.to_string(), "-n", "400000", "-P", "16", "-t", "set,get", "--csv"]);
    let said = process::read(&mut command)?;
    let rate = |line: &str| line.split(',').nth(1)?.trim_matches('"').parse().ok();
    let rates: Vec<f64> = said.lines().filter_map(rate).collect();
    if rates.len() == 2 {
        return Ok(rates);
    }
    Err(Failure::new(format!("redis-benchmark said something else: {said}"), "Version 7.0 is wanted."))
}

fn median(rates: &mut [f64]) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(0.0)
}
