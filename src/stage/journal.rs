//! The event log and the timeline's marks: facts as they come, in sentences. They are kept with marks in the place of the
//! words that change with the skin: whoever shows them puts the words in with [`Voice::say`].

use crate::cluster::order::SmallSet;
use std::rc::Rc;

use super::fold::{Folded, Folds};
use super::timeline::{self, Mark};
use crate::cluster::fact::{Fact, FactId, FactKind};
use crate::cluster::id::HostId;
use crate::cluster::reply::Blob;
use crate::cluster::snapshot::{Role, Snapshot};
use crate::cluster::time::Micros;
use crate::narrate::{self, Cast, Term, Voice, Weight};

/// Lines kept; older ones go.
pub const KEEP: usize = 300;
/// Marks kept.
pub const MARKS: usize = 240;

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
    /// The lines that it stands for, if there are several.
    pub parts: Rc<[Rc<Line>]>,
    /// How many more of those there were.
    pub more: usize,
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
    folds: Folds,
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
            folds: Folds::default(),
        }
    }

    /// Takes a fact in. Returns the sentence of a milestone.
    pub fn observe(&mut self, fact: &Fact) -> Option<Rc<str>> {
        let weight = narrate::weight(fact);
        let text: Rc<str> = narrate::sentence(fact, &self.cast, Voice::Marked).into();
        let line =
            Rc::new(Line { id: fact.id, at: fact.at, weight, text: text.clone(), parts: Rc::default(), more: 0 });
        if weight == Weight::Milestone {
            self.news = Some(line.clone());
        }
        push(&mut self.all, line.clone());
        if weight >= Weight::Event {
            self.event(line, &fact.kind);
        }
        if let Some(word) = narrate::mark(fact).filter(|_| !self.folds.floods(&fact.kind)) {
            let (label, kind) = label(&fact.kind, word, &self.cast);
            let mark = Mark { id: fact.id, at: fact.at, label: label.into(), sentence: text.clone(), kind };
            let marks = Rc::make_mut(&mut self.marks);
            if marks.len() == MARKS {
                // What was typed goes before what came of it, and of many suspicions some before any failure.
                let least = marks.iter().enumerate().min_by_key(|(at, mark)| (timeline::rank(mark.kind), *at));
                let least = least.map_or(0, |(at, _)| at);
                marks.remove(least);
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

    /// Adds a line to those that matter; what several nodes do at the same time is told once.
    fn event(&mut self, line: Rc<Line>, kind: &FactKind) {
        let masters = &self.masters;
        let line = match self.folds.take(&line, kind, &self.cast, &|host| masters.contains(&host)) {
            Folded::Alone => line,
            Folded::Into(one, standing) => {
                Rc::make_mut(&mut self.events).retain(|line| standing.iter().all(|gone| gone.id != line.id));
                one
            }
        };
        push(&mut self.events, line);
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
        FactKind::VotesRequested { .. } => (word.to_owned(), "vote"),
        FactKind::Voted { .. } => (word.to_owned(), "ballot"),
        FactKind::Promoted { .. } | FactKind::BecameReplica { .. } => (word.to_owned(), "good"),
        _ => (word.to_owned(), "act"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fact::DownReason;
    use crate::cluster::time::{MS, SECOND};
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

    /// A journal that was told that each of these nodes suspects each of those, 10 ms apart.
    fn suspicious(hosts: std::ops::Range<u16>, peers: std::ops::Range<u16>) -> Journal {
        let mut journal = Journal::new(&fixture::opening());
        let pairs = peers.flat_map(|peer| hosts.clone().map(move |host| (host, peer)));
        for (nth, (host, peer)) in (0..).zip(pairs) {
            let kind = FactKind::Suspected { host: HostId(host), peer: HostId(peer), silent: 15 * SECOND };
            journal.observe(&Fact { id: FactId(nth + 1), at: nth * 10 * MS, cause: None, kind });
        }
        journal
    }

    #[test]
    fn a_flood_of_suspicions_is_one_line_that_can_be_opened() {
        let journal = suspicious(3..40, 2..3);
        let lines = journal.lines(false);
        let text = Voice::Story.say(&lines[0].text);
        assert!(lines.len() == 1 && text.starts_with("37 backups suspect Shop 3: no answer"), "{lines:#?}");
        assert_eq!((lines[0].parts.len(), lines[0].more, lines[0].at), (37, 0, 360 * MS));
        let few = suspicious(0..2, 2..3).lines(false);
        assert!(few.len() == 2 && few.iter().all(|line| line.parts.is_empty()), "a few are told each");
        let many = suspicious(0..20, 0..10).lines(false);
        let text = Voice::Story.say(&many[0].text);
        assert!(text.starts_with("3 shops and 17 backups suspect 3 shops and 7 backups"), "{text}");
        assert_eq!((many.len(), many[0].parts.len(), many[0].more), (1, 60, 140));
    }

    #[test]
    fn the_sides_of_a_cut_are_named() {
        let mut journal = Journal::new(&fixture::opening());
        let pairs = [(0, 2), (1, 2), (2, 0), (3, 2), (2, 1), (4, 3), (0, 4), (4, 0)].into_iter();
        for (nth, (host, peer)) in (0..).zip(pairs) {
            let kind = FactKind::Suspected { host: HostId(host), peer: HostId(peer), silent: 15 * SECOND };
            journal.observe(&Fact { id: FactId(nth + 1), at: nth * 10 * MS, cause: None, kind });
        }
        let lines = journal.lines(false);
        let text = Voice::Story.say(&lines[0].text);
        let told = "Shop 1, Shop 2, Backup 3 on one side and Shop 3, Backup 1 on the other suspect each other";
        assert!(lines.len() == 1 && text.starts_with(told), "{lines:#?}");
    }

    #[test]
    fn what_matters_keeps_its_mark_in_a_flood() {
        let mut journal = Journal::new(&fixture::opening());
        let mut told = |at: Micros, kind: FactKind| {
            let id = FactId(at + 1);
            journal.observe(&Fact { id, at, cause: None, kind });
        };
        told(0, FactKind::PowerLost { rack: crate::cluster::id::RackId(0) });
        let failed =
            FactKind::Failed { host: HostId(0), peer: HostId(2), reports: 2, needed: 2, by: Rc::default() };
        told(1, failed);
        for nth in 0..2_000 {
            // Too far apart to be one.
            let kind = FactKind::ElectionExpired { host: HostId(1), epoch: nth, votes: 0, needed: 2 };
            told(10 + nth * 60 * SECOND, kind);
        }
        let labels: Vec<String> = journal.marks().iter().map(|mark| mark.label.to_string()).collect();
        assert_eq!((labels.len(), &*labels[0], &*labels[1]), (MARKS, "power off", "FAIL"));
        let suspected = suspicious(3..40, 2..3).marks().len();
        assert!((1..8).contains(&suspected), "one suspicion more is none: {suspected} marks");
    }

    #[test]
    fn a_lone_change_and_a_late_one_keep_their_sentence() {
        let (lines, _) = told(&[(0, 0, None), (60 * SECOND, 1, None)]);
        assert!(lines[0].starts_with("Shop 1 sees") && lines[1].starts_with("Shop 2 sees"), "{lines:?}");
    }
}
