//! What parts of the page show, as small comparable values computed from the session. No browser in here.

use std::rc::Rc;

use super::settings::{told, voice};
use crate::cluster::id::HostId;
use crate::cluster::slot::Slot;
use crate::cluster::snapshot::{NodeState, Snapshot};
use crate::lesson::cover::{Cover, hopeless};
use crate::lesson::first_walk::{FirstWalk, KEY, Loss, STEPS, VALUE};
use crate::narrate::Term;
use crate::stage::inspect::{self, Act, NO_POWER};
use crate::stage::transcript::LastKey;
use crate::stage::words;

/// The way of the last typed key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyPath {
    /// The key.
    pub(super) key: Rc<str>,
    /// Its hash tag, if only that is hashed.
    pub(super) tag: Option<Rc<str>>,
    /// Its slot.
    pub(super) slot: Slot,
    /// The shard that owns the slot.
    pub(super) shard: Option<u16>,
    /// The shop that keeps it, if it is there.
    pub(super) shop: Option<String>,
    /// Why it does not answer all the same: CLUSTERDOWN, or no road leads there.
    pub(super) but: Option<&'static str>,
}

impl KeyPath {
    /// The way of a key now.
    pub(super) fn of(last: &LastKey, snapshot: &Snapshot) -> Self {
        let entry = words::entry(snapshot, last.slot);
        let served = entry.is_some_and(|entry| entry.served);
        let apart = entry.is_some_and(|entry| words::is_out_of_reach(snapshot, entry));
        let there = |host: &HostId| served || apart || words::is_closed(snapshot, *host);
        let owner = entry.and_then(|entry| entry.owner).filter(there);
        Self {
            key: last.key.clone(),
            tag: last.tag.clone(),
            slot: last.slot,
            shard: entry.and_then(|entry| entry.shard),
            shop: owner.map(|owner| words::name_of(snapshot, owner, voice())),
            but: (!served).then_some(if apart { "out of reach" } else { "closed" }),
        }
    }
}

/// The guide as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GuideView {
    /// Which steps are done.
    pub(super) done: [bool; STEPS],
    /// The step to do now.
    pub(super) current: Option<usize>,
    /// The line that writes.
    pub(super) write: String,
    /// The line that reads.
    pub(super) read: String,
    /// The key the walk is about.
    pub(super) key: Rc<str>,
    /// The shop that keeps it: its machine, its shard and its name at the time.
    pub(super) shop: Option<(HostId, u16, String)>,
    /// What was done to it, before its name: setting it on fire, unless something else took it.
    pub(super) deed: &'static str,
    /// Whether its rack has no power.
    pub(super) dark: bool,
    /// The acts of fire and restart on that machine.
    pub(super) kill: Option<Act>,
    /// Restarting it.
    pub(super) restart: Option<Act>,
    /// Whether somebody would open in that shop's place.
    pub(super) covered: bool,
    /// Who would, as what follows "It keeps the key".
    pub(super) cover: String,
    /// What would help where nobody could open: an act, on whom, and what its button says.
    pub(super) aid: Option<(Act, HostId, String)>,
    /// Whether the key went with a restart that came too early.
    pub(super) emptied: bool,
    /// That too few masters are left, in a sentence.
    pub(super) stuck: Option<String>,
    /// What happens just now, while the learner waits.
    pub(super) meanwhile: Option<String>,
    /// Whether the key can be read again.
    pub(super) readable: bool,
    /// Whether nobody suspects the lost shop yet.
    pub(super) unnoticed: bool,
    /// Whether time stands still.
    pub(super) paused: bool,
    /// Whether something typed waits for that to end.
    pub(super) waits: bool,
    /// Whether time runs so fast that waiting is short.
    pub(super) fast: bool,
    /// The node timeout in whole seconds.
    pub(super) timeout_s: u64,
}

impl GuideView {
    /// The guide at this moment; time stands still, something typed waits, time runs fast.
    pub(super) fn of(walk: &FirstWalk, snapshot: &Snapshot, (paused, waits, fast): (bool, bool, bool)) -> Self {
        let subject = walk.subject();
        let key: Rc<str> = subject.map_or_else(|| KEY.into(), |written| written.key.clone());
        let node = subject.and_then(|written| words::node(snapshot, written.keeper));
        let acts = node.map(|node| inspect::acts(node, snapshot, voice())).unwrap_or_default();
        let act = |name: &str| acts.iter().find(|act| act.act == name).cloned();
        let (cover, in_vain) = match (walk.current(), subject) {
            (Some(1), Some(written)) => (Some(Cover::of(snapshot, written.keeper)), None),
            (Some(2), Some(written)) if walk.winner().is_none() => (None, hopeless(snapshot, written.keeper)),
            _ => (None, None),
        };
        let help = match cover {
            Some(Cover::Nobody(help)) => help,
            _ => in_vain,
        };
        let helper = help.map(|host| words::name_of(snapshot, host, voice()));
        let aid = help.zip(helper.as_ref()).and_then(|(host, name)| aid(snapshot, host, name));
        let meanwhile = match &aid {
            Some((.., label)) if in_vain.is_some() => {
                Some(format!("{} {label}.", told("No backup is left that could open.")))
            }
            _ => meanwhile(walk, snapshot),
        };
        Self {
            covered: matches!(cover, Some(Cover::Copied { .. })),
            cover: cover.map_or_else(String::new, |cover| told(&cover.sentence(helper.as_deref()))),
            aid,
            done: walk.done(),
            current: walk.current(),
            write: format!("SET {KEY} {VALUE}"),
            read: format!("GET {key}"),
            shop: subject.map(|written| {
                (written.keeper, written.shard, format!("{} {}", voice().word(Term::Master), written.shard))
            }),
            key,
            deed: match walk.loss() {
                _ if walk.lost(snapshot).is_none() => "Set fire to ",
                Loss::Fire => "Set fire to ",
                Loss::ShutDown => "Shut down ",
                Loss::Power => "Cut the power of ",
            },
            dark: act("restart").is_some_and(|act| act.hindrance == Some(NO_POWER)),
            kill: act("kill"),
            restart: act("restart"),
            emptied: walk.emptied(),
            stuck: words::no_majority(snapshot),
            meanwhile,
            readable: walk.winner().is_some(),
            unnoticed: walk.lost(snapshot).is_some_and(|lost| lost.suspected_by.is_empty()),
            paused,
            waits: paused && waits,
            fast,
            timeout_s: snapshot.node_timeout / 1_000_000,
        }
    }
}

/// Bringing somebody back: thawed if it is frozen, restarted if it does not run.
fn aid(snapshot: &Snapshot, host: HostId, name: &str) -> Option<(Act, HostId, String)> {
    let node = words::node(snapshot, host)?;
    let name_of_act = if node.running { "thaw" } else { "restart" };
    let act = inspect::acts(node, snapshot, voice()).into_iter().find(|act| act.act == name_of_act)?;
    let label = format!("{} {name}", act.label);
    Some((act, host, label))
}

/// What the cluster is doing about the lost shop, in one sentence.
fn meanwhile(walk: &FirstWalk, snapshot: &Snapshot) -> Option<String> {
    let lost = walk.lost(snapshot)?;
    if let Some(winner) = walk.winner() {
        return Some(format!(
            "{}: it is {} now.",
            told("The backup has opened"),
            words::name_of(snapshot, winner, voice())
        ));
    }
    let bid = snapshot.nodes.iter().find_map(|node| {
        let bid = node.election.as_ref().filter(|_| node.shard == lost.shard)?;
        Some((words::name_of(snapshot, node.host, voice()), bid))
    });
    if let Some((name, bid)) = bid {
        return Some(match bid.epoch {
            Some(epoch) => {
                format!("{name} asks for votes in epoch {epoch}: {} of {}.", bid.votes.len(), bid.needed)
            }
            None => format!("{name} waits a moment before it asks for votes."),
        });
    }
    let silent = words::span(lost.silent_for.unwrap_or(0));
    Some(match lost.state {
        NodeState::Fail => "The masters agree that it has failed.".to_owned(),
        NodeState::Pfail => format!("Suspected by {} of {} masters needed.", lost.suspected_by.len(), lost.quorum),
        _ => format!("Nobody suspects it yet: no answer for {silent}."),
    })
}

/// How customers fare, in a sentence.
pub(super) fn customers(snapshot: &Snapshot) -> String {
    snapshot.clients.first().map_or_else(String::new, |client| {
        format!(
            "Your client: {} served, {} sent on, {} turned away.",
            client.served, client.sent_on, client.turned_away
        )
    })
}
