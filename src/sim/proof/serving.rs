//! Who must be able to answer: a majority side with a living copy of everything, and at last everybody.

use std::collections::BTreeSet;

use super::bound::FAST;
use super::check::{Check, Violation, contents, running, violated};
use super::membership::members;
use crate::cluster::config::CRON_PERIOD;
use crate::cluster::fact::DownReason;
use crate::cluster::id::{HostId, Place};
use crate::cluster::node::Node;
use crate::cluster::node::replication::MasterLink;
use crate::cluster::slot::{SLOTS, Slot};
use crate::cluster::snapshot::{NodeView, Role, Snapshot, SyncState};
use crate::cluster::time::SECOND;
use crate::cluster::world::World;

/// The side that must serve every slot again within the recovery bound, if there is one.
///
/// It has more than half of the masters that own slots, its nodes hear each other both ways and nobody else hears them or
/// is heard by them, the streets are neither slow nor lossy, and of every slot it has the owner or a replica of the owner
/// whose copy is fresh enough to stand for election, and that has heard of the slot: what came to a master that its replica
/// does not hear any more is not in the claim of who replaces it, and fails with the master, in Redis too.
pub(super) fn side_that_must_serve(world: &World) -> Option<Vec<HostId>> {
    let (network, streets) = (world.network(), world.network().streets);
    let far = if network.regions > 1 { streets.other_region } else { 0 };
    if !network.is_calm() || streets.other_rack.max(far) > FAST {
        return None;
    }
    let members = members(world)?;
    let now = world.snapshot();
    let owners = owners(&now)?;
    let masters: BTreeSet<HostId> = owners.iter().copied().collect();
    let sides = sides(world, &members)?;
    let has_majority =
        |side: &Vec<HostId>| side.iter().filter(|host| masters.contains(host)).count() > masters.len() / 2;
    let side = sides.into_iter().find(has_majority)?;
    // A node that imports a slot does not hear that its owner was replaced (7.0): an operator has to close the slot.
    if side.iter().any(|&host| world.node(host).is_some_and(Node::imports_slots)) {
        return None;
    }
    let covered = |owner: &HostId| side.contains(owner) || has_an_heir(world, &now, &side, *owner, &owners);
    masters.iter().all(covered).then_some(side)
}

/// The owner of every slot by the newest claim, whether it runs or not; `None` if a slot has none.
fn owners(now: &Snapshot) -> Option<Vec<HostId>> {
    let mut best: Vec<Option<(u64, HostId)>> = vec![None; usize::from(SLOTS)];
    for node in now.nodes.iter().filter(|node| node.role == Role::Master) {
        for slot in node.slots.iter().flat_map(|range| range.start..=range.end) {
            best[usize::from(slot)] = best[usize::from(slot)].max(Some((node.config_epoch, node.host)));
        }
    }
    best.into_iter().map(|claim| claim.map(|(_, host)| host)).collect()
}

/// The sides that cuts leave of what lives; `None` if they are not clean.
fn sides(world: &World, members: &[HostId]) -> Option<Vec<Vec<HostId>>> {
    let alive: Vec<HostId> = members.iter().copied().filter(|&host| !world.is_frozen(host)).collect();
    let hears = |a, b| world.network().passes(Place::Node(a), Place::Node(b));
    let mut sides: Vec<Vec<HostId>> = Vec::new();
    for &host in &alive {
        match sides.iter_mut().find(|side| hears(side[0], host)) {
            Some(side) => side.push(host),
            None => sides.push(vec![host]),
        }
    }
    let side_of = |host| sides.iter().position(|side| side.contains(&host));
    let clean = alive.iter().all(|&a| alive.iter().all(|&b| a == b || hears(a, b) == (side_of(a) == side_of(b))));
    clean.then_some(sides)
}

/// Whether a replica may be elected in place of `owner`, and whoever may be claims all that is the owner's.
fn has_an_heir(world: &World, now: &Snapshot, side: &[HostId], owner: HostId, owners: &[HostId]) -> bool {
    let replica = Role::Replica { of: Some(owner) };
    let follows = |host: &HostId| now.nodes[usize::from(host.0)].role == replica;
    let heirs = || side.iter().copied().filter(follows).filter_map(|host| Some((host, world.node(host)?)));
    let knows = |node: &Node, slot| node.view.owner(slot).is_some_and(|ix| node.view.peer(ix).addr() == owner);
    let knows_all = |node: &Node| (0..SLOTS).all(|slot| owners[usize::from(slot)] != owner || knows(node, slot));
    heirs().any(|(host, _)| can_replace(world, now, host, owner)) && heirs().all(|(_, node)| knows_all(node))
}

/// Whether a replica may be elected in place of `owner`: it follows it, and its copy will not be too old by then.
fn can_replace(world: &World, now: &Snapshot, host: HostId, owner: HostId) -> bool {
    let view: &NodeView = &now.nodes[usize::from(host.0)];
    let Some(node) = world.node(host) else {
        return false;
    };
    let config = &node.config;
    let limit = config.repl_ping_period + config.node_timeout * config.replica_validity_factor;
    let until_votes =
        2 * config.node_timeout + (4 * config.node_timeout).max(4 * SECOND) + 2 * SECOND + CRON_PERIOD;
    let fresh = match view.sync {
        SyncState::InSync | SyncState::Behind { .. } => true,
        SyncState::LinkDown { for_time } => for_time > 0 && for_time + until_votes <= limit,
        _ => false,
    };
    view.role == Role::Replica { of: Some(owner) } && fresh && !config.replica_no_failover
}

/// Every node of the side answers keys, and all agree on the owner of every slot, who is one of them and thinks so too.
pub(super) fn check(world: &World, side: &[HostId], check: Check) -> Result<(), Violation> {
    match trouble(world, side, &BTreeSet::new()) {
        Some(what) => violated(check, world.now(), what),
        None => Ok(()),
    }
}

/// What is wrong with these, but for who owns some slots.
fn trouble(world: &World, side: &[HostId], but_for: &BTreeSet<Slot>) -> Option<String> {
    let nodes: Vec<(HostId, &Node)> = side.iter().filter_map(|&host| Some((host, world.node(host)?))).collect();
    for &(host, node) in &nodes {
        // Where nobody owns one of those, everybody says so.
        let bare = || but_for.iter().any(|&slot| node.view.owner(slot).is_none());
        let excused = node.health.down == Some(DownReason::SlotsUncovered) && bare();
        if !node.health.is_ok() && !excused {
            return Some(format!("{host:?} answers CLUSTERDOWN ({:?})", node.health.down));
        }
    }
    let &(first, reference) = nodes.first()?;
    let owner = |node: &Node, slot| node.view.owner(slot).map(|ix| node.view.peer(ix).addr());
    for slot in borders(reference).filter(|slot| !but_for.contains(slot)) {
        let expected = owner(reference, slot);
        if expected.is_none_or(|owner| !side.contains(&owner)) {
            return Some(format!("slot {slot} belongs to {expected:?}, which cannot be reached"));
        }
    }
    // Where two views differ one of them has a border, or slot 0 differs too: so those of every node are looked at.
    for &(host, node) in &nodes {
        let differs = |slot: &Slot| !but_for.contains(slot) && owner(node, *slot) != owner(reference, *slot);
        if let Some(slot) = borders(reference).chain(borders(node)).find(differs) {
            let (expected, other) = (owner(reference, slot), owner(node, slot));
            return Some(format!("{first:?} and {host:?} disagree on slot {slot}: {expected:?}, {other:?}"));
        }
    }
    None
}

/// The first slots of all runs with one owner.
fn borders(node: &Node) -> impl Iterator<Item = Slot> + '_ {
    let owner = |slot| node.view.owner(slot);
    (0..SLOTS).filter(move |&slot| slot == 0 || owner(slot) != owner(slot - 1))
}

/// The nodes that have to agree without an operator: all that are in the cluster, if they know each other, no slot is open
/// among them, and every slot has somebody in it who claims it.
pub(super) fn unaided(world: &World) -> Option<Vec<HostId>> {
    if running(world).any(|(_, node)| node.open_slots().next().is_some()) {
        return None;
    }
    let owners = owners(&world.snapshot())?;
    members(world).filter(|members| owners.iter().all(|owner| members.contains(owner)))
}

/// Why these are not at peace yet: a view that differs, a suspicion, a replica that is no copy, a shared epoch.
/// Who owns the slots in `but_for` is not looked at.
pub(super) fn unrest(world: &World, members: &[HostId], but_for: &BTreeSet<Slot>) -> Option<String> {
    if let Some(what) = trouble(world, members, but_for) {
        return Some(what);
    }
    let mut epochs = BTreeSet::new();
    for (host, node) in running(world).filter(|(host, _)| members.contains(host)) {
        if let Some((_, peer)) = node.view.others().find(|(_, peer)| peer.in_trouble()) {
            return Some(format!("{host:?} holds {:?} for failed", peer.addr()));
        }
        let me = node.view.me();
        if me.is_master() && me.slot_count() > 0 && !epochs.insert(me.config_epoch) {
            return Some(format!("{host:?} shares its config epoch {}", me.config_epoch));
        }
        if let Some(what) = no_copy(world, host, node) {
            return Some(what);
        }
    }
    None
}

/// Replicas that follow a replica, know it, and leave it so: 7.0 looks for its grand master only when somebody's slots
/// change (`clusterUpdateSlotsConfigWith`). A real 7.0.15 stays so for ever, a copy of a copy.
pub(super) fn sub_replicas(world: &World) -> Vec<(HostId, HostId)> {
    let chain = |(host, node): (HostId, &Node)| {
        let master = node.view.peer(node.view.me().replica_of()?);
        Some((host, node.view.peer(master.replica_of()?).addr()))
    };
    running(world).filter_map(chain).collect()
}

fn no_copy(world: &World, host: HostId, node: &Node) -> Option<String> {
    let master = node.view.me().replica_of()?;
    let addr = node.view.peer(master).addr();
    let sub_replica = node.view.peer(master).replica_of().is_some();
    let Some(master) = world.node(addr).filter(|master| master.view.me().is_master() || sub_replica) else {
        return Some(format!("{host:?} follows {addr:?}, which is no master"));
    };
    let link = node.replication.link;
    let (mine, theirs) = (node.replication.offset, master.replication.offset);
    if !matches!(link, MasterLink::Streaming(_)) || mine != theirs {
        return Some(format!("{host:?} is not in step with {addr:?}: {link:?}, offset {mine} of {theirs}"));
    }
    (contents(&master.store) != contents(&node.store)).then(|| format!("{host:?} is no copy of {addr:?}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::trouble;
    use crate::cluster::id::{ClientId, HostId};
    use crate::cluster::time::MS;
    use crate::cluster::world::Plan;
    use crate::sim::{Action, Scenario, Session};

    /// A view that lacks slots only within a run of the others', and whose node serves all the same.
    #[test]
    fn views_are_compared_at_the_borders_of_both() {
        let mut session = Session::new(&Scenario { plan: Plan::small() }, 1).expect("the plan is sound");
        let all: Vec<HostId> = session.world().hosts().collect();
        assert_eq!(trouble(session.world(), &all, &BTreeSet::new()), None);
        for line in ["CONFIG SET cluster-require-full-coverage no", "CLUSTER DELSLOTSRANGE 5 2000"] {
            let target = Some(HostId(2));
            session
                .act(Action::Command { client: ClientId(0), target, line: line.into() })
                .expect("it can be asked");
        }
        // Before the owner's next PING, which claims them anew.
        while session.world().node(HostId(2)).is_some_and(|node| node.view.owner(5).is_some()) {
            assert!(session.tick(session.now() + MS), "it does not come about");
        }
        assert!(session.world().node(HostId(2)).is_some_and(|node| node.health.is_ok()));
        let what = trouble(session.world(), &all, &BTreeSet::new()).expect("it is noticed");
        assert!(what.contains("disagree on slot 5:"), "{what}");
    }
}
