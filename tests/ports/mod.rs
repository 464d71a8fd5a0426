//! Free ports on the loopback, for servers that tests start: each is given to one test of all that run on this machine.
//!
//! Whether a port is free can only be seen by taking it, for a moment in which a server that somebody else has just
//! started there finds it taken, and ends. So tests claim a port before they look: by its namesake of UDP, which no server
//! here wants and which the kernel gives back when the test ends, however it ends.
#![allow(dead_code, reason = "each test program uses its part")]

use std::net::{TcpListener, UdpSocket};

/// Ports in a row that are this test's as long as it holds them.
#[derive(Debug)]
pub(crate) struct Claim {
    /// The first.
    pub(crate) port: u16,
    _held: Vec<UdpSocket>,
}

/// Claims so many ports in a row, whose bus ports (10,000 above) are claimed too if wanted.
pub(crate) fn claim(count: u16, with_bus: bool) -> Claim {
    // Below the ports that kernels give to clients, and so that the bus ports are too. Runs beside each other begin in
    // different places.
    const FIRST: u32 = 11_000;
    const SPAN: u32 = 10_000;
    let begin = std::process::id() * 97 % SPAN;
    for step in 0..SPAN {
        let port = (FIRST + (begin + step) % SPAN) as u16;
        let ports = port..port + count;
        let bus = ports.clone().filter(|_| with_bus).map(|port| port + 10_000);
        let held: Option<Vec<UdpSocket>> = ports.chain(bus).map(hold).collect();
        if let Some(held) = held {
            return Claim { port, _held: held };
        }
    }
    panic!("no {count} ports in a row are free on the loopback");
}

fn hold(port: u16) -> Option<UdpSocket> {
    let claim = UdpSocket::bind(("127.0.0.1", port)).ok()?;
    TcpListener::bind(("127.0.0.1", port)).is_ok().then_some(claim)
}
