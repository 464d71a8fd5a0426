//! "Run until something happens": what a person may want to wait for.

use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::reply::Reply;
use crate::narrate::{self, Weight};

/// What to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Any milestone.
    Milestone,
    /// A node suspects another.
    Suspicion,
    /// The masters agree that a node has failed.
    Agreement,
    /// A replica becomes a master.
    Promotion,
    /// Somebody is turned away, or a vote is refused.
    Refusal,
    /// Keys are answered again, or a client gets an answer.
    Service,
}

impl Until {
    /// Those of the menu.
    pub const MENU: [Self; 5] = [Self::Suspicion, Self::Agreement, Self::Promotion, Self::Refusal, Self::Service];

    /// A stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Milestone => "milestone",
            Self::Suspicion => "suspicion",
            Self::Agreement => "agreement",
            Self::Promotion => "promotion",
            Self::Refusal => "refusal",
            Self::Service => "service",
        }
    }

    /// As the menu says it, after "run until".
    pub fn words(self) -> &'static str {
        match self {
            Self::Milestone => "the next milestone",
            Self::Suspicion => "a shop is suspected (PFAIL)",
            Self::Agreement => "the masters agree (FAIL)",
            Self::Promotion => "a backup is promoted",
            Self::Refusal => "something is refused",
            Self::Service => "a shop serves again (cluster_state:ok)",
        }
    }

    /// Whether this is it.
    pub fn is(self, fact: &Fact) -> bool {
        use FactKind as F;
        match self {
            Self::Milestone => narrate::weight(fact) == Weight::Milestone,
            Self::Suspicion => matches!(fact.kind, F::Suspected { .. }),
            Self::Agreement => matches!(fact.kind, F::Failed { .. }),
            Self::Promotion => matches!(fact.kind, F::Promoted { .. }),
            Self::Refusal => matches!(
                fact.kind,
                F::GaveUp { .. }
                    | F::VoteRefused { .. }
                    | F::ElectionExpired { .. }
                    | F::HandoverTimedOut { .. }
                    | F::Answered { reply: Reply::Error(_), .. }
            ),
            Self::Service => match &fact.kind {
                F::Answered { reply, .. } => !reply.is_error(),
                kind => matches!(kind, F::StateChanged { down: None, .. }),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::{ClientId, HostId};
    use crate::cluster::time::SECOND;
    use crate::sim::timeline::Timeline;
    use crate::sim::{Action, Scenario, Step};

    #[test]
    fn a_fire_brings_them_in_order() {
        let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
        line.act(Action::Kill(HostId(2)), "").expect("it runs");
        let get = Action::Command { client: ClientId(0), target: None, line: "GET user:123".into() };
        line.act(get, "").expect("the client takes it");
        let mut before = 0;
        for until in [Until::Refusal, Until::Suspicion, Until::Agreement, Until::Promotion, Until::Service] {
            assert!(matches!(line.run_until(60 * SECOND, &|fact| until.is(fact)), Step::Event(_)), "{until:?}");
            assert!(line.now() >= before, "{until:?}");
            before = line.now();
        }
        assert_eq!(line.run_until(60 * SECOND, &|fact| Until::Promotion.is(fact)), Step::Quiet);
    }
}
