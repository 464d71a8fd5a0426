//! Who should answer a command. Source: Redis 7.0, `cluster.c`, `getNodeByQuery`, `clusterRedirectClient`.

use std::rc::Rc;

use super::Node;
use super::view::ME;
use crate::cluster::address::AddressBook;
use crate::cluster::command::{Flag, Spec};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::slot::key_slot;

/// `CROSSSLOT …`
pub(super) const CROSS_SLOT: &str = "CROSSSLOT Keys in request don't hash to the same slot";
/// `CLUSTERDOWN …` for an unowned slot.
pub(super) const NOT_SERVED: &str = "CLUSTERDOWN Hash slot not served";
/// `CLUSTERDOWN …` for a cluster that is down.
pub(super) const DOWN: &str = "CLUSTERDOWN The cluster is down";
/// `CLUSTERDOWN …` where reads are allowed.
pub(super) const DOWN_FOR_WRITES: &str = "CLUSTERDOWN The cluster is down and only accepts read commands";

impl Node {
    /// `Err` is the redirection or refusal that the client gets instead of an answer. The commands are one, or all of
    /// a transaction.
    pub(super) fn route(
        &self,
        book: &AddressBook,
        commands: &[(&'static Spec, Rc<[Blob]>)],
        read_only: bool,
    ) -> Result<(), Reply> {
        let mut keys = commands.iter().flat_map(|(spec, argv)| spec.keys.of(argv));
        let Some(first) = keys.next() else {
            return Ok(());
        };
        let slot = key_slot(first);
        let writes = commands.iter().any(|(spec, _)| spec.is(Flag::Write));
        let Some(owner) = self.view.owner(slot) else {
            return Err(Reply::error(NOT_SERVED));
        };
        if keys.any(|key| key_slot(key) != slot) {
            return Err(Reply::error(CROSS_SLOT));
        }
        if !self.health.is_ok() {
            if !self.config.allow_reads_when_down {
                return Err(Reply::error(DOWN));
            }
            if writes {
                return Err(Reply::error(DOWN_FOR_WRITES));
            }
        }
        let my_masters_slot = self.view.me().replica_of == Some(owner);
        if owner == ME || (read_only && my_masters_slot && !writes) {
            return Ok(());
        }
        let address = book.address(self.view.peer(owner).addr);
        Err(Reply::error(format!("MOVED {slot} {address}")))
    }
}
