//! Whether anybody could open in a shop's place: what the first walk says before a fire, and while it waits after one.

use crate::cluster::id::{HostId, Place};
use crate::cluster::snapshot::{NodeState, NodeView, Role, Snapshot, SyncState};
use crate::cluster::time::{Micros, SECOND};

/// Who stands behind a master that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// A backup has a copy.
    Copied {
        /// Whether one such stands in another rack.
        elsewhere: bool,
    },
    /// A backup runs, and does not copy yet.
    Waits,
    /// A backup runs, and the road to it is cut.
    Cut,
    /// The one that it took the place of is cut off, and takes itself for the master still.
    Apart,
    /// Nobody would open; this one of its shard could be brought back first.
    Nobody(Option<HostId>),
}

impl Cover {
    /// Who stands behind the master on a machine.
    pub fn of(now: &Snapshot, keeper: HostId) -> Self {
        let Some(master) = now.nodes.iter().find(|node| node.host == keeper) else {
            return Self::Nobody(None);
        };
        let kin = || now.nodes.iter().filter(|node| node.shard == master.shard && node.host != keeper);
        let has_copy = |node: &&NodeView| {
            works(node)
                && follows(node, keeper)
                && matches!(node.sync, SyncState::InSync | SyncState::Behind { .. })
        };
        if kin().any(|node| has_copy(&node)) {
            Self::Copied { elsewhere: kin().any(|node| has_copy(&node) && node.rack != master.rack) }
        } else if kin().any(|node| works(node) && !cut(now, keeper, node.host)) {
            Self::Waits
        } else if kin().any(|node| works(node) && node.role != Role::Master) {
            Self::Cut
        } else if kin().any(works) {
            Self::Apart
        } else {
            Self::Nobody(kin().min_by_key(|node| !node.running).map(|node| node.host))
        }
    }

    /// What follows "It keeps the key"; `name` is that of the one to bring back.
    pub fn sentence(self, name: Option<&str>) -> String {
        match (self, name) {
            (Self::Copied { elsewhere: true }, _) => "; its backup in another rack has a copy.".to_owned(),
            (Self::Copied { .. }, _) => "; its backup has a copy.".to_owned(),
            (Self::Waits, _) => "; its backup has no copy yet: wait until it is in sync.".to_owned(),
            (Self::Cut, _) => "; the road to its backup is cut: “Build and break” opens all roads.".to_owned(),
            (Self::Apart, _) => {
                "; it has no backup: the old one is cut off and still takes itself for the master.".to_owned()
            }
            (_, Some(name)) => format!(", and nobody would open in its place: bring {name} back first."),
            _ => ", and has no backup: nobody would open in its place. “Build and break” adds one.".to_owned(),
        }
    }
}

/// Whom to bring back once a shop is lost and no backup is left that could open: a frozen one, or else the lost shop
/// itself. `None` while there is hope, or while nobody suspects the shop. Means nothing once a backup has opened.
pub fn hopeless(now: &Snapshot, lost: HostId) -> Option<HostId> {
    let keeper = now.nodes.iter().find(|node| node.host == lost)?;
    if keeper.running || !matches!(keeper.state, NodeState::Pfail | NodeState::Fail) {
        return None;
    }
    // Redis 7.0, cluster.c, clusterHandleSlaveFailover: how old a copy may be, with the settings as they come.
    let oldest = 11 * now.node_timeout + 10 * SECOND;
    let mut backups =
        now.nodes.iter().filter(|node| node.running && follows(node, lost) && may_open(node, oldest));
    let frozen = backups.clone().next().map(|node| node.host);
    if backups.any(works) { None } else { Some(frozen.unwrap_or(lost)) }
}

fn works(node: &NodeView) -> bool {
    node.running && !node.frozen
}

/// Whether nothing gets through between two machines, at least one way.
fn cut(now: &Snapshot, one: HostId, other: HostId) -> bool {
    let (one, other) = (Place::Node(one), Place::Node(other));
    now.cuts.contains(&(one, other)) || now.cuts.contains(&(other, one))
}

fn follows(node: &NodeView, master: HostId) -> bool {
    node.role == Role::Replica { of: Some(master) }
}

/// Whether its copy is good enough for a bid. One that never had a copy has been without a link for no time at all.
fn may_open(node: &NodeView, oldest: Micros) -> bool {
    node.election.is_some()
        || match node.sync {
            SyncState::InSync | SyncState::Behind { .. } => true,
            SyncState::LinkDown { for_time } => for_time > 0 && for_time <= oldest,
            SyncState::Loading { .. } | SyncState::Master => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::ClientId;
    use crate::lesson::first_walk::FirstWalk;
    use crate::narrate::Cast;
    use crate::sim::{Action, Scenario, Session};

    struct City {
        session: Session,
        walk: FirstWalk,
        seen: crate::cluster::fact::FactId,
    }

    impl City {
        /// The first city, with the walk's key in Shop 3.
        fn with_a_key() -> Self {
            let session = Session::new(&Scenario::first_city(), 7).expect("the first city can be built");
            let seen = crate::cluster::fact::FactId(0);
            let mut city = Self { session, walk: FirstWalk::default(), seen };
            city.act(Action::Command { client: ClientId(0), target: None, line: "SET user:123 Ada".into() }, 3);
            city
        }

        fn act(&mut self, action: Action, seconds: u64) {
            self.session.act(action).expect("it can be done");
            self.run(seconds);
        }

        fn run(&mut self, seconds: u64) {
            self.session.advance_to(self.session.now() + seconds * SECOND);
            let now = Cast::new(&self.session.snapshot());
            for fact in self.session.facts().iter().filter(|fact| fact.id > self.seen) {
                self.walk.observe(fact, &now);
            }
            self.seen = self.session.facts().back().map_or(self.seen, |fact| fact.id);
        }

        fn keeper(&self) -> HostId {
            self.walk.subject().expect("the key was written").keeper
        }

        fn cover(&self) -> Cover {
            Cover::of(&self.session.snapshot(), self.keeper())
        }

        fn hopeless(&self) -> Option<HostId> {
            hopeless(&self.session.snapshot(), self.keeper())
        }
    }

    #[test]
    fn after_a_frozen_shop_lost_its_place_nobody_stands_behind_the_new_one() {
        let mut city = City::with_a_key();
        assert_eq!((city.keeper(), city.cover()), (HostId(2), Cover::Copied { elsewhere: true }));
        city.act(Action::Freeze(HostId(2)), 60);
        assert_eq!((city.keeper(), city.cover()), (HostId(5), Cover::Nobody(Some(HostId(2)))));
        let said = city.cover().sentence(Some("Old shop 3"));
        assert!(said.contains("nobody would open") && said.contains("bring Old shop 3 back"), "{said}");
        // Thawed, it follows the new one and gets a copy; then the walk goes on as ever.
        city.act(Action::Thaw(HostId(2)), 0);
        assert_eq!(city.cover(), Cover::Waits);
        city.run(30);
        assert_eq!(city.cover(), Cover::Copied { elsewhere: true });
        city.act(Action::Kill(HostId(5)), 60);
        assert_eq!(city.walk.winner(), Some(HostId(2)));
    }

    #[test]
    fn burnt_all_the_same_it_has_to_be_restarted_and_the_key_written_again() {
        let mut city = City::with_a_key();
        city.act(Action::Freeze(HostId(2)), 60);
        city.act(Action::Kill(HostId(5)), 60);
        assert_eq!((city.walk.current(), city.hopeless()), (Some(2), Some(HostId(5))));
        // The one that was frozen never had a copy of the new shop: it cannot be elected.
        city.act(Action::Thaw(HostId(2)), 60);
        assert_eq!((city.walk.winner(), city.hopeless()), (None, Some(HostId(5))));
        city.act(Action::Restart(HostId(5)), 60);
        assert_eq!((city.walk.current(), city.walk.emptied()), (Some(0), true));
        assert!(city.session.snapshot().nodes.iter().all(|node| node.cluster_ok));
    }

    #[test]
    fn a_frozen_backup_is_thawed_and_opens() {
        let mut city = City::with_a_key();
        city.act(Action::Freeze(HostId(5)), 1);
        assert_eq!(city.cover(), Cover::Nobody(Some(HostId(5))));
        city.act(Action::Kill(HostId(2)), 2);
        assert_eq!(city.hopeless(), None, "nobody suspects anything yet");
        city.run(30);
        assert_eq!(city.hopeless(), Some(HostId(5)));
        city.act(Action::Thaw(HostId(5)), 40);
        assert_eq!(city.walk.winner(), Some(HostId(5)));
    }

    #[test]
    fn while_a_backup_can_open_there_is_hope() {
        let mut city = City::with_a_key();
        city.act(Action::Kill(HostId(2)), 0);
        while city.walk.winner().is_none() {
            assert_eq!(city.hopeless(), None);
            city.run(1);
            assert!(city.session.now() < 90 * SECOND, "a backup opens");
        }
    }

    #[test]
    fn a_backup_behind_a_cut_road_is_not_said_to_lack_its_copy() {
        let mut city = City::with_a_key();
        let [one, other] = [[2], [5]].map(|side| side.map(|host| Place::Node(HostId(host))).to_vec());
        city.act(Action::Cut { one: one.clone(), other: other.clone(), both_ways: true }, 80);
        assert_eq!(city.cover(), Cover::Cut);
        let said = city.cover().sentence(None);
        assert!(said.contains("the road to its backup is cut") && !said.contains("copy"), "{said}");
        city.act(Action::Heal, 0);
        assert_ne!(city.cover(), Cover::Cut);
        city.run(30);
        assert_eq!(city.cover(), Cover::Copied { elsewhere: true });
    }

    #[test]
    fn the_old_shop_that_is_cut_off_is_no_backup() {
        let mut city = City::with_a_key();
        let alone = vec![Place::Node(HostId(2))];
        let others = [0, 1, 3, 4, 5].map(|host| Place::Node(HostId(host))).to_vec();
        city.act(Action::Cut { one: alone, other: others, both_ways: true }, 60);
        let cover = Cover::of(&city.session.snapshot(), HostId(5));
        assert_eq!(cover, Cover::Apart);
        let said = cover.sentence(None);
        assert!(said.contains("no backup") && said.contains("takes itself for the master"), "{said}");
    }

    #[test]
    fn a_backup_without_its_copy_is_waited_for() {
        let mut now = City::with_a_key().session.snapshot();
        now.nodes[5].sync = SyncState::Loading { done: 0, total: 0 };
        let cover = Cover::of(&now, HostId(2));
        assert_eq!(cover, Cover::Waits);
        assert!(cover.sentence(None).contains("no copy yet"));
        now.nodes[5].sync = SyncState::InSync;
        now.nodes[5].rack = now.nodes[2].rack;
        assert_eq!(Cover::of(&now, HostId(2)).sentence(None), "; its backup has a copy.");
        now.nodes[5].shard = 1;
        assert!(Cover::of(&now, HostId(2)).sentence(None).contains("has no backup"));
    }
}
