//! What nodes say of third nodes. Source: Redis 7.0, `cluster.c`, `clusterSendPing`,
//! `clusterProcessGossipSection`.

use super::Node;
use super::view::{ME, PeerIx};
use crate::cluster::bus::Gossip;
use crate::cluster::context::Context;
use crate::cluster::time::{MS, SECOND};

impl Node {
    /// A tenth of the known nodes (at least 3), chosen by chance, and then everybody I suspect.
    pub(super) fn gossip(&mut self, context: &mut Context<'_>) -> Vec<Gossip> {
        let known = self.view.len();
        let room = known.saturating_sub(2);
        let wanted = (known / 10).max(3).min(room);
        let mut chosen: Vec<PeerIx> = Vec::with_capacity(usize::from(wanted));
        // One bit a node: asking the list would take the square of its length.
        let mut seen = vec![0_u64; usize::from(known / 64) + 1];
        let mut left = wanted;
        for _ in 0..wanted * 3 {
            if left == 0 {
                break;
            }
            let ix = self.view.nth(context.rng.below(known.into()));
            let peer = self.view.peer(ix);
            let unknown = peer.link.conn().is_none() && peer.slot_count == 0;
            let (word, bit) = ix.bit();
            if ix == ME || peer.pfail || seen[word] & bit != 0 {
                continue;
            }
            left -= 1;
            if !unknown {
                seen[word] |= bit;
                chosen.push(ix);
            }
        }
        if self.view.suspects() > 0 {
            chosen.extend(self.view.others().filter(|(_, peer)| peer.pfail).map(|(ix, _)| ix));
        }
        chosen.into_iter().map(|ix| self.gossip_about(ix)).collect()
    }

    fn gossip_about(&self, ix: PeerIx) -> Gossip {
        let peer = self.view.peer(ix);
        Gossip {
            id: peer.id,
            addr: peer.addr,
            pong_received_s: peer.pong_received.map(|at| at / SECOND),
            pfail: peer.pfail,
            fail: peer.failed(),
            master: peer.is_master(),
        }
    }

    /// Takes in what `sender` says of others. Only masters' suspicions count.
    pub(super) fn process_gossip(&mut self, context: &mut Context<'_>, sender: PeerIx, gossip: &[Gossip]) {
        for said in gossip {
            let Some(ix) = self.view.find_at(said.id, said.addr) else {
                self.view.add(said.id, said.addr);
                self.quiet_until = 0;
                continue;
            };
            if ix != ME && self.view.peer(sender).is_master() {
                if said.pfail || said.fail {
                    self.add_failure_report(ix, sender, context.now);
                    self.mark_failed_if_agreed(context, ix);
                } else {
                    self.remove_failure_report(ix, sender);
                }
            }
            self.take_pong_by_hearsay(context, ix, said);
            if self.view.peer(ix).addr != said.addr {
                self.take_new_address(context, ix, said);
            }
        }
    }

    /// Somebody heard of it later than I did: no need to ping it so soon. This keeps direct pings rare.
    fn take_pong_by_hearsay(&mut self, context: &mut Context<'_>, ix: PeerIx, said: &Gossip) {
        let Some(heard) = said.pong_received().filter(|&heard| heard <= context.now + 500 * MS) else {
            return;
        };
        let peer = self.view.peer(ix);
        let newer = peer.pong_received.is_none_or(|own| heard > own);
        if !newer || said.pfail || said.fail || peer.ping_sent.is_some() {
            return;
        }
        if peer.reports.is_empty() || self.live_reports(ix, context.now) == 0 {
            self.view.peer_mut(ix).pong_received = Some(heard);
        }
    }

    /// I cannot reach it, and somebody who can says that it lives elsewhere.
    fn take_new_address(&mut self, context: &mut Context<'_>, ix: PeerIx, said: &Gossip) {
        let peer = self.view.peer(ix);
        let trouble = peer.pfail || peer.failed();
        if ix != ME && trouble && !said.pfail && !said.fail && peer.addr != said.addr {
            self.drop_link(context, ix);
            self.view.move_to(ix, said.addr);
        }
    }
}
