//! Lines of the log that say the same of many at the same time, told as one: `9 shops and 4 backups suspect Shop 3`.

use std::rc::Rc;

use super::journal::Line;
use crate::cluster::fact::{DownReason, FactKind};
use crate::cluster::id::HostId;
use crate::cluster::time::{Micros, SECOND};
use crate::narrate::{Cast, Voice};

/// Within this time of the first one, the same change of several nodes is one line.
const TOGETHER: Micros = SECOND;
/// Suspicions and what follows come as each node's own timers have it: half a node timeout may lie between.
const SPREAD: Micros = 8 * SECOND;
/// From so many on, lines other than changes of state are one: fewer are worth reading each.
const MANY: usize = 6;
/// Two sides of together so many are named one by one.
const NAMED: usize = 6;
/// At most so many of the lines that one stands for are kept.
const MOST_PARTS: usize = 60;

/// What lines have in common that can be told as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Same {
    State(Option<DownReason>),
    Suspect,
    Unsuspect,
    Clear,
    Vote,
    Meet,
    Copy,
    Catch,
    Follow,
}

/// What a fact has in common with others, who it is of, and about whom.
fn same(kind: &FactKind) -> Option<(Same, HostId, Option<HostId>)> {
    use FactKind as F;
    Some(match *kind {
        F::StateChanged { host, down } => (Same::State(down), host, None),
        F::Suspected { host, peer, .. } => (Same::Suspect, host, Some(peer)),
        F::Unsuspected { host, peer } => (Same::Unsuspect, host, Some(peer)),
        F::FailCleared { host, peer } => (Same::Clear, host, Some(peer)),
        F::Voted { host, candidate, .. } => (Same::Vote, host, Some(candidate)),
        F::Introduced { host, peer } => (Same::Meet, host, Some(peer)),
        F::FullSync { host, .. } => (Same::Copy, host, None),
        F::PartialSync { host, .. } => (Same::Catch, host, None),
        F::SyncDone { host, .. } => (Same::Follow, host, None),
        _ => return None,
    })
}

/// Lines that are told as one, or will be when there are enough of them.
#[derive(Clone, Debug)]
pub(super) struct Fold {
    same: Same,
    since: Micros,
    who: Vec<HostId>,
    whom: Vec<HostId>,
    /// Who about whom, while all who are in it can be named.
    pairs: Vec<(HostId, HostId)>,
    parts: Vec<Rc<Line>>,
    count: usize,
}

/// What becomes of a line.
pub(super) enum Folded {
    /// It stands for itself.
    Alone,
    /// It is told with others: their lines go, and this one comes.
    Into(Rc<Line>, Vec<Rc<Line>>),
}

/// All that are open.
#[derive(Clone, Debug, Default)]
pub(super) struct Folds(Vec<Fold>);

impl Folds {
    /// Takes a line in; says what becomes of it. `is_master` tells shops from backups.
    pub(super) fn take(
        &mut self,
        line: &Rc<Line>,
        kind: &FactKind,
        cast: &Cast,
        is_master: &dyn Fn(HostId) -> bool,
    ) -> Folded {
        self.0.retain(|fold| line.at.saturating_sub(fold.since) < fold.same.window());
        let Some((same, who, whom)) = same(kind) else { return Folded::Alone };
        if let Same::State(_) = same {
            // Down and up again are two things, however close.
            self.0.retain(|fold| fold.same == same || !matches!(fold.same, Same::State(_)));
        }
        let at = self.0.iter().position(|fold| fold.same == same);
        let at = at.unwrap_or_else(|| {
            self.0.push(Fold {
                same,
                since: line.at,
                who: vec![],
                whom: vec![],
                pairs: vec![],
                parts: vec![],
                count: 0,
            });
            self.0.len() - 1
        });
        self.0[at].add(line, (who, whom), cast, is_master)
    }

    /// Whether so many facts of this kind came together that no single one stands out.
    pub(super) fn floods(&self, kind: &FactKind) -> bool {
        same(kind).is_some_and(|(same, ..)| {
            self.0.iter().any(|fold| fold.same == same && fold.count > fold.same.enough())
        })
    }
}

impl Same {
    fn window(self) -> Micros {
        if let Self::State(_) = self { TOGETHER } else { SPREAD }
    }

    fn enough(self) -> usize {
        if let Self::State(_) = self { 2 } else { MANY }
    }
}

impl Fold {
    fn add(
        &mut self,
        line: &Rc<Line>,
        (who, whom): (HostId, Option<HostId>),
        cast: &Cast,
        is_master: &dyn Fn(HostId) -> bool,
    ) -> Folded {
        // The one line so far goes, or the single ones.
        let standing = match self.parts.first() {
            Some(first) if self.count >= self.same.enough() => vec![first.clone()],
            _ => self.parts.clone(),
        };
        self.count += 1;
        if self.parts.len() < MOST_PARTS {
            self.parts.push(line.clone());
        }
        for (list, host) in [(&mut self.who, Some(who)), (&mut self.whom, whom)] {
            list.extend(host.filter(|host| !list.contains(host)));
        }
        if self.pairs.len() < NAMED * NAMED {
            self.pairs.extend(whom.map(|whom| (who, whom)));
        }
        if self.count < self.same.enough() {
            return Folded::Alone;
        }
        let id = self.parts[0].id;
        let text = self.sentence(cast, is_master).into();
        // It goes on under its first fact's number, at the time of its last, among the lines of that time.
        let one = Line {
            id,
            text,
            parts: self.parts.clone().into(),
            more: self.count - self.parts.len(),
            ..Line::clone(line)
        };
        Folded::Into(Rc::new(one), standing)
    }

    /// The two sides of a cut, where it is known by name who has which of the others in mind.
    fn sides(&self) -> Option<[Vec<HostId>; 2]> {
        let mut all: Vec<HostId> = self.who.iter().chain(&self.whom).copied().collect();
        all.sort();
        all.dedup();
        let both = self.whom.len() > 1 && self.who.iter().any(|host| self.whom.contains(host));
        if !both || all.len() > NAMED {
            return None;
        }
        // One side has the first in mind, or is had in mind by it; and so on until nobody is left.
        let mut side = [vec![all[0]], vec![]];
        for _ in 0..all.len() {
            for (one, other) in self.pairs.iter().flat_map(|&(who, whom)| [(who, whom), (whom, who)]) {
                for (here, there) in [(0, 1), (1, 0)] {
                    if side[here].contains(&one) && !side[there].contains(&other) {
                        side[there].push(other);
                    }
                }
            }
        }
        side.iter_mut().for_each(|side| side.sort());
        (side[0].len() + side[1].len() == all.len()).then_some(side)
    }

    /// `3 shops and 2 backups: keys are answered again (cluster_state:ok).`
    fn sentence(&self, cast: &Cast, is_master: &dyn Fn(HostId) -> bool) -> String {
        let count = |list: &[HostId]| {
            let masters = list.iter().filter(|host| is_master(**host)).count() as u32;
            let copies = list.len() as u32 - masters;
            let said = |count: u32, words: String| (count > 0).then_some(words);
            let both = said(masters, Voice::Marked.masters(masters))
                .into_iter()
                .chain(said(copies, Voice::Marked.copies(copies)));
            both.collect::<Vec<_>>().join(" and ")
        };
        let who = count(&self.who);
        let whom = if let [one] = self.whom[..] { cast.name(one, Voice::Marked) } else { count(&self.whom) };
        if let (Same::Suspect, Some(sides)) = (self.same, self.sides()) {
            let [one, other] = sides.map(|side| {
                let names: Vec<String> = side.iter().map(|host| cast.name(*host, Voice::Marked)).collect();
                names.join(", ")
            });
            return format!("{one} on one side and {other} on the other suspect each other: no answer (PFAIL).");
        }
        match self.same {
            Same::State(None) => format!("{who}: keys are answered again (cluster_state:ok)."),
            Same::State(Some(DownReason::SlotsUncovered)) => {
                format!("{who}: CLUSTERDOWN, some slots have no master (cluster_state:fail).")
            }
            Same::State(Some(DownReason::Minority)) => {
                format!("{who}: CLUSTERDOWN, no majority of masters in reach (cluster_state:fail).")
            }
            Same::State(Some(DownReason::Starting)) => format!("{who}: CLUSTERDOWN while they start."),
            Same::Suspect => format!("{who} suspect {whom}: no answer to PING for cluster-node-timeout (PFAIL)."),
            Same::Unsuspect => format!("{who} hear from {whom} again and drop their suspicion."),
            Same::Clear => format!("{who} take the FAIL mark off {whom}."),
            Same::Vote => format!("{who} vote for {whom}."),
            Same::Meet => format!("{who} get to know {whom}."),
            Same::Copy => format!("{who} copy everything from their masters (full resync)."),
            Same::Catch => format!("{who} get from their masters only what they missed (partial resync)."),
            Same::Follow => format!("{who} follow their masters live."),
        }
    }
}
