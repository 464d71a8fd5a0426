//! The short way for what nearly every request is: one command on one key that is served here, from a client of which
//! nothing out of the ordinary is known.
//!
//! It does what [`Node::request`] does for such a one, and leaves out looking ten times for what is not there.

use std::rc::Rc;

use super::clients::Replies;
use super::{ClientState, Node};
use crate::cluster::command::{Flag, Handler, Keys, find};
use crate::cluster::connection::{Conn, Payload};
use crate::cluster::context::Context;
use crate::cluster::reply::{Blob, Reply};

impl Node {
    /// Carries a request out if it is so plain, and says whether it was. If not, nothing has happened.
    pub(super) fn request_plainly(&mut self, context: &mut Context<'_>, conn: Conn, argv: &Rc<[Blob]>) -> bool {
        if !self.is_plain() || !self.client(conn).is_some_and(ClientState::is_plain) {
            return false;
        }
        let Ok(spec) = find(argv) else {
            return false;
        };
        let (Handler::Data(work), Some(slot)) = (spec.run, self.plainly_mine(spec, argv)) else {
            return false;
        };
        if self.too_much(spec, argv).is_some()
            || (spec.is(Flag::Write) && !self.replication.has_enough_replicas(&self.config))
        {
            return false;
        }
        self.stats.commands += 1;
        let reply = self.on_keyspace(context, conn, |data| {
            data.given = Some(argv.clone());
            data.row = Some(spec);
            data.reads = !spec.is(Flag::Write);
            data.slot = Some(slot).filter(|_| spec.keys == Keys::One(1));
            work(data, argv)
        });
        if let Reply::Error(text) = &reply {
            self.stats.count_error(text);
        }
        let offset = self.replication.offset;
        if let Some(client) = self.client_mut(conn) {
            client.identity.seen = context.now;
            client.identity.command = spec.name;
            client.wrote_to = offset;
        }
        context.send(conn, Payload::Reply(reply));
        self.serve_blocked(context);
        true
    }

    /// Whether this is a master that nobody pauses, watches or tracks, and whose memory is not bounded.
    fn is_plain(&self) -> bool {
        self.view.me().is_master()
            && !self.is_loading()
            && self.manual.is_none()
            && self.paused.is_none()
            && self.tracking.is_none()
            && self.monitors.is_empty()
            && self.config.eviction.max_memory == 0
    }
}

impl ClientState {
    /// Whether it only asks and is answered.
    fn is_plain(&self) -> bool {
        !self.blocked
            && !self.closing
            && !self.asking
            && !self.subscribed
            && self.identity.replies == Replies::On
            && self.transaction.is_none()
            && self.tracks.is_none()
    }
}
