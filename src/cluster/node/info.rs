//! `INFO`: what a server tells about itself. Source: Redis 7.0, `server.c`, `genRedisInfoString`.
//!
//! Fields that describe a process on a real machine (memory, CPU, files) are left out or 0: nothing here has them.

use super::Node;
use super::pubsub::Kind;
use super::replication::{MasterLink, Phase, ReplId};
use crate::cluster::address::AddressBook;
use crate::cluster::config::Policy;
use crate::cluster::digest::Digest;
use crate::cluster::time::{Micros, SECOND};

/// The version that this core follows.
pub const VERSION: &str = "7.0.15";

/// The sections, in their order.
const SECTIONS: [&str; 11] = [
    "server",
    "clients",
    "memory",
    "persistence",
    "stats",
    "replication",
    "cpu",
    "modules",
    "errorstats",
    "cluster",
    "keyspace",
];

impl Node {
    /// The text of `INFO` for these sections (all of them without any).
    pub fn info(&self, book: &AddressBook, now: Micros, wanted: &[String]) -> String {
        let all =
            wanted.is_empty() || wanted.iter().any(|word| ["all", "everything", "default"].contains(&&**word));
        let chosen = SECTIONS.iter().filter(|name| all || wanted.iter().any(|word| word == *name));
        let texts: Vec<String> = chosen.map(|name| self.section(name, book, now)).collect();
        texts.join("\r\n")
    }

    fn section(&self, name: &str, book: &AddressBook, now: Micros) -> String {
        let (title, lines) = match name {
            "server" => ("Server", self.server_lines(book, now)),
            "clients" => ("Clients", self.client_lines()),
            "memory" => ("Memory", self.memory_lines()),
            "persistence" => ("Persistence", self.persistence_lines()),
            "stats" => ("Stats", self.stats_lines()),
            "replication" => ("Replication", self.replication_lines(book, now)),
            "cpu" => ("CPU", Vec::new()),
            "modules" => ("Modules", Vec::new()),
            "errorstats" => ("Errorstats", self.error_lines()),
            "cluster" => ("Cluster", vec!["cluster_enabled:1".to_owned()]),
            _ => ("Keyspace", self.keyspace_lines(now)),
        };
        let body: String = lines.into_iter().map(|line| line + "\r\n").collect();
        format!("# {title}\r\n{body}")
    }

    fn server_lines(&self, book: &AddressBook, now: Micros) -> Vec<String> {
        let up = now.saturating_sub(self.stats.started) / SECOND;
        let hz = self.config.remembered.get("hz").map_or("10", |hz| hz);
        let run = Digest::of(&(self.view.me().id(), self.stats.started));
        lines(&format!(
            "redis_version:{VERSION}\n\
             redis_mode:cluster\n\
             os:cluster-city\n\
             arch_bits:64\n\
             run_id:{run:016x}{:016x}{:08x}\n\
             tcp_port:{}\n\
             server_time_usec:{}\n\
             uptime_in_seconds:{up}\n\
             uptime_in_days:{}\n\
             hz:{hz}\n\
             configured_hz:{hz}",
            run.rotate_left(17),
            run as u32,
            book.address(self.host).port,
            self.config.unix_ms(now) * 1000 + now % 1000,
            up / 86_400
        ))
    }

    fn client_lines(&self) -> Vec<String> {
        let (connected, blocked) = self.count_clients();
        let links = self.bus_links().len();
        lines(&format!(
            "connected_clients:{connected}\n\
             cluster_connections:{links}\n\
             maxclients:{}\n\
             blocked_clients:{blocked}\n\
             tracking_clients:{}\n\
             clients_in_timeout_table:0",
            self.max_clients(),
            self.tracking_clients()
        ))
    }

    fn memory_lines(&self) -> Vec<String> {
        // What the keys take, by the same model as `maxmemory` and MEMORY USAGE: the program itself is not counted.
        let used = self.store.memory();
        let eviction = &self.config.eviction;
        let policy = Policy::NAMES.iter().find(|(policy, _)| *policy == eviction.policy);
        lines(&format!(
            "used_memory:{used}\n\
             used_memory_human:{}\n\
             used_memory_dataset:{used}\n\
             maxmemory:{}\n\
             maxmemory_human:{}\n\
             maxmemory_policy:{}",
            human(used),
            eviction.max_memory,
            human(eviction.max_memory),
            policy.map_or("", |(_, name)| name)
        ))
    }

    fn persistence_lines(&self) -> Vec<String> {
        lines(&format!(
            "loading:{}\n\
             async_loading:0\n\
             rdb_changes_since_last_save:{}\n\
             rdb_bgsave_in_progress:0\n\
             rdb_last_save_time:{}\n\
             rdb_last_bgsave_status:ok\n\
             aof_enabled:0\n\
             aof_rewrite_in_progress:0\n\
             aof_last_bgrewrite_status:ok\n\
             aof_last_write_status:ok",
            u8::from(self.is_loading()),
            self.store.changes(),
            self.config.unix_ms(self.stats.started) / 1000
        ))
    }

    fn stats_lines(&self) -> Vec<String> {
        let stats = &self.stats;
        let (keys, items, prefixes) = self.tracking_totals();
        lines(&format!(
            "total_connections_received:{}\n\
             total_commands_processed:{}\n\
             rejected_connections:{}\n\
             sync_full:{}\n\
             sync_partial_ok:{}\n\
             sync_partial_err:{}\n\
             expired_keys:{}\n\
             evicted_keys:{}\n\
             keyspace_hits:{}\n\
             keyspace_misses:{}\n\
             pubsub_channels:{}\n\
             pubsub_patterns:{}\n\
             pubsubshard_channels:{}\n\
             tracking_total_keys:{keys}\n\
             tracking_total_items:{items}\n\
             tracking_total_prefixes:{prefixes}\n\
             total_error_replies:{}",
            stats.connections,
            stats.commands,
            stats.rejected,
            stats.sync_full,
            stats.sync_partial_ok,
            stats.sync_partial_err,
            stats.expired,
            stats.evicted,
            stats.hits,
            stats.misses,
            self.count_names(Kind::Channel),
            self.count_names(Kind::Pattern),
            self.count_names(Kind::Shard),
            stats.errors.values().sum::<u64>()
        ))
    }

    fn error_lines(&self) -> Vec<String> {
        self.stats.errors.iter().map(|(code, count)| format!("errorstat_{code}:count={count}")).collect()
    }

    fn keyspace_lines(&self, now: Micros) -> Vec<String> {
        if self.store.is_empty() {
            return Vec::new();
        }
        let volatile = self.store.volatile_len();
        // Redis's is a running average of samples; the mean of all says the same.
        let left = |index| {
            let entry = self.store.volatile_at(index).and_then(|key| self.store.raw(key));
            entry.and_then(|entry| entry.deadline).map_or(0, |at| at.saturating_sub(now) / 1000)
        };
        let sampled = volatile.min(100);
        let total: u64 = (0..sampled).map(left).sum();
        let average = total.checked_div(sampled.into()).unwrap_or(0);
        vec![format!("db0:keys={},expires={volatile},avg_ttl={average}", self.store.len())]
    }

    fn replication_lines(&self, book: &AddressBook, now: Micros) -> Vec<String> {
        let replication = &self.replication;
        let master = replication.master.filter(|_| !self.view.me().is_master());
        let mut lines = match master {
            None => vec!["role:master".to_owned()],
            Some(master) => self.replica_lines(book.address(master), now),
        };
        let replicas: Vec<_> = self.replica_records().collect();
        lines.push(format!("connected_slaves:{}", replicas.len()));
        for (index, replica) in replicas.iter().enumerate() {
            let address = book.address(replica.addr);
            let (state, lag) = match replica.phase {
                Phase::Waiting { .. } => ("wait_bgsave", 0),
                Phase::Copying { .. } => ("send_bulk", 0),
                Phase::Online => ("online", (now / SECOND).saturating_sub(replica.acked_at / SECOND)),
            };
            lines.push(format!(
                "slave{index}:ip={},port={},state={state},offset={},lag={lag}",
                address.ip_text(),
                address.port,
                replica.acked
            ));
        }
        let counts = self.config.min_replicas_to_write > 0 && self.config.min_replicas_max_lag > 0;
        if master.is_none() && counts {
            lines.insert(2.min(lines.len()), format!("min_slaves_good_slaves:{}", replication.good_replicas));
        }
        let offset = replication.offset;
        let (replid2, second) = match replication.replid2 {
            Some((replid, until)) => (hex(&replid), until.to_string()),
            None => ("0".repeat(40), "-1".to_owned()),
        };
        let first = replication.backlog.first();
        let active = first.is_some();
        lines.extend(self::lines(&format!(
            "master_failover_state:no-failover\n\
             master_replid:{}\n\
             master_replid2:{replid2}\n\
             master_repl_offset:{offset}\n\
             second_repl_offset:{second}\n\
             repl_backlog_active:{}\n\
             repl_backlog_size:{}\n\
             repl_backlog_first_byte_offset:{}\n\
             repl_backlog_histlen:{}",
            hex(&replication.replid),
            u8::from(active),
            self.config.repl_backlog_size,
            first.map_or(0, |first| first + 1),
            first.map_or(0, |first| offset.saturating_sub(first))
        )));
        lines
    }

    fn replica_lines(&self, master: crate::cluster::address::Address, now: Micros) -> Vec<String> {
        let replication = &self.replication;
        let up = matches!(replication.link, MasterLink::Streaming(_));
        let syncing = matches!(replication.link, MasterLink::Copying { .. });
        let ago = replication.last_io.filter(|_| up).map(|at| now.saturating_sub(at) / SECOND);
        let mut lines = lines(&format!(
            "role:slave\n\
             master_host:{}\n\
             master_port:{}\n\
             master_link_status:{}\n\
             master_last_io_seconds_ago:{}\n\
             master_sync_in_progress:{}\n\
             slave_read_repl_offset:{}\n\
             slave_repl_offset:{}",
            master.ip_text(),
            master.port,
            if up { "up" } else { "down" },
            ago.map_or("-1".to_owned(), |ago| ago.to_string()),
            u8::from(syncing),
            replication.replica_offset(),
            replication.replica_offset()
        ));
        if let MasterLink::Copying { done, total, .. } = replication.link {
            lines.push(format!("master_sync_total_bytes:{total}"));
            lines.push(format!("master_sync_read_bytes:{done}"));
            lines.push(format!("master_sync_left_bytes:{}", total.saturating_sub(done)));
        }
        if !up {
            let since = replication.down_since.map(|at| (now.saturating_sub(at) / SECOND).to_string());
            lines.push(format!("master_link_down_since_seconds:{}", since.unwrap_or("-1".to_owned())));
        }
        lines.push("slave_priority:100".to_owned());
        lines.push("slave_read_only:1".to_owned());
        lines.push("replica_announced:1".to_owned());
        lines
    }
}

/// Bytes as people read them. Source: Redis 7.0, `server.c`, `bytesToHuman`.
fn human(bytes: u64) -> String {
    let units = [(1_u64 << 40, 'T'), (1 << 30, 'G'), (1 << 20, 'M'), (1 << 10, 'K')];
    match units.into_iter().find(|(unit, _)| bytes >= *unit) {
        None => format!("{bytes}B"),
        Some((unit, sign)) => {
            // Rounded; a hundred times more than there are bytes would not fit.
            let hundredths = bytes / unit * 100 + (bytes % unit * 100 + unit / 2) / unit;
            format!("{}.{:02}{sign}", hundredths / 100, hundredths % 100)
        }
    }
}

fn hex(id: &ReplId) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text's lines: one text is less code than many.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}
