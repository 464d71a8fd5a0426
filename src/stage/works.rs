//! What is in the way, and what is being carried: roads that are cut, and slots on their way to another shop.

use super::layout::Layout;
use super::sheet::Sheet;
use super::size::Size;
use super::street::street;
use super::strip;
use super::text::Bounds;
use super::words;
use crate::cluster::id::{ClientId, HostId, Place, RackId};
use crate::cluster::snapshot::{Moving, Snapshot};
use crate::narrate::{Cast, Voice};

/// At most so many road blocks are drawn.
const MOST_BLOCKS: usize = 16;
/// Half of a road block's width and height.
const HALF: (i32, i32) = (20, 13);

/// A slot on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crate {
    /// The shard it comes from, and the one it goes to.
    pub shards: (u16, u16),
    /// Where the crate stands between the two shops, and the way it takes; not where there are no streets.
    pub carried: Option<((i32, i32), String)>,
    /// Its place on the strip.
    pub band: Bounds,
}

/// A road block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its middle.
    pub at: (i32, i32),
    /// What pressing it opens, as [`opened_by`] reads it.
    pub street: String,
    /// To where nothing gets through, if it does get through the other way: a step in that direction.
    pub one_way: Option<(i32, i32)>,
    /// The street that it closes, from door to door: neighbouring streets run a few pixels apart.
    pub way: Option<String>,
}

/// A street between two places, as an element of the page names it: `0 4`, `2 you`.
pub fn street_name(one: Place, other: Place) -> String {
    let end = |place: Place| match place {
        Place::Node(host) => host.0.to_string(),
        _ => "you".to_owned(),
    };
    format!("{} {}", end(one), end(other))
}

/// The sheet behind such a name, or behind that of a rack: `rack 2`.
pub fn opened_by(name: &str) -> Option<Sheet> {
    let (one, other) = name.split_once(' ')?;
    if one == "rack" {
        return Some(Sheet::Rack(RackId(other.parse().ok()?)));
    }
    let end = |text: &str| match text {
        "you" => Some(Place::Client(ClientId(0))),
        _ => Some(Place::Node(HostId(text.parse().ok()?))),
    };
    Some(Sheet::Street(end(one)?, end(other)?))
}

/// A street of the shop that is looked at, to be pressed where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Road {
    /// Its name.
    pub street: String,
    /// Its way.
    pub way: String,
    /// Where its sign stands.
    pub sign: (i32, i32),
    /// What the sign says.
    pub says: String,
}

/// The streets of a shop to all others and to you; none where shops are too many for streets.
pub(super) fn roads(
    layout: &Layout,
    snapshot: &Snapshot,
    of: HostId,
    (home, voice): ((i32, i32), Voice),
) -> Vec<Road> {
    if layout.measures.size != Size::Full || layout.cell(of).is_none() {
        return Vec::new();
    }
    let own = Place::Node(of);
    let others = snapshot.nodes.iter().map(|node| Place::Node(node.host)).filter(|place| *place != own);
    let clients = snapshot.clients.iter().take(1).map(|client| Place::Client(client.id));
    let cast = Cast::new(snapshot);
    let road = |to: Place| {
        let way = street(layout, own, to, home)?;
        // At its end every street is alone; your door has room for one sign only.
        let (share, name) = match to {
            Place::Node(host) => (1.0, cast.name(host, voice)),
            _ => (0.9, "you".to_owned()),
        };
        let ((x, y), _) = way.at(share);
        let says = format!("Road to {name}");
        Some(Road { street: street_name(own, to), way: way.data(), sign: (x as i32, y as i32), says })
    };
    others.chain(clients).filter_map(road).collect()
}

/// Everything that is cut or carried.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Works {
    /// The road blocks.
    pub blocks: Vec<Block>,
    /// Slots on their way.
    pub crates: Vec<Crate>,
}

/// The box of a road block.
pub fn block_box((x, y): (i32, i32)) -> Bounds {
    Bounds::new(x - HALF.0, y - HALF.1, 2 * HALF.0, 2 * HALF.1)
}

/// All works.
pub(super) fn works(layout: &Layout, snapshot: &Snapshot, home: (i32, i32)) -> Works {
    let mut works = Works::default();
    for (from, to) in whole_racks_first(snapshot) {
        if works.blocks.len() == MOST_BLOCKS {
            break;
        }
        let street = match (from, to) {
            (End::Rack(one), End::Rack(other)) => format!("rack {}", alone(snapshot, one, other).0),
            (End::At(one), End::At(other)) => street_name(one, other),
            _ => continue,
        };
        let taken = |at: (i32, i32)| works.blocks.iter().any(|block| block_box(block.at).overlaps(&block_box(at)));
        if let Some((at, ahead, way)) = block(layout, (from, to), home, taken) {
            let one_way = one_way(snapshot, from, to).map(|along| (ahead.0 * along, ahead.1 * along));
            works.blocks.push(Block { at, street, one_way, way });
        }
    }
    works.crates = snapshot.moving.iter().take(8).map(|moving| carried(layout, snapshot, moving, home)).collect();
    works
}

/// Of two racks that are apart the one that has more roads cut: the other may be apart from nobody else.
fn alone(snapshot: &Snapshot, one: RackId, other: RackId) -> RackId {
    let of = |rack: RackId| {
        let inside = |place: Place| matches!(place, Place::Node(host) if words::node(snapshot, host).is_some_and(|node| node.rack == rack));
        snapshot.cuts.iter().take(256).filter(|(from, _)| inside(*from)).count()
    };
    if of(one) > of(other) { one } else { other }
}

/// Whether all that is cut between two ends is cut one way: 1 from the first to the second, -1 back.
fn one_way(snapshot: &Snapshot, from: End, to: End) -> Option<i32> {
    let at = |end: End, place: Place| match end {
        End::At(own) => own == place,
        End::Rack(rack) => {
            matches!(place, Place::Node(host) if words::node(snapshot, host).is_some_and(|node| node.rack == rack))
        }
    };
    let there = snapshot.cuts.iter().any(|(one, other)| at(from, *one) && at(to, *other));
    let back = snapshot.cuts.iter().any(|(one, other)| at(to, *one) && at(from, *other));
    (there != back).then_some(if there { 1 } else { -1 })
}

/// What a cut separates.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Rack(RackId),
    At(Place),
}

/// The cuts, each once; where all of two racks are apart, one for both.
fn whole_racks_first(snapshot: &Snapshot) -> Vec<(End, End)> {
    let rack = |place: Place| match place {
        Place::Node(host) => words::node(snapshot, host).map(|node| node.rack),
        _ => None,
    };
    let cut = |one: HostId, other: HostId| snapshot.cuts.contains(&(Place::Node(one), Place::Node(other)));
    let apart = |one: RackId, other: RackId| {
        let of = |rack: RackId| snapshot.nodes.iter().filter(move |node| node.rack == rack).map(|node| node.host);
        one != other && of(one).all(|a| of(other).all(|b| cut(a, b) || cut(b, a)))
    };
    let mut ends: Vec<(End, End)> = Vec::new();
    // So many single streets are a tangle: what is cut is still seen.
    for &(from, to) in snapshot.cuts.iter().take(256) {
        let pair = match (rack(from), rack(to)) {
            (Some(one), Some(other)) if apart(one, other) => {
                (End::Rack(one.min(other)), End::Rack(one.max(other)))
            }
            _ => (End::At(from), End::At(to)),
        };
        if !ends.contains(&pair) && !ends.contains(&(pair.1, pair.0)) {
            ends.push(pair);
        }
    }
    ends
}

/// Where a road block stands and which way its street goes there, and the street: clear of shops, of what is written and
/// of other blocks.
fn block(
    layout: &Layout,
    ends: (End, End),
    home: (i32, i32),
    taken: impl Fn((i32, i32)) -> bool,
) -> Option<((i32, i32), (i32, i32), Option<String>)> {
    let place = |rack: RackId| layout.racks.iter().find(|place| place.rack == rack).map(|place| place.block);
    if let (End::Rack(one), End::Rack(other)) = ends {
        let (one, other) = (place(one)?, place(other)?);
        let beside = one.top == other.top;
        let between = |a: i32, b: i32| (a + b) / 2;
        // Not all pairs of racks are neighbours: a block stands where the way leaves the first towards the other.
        let (at, ahead) = if beside {
            let (left, right) = if one.left < other.left { (one, other) } else { (other, one) };
            let near = right.left.min(left.right + layout.measures.gap);
            let y = left.middle_y() + (right.left - left.right) / 40;
            ((between(left.right, near), y), ((other.left - one.left).signum(), 0))
        } else {
            let y = between(one.bottom.min(other.bottom), one.top.max(other.top));
            ((one.middle(), y), (0, (other.top - one.top).signum()))
        };
        return (!taken(at)).then_some((at, ahead, None));
    }
    let (End::At(from), End::At(to)) = ends else {
        return None;
    };
    if layout.measures.size == Size::Tile {
        return None;
    }
    let way = street(layout, from, to, home)?;
    let clear = |at: (i32, i32)| {
        let own = block_box(at);
        let captions = layout.measures.captions();
        let frame = layout.bounds().contains(&own);
        frame
            && !layout
                .cells
                .iter()
                .any(|cell| Bounds { bottom: cell.shop.bottom + captions, ..cell.shop }.overlaps(&own))
    };
    let at = |share: i32| {
        let ((x, y), heading) = way.at(share as f32 / 20.0);
        let ahead = match heading as i32 {
            0 => (1, 0),
            180 => (-1, 0),
            90 => (0, 1),
            _ => (0, -1),
        };
        ((x as i32, y as i32), ahead)
    };
    let shares = [10, 9, 11, 8, 12, 7, 13, 6, 14, 5, 15, 4, 16];
    let shifts = [(0, 0), (-8, 0), (8, 0), (-14, 0), (14, 0)];
    let around = || {
        shifts.into_iter().flat_map(|(dx, dy)| {
            let shifted = move |((x, y), ahead): ((i32, i32), (i32, i32))| ((x + dx, y + dy), ahead);
            shares.into_iter().map(at).map(shifted)
        })
    };
    let inside = |((x, y), ahead): ((i32, i32), _)| ((x.clamp(HALF.0, layout.frame.width - HALF.0), y), ahead);
    let (at, ahead) = around()
        .find(|(point, _)| clear(*point) && !taken(*point))
        .or_else(|| around().find(|(point, _)| !taken(*point)).map(inside))
        .unwrap_or_else(|| inside(at(10)));
    Some((at, ahead, Some(way.data())))
}

fn carried(layout: &Layout, snapshot: &Snapshot, moving: &Moving, home: (i32, i32)) -> Crate {
    let shard = |host: HostId| words::node(snapshot, host).map_or(0, |node| node.shard);
    let band = strip::band(layout, moving.slot);
    let way = (layout.measures.size == Size::Full)
        .then(|| street(layout, Place::Node(moving.from), Place::Node(moving.to), home))
        .flatten();
    let carried = way.map(|way| {
        let ((x, y), _) = way.at(0.5);
        ((x as i32, y as i32), way.data())
    });
    Crate { shards: (shard(moving.from), shard(moving.to)), carried, band }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::checks::frames;
    use crate::stage::fixture;
    use crate::stage::scene::{Look, Scene};

    fn cut(pairs: &[(u16, u16)]) -> Snapshot {
        let mut city = fixture::key_typed();
        let node = |host: u16| Place::Node(HostId(host));
        city.cuts = pairs.iter().flat_map(|&(a, b)| [(node(a), node(b)), (node(b), node(a))]).collect();
        city
    }

    #[test]
    fn a_cut_street_has_one_block_on_it_and_none_on_a_shop() {
        for frame in frames() {
            for one in 0..6 {
                for other in (0..6).filter(|other| *other != one) {
                    let scene = Scene::of(&cut(&[(one, other)]), frame, &Look::default());
                    assert_eq!(scene.works.blocks.len(), 1, "{one} and {other} at {frame:?}");
                    let own = block_box(scene.works.blocks[0].at);
                    assert!(Bounds::new(0, 0, frame.width, scene.height).contains(&own), "{frame:?} {own:?}");
                    // The narrowest gutters have room for a part of it only.
                    let walls = |shop: Bounds| Bounds { left: shop.left + 14, right: shop.right - 14, ..shop };
                    let on = scene.shops.iter().find(|shop| walls(shop.front).overlaps(&own));
                    assert_eq!(on.map(|shop| &shop.sign), None, "{one} and {other} at {frame:?}: {own:?}");
                }
            }
        }
    }

    #[test]
    fn neighbouring_cuts_have_a_block_each_that_tells_its_street_and_its_way() {
        let node = |host: u16| Place::Node(HostId(host));
        for frame in frames() {
            let mut city = fixture::key_typed();
            city.cuts = vec![(node(0), node(1)), (node(1), node(0)), (node(0), node(4)), (node(2), node(1))];
            let scene = Scene::of(&city, frame, &Look::default());
            let blocks = &scene.works.blocks;
            assert_eq!(blocks.iter().map(|block| &*block.street).collect::<Vec<_>>(), ["0 1", "0 4", "2 1"]);
            for (nth, block) in blocks.iter().enumerate() {
                let near = |other: &&Block| block_box(other.at).overlaps(&block_box(block.at));
                assert_eq!(blocks[nth + 1..].iter().find(near), None, "{frame:?}: {block:?}");
                assert!(
                    block.way.as_ref().is_some_and(|way| blocks
                        .iter()
                        .filter(|one| one.way.as_ref() == Some(way))
                        .count()
                        == 1)
                );
                assert_eq!(block.one_way.is_some(), nth > 0, "{block:?}");
            }
            // Turned round, the arrow points the other way along the same street.
            let there = |city: &Snapshot| Scene::of(city, frame, &Look::default()).works.blocks[0].one_way;
            city.cuts = vec![(node(0), node(1))];
            let (dx, dy) = there(&city).expect("it is open the other way");
            city.cuts = vec![(node(1), node(0))];
            assert_eq!(there(&city), Some((-dx, -dy)), "{frame:?}");
        }
    }

    #[test]
    fn a_road_block_opens_its_street_and_one_between_racks_the_rack_that_is_alone() {
        let scene = Scene::of(&cut(&[(0, 4)]), frames()[3], &Look::default());
        let ends = (Place::Node(HostId(0)), Place::Node(HostId(4)));
        assert_eq!(opened_by(&scene.works.blocks[0].street), Some(Sheet::Street(ends.0, ends.1)));
        let scene = Scene::of(&fixture::apart(), frames()[3], &Look::default());
        let opened: Vec<_> = scene.works.blocks.iter().map(|block| opened_by(&block.street)).collect();
        assert_eq!(opened, [Some(Sheet::Rack(RackId(2))); 2]);
        assert_eq!(opened_by("you 3"), Some(Sheet::Street(Place::Client(ClientId(0)), Place::Node(HostId(3)))));
        assert_eq!((opened_by("x"), opened_by("1 x")), (None, None));
    }

    #[test]
    fn every_street_of_the_shop_that_is_looked_at_has_a_sign_of_its_own() {
        for frame in frames() {
            let city = fixture::opening();
            for host in 0..6 {
                let look = Look { selected: Some(HostId(host)), ..Look::default() };
                let scene = Scene::of(&city, frame, &look);
                assert_eq!(scene.roads.len(), 6, "five others and you, at {frame:?}");
                for (nth, road) in scene.roads.iter().enumerate() {
                    let (x, y) = road.sign;
                    assert!(
                        (0..frame.width).contains(&x) && (0..scene.height).contains(&y),
                        "{road:?} at {frame:?}"
                    );
                    let near =
                        |other: &super::Road| (other.sign.0 - x).abs() < 12 && (other.sign.1 - y).abs() < 12;
                    assert!(!scene.roads[nth + 1..].iter().any(near), "{road:?} at {frame:?}");
                }
            }
        }
        assert!(Scene::of(&fixture::opening(), frames()[3], &Look::default()).roads.is_empty());
    }

    #[test]
    fn racks_that_are_apart_have_one_block_between_them() {
        // Rack A has machines 0 and 3, rack B has 1 and 4.
        let scene = Scene::of(&cut(&[(0, 1), (0, 4), (3, 1), (3, 4)]), frames()[3], &Look::default());
        let block = scene.works.blocks[0].at;
        assert_eq!(scene.works.blocks.len(), 1);
        assert!((scene.racks[0].block.right..=scene.racks[1].block.left).contains(&block.0), "{block:?}");
    }

    #[test]
    fn a_moving_slot_is_a_crate_and_a_band_on_the_strip() {
        let mut city = fixture::key_typed();
        city.moving = vec![Moving { slot: 5_460, from: HostId(0), to: HostId(1) }];
        for frame in frames() {
            let scene = Scene::of(&city, frame, &Look::default());
            let crated = &scene.works.crates[0];
            assert_eq!(crated.shards, (1, 2));
            let seam = scene.strip[0].place.right;
            assert!((crated.band.left..=crated.band.right + 2).contains(&seam), "{frame:?}: {crated:?} {seam}");
            let (at, _) = crated.carried.as_ref().expect("a crate on the street");
            assert!(!scene.shops.iter().any(|shop| shop.front.overlaps(&Bounds::new(at.0 - 8, at.1 - 7, 16, 14))));
        }
    }
}
