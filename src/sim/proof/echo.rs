//! A hazard of 7.0 after which a city may be beyond what heals by itself: an echo.
//!
//! The header of a replica carries its master's config epoch, and whoever hears it takes that for the sender's own
//! (`clusterProcessPacket`: "Update the sender configEpoch if it is publishing a newer one"). If it has not heard yet that the sender
//! was deposed, it still has the sender's old slots, now with the new epoch: it sends the rightful owner an UPDATE, and that one
//! gives way to a node that claims nothing. It takes a deposed master that follows a node with a newer epoch than its
//! successor's, such as one that imported slots of it while a cut lasted, and a third node to hear things in that order.

use super::check::{Check, Violation};
use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::world::World;

/// Whether somebody was just told that slots belong to a replica, with an epoch that this one never had.
pub(super) fn is_echo(world: &World, fact: &Fact) -> bool {
    let FactKind::SlotsLearned { owner, epoch, .. } = fact.kind else {
        return false;
    };
    world.node(owner).is_some_and(|node| !node.view.me().is_master() && node.view.me().config_epoch < epoch)
}

/// Whether an echo explains a violation: slots that nobody owns, and the data of who owned them gone.
pub(super) fn excuses(violation: &Violation) -> bool {
    matches!(
        violation.check,
        Check::Convergence | Check::Serving | Check::Losses | Check::Keys | Check::Transactions
    )
}
