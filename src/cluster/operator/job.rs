//! A task on its way: what was found out, what is to be done next, and what to make of the answers.

use std::collections::VecDeque;
use std::rc::Rc;

use super::plan::{self, Move};
use super::survey::{self, Line};
use super::task::{Step, Task, words};
use crate::cluster::address::AddressBook;
use crate::cluster::fact::FactId;
use crate::cluster::id::{HostId, NodeId};
use crate::cluster::reply::{Blob, Reply};

/// How many keys one MIGRATE takes, and how long it may take, as in redis-cli.
const BATCH: &str = "10";
const MIGRATE_MS: &str = "60000";
/// How often something that is waited for is asked about: 200 ms apart, half a minute in all.
const MOST_POLLS: u16 = 150;

/// How many masters are asked whether they know a newcomer: of a large cluster the others hear of it soon after.
const MOST_ASKED: usize = 32;

/// A task on its way.
#[derive(Clone, Debug, Hash)]
pub(super) struct Job {
    pub(super) task: Task,
    pub(super) cause: FactId,
    pub(super) moved: u16,
    pub(super) of: u16,
    pub(super) lines: Vec<Line>,
    /// Slots still to move.
    moves: VecDeque<Move>,
    /// What is done at once and in this order.
    steps: VecDeque<Step>,
    /// What follows when all slots have moved.
    afterwards: VecDeque<Step>,
    /// Masters that are still to be asked about slots left half moved.
    unasked: VecDeque<HostId>,
    polls: u16,
}

/// When to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Now,
    Later,
}

impl Job {
    pub(super) fn new(task: Task, entry: HostId, cause: FactId) -> Self {
        Self {
            task,
            cause,
            moved: 0,
            of: 0,
            lines: Vec::new(),
            moves: VecDeque::new(),
            steps: VecDeque::from([Step::Survey(entry)]),
            afterwards: VecDeque::new(),
            unasked: VecDeque::new(),
            polls: 0,
        }
    }

    /// What to say next, and to whom; `None` when everything is done.
    pub(super) fn say(&mut self) -> Option<(HostId, Rc<[Blob]>)> {
        loop {
            match self.steps.front() {
                Some(Step::Survey(host) | Step::Knows(host, _)) => {
                    return Some((*host, words(&["CLUSTER", "NODES"])));
                }
                Some(Step::Name(host)) => return Some((*host, words(&["CLUSTER", "MYID"]))),
                Some(Step::Ready(host)) => return Some((*host, words(&["CLUSTER", "INFO"]))),
                Some(Step::Say(host, argv) | Step::Mention(host, argv)) => return Some((*host, argv.clone())),
                Some(Step::Keys { source, one, .. }) => {
                    let slot = one.slot.to_string();
                    return Some((*source, words(&["CLUSTER", "GETKEYSINSLOT", &slot, BATCH])));
                }
                Some(Step::Count) => {
                    self.moved += 1;
                    self.steps.pop_front();
                }
                None => self.refill()?,
            }
        }
    }

    /// The steps of the next slot, or what follows when all have moved.
    fn refill(&mut self) -> Option<()> {
        if let Some(one) = self.moves.pop_front() {
            self.steps = self.steps_of(one);
            return Some(());
        }
        if self.afterwards.is_empty() {
            return None;
        }
        self.steps = std::mem::take(&mut self.afterwards);
        Some(())
    }

    /// The target imports before the source lets go, and learns first that the slot is its own.
    fn steps_of(&self, one: Move) -> VecDeque<Step> {
        let (Some(source), Some(target)) = (self.host_of(one.from), self.host_of(one.to)) else {
            return VecDeque::new();
        };
        let slot = one.slot.to_string();
        let set = |how: &str, id: NodeId| words(&["CLUSTER", "SETSLOT", &slot, how, &id.to_string()]);
        let mut steps = VecDeque::from([
            Step::Say(target, set("IMPORTING", one.from)),
            Step::Say(source, set("MIGRATING", one.to)),
            Step::Keys { source, target, one },
            Step::Say(target, set("NODE", one.to)),
            // A source that gave its last slot away may follow the target by now, and refuse.
            Step::Mention(source, set("NODE", one.to)),
        ]);
        let others = self.lines.iter().filter(|line| line.master && !line.unwell);
        let others = others.map(|line| line.host).filter(|&host| host != source && host != target);
        steps.extend(others.map(|host| Step::Mention(host, set("NODE", one.to))));
        steps.push_back(Step::Count);
        steps
    }

    /// What an answer means. `Err` is the sentence that the task ends with.
    pub(super) fn answered(&mut self, book: &AddressBook, host: HostId, reply: &Reply) -> Result<Next, String> {
        let Some(step) = self.steps.pop_front() else {
            return Ok(Next::Now);
        };
        if let (Reply::Error(text), false) = (reply, matches!(step, Step::Mention(..))) {
            return Err(format!("{} says {text}", book.address(host)));
        }
        match step {
            Step::Survey(_) => self.plan(book, &survey::read(&text_of(reply), book, host), host)?,
            Step::Knows(_, id) => {
                let known = survey::read(&text_of(reply), book, host);
                return self.poll(step, known.iter().any(|line| line.id == id && !line.unwell));
            }
            Step::Name(_) => self.await_name(&text_of(reply)),
            Step::Ready(_) => return self.poll(step, text_of(reply).contains("cluster_state:ok")),
            Step::Keys { source, target, one } => self.carry(book, source, target, one, reply),
            Step::Say(..) | Step::Mention(..) | Step::Count => {}
        }
        Ok(Next::Now)
    }

    /// Asks again later, until it is so.
    fn poll(&mut self, step: Step, so: bool) -> Result<Next, String> {
        if so {
            self.polls = 0;
            return Ok(Next::Now);
        }
        self.polls += 1;
        if self.polls > MOST_POLLS {
            return Err("the nodes do not come to know each other".to_owned());
        }
        self.steps.push_front(step);
        Ok(Next::Later)
    }

    /// The keys that are there go next, and then it is asked again; none are left: the slot can be given away.
    fn carry(&mut self, book: &AddressBook, source: HostId, target: HostId, one: Move, reply: &Reply) {
        let Reply::Array(keys) = reply else {
            return;
        };
        let keys: Vec<Blob> = keys
            .iter()
            .filter_map(|key| if let Reply::Bulk(key) = key { Some(key.clone()) } else { None })
            .collect();
        if keys.is_empty() {
            return;
        }
        let address = book.address(target);
        let fixed = words(&[
            "MIGRATE",
            &address.ip_text(),
            &address.port.to_string(),
            "",
            "0",
            MIGRATE_MS,
            "REPLACE",
            "KEYS",
        ]);
        let argv: Rc<[Blob]> = fixed.iter().cloned().chain(keys).collect();
        self.steps.push_front(Step::Keys { source, target, one });
        self.steps.push_front(Step::Say(source, argv));
    }

    fn host_of(&self, id: NodeId) -> Option<HostId> {
        self.lines.iter().find(|line| line.id == id).map(|line| line.host)
    }

    fn line_at(&self, host: HostId) -> Result<&Line, String> {
        let found = self.lines.iter().find(|line| line.host == host);
        found.ok_or_else(|| "the cluster does not know this node".to_owned())
    }

    fn master_at(&self, host: HostId) -> Result<NodeId, String> {
        let line = self.line_at(host)?;
        if line.master && !line.unwell {
            Ok(line.id)
        } else {
            Err("that node is not a master that is well".to_owned())
        }
    }

    /// What the task comes to, now that somebody said who is there.
    fn plan(&mut self, book: &AddressBook, found: &[Line], asked: HostId) -> Result<(), String> {
        if self.lines.is_empty() {
            self.lines = found.to_vec();
            self.unasked = survey_order(found);
            self.unasked.extend(self.unasked_leaver());
        } else if let Some(own) = found.iter().find(|line| line.host == asked) {
            // Only its own line tells which of its slots are open.
            if let Some(line) = self.lines.iter_mut().find(|line| line.host == asked) {
                *line = own.clone();
            }
        }
        self.note_newcomers(found);
        if let Some(next) = self.unasked.pop_front() {
            self.steps.push_back(Step::Survey(next));
            return Ok(());
        }
        let holders = survey::holders(&self.lines);
        let moves = match self.task {
            Task::Fix => {
                for (host, slot) in self.abandoned() {
                    let stable = words(&["CLUSTER", "SETSLOT", &slot.to_string(), "STABLE"]);
                    self.steps.push_back(Step::Say(host, stable));
                }
                let told: Vec<Step> = self.owners_of_coming().chain(self.coming_from_nobody()).collect();
                self.steps.extend(told);
                self.half_moved()
            }
            _ if !self.half_moved().is_empty() || !self.abandoned().is_empty() => {
                return Err("some slots were left half moved: fix them first".to_owned());
            }
            Task::Reshard { from, to, slots } => {
                plan::take(&holders, self.master_at(from)?, self.master_at(to)?, slots)
            }
            Task::Slot { slot, to } => {
                let to = self.master_at(to)?;
                let has_it = |holder: &&plan::Holder| holder.id != to && holder.slots.contains(&slot);
                holders.iter().find(has_it).map(|holder| Move { slot, from: holder.id, to }).into_iter().collect()
            }
            Task::Rebalance => plan::even_out(&holders),
            Task::Join { host, replica_of } => return self.plan_to_join(book, host, replica_of),
            Task::Leave { host } => self.plan_to_leave(host)?,
        };
        self.of = moves.len() as u16;
        let mut targets: Vec<HostId> = moves.iter().filter_map(|one| self.host_of(one.to)).collect();
        crate::cluster::order::sort_by_key(&mut targets, |target| *target);
        targets.dedup();
        self.steps.extend(targets.into_iter().map(Step::Ready));
        self.moves = moves.into();
        self.introduce();
        Ok(())
    }

    /// Who is to leave is asked too, whatever others take it for: it may be a master with slots since a moment ago, and they
    /// would be gone with it (redis-cli asks everybody it hears of).
    fn unasked_leaver(&self) -> Option<HostId> {
        let Task::Leave { host } = self.task else {
            return None;
        };
        let line = self.lines.iter().find(|line| line.host == host)?;
        (!line.master && !line.unwell).then_some(host)
    }

    /// Masters that not everybody has heard of yet: who lists them has, and that is enough to count on them.
    fn note_newcomers(&mut self, found: &[Line]) {
        for line in found.iter().filter(|line| line.master && !line.unwell) {
            if self.lines.iter().all(|known| known.id != line.id) {
                self.lines.push(line.clone());
                self.unasked.push_back(line.host);
            }
        }
    }

    /// Waits until all who are to give each other slots know each other. To "I don't know about node" redis-cli gives
    /// up, and whoever added the node just now types it again.
    fn introduce(&mut self) {
        let mut pairs: Vec<(NodeId, NodeId)> =
            self.moves.iter().flat_map(|one| [(one.from, one.to), (one.to, one.from)]).collect();
        crate::cluster::order::sort_by_key(&mut pairs, |pair| *pair);
        pairs.dedup();
        let knows = pairs.into_iter().filter_map(|(who, whom)| Some(Step::Knows(self.host_of(who)?, whom)));
        let knows: Vec<Step> = knows.collect();
        self.steps.extend(knows);
    }

    fn plan_to_join(
        &mut self,
        book: &AddressBook,
        host: HostId,
        replica_of: Option<HostId>,
    ) -> Result<(), String> {
        if self.lines.iter().any(|line| line.host == host) {
            return Err("that node is in the cluster already".to_owned());
        }
        let friend = self.lines.first().ok_or("there is no cluster to join")?;
        let master = replica_of.map(|master| self.master_at(master)).transpose()?;
        let address = book.address(friend.host);
        let meet = words(&["CLUSTER", "MEET", &address.ip_text(), &address.port.to_string()]);
        self.steps.push_back(Step::Say(host, meet));
        self.steps.push_back(Step::Knows(host, master.unwrap_or(friend.id)));
        if let Some(id) = master {
            self.steps.push_back(Step::Say(host, words(&["CLUSTER", "REPLICATE", &id.to_string()])));
        }
        self.steps.push_back(Step::Name(host));
        Ok(())
    }

    /// A newcomer is there when the others know it: whoever shares slots out right away counts on that.
    fn await_name(&mut self, text: &str) {
        let Some(id) = NodeId::parse(text.as_bytes()) else {
            return;
        };
        let masters = self.lines.iter().filter(|line| line.master && !line.unwell).take(MOST_ASKED);
        let knows: Vec<Step> = masters.map(|line| Step::Knows(line.host, id)).collect();
        self.steps.extend(knows);
    }

    fn plan_to_leave(&mut self, host: HostId) -> Result<Vec<Move>, String> {
        let leaver = self.line_at(host)?.clone();
        if self.lines.iter().any(|line| line.replica_of == Some(leaver.id)) {
            return Err("it has replicas: they must follow somebody else, or leave first".to_owned());
        }
        let id = leaver.id.to_string();
        let others = self.lines.iter().filter(|line| line.host != host && !line.unwell);
        let forget = others.map(|line| Step::Say(line.host, words(&["CLUSTER", "FORGET", &id])));
        self.afterwards = forget.collect();
        // Who cannot be asked what it is may be more than others take it for.
        if !leaver.unwell {
            self.afterwards.push_back(Step::Say(host, words(&["CLUSTER", "RESET", "SOFT"])));
        }
        let moves = plan::empty(&survey::holders(&self.lines), leaver.id);
        if moves.is_empty() && !leaver.slots.is_empty() {
            return Err("there is nobody to give its slots to".to_owned());
        }
        Ok(moves)
    }
}

/// Every master that can be asked, besides the one that was.
fn survey_order(found: &[Line]) -> VecDeque<HostId> {
    found.iter().filter(|line| line.master && !line.unwell).map(|line| line.host).collect()
}

fn text_of(reply: &Reply) -> String {
    match reply {
        Reply::Bulk(bytes) | Reply::Verbatim(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    }
}
