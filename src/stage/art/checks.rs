//! Checks of marks: that each state has its own, at every size, and that nothing hides it.

use super::{map, picture, shop};
use crate::cluster::snapshot::{NodeState, Snapshot};
use crate::stage::checks::frames;
use crate::stage::fixture;
use crate::stage::frame::Frame;
use crate::stage::scene::{Look, Scene};
use crate::stage::shape::Shape;
use crate::stage::skin::Skin;
use crate::stage::text::{Bounds, Tone};

fn class(shape: &Shape) -> &str {
    match shape {
        Shape::Rect { class, .. } | Shape::Circle { class, .. } | Shape::Path { class, .. } => class,
        Shape::Text(_) => "text",
    }
}

fn has(shapes: &[Shape], wanted: &str) -> bool {
    shapes.iter().any(|shape| class(shape) == wanted)
}

fn scene(city: &Snapshot, frame: Frame, skin: Skin) -> Scene {
    Scene::of(city, frame, &Look { skin, ..Look::default() })
}

/// How shop 1, suspected, and shop 4, failed, are drawn among two dozen.
fn two_dozen(skin: Skin, change: impl Fn(&mut Snapshot)) -> Vec<Vec<Shape>> {
    let mut city = fixture::large(12, 1, 4);
    change(&mut city);
    let scene = scene(&city, Frame::of_page((1440, 900), 1092), skin);
    scene.shops.iter().map(|view| shop::draw(view)).collect()
}

#[test]
fn three_hundred_tiles_have_their_numbers() {
    let window = (1440, 900);
    let frame = Frame::of_page(window, 1092).of_many(window);
    let scene = scene(&fixture::large(100, 2, 10), frame, Skin::Shops);
    let map = scene.map.as_ref().expect("a map");
    assert!(map.tiles[0].place.width() >= 25, "{:?}", map.tiles[0].place);
    assert_eq!(map.numbers.len(), 300);
    let number =
        |host: u16| map.tiles.iter().position(|tile| tile.host.0 == host).map(|at| &*map.numbers[at].text);
    assert_eq!((number(99), number(100)), (Some("100"), Some("1")), "a copy has its shop's");
    assert!(Some(scene.height) <= frame.height, "{} of {frame:?}", scene.height);
}

#[test]
fn who_is_down_lies_over_the_gaps_of_a_map() {
    for (masters, replicas, racks) in [(100, 2, 10), (500, 1, 20)] {
        for frame in frames() {
            let scene = scene(&fixture::large(masters, replicas, racks), frame, Skin::Shops);
            let map = scene.map.as_ref().expect("a map");
            let drawn: Vec<Shape> = map::draw(map).into_iter().flat_map(|(_, shapes)| shapes).collect();
            for (wanted, state) in [("tile-lost", NodeState::Fail), ("tile-doubt", NodeState::Pfail)] {
                let tile = map.tiles.iter().find(|tile| tile.state == state).expect("there is one");
                let box_of = drawn.iter().find_map(|shape| match shape {
                    Shape::Path { d, class } if class == wanted => Some(d.clone()),
                    _ => None,
                });
                let wide: i32 = box_of
                    .and_then(|d| d.split_once('h')?.1.split_once('v')?.0.parse().ok())
                    .expect("it is marked with a box");
                assert!(wide >= 16 && wide >= tile.place.width() + 4, "{wide} for {tile:?} at {frame:?}");
            }
            assert!(has(&drawn, "badge-cross") && has(&drawn, "question-mark"), "{frame:?}");
        }
    }
}

#[test]
fn a_gap_on_the_strip_of_many_says_so() {
    let scene = scene(&fixture::large(100, 2, 10), frames()[3], Skin::Shops);
    let gaps: Vec<_> = scene.strip.iter().filter(|run| !run.served).collect();
    assert_eq!(gaps.len(), 2);
    let said: Vec<&str> = gaps.iter().filter_map(|run| Some(&*run.label.as_ref()?.text)).collect();
    assert_eq!(said, ["no shop answers · 164–327"], "the other one has no room beside it");
    assert_eq!(picture::svg(&scene).matches(r#"class="gap""#).count(), 2, "both are framed");
}

#[test]
fn a_small_shop_that_is_suspected_has_its_question_mark() {
    let drawn = two_dozen(Skin::Shops, |_| {});
    assert!(has(&drawn[1], "question") && has(&drawn[1], "question-mark"));
    assert!(!has(&drawn[0], "question-mark"));
}

#[test]
fn a_small_shop_that_was_promoted_has_a_flag_and_no_arrow() {
    let drawn = two_dozen(Skin::Shops, |city| {
        city.now = 1_000;
        city.nodes[2].promoted_at = Some(900);
    });
    assert!(has(&drawn[2], "flag-pole") && has(&drawn[2], "flag") && !has(&drawn[2], "arrow"));
}

#[test]
fn a_small_machine_has_its_lamps_and_its_number_and_a_dead_one_is_crossed_out() {
    let drawn = two_dozen(Skin::Servers, |_| {});
    let lamps = |of: &[Shape]| of.iter().filter(|shape| class(shape).starts_with("lamp")).count();
    let says = |of: &[Shape], name: &str| {
        of.iter().any(|shape| matches!(shape, Shape::Text(label) if &*label.text == name))
    };
    assert!(drawn.iter().all(|one| lamps(one) == 2));
    assert!(says(&drawn[0], "M1") && says(&drawn[12], "R1"));
    assert!(has(&drawn[4], "dead-cross") && !has(&drawn[0], "dead-cross") && has(&drawn[1], "crack"));
}

#[test]
fn a_failed_machine_says_so_on_its_face() {
    for frame in frames() {
        let scene = scene(&fixture::waiting(), frame, Skin::Servers);
        let drawn = shop::draw(&scene.shops[2]);
        assert!(has(&drawn, "dead-cross"), "{frame:?}");
        let says = drawn.iter().any(|shape| matches!(shape, Shape::Text(label) if &*label.text == "FAIL"));
        assert_eq!(says, scene.shops[2].front.width() >= 96, "{frame:?}");
    }
}

#[test]
fn a_closed_machine_shows_its_slots() {
    let mut city = fixture::opening();
    city.nodes[0].cluster_ok = false;
    for frame in frames() {
        let drawn = shop::draw(&scene(&city, frame, Skin::Servers).shops[0]);
        let slots = drawn.iter().find_map(|shape| match shape {
            Shape::Text(label) if &*label.text == "0–5460" => Some(label.bounds()),
            _ => None,
        });
        let Some(slots) = slots else { continue };
        let cross = drawn.iter().find_map(|shape| match shape {
            Shape::Path { d, class } if class == "bar-mark" => Some(d.clone()),
            _ => None,
        });
        let numbers = cross.expect("it is closed").replace(['M', 'L'], " ");
        let ys: Vec<f32> =
            numbers.split_whitespace().skip(1).step_by(2).map(|y| y.parse().expect("a number")).collect();
        let low = ys.iter().fold(0.0_f32, |low, y| low.max(*y));
        assert!((low as i32) < slots.top, "{low} and {slots:?} at {frame:?}");
    }
}

#[test]
fn the_whole_of_a_shop_without_power_is_dark() {
    let mut city = fixture::opening();
    city.racks[0].powered = false;
    for frame in frames() {
        for skin in Skin::ALL {
            let scene = scene(&city, frame, skin);
            for view in scene.shops.iter().filter(|view| view.rack.0 == 0) {
                let drawn = shop::draw(view);
                let at = drawn.iter().position(|shape| class(shape) == "veil").expect("a veil");
                let Shape::Rect { x, y, w, h, .. } = &drawn[at] else { panic!("a rectangle") };
                let veil = Bounds::new(*x as i32 - 1, *y as i32 - 1, *w as i32 + 2, *h as i32 + 2);
                assert!(veil.contains(&view.front), "{veil:?} and {:?}", view.front);
                let lit = ["walls", "stripe", "stripe pale", "sign", "sign white", "column", "bars"];
                assert!(
                    !drawn[at..].iter().any(|shape| lit.contains(&class(shape))),
                    "{} at {frame:?}",
                    view.sign
                );
                let name = drawn[at..].iter().find_map(|shape| match shape {
                    Shape::Text(label) if label.text == view.sign => Some(label.tone),
                    _ => None,
                });
                assert_eq!(name, Some(Tone::OnLost));
            }
            assert!(
                scene.shops.iter().filter(|view| view.rack.0 != 0).all(|view| !has(&shop::draw(view), "veil"))
            );
        }
    }
}

#[test]
fn the_road_of_a_moving_slot_lies_under_the_shops() {
    let svg = picture::svg(&scene(&fixture::moving(), frames()[3], Skin::Shops));
    let (road, walls) = (svg.find("crate-way").expect("a road"), svg.find("walls").expect("walls"));
    assert!(road < walls);
}
