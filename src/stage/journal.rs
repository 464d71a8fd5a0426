//! The event log and the timeline's marks: facts as they come, in sentences. They are kept with marks in the place of the
//! words that change with the skin: whoever shows them puts the words in with [`Voice::say`].

use crate::cluster::order::SmallSet;
use std::rc::Rc;

use super::timeline::Mark;
use crate::cluster::fact::{DownReason, Fact, FactId, FactKind};
use crate::cluster::id::HostId;
use crate::cluster::reply::Blob;
use crate::cluster::snapshot::{Role, Snapshot};
use crate::cluster::time::{Micros, SECOND};
use crate::narrate::{self, Cast, Term, Voice, Weight};

/// Lines kept; older ones go.
const KEEP: usize = 300;
/// Marks kept.
const MARKS: usize = 240;
/// Within this time of the first one, the same change of several nodes is one line.
const FOLD: Micros = SECOND;

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The fact.
    pub id: FactId,
    /// When.
    pub at: Micros,
    /// How much it matters.
    pub weight: Weight,
    /// The sentence, to be said in a voice.
    pub text: Rc<str>,
}

/// The log so far.
#[derive(Clone, Debug)]
pub struct Journal {
    cast: Cast,
    masters: SmallSet<HostId>,
    events: Rc<Vec<Rc<Line>>>,
    all: Rc<Vec<Rc<Line>>>,
    marks: Rc<Vec<Rc<Mark>>>,
    news: Option<Rc<Line>>,
    fold: Option<Fold>,
}

/// A line that stands for the same change of several nodes.
#[derive(Clone, Debug)]
struct Fold {
    id: FactId,
    since: Micros,
    down: Option<DownReason>,
    masters: u32,
    replicas: u32,
}

impl Journal {
    /// An empty log of a city that opens like this.
    pub fn new(opening: &Snapshot) -> Self {
        let masters = opening.nodes.iter().filter(|node| node.role == Role::Master).map(|node| node.host);
        Self {
            cast: Cast::new(opening),
            masters: masters.collect(),
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
        let text: Rc<str> = narrate::sentence(fact, &self.cast, Voice::Marked).into();
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
            let mark = Mark { id: fact.id, at: fact.at, label: label.into(), sentence: text.clone(), kind };
            let marks = Rc::make_mut(&mut self.marks);
            if marks.len() == MARKS {
                // What was typed goes before what came of it.
                marks.remove(marks.iter().position(|mark| mark.kind == "client").unwrap_or(0));
            }
            marks.push(Rc::new(mark));
        }
        self.cast.note(fact);
        match fact.kind {
            FactKind::Promoted { host, .. } => {
                self.masters.insert(host);
            }
            FactKind::BecameReplica { host, .. } => {
                self.masters.remove(&host);
            }
            _ => {}
        }
        (weight == Weight::Milestone).then_some(text)
    }

    /// Adds a line to those that matter; a change that several nodes make at the same time is told once.
    fn event(&mut self, line: Rc<Line>, kind: &FactKind) {
        let FactKind::StateChanged { host, down } = *kind else {
            push(&mut self.events, line);
            return;
        };
        let (masters, replicas) = if self.masters.contains(&host) { (1, 0) } else { (0, 1) };
        let same = self.fold.take().filter(|fold| fold.down == down && line.at - fold.since < FOLD);
        let Some(fold) = same else {
            self.fold = Some(Fold { id: line.id, since: line.at, down, masters, replicas });
            push(&mut self.events, line);
            return;
        };
        let fold = Fold { masters: fold.masters + masters, replicas: fold.replicas + replicas, ..fold };
        // The line goes on under its first fact's number, at the time of its last, among the lines of that time.
        Rc::make_mut(&mut self.events).retain(|line| line.id != fold.id);
        push(&mut self.events, Rc::new(Line { id: fold.id, text: fold.sentence().into(), ..Line::clone(&line) }));
        self.fold = Some(fold);
    }

    /// The lines, oldest first: all of them with details, else those that matter.
    pub fn lines(&self, details: bool) -> Rc<Vec<Rc<Line>>> {
        if details { self.all.clone() } else { self.events.clone() }
    }

    /// A fact's own line, if it is among the newest.
    pub fn line(&self, id: FactId) -> Option<&Rc<Line>> {
        self.all.binary_search_by_key(&id, |line| line.id).ok().map(|at| &self.all[at])
    }

    /// Who is called what now.
    pub fn cast(&self) -> &Cast {
        &self.cast
    }

    /// The newest milestone.
    pub fn news(&self) -> Option<&Rc<Line>> {
        self.news.as_ref()
    }

    /// The milestones.
    pub fn marks(&self) -> Rc<Vec<Rc<Mark>>> {
        self.marks.clone()
    }
}

impl Fold {
    /// `3 shops and 2 backups: keys are answered again (cluster_state:ok).`
    fn sentence(&self) -> String {
        let said = |count: u32, words: String| (count > 0).then_some(words);
        let masters = said(self.masters, Voice::Marked.nodes(self.masters));
        let who: Vec<String> =
            masters.into_iter().chain(said(self.replicas, Voice::Marked.copies(self.replicas))).collect();
        let what = match self.down {
            None => "keys are answered again (cluster_state:ok)",
            Some(DownReason::SlotsUncovered) => "CLUSTERDOWN, some slots have no master (cluster_state:fail)",
            Some(DownReason::Minority) => "CLUSTERDOWN, no majority of masters in reach (cluster_state:fail)",
            Some(DownReason::Starting) => "CLUSTERDOWN while they start",
        };
        format!("{}: {what}.", who.join(" and "))
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
        FactKind::Killed { host } => {
            let voice = Voice::Marked;
            (format!("{} {}", cast.name(*host, voice), voice.word(Term::Burning)), "fail")
        }
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
    use crate::stage::fixture;

    fn told(facts: &[(u64, u16, Option<DownReason>)]) -> (Vec<String>, usize) {
        let mut journal = Journal::new(&fixture::opening());
        for (nth, (at, host, down)) in facts.iter().enumerate() {
            let kind = FactKind::StateChanged { host: HostId(*host), down: *down };
            journal.observe(&Fact { id: FactId(nth as u64 + 1), at: *at, cause: None, kind });
        }
        let lines = journal.lines(false).iter().map(|line| Voice::Story.say(&line.text).into_owned()).collect();
        (lines, journal.lines(true).len())
    }

    #[test]
    fn the_same_change_of_several_nodes_is_one_line() {
        let down = Some(DownReason::SlotsUncovered);
        let (lines, all) = told(&[(0, 0, down), (10, 1, down), (20, 4, down), (30, 0, None), (40, 1, None)]);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].starts_with("2 shops and 1 backup: CLUSTERDOWN, some slots"), "{lines:?}");
        assert!(lines[1].starts_with("2 shops: keys are answered again"), "{lines:?}");
        assert_eq!(all, 5, "details keep every line");
    }

    #[test]
    fn a_told_line_is_not_rewritten_later() {
        let mut journal = Journal::new(&fixture::opening());
        for (nth, at) in [0, 400_000, 1_400_000].into_iter().enumerate() {
            let kind = FactKind::StateChanged { host: HostId(nth as u16), down: None };
            journal.observe(&Fact { id: FactId(nth as u64 + 1), at, cause: None, kind });
        }
        let lines = journal.lines(false);
        assert_eq!(lines.iter().map(|line| line.at).collect::<Vec<_>>(), [400_000, 1_400_000]);
        let says = |nth: usize, text: &str| Voice::Library.say(&lines[nth].text).starts_with(text);
        assert!(says(0, "2 branches:") && says(1, "Branch 3 "), "{lines:?}");
    }

    #[test]
    fn a_lone_change_and_a_late_one_keep_their_sentence() {
        let (lines, _) = told(&[(0, 0, None), (60 * SECOND, 1, None)]);
        assert!(lines[0].starts_with("Shop 1 answers") && lines[1].starts_with("Shop 2 answers"), "{lines:?}");
    }
}
