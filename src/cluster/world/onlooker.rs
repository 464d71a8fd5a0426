//! What an onlooker adds to facts: what one came from where no message brought it, for a node's timer often finds out what
//! was done to another one long before. Nothing that happens depends on it.

use crate::cluster::fact::{Fact, FactId, FactKind};
use crate::cluster::id::HostId;

/// The newest fact of each of these about a machine, by number; 0 for none. It was harmed: killed, frozen, slowed, cut off,
/// or without power.
const HARM: usize = 0;
/// That ended; or it is new.
const RELIEF: usize = 1;
/// It serves other slots, in another epoch, or follows another one.
const CLAIM: usize = 2;
/// It took something new for true.
const HEARD: usize = 3;
/// Why it needs its master's data, or the end of the stream.
const LINK: usize = 4;
/// The copy that it was given, or the rest of the stream.
const SYNC: usize = 5;
/// A handover that it takes part in.
const MANUAL: usize = 6;
/// It was told to get to know somebody, or was forgotten.
const JOINED: usize = 7;
/// Not 0 while it is silent for what people did to it.
const SILENT: usize = 8;

/// Who looks on. Numbers, and functions that are not repeated, for the page's sake.
#[derive(Clone, Debug, Default)]
pub(super) struct Onlooker {
    seen: Vec<[u64; 9]>,
    /// The last thing done to all streets, or to messages on them.
    streets: u64,
    /// The last time that anybody came to serve slots.
    claimed: u64,
    /// The newest fact that was looked at, and the last before the city opened.
    noted: u64,
    opened: u64,
}

impl Onlooker {
    /// A city that opens now: whatever was before is of no interest.
    pub(super) fn open(&mut self, last: FactId) {
        *self = Self { noted: last.0, opened: last.0, ..Self::default() };
    }

    /// People did something to a machine that may make it silent; `silent` if it certainly does.
    pub(super) fn harm(&mut self, host: HostId, fact: FactId, silent: bool) {
        self.set(host, if silent { &[HARM, SILENT] } else { &[HARM] }, fact.0);
    }

    /// People ended that, or put it up; `speaks` if it is not silent from now on.
    pub(super) fn relief(&mut self, host: HostId, fact: FactId, speaks: bool) {
        self.set(host, &[RELIEF], fact.0);
        if speaks {
            self.set(host, &[SILENT], 0);
        }
    }

    /// All roads and machines are well again: whoever was harmed by that is, too.
    pub(super) fn heal(&mut self, host: HostId, fact: FactId) {
        if self.at(host, SILENT) == 0 && self.at(host, HARM) > self.at(host, RELIEF) {
            self.set(host, &[RELIEF], fact.0);
        }
    }

    /// Looks at all facts that are new: says what those came from that do not say it themselves.
    pub(super) fn look(&mut self, fresh: &mut [Fact]) {
        let first = fresh.iter().rposition(|fact| fact.id.0 <= self.noted).map_or(0, |last| last + 1);
        for fact in &mut fresh[first..] {
            // What was before the opening is not known to anybody.
            let said = fact.cause.map_or(0, |cause| cause.0);
            let cause = self.cause(&fact.kind, if said > self.opened { said } else { 0 });
            fact.cause = (cause > 0 && cause < fact.id.0).then_some(FactId(cause));
            self.note(fact.id.0, &fact.kind);
            self.noted = fact.id.0;
        }
    }

    #[inline(never)]
    fn at(&self, host: HostId, what: usize) -> u64 {
        self.seen.get(usize::from(host.0)).map_or(0, |seen| seen[what])
    }

    /// The newest of one of two, and of one of the other.
    #[inline(never)]
    fn of_two(&self, (one, of_one): (HostId, usize), (other, of_other): (HostId, usize)) -> u64 {
        self.at(one, of_one).max(self.at(other, of_other))
    }

    #[inline(never)]
    fn set(&mut self, host: HostId, whats: &[usize], to: u64) {
        let at = usize::from(host.0);
        if self.seen.len() <= at {
            self.seen.resize(at + 1, [0; 9]);
        }
        whats.iter().for_each(|what| self.seen[at][*what] = to);
    }

    /// What a fact came from, which says so itself or not: the newest of what can have brought it about.
    fn cause(&self, kind: &FactKind, said: u64) -> u64 {
        use FactKind as F;
        let may_err = matches!(
            kind,
            F::Suspected { .. } | F::LinkLost { .. } | F::StateChanged { down: None, .. } | F::SyncDone { .. }
        );
        if said > 0 && !may_err {
            return said;
        }
        let found = match *kind {
            // What a node remembers of trouble with another one may be of an earlier time than the harm.
            F::Suspected { host, peer, .. } => said.max(self.silence(host, peer)),
            // Of whoever speaks again it is heard that it knows nothing of the connection.
            F::LinkLost { host, peer } | F::ReplicationLost { host, master: peer } => {
                let back = if self.at(peer, SILENT) > 0 { 0 } else { self.at(peer, RELIEF) };
                said.max(self.silence(host, peer)).max(back)
            }
            F::Unsuspected { host, peer } | F::FailCleared { host, peer } => {
                self.of_two((host, RELIEF), (peer, RELIEF)).max(self.streets)
            }
            F::SlotsLearned { host, owner: other, .. }
            | F::EpochCollision { host, with: other, .. }
            | F::Introduced { host, peer: other } => {
                let told = self.of_two((host, JOINED), (other, JOINED)).max(self.at(other, CLAIM));
                self.of_two((host, RELIEF), (other, RELIEF)).max(told)
            }
            F::BecameReplica { host, of, .. } => {
                self.of_two((host, HEARD), (of, CLAIM)).max(self.at(host, RELIEF))
            }
            // It looks whenever anything comes, be it a client's question: what counts is what it learned.
            F::StateChanged { host, down: None } => self.of_two((host, HEARD), (host, RELIEF)),
            F::StateChanged { host, .. } => self.of_two((host, HEARD), (host, HARM)),
            F::FullSync { host, master, .. } | F::PartialSync { host, master, .. } => {
                self.of_two((host, RELIEF), (master, RELIEF)).max(self.at(host, LINK))
            }
            F::SyncDone { host, .. } => self.at(host, SYNC),
            F::OrphanAdopted { host, .. } | F::ElectionScheduled { host, .. } | F::Failed { host, .. } => {
                self.at(host, HEARD)
            }
            F::HandoverTimedOut { host } | F::CaughtUp { host, .. } => self.at(host, MANUAL),
            F::MapLearned { .. } => self.claimed,
            _ => 0,
        };
        if found > 0 { found } else { said }
    }

    /// What a silence between two came from.
    fn silence(&self, host: HostId, peer: HostId) -> u64 {
        let harm = self.at(peer, HARM);
        if self.at(peer, SILENT) > 0 { harm } else { harm.max(self.at(host, HARM)).max(self.streets) }
    }

    fn note(&mut self, id: u64, kind: &FactKind) {
        use FactKind as F;
        let (host, whats): (HostId, &[usize]) = match *kind {
            F::RoadsSlowed { .. }
            | F::RoadsLossy { .. }
            | F::RoadsMended
            | F::MessageDelayed { .. }
            | F::WeatherChanged { .. }
            | F::StreetsChanged { .. } => {
                self.streets = id;
                return;
            }
            F::Promoted { host, .. }
            | F::EpochCollision { host, .. }
            | F::SlotArrived { host, .. }
            | F::SlotsAssigned { host, .. } => {
                self.claimed = id;
                (host, &[CLAIM, HEARD])
            }
            F::BecameReplica { host, .. } => (host, &[CLAIM, HEARD, LINK]),
            F::SlotsLearned { host, .. }
            | F::Suspected { host, .. }
            | F::Unsuspected { host, .. }
            | F::Failed { host, .. }
            | F::ToldFailed { host, .. }
            | F::FailCleared { host, .. } => (host, &[HEARD]),
            // While a MIGRATE waits for its answer, a node answers nobody.
            F::KeysInDoubt { host, .. } => (host, &[RELIEF]),
            F::ReplicationLost { host, .. } => (host, &[LINK]),
            F::FullSync { host, .. } | F::PartialSync { host, .. } => (host, &[SYNC]),
            F::HandoverAsked { host, .. } | F::WritesPaused { host, .. } => (host, &[MANUAL]),
            F::Introduced { host, .. } | F::ClusterReset { host, .. } => (host, &[HEARD, JOINED]),
            F::Meeting { host, addr: other } | F::Forgotten { host, peer: other } => {
                self.set(other, &[JOINED], id);
                (host, &[JOINED])
            }
            _ => return,
        };
        self.set(host, whats, id);
    }
}
