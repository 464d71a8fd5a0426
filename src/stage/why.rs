//! "Why?": the chain of causes of a fact, back to an act or a timer, in words.

use std::rc::Rc;

use super::anatomy::{self, Phase};
use crate::cluster::fact::{Fact, FactId};
use crate::cluster::time::Micros;
use crate::narrate::{self, Cast, Voice};
use crate::sim::timeline::FactLog;

/// Causes shown; of a longer chain the middle is left out.
const MOST: usize = 12;

/// One cause, and what it caused below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// The fact.
    pub id: FactId,
    /// When.
    pub at: Micros,
    /// How long after the one above it.
    pub after: Micros,
    /// The sentence, to be said in a voice.
    pub text: Rc<str>,
}

/// A fact with its causes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Where it all began, in a sentence.
    pub origin: &'static str,
    /// From the first cause to the fact itself.
    pub rungs: Vec<Rung>,
    /// Causes left out between the first and the others.
    pub left_out: usize,
    /// What a failover was made of, if the fact is a promotion.
    pub phases: Vec<Phase>,
}

/// Why a fact happened; `None` if it is too old to be known. `opening` has the names that the city opened with.
#[inline(never)]
pub fn why(log: &FactLog, id: FactId, opening: &Cast) -> Option<Why> {
    let mut chain = vec![log.get(id)?];
    while let Some(cause) = chain.last().and_then(|fact| log.get(fact.cause?)) {
        chain.push(cause);
    }
    chain.reverse();
    let first = chain[0];
    let origin =
        if first.cause.is_some() { "What led to it is too long ago to be kept." } else { narrate::origin(first) };
    let left_out = chain.len().saturating_sub(MOST);
    let kept: Vec<&Fact> = chain[..1].iter().chain(&chain[1 + left_out.min(chain.len() - 1)..]).copied().collect();
    let mut cast = opening.clone();
    let mut rungs: Vec<Rung> = Vec::new();
    for fact in log.up_to(id) {
        if kept.iter().any(|one| one.id == fact.id) {
            let text = narrate::sentence(fact, &cast, Voice::Marked).into();
            let after = rungs.last().map_or(0, |above| fact.at - above.at);
            rungs.push(Rung { id: fact.id, at: fact.at, after, text });
        }
        cast.note(fact);
    }
    Some(Why { origin, rungs, left_out, phases: anatomy::phases(log, id) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fact::FactKind;
    use crate::cluster::id::{ClientId, HostId};
    use crate::cluster::time::SECOND;
    use crate::sim::timeline::Timeline;
    use crate::sim::{Action, Scenario};

    /// A fire in the first city, sixty seconds long.
    fn fire() -> (Timeline<()>, Cast) {
        let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
        let opening = Cast::new(&line.session().snapshot());
        line.advance_to(3 * SECOND);
        line.act(Action::Kill(HostId(2)), "").expect("it runs");
        line.advance_to(60 * SECOND);
        (line, opening)
    }

    fn told(line: &Timeline<()>, opening: &Cast, wanted: impl Fn(&FactKind) -> bool) -> Why {
        let facts = line.branch().facts();
        let fact = facts.after(FactId(0)).find(|fact| wanted(&fact.kind)).expect("it happened");
        why(facts, fact.id, opening).expect("it is kept")
    }

    #[test]
    fn a_promotion_leads_back_to_the_fire() {
        let (line, opening) = fire();
        let why = told(&line, &opening, |kind| matches!(kind, FactKind::Promoted { .. }));
        let texts: Vec<&str> = why.rungs.iter().map(|rung| &*rung.text).collect();
        assert_eq!(why.origin, "It was done to the city.");
        assert_eq!(Voice::Story.say(texts[0]), "Shop 3 is on fire: its process is killed.");
        assert!(texts.iter().any(|text| text.contains("(PFAIL)")), "{texts:#?}");
        assert!(texts.iter().any(|text| text.contains("(FAIL)")), "{texts:#?}");
        assert!(
            texts.last().is_some_and(|text| Voice::Redis.say(text).starts_with("Replica 3 is Master 3 now")),
            "{texts:#?}"
        );
        let passed: Micros = why.rungs.iter().map(|rung| rung.after).sum();
        assert_eq!(passed, why.rungs.last().expect("there are some").at - 3 * SECOND);
        assert!(why.rungs.is_sorted_by_key(|rung| rung.id) && !why.phases.is_empty());
    }

    #[test]
    fn a_long_chain_keeps_both_its_ends() {
        let (mut line, opening) = fire();
        line.seek(4 * SECOND);
        let get = Action::Command { client: ClientId(0), target: None, line: "GET user:123".into() };
        line.act(get, "").expect("the client takes it");
        line.advance_to(70 * SECOND);
        let why = told(&line, &opening, |kind| matches!(kind, FactKind::GaveUp { .. }));
        assert_eq!(why.origin, "You typed it.");
        assert_eq!(&*why.rungs[0].text, "You type GET user:123.");
        assert!(why.rungs.len() <= MOST && why.rungs.len() + why.left_out >= 4, "{why:#?}");
        assert!(why.phases.is_empty(), "no failover");
    }
}
