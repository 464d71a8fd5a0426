//! What the command line asks for.

use cluster_city::cluster::time::MS;
use cluster_city::cluster::world::Plan;

/// How it is called.
pub(crate) const HELP: &str = "\
cargo run --release --example serve -- [OPTIONS]

  --port N              the first node's port; each further node has the next (7001)
  --masters N           masters, first in the order of ports (3)
  --replicas N          replicas of each master (1)
  --blank N             empty nodes that know nobody, last; with neither --masters nor --replicas only these
  --racks N             racks that the nodes are shared out to, named A, B, … (3)
  --node-timeout-ms N   cluster-node-timeout (15000)
  --speed N             virtual seconds in a second of the wall clock (1)
  --seed N              where chance begins (1)

Then, a line each on standard input: kill 7003, start 7003, freeze 7003, thaw 7003, cut 7001,7002 | 7003, heal,
power off A, power on A, quit.";

/// The most that one-way latency between nodes is: as good as none, and yet cause comes before effect.
const STREET: u64 = 10;

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) port: u16,
    masters: Option<u16>,
    replicas: Option<u16>,
    blank: u16,
    racks: u16,
    node_timeout_ms: u64,
    pub(crate) speed: u32,
    pub(crate) seed: u64,
    pub(crate) help: bool,
}

impl Asked {
    /// Reads the arguments; `Err` says in a sentence what is wrong.
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut asked = Self {
            port: 7001,
            masters: None,
            replicas: None,
            blank: 0,
            racks: 3,
            node_timeout_ms: 15_000,
            speed: 1,
            seed: 1,
            help: false,
        };
        while let Some(word) = words.next() {
            let value = &mut words;
            match word.as_str() {
                "--port" => asked.port = number(&word, value, 1, 54_535)?,
                "--masters" => asked.masters = Some(number(&word, value, 0, 1_000)?),
                "--replicas" => asked.replicas = Some(number(&word, value, 0, 999)?),
                "--blank" => asked.blank = number(&word, value, 0, 1_000)?,
                "--racks" => asked.racks = number(&word, value, 1, 26)?,
                "--node-timeout-ms" => asked.node_timeout_ms = number(&word, value, 1, 3_600_000)?,
                "--speed" => asked.speed = number(&word, value, 1, 1_000)?,
                "--seed" => asked.seed = number(&word, value, 0, u64::MAX)?,
                "--help" | "-h" => asked.help = true,
                other => return Err(format!("{other} is not known.")),
            }
        }
        Ok(asked)
    }

    /// The city that it means.
    pub(crate) fn plan(&self) -> Plan {
        let only_blank = self.blank > 0 && self.masters.is_none() && self.replicas.is_none();
        Plan {
            masters: if only_blank { 0 } else { self.masters.unwrap_or(3) },
            replicas: self.replicas.unwrap_or(1),
            blank: self.blank,
            racks: self.racks,
            node_timeout: self.node_timeout_ms * MS,
            same_rack: STREET,
            other_rack: STREET,
            to_client: 0,
            loopback: Some(self.port),
            ..Plan::small()
        }
    }
}

/// The value of an option, within bounds.
fn number<T>(option: &str, words: &mut impl Iterator<Item = String>, from: T, to: T) -> Result<T, String>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    let text = words.next().ok_or_else(|| format!("{option} needs a number."))?;
    let number = text.parse().ok().filter(|number| *number >= from && *number <= to);
    number.ok_or_else(|| format!("{option} takes a number from {from} to {to}, not {text}."))
}
