//! The page: owns the running world and all that a visitor has set, takes every message, and draws.
//!
//! Time runs here: one animation frame at a time, never while paused, hidden or out of view.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_render::AnimationFrame;
use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::browser;
use super::fliers::Fliers;
use super::frames::Leap;
use super::hand::{self, Hand, Key};
use super::message::Msg;
use super::part::Kept;
use super::second;
use super::settings::{Address, Speed, Theme};
use super::view::Doors;
use super::watch::{SizeWatch, ViewWatch};
use super::world::World;
use crate::cluster::fact::FactId;
use crate::cluster::id::{HostId, Place, RackId};
use crate::cluster::slot::Slot;
use crate::sim::Session;
use crate::stage::drag::Drag;
use crate::stage::frame::Arrangement;
use crate::stage::lens;
use crate::stage::parcel::Kinds;
use crate::stage::scene::Scene;
use crate::stage::sheet::{Sheet, Whose};

/// Lines of the log that are drawn, where no leap has just made all of them anew.
pub(super) const LINES: usize = 45;

/// Where buttons come and go, and what gets the keyboard when the one that had it is gone. Never another
/// button: a second press of the key must not start the next fire.
pub(super) const HEIRS: [(&str, &[&str]); 7] = [
    (".shop", &["#inspector-title", "#city"]),
    (".guide", &[".step.now", ".done-note", "#guide-title"]),
    (".next", &[".next", "#shop-0"]),
    (".inspector", &["#inspector-title"]),
    (".command-line", &["#command"]),
    (".until", &["#until"]),
    (".transport", &["#scrub"]),
];

/// What is explained in the inspector's place.
pub(super) enum Panel {
    /// Why something happened.
    Why(Rc<crate::stage::why::Why>),
    /// Two futures side by side.
    Compare(Box<crate::stage::compare::Compared>),
    /// Building, breaking, looking closer.
    Sheet(Sheet),
}

/// What the address asks for, and the city that was opened as it says.
#[derive(Clone, Properties)]
pub(super) struct Opened {
    pub(super) with: Rc<(Address, Session)>,
}

impl PartialEq for Opened {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.with, &other.with)
    }
}

/// The page.
pub(super) struct Page {
    pub(super) world: World,
    pub(super) send: Callback<Msg>,
    pub(super) playing: bool,
    pub(super) speed: Speed,
    pub(super) draft: AttrValue,
    pub(super) history: Vec<AttrValue>,
    pub(super) recalled: usize,
    pub(super) target: Option<HostId>,
    pub(super) selected: Option<HostId>,
    pub(super) panel: Option<Panel>,
    /// What stood where the list of keys stands now, and what had the keyboard then.
    pub(super) under: Option<Panel>,
    pub(super) had_focus: Option<String>,
    pub(super) drag: Option<Drag>,
    /// The slider that was set last, and to what.
    pub(super) asked: Option<(&'static str, usize)>,
    /// The one rack that is looked at alone.
    pub(super) focus: Option<RackId>,
    /// The node that the keyboard stands on in a map.
    pub(super) tile: Option<HostId>,
    /// Whether the pointer has just dragged something: letting go is no press then.
    pub(super) dragged: bool,
    pub(super) single_keys: bool,
    pub(super) whose: Whose,
    pub(super) lens_at: Slot,
    pub(super) closer: lens::Closer,
    pub(super) theme: Theme,
    pub(super) kinds: Kinds,
    pub(super) details: bool,
    pub(super) less_motion: bool,
    pub(super) glows: Vec<(Place, Place)>,
    pub(super) more: bool,
    pub(super) focus_next: Option<String>,
    /// The shop that was pressed, to be scrolled to where a sheet would cover it.
    pub(super) reveal: Option<HostId>,
    /// Whether colours or sizes may have changed.
    pub(super) looks: bool,
    /// Whether something waits to be drawn with the next frame, and how long frames take of late, in milliseconds.
    pub(super) due: bool,
    pub(super) pace: f64,
    /// Whether the terminal goes back to its newest line.
    pub(super) to_end: bool,
    pub(super) hand_on: Option<&'static [&'static str]>,
    pub(super) notices: Vec<String>,
    pub(super) waiting: Vec<Msg>,
    /// Whether the projector's layout is asked for, and by how many percent it enlarges everything; 0 where it is not shown.
    pub(super) presenter: bool,
    pub(super) zoom: i32,
    pub(super) whole: bool,
    pub(super) fetching: bool,
    pub(super) ways: (Vec<String>, usize),
    pub(super) told: Rc<str>,
    pub(super) window: (i32, i32),
    pub(super) city_width: i32,
    pub(super) timeline_width: i32,
    pub(super) drawn: usize,
    /// Whether somebody leaps from moment to moment just now.
    pub(super) leap: Leap,
    pub(super) doors: RefCell<Doors>,
    /// What was drawn last, until what flies over it is painted.
    pub(super) scene: RefCell<Option<Rc<Scene>>>,
    pub(super) fliers: Fliers,
    /// Frames drawn so far, and whether only one of them went by since the page was drawn last.
    pub(super) beat: (u32, bool),
    pub(super) left: Kept,
    pub(super) output: Kept,
    pub(super) aside: Kept,
    pub(super) bottom: Kept,
    pub(super) on_screen: bool,
    pub(super) frame: Option<AnimationFrame>,
    pub(super) last_frame: Option<f64>,
    pub(super) dimmer: Option<Timeout>,
    pub(super) filler: Option<Timeout>,
    pub(super) follower: Option<Timeout>,
    pub(super) teller: Option<Timeout>,
    pub(super) between: Option<Timeout>,
    /// Keeps the lines typed so far, when there is a moment.
    pub(super) keeper: Option<Timeout>,
    /// The log shows the lines before this one, rather than the newest.
    pub(super) log_until: Option<FactId>,
    /// What is said to who looks for a slot or a key that cannot be.
    pub(super) unfound: Option<String>,
    /// Takes a note away that needs nobody's answer.
    pub(super) sweeper: Option<Timeout>,
    _listeners: Vec<EventListener>,
    watches: (Vec<SizeWatch>, Option<ViewWatch>),
}

impl Component for Page {
    type Message = Msg;
    type Properties = Opened;

    fn create(ctx: &Context<Self>) -> Self {
        let (address, session) = ctx.props().with.as_ref();
        let window = browser::window_size();
        let mut page = Self {
            world: World::new(session.clone()),
            send: ctx.link().callback(|msg| msg),
            // Who wants less motion steps from one thing to the next, or lets time run.
            playing: address.speed.is_some() || !browser::less_motion(),
            speed: address.speed.or_else(|| Speed::parse(&browser::recall("speed")?)).unwrap_or(Speed::REAL),
            draft: AttrValue::Static(""),
            history: browser::recall("history")
                .map(|kept| kept.lines().map(|line| line.to_owned().into()).collect())
                .unwrap_or_default(),
            recalled: 0,
            target: None,
            selected: None,
            panel: None,
            under: None,
            had_focus: None,
            drag: None,
            asked: None,
            focus: None,
            tile: None,
            dragged: false,
            whose: Whose::Truth,
            lens_at: 0,
            closer: lens::Closer::default(),
            single_keys: browser::recall("single-keys").is_none_or(|kept| kept != "off"),
            theme: Theme::kept(),
            kinds: Kinds::default(),
            details: false,
            less_motion: browser::less_motion(),
            glows: Vec::new(),
            more: false,
            focus_next: None,
            reveal: None,
            looks: true,
            due: false,
            pace: 0.0,
            keeper: None,
            to_end: false,
            hand_on: None,
            notices: address.complaints.clone(),
            waiting: Vec::new(),
            presenter: address.presenter,
            zoom: 0,
            whole: second::all_here(),
            fetching: false,
            ways: (Vec::new(), 0),
            told: "".into(),
            window,
            city_width: guessed_city_width(window.0),
            timeline_width: (window.0 - 360).max(60),
            drawn: LINES,
            leap: Leap::Over,
            log_until: None,
            unfound: None,
            doors: RefCell::default(),
            scene: RefCell::default(),
            fliers: Fliers::default(),
            beat: (0, false),
            left: Kept::default(),
            output: Kept::default(),
            aside: Kept::default(),
            bottom: Kept::default(),
            on_screen: true,
            frame: None,
            last_frame: None,
            dimmer: None,
            filler: None,
            follower: None,
            teller: None,
            between: None,
            sweeper: None,
            _listeners: listeners(ctx),
            watches: (Vec::new(), None),
        };
        page.recalled = page.history.len();
        browser::set_theme(page.theme.name());
        page.measure();
        page.arm();
        page
    }

    fn update(&mut self, _ctx: &Context<Self>, msg: Msg) -> bool {
        if !matches!(
            msg,
            Msg::Frame(_)
                | Msg::MakeUp
                | Msg::Dim
                | Msg::Announce
                | Msg::Fill
                | Msg::Follow
                | Msg::Resized
                | Msg::Hand(Hand::Down(_) | Hand::To(_) | Hand::Over(_))
                | Msg::OnScreen(_)
                | Msg::Draft(_)
        ) {
            let pressed = HEIRS.iter().find(|(place, _)| browser::focus_is_in(place));
            self.hand_on = pressed.map(|(_, heirs)| *heirs);
        }
        self.leap = Leap::Over;
        self.looks |= matches!(
            msg,
            Msg::SetTheme(_)
                | Msg::Visibility
                | Msg::Resized
                | Msg::Present(_)
                | Msg::Press(_)
                | Msg::Key(_)
                | Msg::Act(_)
        );
        self.beat.1 = matches!(msg, Msg::Frame(_) | Msg::MakeUp);
        let redraw = self.take(msg);
        if redraw {
            self.world.catch_up();
        }
        self.compare_on();
        self.shine();
        self.tell();
        self.arm();
        redraw
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        super::view::page(self)
    }

    fn rendered(&mut self, _ctx: &Context<Self>, first: bool) {
        if let Some(scene) = self.scene.take() {
            self.fliers.show(scene, self.zoom, std::mem::take(&mut self.looks));
        }
        if std::mem::take(&mut self.to_end) {
            browser::to_end("terminal");
        }
        if let Some(id) = self.focus_next.take() {
            browser::focus(&id);
            if browser::focus_is_lost() {
                // What opened it is in a closed menu.
                browser::focus("tools");
            }
        }
        self.hand_focus_on();
        if let Some(host) = self.reveal.take().filter(|_| Arrangement::of(self.window.0) == Arrangement::Stack) {
            let nodes = &self.world.snapshot().nodes;
            let shard = nodes.get(usize::from(host.0)).map(|node| node.shard);
            browser::reveal(host, nodes.iter().filter(|node| Some(node.shard) == shard).map(|node| node.host));
        }
        if !first {
            return;
        }
        for id in ["stage", "timeline"] {
            let send = self.send.clone();
            self.watches.0.extend(SizeWatch::start(id, move || send.emit(Msg::Resized)));
        }
        let send = self.send.clone();
        self.watches.1 = ViewWatch::start("app", move |seen| send.emit(Msg::OnScreen(seen)));
    }
}

/// Listeners on the window and the document.
fn listeners(ctx: &Context<Page>) -> Vec<EventListener> {
    let send = ctx.link().callback(|msg| msg);
    // What is painted does not follow the style sheets by itself.
    let looks = browser::LOOKS.iter().filter_map(|query| {
        let (send, query) = (send.clone(), browser::media(query)?);
        Some(EventListener::new(&query, "change", move |_| send.emit(Msg::Visibility)))
    });
    let looks: Vec<_> = looks.collect();
    let resized = {
        let send = send.clone();
        EventListener::new(&gloo_utils::window(), "resize", move |_| send.emit(Msg::Resized))
    };
    let visibility = {
        let send = send.clone();
        EventListener::new(&gloo_utils::document(), "visibilitychange", move |_| send.emit(Msg::Visibility))
    };
    // On the document, not on the page's element: before the first press nothing has the keyboard.
    let keys = browser::on_keys(move |event| {
        let Some(key) = hand::key(event) else { return false };
        send.emit(Msg::Key(key));
        key != Key::Escape
    });
    let second = second::listeners(&ctx.link().callback(|msg| msg));
    second.into_iter().chain(looks).chain([resized, visibility, keys]).collect()
}

/// A first guess, corrected as soon as the page stands.
fn guessed_city_width(window: i32) -> i32 {
    if window >= 900 { window - 348 } else { window }
}
