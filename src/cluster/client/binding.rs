//! Commands that belong together: a smart client sends a transaction to one node, the one that its keys live on.
//!
//! MULTI names no key, so it goes to the node asked last; with the first key that lives elsewhere the transaction, which is
//! still empty, moves there. From then on redirections are not followed: half a transaction elsewhere would be none.

use super::{Client, Door, Expect};
use crate::cluster::context::Context;
use crate::cluster::id::HostId;
use crate::cluster::reply::Blob;
use crate::cluster::slot::Slot;

/// The node that the commands to come belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Binding {
    host: HostId,
    /// Whether MULTI was said.
    open: bool,
    /// Whether a key has decided for this node.
    keyed: bool,
}

impl Client {
    /// Where a command of the smart client goes, and whether it must not go anywhere else.
    pub(super) fn choose_bound(
        &mut self,
        context: &mut Context<'_>,
        argv: &[Blob],
        slot: Option<Slot>,
    ) -> Option<(HostId, bool)> {
        let words = ["watch", "multi", "exec", "discard", "unwatch"];
        let name =
            words.into_iter().find(|word| argv[0].eq_ignore_ascii_case(word.as_bytes())).unwrap_or_default();
        let bound = self.binding.map(|binding| binding.host);
        match name {
            "watch" => {
                let host = bound.or_else(|| self.choose(slot))?;
                self.binding.get_or_insert(Binding { host, open: false, keyed: true });
                Some((host, true))
            }
            "multi" => {
                let host = bound.or_else(|| self.choose(None))?;
                let keyed = self.binding.is_some_and(|binding| binding.keyed);
                self.binding = Some(Binding { host, open: true, keyed });
                Some((host, true))
            }
            "exec" | "discard" | "unwatch" => {
                if self.binding.is_some_and(|binding| !binding.open || name != "unwatch") {
                    self.binding = None;
                }
                Some((bound.or_else(|| self.choose(None))?, bound.is_some()))
            }
            _ if self.binding.is_some_and(|binding| binding.open) => {
                self.move_empty_transaction(context, slot);
                self.binding.map(|binding| (binding.host, true))
            }
            _ => Some((self.choose(slot)?, false)),
        }
    }

    /// The first key decides which node the transaction is for.
    fn move_empty_transaction(&mut self, context: &mut Context<'_>, slot: Option<Slot>) {
        let (Some(binding), Some(slot)) = (self.binding, slot) else {
            return;
        };
        if binding.keyed {
            return;
        }
        let host = self.map.owner(slot).unwrap_or(binding.host);
        self.binding = Some(Binding { host, open: true, keyed: true });
        if host != binding.host {
            let word = |text: &[u8]| [Blob::from(text)].into();
            self.send(context, Door::smart(binding.host), word(b"DISCARD"), Expect::Ignored);
            self.send(context, Door::smart(host), word(b"MULTI"), Expect::Ignored);
        }
    }

    /// The node is gone, and the transaction with it.
    pub(super) fn unbind(&mut self, host: HostId) {
        self.binding = self.binding.filter(|binding| binding.host != host);
        self.last = self.last.filter(|&last| last != host);
    }
}
