//! Checks of whole scenes: every fixture, at every width class.

use super::art;
use super::fixture;
use super::frame::{Class, Frame};
use super::parcel::Kinds;
use super::scene::{Look, Scene};
use super::shape::Shape;
use super::shop::{ShopView, Walls};
use super::size::Size;
use super::skin::Skin;
use super::text::{Bounds, TEXT_FLOOR};
use super::view_of::{Viewed, of_node};
use crate::cluster::id::HostId;
use crate::cluster::snapshot::{NodeState, Snapshot, SyncState};
use crate::narrate::{Term, Voice};
use crate::sim::Session;

pub(super) fn frames() -> Vec<Frame> {
    let page = |width, height, city| Frame::of_page((width, height), city);
    vec![
        page(3840, 2160, 3492),
        page(1920, 1080, 1572),
        page(1920, 1080, 1276),
        page(1440, 900, 796),
        page(1440, 900, 1092),
        page(1366, 660, 1018),
        page(1024, 768, 676),
        page(900, 700, 552),
        page(768, 1024, 768),
        page(720, 480, 720),
        page(600, 400, 600),
        page(390, 844, 390),
        page(320, 640, 320),
    ]
}

/// The city as one node of a session believes it is.
pub(super) fn viewed(session: &Session, host: u16) -> Viewed {
    let host = HostId(host);
    let table = session.world().slot_table(host);
    of_node(&session.snapshot(), host, &session.beliefs(host), &table, Voice::Story).expect("it runs")
}

fn each_scene(mut check: impl FnMut(&str, &Snapshot, &Scene)) {
    for (name, city) in fixture::all() {
        for frame in frames() {
            for skin in Skin::ALL {
                let look = Look {
                    pin: Some(12_893),
                    kinds: Kinds::default().switched(Kinds::GOSSIP),
                    skin,
                    ..Look::default()
                };
                let scene = Scene::of(&city, frame, &look);
                let Frame { class, width, height } = frame;
                check(&format!("{name} as {} at {width}×{height:?} {class:?}", skin.name()), &city, &scene);
            }
        }
    }
}

/// The texts inside a shop's drawing: its sign, its chip.
fn texts(shop: &ShopView) -> Vec<(String, Bounds)> {
    let shapes = art::shop::draw(shop);
    let texts = shapes.into_iter().filter_map(|shape| match shape {
        Shape::Text(label) => Some((label.text.to_string(), label.bounds())),
        _ => None,
    });
    texts.collect()
}

#[test]
fn no_two_texts_overlap() {
    let mut clashes = Vec::new();
    each_scene(|name, _, scene| {
        let mut all: Vec<(String, Bounds)> =
            scene.labels().map(|label| (label.text.to_string(), label.bounds())).collect();
        all.extend(scene.shops.iter().flat_map(|shop| texts(shop)));
        all.extend(scene.racks.iter().map(|rack| (format!("switch of {}", rack.name), rack.switch)));
        for (index, (text, place)) in all.iter().enumerate() {
            for (other, other_place) in &all[index + 1..] {
                if place.overlaps(other_place) {
                    clashes.push(format!("{name}: {text:?} {place:?} and {other:?} {other_place:?}"));
                }
            }
        }
    });
    assert!(clashes.is_empty(), "{} clashes\n{}", clashes.len(), clashes.join("\n"));
}

#[test]
fn nothing_leaves_the_frame() {
    let mut out = Vec::new();
    each_scene(|name, _, scene| {
        let frame = Bounds::new(0, 0, scene.frame.width, scene.height);
        let labels = scene.labels().map(|label| (label.text.to_string(), label.bounds()));
        let shops = scene.shops.iter().map(|shop| (shop.sign.to_string(), shop.touch));
        let racks = scene.racks.iter().map(|rack| (rack.name.to_string(), rack.block));
        let panels = scene.votes.iter().map(|panel| ("votes".to_owned(), panel.place));
        let pills = scene.parcels.iter().filter_map(|parcel| {
            let (text, pill) = parcel.label.as_ref()?;
            Some((text.to_string(), *pill))
        });
        let you = [("you".to_owned(), scene.square.own())];
        for (text, place) in labels.chain(shops).chain(racks).chain(panels).chain(pills).chain(you) {
            if !frame.contains(&place) {
                out.push(format!("{name}: {text:?} {place:?} leaves {frame:?}"));
            }
        }
    });
    assert!(out.is_empty(), "{}", out.join("\n"));
}

#[test]
fn texts_keep_the_floor_and_fingers_find_shops() {
    each_scene(|name, _, scene| {
        assert!(scene.labels().all(|label| label.size >= TEXT_FLOOR), "{name}");
        for shop in &scene.shops {
            assert!(shop.touch.width() >= 44 && shop.touch.height() >= 44, "{name}: {:?}", shop.touch);
            let others = scene.shops.iter().filter(|other| other.host != shop.host);
            for other in others {
                assert!(!shop.touch.overlaps(&other.touch), "{name}: {} and {}", shop.sign, other.sign);
            }
        }
    });
}

#[test]
fn a_limited_frame_is_kept() {
    each_scene(|name, _, scene| {
        if let Some(height) = scene.frame.height {
            assert!(scene.height <= height.max(476), "{name}: {} high", scene.height);
        }
    });
}

#[test]
fn every_state_has_its_word_and_its_mark() {
    each_scene(|name, city, scene| {
        for (node, shop) in city.nodes.iter().zip(&scene.shops) {
            let words: Vec<&str> = shop.captions.iter().map(|label| &*label.text).collect();
            let words = words.join(" ");
            let context = format!("{name}: {} says {words:?}", shop.sign);
            let marks = shop.marks;
            match node.state {
                NodeState::Fail if node.frozen => {
                    let both = words.contains("FAIL") && (words.contains("frozen") || shop.size == Size::Small);
                    assert!(marks.frost && marks.believed_lost && both, "{context}");
                    assert!(shop.spoken.contains("frozen · FAIL"), "{context}");
                }
                NodeState::Fail if node.running => {
                    assert!(
                        marks.believed_lost && shop.walls != Walls::Charred && words.contains("FAIL"),
                        "{context}"
                    );
                }
                NodeState::Pfail if node.running && !node.frozen => {
                    let said = words.contains("suspected") || words.contains("PFAIL by");
                    let marked = marks.question || marks.islands;
                    assert!(marked && shop.walls != Walls::Suspect && said, "{context}");
                }
                NodeState::Fail => assert!(shop.walls == Walls::Charred && words.contains("FAIL"), "{context}"),
                NodeState::Pfail => {
                    let marked = shop.walls == Walls::Suspect && marks.question;
                    assert!(marked && words.contains("suspected"), "{context}");
                }
                NodeState::Down => {
                    let word = shop.skin.voice().word(Term::OnFire);
                    assert!(marks.fire && words.contains(word), "{context}");
                }
                NodeState::Paused => assert!(marks.frost && words.contains("frozen"), "{context}"),
                NodeState::Ok if marks.barred => {
                    assert!(words.contains("closed") || !shop.master, "{context}")
                }
                NodeState::Ok => assert!(!words.is_empty(), "{context}"),
            }
            if let Some(bid) = &node.election {
                let marked = if bid.epoch.is_some() { marks.arrow } else { marks.ring.is_some() };
                assert!(marked && words.contains("ask"), "{context}");
            }
            assert!(shop.spoken.contains(if shop.master { "master" } else { "replica" }), "{}", shop.spoken);
        }
    });
}

#[test]
fn what_only_the_client_cannot_reach_is_out_of_its_reach() {
    let mut city = fixture::opening();
    for entry in &mut city.directory {
        entry.served = false;
    }
    let scene = Scene::of(&city, Frame { class: Class::Wide, width: 1092, height: Some(540) }, &Look::default());
    let words: Vec<&str> = scene.strip.iter().filter_map(|run| Some(&*run.label.as_ref()?.text)).collect();
    assert_eq!(words[0], "out of your reach · 0–5460");
}

#[test]
fn a_promotion_moves_no_shop() {
    let frame = Frame { class: Class::Wide, width: 796, height: Some(540) };
    let before = Scene::of(&fixture::asking(), frame, &Look::default());
    let after = Scene::of(&fixture::promoted(), frame, &Look::default());
    for (old, new) in before.shops.iter().zip(&after.shops) {
        assert_eq!(old.touch, new.touch);
    }
    assert!(after.shops[3].master && after.shops[3].marks.flag, "the winner is a shop now, with a flag");
    assert_eq!(&*after.shops[3].sign, "Shop 3");
}

#[test]
fn a_skin_changes_words_and_drawing_and_nothing_else() {
    let frame = Frame { class: Class::Wide, width: 796, height: Some(540) };
    for (name, city) in fixture::all() {
        let [shops, library, servers] =
            Skin::ALL.map(|skin| Scene::of(&city, frame, &Look { skin, ..Look::default() }));
        for other in [&library, &servers] {
            for (shop, same) in shops.shops.iter().zip(&other.shops) {
                let state = |of: &ShopView| (of.host, of.shard, of.state, of.walls, of.marks, of.front, of.touch);
                assert_eq!(state(shop), state(same), "{name}");
                assert_ne!(art::shop::draw(shop), art::shop::draw(same), "{name}: {} looks the same", shop.sign);
            }
            assert_eq!((&shops.parcels, &shops.lanes), (&other.parcels, &other.lanes), "{name}");
        }
        let says = |scene: &Scene, word: &str| scene.shops.iter().any(|shop| shop.spoken.contains(word));
        assert!(says(&library, "Branch 1") && says(&servers, "Master 1"), "{name}");
        let foreign = |text: &str| text.contains("Shop") || text.contains("shop");
        let told = [&library, &servers].into_iter().flat_map(Scene::labels).find(|label| foreign(&label.text));
        assert_eq!(told, None, "{name}");
    }
}

#[test]
fn a_barred_door_crosses_nothing_out_that_is_written() {
    each_scene(|name, _, scene| {
        for shop in scene.shops.iter().filter(|shop| shop.marks.barred && shop.size == Size::Full) {
            let (mut crosses, mut words) = (0, Vec::new());
            let unit = |n: i32| shop.front.width() * n / 150;
            for shape in art::shop::draw(shop) {
                match shape {
                    Shape::Text(label) => words.push(label.bounds()),
                    Shape::Path { d, class } if class == "bar-mark" => {
                        let start = d[1..].split(['L', 'M']).next().and_then(|start| start.split_once(' '));
                        let (x, y) = start.expect("it begins somewhere");
                        let at = |n: &str| n.parse::<f32>().expect("a number") as i32;
                        // Its first stroke rises from the lower left end.
                        let cross = Bounds::new(at(x), at(y) - unit(30), unit(33), unit(30));
                        crosses += 1;
                        let over = words.iter().find(|word| word.overlaps(&cross));
                        assert!(over.is_none(), "{name}: {cross:?} over {over:?} of {}", shop.sign);
                    }
                    _ => {}
                }
            }
            assert_eq!(crosses, 1, "{name}: {}", shop.sign);
        }
    });
}

#[test]
fn a_stale_copy_is_marked() {
    let frame = Frame { class: Class::Wide, width: 796, height: Some(540) };
    let scene = Scene::of(&fixture::promoted(), frame, &Look::default());
    let stale: Vec<bool> = scene.square.copy.iter().map(|copy| copy.stale).collect();
    assert_eq!(stale, [false, false, true]);
    assert!(scene.square.labels.iter().any(|label| &*label.text == "out of date"));
}

#[test]
fn a_copy_that_has_not_begun_is_not_in_per_cent() {
    let mut city = fixture::loading();
    for node in &mut city.nodes {
        if let SyncState::Loading { done, total } = &mut node.sync {
            (*done, *total) = (0, 0);
        }
    }
    let scene = Scene::of(&city, Frame { class: Class::Wide, width: 1092, height: Some(540) }, &Look::default());
    let waiting = scene.shops.iter().find(|shop| shop.walls == Walls::Dotted).expect("its outline is dotted");
    assert!(waiting.captions.iter().any(|label| label.text.contains("waits for its copy")), "{waiting:?}");
}

#[test]
fn slots_of_a_closed_shop_are_not_said_to_have_none() {
    let mut city = fixture::opening();
    (city.directory[1].served, city.directory[2].served) = (false, false);
    city.nodes[1].cluster_ok = false;
    city.nodes[2].running = false;
    let scene = Scene::of(&city, Frame { class: Class::Wide, width: 1092, height: Some(540) }, &Look::default());
    let words: Vec<&str> =
        scene.strip.iter().filter_map(|segment| segment.label.as_ref()).map(|label| &*label.text).collect();
    assert_eq!(words[1..], ["closed · 5461–10922", "no shop answers · 10923–16383"]);
}

#[test]
fn gossip_is_off_by_default() {
    let frame = Frame { class: Class::Wide, width: 796, height: Some(540) };
    let count = |kinds| Scene::of(&fixture::key_typed(), frame, &Look { kinds, ..Look::default() }).parcels.len();
    let usual = Kinds::default();
    assert_eq!((count(usual), count(usual.switched(Kinds::GOSSIP))), (2, 3));
}

#[test]
fn each_filter_leaves_its_own_kinds_out() {
    use crate::cluster::snapshot::FlightKind as F;
    let all = Kinds::default().switched(Kinds::GOSSIP);
    let left_out = |filter| {
        let kinds = [F::Request, F::Moved, F::Replication, F::Ping, F::Ack, F::Vote, F::Fail].into_iter();
        kinds.filter(|kind| !all.switched(filter).shows(*kind)).collect::<Vec<_>>()
    };
    assert_eq!(left_out(0), [F::Request, F::Moved]);
    assert_eq!(left_out(1), [F::Replication]);
    assert_eq!(left_out(Kinds::GOSSIP), [F::Ping, F::Ack]);
    assert_eq!(left_out(3), [F::Vote, F::Fail]);
}

#[test]
fn a_big_city_still_fits() {
    let mut city = fixture::opening();
    for host in 6..12 {
        let mut node = city.nodes[host - 6].clone();
        node.host = HostId(host as u16);
        city.nodes.push(node);
    }
    let scene = Scene::of(&city, Frame { class: Class::Wide, width: 1092, height: Some(540) }, &Look::default());
    assert_eq!(scene.shops.len(), 12);
}

#[test]
fn what_is_pointed_out_is_framed_and_its_streets_shine() {
    use crate::cluster::id::{Place, RackId};
    use crate::narrate::About;
    let about = |who: u16, whom| About { who: Some(Place::Node(HostId(who))), whom, rack: None };
    let you = Some(Place::Client(crate::cluster::id::ClientId(0)));
    let rack = About { rack: Some(RackId(1)), ..About::default() };
    let lit = vec![about(2, None), about(3, Some(Place::Node(HostId(2)))), about(3, you), rack];
    let look = Look { lit: lit.into(), ..Look::default() };
    for city in [fixture::burning(), fixture::large(80, 2, 10)] {
        for frame in frames() {
            let scene = Scene::of(&city, frame, &look);
            assert_eq!((scene.lit.len(), scene.glows.len()), (4, 2), "each once, at {frame:?}");
            let whole = Bounds::new(0, 0, frame.width, scene.height);
            assert!(scene.lit.iter().all(|place| whole.contains(place)), "{:?}", scene.lit);
            assert!(art::picture::svg(&scene).matches("lit-frame").count() == 4);
        }
    }
}
