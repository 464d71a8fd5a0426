//! What a person, a lesson or a test may do to a world.

use std::fmt;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::cluster::id::{ClientId, CommandId, HostId, Place, RackId};
use crate::cluster::network::{Streets, Weather};
use crate::cluster::operator::Task;
use crate::cluster::time::Micros;

/// One act. Its order among the others and the moment it is done at are kept by the session.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Action {
    /// Gives a command line to a client: to the smart client's own choice of node, or to `target` as a plain client.
    Command {
        /// Which client types.
        client: ClientId,
        /// A chosen node, or `None` to let the client route.
        target: Option<HostId>,
        /// The line as typed, with redis-cli's quoting.
        line: Rc<str>,
    },
    /// Stops waiting for the answer to a command, as Ctrl+C does in redis-cli: its connection is closed.
    Interrupt {
        /// Which client waits.
        client: ClientId,
        /// For what.
        command: CommandId,
    },
    /// Ends a node's process at once ("set on fire"): its connections break, what it held in memory is gone.
    Kill(HostId),
    /// Starts a killed process again: it knows the cluster from its nodes.conf, and holds no keys.
    Restart(HostId),
    /// Stops a process in its tracks: connections stay, nothing answers.
    Freeze(HostId),
    /// Lets a frozen process go on.
    Thaw(HostId),
    /// Cuts a rack's power: every machine in it is gone without a goodbye.
    PowerOff(RackId),
    /// Gives a rack its power back: its machines start again.
    PowerOn(RackId),
    /// Cuts the roads between two sides.
    Cut {
        /// One side.
        one: Vec<Place>,
        /// The other.
        other: Vec<Place>,
        /// Or only from the one to the other.
        both_ways: bool,
    },
    /// Opens the roads between two sides.
    Mend {
        /// One side.
        one: Vec<Place>,
        /// The other.
        other: Vec<Place>,
    },
    /// Opens every road, ends every slowness (of machines too) and the bad weather.
    Heal,
    /// Makes messages between two sides slower; by nothing ends that.
    Slow {
        /// One side.
        one: Vec<Place>,
        /// The other.
        other: Vec<Place>,
        /// Microseconds added to every message.
        by: Micros,
    },
    /// Puts a machine into a rack, with a node on it that knows nobody.
    AddMachine(RackId),
    /// Carries a machine to another rack; it goes on running.
    MoveMachine {
        /// The machine.
        host: HostId,
        /// Where to.
        rack: RackId,
    },
    /// Tells the operator to do what `redis-cli --cluster` does: it takes its time, and may be stopped by anything.
    Operate(Task),
    /// Stops the operator in the middle of whatever it does.
    StopOperator,
    /// Loses one message that is on its way; its connection breaks with it.
    LoseMessage(u64),
    /// Holds one message up that is on its way.
    DelayMessage {
        /// Its number, as in a snapshot's flights.
        message: u64,
        /// For so long.
        by: Micros,
    },
    /// Cuts a rack off from everybody else.
    CutOff(RackId),
    /// Has a machine do everything later; by nothing ends that.
    SlowMachine {
        /// The machine.
        host: HostId,
        /// Microseconds by which it comes later to each message and each timer.
        by: Micros,
    },
    /// Cuts the power of all racks of a region, or gives it back.
    RegionPower {
        /// The region, from 0.
        region: u16,
        /// Whether it is to have power.
        on: bool,
    },
    /// Cuts a region off from everybody else, or opens its roads.
    RegionRoads {
        /// The region, from 0.
        region: u16,
        /// Whether they are to be open.
        open: bool,
    },
    /// Makes streets longer or shorter.
    Streets(Streets),
    /// Jitter, loss and duplicates everywhere.
    Weather(Weather),
    /// Loses messages between two sides; of none that ends.
    Spoil {
        /// One side.
        one: Vec<Place>,
        /// The other.
        other: Vec<Place>,
        /// How many of a thousand messages are lost, and sent again.
        per_mille: u16,
    },
}

/// Why an act was refused; nothing changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionError {
    /// A sentence for people.
    pub sentence: String,
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for ActionError {}
