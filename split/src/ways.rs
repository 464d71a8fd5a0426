//! What leads to the second part: the one list to change when something is to come later, or to be there at once.

use crate::cut::Ways;

/// Commands that the opening, the first walk, the smart client and copies of the city's own do not need: they are only
/// reached through the command table. And what draws works on the road, reached through the parts' table, as none are
/// begun without the second part.
const ENTRIES: [&str; 38] = [
    "cluster_city::app::city::drawing::RoadWorks as cluster_city::app::part::AnyPart>::draw",
    "cluster_city::cluster::command::absent::",
    "cluster_city::cluster::command::acl::",
    "cluster_city::cluster::command::bitfields::",
    "cluster_city::cluster::command::bits::",
    "cluster_city::cluster::command::blocking::",
    "cluster_city::cluster::command::client::",
    "cluster_city::cluster::command::cluster::failover",
    "cluster_city::cluster::command::cluster::get_keys_in_slot",
    "cluster_city::cluster::command::cluster::info",
    "cluster_city::cluster::command::cluster::set_slot",
    "cluster_city::cluster::command::commands::",
    "cluster_city::cluster::command::config::",
    "cluster_city::cluster::command::copying::",
    "cluster_city::cluster::command::expiry::",
    "cluster_city::cluster::command::greeting::",
    "cluster_city::cluster::command::hashes::",
    "cluster_city::cluster::command::help::",
    "cluster_city::cluster::command::introspection::",
    "cluster_city::cluster::command::lists::",
    "cluster_city::cluster::command::membership::",
    "cluster_city::cluster::command::migration::",
    "cluster_city::cluster::command::numbers::incr_by_float",
    "cluster_city::cluster::command::objects::",
    "cluster_city::cluster::command::pubsub::",
    "cluster_city::cluster::command::ranges::",
    "cluster_city::cluster::command::scans::",
    "cluster_city::cluster::command::server::",
    "cluster_city::cluster::command::sets::",
    "cluster_city::cluster::command::sort::",
    "cluster_city::cluster::command::strings::getex",
    "cluster_city::cluster::command::substrings::",
    "cluster_city::cluster::command::transactions::",
    "cluster_city::cluster::command::zpops::",
    "cluster_city::cluster::command::zranges::",
    "cluster_city::cluster::command::zremovals::",
    "cluster_city::cluster::command::zsets::",
    "cluster_city::cluster::command::zunions::",
];

/// Functions that the first part calls, but only once the second has come: what leads to them waits for it
/// (`src/app/second.rs`), or comes of something that does.
const DOORS: [&str; 42] = [
    "cluster_city::app::aside::aside",
    "<cluster_city::app::page::Page>::run_to_service",
    "<cluster_city::app::world::World>::compare",
    "cluster_city::stage::art::library::hall",
    "cluster_city::stage::art::library::roof",
    "cluster_city::stage::art::map::draw",
    "cluster_city::stage::art::small::draw",
    "cluster_city::stage::art::server::face",
    "<cluster_city::sim::session::Session>::do_rarely",
    "<cluster_city::stage::drag::Drag>::act",
    "<cluster_city::stage::drag::Drag>::words",
    "<cluster_city::stage::map::Map>::of",
    "cluster_city::stage::map::spoken",
    "<cluster_city::stage::sheet::Whose>::look",
    "<cluster_city::stage::lost::Mark>::of",
    "<cluster_city::stage::rate::Rate>::line",
    "<cluster_city::stage::scene::Scene>::speak",
    "cluster_city::narrate::people::of_hands",
    "cluster_city::narrate::sentences::of_works",
    "cluster_city::stage::compare::compare",
    "cluster_city::stage::timeline::label",
    "cluster_city::stage::why::why",
    "<cluster_city::cluster::world::World>::handle_until",
    "<cluster_city::cluster::world::World>::put_off",
    "<cluster_city::cluster::world::World>::set_aside",
    "cluster_city::cluster::command::complete::complete",
    "cluster_city::cluster::command::help::missing_here",
    "cluster_city::cluster::command::manual::about",
    "cluster_city::cluster::command::manual::hint",
    "<cluster_city::cluster::node::Node>::end_migration",
    "<cluster_city::cluster::node::Node>::remove_peer",
    "<cluster_city::cluster::node::Node>::serve_blocked_on",
    "<cluster_city::cluster::node::Node>::stop_tracking",
    "<cluster_city::cluster::node::Node>::tell_changes",
    "<cluster_city::cluster::node::Node>::tell_monitors",
    "<cluster_city::cluster::node::Node>::tell_own",
    "<cluster_city::cluster::node::Node>::tell_readers",
    "<cluster_city::cluster::node::Node>::tell_the_rest",
    "<cluster_city::cluster::operator::Operator>::begin",
    "<cluster_city::cluster::operator::Operator>::receive",
    "<cluster_city::cluster::operator::Operator>::stop",
    "<cluster_city::cluster::operator::Operator>::wake",
];

/// The signs around texts that only the second part reads: `src/cluster/command/later.rs` sets them.
const MARKS: [&[u8]; 2] = [b"\x01later\x02\n", b"\x03"];

impl Default for Ways<'_> {
    fn default() -> Self {
        Self { entries: &ENTRIES, doors: &DOORS, marks: MARKS }
    }
}
