//! The lines on standard input: what people do to nodes, roads and racks.

use cluster_city::cluster::id::{HostId, Place, RackId};
use cluster_city::cluster::time::{MS, Micros};
use cluster_city::cluster::world::Refused;

use super::city::City;

/// What a line orders.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    Kill(HostId),
    Start(HostId),
    Freeze(HostId),
    Thaw(HostId),
    Slow(HostId, Micros),
    Cut(Vec<Place>, Vec<Place>),
    Heal,
    Power(RackId, bool),
    Quit,
}

/// What to say to a line that is none.
const WANTED: &str = "Say kill PORT, start PORT, freeze PORT, thaw PORT, slow PORT MS, cut PORT,PORT | PORT, heal, power off RACK, \
                      power on RACK, or quit.";

impl Order {
    /// Reads a line; `None` if there is nothing on it, `Err` is a sentence for whoever typed it.
    pub(crate) fn read(line: &str, city: &City) -> Result<Option<Self>, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        Ok(Some(match words[..] {
            [] => return Ok(None),
            ["kill", port] => Self::Kill(host(port, city)?),
            ["start", port] => Self::Start(host(port, city)?),
            ["freeze", port] => Self::Freeze(host(port, city)?),
            ["thaw", port] => Self::Thaw(host(port, city)?),
            ["slow", port, ms] => {
                let ms: Micros = ms.parse().map_err(|_| format!("{ms} is no number of milliseconds."))?;
                Self::Slow(host(port, city)?, ms.saturating_mul(MS))
            }
            ["heal"] => Self::Heal,
            ["power", "off", name] => Self::Power(rack(name)?, false),
            ["power", "on", name] => Self::Power(rack(name)?, true),
            ["quit"] => Self::Quit,
            ["cut", ..] => {
                let sides = line.trim_start().strip_prefix("cut").and_then(|rest| rest.split_once('|'));
                let (one, other) = sides.ok_or("Name both sides: cut 7001,7002 | 7003.")?;
                Self::Cut(places(one, city)?, places(other, city)?)
            }
            _ => return Err(WANTED.to_owned()),
        }))
    }

    /// Does it; `Err` says in a sentence why it makes no sense.
    pub(crate) fn carry_out(self, city: &City) -> Result<(), String> {
        let done = city.act(|world| match self {
            Self::Kill(host) => world.kill(host),
            Self::Start(host) => world.restart(host),
            Self::Freeze(host) => world.freeze(host),
            Self::Thaw(host) => world.thaw(host),
            Self::Slow(host, by) => world.slow_machine(host, by),
            Self::Cut(one, other) => world.cut(&one, &other, true),
            Self::Heal => world.heal(),
            Self::Power(rack, true) => world.power_on(rack),
            Self::Power(rack, false) => world.power_off(rack),
            Self::Quit => Err(Refused(WANTED.to_owned())),
        });
        done.map(drop).map_err(|Refused(why)| why)
    }
}

/// The node at a port.
fn host(port: &str, city: &City) -> Result<HostId, String> {
    if port.is_empty() {
        return Err("A node's port is missing.".to_owned());
    }
    let count = city.look(|world| world.hosts().count());
    let index = port.parse::<u16>().ok().and_then(|port| port.checked_sub(city.first_port));
    let index = index.filter(|&index| usize::from(index) < count);
    let last = usize::from(city.first_port) + count - 1;
    index.map(HostId).ok_or_else(|| format!("{port} is no node's port: they are {} to {last}.", city.first_port))
}

fn places(side: &str, city: &City) -> Result<Vec<Place>, String> {
    side.split(',').map(|port| Ok(Place::Node(host(port.trim(), city)?))).collect()
}

/// Racks are called A, B, and so on.
fn rack(name: &str) -> Result<RackId, String> {
    match name.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => Ok(RackId(u16::from(letter.to_ascii_uppercase() - b'A'))),
        _ => Err(format!("{name} is no rack: they are called A, B, and so on.")),
    }
}
