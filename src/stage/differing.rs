//! Where somebody's view differs from what is so, in sentences.

use super::view_of::Marked;
use super::words;
use crate::cluster::id::HostId;
use crate::cluster::slot::SlotRange;
use crate::cluster::snapshot::{Belief, NodeState, NodeView, Role, Snapshot};
use crate::narrate::Voice;

/// Where a belief is not what is so. Whether somebody runs is its process's matter: most may be wrong about it too.
pub(super) fn disagreements(belief: &Belief, is: &NodeView, name: &str, sentences: &mut Vec<String>) {
    let flag = match (belief.failed, belief.suspected) {
        (true, _) => Some("failed (FAIL)"),
        (_, true) => Some("suspect (PFAIL)"),
        _ => None,
    };
    match (flag, is.running && !is.frozen) {
        (Some(flag), true) => sentences.push(format!("It takes {name} for {flag}, but that one runs.")),
        (None, false) if is.state == NodeState::Fail => {
            sentences.push(format!("It has not heard that {name} has failed."));
        }
        (None, false) => sentences.push(format!("It has not noticed that {name} does not answer.")),
        _ => {}
    }
    let master = is.role == Role::Master;
    match (belief.master, master) {
        (true, false) => sentences.push(format!("It takes {name} for a master; it is a replica.")),
        (false, true) => sentences.push(format!("It takes {name} for a replica; it is a master.")),
        _ => {}
    }
    if belief.config_epoch != is.config_epoch && is.running {
        sentences.push(format!(
            "It knows config epoch {} of {name}, whose own is {}.",
            belief.config_epoch, is.config_epoch
        ));
    }
}

/// Which slots are thought to be whose, and whose they are: a sentence for each pair of owners, who are marked too.
pub(super) fn about_slots(
    truth: &Snapshot,
    city: &Snapshot,
    whose: Option<HostId>,
    marked: &mut Marked,
    voice: Voice,
) -> Vec<String> {
    type Owners = [Option<HostId>; 2];
    let mut pairs: Vec<(Owners, Vec<SlotRange>)> = Vec::new();
    for run in &marked.slots {
        let owners = [city, truth].map(|of| words::entry(of, run.start).and_then(|entry| entry.owner));
        match pairs.iter_mut().find(|(pair, _)| *pair == owners) {
            Some((_, runs)) => match runs.last_mut().filter(|last| last.end + 1 == run.start) {
                Some(last) => last.end = run.end,
                None => runs.push(*run),
            },
            None => pairs.push((owners, vec![*run])),
        }
    }
    let name = |owner: Option<HostId>| match owner {
        None => "nobody".to_owned(),
        Some(owner) if Some(owner) == whose => "itself".to_owned(),
        Some(owner) => words::both_names(city, truth, owner, voice),
    };
    let told = |(owners, runs): &(Owners, Vec<SlotRange>)| {
        let ([thought, is], one) = (owners.map(name), matches!(runs[..], [run] if run.start == run.end));
        format!(
            "Slot{} {}: it says {thought}, where it is {is}.",
            if one { "" } else { "s" },
            words::slot_list(runs)
        )
    };
    for owner in pairs.iter().flat_map(|(owners, _)| owners).flatten().filter(|owner| Some(**owner) != whose) {
        if !marked.differs.contains(owner) {
            marked.differs.push(*owner);
        }
    }
    pairs.iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::ClientId;
    use crate::cluster::time::SECOND;
    use crate::sim::{Action, Scenario, Session};
    use crate::stage::checks::viewed;
    use crate::stage::view_of::{Viewed, of_client};

    /// In somebody's view exactly those are marked whom the list names, and exactly those slots.
    fn marks_are_what_the_list_names(truth: &Snapshot, whose: Option<HostId>, viewed: &Viewed) {
        let name = |owner: Option<HostId>| match owner {
            Some(owner) if Some(owner) == whose => "itself".to_owned(),
            owner => owner
                .map_or("nobody".to_owned(), |owner| words::both_names(&viewed.city, truth, owner, Voice::Story)),
        };
        let is_named = |called: &str, told: &str| {
            let mut rest = told.match_indices(called);
            rest.any(|(at, _)| {
                // `Shop 3` is not named by `in truth Shop 3`, which stands behind another name, nor by `Old shop 3`.
                !told[..at].ends_with("(in truth ") && !told[at + called.len()..].starts_with(" (in truth")
            })
        };
        let list = &viewed.sentences;
        for node in &truth.nodes {
            let called = name(Some(node.host));
            let named = list.iter().any(|told| is_named(&called, told)) && Some(node.host) != whose;
            assert_eq!(named, viewed.marked.differs.contains(&node.host), "{called} for {whose:?}: {list:?}");
        }
        let mut pairs = std::collections::BTreeSet::new();
        for slot in 0..crate::cluster::slot::SLOTS {
            let [thought, is] =
                [&viewed.city, truth].map(|of| words::entry(of, slot).and_then(|entry| entry.owner));
            let marked = viewed.marked.slots.iter().any(|run| (run.start..=run.end).contains(&slot));
            assert_eq!(thought != is, marked, "slot {slot} for {whose:?}");
            if marked {
                pairs.insert(format!(": it says {}, where it is {}.", name(thought), name(is)));
            }
        }
        let told: Vec<&String> = list.iter().filter(|told| told.starts_with("Slot")).collect();
        assert_eq!(told.len(), pairs.len(), "{list:?}");
        assert!(pairs.iter().all(|pair| told.iter().any(|told| told.ends_with(pair))), "{pairs:?} {list:?}");
    }

    #[test]
    fn what_is_marked_is_what_the_list_says_whatever_happens() {
        use crate::cluster::id::RackId;
        use crate::cluster::operator::Task;
        let set = || Action::Command { client: ClientId(0), target: None, line: "SET a 1".into() };
        let moved = Task::Reshard { from: HostId(0), to: HostId(1), slots: 200 };
        let told = [Action::CutOff(RackId(2)), Action::PowerOff(RackId(1)), Action::Operate(moved)];
        for act in told {
            let mut session = Session::new(&Scenario::first_city(), 7).unwrap();
            session.act(set()).unwrap();
            session.advance_to(5 * SECOND);
            session.act(act).unwrap();
            for at in [6, 12, 22, 25, 40, 70] {
                session.advance_to(at * SECOND);
                let truth = session.snapshot();
                let client = of_client(&truth, &truth.clients[0], Voice::Story);
                marks_are_what_the_list_names(&truth, None, &client);
                for node in truth.nodes.iter().filter(|node| node.running) {
                    marks_are_what_the_list_names(&truth, Some(node.host), &viewed(&session, node.host.0));
                }
            }
        }
    }
}
