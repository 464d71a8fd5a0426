//! What is in the way, and what is being carried: roads that are cut, and slots on their way to another shop.

use super::block;
pub use super::block::{Block, block_box};
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
        // Beside the shop it leads to, not over its sign.
        let aside = match to {
            Place::Node(host) => 7 * (x as i32 - layout.cell(host)?.shop.middle()).signum(),
            _ => 0,
        };
        Some(Road { street: street_name(own, to), way: way.data(), sign: (x as i32 + aside, y as i32), says })
    };
    others.chain(clients).filter_map(road).collect()
}

/// Everything that is cut or carried.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Works {
    /// The road blocks.
    pub blocks: Vec<Block>,
    /// The racks of which nobody reaches anybody of the other.
    pub apart: Vec<(RackId, RackId)>,
    /// Slots on their way.
    pub crates: Vec<Crate>,
}

impl Works {
    /// Whether anything is cut or carried.
    #[must_use]
    pub fn are_any(&self) -> bool {
        !self.blocks.is_empty() || !self.crates.is_empty()
    }
}

/// All works.
pub(super) fn works(layout: &Layout, snapshot: &Snapshot, home: (i32, i32)) -> Works {
    let crates = snapshot.moving.iter().take(8).map(|moving| carried(layout, snapshot, moving, home)).collect();
    let (blocks, apart) = block::blocks(layout, snapshot, home);
    Works { blocks, apart, crates }
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
            // The arrow points along the street, and there is none where the other way is closed too.
            let layout = Layout::of(&city, frame, None);
            for (block, ends) in blocks[1..].iter().zip([(0, 4), (2, 1)]) {
                let way = street(&layout, node(ends.0), node(ends.1), scene.square.home).expect("there is one");
                let share = way.nearest(block.at) as f32 / 1_000.0;
                let ((x1, y1), (x2, y2)) = (way.at(share - 0.01).0, way.at(share + 0.01).0);
                let (dx, dy) = block.one_way.expect("it is open the other way");
                assert!((x2 - x1) * dx as f32 + (y2 - y1) * dy as f32 > 0.0, "{frame:?}: {block:?}");
            }
        }
    }

    #[test]
    fn a_road_block_opens_its_street_and_one_between_racks_the_rack_that_is_alone() {
        let scene = Scene::of(&cut(&[(0, 4)]), frames()[3], &Look::default());
        let ends = (Place::Node(HostId(0)), Place::Node(HostId(4)));
        assert_eq!(opened_by(&scene.works.blocks[0].street), Some(Sheet::Street(ends.0, ends.1)));
        let scene = Scene::of(&fixture::apart(), frames()[3], &Look::default());
        let opened: Vec<_> = scene.works.blocks.iter().map(|block| opened_by(&block.street)).collect();
        assert_eq!(opened, [Some(Sheet::Rack(RackId(2)))]);
        // Rack B stands between the other two, and is not the one that is cut off from rack A.
        let city = cut(&[(0, 2), (0, 5), (3, 2), (3, 5)]);
        let scene = Scene::of(&city, frames()[3], &Look::default());
        assert!(scene.works.blocks.len() == 1 && scene.works.blocks[0].way.is_some(), "{:?}", scene.works.blocks);
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
    fn a_rack_that_is_cut_off_has_one_block_towards_each_side_and_none_at_its_shops() {
        for frame in frames() {
            let mut city = fixture::apart();
            let clients = [Place::Client(ClientId(0)), Place::Outside];
            let own = [2, 5].map(|host| Place::Node(HostId(host)));
            city.cuts.extend(clients.iter().flat_map(|you| own.map(|node| (node, *you))));
            city.cuts.extend(clients.iter().flat_map(|you| own.map(|node| (*you, node))));
            let scene = Scene::of(&city, frame, &Look::default());
            let [street, road] = &scene.works.blocks[..] else { panic!("{frame:?}: {:?}", scene.works.blocks) };
            assert!((scene.racks[1].block.right..=scene.racks[2].block.left).contains(&street.at.0), "{street:?}");
            assert!((scene.racks[2].block.left..scene.racks[2].block.right).contains(&road.at.0), "{road:?}");
            for block in [street, road] {
                assert_eq!((&*block.street, block.one_way), ("rack 2", None), "{frame:?}");
                let place = block_box(block.at);
                // The narrowest gutters have room for a part of it only.
                let walls = |shop: Bounds| Bounds { left: shop.left + 14, right: shop.right - 14, ..shop };
                assert!(
                    !scene.shops.iter().any(|shop| walls(shop.front).overlaps(&place)),
                    "{frame:?}: {block:?}"
                );
                assert!(!scene.labels().any(|label| label.bounds().overlaps(&place)), "{frame:?}: {block:?}");
            }
        }
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
