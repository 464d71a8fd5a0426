//! What an operator can be asked for, and the steps it takes.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::plan::Move;
use crate::cluster::id::{HostId, NodeId};
use crate::cluster::reply::Blob;
use crate::cluster::slot::Slot;

/// What `redis-cli --cluster` can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Task {
    /// `reshard`: up to `slots` slots go from one master to another.
    Reshard {
        /// Who has them.
        from: HostId,
        /// Who gets them.
        to: HostId,
        /// How many.
        slots: u16,
    },
    /// `rebalance --cluster-use-empty-masters`: all masters get the same number of slots, by the fewest moves.
    Rebalance,
    /// `add-node`: a blank node joins, as a master without slots, or as a replica of `replica_of`.
    Join {
        /// The blank node.
        host: HostId,
        /// Its master to be.
        replica_of: Option<HostId>,
    },
    /// `del-node`: a node's slots go to the others, everybody forgets it, and it is reset.
    Leave {
        /// The node.
        host: HostId,
    },
    /// `fix`: slots that were left half moved are moved to where they were going.
    Fix,
    /// One slot goes to another master, as by `reshard`.
    Slot {
        /// The slot.
        slot: Slot,
        /// Who gets it.
        to: HostId,
    },
}

/// One thing to do; each waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// Ask this node who is there, and make a plan of the answer.
    Survey(HostId),
    /// Say this; anything but an error is good.
    Say(HostId, Rc<[Blob]>),
    /// Say this; whatever comes is good.
    Mention(HostId, Rc<[Blob]>),
    /// Ask again and again until the node knows that one.
    Knows(HostId, NodeId),
    /// Ask a newcomer for its id, and wait until the masters know it.
    Name(HostId),
    /// Ask again and again until the node answers keys.
    Ready(HostId),
    /// Move keys until none is left.
    Keys { source: HostId, target: HostId, one: Move },
    /// A slot has arrived.
    Count,
}

/// A command's words.
pub(super) fn words(text: &[&str]) -> Rc<[Blob]> {
    text.iter().map(|word| word.as_bytes().into()).collect()
}
