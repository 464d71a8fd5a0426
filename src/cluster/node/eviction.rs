//! Making room when memory is short: which keys are used least, and who goes. Source: Redis 7.0, `evict.c`.

use super::Node;
use crate::cluster::config::{Eviction, Policy};
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;
use crate::cluster::reply::Blob;
use crate::cluster::rng::Rng;
use crate::cluster::time::{Micros, SECOND};

/// `LFU_INIT_VAL`: a new key is not the first to go.
const FIRST_COUNT: u32 = 5;
/// `EVPOOL_SIZE`.
const POOL: usize = 16;

/// The minute of a moment, in 24 bits.
fn minute(now: Micros) -> u32 {
    (now / (60 * SECOND)) as u32 & 0xff_ffff
}

/// What a new key remembers of its last access.
pub fn fresh(now: Micros, rules: &Eviction) -> u32 {
    if rules.policy.is_lfu() { minute(now) << 8 | FIRST_COUNT } else { (now / SECOND) as u32 }
}

/// What a key remembers after one more access. Source: `evict.c`, `LFULogIncr`.
pub fn touched(access: u32, now: Micros, rules: &Eviction, rng: &mut Rng) -> u32 {
    if !rules.policy.is_lfu() {
        return (now / SECOND) as u32;
    }
    let count = frequency(access, now, rules);
    let above = count.saturating_sub(FIRST_COUNT);
    let odds = u64::from(above) * rules.lfu_log_factor + 1;
    let more = count < 255 && rng.below(u32::try_from(odds).unwrap_or(u32::MAX)) == 0;
    minute(now) << 8 | (count + u32::from(more))
}

/// How often a key is used, on a logarithmic scale up to 255. Source: `evict.c`, `LFUDecrAndReturn`.
pub fn frequency(access: u32, now: Micros, rules: &Eviction) -> u32 {
    let minutes = minute(now).wrapping_sub(access >> 8) & 0xff_ffff;
    let periods = u64::from(minutes).checked_div(rules.lfu_decay_minutes).unwrap_or(0);
    (access & 255).saturating_sub(u32::try_from(periods).unwrap_or(u32::MAX))
}

/// Seconds since the last access, in 24 bits: a restored key may have been idle for longer than this city is there.
pub fn idle_seconds(access: u32, now: Micros) -> u32 {
    ((now / SECOND) as u32).wrapping_sub(access) & 0xff_ffff
}

/// What a restored key remembers of its last access, if it was told what the policy counts.
pub fn restored(now: Micros, rules: &Eviction, idle: Option<u64>, freq: Option<u64>) -> Option<u32> {
    if rules.policy.is_lfu() {
        return freq.map(|freq| minute(now) << 8 | freq.min(255) as u32);
    }
    idle.map(|idle| ((now / SECOND) as u32).wrapping_sub(idle.min(0xff_ffff) as u32))
}

/// The best candidates so far, best last.
pub(super) type Pool = Vec<(u64, Blob)>;

impl Node {
    /// Evicts until memory suffices; says whether it does. A replica leaves it to its master, and a master to the time after
    /// a pause.
    pub(super) fn make_room(&mut self, context: &mut Context<'_>) -> bool {
        let rules = self.config.eviction;
        if rules.max_memory == 0 || !self.view.me().is_master() || self.stands_still() {
            return true;
        }
        while self.store.memory() > rules.max_memory {
            let Some(key) = self.next_to_go(context, &rules) else {
                return false;
            };
            self.store.remove(&key);
            self.stats.evicted += 1;
            context.fact(FactKind::Evicted { host: self.host, key: key.clone() });
            self.feed(context, [b"DEL"[..].into(), key]);
        }
        true
    }

    fn next_to_go(&mut self, context: &mut Context<'_>, rules: &Eviction) -> Option<Blob> {
        match rules.policy {
            Policy::NoEviction => None,
            Policy::AllKeysRandom | Policy::VolatileRandom => self.any_key(context.rng, rules.policy),
            _ => {
                for _ in 0..=POOL {
                    self.sample(context, rules);
                    // A candidate of an earlier round may be gone meanwhile.
                    while let Some((_, key)) = self.eviction_pool.pop() {
                        if self
                            .store
                            .raw(&key)
                            .is_some_and(|entry| !rules.policy.is_volatile() || entry.deadline.is_some())
                        {
                            return Some(key);
                        }
                    }
                    self.any_key(context.rng, rules.policy)?;
                }
                None
            }
        }
    }

    fn any_key(&self, rng: &mut Rng, policy: Policy) -> Option<Blob> {
        let store = &self.store;
        let key = if policy.is_volatile() {
            store.volatile_at(rng.below(store.volatile_len()))
        } else {
            store.key_at(rng.below(store.len()))
        };
        key.cloned()
    }

    /// Puts some keys, chosen by chance, into the pool of candidates. Source: `evict.c`, `evictionPoolPopulate`.
    fn sample(&mut self, context: &mut Context<'_>, rules: &Eviction) {
        for _ in 0..rules.samples.min(64) {
            let Some(key) = self.any_key(context.rng, rules.policy) else {
                return;
            };
            let Some(entry) = self.store.raw(&key) else {
                continue;
            };
            let idle = match rules.policy {
                Policy::AllKeysLfu | Policy::VolatileLfu => {
                    255 - u64::from(frequency(entry.access, context.now, rules))
                }
                Policy::VolatileTtl => u64::MAX - entry.deadline.unwrap_or(u64::MAX),
                _ => idle_seconds(entry.access, context.now).into(),
            };
            let pool = &mut self.eviction_pool;
            if pool.iter().any(|(_, known)| *known == key) {
                continue;
            }
            pool.insert(pool.partition_point(|(other, _)| *other < idle), (idle, key));
            if pool.len() > POOL {
                pool.remove(0);
            }
        }
    }
}
