//! MULTI, EXEC, DISCARD, WATCH. Source: Redis 7.0, `multi.c`, and `getNodeByQuery` for EXEC.

use std::rc::Rc;

use super::Node;
use crate::cluster::broken::Rule;
use crate::cluster::command::data::Effects;
use crate::cluster::command::{Flag, Spec, find};
use crate::cluster::connection::Conn;
use crate::cluster::context::Context;
use crate::cluster::reply::{Blob, Reply};

/// What stands between MULTI and EXEC.
#[derive(Clone, Debug, Default)]
pub(super) struct Transaction {
    queued: Vec<(&'static Spec, Rc<[Blob]>)>,
    /// Something was refused while it was queued.
    spoiled: bool,
}

impl std::hash::Hash for Transaction {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        // The row of the table follows from the words.
        self.queued.iter().for_each(|(_, argv)| argv.hash(state));
        self.spoiled.hash(state);
    }
}

impl Transaction {
    /// How many commands are queued.
    pub(super) fn len(&self) -> usize {
        self.queued.len()
    }
}

/// Commands that act on the transaction, and are not part of it.
const NOT_QUEUED: [&str; 6] = ["multi", "exec", "discard", "watch", "quit", "reset"];

impl Node {
    /// Whether a command becomes part of a transaction instead of running now.
    pub(super) fn queues(&self, conn: Conn, spec: &Spec) -> bool {
        let open = self.client(conn).is_some_and(|client| client.transaction.is_some());
        open && !NOT_QUEUED.contains(&spec.name)
    }

    /// Whether a transaction has something queued that may need more memory.
    pub(super) fn exec_grows(&self, conn: Conn) -> bool {
        let transaction = self.client(conn).and_then(|client| client.transaction.as_ref());
        transaction.is_some_and(|open| open.queued.iter().any(|(spec, _)| spec.is(Flag::DenyOom)))
    }

    /// How many keys a transaction may bring, at the most.
    pub(super) fn keys_queued(&self, conn: Conn) -> usize {
        let transaction = self.client(conn).and_then(|client| client.transaction.as_ref());
        let brings = |(spec, argv): &(&'static Spec, Rc<[Blob]>)| {
            if spec.is(Flag::DenyOom) { spec.keys.of(argv).count() } else { 0 }
        };
        transaction.map_or(0, |open| open.queued.iter().map(brings).sum())
    }

    /// Whether a command may change data, or has to reach replicas: EXEC too, if anything queued does. Such commands wait
    /// while writes are paused. Source: Redis 7.0, `server.c`, `processCommand`, `is_may_replicate_command`.
    pub(super) fn would_write(&self, conn: Conn, argv: &[Blob]) -> bool {
        let writes = |spec: &Spec| spec.is(Flag::Write) || ["publish", "spublish"].contains(&spec.name);
        let Ok(spec) = find(argv) else { return false };
        let transaction = self.client(conn).and_then(|client| client.transaction.as_ref());
        let queued = |open: &Transaction| open.queued.iter().any(|(spec, _)| writes(spec));
        writes(spec) || (spec.name == "exec" && transaction.is_some_and(queued))
    }

    pub(super) fn queue(&mut self, conn: Conn, spec: &'static Spec, argv: Rc<[Blob]>) {
        if let Some(transaction) = self.client_mut(conn).and_then(|client| client.transaction.as_mut()) {
            transaction.queued.push((spec, argv));
        }
    }

    pub(super) fn spoil_transaction(&mut self, conn: Conn) {
        if let Some(transaction) = self.client_mut(conn).and_then(|client| client.transaction.as_mut()) {
            transaction.spoiled = true;
        }
    }

    /// Whatever is refused while it is queued spoils the transaction, and an EXEC that is refused ends it. Source: Redis 7.0,
    /// `server.c`, `rejectCommand`; `multi.c`, `execCommandAbort`.
    pub(super) fn refuse(&mut self, conn: Conn, name: &[u8], refusal: Reply) -> Reply {
        self.spoil_transaction(conn);
        match refusal {
            Reply::Error(why) if name.eq_ignore_ascii_case(b"exec") => {
                self.discard(conn);
                let why = why.strip_prefix("ERR ").unwrap_or(&why);
                Reply::error(format!("EXECABORT Transaction discarded because of: {why}"))
            }
            other => other,
        }
    }

    /// `MULTI`.
    pub fn multi(&mut self, conn: Conn) -> Reply {
        match self.client_mut(conn) {
            Some(client) if client.transaction.is_none() => {
                client.transaction = Some(Transaction::default());
                Reply::ok()
            }
            _ => Reply::error("ERR MULTI calls can not be nested"),
        }
    }

    /// `DISCARD`.
    pub fn discard(&mut self, conn: Conn) -> Reply {
        let client = self.client_mut(conn);
        match client.and_then(|client| {
            client.watched.clear();
            client.transaction.take()
        }) {
            Some(_) => Reply::ok(),
            None => Reply::error("ERR DISCARD without MULTI"),
        }
    }

    /// `WATCH`.
    pub fn watch(&mut self, now: u64, conn: Conn, keys: &[Blob]) -> Reply {
        if self.client(conn).is_some_and(|client| client.transaction.is_some()) {
            return Reply::error("ERR WATCH inside MULTI is not allowed");
        }
        let versions: Vec<_> = keys.iter().map(|key| (key.clone(), self.version_of(key, now))).collect();
        if let Some(client) = self.client_mut(conn) {
            client.watched.extend(versions);
        }
        Reply::ok()
    }

    /// `UNWATCH`.
    pub fn unwatch(&mut self, conn: Conn) -> Reply {
        if let Some(client) = self.client_mut(conn) {
            client.watched.clear();
        }
        Reply::ok()
    }

    /// `EXEC`: all that was queued at once, or nothing.
    pub fn exec(&mut self, context: &mut Context<'_>, conn: Conn) -> Reply {
        let Some(client) = self.client_mut(conn) else {
            return Reply::error("ERR EXEC without MULTI");
        };
        let Some(transaction) = client.transaction.take() else {
            return Reply::error("ERR EXEC without MULTI");
        };
        let watched = std::mem::take(&mut client.watched);
        if transaction.spoiled {
            return Reply::error("EXECABORT Transaction discarded because of previous errors.");
        }
        // The cluster may have changed since the commands were queued: all their keys are routed again, together.
        if let Err(elsewhere) =
            self.route(context.book, &transaction.queued, self.asker(context.now, conn, "exec"))
        {
            return elsewhere;
        }
        if watched.iter().any(|(key, version)| self.version_of(key, context.now) != *version) {
            return Reply::NullArray;
        }
        self.set_in_exec(conn, Some(Vec::new()));
        let run = |(spec, argv): &(&'static Spec, Rc<[Blob]>)| {
            let reply = self.run(context, conn, spec, argv, None).unwrap_or(Reply::Null);
            self.show_to_monitors(context, conn, spec, argv);
            reply
        };
        let results = transaction.queued.iter().map(run).collect();
        let effects = self.set_in_exec(conn, None).unwrap_or_default();
        self.feed_together(context, &effects);
        Reply::Array(results)
    }

    fn set_in_exec(&mut self, conn: Conn, effects: Option<Vec<Rc<[Blob]>>>) -> Option<Vec<Rc<[Blob]>>> {
        self.client_mut(conn).and_then(|client| std::mem::replace(&mut client.in_exec, effects))
    }

    /// What replicas must do goes into the stream: at once, or with all else that EXEC does.
    pub(super) fn pass_on(&mut self, context: &mut Context<'_>, conn: Conn, effects: Effects) {
        let Effects { first: Some(first), mut more, near, row } = effects else {
            return;
        };
        if let Some(all) = self.client_mut(conn).and_then(|client| client.in_exec.as_mut()) {
            all.push(first);
            all.append(&mut more);
        } else if more.is_empty() {
            self.feed_near(context, first, near, row);
        } else {
            more.insert(0, first);
            self.feed_together(context, &more);
        }
    }

    /// What was done at once is done at once everywhere: several commands travel between MULTI and EXEC.
    ///
    /// Source: Redis 7.0, `server.c`, `propagatePendingCommands`.
    fn feed_together(&mut self, context: &mut Context<'_>, effects: &[Rc<[Blob]>]) {
        let wrapped = effects.len() > 1 && !self.config.broken.is(Rule::WholeTransactions);
        if wrapped {
            self.feed(context, [b"MULTI"[..].into()]);
        }
        for effect in effects {
            self.feed(context, effect.clone());
        }
        if wrapped {
            self.feed(context, [b"EXEC"[..].into()]);
        }
    }

    /// Which change a key stems from; `None` if it is not there, or its time is over.
    fn version_of(&self, key: &[u8], now: u64) -> Option<u64> {
        self.store.get(key, now).map(|entry| entry.version)
    }
}
