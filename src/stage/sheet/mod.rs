//! Sheets: what stands in the inspector's place to build, to break and to look closer. Each is a list of plain items that a
//! press of a button turns into acts; how an item looks is the app's affair.

mod city;
mod client;
mod keys;
mod messages;
mod rack;
mod roads;
mod shop;
mod slots;
mod views;

use std::rc::Rc;

use super::cause::Past;
use super::lens::{Closer, Lens};
use super::parcel::Kinds;
use super::skin::Skin;
use super::transcript::LastKey;
use crate::cluster::fact::FactId;
use crate::cluster::id::{HostId, Place, RackId};
use crate::cluster::operator::Task;
use crate::cluster::slot::Slot;
use crate::cluster::snapshot::{Role, Snapshot};
use crate::cluster::world::World;
use crate::narrate::{About, Voice};
use crate::sim::Action;

pub use keys::SHORTCUTS;
pub use rack::beside;

/// A sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// Building and breaking the city.
    City,
    /// What else can be done with a shop.
    Shop(HostId),
    /// A rack.
    Rack(RackId),
    /// The street between two places.
    Street(Place, Place),
    /// The learner's client.
    Client,
    /// The key that was typed last.
    Key,
    /// The messages on their way.
    Messages,
    /// One of them, by the number of its flight.
    Message(u64),
    /// What the keys do.
    Keys,
    /// Whose view the city is drawn from.
    Views,
    /// The directory, slot by slot.
    Lens,
}

/// In whose eyes the city is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Whose {
    /// Nobody's: as it is.
    #[default]
    Truth,
    /// The learner's own client's.
    Client,
    /// A node's.
    Node(HostId),
}

/// What a press does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// These acts, one after the other.
    Do(Vec<Action>),
    /// These acts, which set a slider to one of its values.
    Set(&'static str, usize, Vec<Action>),
    /// Shows another sheet.
    Show(Sheet),
    /// Looks at a node.
    Node(HostId),
    /// Looks at one rack alone, or at all of them.
    Near(Option<RackId>),
    /// Lets single keys mean something, or not.
    SingleKeys(bool),
    /// Draws the messages of one of [`Kinds::ALL`], or no longer.
    Draw(u8),
    /// Draws the city in somebody's eyes.
    View(Whose),
    /// Draws it as something else.
    Skin(Skin),
    /// Puts a line into the command line, to be changed and sent by hand.
    Type(Rc<str>),
    /// Looks at the lens more closely, or less.
    Zoom(u8),
    /// Says why something happened.
    Why(FactId),
}

impl Press {
    /// Why it is not done at all: its acts belong together, and the operator, who does the last of them, is at work or would
    /// refuse. A press may come before the button is drawn as one that cannot be pressed.
    pub fn refused(&self, world: &World) -> Option<&'static str> {
        let Self::Do(acts) = self else { return None };
        let task = acts.iter().find_map(|act| match act {
            Action::Operate(task) => Some(*task),
            _ => None,
        })?;
        city::hindrance(world).filter(|why| task != Task::Fix || *why == city::BUSY)
    }
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// The value of `data-act`.
    pub act: &'static str,
    /// What it says.
    pub label: String,
    /// Why it cannot be pressed now.
    pub hindrance: Option<&'static str>,
    /// Whether it is on, for a button that stays in.
    pub on: Option<bool>,
    /// What a press does.
    pub press: Press,
}

impl Button {
    /// A button that does something.
    pub fn act(act: &'static str, label: impl Into<String>, acts: Vec<Action>) -> Self {
        Self { act, label: label.into(), hindrance: None, on: None, press: Press::Do(acts) }
    }

    /// A button that shows a sheet.
    pub fn show(act: &'static str, label: impl Into<String>, sheet: Sheet) -> Self {
        Self { act, label: label.into(), hindrance: None, on: None, press: Press::Show(sheet) }
    }

    /// A button that stays in while something is so.
    pub fn stay(act: &'static str, label: impl Into<String>, on: bool, press: Press) -> Self {
        Self { act, label: label.into(), hindrance: None, on: Some(on), press }
    }

    /// That it cannot be pressed while `reason` holds.
    pub fn unless(mut self, hindered: bool, reason: &'static str) -> Self {
        self.hindrance = self.hindrance.or(hindered.then_some(reason));
        self
    }

    /// That it cannot be pressed for this reason, if there is one.
    fn held_by(mut self, reason: Option<&'static str>) -> Self {
        self.hindrance = self.hindrance.or(reason);
        self
    }

    /// That it stays in while something is so.
    pub fn while_on(mut self, on: bool) -> Self {
        self.on = Some(on);
        self
    }
}

/// A choice among a few values in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The value of `data-field`.
    pub field: &'static str,
    /// What it sets.
    pub label: &'static str,
    /// The values, and what sets each.
    pub steps: Vec<(String, Vec<Action>)>,
    /// The one that is set.
    pub at: usize,
}

/// A button with lists beside it: it does what is chosen in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The value of `data-act`.
    pub act: &'static str,
    /// What the button says.
    pub label: String,
    /// Why it cannot be pressed now.
    pub hindrance: Option<&'static str>,
    /// The lists: what each is for, and what there is.
    pub lists: Vec<(&'static str, Vec<String>)>,
    /// What each choice does, the last list's choices side by side.
    pub presses: Vec<Press>,
}

impl Choice {
    /// One of many, each with its name.
    pub fn one(act: &'static str, label: impl Into<String>, of: &'static str, all: Vec<(String, Press)>) -> Item {
        let (names, presses) = all.into_iter().unzip();
        Item::Choose(Self { act, label: label.into(), hindrance: None, lists: vec![(of, names)], presses })
    }

    /// What is done by the choice of these, counted from 0.
    pub fn press(&self, chosen: &[usize]) -> Option<&Press> {
        let wide = self.lists.iter().map(|(_, names)| names.len());
        let at = wide.zip(chosen).try_fold(0, |at, (wide, nth)| (*nth < wide).then_some(at * wide + nth))?;
        self.presses.get(at)
    }
}

/// The most that a list has.
const MOST_CHOICES: usize = 100;

/// An item of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A heading.
    Heading(&'static str),
    /// A sentence.
    Note(String),
    /// A sentence that is read out when it changes.
    Live(String),
    /// A name and a value.
    Row(Rc<str>, String),
    /// The directory's lens, the slot that is read, and how closely.
    Grid(Rc<Lens>, Slot, Closer),
    /// A button with lists beside it.
    Choose(Choice),
    /// A field to look for a slot with, by this name.
    Find(&'static str),
    /// Buttons in a row.
    Buttons(Vec<Button>),
    /// Buttons below one another, for a list.
    List(Vec<Button>),
    /// A slider.
    Range(Range),
}

/// A name and a value. One function for all rows: some hundred bytes each, otherwise.
#[inline(never)]
fn row(name: &str, value: String) -> Item {
    Item::Row(name.into(), value)
}

/// What sheets are made of.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The city.
    pub snapshot: &'a Snapshot,
    /// The world, to ask for what a snapshot does not hold.
    pub world: &'a World,
    /// What happened so far.
    pub past: Option<Past<'a>>,
    /// In whose words.
    pub voice: Voice,
    /// In whose eyes.
    pub whose: Whose,
    /// Whether single keys mean something.
    pub single_keys: bool,
    /// Which messages are drawn.
    pub kinds: Kinds,
    /// The key that was typed last.
    pub key: Option<&'a LastKey>,
    /// The one rack that is looked at alone.
    pub focus: Option<RackId>,
    /// The slider that was set last, and to which of its values: it may take a while until that is so.
    pub asked: Option<(&'static str, usize)>,
    /// The slot that the lens reads.
    pub lens_at: Slot,
    /// How closely.
    pub closer: Closer,
    /// Why what was looked for last is not there.
    pub unfound: Option<&'a str>,
}

impl<'a> Known<'a> {
    /// A city as it is first seen.
    pub fn of(snapshot: &'a Snapshot, world: &'a World) -> Self {
        Self {
            snapshot,
            world,
            past: None,
            voice: Voice::default(),
            whose: Whose::Truth,
            single_keys: true,
            kinds: Kinds::default(),
            key: None,
            focus: None,
            asked: None,
            lens_at: 0,
            closer: Closer::default(),
            unfound: None,
        }
    }
}

impl Item {
    /// That it cannot be pressed while `reason` holds.
    fn unless(self, hindered: bool, reason: &'static str) -> Self {
        self.held_by(hindered.then_some(reason))
    }

    /// That it cannot be pressed for this reason, if there is one.
    fn held_by(mut self, reason: Option<&'static str>) -> Self {
        if let Self::Choose(choice) = &mut self {
            choice.hindrance = choice.hindrance.or(reason);
        }
        self
    }
}

impl Sheet {
    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::City => "Build and break",
            Self::Shop(_) => "More acts",
            Self::Rack(_) => "A rack",
            Self::Street(..) => "A street",
            Self::Client => "Your client",
            Self::Key => "The last key",
            Self::Messages => "On their way",
            Self::Message(_) => "A message",
            Self::Keys => "Keyboard",
            Self::Views => "Whose view?",
            Self::Lens => "Slot by slot",
        }
    }

    /// The id of what opens it, and gets the keyboard back.
    pub fn opener(self) -> String {
        match self {
            Self::Shop(host) | Self::Street(Place::Node(host), _) => format!("shop-{}", host.0),
            Self::Rack(rack) => format!("rack-{}", rack.0),
            Self::Client | Self::Street(..) => "you".to_owned(),
            Self::Key => "key".to_owned(),
            Self::City => "tool-city".to_owned(),
            Self::Messages | Self::Message(_) => "tool-messages".to_owned(),
            Self::Keys => "tool-keys".to_owned(),
            Self::Views => "tool-views".to_owned(),
            Self::Lens => "tool-lens".to_owned(),
        }
    }

    /// What it is about, to be pointed out in the city: a street, or the one that a message is on.
    pub fn abouts(self, snapshot: &Snapshot) -> Vec<About> {
        let (who, whom) = match self {
            Self::Street(one, other) => (one, other),
            Self::Message(id) => match snapshot.flights.iter().find(|flight| flight.id == id) {
                Some(flight) => (flight.from, flight.to),
                None => return Vec::new(),
            },
            _ => return Vec::new(),
        };
        vec![About { who: Some(who), whom: Some(whom), rack: None }]
    }

    /// The items.
    pub fn items(self, known: Known<'_>) -> Vec<Item> {
        match self {
            Self::City => city::items(known),
            Self::Shop(host) => shop::items(known, host),
            Self::Rack(rack) => rack::items(known, rack),
            Self::Street(one, other) => roads::street(known, one, other),
            Self::Client => client::client(known),
            Self::Key => client::key(known),
            Self::Messages => messages::all(known),
            Self::Message(id) => messages::one(known, id),
            Self::Keys => keys::items(known.single_keys),
            Self::Views => views::views(known),
            Self::Lens => slots::lens(known),
        }
    }
}

/// Names of nodes with what choosing each does.
fn by_name(
    known: Known<'_>,
    hosts: impl Iterator<Item = HostId>,
    press: impl Fn(HostId) -> Press,
) -> Vec<(String, Press)> {
    let cast = crate::narrate::Cast::new(known.snapshot);
    hosts.take(MOST_CHOICES).map(|host| (cast.name(host, known.voice), press(host))).collect()
}

/// The masters that run, but for one.
fn masters(known: Known<'_>, but: Option<HostId>) -> impl Iterator<Item = HostId> {
    let nodes = known.snapshot.nodes.iter();
    let able = nodes.filter(move |node| node.role == Role::Master && node.running && Some(node.host) != but);
    able.map(|node| node.host)
}

/// The value in a list of steps that is nearest to the one that is set.
fn nearest(steps: &[u64], value: u64) -> usize {
    let far = |at: &usize| steps[*at].abs_diff(value);
    (0..steps.len()).min_by_key(far).unwrap_or(0)
}
