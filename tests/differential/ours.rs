//! The city's side: a world of one node with all slots, and one plain client.

use cluster_city::cluster::fact::FactKind;
use cluster_city::cluster::id::{ClientId, HostId};
use cluster_city::cluster::resp::Protocol;
use cluster_city::cluster::time::SECOND;
use cluster_city::cluster::world::{Plan, World};

use crate::answer::Answer;
use crate::program::Command;

/// The world.
pub(crate) struct City(World);

impl City {
    /// One node, serving.
    pub(crate) fn new() -> Self {
        let plan = Plan { masters: 1, replicas: 0, ..Plan::small() };
        let mut world = World::new(&plan, 1).expect("the plan is sound");
        world.open(30 * SECOND);
        Self(world)
    }

    /// One command and its answer.
    pub(crate) fn ask(&mut self, command: &Command, protocol: Protocol) -> Answer {
        let argv = command.iter().map(|word| word.as_slice().into()).collect();
        self.0.submit(ClientId(0), Some(HostId(0)), argv).expect("the client takes it");
        loop {
            for fact in self.0.take_facts() {
                match fact.kind {
                    FactKind::Answered { reply, .. } => return Answer::of(&reply, protocol),
                    FactKind::GaveUp { text, .. } => panic!("the city gave up: {text}"),
                    _ => {}
                }
            }
            assert!(self.0.step(), "the city stands still");
        }
    }
}
