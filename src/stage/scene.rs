//! The scene: everything that is to be drawn, as plain values.
//!
//! A pure function of a [`Snapshot`], the room there is, and what the onlooker has chosen.

use std::rc::Rc;

use super::apart;
use super::block::{block_box, is_told_between_racks};
use super::customer::{self, Square};
use super::frame::{Class, Frame};
use super::lane::{self, Lane, Way};
use super::layout::{Layout, RackPlace};
use super::lost::{Lost, Mark};
use super::map::Map;
use super::parcel::{self, Kinds, Parcel};
use super::pill;
use super::shop::ShopView;
use super::size::Size;
use super::skin::Skin;
use super::street;
use super::strip::{self, Pin, Segment};
use super::text::{Anchor, Bounds, Label, Tone, fitting};
use super::view_of::Marked;
use super::votes::{self, VotesPanel};
use super::works::{self, Road, Works};
use crate::cluster::id::{HostId, Place, RackId};
use crate::cluster::slot::Slot;
use crate::cluster::snapshot::{NodeState, Snapshot};
use crate::narrate::{About, Cast, Term, Voice};

/// How far the chip of its epoch stands above a shop, and the badge of a suspicion beside it.
const CHIP: i32 = 17;
const BADGE: i32 = 10;

/// What the onlooker has chosen.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Look {
    /// The slot of the key that was typed last.
    pub pin: Option<Slot>,
    /// Which messages are drawn.
    pub kinds: Kinds,
    /// Nothing may move (or time runs so fast that nobody could follow): messages are not drawn.
    pub still: bool,
    /// Messages stand half-way, however far they are: their streets are lit instead.
    pub halfway: bool,
    /// The one node that the learner's client talks to, if it is a plain client.
    pub talks_to: Option<HostId>,
    /// Streets that shine because something has just gone along them.
    pub glows: Vec<(Place, Place)>,
    /// Messages that were lost a moment ago.
    pub lost: Vec<Lost>,
    /// Messages bear no words: what finds room for them is not there yet.
    pub mute: bool,
    /// What nodes are drawn as, and in whose words.
    pub skin: Skin,
    /// The one rack that is looked at closely, in a city too large to see all of it.
    pub focus: Option<RackId>,
    /// The shop that is looked at: its streets are drawn, to be pressed.
    pub selected: Option<HostId>,
    /// What is pointed out.
    pub lit: Rc<Vec<About>>,
    /// The message that is looked at: drawn, even if its kind is left out.
    pub opened: Option<u64>,
    /// The city is drawn as somebody believes it is; these are the differences.
    pub view: Option<Rc<Marked>>,
}

/// A rack as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RackView {
    /// Which rack.
    pub rack: RackId,
    /// `Rack A`.
    pub name: Rc<str>,
    /// Whether it has power.
    pub powered: bool,
    /// Its block.
    pub block: Bounds,
    /// Its power switch.
    pub switch: Bounds,
    /// Its head line.
    pub label: Label,
}

/// Everything that is to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// The room.
    pub frame: Frame,
    /// The drawing's height.
    pub height: i32,
    /// The directory.
    pub strip: Rc<Vec<Segment>>,
    /// Where the last key fell.
    pub pin: Option<Pin>,
    /// The racks.
    pub racks: Rc<Vec<RackView>>,
    /// The shops, in the order of their machines; none where a map is drawn.
    pub shops: Vec<Rc<ShopView>>,
    /// The map, of a city too large for shops.
    pub map: Option<Rc<Map>>,
    /// The lanes of replication.
    pub lanes: Rc<Vec<Lane>>,
    /// Votes beside candidates.
    pub votes: Rc<Vec<VotesPanel>>,
    /// The road.
    pub road: Bounds,
    /// The square of the customers.
    pub square: Rc<Square>,
    /// Shining streets, as path data.
    pub glows: Vec<String>,
    /// The boxes of what is pointed out.
    pub lit: Vec<Bounds>,
    /// Where messages were lost a moment ago.
    pub lost: Vec<Mark>,
    /// Messages on their way.
    pub parcels: Vec<Parcel>,
    /// Closed roads, and slots that are moving.
    pub works: Rc<Works>,
    /// The streets of the shop that is looked at.
    pub roads: Vec<Road>,
    /// Runs of the strip about which a view is wrong.
    pub disputed: Vec<Bounds>,
}

impl Scene {
    /// Draws up the scene.
    pub fn of(snapshot: &Snapshot, frame: Frame, look: &Look) -> Self {
        let voice = look.skin.voice();
        let layout = Layout::of(snapshot, frame, look.focus);
        let lanes = lane::lanes(&layout, snapshot);
        let square = customer::square(&layout, snapshot, look);
        let tiles = layout.measures.size == Size::Tile;
        let map = tiles.then(|| {
            let mut map = Map::of(&layout, snapshot, square.home, look.kinds, voice);
            if look.still {
                map.streams.clear();
            }
            Rc::new(map)
        });
        let mut parcels = if look.still || tiles {
            Vec::new()
        } else {
            parcel::parcels(&layout, snapshot, &lanes, square.home, (look.kinds, look.opened, look.halfway))
        };
        let cast = Cast::new(snapshot);
        let apart = if tiles { Vec::new() } else { apart::cut_off(snapshot) };
        let works = works::works(&layout, snapshot, square.home);
        let shops = snapshot.nodes.iter().filter_map(|node| {
            let cell = layout.cell(node.host)?;
            let apart = apart.get(usize::from(node.host.0)) == Some(&true);
            let mut shop = ShopView::of(node, snapshot, (&cast, apart), (cell, &layout.measures), look);
            // Where its whole rack is cut off, the board between the racks says so.
            if shop.marks.apart && is_told_between_racks(snapshot, node.host, &works.apart) {
                shop.marks.apart = false;
            }
            Some(Rc::new(shop))
        });
        let told = look.lit.iter().filter_map(|about| Some((about.who?, about.whom?)));
        let way = |(from, to)| {
            let Some(map) = map.as_deref() else {
                return street::street(&layout, from, to, square.home);
            };
            let middle = |place| {
                let place = box_of(&layout, Some(map), &square, place)?;
                Some((place.middle(), place.middle_y()))
            };
            Some(Way(vec![middle(from)?, middle(to)?]))
        };
        let glows = look.glows.iter().copied().chain(told).filter_map(|ends| Some(way(ends)?.data())).collect();
        let votes = votes::panels(&layout, snapshot);
        let mut taken: Vec<Bounds> = votes.iter().map(|panel| panel.place).collect();
        let lost = look.lost.iter().filter_map(|lost| {
            let mark = Mark::of(&layout, lost, &way(lost.road)?, &taken);
            taken.push(mark.card);
            Some(mark)
        });
        let lost = lost.collect();
        let strip = strip::segments(&layout, snapshot, voice);
        let pin = look.pin.map(|slot| strip::pin(&layout, slot).clear_of(&strip));
        let mut lit = boxes(&layout, map.as_deref(), &square, &look.lit);
        let opened = parcels.iter().find(|parcel| Some(parcel.id) == look.opened);
        lit.extend(opened.map(|it| Bounds::new(it.place.0 / 10 - 17, it.place.1 / 10 - 15, 34, 30)));
        let mut scene = Self {
            lit,
            lost,
            frame,
            height: layout.height,
            strip: strip.into(),
            pin,
            racks: racks(&layout, snapshot, voice).into(),
            shops: shops.collect(),
            map,
            votes: votes.into(),
            road: layout.road,
            glows,
            lanes: lanes.into(),
            works: works.into(),
            roads: look
                .selected
                .map_or(Vec::new(), |of| works::roads(&layout, snapshot, of, (square.home, voice))),
            disputed: look
                .view
                .iter()
                .flat_map(|view| &view.slots)
                .take(64)
                .map(|run| strip::stretch(&layout, *run))
                .collect(),
            square: square.into(),
            parcels: Vec::new(),
        };
        if look.mute {
            parcels.iter_mut().for_each(|parcel| parcel.label = None);
        } else if parcels.iter().any(|parcel| parcel.label.is_some()) {
            scene.speak(&mut parcels, layout.bounds());
        }
        scene.parcels = parcels;
        scene
    }

    /// Finds room for the words of messages.
    #[inline(never)]
    fn speak(&self, parcels: &mut [Parcel], whole: Bounds) {
        pill::stand(parcels, whole, self.kept());
    }

    /// What the words of messages may not hide: all that is written, shops, closed roads, you.
    fn kept(&self) -> Vec<Bounds> {
        let mut kept = vec![self.square.own()];
        for label in self.labels() {
            kept.push(label.bounds());
        }
        for shop in &self.shops {
            // A shop with its chip and its badge; a small one with its sign and its word, which are wider than it is.
            kept.push(match shop.size {
                Size::Full => {
                    let Bounds { left, top, right, bottom } = shop.front;
                    Bounds { left: left - BADGE, top: top - CHIP, right: right + 6, bottom }
                }
                _ => shop.touch,
            });
        }
        for rack in self.racks.iter() {
            kept.push(rack.switch);
        }
        for panel in self.votes.iter() {
            kept.push(panel.place);
        }
        for mark in &self.lost {
            kept.push(mark.card);
        }
        for block in &self.works.blocks {
            kept.push(block_box(block.at));
        }
        for run in self.strip.iter() {
            kept.push(run.place);
        }
        kept
    }

    /// How much of its room is left free below it; no more than a terminal can use.
    pub fn spare(&self) -> i32 {
        self.frame.height.map_or(0, |height| (height - self.height).clamp(0, 220))
    }

    /// The message at a point.
    pub fn message_at(&self, point: (i32, i32)) -> Option<u64> {
        let middle = |(x, y): (i32, i32)| (x as f32 / 10.0, y as f32 / 10.0);
        parcel::hit(self.parcels.iter().map(|parcel| (parcel.id, middle(parcel.place))), point)
    }

    /// All fixed texts of the scene: what must not overlap and must not leave the frame.
    pub fn labels(&self) -> impl Iterator<Item = &Label> {
        let strip = self.strip.iter().filter_map(|segment| segment.label.as_ref());
        let racks = self.racks.iter().map(|rack| &rack.label);
        let numbers = self.map.iter().flat_map(|map| &map.numbers);
        let shops = self.shops.iter().flat_map(|shop| &shop.captions);
        let votes = self.votes.iter().map(|panel| &panel.title);
        strip.chain(racks).chain(numbers).chain(shops).chain(votes).chain(&self.square.labels)
    }
}

/// The box of a place.
fn box_of(layout: &Layout, map: Option<&Map>, square: &Square, place: Place) -> Option<Bounds> {
    match (place, map) {
        (Place::Node(host), Some(map)) => map.tile(host).map(|tile| tile.place),
        (Place::Node(host), None) => layout.cell(host).map(|cell| cell.touch),
        _ => Some(square.own()),
    }
}

/// Where that stands which is pointed out, each once.
fn boxes(layout: &Layout, map: Option<&Map>, square: &Square, lit: &[About]) -> Vec<Bounds> {
    let of = |place: Place| box_of(layout, map, square, place);
    let rack = |id: RackId| layout.racks.iter().find(|place| place.rack == id).map(|place| place.block);
    let mut boxes = Vec::new();
    for about in lit {
        let all = [about.who.and_then(of), about.whom.and_then(of), about.rack.and_then(rack)];
        for place in all.into_iter().flatten() {
            if !boxes.contains(&place) {
                boxes.push(place);
            }
        }
    }
    boxes
}

fn racks(layout: &Layout, snapshot: &Snapshot, voice: Voice) -> Vec<RackView> {
    let known = |place: &RackPlace| snapshot.racks.iter().find(|rack| rack.id == place.rack);
    let racks =
        layout.racks.iter().filter_map(|place| known(place).map(|rack| (place, rack))).map(|(place, rack)| {
            let inset = if layout.frame.class == Class::Phone { 8 } else { 16 };
            let size = layout.measures.caption;
            let room = place.switch.left - place.block.left - inset - 4;
            let name = format!("{} {}", voice.word(Term::Rack), rack.name);
            let long = if rack.powered { name.clone() } else { format!("{name} · no power") };
            let (full, brief, least) = if layout.measures.size == Size::Tile {
                census(snapshot, (rack.id, &long, &rack.name), voice)
            } else {
                Default::default()
            };
            let wordings: &[&str] = if full.is_empty() {
                &[&long, &name, &rack.name]
            } else {
                &[&full, &brief, &least, &name, &rack.name]
            };
            let text = fitting(wordings, room, size, true);
            let baseline = place.block.top + layout.measures.head / 2 + size / 3;
            let tone = if rack.powered { Tone::Muted } else { Tone::Inverse };
            let label = Label::caption(text, place.block.left + inset, baseline, size)
                .anchor(Anchor::Start)
                .tone(tone)
                .bold();
            RackView {
                rack: rack.id,
                name: name.into(),
                powered: rack.powered,
                block: place.block,
                switch: place.switch,
                label,
            }
        });
    racks.collect()
}

/// What a rack of a map holds: `Rack A · 34 shops · 3 failed`, and the same shorter.
fn census(
    snapshot: &Snapshot,
    (rack, name, short): (RackId, &str, &str),
    voice: Voice,
) -> (String, String, String) {
    let nodes = || snapshot.nodes.iter().filter(|node| node.rack == rack);
    let count = |state| nodes().filter(|node| node.state == state && !apart::is_islands(node, snapshot)).count();
    let trouble = [(NodeState::Fail, "failed"), (NodeState::Pfail, "suspected"), (NodeState::Down, "down")];
    let trouble = trouble.into_iter().map(|(state, word)| (count(state), word)).find(|(count, _)| *count > 0);
    let trouble = trouble.map_or(String::new(), |(count, word)| format!(" · {count} {word}"));
    (
        format!("{name} · {}{trouble}", voice.nodes(nodes().count() as u32)),
        format!("{name}{trouble}"),
        if trouble.is_empty() { name.to_owned() } else { format!("{}{trouble}", short) },
    )
}
