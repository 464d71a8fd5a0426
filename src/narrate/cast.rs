//! Who is called what: names follow the facts, so that a sentence uses the names of its own moment.

use std::rc::Rc;

use crate::cluster::fact::{Fact, FactKind};
use crate::cluster::id::{CommandId, HostId, RackId};
use crate::cluster::reply::Blob;
use crate::cluster::snapshot::{NodeState, NodeView, Role, Snapshot};

use super::{Term, Voice};

/// What a name depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    host: HostId,
    shard: u16,
    master: bool,
    /// When it last became a master: of two masters of a shard the later one has the name.
    rank: u64,
    address: Rc<str>,
    rack: RackId,
}

/// All nodes and racks with their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cast {
    parts: Vec<Part>,
    racks: Vec<(RackId, Rc<str>)>,
    /// Commands that wait for their answer.
    typed: Vec<(CommandId, Rc<[Blob]>)>,
}

impl Cast {
    /// The names at the moment of a snapshot.
    pub fn new(now: &Snapshot) -> Self {
        let part = |node: &NodeView| Part {
            host: node.host,
            shard: node.shard,
            master: node.role == Role::Master,
            // A failed master yields its name to whoever took its place with a newer epoch.
            rank: node.config_epoch * 2 + u64::from(node.state != NodeState::Fail),
            address: node.address.clone(),
            rack: node.rack,
        };
        let racks = now.racks.iter().map(|rack| (rack.id, rack.name.clone()));
        Self { parts: now.nodes.iter().map(part).collect(), racks: racks.collect(), typed: Vec::new() }
    }

    /// Takes note of what a fact changes about names. To be called with every fact, in order.
    pub fn note(&mut self, fact: &Fact) {
        match fact.kind {
            FactKind::Promoted { host, epoch, .. } => {
                if let Some(part) = self.part_mut(host) {
                    part.master = true;
                    part.rank = epoch * 2 + 1;
                }
            }
            FactKind::MachineAdded { host, rack, shard, address } if self.part_mut(host).is_none() => {
                let address = address.to_string().into();
                self.parts.push(Part { host, shard, master: true, rank: 1, address, rack });
            }
            FactKind::MachineMoved { host, rack } => {
                if let Some(part) = self.part_mut(host) {
                    part.rack = rack;
                }
            }
            FactKind::ClusterReset { host, .. } => {
                // It belongs to nobody: a shop of its own again.
                let shard = self.parts.iter().map(|part| part.shard).max().unwrap_or(0) + 1;
                if let Some(part) = self.part_mut(host) {
                    (part.master, part.shard, part.rank) = (true, shard, 1);
                }
            }
            FactKind::BecameReplica { host, of, .. } => {
                let shard = self.shard(of);
                if let Some(part) = self.part_mut(host) {
                    part.master = false;
                    part.shard = shard;
                }
            }
            FactKind::CommandTyped { command, ref argv, .. } => {
                self.typed.push((command, argv.clone()));
            }
            FactKind::Answered { command, .. } | FactKind::GaveUp { command, .. } => {
                self.typed.retain(|(typed, _)| *typed != command);
            }
            _ => {}
        }
    }

    /// The words of a command that waits for its answer.
    pub(super) fn typed(&self, command: CommandId) -> Option<&[Blob]> {
        self.typed.iter().find(|(typed, _)| *typed == command).map(|(_, argv)| &**argv)
    }

    /// `Shop 3`, `Backup 3`; for servers `Master 3`, `Replica 3`. Replicas of one master are told apart by a letter,
    /// a master whose place was taken by `Old`, and several of those by a letter, too.
    pub fn name(&self, host: HostId, voice: Voice) -> String {
        let Some(part) = self.parts.iter().find(|part| part.host == host) else {
            return format!("machine {}", host.0);
        };
        let same: Vec<&Part> =
            self.parts.iter().filter(|other| other.shard == part.shard && other.master == part.master).collect();
        let shard = part.shard;
        let (word, same) = if part.master {
            // No two have one name, not even two that hold the same epoch for a while.
            let newest = same.iter().map(|other| (other.rank, other.host)).max();
            if newest.is_none_or(|(_, newest)| newest == host) {
                return format!("{} {shard}", voice.word(Term::Master));
            }
            let old = same.into_iter().filter(|other| newest.is_some_and(|(_, newest)| newest != other.host));
            (voice.word(Term::OldMaster), old.collect())
        } else {
            (voice.word(Term::Replica), same)
        };
        let letter = same.iter().position(|other| other.host == host).filter(|_| same.len() > 1);
        let letter = letter.map_or(String::new(), |index| char::from(b'a' + (index % 26) as u8).to_string());
        format!("{word} {shard}{letter}")
    }

    /// Whether a node is a master.
    pub fn is_master(&self, host: HostId) -> bool {
        self.parts.iter().any(|part| part.host == host && part.master)
    }

    /// A node's shard number.
    pub fn shard(&self, host: HostId) -> u16 {
        self.parts.iter().find(|part| part.host == host).map_or(0, |part| part.shard)
    }

    /// `10.0.3.1:6379`.
    pub fn address(&self, host: HostId) -> &str {
        self.parts.iter().find(|part| part.host == host).map_or("", |part| &part.address)
    }

    /// The machines in a rack.
    pub fn in_rack(&self, rack: RackId) -> impl Iterator<Item = HostId> {
        self.parts.iter().filter(move |part| part.rack == rack).map(|part| part.host)
    }

    /// `Rack B`.
    pub fn rack(&self, rack: RackId, voice: Voice) -> String {
        let found = self.racks.iter().find(|(id, _)| *id == rack);
        let word = voice.word(Term::Rack);
        found.map_or_else(|| format!("{word} {}", rack.0), |(_, name)| format!("{word} {name}"))
    }

    fn part_mut(&mut self, host: HostId) -> Option<&mut Part> {
        self.parts.iter_mut().find(|part| part.host == host)
    }
}
