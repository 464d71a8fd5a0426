//! Which protocol the smart client speaks: what HELLO chose on one connection it has on all of them.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::{Client, Door, Expect, hushes, is_one_of};
use crate::cluster::context::Context;
use crate::cluster::reply::Blob;
use crate::cluster::resp::Protocol;

/// A protocol that somebody asked for. As long as nobody did, a digest is as if there were none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spoken(pub(super) Option<Protocol>);

impl Hash for Spoken {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Some(protocol) = self.0 {
            protocol.hash(state);
        }
    }
}

/// What asks for a protocol.
pub(super) fn hello(protocol: Protocol) -> Rc<[Blob]> {
    let version: &[u8] = if protocol == Protocol::Resp3 { b"3" } else { b"2" };
    [b"HELLO"[..].into(), version.into()].into()
}

impl Client {
    /// A node says how it means its answers from here on. What the smart client asked one node for it asks all for.
    pub(super) fn speaks(&mut self, context: &mut Context<'_>, door: Door, protocol: Protocol) {
        if let Some(link) = self.links.get_mut(&door) {
            link.protocol.0 = Some(protocol);
        }
        // The answer that it stands before says whether that was asked for, or only passed on.
        let asked =
            self.links.get(&door).is_some_and(|link| matches!(link.expects.front(), Some(Expect::Command(_))));
        if door.plain || !asked || self.speaks.0.unwrap_or_default() == protocol {
            return;
        }
        self.speaks.0 = Some(protocol);
        for (other, link) in self.links.iter_mut() {
            // Between MULTI and EXEC it would become a part of the transaction.
            if !other.plain && *other != door && !link.in_multi {
                link.expects.push_back(Expect::Ignored);
                link.say(context, hello(protocol));
            }
        }
    }

    /// After this a connection may be told what the others were: until then it would have been a part of a transaction, or have
    /// been refused, as by a real node from who listens in RESP2.
    pub(super) fn speak_alike(&mut self, context: &mut Context<'_>, door: Door, said: &[Blob]) {
        let free = is_one_of(said, &[b"exec", b"discard"]) || hushes(said);
        let behind = self.speaks.0.filter(|_| free).zip(self.links.get_mut(&door));
        if let Some((protocol, link)) = behind.filter(|(protocol, link)| link.protocol() != *protocol) {
            link.expects.push_back(Expect::Ignored);
            link.say(context, hello(protocol));
        }
    }
}
