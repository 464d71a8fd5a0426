//! What WAIT says: so many replicas have the connection's last write.

use std::collections::BTreeSet;

use super::{Ledger, Typed};
use crate::cluster::id::HostId;
use crate::cluster::node::Node;
use crate::cluster::time::Micros;
use crate::cluster::world::World;
use crate::sim::proof::check::{Check, Violation, running, violated};

impl Ledger {
    /// A replica gave up what it had, or a master was replaced.
    pub(super) fn emptied(&mut self, host: HostId, at: Micros) {
        let of = self.synced.get(&host).copied().unwrap_or(host);
        self.emptied.insert((host, of), at);
    }

    /// WAIT said `count`: so many replicas have the connection's last write.
    pub(super) fn waited(
        &mut self,
        world: &World,
        typed: &Typed,
        from: HostId,
        count: i64,
        at: Micros,
    ) -> Result<(), Violation> {
        let Some(&(command, typed_at)) = self.last.get(&typed.door) else {
            return Ok(());
        };
        // Written and waited for in one go, and the master itself has all that it had.
        let since = || self.emptied.iter().filter(|&(_, &at)| at >= typed_at).map(|(&emptied, _)| emptied);
        if typed_at != typed.at || typed.door.1 != Some(from) || since().any(|(host, _)| host == from) {
            return Ok(());
        }
        // Those of its replicas that said so, and gave up what they had before the answer came.
        let gone: BTreeSet<HostId> = since().filter(|&(_, of)| of == from).map(|(host, _)| host).collect();
        for item in self.items.iter_mut().filter(|item| item.command == command) {
            let has = |(host, node): (HostId, &Node)| {
                (host != from && item.trace.is_in(&node.store, &item.key)).then_some(host)
            };
            item.kept = running(world).filter_map(has).collect();
            if (item.kept.iter().chain(&gone).collect::<BTreeSet<_>>().len() as i64) < count {
                let what = format!("WAIT said {count}, {:?} have {command:?}", item.kept);
                return violated(Check::Wait, at, what);
            }
        }
        Ok(())
    }
}
