//! Checks of scenes by the number of nodes: from one to a thousand, at every width class.

use super::art::{self, picture};
use super::checks::frames;
use super::fixture;
use super::frame::Frame;
use super::scene::{Look, Scene};
use super::shape::Shape;
use super::size::Size;
use super::skin::Skin;
use super::text::{Bounds, TEXT_FLOOR};
use crate::cluster::id::{HostId, RackId};
use crate::cluster::snapshot::Snapshot;

/// Masters, replicas of each, racks.
const CITIES: [(u16, u16, u16); 11] = [
    (1, 0, 1),
    (1, 2, 3),
    (6, 1, 3),
    (12, 0, 2),
    (7, 1, 3),
    (12, 1, 3),
    (20, 2, 6),
    (30, 1, 1),
    (31, 1, 3),
    (80, 2, 10),
    (500, 1, 20),
];

fn each_city(mut check: impl FnMut(&str, &Snapshot, &Scene)) {
    for (masters, replicas, racks) in CITIES {
        let city = fixture::large(masters, replicas, racks);
        for frame in frames() {
            for skin in Skin::ALL {
                let look = Look { skin, pin: Some(3), ..Look::default() };
                let scene = Scene::of(&city, frame, &look);
                let name = skin.name();
                check(&format!("{masters}×{replicas} in {racks} as {name} at {frame:?}"), &city, &scene);
            }
        }
    }
}

fn texts(scene: &Scene) -> Vec<(String, Bounds)> {
    let labels = scene.labels().map(|label| (label.text.to_string(), label.bounds()));
    let shapes = scene.shops.iter().flat_map(|shop| art::shop::draw(shop));
    let signs = shapes.filter_map(|shape| match shape {
        Shape::Text(label) => Some((label.text.to_string(), label.bounds())),
        _ => None,
    });
    let switches = scene.racks.iter().map(|rack| (format!("switch of {}", rack.name), rack.switch));
    labels.chain(signs).chain(switches).collect()
}

#[test]
fn no_two_texts_overlap_at_any_size() {
    let mut clashes = Vec::new();
    each_city(|name, _, scene| {
        let all = texts(scene);
        for (index, (text, place)) in all.iter().enumerate() {
            if let Some((other, _)) = all[index + 1..].iter().find(|(_, other)| place.overlaps(other)) {
                clashes.push(format!("{name}: {text:?} and {other:?}"));
            }
        }
    });
    assert!(clashes.is_empty(), "{} clashes\n{}", clashes.len(), clashes[..clashes.len().min(20)].join("\n"));
}

#[test]
fn labels_of_the_strip_do_not_run_together() {
    each_city(|name, _, scene| {
        let labels: Vec<Bounds> =
            scene.strip.iter().filter_map(|run| run.label.as_ref()).map(|label| label.bounds()).collect();
        for pair in labels.windows(2) {
            assert!(pair[1].left - pair[0].right >= 6, "{name}: {pair:?}");
        }
    });
}

#[test]
fn nothing_leaves_the_frame_at_any_size() {
    let mut out = Vec::new();
    each_city(|name, _, scene| {
        let frame = Bounds::new(0, 0, scene.frame.width, scene.height);
        let shops = scene.shops.iter().map(|shop| (shop.sign.to_string(), shop.touch));
        let blocks = scene.racks.iter().map(|rack| (rack.name.to_string(), rack.block));
        let tiles = scene.map.iter().flat_map(|map| &map.tiles).map(|tile| ("tile".to_owned(), tile.place));
        for (text, place) in texts(scene).into_iter().chain(shops).chain(blocks).chain(tiles) {
            if !frame.contains(&place) {
                out.push(format!("{name}: {text:?} {place:?}"));
            }
        }
        assert!(scene.labels().all(|label| label.size >= TEXT_FLOOR), "{name}");
    });
    assert!(out.is_empty(), "{} out\n{}", out.len(), out[..out.len().min(20)].join("\n"));
}

#[test]
fn every_node_is_drawn_once_in_a_rack_of_its_own() {
    each_city(|name, city, scene| {
        let block = |rack: RackId| scene.racks.iter().find(|place| place.rack == rack).map(|place| place.block);
        match &scene.map {
            Some(map) => {
                assert_eq!(map.tiles.len(), city.nodes.len(), "{name}");
                for (index, tile) in map.tiles.iter().enumerate() {
                    let node = &city.nodes[usize::from(tile.host.0)];
                    assert!(block(node.rack).is_some_and(|block| block.contains(&tile.place)), "{name}: {tile:?}");
                    assert!(tile.place.width() >= 4, "{name}");
                    if let Some(next) = map.tiles.get(index + 1) {
                        assert!(!tile.place.overlaps(&next.place), "{name}");
                    }
                }
            }
            None => {
                assert_eq!(scene.shops.len(), city.nodes.len(), "{name}");
                for (index, shop) in scene.shops.iter().enumerate() {
                    assert!(
                        block(shop.rack).is_some_and(|block| block.contains(&shop.touch)),
                        "{name}: {}",
                        shop.sign
                    );
                    let mut others = scene.shops[index + 1..].iter();
                    let other = others
                        .find(|other| other.touch.overlaps(&shop.touch))
                        .map(|other| (&other.sign, other.touch, shop.touch));
                    assert_eq!(other, None, "{name}: {}", shop.sign);
                    assert!(shop.touch.width() >= 44 && shop.touch.height() >= 44, "{name}: {:?}", shop.touch);
                }
            }
        }
    });
}

#[test]
fn a_third_row_of_shops_leaves_room_for_the_customers() {
    let city = fixture::large(7, 0, 3);
    for (window, width) in [((1440, 900), 1092), ((1440, 900), 776), ((1280, 800), 932), ((1280, 800), 616)] {
        let frame = Frame::of_page(window, width);
        let height = super::layout::Layout::of(&city, frame, None).height;
        assert!(Some(height) <= frame.height, "{height} of {frame:?}");
    }
}

#[test]
fn four_shops_in_a_rack_leave_room_for_the_customers() {
    for (masters, replicas) in [(4, 1), (10, 0), (6, 1), (12, 0)] {
        let city = fixture::large(masters, replicas, 3);
        for width in [1_092, 1_052, 796, 776] {
            let frame = Frame::of_page((1440, 900), width);
            let layout = super::layout::Layout::of(&city, frame, None);
            assert!(Some(layout.height) <= frame.height, "{} of {frame:?}", layout.height);
            assert_eq!(layout.measures.size, Size::Full, "{masters} × {replicas} at {width}");
        }
    }
}

#[test]
fn a_third_shop_in_a_rack_takes_no_more_room_than_a_fourth_does() {
    for frame in frames() {
        let width = |masters| {
            let layout = super::layout::Layout::of(&fixture::large(masters, 0, 3), frame, None);
            // Small ones come last, however large they are.
            (layout.measures.size == Size::Full, layout.cells[0].shop.width())
        };
        assert!(width(7) >= width(12), "{:?} and {:?} at {frame:?}", width(7), width(12));
    }
}

#[test]
fn chips_and_signs_keep_apart() {
    each_city(|name, _, scene| {
        for shop in scene.shops.iter().filter(|shop| shop.size == Size::Full) {
            let shapes = art::shop::draw(shop);
            let chip = shapes.iter().find_map(|shape| match shape {
                Shape::Rect { x, y, w, h, class, .. } if class == "chip" => {
                    Some(Bounds::new(*x as i32, *y as i32, *w as i32, *h as i32))
                }
                _ => None,
            });
            let sign = shapes.iter().find_map(|shape| match shape {
                Shape::Text(label) if label.text == shop.sign => Some(label.bounds()),
                _ => None,
            });
            let (Some(chip), Some(sign)) = (chip, sign) else { panic!("{name}: no chip or no sign") };
            assert!(!chip.overlaps(&sign), "{name}: {} {chip:?} {sign:?}", shop.sign);
        }
    });
}

#[test]
fn shops_shrink_and_become_tiles() {
    let size = |nodes: u16| {
        let scene = Scene::of(&fixture::large(nodes, 0, 3), frames()[3], &Look::default());
        scene.shops.first().map_or(Size::Tile, |shop| shop.size)
    };
    assert_eq!([1, 12, 13, 60, 61].map(size), [Size::Full, Size::Full, Size::Small, Size::Small, Size::Tile]);
}

#[test]
fn a_page_bears_a_thousand_nodes() {
    each_city(|name, _, scene| {
        // Every small shop has a button in a list as well, every rack a list, a switch and its knob.
        let elements = picture::svg(scene).matches("<").count() - picture::svg(scene).matches("</").count();
        let all = elements + 2 * scene.shops.len() + 4 * scene.racks.len();
        assert!(all < 1_200, "{name}: {all} elements");
    });
}

#[test]
fn trouble_is_seen_on_the_map() {
    let city = fixture::large(500, 1, 20);
    let scene = Scene::of(&city, frames()[1], &Look::default());
    let map = scene.map.as_ref().expect("a map");
    assert!(map.summary.starts_with("1000 shops · 1 failed · 1 suspected"), "{}", map.summary);
    let drawn = art::map::draw(map);
    let class = |wanted: &str| {
        let mut all = drawn.iter().flat_map(|(_, shapes)| shapes);
        all.any(|shape| matches!(shape, Shape::Path { class, .. } if class == wanted))
    };
    assert!(class("tile-lost") && class("tile-doubt") && class("pattern"));
    let told = scene.racks.iter().filter(|rack| rack.label.text.contains("1 failed")).count();
    assert_eq!(told, 1, "its rack says so");
}

#[test]
fn a_closed_shop_is_seen_on_the_map() {
    let mut city = fixture::large(80, 1, 20);
    city.nodes.iter_mut().for_each(|node| node.cluster_ok = false);
    let scene = Scene::of(&city, frames()[1], &Look::default());
    let map = scene.map.as_ref().expect("a map");
    let drawn = art::map::draw(map);
    let has = |wanted: &str| {
        let mut all = drawn.iter().flat_map(|(_, shapes)| shapes);
        all.any(|shape| matches!(shape, Shape::Path { class, .. } if *class == wanted))
    };
    assert!(has("tile ash") && has("ash-hatch") && !has("tile"), "none looks as if it served");
    assert!(map.summary.ends_with(" · 78 closed"), "{}", map.summary);
    let told = super::map::spoken(&city, HostId(7), Skin::Servers.voice());
    assert!(told.starts_with("Master 8, Rack H, closed, answers CLUSTERDOWN, "), "{told}");
    let down = super::map::spoken(&city, HostId(4), Skin::Servers.voice());
    assert!(!down.contains("closed"), "{down}");
}

#[test]
fn a_map_is_read_by_pointer_and_by_key() {
    let scene = Scene::of(&fixture::large(80, 2, 10), frames()[3], &Look::default());
    let map = scene.map.as_ref().expect("a map");
    let tile = map.tiles[7];
    assert_eq!(map.at(tile.place.middle(), tile.place.middle_y()), Some(tile.host));
    assert_eq!(map.at(0, 0), None);
    assert_eq!(map.beside(tile.host, (-1, 0)), Some(map.tiles[6].host));
    assert_eq!(map.beside(map.tiles[0].host, (-1, 0)), None);
    let below = map.beside(map.tiles[0].host, (0, 1)).and_then(|host| map.tile(host)).expect("a tile below");
    assert_eq!(below.place.left, map.tiles[0].place.left);
}

#[test]
fn the_arrow_keys_reach_every_tile_of_a_map_and_come_back() {
    for frame in frames() {
        let scene = Scene::of(&fixture::large(100, 1, 6), frame, &Look::default());
        let map = scene.map.as_ref().expect("a map");
        let mut seen = vec![map.tiles[0].host];
        let mut next = 0;
        while let Some(host) = seen.get(next).copied() {
            for way in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
                let Some(beside) = map.beside(host, way).filter(|beside| !seen.contains(beside)) else { continue };
                seen.push(beside);
            }
            next += 1;
        }
        assert_eq!(seen.len(), 200, "{frame:?}");
        let (mut host, mut racks) = (map.tiles[0].host, vec![map.tiles[0].rack]);
        while let Some(right) = map.beside(host, (1, 0)) {
            host = right;
            racks.push(map.tile(host).expect("a tile").rack);
        }
        racks.dedup();
        let abreast = scene.racks.iter().filter(|rack| rack.block.top == scene.racks[0].block.top).count();
        assert_eq!(racks.len(), abreast, "from rack to rack: {frame:?}");
    }
}

#[test]
fn one_rack_can_be_looked_at_closely() {
    let city = fixture::large(500, 1, 20);
    let look = Look { focus: Some(RackId(4)), ..Look::default() };
    for frame in frames() {
        let scene = Scene::of(&city, frame, &look);
        assert_eq!(scene.racks.len(), 1);
        let drawn = scene.shops.len() + scene.map.as_ref().map_or(0, |map| map.tiles.len());
        assert_eq!(drawn, 50, "{frame:?}");
    }
    let scene = Scene::of(&city, frames()[3], &look);
    assert!(scene.shops.iter().all(|shop| shop.size == Size::Small), "fifty have room");
    assert_eq!(
        super::map::spoken(&city, HostId(4), Skin::Servers.voice()),
        "Master 5, Rack E, failed, 33 slots from 131"
    );
}

#[test]
fn a_small_shop_has_its_whole_name_on_its_sign() {
    let frame = Frame::of_page((1440, 900), 796);
    let scene = Scene::of(&fixture::large(12, 1, 4), frame, &Look::default());
    let backup = scene.shops.iter().find(|shop| !shop.master && shop.shard == 4).expect("it has one");
    assert_eq!((backup.size, &*backup.sign), (Size::Small, "Backup 4"));
    // What frames a shop lies below its caption.
    for shop in &scene.shops {
        let low = shop.captions.iter().map(|label| label.bounds().bottom).max();
        assert!(low.is_some_and(|low| low <= shop.touch.bottom), "{low:?} and {:?}", shop.touch);
    }
}

#[test]
fn seven_nodes_are_drawn_in_full_in_a_low_window_too() {
    let city = fixture::large(7, 0, 3);
    for (window, width) in [((1366, 660), 1_018), ((1366, 768), 1_018), ((1440, 900), 1_092)] {
        let scene = Scene::of(&city, Frame::of_page(window, width), &Look::default());
        let front = scene.shops[0].front.width();
        let fits = scene.height <= scene.frame.height.unwrap_or(0);
        assert!(fits, "{window:?}: {} high", scene.height);
        assert!((scene.shops[0].size, front >= 76) == (Size::Full, true), "{window:?}: {front} wide");
    }
}

#[test]
fn the_room_of_two_columns_is_used() {
    let scene = Scene::of(&fixture::opening(), Frame::of_page((1024, 768), 676), &Look::default());
    assert!(scene.shops[0].front.width() > 80, "{:?}", scene.shops[0].front);
    // What is left the terminal takes.
    assert_eq!(scene.height + scene.spare(), scene.frame.height.expect("it is limited"));
}
