//! Rules that the proof breaks on purpose, to see that its checkers notice.
//!
//! Without the feature `proof` nothing can be broken: [`Broken`] holds nothing then, and always says no.

use std::hash::{Hash, Hasher};

/// A rule to break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A master votes once in an epoch.
    OneVoteAnEpoch,
    /// A candidate needs a majority of all masters with slots.
    MajorityWins,
    /// A winner takes the epoch of its election for its config epoch.
    WinnerTakesEpoch,
    /// The newest config epoch owns a slot.
    NewestEpochOwns,
    /// A replica whose copy is too old does not stand for election.
    DataAge,
    /// A replica waits a second for every sibling that has more.
    RankByOffset,
    /// A replica carries out every command of the stream.
    EveryCommand,
    /// A full copy replaces whatever was there.
    CopyReplaces,
    /// MIGRATE deletes what it moved.
    MigrateDeletes,
    /// MIGRATE deletes only what the target took.
    MigrateWaits,
    /// WAIT counts only replicas that confirmed.
    WaitCounts,
    /// A transaction reaches replicas whole.
    WholeTransactions,
    /// A paused master lets no writes in.
    PauseWrites,
    /// In a pause nothing expires, and nothing else enters the stream.
    PauseStream,
    /// A master that hears no majority refuses.
    MinorityRefuses,
    /// Who takes over without a vote takes an epoch that is newer than all it knows.
    TakeoverTakesEpoch,
    /// What a master writes goes to its replicas at once.
    StreamsAtOnce,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::OneVoteAnEpoch,
        Self::MajorityWins,
        Self::WinnerTakesEpoch,
        Self::NewestEpochOwns,
        Self::DataAge,
        Self::RankByOffset,
        Self::EveryCommand,
        Self::CopyReplaces,
        Self::MigrateDeletes,
        Self::MigrateWaits,
        Self::WaitCounts,
        Self::WholeTransactions,
        Self::PauseWrites,
        Self::PauseStream,
        Self::MinorityRefuses,
        Self::TakeoverTakesEpoch,
        Self::StreamsAtOnce,
    ];
}

/// The rule that a node breaks, if any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Broken(#[cfg(feature = "proof")] pub Option<Rule>);

impl Broken {
    /// Whether this rule is broken.
    #[cfg(feature = "proof")]
    pub fn is(self, rule: Rule) -> bool {
        self.0 == Some(rule)
    }

    /// No rule is ever broken.
    #[cfg(not(feature = "proof"))]
    pub const fn is(self, _rule: Rule) -> bool {
        false
    }
}

impl Hash for Broken {
    /// Digests are the same with and without the feature.
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}
