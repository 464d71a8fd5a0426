//! `redis-cli --cluster create`, of six servers of Redis and of six blank nodes of ours: what it says and what clients then see.

use std::path::{Path, PathBuf};

use crate::ports;
use crate::process::{Door, until};
use crate::tools::{Running, check, cli, run, start};

const NODES: u16 = 6;

/// Six redis-server without a cluster, in a folder of their own.
struct Servers {
    claim: ports::Claim,
    _running: Vec<Running>,
    folder: PathBuf,
}

impl Servers {
    fn start() -> Self {
        let claim = ports::claim(NODES, true);
        let folder = std::env::temp_dir().join(format!("cluster-city-create-{}", claim.port));
        let one = |nth: u16| {
            let own = folder.join(nth.to_string());
            std::fs::create_dir_all(&own).expect("a folder in the temporary one");
            let port = (claim.port + nth).to_string();
            let own = own.to_str().expect("a path that is text");
            let words =
                ["--port", &port, "--bind", "127.0.0.1", "--dir", own, "--save", "", "--logfile", "/dev/null"];
            let cluster = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000"];
            start(Path::new("redis-server"), &[&words[..], &cluster[..]].concat())
        };
        let running = (0..NODES).map(one).collect();
        let port = claim.port;
        until("all accept", || {
            (0..NODES).all(|nth| std::net::TcpStream::connect(("127.0.0.1", port + nth)).is_ok())
        });
        Self { claim, _running: running, folder }
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Makes a cluster, and tells all that does not depend on names, on ports or on chance: which of three replicas follows which
/// master is drawn by redis-cli where all are at one address, so only that each master has one is told.
fn created(port: u16) -> String {
    let places: Vec<String> = (port..port + NODES).map(|port| format!("127.0.0.1:{port}")).collect();
    let mut words = vec!["--cluster", "create"];
    words.extend(places.iter().map(String::as_str));
    words.extend(["--cluster-replicas", "1", "--cluster-yes"]);
    let colours = ["\u{1b}[0m", "\u{1b}[29;1m", "\u{1b}[32;1m", "\u{1b}[33;1m"];
    let said = colours.iter().fold(run("redis-cli", &words), |said, colour| said.replace(colour, ""));
    let signs = ["Master[", "Adding replica", ">>> ", "[OK]", "[WARNING]", "M: ", "S: "];
    let plan = said.lines().filter(|line| signs.iter().any(|sign| line.contains(sign)));
    // Of a node's line only its sign is left, and of a pair that there is one.
    let mut told: Vec<String> = plan
        .map(|line| match line {
            _ if line.contains("Adding replica") => "a pair".to_owned(),
            _ if line.starts_with("M: ") || line.starts_with("S: ") => line[..2].to_owned(),
            _ => places
                .iter()
                .enumerate()
                .fold(line.to_owned(), |line, (nth, place)| line.replace(place, &format!("#{nth}"))),
        })
        .collect();
    // It lists them in the order of a hash table.
    told.sort_unstable();
    until("all nodes agree", || {
        let said = check(port);
        said.contains("[OK] All nodes agree")
            && (port..port + NODES).all(|port| cli(port, "cluster info").contains("cluster_state:ok"))
            && (port..port + NODES).all(|port| !cli(port, "cluster nodes").contains("handshake"))
            && (port..port + NODES).all(|port| cli(port, "cluster nodes").matches("slave ").count() == 3)
    });
    for (nth, port) in (port..).take(usize::from(NODES)).enumerate() {
        told.extend(view(nth, port, &places));
    }
    told.join("\n")
}

/// What a node tells of all, in the order of their ports.
fn view(nth: usize, port: u16, places: &[String]) -> Vec<String> {
    let info = cli(port, "cluster info");
    let kept = ["cluster_slots_", "cluster_known_nodes", "cluster_size", "cluster_current_epoch"];
    let mut told: Vec<String> = info
        .lines()
        .filter(|line| kept.iter().any(|name| line.starts_with(name)))
        .map(|line| format!("#{nth} {line}"))
        .collect();
    let table = cli(port, "cluster nodes");
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split(' ').collect()).collect();
    let epoch_of = |id: &str| rows.iter().find(|row| row[0] == id).map(|row| row[6]);
    let mut masters: Vec<&str> = Vec::new();
    let mut nodes: Vec<String> = rows
        .iter()
        .map(|row| {
            let place = row[1].split('@').next().expect("an address");
            let at = places.iter().position(|known| known == place).expect("one of the six");
            let role = row[2].trim_start_matches("myself,");
            let follows = row[3] != "-";
            masters.extend(follows.then_some(row[3]));
            let epoch = if follows {
                if epoch_of(row[3]) == Some(row[6]) { "its master's" } else { "another" }
            } else {
                row[6]
            };
            format!("#{nth} sees #{at} {role} epoch {epoch} {} {}", row[7], row[8..].join(" "))
        })
        .collect();
    nodes.sort_unstable();
    masters.sort_unstable();
    masters.dedup();
    told.extend(nodes);
    told.push(format!("#{nth} sees {} followed", masters.len()));
    told
}

#[test]
fn a_cluster_is_created_as_of_real_servers() {
    let door = Door::open("--blank 6 --node-timeout-ms 1000", NODES);
    let ours = created(door.port);
    let servers = Servers::start();
    let real = created(servers.claim.port);
    assert!(real.contains("#0 sees #0 master epoch 1 connected 0-5460"), "{real}");
    assert_eq!(ours, real, "ours, and real");
}
