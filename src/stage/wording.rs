//! What is said of a shop: a word for its state and more about it, as captions under it and as a sentence for those who
//! cannot see it.

use super::apart;
use super::layout::{Cell, Measures};
use super::shop::fresh;
use super::size::Size;
use super::text::{Label, Tone, fitting};
use super::view_of::Marked;
use super::words;
use crate::cluster::snapshot::{NodeState, NodeView, Role, Snapshot, SyncState};
use crate::narrate::{self, Cast, Term, Voice};

/// A state in words: one word for it, more about it, and the same shorter.
pub(super) struct Wording {
    word: String,
    more: String,
    short: String,
    tone: Tone,
}

impl Wording {
    fn new(tone: Tone, word: impl Into<String>, more: impl Into<String>, short: impl Into<String>) -> Self {
        Self { word: word.into(), more: more.into(), short: short.into(), tone }
    }

    /// What somebody believes: neither keys nor fires can be seen from afar.
    pub(super) fn believed(node: &NodeView, view: &Marked) -> Self {
        let role = if node.role == Role::Master { "master" } else { "replica" };
        if view.unknown.contains(&node.host) {
            return Self::new(Tone::Warn, "not known", "never met", "never met");
        }
        let slots: u32 = node.slots.iter().map(|range| u32::from(range.end - range.start) + 1).sum();
        let slots = narrate::counted(slots, "slot");
        // A client has a map of slots, and nothing else.
        let epoch = if view.of_client { slots.clone() } else { format!("e{}", node.config_epoch) };
        match (node.state, node.role) {
            (NodeState::Fail, _) => Self::new(Tone::Fail, "FAIL", role, role),
            (NodeState::Pfail, _) => Self::new(Tone::Warn, "suspected", role, role),
            (_, Role::Master) => Self::new(Tone::Muted, role, slots, epoch),
            (_, Role::Replica { .. }) => Self::new(Tone::Muted, role, epoch.clone(), epoch),
        }
    }

    /// What is so of it, and what the others hold of it.
    pub(super) fn of(
        node: &NodeView,
        snapshot: &Snapshot,
        (cast, voice): (&Cast, Voice),
        (powered, apart): (bool, bool),
    ) -> Self {
        if apart::works(node, snapshot) {
            return Self::working(node, snapshot, (cast, voice), apart);
        }
        let silent = words::span(node.silent_for.unwrap_or(0));
        // A frozen process is one thing, what the others hold of it another.
        let stands = node.frozen && node.running;
        // Who was connected to it knows at once that it is not any more: what nobody has yet is a suspicion.
        let quiet = |word| Self::new(Tone::Fail, word, "not suspected yet", "no PFAIL yet");
        match node.state {
            NodeState::Fail => {
                let word = if stands { "frozen · FAIL" } else { "FAIL" };
                Self::new(Tone::Fail, word, format!("no answer for {silent}"), silent)
            }
            NodeState::Pfail => {
                let word = if stands { "frozen · suspected" } else { "suspected" };
                // More than are needed are enough: nobody is suspected by three of two.
                let need = usize::from(node.quorum);
                let have = node.suspected_by.len().min(need);
                Self::new(Tone::Warn, word, format!("by {have} of {need}"), format!("{have} of {need}"))
            }
            NodeState::Down if !powered => quiet("no power"),
            NodeState::Down => quiet(voice.word(Term::OnFire)),
            NodeState::Paused => Self::new(Tone::Warn, "frozen", "not answering", "silent"),
            NodeState::Ok => Self::at_work(node, snapshot, (cast, voice)),
        }
    }

    /// What others believe of one that works, if it is not what is so; and else its work.
    fn working(node: &NodeView, snapshot: &Snapshot, (cast, voice): (&Cast, Voice), apart: bool) -> Self {
        let count = words::of(node.suspected_by.len(), apart::others(node, snapshot));
        let doubted = |word: &str| match node.state {
            NodeState::Fail => Self::new(Tone::Warn, word, format!("FAIL to {count}"), "FAIL"),
            _ => {
                let by = apart::doubters(node, snapshot, |host| cast.name(host, voice));
                Self::new(Tone::Warn, word, format!("suspected by {by}"), format!("by {count}"))
            }
        };
        match (node.state, apart) {
            _ if node.election.is_some() => Self::at_work(node, snapshot, (cast, voice)),
            (NodeState::Fail, false) => doubted("works"),
            (NodeState::Fail | NodeState::Pfail, true) => doubted("cut off"),
            (NodeState::Pfail, false) if apart::is_islands(node, snapshot) => {
                // It is well: that somebody doubts it is no state of its own.
                let Self { word, tone, .. } = Self::at_work(node, snapshot, (cast, voice));
                Self::new(tone, word, format!("suspected by {count}"), format!("PFAIL by {count}"))
            }
            (NodeState::Pfail, false) => doubted("suspected"),
            (_, true) if !node.cluster_ok => Self::new(Tone::Warn, "cut off", "answers CLUSTERDOWN", "no service"),
            (_, true) => {
                let Self { more, short, .. } = Self::at_work(node, snapshot, (cast, voice));
                Self::new(Tone::Warn, "cut off", more, short)
            }
            _ => Self::at_work(node, snapshot, (cast, voice)),
        }
    }

    fn at_work(node: &NodeView, snapshot: &Snapshot, (cast, voice): (&Cast, Voice)) -> Self {
        if let Some(bid) = &node.election {
            return match bid.epoch {
                None => {
                    let left = words::span(bid.asks_at.saturating_sub(snapshot.now));
                    Self::new(Tone::Ink, "will ask for votes", format!("in {left}"), format!("in {left}"))
                }
                Some(_) => {
                    let votes = format!("{} of {}", bid.votes.len(), bid.needed);
                    Self::new(Tone::Ink, "asking for votes", votes.clone(), votes)
                }
            };
        }
        match (node.role, &node.sync) {
            (Role::Master, _) if !node.cluster_ok => {
                Self::new(Tone::Warn, "closed", "answers CLUSTERDOWN", "no service")
            }
            _ if node.slow > 0 => {
                let late = format!("{} later", words::span(node.slow));
                Self::new(Tone::Warn, "slow", late.clone(), late)
            }
            (Role::Master, _) => {
                let keys = words::keys(node.keys, voice);
                let word = if fresh(node, snapshot) { "promoted" } else { "master" };
                if node.slots.is_empty() {
                    Self::new(Tone::Muted, word, "no slots", "no slots")
                } else {
                    Self::new(Tone::Muted, word, keys.clone(), keys)
                }
            }
            (Role::Replica { of }, sync) => {
                let copy = voice.word(Term::Copy);
                let master = of.map(|master| cast.name(master, voice));
                Self::copying(copy, master, sync)
            }
        }
    }

    fn copying(copy: &str, master: Option<String>, sync: &SyncState) -> Self {
        let word = master.map_or_else(|| copy.to_owned(), |name| format!("copy of {name}"));
        match *sync {
            SyncState::Behind { writes, .. } => Self::new(
                Tone::Muted,
                word,
                format!("{} behind", narrate::counted(writes.max(1), "write")),
                format!("{} behind", writes.max(1)),
            ),
            SyncState::Loading { total: 0, .. } => Self::new(Tone::Ink, copy, "waits for its copy", "waits"),
            SyncState::Loading { done, total } => {
                let share = format!("{} %", (done * 100 / total.max(1)).min(100));
                Self::new(Tone::Ink, "copying", share.clone(), share)
            }
            SyncState::LinkDown { for_time } => {
                let span = words::span(for_time);
                Self::new(Tone::Warn, word, format!("link lost {span}"), "link lost")
            }
            SyncState::InSync | SyncState::Master => Self::new(Tone::Muted, word, "in sync", "in sync"),
        }
    }
}

/// The lines under a shop, as long as there is room for.
pub(super) fn captions(wording: &Wording, cell: &Cell, measures: &Measures) -> Vec<Label> {
    let room = cell.touch.width();
    let size = measures.caption;
    let first = cell.shop.bottom + size + if measures.size == Size::Full { 7 } else { 2 };
    let brief = match wording.word.as_str() {
        word if word.starts_with("copy of") => "replica",
        "will ask for votes" => "will ask",
        "asking for votes" => "asks votes",
        "frozen · suspected" => "frozen · PFAIL",
        word => word,
    };
    let middle = cell.shop.middle();
    let Wording { word, more, short, tone } = wording;
    if measures.size == Size::Small {
        // A trouble is named; of those who are well the number is told.
        let least = match (tone, word.as_str()) {
            (Tone::Muted, _) | (Tone::Ink, _) => short,
            (_, "suspected") => "PFAIL",
            // The frost is drawn.
            (_, "frozen · suspected") => "PFAIL",
            (_, "frozen · FAIL") => "FAIL",
            (_, word) if word.starts_with("copy of") => "no link",
            (_, word) => word,
        };
        let bare = short.split(' ').next().unwrap_or_default();
        let long = format!("{least} {short}");
        let wordings =
            [if least == short { short } else { long.as_str() }, least, if least == short { bare } else { least }];
        return vec![Label::caption(fitting(&wordings, room - 4, size, false), middle, first, size).tone(*tone)];
    }
    if measures.caption_lines == 1 {
        let long = format!("{word} · {more}");
        let medium = format!("{brief} · {more}");
        let least = format!("{brief} · {short}");
        let text = fitting(&[&long, &medium, &least], room, size, false);
        return vec![Label::caption(text, middle, first, size).tone(*tone)];
    }
    let word = if word.starts_with("copy of") { brief } else { fitting(&[word, brief], room, size, true) };
    vec![
        Label::caption(word, middle, first, size).tone(*tone).bold(),
        Label::caption(fitting(&[more, short], room, size, false), middle, first + size + 3, size).tone(*tone),
    ]
}

/// `Shop 3, master, suspected by 1 of 2, slots 10923 to 16383`.
pub(super) fn spoken(node: &NodeView, name: String, wording: &Wording, voice: Voice) -> String {
    let role = match node.role {
        Role::Master => "master",
        Role::Replica { .. } => "replica",
    };
    let mut parts = vec![name, role.to_owned()];
    if wording.word != "master" {
        parts.push(format!("{} {}", wording.word, wording.more));
    } else if wording.more.starts_with("suspected") {
        parts.push(wording.more.clone());
    }
    if !node.slots.is_empty() {
        let runs: Vec<String> =
            node.slots.iter().take(4).map(|range| format!("{} to {}", range.start, range.end)).collect();
        parts.push(format!("slots {}", runs.join(" and ")));
    }
    parts.push(words::keys(node.keys, voice));
    parts.join(", ")
}
