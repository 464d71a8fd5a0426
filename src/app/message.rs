//! Everything that can happen to the page, as one type.

use yew::AttrValue;

use super::hand::{Hand, Key};
use super::settings::{Speed, Theme};
use crate::cluster::fact::FactId;
use crate::cluster::id::HostId;
use crate::cluster::slot::Slot;
use crate::cluster::time::Micros;
use crate::sim::Action;
use crate::sim::timeline::BranchId;
use crate::stage::sheet::Press;
use crate::stage::until::Until;

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Msg {
    /// The browser is about to paint; its clock in milliseconds.
    Frame(f64),
    /// The browser has painted, and the city is behind.
    MakeUp,
    /// Starts time, or stops it.
    PlayPause,
    /// Runs until this happens and stops there.
    RunUntil(Until),
    /// Goes back to the milestone before.
    StepBack,
    /// Goes to a moment and stops there.
    Seek(Micros),
    /// Goes a second on, or back, from where it is by now: keys may come faster than frames.
    Nudge(bool),
    /// Goes to just before the last act.
    Undo,
    /// Takes the last undo back.
    Redo,
    /// Goes another way from here: what is known of the future becomes another future.
    Leave,
    /// Returns to another future.
    Return(BranchId),
    /// Shows another future beside this one.
    Compare(BranchId),
    /// A button of a sheet was pressed.
    Press(Press),
    /// Shows why something happened.
    Why(FactId),
    /// Another speed.
    SetSpeed(Speed),
    /// The command line's text changed.
    Draft(AttrValue),
    /// The command line's text is to be run; the line is empty again.
    Submit(AttrValue),
    /// This very line is to be run.
    Run(AttrValue),
    /// This line is put into the command line, to be changed and run by hand.
    Propose(AttrValue),
    /// Goes through the lines typed before: back or forth.
    Recall(i32),
    /// The line may be completed: the next way to go on, or the one before.
    Complete(String, bool),
    /// Several lines were pasted behind what stands there.
    Paste(String),
    /// What the terminal shows goes to the clipboard.
    Copy,
    /// The browser has taken what was to be copied, or refused it.
    Copied(bool),
    /// The learner's client talks to one node, or is smart again.
    Talk(Option<HostId>),
    /// A node is looked at, or none.
    Select(Option<HostId>),
    /// A node of a map was pointed at.
    Point(HostId),
    /// The keyboard goes to another node of a map.
    Walk(HostId),
    /// An act on the city.
    Act(Action),
    /// Another colour scheme.
    SetTheme(Theme),
    /// Shows the log's lines before this one, or the newest.
    Earlier(Option<FactId>),
    /// Shows or hides the log's details.
    Details(bool),
    /// The window or the city got another size.
    Resized,
    /// The tab was hidden or shown.
    Visibility,
    /// The page scrolled into view or out of it.
    OnScreen(bool),
    /// Shining streets go dark.
    Dim,
    /// More of the log's and the terminal's lines may be drawn after a leap.
    Fill,
    /// What is told of a leap may be drawn.
    Follow,
    /// The next milestone may be read out.
    Announce,
    /// The notice was read.
    Dismiss,
    /// Shows the panels over the city, or the city again.
    More(bool),
    /// The projector's layout, or the usual one.
    Present(bool),
    /// Closes what lies over the city.
    Escape,
    /// A key with a meaning of its own.
    Key(Key),
    /// The lens reads another slot.
    LensAt(Slot),
    /// The lens looks for a slot, or for a key's.
    Find(String),
    /// The page's second part has come, or could not be fetched.
    Second(bool),
    /// A pointer over the city.
    Hand(Hand),
}
