//! What is done to the city, what is looked at, and where the keyboard goes then.

use super::browser;
use super::message::Msg;
use super::page::{HEIRS, Page, Panel};
use super::settings::set_skin;
use crate::cluster::id::{HostId, RackId};
use crate::cluster::slot::Slot;
use crate::sim::Action;
use crate::stage::lens::{Closer, MOST_ZOOM};
use crate::stage::sheet::{Press, Sheet};

impl Page {
    /// A button of a sheet was pressed.
    pub(super) fn press(&mut self, press: Press) {
        if let Some(why) = press.refused(self.world.session().world()) {
            self.notices = vec![why.to_owned()];
            return;
        }
        match press {
            Press::Do(actions) => actions.into_iter().for_each(|action| self.act(action)),
            Press::Set(field, at, actions) => {
                self.asked = Some((field, at));
                actions.into_iter().for_each(|action| self.act(action));
            }
            Press::Show(sheet) => {
                if sheet == Sheet::Lens {
                    let slot = self.world.told().transcript.last_key().map_or(self.lens_at, |key| key.slot);
                    self.read_slot(slot);
                }
                self.more = false;
                browser::close_menu();
                self.show_panel(Panel::Sheet(sheet));
            }
            Press::Node(host) => {
                self.select(Some(host));
                self.focus_next = Some("inspector-title".to_owned());
            }
            Press::Near(rack) => self.go_near(rack),
            Press::SingleKeys(on) => {
                self.single_keys = on;
                browser::remember("single-keys", if on { "on" } else { "off" });
            }
            Press::Why(id) => drop(self.take(Msg::Why(id))),
            Press::Draw(filter) => self.kinds = self.kinds.switched(filter),
            Press::View(whose) => self.whose = whose,
            Press::Type(line) => {
                self.draft = line.into();
                browser::focus("command");
            }
            Press::Zoom(zoom) => {
                self.closer = Closer { zoom: zoom.min(MOST_ZOOM), middle: self.lens_at };
            }
            Press::Skin(skin) => {
                set_skin(skin);
                browser::remember("skin", skin.name());
            }
        }
    }

    /// Reads a slot with the lens.
    pub(super) fn read_slot(&mut self, slot: Slot) {
        self.lens_at = slot;
        self.closer.follow(slot);
        self.unfound = None;
    }

    /// Does something; a refusal is told.
    pub(super) fn act(&mut self, action: Action) {
        let done = match action {
            Action::Command { target, line, .. } => {
                let prompt = self.prompt_of(target);
                self.world.command(&prompt, &line, target);
                Ok(())
            }
            other => self.world.act(other),
        };
        if let Err(error) = done {
            self.notices = vec![error.sentence];
        }
    }

    /// Looks at a shop, or gives the keyboard back to the one that was looked at.
    pub(super) fn select(&mut self, host: Option<HostId>) {
        let (under, had_focus) = (self.under.take(), self.had_focus.take());
        let lists_keys = matches!(self.panel, Some(Panel::Sheet(Sheet::Keys)));
        let sheet = (under.is_some() || self.selected.is_some()).then(|| "inspector-title".to_owned());
        if let (None, true, Some(id)) = (host, lists_keys, had_focus.or(sheet)) {
            // Back to where the key was pressed.
            self.panel = under;
            self.focus_next = Some(id);
            return;
        }
        match (host, self.selected) {
            (None, _) if self.panel.is_some() => {
                self.focus_next = Some(match &self.panel {
                    Some(Panel::Sheet(sheet)) => sheet.opener(),
                    _ => "log".to_owned(),
                });
            }
            (None, Some(before)) => self.focus_next = Some(format!("shop-{}", before.0)),
            _ => {}
        }
        self.panel = None;
        self.selected = host;
        self.reveal = host;
        self.tile = host.or(self.tile);
    }

    /// Looks at one rack alone, or at all of them again; the keyboard stays with that rack.
    pub(super) fn go_near(&mut self, rack: Option<RackId>) {
        self.focus_next = rack.or(self.focus).map(|rack| format!("rack-{}", rack.0));
        (self.panel, self.selected, self.focus) = (None, None, rack);
    }

    /// Shows an explanation in the inspector's place; the keyboard goes along.
    pub(super) fn show_panel(&mut self, panel: Panel) {
        let before = self.panel.replace(panel);
        if !matches!(before, Some(Panel::Sheet(Sheet::Keys))) {
            (self.under, self.had_focus) = (before, browser::focused());
        }
        self.focus_next = Some("inspector-title".to_owned());
    }

    /// Shows or hides the panels; the keyboard goes along.
    pub(super) fn show_more(&mut self, shown: bool) {
        self.more = shown;
        self.focus_next = Some(if shown { "guide-title" } else { "more" }.to_owned());
    }

    /// Goes to the projector's layout, or back; the keyboard goes where a remote's keys mean something.
    pub(super) fn present(&mut self, on: bool) {
        (self.presenter, self.more) = (on, false);
        browser::close_menu();
        self.measure();
        self.focus_next = Some(if on { "city" } else { "tool-presenter" }.to_owned());
    }

    /// A pressed button went, or cannot be used any more: what took its place gets the keyboard.
    pub(super) fn hand_focus_on(&mut self) {
        let Some(heirs) = self.hand_on else { return };
        if browser::focus_is_lost() {
            browser::focus_first(heirs);
        } else if !HEIRS.iter().any(|(place, _)| browser::focus_is_in(place)) {
            self.hand_on = None;
        }
    }
}
