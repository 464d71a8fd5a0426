//! The world's one source of chance: seeded, and the same natively and in a browser.

use std::hash::{Hash, Hasher};

use rand_core::{Rng as _, SeedableRng};
use rand_pcg::Pcg32;

use super::id::NodeId;

/// A seeded generator with the few draws that the core needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rng(Pcg32);

impl Rng {
    /// A generator that depends on `seed` alone.
    pub fn new(seed: u64) -> Self {
        Self(Pcg32::seed_from_u64(seed))
    }

    /// A number in `0..bound`; 0 for a bound of 0. The bias is below 2⁻³² × bound.
    pub fn below(&mut self, bound: u32) -> u32 {
        self.draw(bound)
    }

    /// The same, for where a hundred are drawn in a row: the page is compiled for size, and would call it for each.
    #[inline(always)]
    pub fn draw(&mut self, bound: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// A node's name.
    pub fn node_id(&mut self) -> NodeId {
        NodeId(self.0.next_u64())
    }

    /// Twenty random bytes: a replication id.
    pub fn id(&mut self) -> [u8; 20] {
        let mut bytes = [0; 20];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}

impl Hash for Rng {
    /// The generator hides its state; its next number stands for it.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.clone().next_u64());
    }
}
