//! What is typed: lines run, lines recalled, and whom they go to.

use gloo_timers::callback::Timeout;
use yew::AttrValue;

use super::browser;
use super::message::Msg;
use super::page::Page;
use crate::cluster::command::{complete, manual};
use crate::cluster::id::HostId;

/// Lines typed before, kept.
const HISTORY: usize = 200;
/// Of those, kept for the next visit.
const REMEMBERED: usize = 50;
/// Keys of each shop that a line may go on with.
const KEYS: usize = 200;

/// What `HELP` is asked about, if that is what a line does: the terminal answers it, as redis-cli does.
pub(super) fn help_topic(line: &str) -> Option<&str> {
    let (word, topic) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    (word.eq_ignore_ascii_case("help") || word == "?").then_some(topic.trim())
}

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
        let kept = self.history[self.history.len().saturating_sub(REMEMBERED)..].join("\n");
        // To the browser's memory is a long way: not for each of many lines.
        self.keeper = Some(Timeout::new(100, move || browser::remember("history", &kept)));
        self.to_end = true;
        if line.eq_ignore_ascii_case("clear") {
            self.world.told_mut().transcript.clear();
            return;
        }
        let prompt = self.prompt();
        if line.eq_ignore_ascii_case("exit") {
            let transcript = &mut self.world.told_mut().transcript;
            transcript.typed(&prompt, &line);
            transcript.says(vec!["This terminal stays open as long as the page. CLEAR empties it.".to_owned()]);
            return;
        }
        if let Some(topic) = help_topic(&line) {
            let transcript = &mut self.world.told_mut().transcript;
            transcript.typed(&prompt, &line);
            transcript.says(manual::about(topic));
            return;
        }
        self.world.command(&prompt, &line, self.target);
    }

    /// Completes a line; another press of the key takes the next way, and after the last the line as it was typed.
    pub(super) fn complete(&mut self, line: String, back: bool) {
        let (ways, at) = &mut self.ways;
        if !back && *at + 1 == ways.len() && ways.get(*at) == Some(&line) {
            // Once around: whoever goes through the page by this key must come out of the line again.
            ways.clear();
            browser::focus_first(&[".send"]);
            return;
        }
        if ways.get(*at) != Some(&line) {
            let session = self.world.session();
            let shops = self.world.snapshot().nodes.iter();
            let keys: Vec<String> = shops.flat_map(|node| session.keys(node.host, KEYS)).collect();
            *ways = complete::complete(&line, &keys);
            ways.retain(|way| *way != line);
            if ways.is_empty() {
                // Nothing to complete: the key goes on to where it would have gone.
                browser::focus_first(&[".send"]);
                return;
            }
            ways.push(line);
            *at = ways.len() - 1;
        }
        let count = ways.len();
        *at = (*at + if back { count - 1 } else { 1 }) % count;
        self.draft = ways[*at].clone().into();
    }

    /// Runs all whole lines, and leaves the last one to be finished.
    pub(super) fn paste(&mut self, text: &str) {
        let (lines, last) = text.rsplit_once('\n').unwrap_or(("", text));
        for line in lines.lines() {
            self.take(Msg::Run(line.to_owned().into()));
        }
        self.draft = last.to_owned().into();
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
