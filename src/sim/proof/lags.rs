//! How far replicas lag behind: on calm streets no further than a message takes.

use crate::cluster::id::{HostId, Place};
use crate::cluster::node::Node;
use crate::cluster::node::replication::MasterLink;
use crate::cluster::time::{Micros, SECOND};
use crate::cluster::world::World;

/// What was sent before the stream came about, or a road opened, has arrived after this and a message's time.
const CATCHING_UP: Micros = SECOND;

/// When each replica last had all that its master had sent it but for what was on its way.
#[derive(Debug, Default)]
pub(super) struct Lags {
    replicas: Vec<Option<Stream>>,
}

#[derive(Clone, Copy, Debug)]
struct Stream {
    master: HostId,
    since: Micros,
    /// When it last had all, if ever.
    whole: Option<Micros>,
    /// Whether it is in this stream still.
    goes_on: bool,
}

impl Lags {
    /// Called after every event, for every node; `calm` if no message is late anywhere.
    pub(super) fn watch(&mut self, world: &World, (host, node): (HostId, &Node), now: Micros, calm: bool) {
        let index = usize::from(host.0);
        if self.replicas.len() <= index {
            self.replicas.resize(index + 1, None);
        }
        let kept = &mut self.replicas[index];
        let master = fed_by(node).filter(|&master| {
            calm && !world.is_frozen(host) && world.network().passes(Place::Node(master), Place::Node(host))
        });
        match (kept.as_mut(), master) {
            (Some(stream), None) => stream.goes_on = false,
            (Some(stream), Some(master)) if stream.goes_on && stream.master == master => {
                if now - stream.since > CATCHING_UP + world.network().streets.longest() {
                    stream.whole = Some(now);
                }
            }
            (_, Some(master)) => *kept = Some(Stream { master, since: now, whole: None, goes_on: true }),
            (None, None) => {}
        }
    }

    /// A process ended: what it had is gone.
    pub(super) fn forget(&mut self, host: HostId) {
        if let Some(kept) = self.replicas.get_mut(usize::from(host.0)) {
            *kept = None;
        }
    }

    /// Whether a replica must have what its master had acknowledged then.
    pub(super) fn has_all_until(&self, world: &World, (host, master): (HostId, HostId), at: Micros) -> bool {
        let kept = self.replicas.get(usize::from(host.0)).copied().flatten();
        let whole = kept.filter(|stream| stream.master == master).and_then(|stream| stream.whole);
        whole.is_some_and(|whole| at + world.network().streets.longest() < whole)
    }
}

/// The master whose stream a replica is in.
fn fed_by(node: &Node) -> Option<HostId> {
    let streams = matches!(node.replication.link, MasterLink::Streaming(_));
    node.view.me().replica_of().filter(|_| streams).map(|master| node.view.peer(master).addr())
}
