//! What else can be done with a shop: another rack, its roads, its slots, its backups, handing over, leaving.

use super::city::{hindrance, join, serves};
use super::{Button, Choice, Item, Known, MOST_CHOICES, Press, Range, Whose, by_name, masters, nearest, roads};
use crate::cluster::id::{ClientId, HostId};
use crate::cluster::operator::Task;
use crate::cluster::snapshot::{NodeView, Role};
use crate::cluster::time::{MS, Micros, SECOND};
use crate::narrate::{counted, span};
use crate::sim::Action;
use crate::stage::words;

/// By how much later a machine may be made to do everything.
const PACES: [Micros; 6] = [0, 100 * MS, 500 * MS, 2 * SECOND, 10 * SECOND, 30 * SECOND];

/// The acts beyond fire, frost and restart.
pub(super) fn items(known: Known<'_>, host: HostId) -> Vec<Item> {
    let Some(node) = words::node(known.snapshot, host) else { return Vec::new() };
    let eyes = Whose::Node(host);
    let view = Button::stay("eyes", "See through its eyes", known.whose == eyes, Press::View(eyes));
    let (one, others) = roads::sides(known, |other| other == host);
    let mut items = vec![
        Item::Note(format!("Of {}.", words::name_of(known.snapshot, host, known.voice))),
        Item::Buttons(vec![view]),
        Item::Heading("Its roads"),
        Item::Buttons(roads::switches(known, one, others)),
    ];
    items.extend(roads::streets_of(known, host));
    items.extend([Item::Heading("Its pace"), pace(node)]);
    let moves = racks(known, node);
    if !moves.is_empty() {
        items.extend([Item::Heading("Its rack"), Item::Buttons(moves)]);
    }
    items.extend([Item::Heading("Its part"), Item::Buttons(part(known, node))]);
    items.extend(slots(known, node));
    items
}

/// By how much later it does everything.
fn pace(node: &NodeView) -> Item {
    let slow = |by| (span(by), vec![Action::SlowMachine { host: node.host, by }]);
    let (at, steps) = (nearest(&PACES, node.slow), PACES.map(slow).into());
    Item::Range(Range { field: "pace", label: "Does everything later by", at, steps })
}

fn racks(known: Known<'_>, node: &NodeView) -> Vec<Button> {
    let racks = known.snapshot.racks.iter().filter(|rack| rack.id != node.rack);
    let powered = |id| known.snapshot.racks.iter().any(|rack| rack.id == id && rack.powered);
    racks
        .map(|rack| {
            let acts = vec![Action::MoveMachine { host: node.host, rack: rack.id }];
            Button::act("move", known.voice.told(&format!("Move to rack {}", rack.name)), acts).unless(
                !powered(rack.id) || !powered(node.rack),
                "Both racks need power while it is carried over.",
            )
        })
        .collect()
}

fn part(known: Known<'_>, node: &NodeView) -> Vec<Button> {
    let (host, hindrance) = (node.host, hindrance(known.world));
    let operate = |task| vec![Action::Operate(task)];
    let mut buttons = Vec::new();
    if let Role::Replica { .. } = node.role {
        let line = "CLUSTER FAILOVER".into();
        let acts = vec![Action::Command { client: ClientId(0), target: Some(host), line }];
        buttons.push(Button::act("failover", "Take over calmly", acts).unless(!node.running, "It does not run."));
    } else {
        buttons.push(
            Button::act("add-backup-of", known.voice.told("Add a backup"), join(known.snapshot, Some(host)))
                .held_by(hindrance)
                .unless(!serves(node), "It serves nothing that could be copied."),
        );
    }
    if serves(node)
        && let Some(to) = emptiest(known, host)
    {
        let half: u16 = node.slots.iter().map(|range| range.len()).sum::<u16>() / 2;
        let label = format!("Give half its slots to {}", words::name_of(known.snapshot, to, known.voice));
        let task = Task::Reshard { from: host, to, slots: half.max(1) };
        buttons.push(Button::act("reshard", label, operate(task)).held_by(hindrance));
    }
    buttons.push(Button::act("leave", "Close it for good", operate(Task::Leave { host })).held_by(hindrance));
    buttons
}

/// How many of its slots go to whom.
fn slots(known: Known<'_>, node: &NodeView) -> Option<Item> {
    let own: u16 = node.slots.iter().map(|range| range.len()).sum();
    let to: Vec<HostId> = masters(known, Some(node.host)).take(MOST_CHOICES).collect();
    if !serves(node) || to.is_empty() {
        return None;
    }
    let mut counts: Vec<u16> = [1, 10, 100, 1_000].into_iter().filter(|count| *count < own / 2).collect();
    counts.extend([own / 2, own].into_iter().filter(|count| *count > 0));
    let names = by_name(known, to.iter().copied(), Press::Node).into_iter().map(|(name, _)| name);
    let task = |slots, to| Press::Do(vec![Action::Operate(Task::Reshard { from: node.host, to, slots })]);
    let presses = counts.iter().flat_map(|&count| to.iter().map(move |&to| task(count, to))).collect();
    let many = counts.iter().map(|count| counted(*count, "slot")).collect();
    let lists = vec![("How many", many), ("to", names.collect())];
    let label = "Move".to_owned();
    let choice = Choice { act: "move-slots", label, hindrance: None, lists, presses };
    Some(Item::Choose(choice).held_by(hindrance(known.world)))
}

/// The other running master with the fewest slots.
fn emptiest(known: Known<'_>, host: HostId) -> Option<HostId> {
    let others =
        known.snapshot.nodes.iter().filter(|node| node.host != host && node.role == Role::Master && node.running);
    let slots = |node: &&NodeView| node.slots.iter().map(|range| u32::from(range.len())).sum::<u32>();
    others.min_by_key(slots).map(|node| node.host)
}

#[cfg(test)]
mod tests {
    use super::super::city::BUSY;
    use super::*;
    use crate::sim::{Scenario, Session};

    fn buttons(session: &Session, host: u16) -> Vec<Button> {
        let now = session.snapshot();
        let known = Known::of(&now, session.world());
        let items = items(known, HostId(host)).into_iter();
        items
            .flat_map(|item| match item {
                Item::Buttons(buttons) => buttons,
                _ => Vec::new(),
            })
            .collect()
    }

    fn press(session: &mut Session, host: u16, act: &str) {
        let button = buttons(session, host).into_iter().find(|button| button.act == act);
        let Press::Do(acts) = button.expect("it is there").press else { panic!("it shows a sheet") };
        for act in acts {
            session.act(act).expect("it makes sense");
        }
    }

    #[test]
    fn roads_are_cut_and_slowed_and_opened_again() {
        let mut session = Session::new(&Scenario::first_city(), 1).expect("it can be built");
        for act in ["cut", "slow"] {
            press(&mut session, 1, act);
            assert!(
                buttons(&session, 1).iter().any(|button| button.act == act && button.on == Some(true)),
                "{act}"
            );
            press(&mut session, 1, act);
            assert!(buttons(&session, 1).iter().all(|button| button.on != Some(true)), "{act}");
        }
    }

    #[test]
    fn a_shop_is_made_slow_and_fast_again() {
        let mut session = Session::new(&Scenario::first_city(), 1).expect("it can be built");
        let pace = |session: &Session| {
            let now = session.snapshot();
            let items = items(Known::of(&now, session.world()), HostId(1));
            items.into_iter().find_map(|item| match item {
                Item::Range(range) if range.field == "pace" => Some(range),
                _ => None,
            })
        };
        for step in [2, 5, 0] {
            let range = pace(&session).expect("it is there");
            range.steps[step].1.iter().for_each(|act| session.act(act.clone()).expect("it makes sense"));
            assert_eq!(pace(&session).expect("it is there").at, step);
        }
    }

    #[test]
    fn so_many_slots_go_to_whom_one_chooses() {
        let mut session = Session::new(&Scenario::first_city(), 1).expect("it can be built");
        let now = session.snapshot();
        let items = items(Known::of(&now, session.world()), HostId(0));
        let choice = items.iter().find_map(|item| match item {
            Item::Choose(choice) if choice.act == "move-slots" => Some(choice),
            _ => None,
        });
        let choice = choice.expect("it is there");
        assert_eq!(
            choice.lists[0].1,
            ["1 slot", "10 slots", "100 slots", "1,000 slots", "2,730 slots", "5,461 slots"]
        );
        assert_eq!(choice.lists[1].1, ["Shop 2", "Shop 3"]);
        assert_eq!((choice.press(&[6, 0]), choice.press(&[0, 2])), (None, None));
        let Some(Press::Do(acts)) = choice.press(&[1, 1]) else { panic!("it does something") };
        acts.iter().for_each(|act| session.act(act.clone()).expect("it makes sense"));
        session.advance_to(400 * SECOND);
        let slots = |host: usize| -> u32 {
            let now = session.snapshot();
            now.nodes[host].slots.iter().map(|range| u32::from(range.len())).sum()
        };
        assert_eq!((slots(0), slots(2)), (5_461 - 10, 5_461 + 10));
    }

    #[test]
    fn each_act_does_what_it_says() {
        let mut session = Session::new(&Scenario::first_city(), 1).expect("it can be built");
        let role = Role::Replica { of: Some(HostId(2)) };
        let backup = session.snapshot().nodes.iter().find(|node| node.role == role).expect("it has one").host;
        press(&mut session, backup.0, "failover");
        session.advance_to(20 * SECOND);
        assert_eq!(words::node(&session.snapshot(), backup).expect("it runs").role, Role::Master);
        press(&mut session, 0, "move");
        assert_eq!(session.snapshot().nodes[0].rack.0, 1);
        press(&mut session, 0, "reshard");
        assert!(buttons(&session, 0).iter().any(|button| button.act == "leave" && button.hindrance == Some(BUSY)));
        session.advance_to(4_000 * SECOND);
        let slots: u32 = session.snapshot().nodes[0].slots.iter().map(|range| u32::from(range.len())).sum();
        assert_eq!(slots, 5461 - 5461 / 2);
    }
}
