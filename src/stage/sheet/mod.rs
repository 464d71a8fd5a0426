//! Sheets: what stands in the inspector's place to build, to break and to look closer. Each is a list of plain items that a
//! press of a button turns into acts; how an item looks is the app's affair.

mod city;
mod keys;
mod messages;
mod shop;

use crate::cluster::network::Network;
use crate::cluster::operator::Progress;
use crate::cluster::snapshot::Snapshot;
use crate::cluster::world::World;
use crate::sim::Action;

pub use keys::SHORTCUTS;
pub use shop::more as shop_acts;

/// A sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// Building and breaking the city.
    City,
    /// The messages on their way.
    Messages,
    /// One of them, by the number of its flight.
    Message(u64),
    /// What the keys do.
    Keys,
}

/// What a press does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// These acts, one after the other.
    Do(Vec<Action>),
    /// Shows another sheet.
    Show(Sheet),
    /// Lets single keys mean something, or not.
    SingleKeys(bool),
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

    /// That it cannot be pressed while `reason` holds.
    pub fn unless(mut self, hindered: bool, reason: &'static str) -> Self {
        self.hindrance = self.hindrance.or(hindered.then_some(reason));
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

/// An item of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A heading.
    Heading(&'static str),
    /// A sentence.
    Note(String),
    /// A name and a value.
    Row(&'static str, String),
    /// Buttons in a row.
    Buttons(Vec<Button>),
    /// Buttons below one another, for a list.
    List(Vec<Button>),
    /// A slider.
    Range(Range),
}

/// What sheets are made of.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The city.
    pub snapshot: &'a Snapshot,
    /// Its streets.
    pub network: &'a Network,
    /// What the operator does.
    pub operator: Option<Progress>,
    /// Whether single keys mean something.
    pub single_keys: bool,
    /// The world, to open a message.
    pub world: &'a World,
}

impl Sheet {
    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::City => "Build and break",
            Self::Messages => "On their way",
            Self::Message(_) => "A message",
            Self::Keys => "Keys",
        }
    }

    /// The items.
    pub fn items(self, known: Known<'_>) -> Vec<Item> {
        match self {
            Self::City => city::items(known),
            Self::Messages => messages::all(known.snapshot),
            Self::Message(id) => messages::one(known, id),
            Self::Keys => keys::items(known.single_keys),
        }
    }
}

/// The value in a list of steps that is nearest to the one that is set.
fn nearest(steps: &[u64], value: u64) -> usize {
    let far = |at: &usize| steps[*at].abs_diff(value);
    (0..steps.len()).min_by_key(far).unwrap_or(0)
}
