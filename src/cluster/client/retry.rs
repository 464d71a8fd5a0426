//! What a client does when nobody answers: ask another node, and give up in the end.

use super::{ANSWER_TIMEOUT, Client, Door, Expect, MAP_WORDS, MOST_UNANSWERED, TRIES, is_one_of};
use crate::cluster::context::Context;
use crate::cluster::fact::{FactKind, Silence};
use crate::cluster::id::{CommandId, HostId};

/// What is shown where somebody would wait no longer.
const INTERRUPTED: &str = "stopped waiting: the connection is closed";
/// The same where somebody would listen no longer, to MONITOR or to channels.
const LISTENED: &str = "stopped listening: the connection is closed";
/// What redis-cli says where the other end hung up.
const CLOSED: &str = "Error: Server closed the connection";

impl Client {
    /// A connection was refused or broke.
    pub(super) fn lost(&mut self, context: &mut Context<'_>, door: Door, refused: bool) {
        self.drop_link(context, door, if refused { Silence::Refused } else { Silence::Closed });
    }

    /// A timer rang: something has waited long enough.
    pub fn wake(&mut self, context: &mut Context<'_>, word: u64) {
        if word >= MAP_WORDS {
            let current = word - MAP_WORDS == self.refreshes;
            if self.refreshing && current {
                self.late(context, Expect::Map, None, word);
            }
            return;
        }
        let command = CommandId(word / TRIES);
        let Some(waiting) = self.waiting.get(&command) else {
            return;
        };
        if waiting.tries % TRIES == word % TRIES {
            let door = Door { host: waiting.at, plain: waiting.target.is_some(), own: None };
            self.late(context, Expect::Command(command), Some(door), word);
        }
    }

    /// An answer has not come for too long: its connection is given up, or `door` if it is on none any more. But what stands
    /// behind a command that may wait there, as WAIT does, waits with it.
    fn late(&mut self, context: &mut Context<'_>, expect: Expect, door: Option<Door>, word: u64) {
        let asked = self.links.iter().find(|(_, link)| link.expects.contains(&expect));
        let before =
            asked.into_iter().flat_map(|(_, link)| link.expects.iter()).take_while(|other| **other != expect);
        let waits = |other: &Expect| match other {
            Expect::Command(command) => self.waiting.get(command).is_some_and(|waiting| waiting.blocking),
            _ => false,
        };
        if before.into_iter().any(waits) {
            context.wake(context.now + ANSWER_TIMEOUT, word);
        } else if let Some(door) = asked.map(|(&door, _)| door).or(door) {
            self.hang_up(context, door);
        }
    }

    /// Stops waiting for an answer, and closes the connection that it would come on: says whether it was waited for.
    /// Whatever waits there too is given up with it. Source: Redis 7.0, `redis-cli.c`, `sigIntHandler`.
    pub fn interrupt(&mut self, context: &mut Context<'_>, command: CommandId) -> bool {
        if self.waiting.get(&command).is_none() {
            return self.stop_listening(context, command);
        }
        let asked = self.links.iter().find(|(_, link)| link.expects.contains(&Expect::Command(command)));
        let link = asked.map(|(&door, _)| door).and_then(|door| {
            if !door.plain {
                self.unbind(door.host);
            }
            self.links.remove(&door)
        });
        if let Some(link) = link {
            context.close(link.conn);
            for expect in link.expects {
                match expect {
                    Expect::Command(other) => self.give_up(context, other, INTERRUPTED),
                    Expect::Map => self.refreshing = false,
                    Expect::Ignored => {}
                }
            }
        } else {
            self.give_up(context, command, INTERRUPTED);
        }
        true
    }

    /// Closes the connection on which a command listens: says whether it does. Whatever else was subscribed to there ends with
    /// it. Source: Redis 7.0, `redis-cli.c`, `sigIntHandler`.
    fn stop_listening(&mut self, context: &mut Context<'_>, command: CommandId) -> bool {
        let listens = self.links.iter().find(|(_, link)| link.listens == Some(command)).map(|(&door, _)| door);
        let Some(link) = listens.and_then(|door| self.links.remove(&door)) else {
            return false;
        };
        context.close(link.conn);
        self.heard_last(context, command, LISTENED);
        for expect in link.expects {
            if let Expect::Command(other) = expect {
                self.give_up(context, other, INTERRUPTED);
            }
        }
        true
    }

    /// Nothing more will be heard because of a command.
    fn heard_last(&self, context: &mut Context<'_>, command: CommandId, text: &str) {
        context.fact(FactKind::GaveUp { client: self.id, command, text: text.into() });
    }

    /// Closes a connection on which nothing comes.
    fn hang_up(&mut self, context: &mut Context<'_>, door: Door) {
        if let Some(link) = self.links.get(&door) {
            context.close(link.conn);
        }
        self.drop_link(context, door, Silence::TimedOut);
    }

    /// Forgets a connection; whatever waited on it is tried elsewhere.
    fn drop_link(&mut self, context: &mut Context<'_>, door: Door, silence: Silence) {
        let Some(link) = self.links.remove(&door) else {
            return;
        };
        if !door.plain {
            self.unbind(door.host);
        }
        if let Some(command) = link.listens.filter(|command| self.waiting.get(command).is_none()) {
            self.heard_last(context, command, CLOSED);
        }
        for expect in link.expects {
            match expect {
                Expect::Command(command) => self.unanswered(context, command, door.host, silence),
                Expect::Map => {
                    self.refreshing = false;
                    if let Some(other) = self.other_than(door.host) {
                        self.refresh_map(context, other);
                    }
                }
                Expect::Ignored => {}
            }
        }
    }

    fn unanswered(&mut self, context: &mut Context<'_>, command: CommandId, from: HostId, silence: Silence) {
        let Some(waiting) = self.waiting.get_mut(&command) else {
            return;
        };
        let cause = waiting.cause;
        let kind = FactKind::Unanswered { client: self.id, command, from, silence };
        let asked = cause.filter(|_| silence == Silence::TimedOut || context.cause.is_none());
        let fact = context.because(asked, |context| context.fact(kind));
        waiting.cause = Some(fact);
        self.silent.insert(from);
        waiting.unanswered += 1;
        // Who has a server shut down does not ask the next one, too.
        let done = silence == Silence::Closed && is_one_of(&waiting.argv, &[b"shutdown"]);
        let (plain, bound) = (waiting.target.is_some() || done, waiting.bound);
        let hopeless = waiting.unanswered >= MOST_UNANSWERED;
        let address = context.book.address(from);
        if plain {
            // The very words of redis-cli where it has some.
            let text = match silence {
                Silence::Refused => {
                    format!("Could not connect to Redis at {address}: Connection refused")
                }
                Silence::Closed => CLOSED.to_owned(),
                Silence::TimedOut => format!("no answer from {address} within 2 s"),
            };
            self.give_up(context, command, &text);
            return;
        }
        if bound {
            self.give_up(context, command, &format!("{address} is gone, and the transaction with it"));
            return;
        }
        let other = self.other_than(from);
        match other {
            Some(other) if !hopeless => context.because(Some(fact), |context| {
                self.send_command(context, command, other, false);
                self.refresh_map(context, other);
            }),
            _ => {
                let what = match silence {
                    Silence::Refused => "refuses the connection",
                    Silence::Closed => "closed the connection",
                    Silence::TimedOut => "does not answer",
                };
                self.give_up(context, command, &format!("{address} {what}, and the others still send you there"));
            }
        }
    }

    pub(super) fn give_up(&mut self, context: &mut Context<'_>, command: CommandId, text: &str) {
        let cause = self.waiting.remove(&command).and_then(|waiting| waiting.cause);
        // Whoever wants no more is not refused anything.
        self.turned_away += u64::from(text != INTERRUPTED);
        let kind = FactKind::GaveUp { client: self.id, command, text: text.into() };
        context.because(cause, |context| context.fact(kind));
    }

    /// The next known node, in a fixed order, so that repeated tries go round all of them.
    fn other_than(&self, host: HostId) -> Option<HostId> {
        let after = self.known.at_or_after(&HostId(host.0.wrapping_add(1)));
        after.or_else(|| self.known.as_slice().first()).copied().filter(|&other| other != host)
    }

    /// Asks a node for the whole map, unless that is under way.
    pub(super) fn refresh_map(&mut self, context: &mut Context<'_>, from: HostId) {
        if self.refreshing {
            return;
        }
        self.refreshing = true;
        self.refreshes += 1;
        context.wake(context.now + ANSWER_TIMEOUT, MAP_WORDS + self.refreshes);
        let argv = [b"CLUSTER"[..].into(), b"SLOTS"[..].into()];
        self.send(context, Door::smart(from), argv.into(), Expect::Map);
    }
}
