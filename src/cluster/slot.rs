//! Hash slots: from a key to its slot, and sets of slots.
//!
//! Source: Redis 7.0, `cluster.c`, `keyHashSlot`; `crc16.c`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How many hash slots a cluster has.
pub const SLOTS: u16 = 16_384;

/// A hash slot, 0 to 16383.
pub type Slot = u16;

/// The part of a key that is hashed: the hash tag if there is one, else the whole key.
///
/// The tag is what stands between the first `{` and the first `}` after it, if that is at least one byte.
pub fn hashed_part(key: &[u8]) -> &[u8] {
    let Some(open) = key.iter().position(|&byte| byte == b'{') else {
        return key;
    };
    let tail = &key[open + 1..];
    match tail.iter().position(|&byte| byte == b'}') {
        Some(length) if length > 0 => &tail[..length],
        _ => key,
    }
}

/// The CRC16/XMODEM of the hashed part of a key, before the modulo.
pub fn key_crc(key: &[u8]) -> u16 {
    let (pairs, last) = hashed_part(key).as_chunks::<2>();
    // Each step waits for the one before it: two bytes at once take half of them.
    let crc = pairs.iter().fold(0_u16, |crc, pair| {
        let [high, low] = crc.to_be_bytes();
        CRC[1][usize::from(high ^ pair[0])] ^ CRC[0][usize::from(low ^ pair[1])]
    });
    last.iter().fold(crc, |crc, byte| (crc << 8) ^ CRC[0][usize::from((crc >> 8) as u8 ^ byte)])
}

/// CRC16/XMODEM of every byte, and of every byte with a zero after it. Source: Redis 7.0, `crc16.c`.
static CRC: [[u16; 256]; 2] = {
    let (mut tables, mut byte) = ([[0; 256]; 2], 0);
    while byte < 256 {
        let (mut crc, mut bit) = ((byte as u16) << 8, 0);
        while bit < 16 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
            bit += 1;
            if bit == 8 {
                tables[0][byte] = crc;
            }
        }
        tables[1][byte] = crc;
        byte += 1;
    }
    tables
};

/// The slot of a key: `CRC16(hashed part) mod 16384`.
pub fn key_slot(key: &[u8]) -> Slot {
    key_crc(key) % SLOTS
}

/// A set of slots, one bit each: what a bus header carries.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SlotSet {
    words: [u64; 256],
}

impl SlotSet {
    /// The empty set.
    pub const EMPTY: Self = Self { words: [0; 256] };

    /// Whether `slot` is in the set.
    pub fn contains(&self, slot: Slot) -> bool {
        self.words[usize::from(slot >> 6)] & (1 << (slot & 63)) != 0
    }

    /// Adds `slot`; says whether it was new.
    pub fn insert(&mut self, slot: Slot) -> bool {
        let was = self.contains(slot);
        self.words[usize::from(slot >> 6)] |= 1 << (slot & 63);
        !was
    }

    /// Removes `slot`; says whether it was there.
    pub fn remove(&mut self, slot: Slot) -> bool {
        let was = self.contains(slot);
        self.words[usize::from(slot >> 6)] &= !(1 << (slot & 63));
        was
    }

    /// The set's bits: slot 0 is the lowest one of the first word.
    pub fn words(&self) -> &[u64; 256] {
        &self.words
    }

    /// How many slots are in the set.
    pub fn len(&self) -> u16 {
        self.words.iter().map(|word| word.count_ones() as u16).sum()
    }

    /// Whether no slot is in the set.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// The slots in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = Slot> + '_ {
        // Most sets have few words that are not empty; the others are passed over before anything is made of them.
        self.words.iter().enumerate().filter(|(_, word)| **word != 0).flat_map(|(index, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as u16;
                rest &= rest - 1;
                Some(index as u16 * 64 + bit)
            })
        })
    }

    /// The set as ascending inclusive ranges.
    pub fn ranges(&self) -> Vec<SlotRange> {
        let mut ranges: Vec<SlotRange> = Vec::new();
        for slot in self.iter() {
            match ranges.last_mut() {
                Some(last) if last.end + 1 == slot => last.end = slot,
                _ => ranges.push(SlotRange { start: slot, end: slot }),
            }
        }
        ranges
    }
}

impl FromIterator<Slot> for SlotSet {
    fn from_iter<I: IntoIterator<Item = Slot>>(slots: I) -> Self {
        let mut set = Self::EMPTY;
        for slot in slots {
            set.insert(slot);
        }
        set
    }
}

impl fmt::Debug for SlotSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ranges().iter().map(SlotRange::to_string)).finish()
    }
}

/// An inclusive range of slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SlotRange {
    /// First slot.
    pub start: Slot,
    /// Last slot, not less than `start`.
    pub end: Slot,
}

impl SlotRange {
    /// How many slots the range spans.
    pub fn len(&self) -> u16 {
        self.end - self.start + 1
    }

    /// Never true: a range holds at least one slot.
    pub fn is_empty(&self) -> bool {
        false
    }
}

impl fmt::Display for SlotRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.start == self.end { write!(f, "{}", self.start) } else { write!(f, "{}-{}", self.start, self.end) }
    }
}
