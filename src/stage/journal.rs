//! The event log and the timeline's marks: facts as they come, in sentences.

use std::rc::Rc;

use super::timeline::Mark;
use crate::cluster::fact::{DownReason, Fact, FactId, FactKind};
use crate::cluster::reply::Blob;
use crate::cluster::snapshot::Snapshot;
use crate::cluster::time::{Micros, SECOND};
use crate::narrate::{self, Cast, Voice, Weight};

/// Lines kept; older ones go.
const KEEP: usize = 300;
/// Marks kept.
const MARKS: usize = 60;
/// Within this time the same change of several nodes is one line.
const FOLD: Micros = 5 * SECOND;

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The fact.
    pub id: FactId,
    /// When.
    pub at: Micros,
    /// How much it matters.
    pub weight: Weight,
    /// The sentence.
    pub text: Rc<str>,
}

/// The log so far.
#[derive(Clone, Debug)]
pub struct Journal {
    cast: Cast,
    events: Rc<Vec<Rc<Line>>>,
    all: Rc<Vec<Rc<Line>>>,
    marks: Rc<Vec<Mark>>,
    news: Option<Rc<Line>>,
    fold: Option<Fold>,
}

/// A line that stands for the same change of several nodes.
#[derive(Clone, Debug)]
struct Fold {
    line: Rc<Line>,
    down: Option<DownReason>,
    count: u32,
}

impl Journal {
    /// An empty log of a city that opens like this.
    pub fn new(opening: &Snapshot) -> Self {
        Self {
            cast: Cast::new(opening),
            events: Rc::default(),
            all: Rc::default(),
            marks: Rc::default(),
            news: None,
            fold: None,
        }
    }

    /// Takes a fact in. Returns the sentence of a milestone.
    pub fn observe(&mut self, fact: &Fact) -> Option<Rc<str>> {
        let weight = narrate::weight(fact);
        let text: Rc<str> = narrate::sentence(fact, &self.cast, Voice::Story).into();
        let line = Rc::new(Line { id: fact.id, at: fact.at, weight, text: text.clone() });
        if weight == Weight::Milestone {
            self.news = Some(line.clone());
        }
        push(&mut self.all, line.clone());
        if weight >= Weight::Event {
            self.event(line, &fact.kind);
        }
        if let Some(word) = narrate::mark(fact) {
            let (label, kind) = label(&fact.kind, word, &self.cast);
            let mark = Mark { at: fact.at, label: label.into(), sentence: text.clone(), kind };
            let marks = Rc::make_mut(&mut self.marks);
            if marks.len() == MARKS {
                marks.remove(0);
            }
            marks.push(mark);
        }
        self.cast.note(fact);
        (weight == Weight::Milestone).then_some(text)
    }

    /// Adds a line to those that matter; a change that several nodes make one after the other is told once.
    fn event(&mut self, line: Rc<Line>, kind: &FactKind) {
        let FactKind::StateChanged { down, .. } = *kind else {
            push(&mut self.events, line);
            return;
        };
        let same = self.fold.take().filter(|fold| fold.down == down && line.at - fold.line.at < FOLD);
        let (Some(Fold { line: first, count, .. }), Some((_, what))) = (same, line.text.split_once(" answers "))
        else {
            self.fold = Some(Fold { line: line.clone(), down, count: 1 });
            push(&mut self.events, line);
            return;
        };
        let text = format!("{} shops answer {what}", count + 1).into();
        let told = Rc::new(Line { text, ..Line::clone(&first) });
        if let Some(place) = self.events.iter().rposition(|line| line.id == first.id) {
            Rc::make_mut(&mut self.events)[place] = told.clone();
        }
        self.fold = Some(Fold { line: told, down, count: count + 1 });
    }

    /// The lines, oldest first: all of them with details, else those that matter.
    pub fn lines(&self, details: bool) -> Rc<Vec<Rc<Line>>> {
        if details { self.all.clone() } else { self.events.clone() }
    }

    /// The newest milestone.
    pub fn news(&self) -> Option<&Rc<Line>> {
        self.news.as_ref()
    }

    /// The milestones.
    pub fn marks(&self) -> Rc<Vec<Mark>> {
        self.marks.clone()
    }
}

fn push(lines: &mut Rc<Vec<Rc<Line>>>, line: Rc<Line>) {
    let lines = Rc::make_mut(lines);
    if lines.len() == KEEP {
        lines.remove(0);
    }
    lines.push(line);
}

/// A word or two for the timeline, and the mark's kind.
fn label(kind: &FactKind, word: &str, cast: &Cast) -> (String, &'static str) {
    match kind {
        FactKind::CommandTyped { argv, .. } => {
            let clipped = |word: &Blob| String::from_utf8_lossy(word).chars().take(14).collect::<String>();
            (argv.iter().take(2).map(clipped).collect::<Vec<_>>().join(" "), "client")
        }
        FactKind::Killed { host } => (format!("{} burns", cast.name(*host, Voice::Story)), "fail"),
        FactKind::PowerLost { .. } | FactKind::Failed { .. } => (word.to_owned(), "fail"),
        FactKind::Suspected { .. } | FactKind::ElectionExpired { .. } | FactKind::GaveUp { .. } => {
            (word.to_owned(), "warn")
        }
        FactKind::VotesRequested { .. } | FactKind::Voted { .. } => (word.to_owned(), "vote"),
        FactKind::Promoted { .. } | FactKind::BecameReplica { .. } => (word.to_owned(), "good"),
        _ => (word.to_owned(), "act"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::HostId;
    use crate::stage::fixture;

    fn told(facts: &[(u64, u16, Option<DownReason>)]) -> (Vec<String>, usize) {
        let mut journal = Journal::new(&fixture::opening());
        for (nth, (at, host, down)) in facts.iter().enumerate() {
            let kind = FactKind::StateChanged { host: HostId(*host), down: *down };
            journal.observe(&Fact { id: FactId(nth as u64 + 1), at: *at, cause: None, kind });
        }
        let lines = journal.lines(false).iter().map(|line| line.text.to_string()).collect();
        (lines, journal.lines(true).len())
    }

    #[test]
    fn the_same_change_of_several_nodes_is_one_line() {
        let down = Some(DownReason::SlotsUncovered);
        let (lines, all) = told(&[(0, 0, down), (10, 1, down), (20, 4, down), (30, 0, None), (40, 1, None)]);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].starts_with("3 shops answer CLUSTERDOWN: some slots"), "{lines:?}");
        assert!(lines[1].starts_with("2 shops answer keys again"), "{lines:?}");
        assert_eq!(all, 5, "details keep every line");
    }

    #[test]
    fn a_lone_change_and_a_late_one_keep_their_sentence() {
        let (lines, _) = told(&[(0, 0, None), (60 * SECOND, 1, None)]);
        assert!(lines[0].starts_with("Shop 1 answers") && lines[1].starts_with("Shop 2 answers"), "{lines:?}");
    }
}
