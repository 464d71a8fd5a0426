//! The inspector's rows: what one node is, what it believes of the others, and which acts make sense.

use std::rc::Rc;

use super::apart;
use super::text::Tone;
use super::words;
use crate::cluster::id::HostId;
use crate::cluster::snapshot::{Belief, NodeState, NodeView, Role, Snapshot, SyncState};
use crate::narrate::{self, Term, Voice};

/// A row: a name, a value, and what to think of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// A stable name for tests and embedding pages.
    pub field: &'static str,
    /// What it is called.
    pub name: Rc<str>,
    /// Its value.
    pub value: Rc<str>,
    /// Its colour.
    pub tone: Tone,
    /// More about it, for a tooltip.
    pub hint: Option<Rc<str>>,
}

/// Why a process cannot be started again in a rack that is off.
pub const NO_POWER: &str = "Its rack has no power.";

/// An act on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The value of `data-act`.
    pub act: &'static str,
    /// What the button says.
    pub label: &'static str,
    /// Why it cannot be done now.
    pub hindrance: Option<&'static str>,
}

/// A bid as the inspector tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bid {
    /// `Election, epoch 7`, or `Election` while it waits.
    pub title: Rc<str>,
    /// Every master that could vote: its shard, its name, and whether it has voted.
    pub voters: Vec<(u16, Rc<str>, bool)>,
    /// How many votes it needs and how long it waited, in a sentence.
    pub sentence: Rc<str>,
}

/// Everything the inspector shows of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Its machine.
    pub host: HostId,
    /// Its shard.
    pub shard: u16,
    /// `Backup 3`.
    pub name: Rc<str>,
    /// Its state in a few words.
    pub state: (Rc<str>, Tone),
    /// What it is.
    pub rows: Vec<Row>,
    /// Some of its keys.
    pub keys: Vec<String>,
    /// What it believes of others.
    pub beliefs: Vec<Row>,
    /// Why that is nothing, where it is.
    pub ignorant: &'static str,
    /// Its bid, if it has one.
    pub bid: Option<Bid>,
    /// What can be done with it.
    pub acts: Vec<Act>,
}

/// Inspects a node. `beliefs` and `keys` are what the session tells of it.
pub fn inspect(
    snapshot: &Snapshot,
    host: HostId,
    beliefs: &[Belief],
    keys: Vec<String>,
    voice: Voice,
) -> Option<Inspection> {
    let node = words::node(snapshot, host)?;
    Some(Inspection {
        host,
        shard: node.shard,
        name: words::name_of(snapshot, host, voice).into(),
        state: state(node, snapshot, voice),
        rows: rows(node, snapshot, voice),
        keys,
        beliefs: beliefs.iter().map(|belief| belief_row(belief, snapshot, voice)).collect(),
        ignorant: if node.running {
            "Nothing: it runs, and knows nobody yet."
        } else {
            "Nothing: its process does not run."
        },
        bid: bid(node, snapshot, voice),
        acts: acts(node, snapshot, voice),
    })
}

fn powered(node: &NodeView, snapshot: &Snapshot) -> bool {
    snapshot.racks.iter().find(|rack| rack.id == node.rack).is_none_or(|rack| rack.powered)
}

fn state(node: &NodeView, snapshot: &Snapshot, voice: Voice) -> (Rc<str>, Tone) {
    let others = || apart::doubters(node, snapshot, |host| words::name_of(snapshot, host, voice));
    let (text, tone) = match node.state {
        NodeState::Fail if apart::works(node, snapshot) => {
            let count = words::of(node.suspected_by.len(), apart::others(node, snapshot));
            (format!("works, but is FAIL to {count}"), Tone::Warn)
        }
        NodeState::Pfail if apart::works(node, snapshot) => {
            (format!("works; suspected by {}", others()), Tone::Muted)
        }
        NodeState::Fail if node.frozen && node.running => ("frozen; failed (FAIL)".to_owned(), Tone::Fail),
        NodeState::Pfail if node.frozen && node.running => {
            (format!("frozen; suspected by {}", others()), Tone::Warn)
        }
        NodeState::Fail => ("failed (FAIL)".to_owned(), Tone::Fail),
        NodeState::Pfail => {
            (format!("suspected by {} of {} masters needed", node.suspected_by.len(), node.quorum), Tone::Warn)
        }
        NodeState::Down if !powered(node, snapshot) => ("no power".to_owned(), Tone::Fail),
        NodeState::Down => (voice.word(Term::OnFire).to_owned(), Tone::Fail),
        NodeState::Paused => ("frozen".to_owned(), Tone::Warn),
        NodeState::Ok => match &node.election {
            Some(bid) if bid.epoch.is_some() => ("asking for votes".to_owned(), Tone::Warn),
            Some(_) => ("waiting to ask for votes".to_owned(), Tone::Warn),
            None => ("open".to_owned(), Tone::Muted),
        },
    };
    (text.into(), tone)
}

fn row(field: &'static str, name: impl Into<Rc<str>>, value: impl Into<Rc<str>>) -> Row {
    Row { field, name: name.into(), value: value.into(), tone: Tone::Ink, hint: None }
}

fn rows(node: &NodeView, snapshot: &Snapshot, voice: Voice) -> Vec<Row> {
    let role = match node.role {
        // Its place was taken, and it does not know: nothing runs there that could be a master.
        Role::Master if !node.running && replaced(node, snapshot) => "was the master".to_owned(),
        Role::Master => "master".to_owned(),
        Role::Replica { of: Some(master) } => {
            format!("replica of {}", words::name_of(snapshot, master, voice))
        }
        Role::Replica { of: None } => "replica".to_owned(),
    };
    let rack = snapshot.racks.iter().find(|rack| rack.id == node.rack).map_or("?", |rack| &rack.name);
    let id = node.id.to_string();
    let epoch = match node.election.as_ref().and_then(|bid| bid.epoch) {
        Some(asked) => format!("{} → {asked} if elected", node.config_epoch),
        None => node.config_epoch.to_string(),
    };
    // Nobody knows what a process that does not run had in its memory.
    let known = |number: u64| if node.running { words::thousands(number) } else { "—".to_owned() };
    let mut rows = vec![
        row("role", "Role", role),
        row("rack", voice.word(Term::Rack), rack),
        row("address", "Address", node.address.clone()),
        row("id", "Node id", format!("{}…", &id[..8])),
        row("slots", "Slots", words::slot_list(&node.slots)),
        row("config-epoch", "Config epoch", epoch),
        row("current-epoch", "Current epoch", node.current_epoch.to_string()),
        row("offset", "Offset", known(node.offset)),
    ];
    rows.extend(link(node, snapshot, voice));
    if node.running {
        let (value, tone) = if node.cluster_ok { ("ok", Tone::Ink) } else { ("fail", Tone::Fail) };
        rows.push(Row { tone, ..row("cluster-state", "cluster_state", value) });
    }
    if let Some(silent) = node.silent_for {
        rows.push(Row { tone: Tone::Fail, ..row("silent", "No answer for", words::span(silent)) });
    }
    rows.push(row("keys", "Keys", known(node.keys.into())));
    rows
}

/// Whether another one is master of its shard.
fn replaced(node: &NodeView, snapshot: &Snapshot) -> bool {
    let mut kin = snapshot.nodes.iter().filter(|other| other.shard == node.shard && other.host != node.host);
    kin.any(|other| other.role == Role::Master && !other.slots.is_empty())
}

fn link(node: &NodeView, snapshot: &Snapshot, voice: Voice) -> Option<Row> {
    let Role::Replica { of } = node.role else {
        return None;
    };
    let name =
        of.map_or_else(|| "Link".to_owned(), |of| format!("Link to {}", words::name_of(snapshot, of, voice)));
    let (value, tone) = match node.sync {
        SyncState::Master => return None,
        SyncState::InSync => ("in sync".to_owned(), Tone::Ink),
        SyncState::Behind { writes, bytes } => {
            let writes = narrate::counted(writes, "write");
            (format!("{writes} behind ({} bytes)", words::thousands(bytes)), Tone::Ink)
        }
        SyncState::Loading { total: 0, .. } => ("waits for its copy".to_owned(), Tone::Ink),
        SyncState::Loading { done, total } => {
            (format!("copying {} of {} bytes", words::thousands(done), words::thousands(total)), Tone::Ink)
        }
        SyncState::LinkDown { for_time } => (format!("down {}", words::span(for_time)), Tone::Fail),
    };
    Some(Row { tone, ..row("link", name, value) })
}

/// What one node believes of another, in its own terms: `Shop 3`, `e3 · 5,461 slots · FAIL`. The name is the one that it
/// has everywhere: during a failover both masters of a shard may be taken for its master, and have names of their own.
fn belief_row(belief: &Belief, snapshot: &Snapshot, voice: Voice) -> Row {
    let about = words::node(snapshot, belief.about);
    let rack = about.and_then(|node| snapshot.racks.iter().find(|rack| rack.id == node.rack));
    let hint = about.zip(rack).map(|(node, rack)| {
        format!("{}, in {} {}", node.address, voice.word(Term::Rack).to_ascii_lowercase(), rack.name).into()
    });
    let name = words::name_of(snapshot, belief.about, voice);
    let mut parts = vec![format!("e{}", belief.config_epoch)];
    if belief.master {
        parts.push(narrate::counted(belief.slots, "slot"));
    }
    if about.is_some_and(|node| (node.role == Role::Master) != belief.master) {
        parts.insert(0, format!("taken for a {}", if belief.master { "master" } else { "replica" }));
    }
    let (state, tone) = if belief.failed {
        ("FAIL".to_owned(), Tone::Fail)
    } else if belief.suspected {
        (format!("PFAIL · {}", narrate::counted(belief.reports, "report")), Tone::Warn)
    } else {
        match (belief.pong_ago, belief.ping_pending) {
            (_, Some(pending)) if pending > 3_000_000 => {
                (format!("waits for a pong, {}", words::span(pending)), Tone::Warn)
            }
            (Some(ago), _) => (format!("ok · pong {} ago", words::span(ago)), Tone::Ink),
            (None, _) => ("never heard of it".to_owned(), Tone::Muted),
        }
    };
    parts.push(state);
    Row { tone, hint, ..row("belief", name, parts.join(" · ")) }
}

fn bid(node: &NodeView, snapshot: &Snapshot, voice: Voice) -> Option<Bid> {
    let bid = node.election.as_ref()?;
    let title = match bid.epoch {
        Some(epoch) => format!("Election, epoch {epoch}"),
        None => "Election".to_owned(),
    };
    let masters = snapshot.nodes.iter().filter(|voter| voter.role == Role::Master && !voter.slots.is_empty());
    let able = masters.filter(|voter| voter.running && !voter.frozen && voter.state != NodeState::Fail);
    let voters = able.map(|voter| {
        (voter.shard, words::name_of(snapshot, voter.host, voice).into(), bid.votes.contains(&voter.host))
    });
    let [fixed, random, rank] = bid.wait.map(|part| part / 1_000);
    let sentence = format!(
        "Needs {} votes of masters, has {}. Waits {fixed} ms + {random} ms random + {rank} ms for its rank before it asks.",
        bid.needed,
        bid.votes.len()
    );
    Some(Bid { title: title.into(), voters: voters.collect(), sentence: sentence.into() })
}

/// The acts on a node, with the reason where one makes no sense now.
pub fn acts(node: &NodeView, snapshot: &Snapshot, voice: Voice) -> Vec<Act> {
    let power = powered(node, snapshot);
    let kill = if node.running { None } else { Some("It does not run.") };
    let restart = match (node.running, power) {
        (true, _) => Some("It runs already."),
        (false, false) => Some(NO_POWER),
        (false, true) => None,
    };
    let pause = if node.frozen && node.running {
        Act { act: "thaw", label: "Thaw", hindrance: None }
    } else {
        Act { act: "freeze", label: "Freeze", hindrance: kill }
    };
    vec![
        Act { act: "kill", label: voice.word(Term::Burn), hindrance: kill },
        pause,
        Act { act: "restart", label: "Restart", hindrance: restart },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::fixture;

    fn hindered(snapshot: &Snapshot, host: usize) -> Vec<(&'static str, bool)> {
        let acts = acts(&snapshot.nodes[host], snapshot, Voice::Story);
        acts.into_iter().map(|act| (act.act, act.hindrance.is_some())).collect()
    }

    #[test]
    fn only_acts_that_make_sense_can_be_done() {
        let sensible = [("kill", false), ("freeze", false), ("restart", true)];
        assert_eq!(hindered(&fixture::opening(), 2), sensible);
        assert_eq!(hindered(&fixture::burning(), 2), [("kill", true), ("freeze", true), ("restart", false)]);
        assert_eq!(hindered(&fixture::frozen(), 1), [("kill", false), ("thaw", false), ("restart", true)]);
        assert_eq!(hindered(&fixture::dark_rack(), 1), [("kill", true), ("freeze", true), ("restart", true)]);
    }

    #[test]
    fn a_candidate_shows_its_bid() {
        let city = fixture::asking();
        let shown = inspect(&city, HostId(3), &[], vec![], Voice::Story).unwrap();
        let bid = shown.bid.unwrap();
        assert_eq!(&*bid.title, "Election, epoch 7");
        assert_eq!(bid.voters, [(1, "Shop 1".into(), true), (2, "Shop 2".into(), false)]);
        assert!(bid.sentence.contains("500 ms + 218 ms random"), "{}", bid.sentence);
        assert!(shown.rows.iter().any(|row| row.field == "link" && &*row.value == "down 15.3 s"));
    }

    #[test]
    fn a_belief_is_the_nodes_own() {
        let city = fixture::promoted();
        let belief = Belief {
            about: HostId(2),
            master: true,
            replica_of: None,
            suspected: false,
            failed: true,
            reports: 2,
            pong_ago: None,
            ping_pending: None,
            config_epoch: 3,
            slots: 5461,
        };
        let stale = belief_row(&belief, &city, Voice::Story);
        assert_eq!((&*stale.name, &*stale.value), ("Old shop 3", "e3 · 5,461 slots · FAIL"));
        let winner =
            belief_row(&Belief { about: HostId(3), failed: false, ..belief.clone() }, &city, Voice::Story);
        assert_eq!(&*winner.name, "Shop 3", "both are masters to it, and not of one name");
        let newer = belief_row(&Belief { master: false, failed: false, ..belief }, &city, Voice::Story);
        assert_eq!((&*newer.name, &*newer.value), ("Old shop 3", "taken for a replica · e3 · never heard of it"));
    }

    #[test]
    fn who_knows_nobody_is_not_said_to_be_dead() {
        let why = |city: Snapshot, host| inspect(&city, HostId(host), &[], vec![], Voice::Story).unwrap().ignorant;
        assert!(why(fixture::opening(), 2).contains("runs, and knows nobody"));
        assert!(why(fixture::burning(), 2).contains("does not run"));
    }

    #[test]
    fn no_two_nodes_have_one_name() {
        let mut city = fixture::promoted();
        // A third master of the shard, and two that hold one epoch.
        (city.nodes[4].shard, city.nodes[4].role) = (3, Role::Master);
        city.nodes[4].config_epoch = 7;
        for voice in [Voice::Story, Voice::Library, Voice::Redis] {
            let mut names: Vec<String> = (0..6).map(|host| words::name_of(&city, HostId(host), voice)).collect();
            assert!(names.contains(&format!("{} 3", voice.word(Term::Master))), "{names:?}");
            names.sort();
            names.dedup();
            assert_eq!(names.len(), 6, "{names:?}");
        }
    }

    #[test]
    fn a_rack_has_the_word_of_its_skin() {
        let row = |voice| {
            let shown = inspect(&fixture::opening(), HostId(0), &[], vec![], voice).expect("it is there");
            shown.rows.into_iter().find(|row| row.field == "rack").map(|row| row.name.to_string())
        };
        assert_eq!((row(Voice::Library), row(Voice::Story)), (Some("District".into()), Some("Rack".into())));
    }

    #[test]
    fn a_dead_node_whose_place_was_taken_is_no_master() {
        let role = |city: &Snapshot| {
            let shown = inspect(city, HostId(2), &[], vec![], Voice::Story).expect("it is there");
            shown.rows.iter().find(|row| row.field == "role").map(|row| row.value.to_string())
        };
        assert_eq!(role(&fixture::burning()).as_deref(), Some("master"), "nobody took its place yet");
        assert_eq!(role(&fixture::promoted()).as_deref(), Some("was the master"));
    }

    #[test]
    fn what_a_dead_node_held_is_not_known() {
        let shown = inspect(&fixture::burning(), HostId(2), &[], vec![], Voice::Story).unwrap();
        let of = |field: &str| shown.rows.iter().find(|row| row.field == field).map(|row| row.value.to_string());
        assert_eq!((of("keys"), of("offset")), (Some("—".to_owned()), Some("—".to_owned())));
    }
}
