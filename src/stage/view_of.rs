//! Whose view? The city as one node, or your client, believes it is, and where that differs from what is so.
//!
//! What is believed is a [`Snapshot`] again, so that the same drawing shows it. It knows nothing of what its owner
//! cannot know: messages, keys of others, fires.

use std::rc::Rc;

use super::differing::{about_slots, disagreements};
use super::words;
use crate::cluster::id::HostId;
use crate::cluster::slot::SlotRange;
use crate::cluster::snapshot::{
    Belief, ClientView, DirectoryEntry, NodeState, NodeView, Role, Snapshot, SyncState,
};
use crate::narrate::Voice;

/// What the drawing marks in somebody's view.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Marked {
    /// Nodes about which the view is wrong, or at least alone.
    pub differs: Vec<HostId>,
    /// Nodes that the view does not have.
    pub unknown: Vec<HostId>,
    /// Slots whose owner is another one in truth.
    pub slots: Vec<SlotRange>,
    /// It is a client's view: config epochs and replicas are unknown to it.
    pub of_client: bool,
}

/// Somebody's view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewed {
    /// The city as it is believed to be.
    pub city: Snapshot,
    /// What to mark: goes into [`super::scene::Look`].
    pub marked: Rc<Marked>,
    /// Every disagreement in a sentence.
    pub sentences: Vec<String>,
}

/// A run of slots and whom somebody takes for its owner.
pub type Table = [(SlotRange, Option<HostId>)];

/// The city as a node believes it is. `beliefs` and `table` are what the world tells of it; both are empty where its
/// process does not run, and then there is no view.
pub fn of_node(
    truth: &Snapshot,
    whose: HostId,
    beliefs: &[Belief],
    table: &Table,
    voice: Voice,
) -> Option<Viewed> {
    if table.is_empty() {
        return None;
    }
    let mut city = blind(truth);
    let mut marked = Marked::default();
    let mut sentences = Vec::new();
    let mut believed = Vec::new();
    for (node, is) in city.nodes.iter_mut().zip(&truth.nodes) {
        if node.host == whose {
            // Nobody takes itself for lost.
            *node = NodeView { state: NodeState::Ok, suspected_by: Vec::new(), silent_for: None, ..is.clone() };
            continue;
        }
        let name = words::name_of(truth, node.host, voice);
        let Some(belief) = beliefs.iter().find(|belief| belief.about == node.host) else {
            marked.unknown.push(node.host);
            marked.differs.push(node.host);
            sentences.push(format!("It does not know {name}."));
            continue;
        };
        believe(node, belief, whose);
        believed.push((belief, is));
    }
    directory(&mut city, truth, table, &mut marked);
    slots_of(&mut city);
    // Who is called what in these eyes is known only when all is.
    for (belief, is) in believed {
        let before = sentences.len();
        disagreements(belief, is, &words::both_names(&city, truth, is.host, voice), &mut sentences);
        if sentences.len() > before {
            marked.differs.push(is.host);
        }
    }
    sentences.extend(about_slots(truth, &city, Some(whose), &mut marked, voice));
    Some(Viewed { city, marked: Rc::new(marked), sentences })
}

/// The city as a client believes it is: it knows whom to ask about which slot and who left it without an answer, and nothing
/// else.
pub fn of_client(truth: &Snapshot, client: &ClientView, voice: Voice) -> Viewed {
    let table: Vec<(SlotRange, Option<HostId>)> =
        client.map.iter().map(|(range, host)| (*range, Some(*host))).collect();
    let mut city = blind(truth);
    let mut marked = Marked { of_client: true, ..Marked::default() };
    directory(&mut city, truth, &table, &mut marked);
    slots_of(&mut city);
    for node in &mut city.nodes {
        node.role = if node.slots.is_empty() { Role::Replica { of: None } } else { Role::Master };
    }
    let mut sentences = Vec::new();
    for at in 0..city.nodes.len() {
        let host = city.nodes[at].host;
        if client.silent.contains(&host) {
            city.nodes[at].state = NodeState::Pfail;
        } else if city.nodes[at].role == Role::Master && !words::opens_its_door(truth, host) {
            let name = words::both_names(&city, truth, host, voice);
            sentences.push(format!("It has not noticed that {name} does not answer: it has not asked since."));
            marked.differs.push(host);
        }
    }
    sentences.extend(about_slots(truth, &city, None, &mut marked, voice));
    Viewed { city, marked: Rc::new(marked), sentences }
}

/// The city of which nothing is known but who is there.
fn blind(truth: &Snapshot) -> Snapshot {
    let node = |is: &NodeView| NodeView {
        role: Role::Master,
        state: NodeState::Ok,
        running: true,
        frozen: false,
        slow: 0,
        suspected_by: Vec::new(),
        silent_for: None,
        config_epoch: 0,
        cluster_ok: true,
        slots: Vec::new(),
        keys: 0,
        offset: 0,
        sync: SyncState::Master,
        election: None,
        promoted_at: None,
        ..is.clone()
    };
    Snapshot {
        nodes: truth.nodes.iter().map(node).collect(),
        directory: Vec::new(),
        flights: Vec::new(),
        moving: Vec::new(),
        cuts: Vec::new(),
        racks: truth
            .racks
            .iter()
            .map(|rack| crate::cluster::snapshot::RackView { powered: true, ..rack.clone() })
            .collect(),
        ..truth.clone()
    }
}

fn believe(node: &mut NodeView, belief: &Belief, whose: HostId) {
    node.role = if belief.master { Role::Master } else { Role::Replica { of: belief.replica_of } };
    node.sync = if belief.master { SyncState::Master } else { SyncState::InSync };
    node.config_epoch = belief.config_epoch;
    node.state = match (belief.failed, belief.suspected) {
        (true, _) => NodeState::Fail,
        (false, true) => NodeState::Pfail,
        (false, false) => NodeState::Ok,
    };
    if node.state != NodeState::Ok {
        node.running = false;
        node.silent_for = belief.ping_pending.or(belief.pong_ago);
        // Itself and those who reported it: how many matters, not who.
        node.suspected_by = vec![whose; usize::from(belief.reports) + 1];
    }
}

/// The directory of a table, and the slots in which it differs from the true one.
fn directory(city: &mut Snapshot, truth: &Snapshot, table: &Table, marked: &mut Marked) {
    let mut entries: Vec<DirectoryEntry> = Vec::new();
    let mut next = 0;
    let entry = |range: SlotRange, owner: Option<HostId>, city: &Snapshot| {
        let node = owner.and_then(|owner| words::node(city, owner));
        DirectoryEntry {
            range,
            owner,
            shard: node.map(|node| node.shard),
            served: node.is_some_and(|node| node.state != NodeState::Fail),
        }
    };
    for (range, owner) in table {
        if next < range.start {
            entries.push(entry(SlotRange { start: next, end: range.start - 1 }, None, city));
        }
        entries.push(entry(*range, *owner, city));
        next = range.end.saturating_add(1);
    }
    if next < crate::cluster::slot::SLOTS {
        entries.push(entry(SlotRange { start: next, end: crate::cluster::slot::SLOTS - 1 }, None, city));
    }
    for believed in &entries {
        for is in truth.directory.iter().filter(|is| is.owner != believed.owner) {
            let (start, end) = (is.range.start.max(believed.range.start), is.range.end.min(believed.range.end));
            if start <= end {
                marked.slots.push(SlotRange { start, end });
            }
        }
    }
    city.directory = entries;
}

/// Gives every node the slots that the directory has of it.
fn slots_of(city: &mut Snapshot) {
    for node in &mut city.nodes {
        let own = city.directory.iter().filter(|entry| entry.owner == Some(node.host));
        node.slots = own.map(|entry| entry.range).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::{ClientId, Place};
    use crate::cluster::time::SECOND;
    use crate::sim::{Action, Scenario, Session};
    use crate::stage::checks::viewed;
    use crate::stage::frame::{Class, Frame};
    use crate::stage::scene::{Look, Scene};
    use crate::stage::shop::Walls;

    /// Shop 3 is cut off from all the others; its backup has taken its place on their side.
    fn split() -> Session {
        let mut session = Session::new(&Scenario::first_city(), 1).unwrap();
        let alone = vec![Place::Node(HostId(2))];
        let others: Vec<Place> = [0, 1, 3, 4, 5].map(|host| Place::Node(HostId(host))).to_vec();
        session.act(Action::Cut { one: alone, other: others, both_ways: true }).unwrap();
        session.advance_to(40 * SECOND);
        session
    }

    #[test]
    fn two_sides_of_a_partition_believe_different_cities() {
        let session = split();
        let (inside, outside) = (viewed(&session, 2), viewed(&session, 0));
        let state = |of: &Viewed, host: usize| of.city.nodes[host].state;
        assert_eq!((state(&inside, 2), state(&outside, 2)), (NodeState::Ok, NodeState::Fail));
        assert_ne!(state(&inside, 0), NodeState::Ok, "it hears nothing of the others");
        let owner = |of: &Viewed| words::entry(&of.city, 16_383).and_then(|entry| entry.owner);
        assert_eq!((owner(&inside), owner(&outside)), (Some(HostId(2)), Some(HostId(5))));
        assert!(inside.marked.differs.contains(&HostId(0)) && inside.marked.differs.contains(&HostId(5)));
        assert_eq!(inside.marked.slots, [SlotRange { start: 10_923, end: 16_383 }]);
        assert!(outside.marked.slots.is_empty(), "{:?}", outside.marked);
        let told = inside.sentences.join(" ");
        assert!(told.contains("for a replica; it is a master."), "{told}");
        assert!(told.contains("Slots 10923–16383: it says"), "{told}");
        assert!(outside.sentences.iter().any(|told| told.contains("but") && told.contains("runs")), "{outside:?}");
    }

    #[test]
    fn who_is_cut_off_with_somebody_rightly_takes_it_for_alive() {
        let mut session = Session::new(&Scenario::first_city(), 7).unwrap();
        session.act(Action::CutOff(crate::cluster::id::RackId(2))).unwrap();
        session.advance_to(40 * SECOND);
        let city = session.snapshot();
        let neighbour = city.nodes.iter().find(|node| node.rack == city.nodes[2].rack && node.host != HostId(2));
        let neighbour = neighbour.expect("two stand in each rack");
        assert!(neighbour.running && neighbour.state == NodeState::Fail, "{neighbour:?}");
        let inside = viewed(&session, 2);
        assert!(!inside.marked.differs.contains(&neighbour.host), "{:?}", inside.sentences);
        let frame = Frame { class: Class::Wide, width: 796, height: Some(540) };
        let of = of_client(&city, &city.clients[0], Voice::Story);
        let drawn = Scene::of(&of.city, frame, &Look { view: Some(of.marked.clone()), ..Look::default() });
        let epoch = |shop: &Rc<crate::stage::shop::ShopView>| {
            !shop.chip.is_empty()
                || shop.captions.iter().any(|told| told.text.contains("e0"))
                || shop.spoken.contains("e0")
        };
        assert!(!drawn.shops.iter().any(epoch), "a client knows no epochs: {:?}", drawn.shops);
    }

    #[test]
    fn in_peace_everybody_agrees() {
        let session = Session::new(&Scenario::first_city(), 1).unwrap();
        for host in 0..6 {
            let viewed = viewed(&session, host);
            assert_eq!((viewed.sentences, viewed.marked), (Vec::<String>::new(), Rc::default()), "{host}");
        }
        let snapshot = session.snapshot();
        assert_eq!(of_client(&snapshot, &snapshot.clients[0], Voice::Story).sentences, Vec::<String>::new());
    }

    #[test]
    fn a_view_is_drawn_like_the_city_with_its_errors_marked() {
        let session = split();
        let viewed = viewed(&session, 2);
        let frame = Frame { class: Class::Wide, width: 796, height: Some(540) };
        let scene = Scene::of(&viewed.city, frame, &Look { view: Some(viewed.marked.clone()), ..Look::default() });
        let shop = &scene.shops[5];
        assert!(shop.marks.differs && !shop.master, "{shop:?}");
        assert!(!scene.shops[2].marks.differs && scene.shops[2].walls == Walls::Solid);
        assert!(scene.parcels.is_empty() && !scene.disputed.is_empty());
        let truth = Scene::of(&session.snapshot(), frame, &Look::default());
        for (believed, is) in scene.shops.iter().zip(&truth.shops) {
            assert_eq!(believed.touch, is.touch, "nothing moves when the view changes");
        }
    }

    #[test]
    fn a_client_knows_only_whom_to_ask() {
        let city = crate::stage::fixture::promoted();
        let viewed = of_client(&city, &city.clients[0], Voice::Redis);
        assert_eq!(viewed.marked.slots, [SlotRange { start: 10_923, end: 16_383 }]);
        let old = "Master 3 (in truth Old master 3, at 10.0.3.1)";
        assert_eq!(
            viewed.sentences,
            [
                format!("It has not noticed that {old} does not answer: it has not asked since."),
                format!(
                    "Slots 10923–16383: it says {old}, where it is Replica 3 (in truth Master 3, at 10.0.1.2)."
                ),
            ]
        );
        assert_eq!(city.clients[0].id, ClientId(0));
        assert!(viewed.city.nodes.iter().all(|node| node.state == NodeState::Ok));
    }
}
