//! Names of things: machines, racks, clients, nodes, commands.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A machine of the city and so an address on its network: stands for one `ip:port`.
///
/// A node that is killed and restarted keeps its host. The number is the order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HostId(pub u16);

/// A rack (or availability zone): machines that lose power together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RackId(pub u16);

/// A client of the cluster; client 0 is the learner's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClientId(pub u16);

/// One command line given to a client; counts up from 1 within a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CommandId(pub u64);

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Place {
    /// A cluster node's machine.
    Node(HostId),
    /// A client.
    Client(ClientId),
    /// Whoever does what `redis-cli --cluster` does.
    Operator,
    /// Beyond the city's door: clients that the world does not simulate.
    Outside,
}

/// A cluster node's identity, written as 40 lowercase hexadecimal digits.
///
/// Survives restarts, changes with `CLUSTER RESET HARD`. Source: Redis 7.0, `cluster.c`, `createClusterNode`.
///
/// Redis draws all 160 bits; here 64 are drawn and are the first sixteen digits, and the rest is computed from them.
/// Gossip in a city of a thousand nodes names a hundred thousand nodes a second: eight bytes compare faster than twenty,
/// and their order is that of the digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u64);

impl NodeId {
    /// Reads 40 lowercase or uppercase hexadecimal digits; `None` for what cannot be a node's id.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let first = std::str::from_utf8(text.get(..16)?).ok()?;
        let id = Self(u64::from_str_radix(first, 16).ok()?);
        id.to_string().as_bytes().eq_ignore_ascii_case(text).then_some(id)
    }

    /// The digits that are computed: one step of SplitMix64 and half of another.
    fn rest(self) -> (u64, u32) {
        let step = |times: u64| {
            let mut mixed = self.0.wrapping_add(times.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        };
        (step(1), (step(2) >> 32) as u32)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (middle, last) = self.rest();
        write!(f, "{:016x}{middle:016x}{last:08x}", self.0)
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}…", self.0 >> 32)
    }
}
