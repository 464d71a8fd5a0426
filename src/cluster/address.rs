//! Which machine has which `ip:port`: the city's name service.

use super::id::{HostId, RackId};

/// An IPv4 address and a TCP port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The four bytes of the address.
    pub ip: [u8; 4],
    /// The client port; the bus listens 10,000 above.
    pub port: u16,
}

impl Address {
    /// `10.0.3.1`.
    pub fn ip_text(&self) -> String {
        let [a, b, c, d] = self.ip;
        format!("{a}.{b}.{c}.{d}")
    }

    /// The bus port.
    pub fn bus_port(&self) -> u32 {
        u32::from(self.port) + 10_000
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.ip_text(), self.port)
    }
}

/// All machines' addresses. Machines are only ever added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AddressBook {
    addresses: Vec<Address>,
    /// Where every machine is reached on 127.0.0.1: the port of the first.
    loopback: Option<u16>,
}

impl AddressBook {
    /// An empty book; with `loopback` all machines will be at 127.0.0.1, the first at that port and each at the next.
    pub fn new(loopback: Option<u16>) -> Self {
        Self { addresses: Vec::new(), loopback }
    }

    /// Adds the next machine, as the next free address of its rack: `10.0.RACK.N:6379`. The 251st and later machines
    /// of a rack share the addresses of the first, each round on the next port.
    pub fn add(&mut self, rack: RackId) -> HostId {
        const ROUND: u16 = 250;
        if let Some(first) = self.loopback {
            let port = first.saturating_add(self.addresses.len() as u16);
            self.addresses.push(Address { ip: [127, 0, 0, 1], port });
            return HostId(self.addresses.len() as u16 - 1);
        }
        let [high, low] = (rack.0 + 1).to_be_bytes();
        let in_rack = self.addresses.iter().filter(|address| address.ip[1..3] == [high, low]).count() as u16;
        let ip = [10, high, low, (in_rack % ROUND) as u8 + 1];
        self.addresses.push(Address { ip, port: 6379 + in_rack / ROUND });
        HostId(self.addresses.len() as u16 - 1)
    }

    /// The address of a machine.
    pub fn address(&self, host: HostId) -> Address {
        self.addresses[usize::from(host.0)]
    }

    /// The machine at `10.0.3.1:6379`, if there is one.
    pub fn resolve(&self, text: &str) -> Option<HostId> {
        let (ip, port) = text.rsplit_once(':')?;
        let port = port.parse().ok()?;
        let ip: std::net::Ipv4Addr = ip.parse().ok()?;
        let wanted = Address { ip: ip.octets(), port };
        self.addresses.iter().position(|&address| address == wanted).map(|index| HostId(index as u16))
    }
}
