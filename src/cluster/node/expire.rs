//! Removing keys whose time is over, before anybody asks for them. Only masters do, and not while clients are paused;
//! replicas wait to be told.
//!
//! Source: Redis 7.0, `expire.c`, `activeExpireCycle`.

use super::Node;
use crate::cluster::context::Context;
use crate::cluster::fact::FactKind;
use crate::cluster::reply::Blob;

/// Keys looked at in one round.
const SAMPLE: u32 = 20;
/// Rounds in one cron: stands for the 25 % of a core that Redis allows itself.
const ROUNDS: u32 = 16;

impl Node {
    /// Samples keys with a deadline; goes on while more than a tenth of a sample was over.
    pub(super) fn expire_some(&mut self, context: &mut Context<'_>) {
        if !self.view.me().is_master() || self.stands_still() {
            return;
        }
        for _ in 0..ROUNDS {
            let volatile = self.store.volatile_len();
            if volatile == 0 {
                return;
            }
            let mut over: Vec<Blob> = Vec::new();
            let looked = SAMPLE.min(volatile);
            for turn in 0..looked {
                let index = if volatile <= SAMPLE { turn } else { context.rng.below(volatile) };
                if let Some(key) = self.store.volatile_at(index)
                    && self.store.raw(key).is_some_and(|entry| entry.is_expired(context.now))
                    && !over.contains(key)
                {
                    over.push(key.clone());
                }
            }
            let share = over.len() as u32 * 10;
            for key in over {
                self.expire_key(context, &key);
            }
            if share <= looked {
                return;
            }
        }
    }

    fn expire_key(&mut self, context: &mut Context<'_>, key: &Blob) {
        self.store.remove(key);
        context.fact(FactKind::Expired { host: self.host, key: key.clone() });
        self.feed(context, [b"DEL"[..].into(), key.clone()]);
    }
}
