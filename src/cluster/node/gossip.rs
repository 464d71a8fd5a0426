//! What nodes say of third nodes. Source: Redis 7.0, `cluster.c`, `clusterSendPing`,
//! `clusterProcessGossipSection`.

use super::Node;
use super::failure::SINCE_EVER;
use super::view::{Flags, Known, ME, PeerIx, Stamp, View};
use crate::cluster::bus::Gossip;
use crate::cluster::context::Context;
use crate::cluster::rng::Rng;
use crate::cluster::time::{MS, Micros};

impl Node {
    /// A tenth of the known nodes (at least 3), chosen by chance, and then everybody I suspect.
    pub(super) fn gossip(&mut self, context: &mut Context<'_>) -> Vec<Gossip> {
        let mut chosen = self.view.some_to_tell_of(context.rng);
        if self.view.suspects() > 0 {
            let unreliable = Flags::HANDSHAKE.and(Flags::NOADDR);
            let suspected = self.view.others().filter(|(_, peer)| peer.pfail() && !peer.flags().any(unreliable));
            chosen.extend(suspected.map(|(ix, _)| (ix, *self.view.known(ix))));
        }
        self.view.tell_of(&chosen)
    }

    /// Takes in what `sender` says of others. Only masters' suspicions count.
    pub(super) fn process_gossip(&mut self, context: &mut Context<'_>, sender: PeerIx, gossip: &[Gossip]) {
        let from_master = self.view.peer(sender).is_master();
        let soonest = Stamp::at(context.now + 500 * MS);
        // First find them all, then believe: a thousand views do not fit into a cache, and what is found without a
        // branch that depends on it is fetched many at a time.
        let found = self.view.find_all(gossip);
        for (said, found) in gossip.iter().zip(found) {
            let Some(ix) = found else {
                self.hear_of_a_stranger(context.now, said);
                continue;
            };
            if self.view.take_common_word(ix, said, soonest) {
                continue;
            }
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
        // `createClusterNode(g->nodename, flags)`: with what the sender thinks of its health, since ever.
        self.view.set_pfail(ix, said.flags.any(Flags::PFAIL));
        self.view.set_failed(ix, said.flags.any(Flags::FAIL).then_some(SINCE_EVER));
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

impl View {
    /// Nodes chosen by chance, each once, none of them suspected.
    fn some_to_tell_of(&self, rng: &mut Rng) -> Vec<(PeerIx, Known)> {
        let known = self.len();
        let mut choice = Choice::among(known);
        let wanted = (known / 10).max(3).min(choice.fresh);
        // So many are drawn in any case. All are fetched before anything is asked of them: a thousand views do not fit into a
        // cache, and what is fetched without a branch that depends on it comes many at a time.
        let mut chosen = self.draw(rng, wanted);
        let mut kept = 0;
        for at in 0..chosen.len() {
            let drawn = chosen[at];
            if choice.takes(drawn) {
                chosen[kept] = drawn;
                kept += 1;
            }
        }
        chosen.truncate(kept);
        for _ in wanted..wanted * 3 {
            if choice.fresh == 0 || chosen.len() >= usize::from(wanted) {
                break;
            }
            chosen.extend(self.draw(rng, 1).into_iter().filter(|&drawn| choice.takes(drawn)));
        }
        chosen
    }
}

/// Who was chosen to be told of.
struct Choice {
    /// Who may still be told of: me and the receiver excepted, and each once.
    fresh: u16,
    /// One bit a node: asking the list of the chosen would take the square of its length.
    seen: Vec<u64>,
}

impl Choice {
    fn among(known: u16) -> Self {
        Self { fresh: known.saturating_sub(2), seen: vec![0; usize::from(known / 64) + 1] }
    }

    /// Whether a node that was drawn is told of.
    #[inline(always)]
    fn takes(&mut self, (ix, known): (PeerIx, Known)) -> bool {
        if ix == ME || known.flags().any(Flags::PFAIL) {
            return false;
        }
        let (word, bit) = ix.bit();
        let unreachable = !known.flags().any(Flags::LINKED.and(Flags::SERVES));
        if unreachable || known.flags().any(Flags::HANDSHAKE.and(Flags::NOADDR)) {
            // Each time it is hit, which Redis calls technically not correct.
            self.fresh -= 1;
            return false;
        }
        let first = self.seen[word] & bit == 0;
        self.seen[word] |= bit;
        self.fresh -= u16::from(first);
        first
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::cluster::address::AddressBook;
    use crate::cluster::config::Config;
    use crate::cluster::context::FactSink;
    use crate::cluster::id::{HostId, NodeId, Place, RackId};
    use crate::cluster::node::{KnownNode, NodesConf};
    use crate::cluster::slot::SlotRange;
    use crate::cluster::time::SECOND;

    /// Masters with a slot each, and others that nobody can reach and that serve nothing.
    fn nodes(masters: u16, unreachable: u16) -> Rc<[KnownNode]> {
        let nodes = (0..masters + unreachable).map(|index| KnownNode {
            id: NodeId(index.into()),
            addr: HostId(index),
            replica: false,
            master: None,
            config_epoch: 1,
            slots: (0..masters)
                .contains(&index)
                .then_some(SlotRange { start: index, end: index })
                .into_iter()
                .collect(),
        });
        nodes.collect()
    }

    fn view(masters: u16, unreachable: u16) -> View {
        View::from_conf(&NodesConf::fresh(nodes(masters, unreachable), 0, true, 1))
    }

    fn told(view: &View, seed: u64) -> Vec<NodeId> {
        view.tell_of(&view.some_to_tell_of(&mut Rng::new(seed))).iter().map(|gossip| gossip.id).collect()
    }

    #[test]
    fn whom_nobody_can_use_costs_a_try_and_not_a_place() {
        let view = view(4, 8);
        for seed in 0..100 {
            // Ten may be told of, so nine tries end it before they do.
            let mut rng = Rng::new(seed);
            let mut expected: Vec<NodeId> = Vec::new();
            for id in (0..9).map(|_| NodeId(rng.below(12).into())) {
                if (1..4).contains(&id.0) && !expected.contains(&id) {
                    expected.push(id);
                }
            }
            assert_eq!(told(&view, seed), expected, "seed {seed}");
        }
    }

    /// Redis 7.0, `clusterSendPing`: `max(3, N/10)`, me and the receiver excepted.
    #[test]
    fn a_tenth_is_told_of_and_at_least_three() {
        for (known, wanted) in [(3, 1), (4, 2), (5, 3), (6, 3), (39, 3), (40, 4), (99, 9), (1_000, 100)] {
            let view = view(known, 0);
            let most = (0..50).map(|seed| told(&view, seed).len()).max();
            assert_eq!(most, Some(wanted), "of {known}");
        }
    }

    #[test]
    fn there_is_an_end_when_so_many_were_hit_as_there_are_others() {
        // Of five, three may be told of: whom nobody can use counts each time.
        let view = view(2, 3);
        for seed in 0..100 {
            let mut rng = Rng::new(seed);
            let hits: Vec<u32> = (0..9).map(|_| rng.below(5)).filter(|&hit| hit != 0).collect();
            let first = hits.iter().position(|&hit| hit == 1);
            let found = first.is_some_and(|first| first < 3);
            assert_eq!(told(&view, seed).len(), usize::from(found), "seed {seed}: {hits:?}");
        }
    }

    /// Does something to a node that knows three masters, itself and two others, and lives at the first of nine machines.
    fn at_a_node(work: impl FnOnce(&mut Node, &mut Context<'_>)) {
        let mut book = AddressBook::new(None);
        for _ in 0..9 {
            book.add(RackId(0));
        }
        let (mut rng, mut facts, mut out, mut serial) = (Rng::new(1), FactSink::default(), Vec::new(), 0);
        let mut context = Context {
            now: SECOND,
            me: Place::Node(HostId(0)),
            rng: &mut rng,
            book: &book,
            cause: None,
            facts: &mut facts,
            out: &mut out,
            serial: &mut serial,
        };
        let conf = NodesConf::fresh(nodes(3, 0), 0, true, 1);
        let mut node = Node::boot(HostId(0), Rc::new(Config::default()), &conf, &mut context, 0);
        node.open_missing_links(&mut context);
        work(&mut node, &mut context);
    }

    /// Redis 7.0, `clusterProcessGossipSection`. No machine of a city changes its address, so that this is never met in one.
    #[test]
    fn whom_i_cannot_reach_is_looked_for_where_others_say_that_it_is() {
        at_a_node(|node, context| {
            let [one, other] = [NodeId(1), NodeId(2)].map(|id| node.view.find(id).expect("it is known"));
            node.view.set_pfail(one, true);
            let said = |flags: Flags, id| Gossip { id: NodeId(id), pong_second: 0, addr: HostId(7), flags };
            node.process_gossip(context, other, &[said(Flags::PFAIL, 1)]);
            assert_eq!(node.view.peer(one).addr(), HostId(1), "nor can they");
            node.process_gossip(context, one, &[said(Flags::default(), 2)]);
            assert_eq!(node.view.peer(other).addr(), HostId(2), "I can reach it");
            node.process_gossip(context, other, &[said(Flags::default(), 1)]);
            assert_eq!(node.view.peer(one).addr(), HostId(7));
            assert!(node.view.peer(one).link_is_down(), "the old link led elsewhere");
        });
    }

    /// Redis 7.0, `nodeUpdateAddressIfNeeded`.
    #[test]
    fn who_speaks_from_another_address_is_looked_for_there() {
        at_a_node(|node, context| {
            let one = node.view.find(NodeId(1)).expect("it is known");
            node.update_address(context, one, HostId(1));
            assert!(!node.view.peer(one).link_is_down(), "it is where it was");
            node.update_address(context, one, HostId(8));
            assert_eq!(node.view.peer(one).addr(), HostId(8));
            assert!(node.view.peer(one).link_is_down());
        });
    }
}
