//! What is typed: lines run, lines recalled, and whom they go to.

use yew::AttrValue;

use super::browser;
use super::page::Page;
use crate::cluster::id::HostId;

/// Lines typed before, kept.
const HISTORY: usize = 200;

impl Page {
    pub(super) fn run_line(&mut self, line: AttrValue) {
        let line = AttrValue::from(line.trim().to_owned());
        if line.is_empty() {
            return;
        }
        if self.history.last() != Some(&line) {
            self.history.push(line.clone());
        }
        if self.history.len() > HISTORY {
            self.history.remove(0);
        }
        self.recalled = self.history.len();
        browser::to_end("terminal");
        if line.eq_ignore_ascii_case("clear") {
            self.world.told_mut().transcript.clear();
            return;
        }
        let prompt = self.prompt();
        self.world.command(&prompt, &line, self.target);
    }

    pub(super) fn recall(&mut self, by: i32) {
        let at = self.recalled.saturating_add_signed(by as isize).min(self.history.len());
        self.recalled = at;
        self.draft = self.history.get(at).cloned().unwrap_or(AttrValue::Static(""));
    }

    /// `city>`, or the address of the one node that is talked to.
    pub(super) fn prompt(&self) -> String {
        self.prompt_of(self.target)
    }

    pub(super) fn prompt_of(&self, target: Option<HostId>) -> String {
        let node = target.and_then(|host| crate::stage::words::node(self.world.snapshot(), host));
        node.map_or_else(|| "city>".to_owned(), |node| format!("{}>", node.address))
    }
}
