//! A digest of state that is the same on every platform.
//!
//! `#[derive(Hash)]` writes the state; this hasher widens what depends on the machine (`usize`, enum
//! discriminants) so that 32-bit wasm and 64-bit native agree.

use std::hash::{Hash, Hasher};

/// FNV-1a over 64-bit words with a final mix.
#[derive(Debug)]
pub struct Digest(u64);

impl Digest {
    /// The digest of one value.
    pub fn of(value: &impl Hash) -> u64 {
        let mut digest = Self(0xcbf2_9ce4_8422_2325);
        value.hash(&mut digest);
        digest.finish()
    }

    fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
    }
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        let mut mixed = self.0;
        mixed ^= mixed >> 32;
        mixed = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ (mixed >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
        self.word(bytes.len() as u64);
    }

    fn write_u8(&mut self, n: u8) {
        self.word(n.into());
    }

    fn write_u16(&mut self, n: u16) {
        self.word(n.into());
    }

    fn write_u32(&mut self, n: u32) {
        self.word(n.into());
    }

    fn write_u64(&mut self, n: u64) {
        self.word(n);
    }

    fn write_usize(&mut self, n: usize) {
        self.word(n as u64);
    }

    fn write_isize(&mut self, n: isize) {
        self.word(n as i64 as u64);
    }
}

/// Something kept only to save work: equal values may or may not be cached, so a digest leaves it out.
#[derive(Clone, Debug)]
pub struct Cached<T>(pub Option<T>);

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Hash for Cached<T> {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}
