//! The event log and the timeline's marks: facts as they come, in sentences.

use std::collections::VecDeque;
use std::rc::Rc;

use super::timeline::Mark;
use crate::cluster::fact::{Fact, FactId, FactKind};
use crate::cluster::reply::Blob;
use crate::cluster::snapshot::Snapshot;
use crate::cluster::time::Micros;
use crate::narrate::{self, Cast, Voice, Weight};

/// Lines kept; older ones go.
const KEEP: usize = 300;
/// Marks kept.
const MARKS: usize = 60;

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
    events: VecDeque<Rc<Line>>,
    all: VecDeque<Rc<Line>>,
    marks: Rc<Vec<Mark>>,
    version: u64,
}

impl Journal {
    /// An empty log of a city that opens like this.
    pub fn new(opening: &Snapshot) -> Self {
        Self {
            cast: Cast::new(opening),
            events: VecDeque::new(),
            all: VecDeque::new(),
            marks: Rc::default(),
            version: 0,
        }
    }

    /// Takes a fact in. Returns the sentence of a milestone.
    pub fn observe(&mut self, fact: &Fact) -> Option<Rc<str>> {
        let weight = narrate::weight(fact);
        let text: Rc<str> = narrate::sentence(fact, &self.cast, Voice::Story).into();
        let line = Rc::new(Line { id: fact.id, at: fact.at, weight, text: text.clone() });
        self.version += 1;
        push(&mut self.all, line.clone());
        if weight >= Weight::Event {
            push(&mut self.events, line);
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

    /// The lines, oldest first: all of them with details, else those that matter.
    pub fn lines(&self, details: bool) -> impl Iterator<Item = &Rc<Line>> {
        if details { self.all.iter() } else { self.events.iter() }
    }

    /// The milestones.
    pub fn marks(&self) -> Rc<Vec<Mark>> {
        self.marks.clone()
    }

    /// Changes whenever a line was added.
    pub fn version(&self) -> u64 {
        self.version
    }
}

fn push(lines: &mut VecDeque<Rc<Line>>, line: Rc<Line>) {
    if lines.len() == KEEP {
        lines.pop_front();
    }
    lines.push_back(line);
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
