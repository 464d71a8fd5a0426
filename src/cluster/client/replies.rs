//! What a client does with an answer: follow it, or hand it over.

use super::map::read_slots;
use super::{Client, Door, EARS, Expect, Link, MOST_REDIRECTS};
use crate::cluster::address::AddressBook;
use crate::cluster::context::Context;
use crate::cluster::fact::{FactKind, Redirect};
use crate::cluster::id::{CommandId, HostId};
use crate::cluster::reply::Reply;
use crate::cluster::resp::Protocol;
use crate::cluster::slot::Slot;

impl Client {
    /// A node answered what stands first in line.
    pub(super) fn answered(&mut self, context: &mut Context<'_>, door: Door, reply: Reply) {
        let expect = self.links.get_mut(&door).and_then(|link| link.expects.pop_front());
        match expect {
            Some(Expect::Command(command)) => self.command_answered(context, door, command, reply),
            Some(Expect::Map) => self.map_arrived(context, door.host, &reply),
            Some(Expect::Ignored) | None => {}
        }
        if door.own.is_some_and(|own| Some(own) != EARS)
            && self.links.get(&door).is_some_and(|link| link.expects.is_empty() && link.listens.is_none())
            && let Some(link) = self.links.remove(&door)
        {
            context.close(link.conn);
        }
    }

    fn command_answered(&mut self, context: &mut Context<'_>, door: Door, command: CommandId, reply: Reply) {
        // An answer may come after the client has stopped waiting for this one.
        let Some(waiting) = self.waiting.get(&command).filter(|waiting| waiting.at == door.host) else {
            return;
        };
        let bound = waiting.bound;
        match redirection(&reply, context.book) {
            Some((redirect, slot, to)) if !door.plain && !bound => {
                self.redirected(context, command, redirect, slot, door.host, to);
            }
            _ => self.finish(context, command, door, reply),
        }
    }

    fn redirected(
        &mut self,
        context: &mut Context<'_>,
        command: CommandId,
        redirect: Redirect,
        slot: Slot,
        from: HostId,
        to: HostId,
    ) {
        self.sent_on += 1;
        let kind = FactKind::Redirected { client: self.id, command, redirect, slot, from, to };
        let fact = context.fact(kind);
        if let Some(waiting) = self.waiting.get_mut(&command) {
            waiting.redirects += 1;
            waiting.cause = Some(fact);
            if waiting.redirects > MOST_REDIRECTS {
                self.give_up(context, command, "too many redirections");
                return;
            }
        }
        context.because(Some(fact), |context| {
            self.send_command(context, command, to, redirect == Redirect::Ask);
            if redirect == Redirect::Moved {
                self.map.learn(slot, to);
                self.known.insert(to);
                // One slot moved: others may have. Whoever knew of this one is asked for the whole map.
                self.refresh_map(context, from);
            }
        });
    }

    fn finish(&mut self, context: &mut Context<'_>, command: CommandId, door: Door, reply: Reply) {
        let from = door.host;
        let waiting = self.waiting.remove(&command);
        if waiting.as_ref().is_some_and(|waiting| waiting.slot.is_some() && waiting.target.is_none()) {
            self.last = Some(from);
        }
        // A timer's answer, as WAIT's, comes from nothing but the question.
        let asked = waiting.and_then(|waiting| waiting.cause).filter(|_| context.cause.is_none());
        let count = match &reply {
            Reply::Error(_) if redirection(&reply, context.book).is_some() => Some(&mut self.sent_on),
            reply if reply.turns_away() => Some(&mut self.turned_away),
            // Who mistypes is not turned away.
            Reply::Error(_) => None,
            _ => Some(&mut self.served),
        };
        count.into_iter().for_each(|count| *count += 1);
        self.silent.remove(&from);
        let protocol = self.links.get(&door).map_or(Protocol::Resp2, Link::protocol);
        let kind = FactKind::Answered { client: self.id, command, from, reply, protocol };
        context.because(asked, |context| context.fact(kind));
    }

    fn map_arrived(&mut self, context: &mut Context<'_>, from: HostId, reply: &Reply) {
        self.refreshing = false;
        let Some(told) = read_slots(reply, context.book) else {
            return;
        };
        self.known.extend(told.nodes);
        let slots = self.map.replace(&told.rows);
        if slots > 0 {
            context.fact(FactKind::MapLearned { client: self.id, from, slots });
        }
        for (_, owner) in told.rows {
            self.open_ahead(context, owner);
        }
    }
}

/// Reads `MOVED 12893 10.0.3.1:6379` and `ASK …`.
fn redirection(reply: &Reply, book: &AddressBook) -> Option<(Redirect, Slot, HostId)> {
    let Reply::Error(text) = reply else {
        return None;
    };
    let mut words = text.split(' ');
    let redirect = match words.next()? {
        "MOVED" => Redirect::Moved,
        "ASK" => Redirect::Ask,
        _ => return None,
    };
    let slot = words.next()?.parse().ok()?;
    Some((redirect, slot, book.resolve(words.next()?)?))
}
