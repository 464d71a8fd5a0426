//! What one shop shows: its sign, its marks and the words under it, and the sentence for those who cannot see it.
//!
//! The rule of the drawing: hue means shard; every state has its own mark *and* its own word.

use std::rc::Rc;

use super::apart;
use super::layout::{Cell, Measures, sign_height};
use super::scene::Look;
use super::size::Size;
use super::skin::Skin;
use super::text::{Bounds, Label, fitting};
use super::wording::{Wording, captions, spoken};
use super::words;
use crate::cluster::id::{HostId, RackId};
use crate::cluster::snapshot::{NodeState, NodeView, Role, Snapshot, SyncState};
use crate::cluster::time::{Micros, SECOND};
use crate::narrate::{Cast, Term, Voice};

/// How long a promoted shop keeps its flag.
const FLAG_FOR: Micros = 10 * SECOND;
/// How many goods a window has room for.
const WINDOW: u32 = 14;

/// How a shop's walls are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walls {
    /// A master: solid.
    Solid,
    /// A replica: dashed.
    Dashed,
    /// A replica that copies everything: dotted.
    Dotted,
    /// Suspected: dashed amber.
    Suspect,
    /// Failed: charred.
    Charred,
}

/// The marks of a shop's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// Flames: the process does not run.
    pub fire: bool,
    /// The rack has no power: dark windows.
    pub dark: bool,
    /// Snow-blue hatch: the process is frozen.
    pub frost: bool,
    /// The "?" badge.
    pub question: bool,
    /// The same, small and pale: it is well, and a few who are cut off suspect it.
    pub islands: bool,
    /// The up arrow: asks for votes.
    pub arrow: bool,
    /// The ring that shrinks before it asks, in thousandths left.
    pub ring: Option<u16>,
    /// The flag of the promoted.
    pub flag: bool,
    /// It answers `CLUSTERDOWN`: the door is barred.
    pub barred: bool,
    /// It works, but most others cannot hear it: its street is closed.
    pub apart: bool,
    /// Its process runs, frozen or not, but most others take it for lost.
    pub believed_lost: bool,
    /// Somebody's view of it is not what is so.
    pub differs: bool,
}

/// Everything needed to draw one shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopView {
    /// What it is drawn as.
    pub skin: Skin,
    /// How large.
    pub size: Size,
    /// Its rack.
    pub rack: RackId,
    /// Its machine.
    pub host: HostId,
    /// Its shard: hue and number.
    pub shard: u16,
    /// Whether it is a master.
    pub master: bool,
    /// How it is doing.
    pub state: NodeState,
    /// `Shop 3`.
    pub sign: Rc<str>,
    /// `e7`.
    pub chip: Rc<str>,
    /// On a machine's face: `0–5460`, `lag 6`. Empty where nothing is known.
    pub plate: Rc<str>,
    /// The storefront's box.
    pub front: Bounds,
    /// What a finger may touch.
    pub touch: Bounds,
    /// The upper edge of its place: its streets leave at a height that all shops of a row share.
    pub street_from: i32,
    /// How the walls are drawn.
    pub walls: Walls,
    /// The marks of its state.
    pub marks: Marks,
    /// Goods in the window.
    pub goods: u8,
    /// The bar of a replica: how much of its master's data it has, in per cent.
    pub bar: Option<u8>,
    /// The words under it.
    pub captions: Vec<Label>,
    /// The same for a screen reader.
    pub spoken: Rc<str>,
}

impl ShopView {
    /// The view of a node.
    pub fn of(
        node: &NodeView,
        snapshot: &Snapshot,
        (cast, apart): (&Cast, bool),
        (cell, measures): (&Cell, &Measures),
        look: &Look,
    ) -> Self {
        let skin = look.skin;
        let voice = skin.voice();
        let powered = snapshot.racks.iter().find(|rack| rack.id == node.rack).is_none_or(|rack| rack.powered);
        let wording = match &look.view {
            Some(view) => Wording::believed(node, view),
            None => Wording::of(node, snapshot, (cast, voice), (powered, apart)),
        };
        let of_client = look.view.as_ref().is_some_and(|view| view.of_client);
        let master = node.role == Role::Master;
        let name = cast.name(node.host, voice);
        let front = if master { cell.shop } else { backup_front(cell.shop) };
        // A small shop's sign may be wider than its walls.
        let sign_room = if measures.size == Size::Small { cell.touch.width() - 8 } else { front.width() - 4 };
        Self {
            skin,
            size: measures.size,
            rack: node.rack,
            host: node.host,
            shard: node.shard,
            master,
            state: node.state,
            sign: fitting(&[&name, &brief_name(&name, voice)], sign_room, 12, true).into(),
            chip: if of_client { Rc::default() } else { chip(node, cell.shop.width() < 100).into() },
            plate: plate(node, skin).into(),
            front,
            touch: cell.touch,
            street_from: cell.shop.top,
            walls: walls(node, apart::works(node, snapshot)),
            marks: Marks {
                apart: apart && apart::works(node, snapshot),
                differs: look.view.as_ref().is_some_and(|view| view.differs.contains(&node.host)),
                ..marks(node, snapshot, (powered, look.view.is_none()))
            },
            goods: node.keys.min(WINDOW) as u8,
            bar: bar(&node.sync),
            captions: captions(&wording, cell, measures),
            spoken: spoken(node, name, &wording, voice).into(),
        }
    }

    /// Where its streets are closed while it is cut off: a stretch of each, from its wall to the gutter. Never over its
    /// window, its sign or its captions; where there are no streets, at its wall's foot.
    pub fn closed_streets(&self) -> [Bounds; 2] {
        let (front, small) = (self.front, self.size == Size::Small);
        // Walls stand back from the awning's ends.
        let inset = front.width() * 11 / 150;
        let least = if small { 16 } else { 26 };
        let stub = |wall: i32, out: i32| {
            // In the narrowest gutters the board stands before the awning's end.
            let long = ((out - wall).abs() + 3).clamp(least, 52);
            let over = (least - (out - wall).abs() - 3).max(0);
            let (left, right) =
                if out < wall { (wall + over - long, wall + over) } else { (wall - over, wall - over + long) };
            let sign = front.top + sign_height(front.width()) + long.min(42) * 11 / 40 + 1;
            let door = (self.street_from + (front.bottom - self.street_from) * 3 / 10).max(sign);
            let y = if small { front.bottom - 12 } else { door };
            Bounds { left, top: y - 5, right, bottom: y + 5 }
        };
        [stub(front.left + inset, self.touch.left), stub(front.right - inset, self.touch.right)]
    }

    /// The value of `data-state`.
    pub fn state_name(&self) -> &'static str {
        super::map::state_name(self.state)
    }
}

/// A name without its kind: `Old 3`, or the first letter and the number where there is no room at all.
fn brief_name(name: &str, voice: Voice) -> String {
    let kind =
        [voice.word(Term::OldMaster), voice.word(Term::Master)].into_iter().find(|kind| name.starts_with(kind));
    match kind {
        Some(kind) if kind.contains(' ') => name.replacen(kind, "Old", 1),
        // Branches and backups have the same letter: a branch has none.
        Some(kind) => {
            name.replacen(kind, if voice == Voice::Library { "" } else { &kind[..1] }, 1).replace(' ', "")
        }
        None => name.replacen(voice.word(Term::Replica), &voice.word(Term::Replica)[..1], 1).replace(' ', ""),
    }
}

/// What a machine's face says beside its number.
fn plate(node: &NodeView, skin: Skin) -> String {
    match (skin, &node.sync, &node.slots[..]) {
        (Skin::Servers, SyncState::Master, [run]) => words::slots(*run),
        (Skin::Servers, SyncState::Master, [_, ..]) => format!("{} runs", node.slots.len()),
        (Skin::Servers, SyncState::InSync, _) => "lag 0".to_owned(),
        (Skin::Servers, SyncState::Behind { writes, .. }, _) => format!("lag {}", (*writes).max(1)),
        _ => String::new(),
    }
}

/// A backup is smaller: it stands on the same ground line.
pub(super) fn backup_front(shop: Bounds) -> Bounds {
    let width = (shop.width() * 86 / 100).max(70.min(shop.width()));
    let height = super::layout::front_height(width);
    Bounds::new(shop.middle() - width / 2, shop.bottom - height, width, height)
}

/// The config epoch; for a candidate also the one it asks for, which is all that a small shop has room for.
fn chip(node: &NodeView, small: bool) -> String {
    match node.election.as_ref().and_then(|bid| bid.epoch) {
        Some(epoch) if small => format!("e{epoch}"),
        Some(epoch) if epoch != node.config_epoch => format!("e{}→{epoch}", node.config_epoch),
        _ => format!("e{}", node.config_epoch),
    }
}

/// Whoever works looks so: that others take it for lost is a mark, not its state.
fn walls(node: &NodeView, works: bool) -> Walls {
    match (node.state, node.role, &node.sync) {
        (NodeState::Fail, ..) if !works => Walls::Charred,
        (NodeState::Pfail, ..) if !works => Walls::Suspect,
        (_, _, SyncState::Loading { .. }) => Walls::Dotted,
        (_, Role::Replica { .. }, _) => Walls::Dashed,
        (_, Role::Master, _) => Walls::Solid,
    }
}

fn marks(node: &NodeView, snapshot: &Snapshot, (powered, truth): (bool, bool)) -> Marks {
    let islands = truth && apart::is_islands(node, snapshot);
    let works = node.running && !node.frozen;
    let bid = node.election.as_ref().filter(|_| works);
    let ring = bid.filter(|bid| bid.epoch.is_none()).map(|bid| {
        let whole = bid.asks_at.saturating_sub(bid.scheduled_at).max(1);
        let left = bid.asks_at.saturating_sub(snapshot.now).min(whole);
        (left * 50 / whole * 20) as u16
    });
    Marks {
        // Fires can not be seen from afar: who is believed to be lost may run.
        fire: truth && !node.running && powered,
        dark: !powered,
        frost: node.frozen && node.running,
        question: node.state == NodeState::Pfail && !islands,
        islands,
        arrow: bid.is_some_and(|bid| bid.epoch.is_some()),
        ring,
        flag: works && node.role == Role::Master && fresh(node, snapshot),
        barred: works && !node.cluster_ok,
        apart: false,
        believed_lost: node.state == NodeState::Fail && node.running && powered,
        differs: false,
    }
}

pub(super) fn fresh(node: &NodeView, snapshot: &Snapshot) -> bool {
    node.promoted_at.is_some_and(|at| snapshot.now.saturating_sub(at) < FLAG_FOR)
}

/// A copy's bar. A write it lacks takes five per cent off, so that a few are seen and many do not vanish.
fn bar(sync: &SyncState) -> Option<u8> {
    match *sync {
        SyncState::Master => None,
        SyncState::InSync => Some(100),
        SyncState::Behind { writes, .. } => Some(100 - (writes * 5).clamp(5, 90) as u8),
        SyncState::Loading { done, total } => Some((done * 100 / total.max(1)).min(100) as u8),
        SyncState::LinkDown { .. } => Some(0),
    }
}
