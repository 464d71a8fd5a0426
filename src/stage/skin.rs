//! The skin: what the same cluster is drawn as, and in whose words. It changes nothing else.

use crate::narrate::Voice;

/// What a node is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Skin {
    /// Shops with awnings.
    #[default]
    Shops,
    /// Branches of a library.
    Library,
    /// Machines in a rack.
    Servers,
}

impl Skin {
    /// All of them, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::Shops, Self::Library, Self::Servers];

    /// Its words.
    pub fn voice(self) -> Voice {
        match self {
            Self::Shops => Voice::Story,
            Self::Library => Voice::Library,
            Self::Servers => Voice::Redis,
        }
    }

    /// As written on the switch; in lower case also in storage and in the address.
    pub fn name(self) -> &'static str {
        ["Shops", "Library", "Servers"][self as usize]
    }

    /// Reads what [`name`](Self::name) writes, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|skin| skin.name().eq_ignore_ascii_case(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_skin_reads_what_it_writes() {
        for skin in Skin::ALL {
            assert_eq!(Skin::parse(&skin.name().to_lowercase()), Some(skin));
        }
        assert_eq!(Skin::parse("castle"), None);
    }
}
