//! What a node can be configured to: Redis's names and defaults.
//!
//! Source: Redis 7.0, `config.c`; `cluster.h` for what cannot be configured.

use super::broken::Broken;
use super::store::Limits;
use super::time::{MS, Micros, SECOND};

/// The settings of one node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// `cluster-node-timeout`.
    pub node_timeout: Micros,
    /// `cluster-replica-validity-factor`; 0 lets a replica of any age be elected.
    pub replica_validity_factor: u64,
    /// `cluster-require-full-coverage`.
    pub require_full_coverage: bool,
    /// `cluster-allow-reads-when-down`.
    pub allow_reads_when_down: bool,
    /// `cluster-migration-barrier`: a master keeps more replicas than this before one of them moves.
    pub migration_barrier: u64,
    /// `cluster-allow-replica-migration`.
    pub allow_replica_migration: bool,
    /// `cluster-replica-no-failover`.
    pub replica_no_failover: bool,
    /// `min-replicas-to-write`; 0 is off.
    pub min_replicas_to_write: u64,
    /// `min-replicas-max-lag`.
    pub min_replicas_max_lag: Micros,
    /// `repl-ping-replica-period`.
    pub repl_ping_period: Micros,
    /// `repl-timeout`.
    pub repl_timeout: Micros,
    /// `repl-backlog-size`, in bytes.
    pub repl_backlog_size: u64,
    /// `repl-diskless-sync-delay`: how long a full copy waits for more replicas to arrive.
    pub repl_diskless_sync_delay: Micros,
    /// Bytes a second that a full copy sends; a property of the simulated network, not of Redis.
    pub sync_bytes_per_second: u64,
    /// `hash-max-listpack-entries` and its like.
    pub limits: Limits,
    /// `maxmemory` and its like.
    pub eviction: Eviction,
    /// The rule that is broken on purpose; none but in the proof.
    pub broken: Broken,
    /// Bytes a second that a replica loads of a copy that has come; a property of the simulated machines.
    pub load_bytes_per_second: u64,
    /// `replica-serve-stale-data`.
    pub replica_serve_stale_data: bool,
    /// `cluster-allow-pubsubshard-when-down`.
    pub allow_pubsubshard_when_down: bool,
    /// The wall clock at virtual time 0, in milliseconds since 1970: only what shows or takes a date uses it.
    pub unix_base_ms: u64,
}

impl Config {
    /// Virtual time as milliseconds since 1970.
    pub fn unix_ms(&self, at: Micros) -> u64 {
        self.unix_base_ms + at / MS
    }

    /// Milliseconds since 1970 as virtual time; moments before the world began are its beginning.
    pub fn from_unix_ms(&self, ms: i64) -> Micros {
        u64::try_from(ms).unwrap_or(0).saturating_sub(self.unix_base_ms).saturating_mul(MS)
    }
}

/// What happens when memory is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Eviction {
    /// `maxmemory`, in bytes; 0 is without bounds.
    pub max_memory: u64,
    /// `maxmemory-policy`.
    pub policy: Policy,
    /// `maxmemory-samples`.
    pub samples: u64,
    /// `lfu-log-factor`.
    pub lfu_log_factor: u64,
    /// `lfu-decay-time`, in minutes.
    pub lfu_decay_minutes: u64,
}

/// `maxmemory-policy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are Redis's own")]
pub enum Policy {
    NoEviction,
    AllKeysLru,
    AllKeysLfu,
    AllKeysRandom,
    VolatileLru,
    VolatileLfu,
    VolatileRandom,
    VolatileTtl,
}

impl Policy {
    /// All, with their names.
    pub const NAMES: [(Self, &'static str); 8] = [
        (Self::NoEviction, "noeviction"),
        (Self::AllKeysLru, "allkeys-lru"),
        (Self::AllKeysLfu, "allkeys-lfu"),
        (Self::AllKeysRandom, "allkeys-random"),
        (Self::VolatileLru, "volatile-lru"),
        (Self::VolatileLfu, "volatile-lfu"),
        (Self::VolatileRandom, "volatile-random"),
        (Self::VolatileTtl, "volatile-ttl"),
    ];

    /// Whether it counts how often keys are used.
    pub fn is_lfu(self) -> bool {
        matches!(self, Self::AllKeysLfu | Self::VolatileLfu)
    }

    /// Whether only keys with a deadline may go.
    pub fn is_volatile(self) -> bool {
        matches!(self, Self::VolatileLru | Self::VolatileLfu | Self::VolatileRandom | Self::VolatileTtl)
    }
}

impl Default for Eviction {
    fn default() -> Self {
        Self { max_memory: 0, policy: Policy::NoEviction, samples: 5, lfu_log_factor: 10, lfu_decay_minutes: 1 }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            node_timeout: 15 * SECOND,
            replica_validity_factor: 10,
            require_full_coverage: true,
            allow_reads_when_down: false,
            migration_barrier: 1,
            allow_replica_migration: true,
            replica_no_failover: false,
            min_replicas_to_write: 0,
            min_replicas_max_lag: 10 * SECOND,
            repl_ping_period: 10 * SECOND,
            repl_timeout: 60 * SECOND,
            repl_backlog_size: 1024 * 1024,
            repl_diskless_sync_delay: 5 * SECOND,
            sync_bytes_per_second: 64 * 1024 * 1024,
            limits: Limits::default(),
            eviction: Eviction::default(),
            broken: Broken::default(),
            load_bytes_per_second: 256 * 1024 * 1024,
            replica_serve_stale_data: true,
            allow_pubsubshard_when_down: true,
            unix_base_ms: NEW_YEAR,
        }
    }
}

/// How often `clusterCron` runs.
pub const CRON_PERIOD: Micros = 100 * MS;
/// `CLUSTER_WRITABLE_DELAY`: a starting master answers no keys for so long.
pub const WRITABLE_DELAY: Micros = 2 * SECOND;
/// `CLUSTER_MIN_REJOIN_DELAY`.
pub const MIN_REJOIN_DELAY: Micros = 500 * MS;
/// `CLUSTER_MAX_REJOIN_DELAY`.
pub const MAX_REJOIN_DELAY: Micros = 5 * SECOND;
/// The fixed part of the wait before an election.
pub const ELECTION_DELAY: Micros = 500 * MS;
/// The random part of that wait is below this.
pub const ELECTION_RANDOM: Micros = 500 * MS;
/// What each replica with a better offset adds to that wait.
pub const ELECTION_RANK_STEP: Micros = SECOND;
/// 1 January 2026, in milliseconds since 1970.
const NEW_YEAR: u64 = 1_767_225_600_000;
