//! "Run until something happens": what a person may want to wait for.

use std::cell::RefCell;

use super::words;
use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::id::HostId;
use crate::cluster::reply::Reply;
use crate::cluster::snapshot::Snapshot;
use crate::narrate::{self, Voice, Weight};

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
    /// Keys are answered again: by the chosen node, or by all that run.
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
            Self::Service => "all serve again (cluster_state:ok)",
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
            Self::Service => matches!(fact.kind, F::StateChanged { down: None, .. }),
        }
    }
}

/// A wait for service, from a moment on.
pub struct Wait {
    /// The one that is waited for; otherwise all are.
    chosen: Option<HostId>,
    /// Those that run and answer CLUSTERDOWN.
    down: RefCell<Vec<HostId>>,
}

impl Wait {
    /// Waits from now on; for a node if one is chosen and runs.
    pub fn new(now: &Snapshot, chosen: Option<HostId>) -> Self {
        let down =
            now.nodes.iter().filter(|node| node.running && !node.cluster_ok).map(|node| node.host).collect();
        let chosen = chosen.filter(|host| words::node(now, *host).is_some_and(|node| node.running));
        Self { chosen, down: RefCell::new(down) }
    }

    /// Whether this is it. To be asked of every fact, in order.
    pub fn is_over(&self, fact: &Fact) -> bool {
        let mut down = self.down.borrow_mut();
        match fact.kind {
            FactKind::StateChanged { host, down: Some(_) } => {
                down.retain(|other| *other != host);
                down.push(host);
            }
            FactKind::Killed { host } | FactKind::ShutDown { host } => {
                down.retain(|other| *other != host);
            }
            FactKind::StateChanged { host, down: None } => {
                down.retain(|other| *other != host);
                return self.chosen.map_or(down.is_empty(), |chosen| chosen == host);
            }
            _ => {}
        }
        false
    }

    /// After it: who serves again, and who does not.
    pub fn outcome(&self, now: &Snapshot, voice: Voice) -> String {
        let named = |host: &HostId| words::name_of(now, *host, voice);
        let down = self.down.borrow();
        let mut order = down.clone();
        crate::cluster::order::sort_by_key(&mut order, |host| *host);
        let waiting: Vec<String> = order.iter().take(6).map(named).collect();
        let more = if down.len() > waiting.len() {
            format!(" and {} more", down.len() - waiting.len())
        } else {
            String::new()
        };
        let still = || format!("Still CLUSTERDOWN: {}{more}.", waiting.join(", "));
        match (self.chosen, waiting.is_empty()) {
            (Some(host), _) if down.contains(&host) => still(),
            (Some(host), true) => format!("{} serves again, and so does everybody else.", named(&host)),
            (Some(host), false) => format!("{} serves again. {}", named(&host), still()),
            (None, true) => "All that run serve again.".to_owned(),
            (None, false) => still(),
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

    /// Two fires far enough apart that one shop is replaced before the other is missed.
    fn two_fires() -> Timeline<()> {
        let scenario = Scenario::first_city();
        let mut line = Timeline::new(&scenario, 7, |_| ()).expect("the first city can be built");
        line.act(Action::Kill(HostId(2)), "").expect("it runs");
        line.run_until(60 * SECOND, &|fact| matches!(fact.kind, FactKind::Promoted { .. }));
        line
    }

    #[test]
    fn service_is_back_when_the_last_one_serves() {
        let mut line = two_fires();
        let wait = Wait::new(&line.session().snapshot(), None);
        assert!(matches!(line.run_until(60 * SECOND, &|fact| wait.is_over(fact)), Step::Event(_)));
        let now = line.session().snapshot();
        assert!(now.nodes.iter().all(|node| node.cluster_ok || !node.running), "everybody, not the first one");
        assert_eq!(wait.outcome(&now, Voice::Story), "All that run serve again.");
    }

    #[test]
    fn the_chosen_one_is_waited_for_alone() {
        let mut line = two_fires();
        let wait = Wait::new(&line.session().snapshot(), Some(HostId(0)));
        let Step::Event(id) = line.run_until(60 * SECOND, &|fact| wait.is_over(fact)) else { panic!("it serves") };
        let kind = &line.branch().facts().get(id).expect("it is kept").kind;
        assert!(matches!(kind, FactKind::StateChanged { host: HostId(0), down: None }), "{kind:?}");
        let said = wait.outcome(&line.session().snapshot(), Voice::Story);
        assert!(said.starts_with("Shop 1 serves again"), "{said}");
    }

    #[test]
    fn who_stays_down_is_named() {
        let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
        for host in [HostId(2), HostId(5)] {
            line.act(Action::Kill(host), "").expect("it runs");
        }
        let wait = Wait::new(&line.session().snapshot(), None);
        assert_eq!(line.run_until(60 * SECOND, &|fact| wait.is_over(fact)), Step::Quiet);
        let said = wait.outcome(&line.session().snapshot(), Voice::Story);
        assert_eq!(said, "Still CLUSTERDOWN: Shop 1, Shop 2, Backup 1, Backup 2.");
    }

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
