//! Two futures side by side: what happened when in each, from the moment they parted.

use std::rc::Rc;

use super::beside::Course;
use super::{anatomy, words};
use crate::cluster::command::table::{self, Flag};
use crate::cluster::fact::{Fact, FactId, FactKind};
use crate::cluster::id::{CommandId, HostId};
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::slot;
use crate::cluster::snapshot::Snapshot;
use crate::cluster::store::Value;
use crate::cluster::time::Micros;
use crate::narrate::{self, Cast, Term, Voice};
use crate::sim::Session;
use crate::sim::timeline::{BranchId, FactLog};

/// One line of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// A stable name.
    pub field: &'static str,
    /// What is compared.
    pub name: &'static str,
    /// In the future that is shown, and in the other one.
    pub values: [Rc<str>; 2],
}

/// One future: its facts, and its world at the end.
#[derive(Clone, Copy, Debug)]
pub struct Future<'a> {
    /// Its facts.
    pub log: &'a FactLog,
    /// The session at its end.
    pub end: &'a Session,
}

/// A comparison, and what it was made of: the other future stands still, this one may go on.
#[derive(Clone, Debug)]
pub struct Compared {
    /// This future and the other one.
    pub branches: (BranchId, BranchId),
    /// Up to when this one was known, and its last fact.
    pub seen: (Micros, FactId),
    /// What became of the other one.
    pub other: Outcome,
    /// The lines.
    pub rows: Vec<Row>,
    /// Both as they are drawn, and when they parted.
    pub courses: [Course; 2],
    /// See `courses`.
    pub parted: Micros,
    /// The city from which this one's course is told: a little before they parted.
    pub start: Rc<Snapshot>,
}

/// Compares what became of two futures.
#[inline(never)]
pub fn compare(one: &Outcome, other: &Outcome) -> Vec<Row> {
    let row =
        |field, name, value: fn(&Outcome) -> Rc<str>| Row { field, name, values: [value(one), value(other)] };
    vec![
        row("did", "First thing done", |it| it.did.clone().unwrap_or_else(|| "nothing".into())),
        row("since", "Times (+) count from", |it| match it.harm {
            Some((what, at)) => format!("{what}, {}", words::clock(at)).into(),
            None => "—".into(),
        }),
        row("pfail", "Suspected (PFAIL)", |it| it.moment(it.suspected)),
        row("fail", "Agreed (FAIL)", |it| it.moment(it.failed)),
        row("promoted", "Promoted", |it| it.moment(it.promoted)),
        row("back", "Clients served again", |it| match (it.refused_at, it.back) {
            (None, _) if it.asked == 0 => match it.first_after {
                Some(_) => format!("{}; before that {}", it.moment(it.first_after), anatomy::NOBODY).into(),
                None => anatomy::NOBODY.into(),
            },
            (None, _) if it.hurt => "nobody was turned away".into(),
            (None, _) => "always were".into(),
            (_, back) => it.moment(back),
        }),
        row("writes", "Writes answered OK", |it| it.writes.to_string().into()),
        row("lost", "Of all keys written, lost", |it| it.lost.to_string().into()),
        row("refused", "Commands turned away", |it| it.refused.to_string().into()),
        row("end", "Seen up to", |it| words::clock(it.end).into()),
    ]
}

/// What a failure is counted from, in a word or two.
fn harm(kind: &FactKind) -> &'static str {
    match kind {
        FactKind::Killed { .. } => Voice::Marked.word(Term::TheFire),
        FactKind::Frozen { .. } => "the freeze",
        FactKind::PowerLost { .. } => "the power cut",
        FactKind::RoadsCut { .. } => "the cut",
        _ => "the act",
    }
}

/// Whether there may be nobody to serve some slots from now on.
fn breaks(kind: &FactKind) -> bool {
    use FactKind as F;
    matches!(
        kind,
        F::Killed { .. } | F::Frozen { .. } | F::PowerLost { .. } | F::RoadsCut { .. } | F::Suspected { .. }
    )
}

/// What became of one future.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The act that the first suspicion came from.
    harm: Option<(&'static str, Micros)>,
    did: Option<Rc<str>>,
    suspected: Option<Micros>,
    failed: Option<Micros>,
    promoted: Option<Micros>,
    refused_at: Option<Micros>,
    back: Option<Micros>,
    /// Whether something broke, and how many were served since then, until somebody took over.
    hurt: bool,
    asked: u32,
    /// When the first was served after somebody had taken over.
    first_after: Option<Micros>,
    writes: u32,
    refused: u32,
    lost: usize,
    end: Micros,
}

impl Outcome {
    /// What became of a future since it parted from another one, at a moment, after so many acts of that moment. `opening`
    /// has the names that the city opened with.
    pub fn of(future: Future<'_>, (parted, mut shared): (Micros, usize), opening: &Cast) -> Self {
        let mut outcome = Self { end: future.end.now(), ..Self::default() };
        let mut cast = opening.clone();
        let mut commands: Vec<(CommandId, Rc<[Blob]>)> = Vec::new();
        let mut written: Vec<(Blob, Blob)> = Vec::new();
        for fact in future.log.after(FactId(0)) {
            if let FactKind::CommandTyped { command, argv, .. } = &fact.kind {
                commands.push((*command, argv.clone()));
            }
            let of_both = fact.at < parted || (fact.at == parted && shared > 0 && narrate::is_act(&fact.kind));
            if fact.at == parted && of_both {
                shared -= 1;
            }
            if !of_both {
                outcome.observe(fact, &cast, &commands);
                if outcome.harm.is_none() && matches!(fact.kind, FactKind::Suspected { .. }) {
                    let act = anatomy::root(future.log, fact.id).filter(|root| narrate::is_act(&root.kind));
                    outcome.harm = act.map(|act| (harm(&act.kind), act.at));
                }
            }
            if let FactKind::Answered { command, reply, .. } = &fact.kind
                && let Some(argv) = typed(&commands, *command).filter(|_| !reply.is_error())
            {
                note_write(&mut written, argv, reply);
            }
            cast.note(fact);
        }
        outcome.lost = count_lost(future.end, &written);
        outcome
    }

    /// A moment, and how long after the harm that was.
    fn moment(&self, at: Option<Micros>) -> Rc<str> {
        let Some(at) = at else { return "—".into() };
        let since = self.harm.and_then(|(_, began)| at.checked_sub(began));
        since.map_or_else(
            || words::clock(at).into(),
            |since| format!("{}, +{}", words::clock(at), words::span(since)).into(),
        )
    }

    fn observe(&mut self, fact: &Fact, cast: &Cast, commands: &[(CommandId, Rc<[Blob]>)]) {
        if self.did.is_none() && narrate::is_act(&fact.kind) {
            self.did = Some(narrate::sentence(fact, cast, Voice::Marked).into());
        }
        if breaks(&fact.kind) && !self.hurt {
            (self.hurt, self.asked) = (true, 0);
        }
        match &fact.kind {
            FactKind::Suspected { .. } => drop(self.suspected.get_or_insert(fact.at)),
            FactKind::Failed { .. } => drop(self.failed.get_or_insert(fact.at)),
            FactKind::Promoted { .. } => drop(self.promoted.get_or_insert(fact.at)),
            kind @ FactKind::GaveUp { .. } if !kind.is_by_wish() => self.turned_away(fact.at),
            FactKind::Answered { reply, .. } if reply.turns_away() => self.turned_away(fact.at),
            FactKind::Answered { command, reply, .. } if !reply.is_error() => {
                if self.refused_at.is_some() {
                    self.back.get_or_insert(fact.at);
                }
                self.asked += u32::from(!self.hurt || self.promoted.is_none());
                if self.hurt && self.promoted.is_some() {
                    self.first_after.get_or_insert(fact.at);
                }
                let written = typed(commands, *command).and_then(write);
                self.writes += u32::from(written.is_some());
            }
            _ => {}
        }
    }

    fn turned_away(&mut self, at: Micros) {
        self.refused += 1;
        self.refused_at = Some(at);
        // Served again means: after the last time that somebody was turned away.
        self.back = None;
    }
}

/// A command that may write, with its keys.
fn write(argv: &[Blob]) -> Option<impl Iterator<Item = &Blob>> {
    let spec = table::find(argv).ok().filter(|spec| spec.is(Flag::Write))?;
    Some(spec.keys.of(argv))
}

/// The command of a number; numbers ascend.
fn typed(commands: &[(CommandId, Rc<[Blob]>)], number: CommandId) -> Option<&[Blob]> {
    let index = commands.binary_search_by_key(&number, |(number, _)| *number).ok()?;
    Some(&*commands[index].1)
}

/// Keeps what a plain `SET key value` wrote last; a key that anything else wrote is not followed any more.
fn note_write(written: &mut Vec<(Blob, Blob)>, argv: &[Blob], reply: &Reply) {
    match argv {
        [name, key, value] if name.eq_ignore_ascii_case(b"SET") && *reply == Reply::ok() => {
            written.retain(|(other, _)| other != key);
            written.push((key.clone(), value.clone()));
        }
        _ => write(argv).into_iter().flatten().for_each(|key| written.retain(|(other, _)| other != key)),
    }
}

/// How many of these keys nobody has any more: the shop that owns the slot, or, where that is gone, any other.
fn count_lost(end: &Session, written: &[(Blob, Blob)]) -> usize {
    let snapshot = end.snapshot();
    let has = |host: HostId, key: &Blob, value: &Blob| {
        let entry = end.world().node(host).and_then(|node| node.store.raw(key));
        entry.is_some_and(|entry| entry.value == Value::String(value.clone()))
    };
    let kept = |(key, value): &&(Blob, Blob)| {
        let owner = words::entry(&snapshot, slot::key_slot(key)).and_then(|entry| entry.owner);
        match owner.filter(|owner| end.world().node(*owner).is_some()) {
            Some(owner) => has(owner, key, value),
            None => end.world().hosts().any(|host| has(host, key, value)),
        }
    };
    written.iter().filter(|pair| !kept(pair)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    use crate::cluster::id::{ClientId, Place};
    use crate::cluster::time::SECOND;
    use crate::sim::timeline::Timeline;
    use crate::sim::{Action, Scenario};

    fn typed(line: &str) -> Action {
        Action::Command { client: ClientId(0), target: None, line: line.into() }
    }

    fn rows(line: &Timeline<()>) -> BTreeMap<&'static str, [String; 2]> {
        let opening = Cast::new(&line.session().snapshot());
        let ghost = line.ghosts().last().expect("there is another future");
        let parted = (ghost.parting(line.branch()), ghost.shared_at_parting(line.branch()));
        let mut other = line.clone();
        assert!(other.return_to(ghost.id()));
        let one = Future { log: line.branch().facts(), end: line.session() };
        let other = Future { log: ghost.facts(), end: other.session() };
        let [one, other] = [one, other].map(|future| Outcome::of(future, parted, &opening));
        let rows = compare(&one, &other).into_iter();
        rows.map(|row| (row.field, row.values.map(|value| value.to_string()))).collect()
    }

    /// A fire at 5 s and a read at 10 s and 50 s; then back to 4 s, where nothing is set on fire.
    fn fire_and_none() -> Timeline<()> {
        let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
        line.act(typed("SET user:123 Ada"), "").expect("the client takes it");
        line.advance_to(5 * SECOND);
        line.act(Action::Kill(HostId(2)), "").expect("it runs");
        for until in [10, 50, 60] {
            line.advance_to(until * SECOND);
            line.act(typed("GET user:123"), "").expect("the client takes it");
        }
        line.advance_to(70 * SECOND);
        line.seek(4 * SECOND);
        line.act(typed("SET user:123 Eve"), "").expect("the client takes it");
        line.advance_to(70 * SECOND);
        line
    }

    #[test]
    fn a_fire_and_a_shop_that_was_saved() {
        let rows = rows(&fire_and_none());
        let did = rows["did"].clone().map(|text| Voice::Story.say(&text).into_owned());
        assert_eq!(did, ["You type SET user:123 Eve.", "Shop 3 is on fire: its process is killed."]);
        assert_eq!(rows["pfail"][0], "—");
        for field in ["pfail", "fail", "promoted"] {
            assert!(rows[field][1].starts_with("00:"), "{field}: {rows:?}");
        }
        assert_eq!((&*rows["back"][0], &*rows["refused"][0]), ("always were", "0"));
        let [none, fire] = rows["since"].clone().map(|text| Voice::Story.say(&text).into_owned());
        assert_eq!((&*none, &*fire), ("—", "the fire, 00:05.0"));
        for field in ["pfail", "fail", "promoted", "back"] {
            let (clock, since) = rows[field][1].split_once(", +").expect("a moment, and how long after the fire");
            let tenths =
                |text: &str| text.replace([':', '.'], "").trim_end_matches(" s").parse::<i32>().expect("a number");
            assert_eq!(tenths(clock) - tenths(since), 50, "{field}: {rows:?}");
        }
        assert!(rows["back"][1].starts_with("00:5") && rows["refused"][1] != "0", "{rows:?}");
        assert_eq!(
            (rows["writes"].clone(), rows["lost"].clone()),
            (["1".into(), "0".into()], ["0".into(), "0".into()])
        );
    }

    #[test]
    fn where_nobody_asked_nobody_was_served() {
        let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
        line.advance_to(5 * SECOND);
        line.act(Action::Kill(HostId(2)), "").expect("it runs");
        line.advance_to(40 * SECOND);
        line.seek(4 * SECOND);
        line.act(Action::Freeze(HostId(2)), "").expect("it runs");
        line.advance_to(40 * SECOND);
        assert_eq!(rows(&line)["back"][0], "nobody asked");
    }

    #[test]
    fn who_asked_before_the_fire_did_not_ask_during_it() {
        let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
        line.advance_to(SECOND);
        line.act(typed("SET other 1"), "").expect("the client takes it");
        line.advance_to(5 * SECOND);
        line.seek(SECOND);
        line.act(typed("SET user:123 Ada"), "").expect("the client takes it");
        line.advance_to(5 * SECOND);
        line.act(Action::Kill(HostId(2)), "").expect("it runs");
        line.advance_to(60 * SECOND);
        line.act(typed("GET user:123"), "").expect("the client takes it");
        line.advance_to(70 * SECOND);
        let [back, other] = rows(&line)["back"].clone();
        assert_eq!(other, "always were");
        assert!(back.starts_with("01:0") && back.ends_with("; before that nobody asked"), "{back}");
    }

    #[test]
    fn who_asks_only_after_the_promotion_is_served_again_then() {
        let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
        line.act(typed("SET user:123 Ada"), "").expect("the client takes it");
        line.advance_to(5 * SECOND);
        line.act(Action::Kill(HostId(2)), "").expect("it runs");
        line.run_until(60 * SECOND, &|fact| matches!(fact.kind, FactKind::Promoted { .. }));
        line.advance_to(line.now() + 6 * SECOND);
        let asked = line.now();
        line.act(typed("GET user:123"), "").expect("the client takes it");
        line.advance_to(asked + 5 * SECOND);
        line.seek(4 * SECOND);
        line.act(typed("SET user:123 Bob"), "").expect("the client takes it");
        line.advance_to(60 * SECOND);
        let [_, fire] = rows(&line)["back"].clone();
        assert!(fire.starts_with("00:") && fire.contains(", +") && fire.ends_with("nobody asked"), "{fire}");
    }

    #[test]
    fn a_mistyped_command_is_nobody_turned_away() {
        let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
        for wrong in ["GTE foo", "SET a", "EVAL x 0", "MSET a 1 b 2"] {
            line.act(typed(wrong), "").expect("the client takes it");
            line.advance_to(line.now() + SECOND);
        }
        line.act(Action::Kill(HostId(2)), "").expect("it runs");
        line.advance_to(line.now() + SECOND);
        let client = |line: &Timeline<()>| line.session().snapshot().clients[0].turned_away;
        assert_eq!(client(&line), 0);
        line.act(typed("GET user:123"), "").expect("the client takes it");
        line.advance_to(line.now() + 10 * SECOND);
        assert_eq!(client(&line), 1);
    }

    #[test]
    fn acts_of_the_moment_of_parting_are_told_apart() {
        let mut line = Timeline::new(&Scenario::first_city(), 7, |_| ()).expect("the first city can be built");
        line.act(typed("SET both 1"), "").expect("the client takes it");
        line.act(typed("SET first 1"), "").expect("the client takes it");
        line.advance_to(SECOND);
        line.undo().expect("something was done");
        line.act(typed("SET second 1"), "").expect("the client takes it");
        assert_eq!(rows(&line)["did"], ["You type SET second 1.", "You type SET first 1."]);
    }

    #[test]
    fn a_write_that_never_reached_the_backup_is_lost() {
        let mut line = fire_and_none();
        // The answer takes 240 ms to the client, the copy 180 ms to the backup: the road between them is slow.
        line.seek(3 * SECOND);
        let (shop, backup) = (Place::Node(HostId(2)), Place::Node(HostId(5)));
        line.act(Action::Slow { one: vec![shop], other: vec![backup], by: 2 * SECOND }, "")
            .expect("they are there");
        line.act(typed("SET user:123 Eve"), "").expect("the client takes it");
        line.advance_to(4 * SECOND);
        line.act(Action::Cut { one: vec![shop], other: vec![backup], both_ways: true }, "").expect("it is open");
        line.act(Action::Kill(HostId(2)), "").expect("it runs");
        line.advance_to(60 * SECOND);
        let rows = rows(&line);
        assert_eq!(rows["lost"], ["1", "0"], "{rows:?}");
        assert_eq!(rows["writes"][0], "1");
    }
}
