//! Who works, and is cut off all the same: being lost is what others believe, and they may be wrong about it.

use super::words;
use crate::cluster::id::Place;
use crate::cluster::snapshot::{NodeState, NodeView, Role, Snapshot};

/// For each node, in their order, whether most of the other masters can not hear it, or it not them. Empty where no road is
/// cut.
pub fn cut_off(snapshot: &Snapshot) -> Vec<bool> {
    if snapshot.cuts.is_empty() {
        return Vec::new();
    }
    let judge: Vec<bool> = snapshot.nodes.iter().map(votes).collect();
    let judges = judge.iter().filter(|judge| **judge).count();
    let mut lost = vec![(0, 0); judge.len()];
    for cut in &snapshot.cuts {
        if let (Place::Node(from), Place::Node(to)) = cut {
            let (from, to) = (usize::from(from.0), usize::from(to.0));
            let counts = |host: usize| usize::from(judge.get(host) == Some(&true));
            if let Some((out, _)) = lost.get_mut(from) {
                *out += counts(to);
            }
            if let Some((_, into)) = lost.get_mut(to) {
                *into += counts(from);
            }
        }
    }
    let most = |((out, into), own): ((usize, usize), bool)| out.max(into) * 2 > judges - usize::from(own);
    lost.into_iter().zip(judge).map(most).collect()
}

/// Whether it is a master with slots: one that is asked whom it takes for lost, and that may vote.
fn votes(node: &NodeView) -> bool {
    node.role == Role::Master && !node.slots.is_empty()
}

/// How many other masters have an opinion of it.
pub(super) fn others(node: &NodeView, snapshot: &Snapshot) -> usize {
    snapshot.nodes.iter().filter(|other| votes(other) && other.host != node.host).count()
}

/// Whether its process does its work, whatever others think of it.
pub fn works(node: &NodeView, snapshot: &Snapshot) -> bool {
    node.running && !node.frozen && snapshot.racks.iter().any(|rack| rack.id == node.rack && rack.powered)
}

/// Whether it works, and too few suspect it to agree on anything: those few are an island of their own.
pub(super) fn is_islands(node: &NodeView, snapshot: &Snapshot) -> bool {
    node.state == NodeState::Pfail && node.suspected_by.len() < usize::from(node.quorum) && works(node, snapshot)
}

/// Who suspects it, for one that works: `Shop 3` if it is only one, else how many of how many.
pub(super) fn doubters(
    node: &NodeView,
    snapshot: &Snapshot,
    name: impl Fn(crate::cluster::id::HostId) -> String,
) -> String {
    match node.suspected_by[..] {
        [one] => name(one),
        _ => words::of(node.suspected_by.len(), others(node, snapshot)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::HostId;
    use crate::narrate::Voice;
    use crate::stage::art;
    use crate::stage::checks::frames;
    use crate::stage::fixture;
    use crate::stage::inspect;
    use crate::stage::scene::{Look, Scene};
    use crate::stage::shape::Shape;
    use crate::stage::shop::Walls;
    use crate::stage::size::Size;
    use crate::stage::text::Bounds;

    #[test]
    fn whoever_hears_no_majority_is_cut_off_and_nobody_else() {
        let rack = fixture::apart();
        assert_eq!(cut_off(&rack), [false, false, true, false, false, true]);
        let mut street = fixture::opening();
        assert!(cut_off(&street).is_empty());
        let pair = [0, 2].map(|host| Place::Node(HostId(host)));
        street.cuts = vec![(pair[0], pair[1]), (pair[1], pair[0])];
        assert_eq!(cut_off(&street), [false; 6], "a third one hears both");
    }

    #[test]
    fn a_shop_that_works_is_never_drawn_burnt() {
        let city = fixture::apart();
        for frame in frames() {
            let scene = Scene::of(&city, frame, &Look::default());
            let lost = &scene.shops[2];
            let said: Vec<&str> = lost.captions.iter().map(|label| &*label.text).collect();
            let said = said.join(" ");
            assert!(lost.walls == Walls::Solid && lost.marks.believed_lost, "{frame:?}");
            assert!(!lost.marks.fire && said.contains("cut off") && said.contains("FAIL"), "{frame:?}: {said}");
            assert!(!said.contains("0.0 s"), "{said}");
            let drawn = format!("{:?}", art::shop::draw(lost));
            // Its whole rack is cut off: the rack's board says so, and the shop needs none of its own.
            assert!(!drawn.contains("closed-street") && !drawn.contains("charred"), "{drawn}");
            assert!(scene.works.blocks.iter().any(|block| block.street == "rack 2"), "{frame:?}");
            // The others are well: it alone suspects them, and that is said.
            let well = &scene.shops[0];
            let said: Vec<&str> = well.captions.iter().map(|label| &*label.text).collect();
            let marks = well.marks;
            assert!(well.walls == Walls::Solid && marks.islands && !marks.question && !marks.apart, "{said:?}");
            let said = said.join(" ");
            assert!(said.contains("master") && said.contains("by 1 of 2"), "{frame:?}: {said}");
            assert!(well.spoken.contains("suspected by 1 of 2"), "{}", well.spoken);
            assert!(format!("{:?}", art::shop::draw(well)).contains("question islands"));
            // With a second doubter it is a matter for all.
            let mut doubted = city.clone();
            doubted.nodes[0].suspected_by.push(HostId(1));
            let marks = Scene::of(&doubted, frame, &Look::default()).shops[0].marks;
            assert!(marks.question && !marks.islands, "{frame:?}");
        }
    }

    #[test]
    fn the_inspector_says_whose_belief_it_is() {
        let city = fixture::apart();
        let state =
            |host| inspect::inspect(&city, HostId(host), &[], vec![], Voice::Story).expect("it is there").state.0;
        assert_eq!(&*state(2), "works, but is FAIL to 2 of 2");
        assert_eq!(&*state(0), "works; suspected by Shop 3");
        let burnt = fixture::waiting();
        let state = inspect::inspect(&burnt, HostId(2), &[], vec![], Voice::Story).expect("it is there").state.0;
        assert_eq!(&*state, "failed (FAIL)");
    }

    #[test]
    fn racks_that_are_apart_from_each_other_have_one_board_between_them() {
        // Rack A has two masters, rack B one: those of B hear no majority, or, with one more of A's cut, those of A neither.
        let mut city = fixture::large(3, 1, 2);
        for node in &mut city.nodes {
            (node.state, node.running) = (NodeState::Ok, true);
        }
        let of = |rack: u16| {
            let inside = city.nodes.iter().filter(move |node| node.rack.0 == rack);
            inside.map(|node| Place::Node(node.host)).collect::<Vec<_>>()
        };
        let (one, other) = (of(0), of(1));
        let pairs = one.iter().flat_map(|a| other.iter().flat_map(move |b| [(*a, *b), (*b, *a)]));
        let pairs: Vec<(Place, Place)> = pairs.collect();
        let board = |city: &Snapshot, frame| {
            let scene = Scene::of(city, frame, &Look::default());
            let own: Vec<u16> =
                scene.shops.iter().filter(|shop| shop.marks.apart).map(|shop| shop.host.0).collect();
            (scene.works.blocks.len(), own)
        };
        let mut swapped = city.clone();
        (city.cuts, swapped.cuts) = (pairs.clone(), pairs);
        swapped.racks.reverse();
        for frame in frames() {
            assert_eq!(board(&city, frame), (1, vec![]), "{frame:?}");
            assert_eq!(board(&swapped, frame), (1, vec![]), "{frame:?}");
        }
    }

    #[test]
    fn the_board_of_a_closed_street_hides_nothing_and_says_it_once() {
        for mut city in [fixture::key_typed(), fixture::large(6, 1, 3), fixture::large(12, 1, 3)] {
            let own = Place::Node(HostId(2));
            for other in city.nodes.iter().map(|node| Place::Node(node.host)).filter(|other| *other != own) {
                city.cuts.extend([(own, other), (other, own)]);
            }
            for frame in frames() {
                let scene = Scene::of(&city, frame, &Look::default());
                assert!(scene.works.blocks.is_empty(), "{frame:?}");
                let Some(shop) = scene.shops.get(2) else { continue };
                assert!(shop.marks.apart && format!("{:?}", art::shop::draw(shop)).contains("closed-street"));
                let whole = Bounds::new(0, 0, frame.width, scene.height);
                let unit = |x: i32| shop.front.left + shop.front.width() * x / 150;
                let up = shop.front.width() * if shop.size == Size::Full { 49 } else { 0 } / 150;
                let top = shop.front.bottom - up;
                let window = Bounds { left: unit(20), top, right: unit(92), ..shop.front };
                let signs =
                    scene.shops.iter().flat_map(|shop| art::shop::draw(shop)).filter_map(|shape| match shape {
                        Shape::Text(label) => Some(label.bounds()),
                        _ => None,
                    });
                let words = signs.chain(scene.labels().map(|label| label.bounds())).chain([window]);
                let words: Vec<Bounds> = words.collect();
                for street in shop.closed_streets() {
                    let half = (street.width() - 2).min(40) / 2;
                    let (x, y) = (street.middle(), street.middle_y());
                    let board = Bounds {
                        left: x - half,
                        top: y - half * 11 / 20,
                        right: x + half,
                        bottom: y + half * 13 / 20,
                    };
                    assert!(whole.contains(&board), "{board:?} leaves {whole:?}");
                    assert_eq!(words.iter().find(|word| word.overlaps(&board)), None, "{board:?} at {frame:?}");
                }
            }
        }
    }
}
