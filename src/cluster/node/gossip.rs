//! What nodes say of third nodes. Source: Redis 7.0, `cluster.c`, `clusterSendPing`,
//! `clusterProcessGossipSection`.

use super::Node;
use super::view::{Flags, ME, PeerIx, Stamp};
use crate::cluster::bus::Gossip;
use crate::cluster::context::Context;
use crate::cluster::time::{MS, Micros};

impl Node {
    /// A tenth of the known nodes (at least 3), chosen by chance, and then everybody I suspect.
    pub(super) fn gossip(&mut self, context: &mut Context<'_>) -> Vec<Gossip> {
        let known = self.view.len();
        let room = known.saturating_sub(2);
        let wanted = (known / 10).max(3).min(room);
        let mut chosen: Vec<Gossip> = Vec::with_capacity(usize::from(wanted));
        // One bit a node: asking the list would take the square of its length.
        let mut seen = vec![0_u64; usize::from(known / 64) + 1];
        let mut left = wanted;
        for _ in 0..wanted * 3 {
            if left == 0 {
                break;
            }
            let ix = self.view.nth(context.rng.below(known.into()));
            let known = self.view.known(ix);
            let (word, bit) = ix.bit();
            if ix == ME || known.flags().any(Flags::PFAIL) || seen[word] & bit != 0 {
                continue;
            }
            // Whom nobody can use costs a place all the same, as in Redis.
            left -= 1;
            let unreachable = !known.flags().any(Flags::LINKED.and(Flags::SERVES));
            if !unreachable && !known.flags().any(Flags::HANDSHAKE.and(Flags::NOADDR)) {
                seen[word] |= bit;
                chosen.push(known.gossip());
            }
        }
        if self.view.suspects() > 0 {
            let unreliable = Flags::HANDSHAKE.and(Flags::NOADDR);
            let suspected = self.view.others().filter(|(_, peer)| peer.pfail() && !peer.flags().any(unreliable));
            chosen.extend(suspected.map(|(ix, _)| self.view.known(ix).gossip()));
        }
        chosen
    }

    /// Takes in what `sender` says of others. Only masters' suspicions count.
    pub(super) fn process_gossip(&mut self, context: &mut Context<'_>, sender: PeerIx, gossip: &[Gossip]) {
        let from_master = self.view.peer(sender).is_master();
        let soonest = Stamp::at(context.now + 500 * MS);
        // First find them all, then believe: a thousand views do not fit into a cache, and what is found without a
        // branch that depends on it is fetched many at a time.
        let found: Vec<Option<PeerIx>> = gossip.iter().map(|said| self.view.find_at(said.id, said.addr)).collect();
        for (said, found) in gossip.iter().zip(found) {
            let Some(ix) = found else {
                self.hear_of_a_stranger(context.now, said);
                continue;
            };
            let trouble = said.flags.any(Flags::PFAIL.and(Flags::FAIL));
            if ix != ME && from_master {
                if trouble {
                    self.add_failure_report(context, ix, sender);
                } else {
                    self.view.remove_report(ix, sender);
                }
            }
            if !trouble {
                self.take_pong_by_hearsay(context.now, ix, Stamp::from_second(said.pong_second), soonest);
            }
            if self.view.known(ix).addr() != said.addr {
                self.take_new_address(context, ix, said);
            }
        }
    }

    /// A node that I do not know is taken in under its own name: the sender is trusted. Not so what I was told to forget.
    fn hear_of_a_stranger(&mut self, now: Micros, said: &Gossip) {
        if !said.flags.any(Flags::NOADDR) && !self.view.is_blacklisted(said.id, now) {
            self.take_in(said);
        }
    }

    fn take_in(&mut self, said: &Gossip) {
        let ix = self.view.add(said.id, said.addr);
        if said.flags.any(Flags::REPLICA) {
            self.view.set_replica(ix, None);
        }
        self.quiet_until = 0;
    }

    /// Somebody heard of it later than I did: no need to ping it so soon. This keeps direct pings rare.
    fn take_pong_by_hearsay(&mut self, now: Micros, ix: PeerIx, heard: Stamp, soonest: Stamp) {
        let known = self.view.known(ix);
        if known.flags().any(Flags::PINGED) || heard <= known.pong_received() || heard > soonest {
            return;
        }
        if !known.flags().any(Flags::REPORTED) || self.live_reports(ix, now) == 0 {
            self.view.set_pong_received(ix, heard);
        }
    }

    /// I cannot reach it, and somebody who can says that it lives elsewhere.
    fn take_new_address(&mut self, context: &mut Context<'_>, ix: PeerIx, said: &Gossip) {
        let well = !said.flags.any(Flags::PFAIL.and(Flags::FAIL).and(Flags::NOADDR));
        if ix != ME && self.view.peer(ix).in_trouble() && well {
            self.drop_link(context, ix);
            self.view.move_to(ix, said.addr);
        }
    }
}
