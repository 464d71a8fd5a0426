//! Who should answer a command. Source: Redis 7.0, `cluster.c`, `getNodeByQuery`, `clusterRedirectClient`.

use std::rc::Rc;

use super::Node;
use super::view::{ME, PeerIx};
use crate::cluster::address::AddressBook;
use crate::cluster::command::{Flag, Keys, Spec};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::slot::{Slot, key_slot};

/// `CROSSSLOT …`
pub(super) const CROSS_SLOT: &str = "CROSSSLOT Keys in request don't hash to the same slot";
/// `CLUSTERDOWN …` for an unowned slot.
pub(super) const NOT_SERVED: &str = "CLUSTERDOWN Hash slot not served";
/// `CLUSTERDOWN …` for a cluster that is down.
pub(super) const DOWN: &str = "CLUSTERDOWN The cluster is down";
/// `CLUSTERDOWN …` where reads are allowed.
pub(super) const DOWN_FOR_WRITES: &str = "CLUSTERDOWN The cluster is down and only accepts read commands";

/// Commands on channels that belong to a slot.
const SHARD_CHANNELS: [&str; 3] = ["ssubscribe", "sunsubscribe", "spublish"];
/// `TRYAGAIN …`
const TRY_AGAIN: &str = "TRYAGAIN Multiple keys request during rehashing of slot";

/// What the answer depends on besides the command: the connection's flags, and the time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker {
    pub(super) read_only: bool,
    pub(super) asking: bool,
    pub(super) now: u64,
}

impl Node {
    /// A slot that is leaving or arriving: `None` where that makes no difference.
    fn route_open_slot(
        &self,
        book: &AddressBook,
        slot: Slot,
        owner: PeerIx,
        commands: &[(&'static Spec, Rc<[Blob]>)],
        client: Asker,
    ) -> Option<Result<(), Reply>> {
        let leaving = self.migrating.get(&slot).filter(|_| owner == ME);
        let arriving = self.importing.contains_key(&slot);
        if leaving.is_none() && !arriving {
            return None;
        }
        if commands.iter().any(|(spec, _)| spec.name == "migrate") {
            return Some(Ok(()));
        }
        if commands.iter().any(|(spec, _)| SHARD_CHANNELS.contains(&spec.name)) {
            return None;
        }
        let mut keys: Vec<&Blob> = commands.iter().flat_map(|(spec, argv)| spec.keys.of(argv)).collect();
        crate::cluster::order::sort_by_key(&mut keys, |key| *key);
        keys.dedup();
        let here = keys.iter().filter(|key| self.store.get(key, client.now).is_some()).count();
        let missing = here < keys.len();
        if let Some(target) = leaving.filter(|_| missing).and_then(|&id| self.view.find(id)) {
            if here > 0 {
                return Some(Err(Reply::error(TRY_AGAIN)));
            }
            let address = book.address(self.view.peer(target).addr());
            return Some(Err(Reply::error(format!("ASK {slot} {address}"))));
        }
        if arriving && client.asking {
            let torn = keys.len() > 1 && missing;
            return Some(if torn { Err(Reply::error(TRY_AGAIN)) } else { Ok(()) });
        }
        None
    }

    /// The slot of a command with one key that is served here and stays here, as nearly every one is. Whatever is not so
    /// plain is looked at in full.
    pub(super) fn plainly_mine(&self, spec: &Spec, argv: &[Blob]) -> Option<Slot> {
        let Keys::One(at) = spec.keys else {
            return None;
        };
        let plain = self.health.is_ok() && self.migrating.is_empty() && self.importing.is_empty();
        let slot = key_slot(argv.get(at).filter(|_| plain)?);
        self.view.is_mine(slot).then_some(slot)
    }

    /// `Err` is the redirection or refusal that the client gets instead of an answer. The commands are one, or all of
    /// a transaction.
    pub(super) fn route(
        &self,
        book: &AddressBook,
        commands: &[(&'static Spec, Rc<[Blob]>)],
        client: Asker,
    ) -> Result<(), Reply> {
        let keys = || commands.iter().flat_map(|(spec, argv)| spec.keys.of(argv));
        let Some(first) = keys().next() else {
            return Ok(());
        };
        let slot = key_slot(first);
        let writes = commands.iter().any(|(spec, _)| spec.is(Flag::Write));
        let Some(owner) = self.view.owner(slot) else {
            return Err(Reply::error(NOT_SERVED));
        };
        if keys().skip(1).any(|key| key_slot(key) != slot) {
            return Err(Reply::error(CROSS_SLOT));
        }
        // Channels of sharded pub/sub are routed like keys, but are none.
        let channels = commands.iter().any(|(spec, _)| SHARD_CHANNELS.contains(&spec.name));
        let exempt = channels && self.config.allow_pubsubshard_when_down;
        if !self.health.is_ok() && !exempt {
            if channels {
                return Err(Reply::error(DOWN));
            }
            if !self.config.allow_reads_when_down {
                return Err(Reply::error(DOWN));
            }
            if writes {
                return Err(Reply::error(DOWN_FOR_WRITES));
            }
        }
        if let Some(verdict) = self.route_open_slot(book, slot, owner, commands, client) {
            return verdict;
        }
        let my_masters_slot = self.view.me().replica_of() == Some(owner);
        if owner == ME || ((client.read_only || channels) && my_masters_slot && !writes) {
            return Ok(());
        }
        let address = book.address(self.view.peer(owner).addr());
        Err(Reply::error(format!("MOVED {slot} {address}")))
    }
}
