//! MONITOR: connections that see every command of their node. Source: Redis 7.0, `replication.c`,
//! `replicationFeedMonitors`; `server.c`, `call`.

use super::Node;
use super::clients::far_end;
use crate::cluster::command::{Flag, Spec};
use crate::cluster::connection::{Conn, Payload};
use crate::cluster::context::Context;
use crate::cluster::reply::{Blob, Reply, quoted};
use crate::cluster::time::MS;

impl Node {
    /// `MONITOR`; one that does so already is not answered again.
    pub fn monitor(&mut self, conn: Conn) -> Reply {
        match self.client_mut(conn) {
            Some(client) if !client.monitors => client.monitors = true,
            _ => return Reply::Several(Vec::new()),
        }
        self.monitors.push(conn);
        Reply::ok()
    }

    /// A connection is gone, or was reset.
    pub(super) fn forget_monitor(&mut self, conn: Conn) {
        self.monitors.retain(|&other| other != conn);
        if let Some(client) = self.client_mut(conn) {
            client.monitors = false;
        }
    }

    /// Shows a command that was carried out to those who watch. What administrators say is not for their eyes.
    pub(super) fn show_to_monitors(&self, context: &mut Context<'_>, conn: Conn, spec: &Spec, argv: &[Blob]) {
        if !self.monitors.is_empty() && !spec.is(Flag::Admin) && spec.name != "evalsha" {
            self.tell_monitors(context, conn, spec, argv);
        }
    }

    #[inline(never)]
    fn tell_monitors(&self, context: &mut Context<'_>, conn: Conn, spec: &Spec, argv: &[Blob]) {
        let (ms, micros) = (self.config.unix_ms(context.now), context.now % MS);
        let far_end = far_end(context.book, conn);
        let mut line = format!("{}.{:03}{micros:03} [0 {far_end}]", ms / 1000, ms % 1000);
        for (at, word) in argv.iter().enumerate() {
            let secret = is_secret(spec.name, argv, at);
            line.push(' ');
            line.push_str(&if secret { "\"(redacted)\"".to_owned() } else { quoted(word) });
        }
        for &conn in &self.monitors {
            context.send(conn, Payload::Push(Reply::status(line.clone())));
        }
    }
}

/// Names and passwords. Source: Redis 7.0, the uses of `redactClientCommandArgument`.
fn is_secret(name: &str, argv: &[Blob], at: usize) -> bool {
    let follows = |word: &[u8], most: usize| {
        (1..=most.min(at)).any(|back| argv[at - back].eq_ignore_ascii_case(word) && at - back > 1)
    };
    match name {
        "auth" => at > 0,
        "hello" => follows(b"AUTH", 2),
        "migrate" => at > 5 && (follows(b"AUTH", 1) || follows(b"AUTH2", 2)),
        _ => false,
    }
}
