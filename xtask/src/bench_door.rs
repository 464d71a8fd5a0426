//! `cargo xtask bench --door`: the door beside a real redis-server, one node each, asked by redis-benchmark in turns.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::environment::Environment;
use crate::failure::{Failure, Outcome};
use crate::{process, table};

/// The door's port; its neighbour's is the next, with its bus above.
const PORT: u16 = 17_501;
/// Requests of a round.
const REQUESTS: u32 = 400_000;
/// How often each is asked; the median counts.
const ROUNDS: usize = 5;
/// How long a server may take to come up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that ends with its owner.
struct Server(Child);

impl Server {
    /// How long it has had a processor, as Linux tells in hundredths of a second: other work on the machine does not count.
    fn used(&self) -> Duration {
        let told = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap_or_default();
        // The name in brackets may have blanks in it; user and system time are the 12th and 13th words after it.
        let after = told.rsplit(") ").next().unwrap_or_default();
        let ticks: u64 = after.split(' ').skip(11).take(2).filter_map(|word| word.parse::<u64>().ok()).sum();
        Duration::from_millis(ticks * 10)
    }
}

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
    let (ours, theirs) = (door(env)?, redis(env)?);
    let servers = [(&ours, PORT), (&theirs, PORT + 1)];
    let mut rows = vec![["", "the door", "redis-server", "ratio"].map(str::to_owned).to_vec()];
    for kind in ["set", "get"] {
        let (mut rates, mut costs): ([Vec<f64>; 2], [Vec<f64>; 2]) = Default::default();
        for _ in 0..ROUNDS {
            for (at, (server, port)) in servers.into_iter().enumerate() {
                let before = server.used();
                rates[at].push(measure(env, port, kind)?);
                costs[at].push((server.used() - before).as_secs_f64() * 1e6 / f64::from(REQUESTS));
            }
        }
        let ([ours, theirs], name) = (rates.map(median), kind.to_uppercase());
        let ratio = format!("{:.2}", ours / theirs);
        rows.push(vec![format!("{name}, requests a second"), format!("{ours:.0}"), format!("{theirs:.0}"), ratio]);
        let [ours, theirs] = costs.map(median);
        let ratio = format!("{:.2}", theirs / ours);
        let cells = [format!("{ours:.2}"), format!("{theirs:.2}"), ratio];
        rows.push([vec![format!("{name}, microseconds of processor time each")], cells.to_vec()].concat());
    }
    println!(
        "Median of {ROUNDS} rounds in turns: redis-benchmark -n {REQUESTS} -P 16 -t set, and the same with get"
    );
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

/// Requests of this kind a second.
fn measure(env: &Environment, port: u16, kind: &str) -> Outcome<f64> {
    let (port, requests) = (port.to_string(), REQUESTS.to_string());
    let mut command = env.command("redis-benchmark");
    command.args(["-p", &port, "-n", &requests, "-P", "16", "-t", kind, "--csv"]);
    let said = process::read(&mut command)?;
    let rate = |line: &str| line.split(',').nth(1)?.trim_matches('"').parse().ok();
    said.lines().find_map(rate).ok_or_else(|| {
        Failure::new(format!("redis-benchmark said something else: {said}"), "Version 7.0 is wanted.")
    })
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(0.0)
}
