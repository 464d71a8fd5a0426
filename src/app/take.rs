//! What each message does to the page.

use std::rc::Rc;

use yew::AttrValue;

use super::browser;
use super::message::Msg;
use super::page::{Page, Panel};
use crate::cluster::time::SECOND;
use crate::sim::timeline::Timeline;
use crate::stage::lens;

impl Page {
    /// Takes a message; says whether to draw.
    pub(super) fn take(&mut self, msg: Msg) -> bool {
        let Some(msg) = self.once_here(msg) else { return true };
        // What was told of the last act is old news with the next one.
        if matches!(
            msg,
            Msg::Submit(_) | Msg::Run(_) | Msg::Act(_) | Msg::Press(_) | Msg::PlayPause | Msg::RunUntil(_)
        ) {
            self.notices.clear();
            self.sweeper = None;
        }
        match msg {
            Msg::Frame(clock) => return self.run_frame(clock),
            Msg::MakeUp => {
                self.world.make_up();
                return false;
            }
            Msg::PlayPause => {
                self.playing = !self.playing;
                // The last frame may have moved messages alone.
                self.world.look();
            }
            Msg::RunUntil(until) => self.run_until(until),
            Msg::StepBack => self.seek(self.world.milestone_before()),
            Msg::Seek(at) => self.seek(at),
            Msg::Nudge(on) => {
                let now = self.world.snapshot().now;
                self.seek(if on { now + SECOND } else { now.saturating_sub(SECOND) });
            }
            Msg::Undo => self.undo(),
            Msg::Redo => self.change_branch(&mut |line| {
                line.redo();
            }),
            Msg::Leave => self.change_branch(&mut Timeline::leave),
            Msg::Return(id) => self.change_branch(&mut |line| {
                line.return_to(id);
            }),
            Msg::Compare(id) => {
                if let Some(compared) = self.world.compare(id, None) {
                    self.show_panel(Panel::Compare(Box::new(compared)));
                }
            }
            Msg::Why(id) => {
                if let Some(why) = self.world.why(id) {
                    self.show_panel(Panel::Why(Rc::new(why)));
                }
            }
            Msg::SetSpeed(speed) => {
                self.speed = speed;
                browser::remember("speed", &speed.value());
            }
            Msg::Draft(text) => {
                // Whoever begins a line may want to know what can follow.
                if self.draft.is_empty() {
                    self.fetch_ahead();
                }
                self.draft = text;
                return self.put_off();
            }
            Msg::Submit(line) => {
                self.draft = AttrValue::Static("");
                self.run_line(line);
                return self.put_off();
            }
            Msg::Run(line) => self.run_line(line),
            Msg::Propose(line) => {
                self.draft = line;
                browser::focus("command");
            }
            Msg::Recall(by) => self.recall(by),
            Msg::Complete(line, back) => self.complete(line, back),
            Msg::Paste(text) => self.paste(&text),
            Msg::Copy => browser::copy_text("terminal", self.send.reform(Msg::Copied)),
            Msg::Copied(taken) => {
                let said = if taken {
                    "Copied."
                } else {
                    "The browser does not let the page copy: select the lines instead."
                };
                self.notices = vec![said.to_owned()];
            }
            Msg::Talk(target) => self.target = target,
            Msg::Select(host) => self.select(host),
            Msg::Point(host) => {
                if !std::mem::take(&mut self.dragged) {
                    self.select(Some(host));
                }
            }
            Msg::Walk(host) => self.tile = Some(host),
            Msg::Act(action) => {
                // What comes of it is named on the timeline by the second part.
                self.fetch_ahead();
                self.act(action);
            }
            Msg::Press(press) => self.press(press),
            Msg::LensAt(slot) => self.read_slot(slot),
            Msg::Find(text) => match lens::find(&text) {
                Ok(slot) => self.read_slot(slot),
                Err(answer) => self.unfound = Some(answer),
            },
            Msg::Earlier(until) => self.log_until = until,
            Msg::SetTheme(theme) => {
                self.theme = theme;
                browser::set_theme(theme.name());
                browser::remember("theme", theme.name());
            }
            Msg::Details(shown) => self.details = shown,
            Msg::Resized => return self.measure(),
            Msg::Visibility => self.less_motion = browser::less_motion(),
            Msg::OnScreen(seen) => {
                self.on_screen = seen;
                return false;
            }
            Msg::Dim => {
                self.glows.clear();
                self.dimmer = None;
            }
            Msg::Fill => {
                self.fill_more();
            }
            Msg::Follow => self.follow(),
            Msg::Announce => {
                self.teller = None;
                if let Some((sentence, _)) = self.world.told_mut().to_tell.pop_front() {
                    self.told = sentence;
                }
            }
            Msg::Dismiss => self.notices.clear(),
            Msg::More(shown) => self.show_more(shown),
            Msg::Present(on) => self.present(on),
            Msg::Key(key) => {
                let meaning = key.meaning(self);
                return meaning.is_some_and(|msg| self.take(msg));
            }
            Msg::Hand(hand) => return self.take_hand(hand),
            Msg::Second(come) => self.go_on(come),
            Msg::Escape if self.drag.take().is_some() || browser::close_menu() => {}
            Msg::Escape if self.more => self.show_more(false),
            Msg::Escape if self.focus.is_some() && self.panel.is_none() && self.selected.is_none() => {
                self.go_near(None);
            }
            Msg::Escape if self.zoom > 0 && self.panel.is_none() && self.selected.is_none() => self.present(false),
            Msg::Escape => self.select(None),
        }
        true
    }
}
