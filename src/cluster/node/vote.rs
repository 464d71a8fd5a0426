//! A master's vote. Source: Redis 7.0, `cluster.c`, `clusterSendFailoverAuthIfNeeded`.

use super::Node;
use super::view::{PeerIx, Stamp};
use crate::cluster::broken::Rule;
use crate::cluster::bus::{Body, Header};
use crate::cluster::context::Context;
use crate::cluster::fact::{FactKind, VoteRefusal};

impl Node {
    /// A replica asks for my vote.
    pub(super) fn consider_vote(&mut self, context: &mut Context<'_>, candidate: PeerIx, header: &Header) {
        if !self.view.me().is_master() || self.view.me().slot_count() == 0 {
            return;
        }
        let host = self.host;
        let addr = self.view.peer(candidate).addr();
        let epoch = header.current_epoch;
        match self.refusal(context.now, candidate, header) {
            Some(Some(reason)) => {
                context.fact(FactKind::VoteRefused { host, candidate: addr, epoch, reason });
            }
            // Not a replica of anybody I know: not even worth a log line.
            Some(None) => {}
            None => {
                let epoch = self.view.current_epoch;
                self.view.last_vote_epoch = epoch;
                if let Some(master) = self.view.peer(candidate).replica_of() {
                    self.view.peer_mut(master).voted_at = Stamp::at(context.now);
                }
                let fact = context.fact(FactKind::Voted { host, candidate: addr, epoch });
                // The vote goes out on my own link. Where I have none it is spent and never arrives: `clusterSendFailoverAuth`.
                context.because(Some(fact), |context| self.send_to(context, candidate, Body::AuthAck));
            }
        }
    }

    /// Why not to vote; `None` to vote.
    fn refusal(&self, now: u64, candidate: PeerIx, header: &Header) -> Option<Option<VoteRefusal>> {
        if header.current_epoch < self.view.current_epoch {
            return Some(Some(VoteRefusal::OldEpoch));
        }
        let votes_once = !self.config.broken.is(Rule::OneVoteAnEpoch);
        if votes_once && self.view.last_vote_epoch == self.view.current_epoch {
            return Some(Some(VoteRefusal::AlreadyVoted));
        }
        let Some(master) = self.view.peer(candidate).replica_of() else {
            return Some(None);
        };
        let master = self.view.peer(master);
        if !master.failed() && !header.force_ack {
            return Some(Some(VoteRefusal::MasterIsUp));
        }
        if master.voted_at.get().is_some_and(|at| now - at < 2 * self.config.node_timeout) {
            return Some(Some(VoteRefusal::TooSoon));
        }
        let newer = |owner| self.view.peer(owner).config_epoch > header.config_epoch;
        if header.slots.iter().filter_map(|slot| self.view.claiming_owner(slot)).any(newer) {
            return Some(Some(VoteRefusal::StaleSlots));
        }
        None
    }
}
