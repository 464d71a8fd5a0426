//! How large nodes are drawn: by how many there are, and by what the room allows.

use super::layout::Layout;

/// How large nodes are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// With all that can be told of them.
    Full,
    /// With a sign, their marks, and a word.
    Small,
    /// As tiles of a map.
    Tile,
}

/// The most nodes that are drawn in full.
pub const MOST_FULL: usize = 12;
/// The most that are drawn as small shops.
pub const MOST_SMALL: usize = 60;

impl Size {
    /// The size for so many nodes; `small` lays them out as small shops, to see whether they have room.
    pub(super) fn of(nodes: usize, small: impl FnOnce() -> Layout) -> Self {
        match nodes {
            0..=MOST_FULL => Self::Full,
            0..=MOST_SMALL if small().fits() => Self::Small,
            _ => Self::Tile,
        }
    }
}
