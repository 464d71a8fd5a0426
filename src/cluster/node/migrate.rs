//! MIGRATE: keys go to another node, and are deleted here once it has them.
//!
//! As in Redis the whole server waits for the other one: nothing else is served meanwhile, so no write can fall between
//! the copy and the deletion. Source: Redis 7.0, `cluster.c`, `migrateCommand`.

use std::rc::Rc;

use super::{MIGRATE_OVER, Node};
use crate::cluster::broken::Rule;
use crate::cluster::command::Migrate;
use crate::cluster::connection::{Conn, Payload, Port};
use crate::cluster::context::Context;
use crate::cluster::fact::{FactId, FactKind};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::store::dump;
use crate::cluster::time::{MS, Micros};

/// A MIGRATE that goes on.
#[derive(Clone, Debug, Hash)]
pub(super) struct Migration {
    /// Who asked for it.
    client: Conn,
    /// The connection to the target.
    target: Conn,
    open: bool,
    /// The keys, in order, and what the target said of the first of them.
    keys: Vec<Blob>,
    answers: Vec<Reply>,
    /// The target's word on the login, once it is there.
    login: Option<Reply>,
    request: Migrate,
    /// What arrived meanwhile, and whether cron was due.
    pub(super) waiting: Vec<(Conn, Payload, Option<FactId>)>,
    pub(super) rang: bool,
}

impl Migration {
    /// The connection to the target.
    pub(super) fn target(&self) -> Conn {
        self.target
    }
}

impl Node {
    /// Whether a MIGRATE goes on, for which everything else waits.
    pub fn is_in_migrate(&self) -> bool {
        self.migration.is_some()
    }

    /// Starts a MIGRATE; `Some` is an answer at once.
    pub fn migrate(&mut self, context: &mut Context<'_>, client: Conn, request: Migrate) -> Option<Reply> {
        let there = |key: &&Blob| self.store.get(key, context.now).is_some();
        let keys: Vec<Blob> = request.keys.iter().filter(there).cloned().collect();
        if keys.is_empty() {
            return Some(Reply::status("NOKEY"));
        }
        let Some(host) = context.book.resolve(&request.target) else {
            // As where nobody listens: the connection is there at once and breaks with the first byte.
            return Some(Reply::error("IOERR error or timeout writing to target instance"));
        };
        let target = context.open(host, Port::Client);
        context.wake(context.now.saturating_add(request.timeout_ms.saturating_mul(MS)), MIGRATE_OVER);
        self.migration = Some(Box::new(Migration {
            client,
            target,
            open: false,
            keys,
            answers: Vec::new(),
            login: None,
            request,
            waiting: Vec::new(),
            rang: false,
        }));
        None
    }

    /// Something arrived while a MIGRATE goes on: the target's word is heard, all else waits.
    pub(super) fn receive_while_migrating(&mut self, context: &mut Context<'_>, conn: Conn, payload: Payload) {
        let Some(migration) = &mut self.migration else {
            return;
        };
        if conn != migration.target {
            migration.waiting.push((conn, payload, context.cause));
            return;
        }
        match payload {
            Payload::Accepted => {
                migration.open = true;
                self.send_keys(context);
            }
            Payload::Reply(reply) if migration.login.is_none() && !migration.request.login.is_empty() => {
                migration.login = Some(reply);
            }
            Payload::Reply(reply) => {
                migration.answers.push(reply);
                if migration.answers.len() == migration.keys.len() {
                    self.end_migration(context, None);
                }
            }
            _ => {
                let way = if migration.open { "reading from" } else { "writing to" };
                self.end_migration(context, Some(format!("IOERR error or timeout {way} target instance")));
            }
        }
    }

    fn send_keys(&mut self, context: &mut Context<'_>) {
        let Some(migration) = &self.migration else {
            return;
        };
        if !migration.request.login.is_empty() {
            context.send(migration.target, Payload::Request(migration.request.login.clone().into()));
        }
        for key in &migration.keys {
            let Some(entry) = self.store.raw(key) else {
                continue;
            };
            // At least 1 ms is left: 0 would mean no deadline.
            let left = |deadline: Micros| (deadline.saturating_sub(context.now) / MS).max(1);
            let ttl = entry.deadline.map_or(0, left);
            let mut words: Vec<Blob> = vec![
                b"RESTORE-ASKING"[..].into(),
                key.clone(),
                ttl.to_string().into_bytes().into(),
                dump::dump(&entry.value).into(),
            ];
            if migration.request.replace {
                words.push(b"REPLACE"[..].into());
            }
            context.send(migration.target, Payload::Request(words.into()));
        }
        if self.config.broken.is(Rule::MigrateWaits) {
            for key in migration.keys.clone() {
                self.store.remove(&key);
                self.feed(context, [b"DEL"[..].into(), key]);
            }
        }
    }

    /// The time is over.
    pub(super) fn migration_timeout(&mut self, context: &mut Context<'_>) {
        if let Some(migration) = &self.migration {
            let way = if migration.open { "reading from" } else { "writing to" };
            self.end_migration(context, Some(format!("IOERR error or timeout {way} target instance")));
        }
    }

    /// Deletes what the target has, answers, and goes on with what waited.
    #[inline(never)]
    fn end_migration(&mut self, context: &mut Context<'_>, broken: Option<String>) {
        let Some(migration) = self.migration.take() else {
            return;
        };
        let Migration { client, target, open, keys, answers, login, request, waiting, rang } = *migration;
        context.close(target);
        let mut moved = 0;
        let mut refused = None;
        for (key, answer) in keys.iter().zip(&answers) {
            // Whoever was not let in is told so for every key, whatever the target did with it.
            let login = login.as_ref().filter(|login| matches!(login, Reply::Error(_)));
            match login.unwrap_or(answer) {
                Reply::Error(text) => refused = refused.or(Some(text.clone())),
                _ if request.copy || self.config.broken.is(Rule::MigrateDeletes) => {}
                _ => {
                    self.store.remove(key);
                    self.feed(context, [b"DEL"[..].into(), key.clone()]);
                    moved += 1;
                }
            }
        }
        let to = context.book.resolve(&request.target).unwrap_or(self.host);
        if moved > 0 {
            context.fact(FactKind::KeysMoved { host: self.host, to, keys: moved });
        }
        if broken.is_some() && open {
            let keys = keys.iter().skip(answers.len()).cloned().collect();
            context.fact(FactKind::KeysInDoubt { host: self.host, to, keys });
        }
        let reply = match (broken, refused) {
            (Some(text), _) => Reply::error(text),
            (None, Some(text)) => Reply::error(format!("ERR Target instance replied with error: {text}")),
            (None, None) => Reply::ok(),
        };
        if self.store.has_noted() {
            self.tell_changes(context, Some(client), true, Vec::new());
        }
        context.send(client, Payload::Reply(reply));
        if self.tracking.is_some() {
            self.tell_the_rest(context);
        }
        self.unblock(context, client);
        for (conn, payload, cause) in waiting {
            context.because(cause, |context| self.receive(context, conn, payload));
        }
        if rang {
            self.cron(context);
        }
    }

    /// The words of a RESTORE-ASKING count as asked for by ASKING.
    pub(super) fn is_asking(&self, conn: Conn, name: &str) -> bool {
        name == "restore-asking" || self.client(conn).is_some_and(|client| client.asking)
    }

    /// `ASKING`: the next command may touch a slot that is only being imported.
    pub fn set_asking(&mut self, conn: Conn) {
        if let Some(client) = self.client_mut(conn) {
            client.asking = true;
        }
    }

    /// ASKING is good for one command, or for one transaction.
    pub(super) fn after_command(&mut self, conn: Conn, argv: &Rc<[Blob]>) {
        if let Some(client) = self.client_mut(conn)
            && client.transaction.is_none()
        {
            client.asking &= argv[0].eq_ignore_ascii_case(b"asking");
            // Nor does it last longer that a read is an exception.
            if let Some(tracks) = &mut client.tracks {
                tracks.caching &= argv[0].eq_ignore_ascii_case(b"client");
            }
        }
    }
}
