//! Building and breaking: new shops and backups, sharing slots out, roads, and how long and how bad the streets are.

use super::{Button, Choice, Item, Known, Press, Range, by_name, nearest};
use crate::cluster::id::{ClientId, HostId, Place};
use crate::cluster::network::{Streets, Weather};
use crate::cluster::operator::Task;
use crate::cluster::snapshot::{NodeView, Role, Snapshot};
use crate::cluster::time::{MS, Micros, SECOND};
use crate::cluster::world::World;
use crate::narrate::{Term, span};
use crate::sim::Action;
use crate::stage::words;

/// How long a message may be made to take between racks.
const STREETS: [Micros; 6] = [MS, 20 * MS, 60 * MS, 180 * MS, 500 * MS, 2 * SECOND];
/// How much later it may come by chance.
const JITTERS: [Micros; 5] = [0, 50 * MS, 200 * MS, SECOND, 5 * SECOND];
/// How many of a thousand may be lost.
const LOSSES: [u64; 5] = [0, 10, 50, 200, 500];
/// Node timeouts.
const TIMEOUTS: [Micros; 5] = [SECOND, 2 * SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND];
/// How much later the stream of writes may reach the backups.
const LAGS: [Micros; 5] = [0, 200 * MS, SECOND, 5 * SECOND, 20 * SECOND];

/// Why nothing can be built while the operator works.
pub(super) const BUSY: &str = "The operator is at work.";
/// Why nothing can be built, or given away, while some slot is open: the operator would refuse, with the machine there already.
pub(super) const HALF_MOVED: &str = "Some slots were left half moved: fix them first, by “Mend half-moved slots”.";

/// Why the operator would refuse a task other than to mend, if it would.
pub(super) fn hindrance(world: &World) -> Option<&'static str> {
    if world.operator().is_some() {
        return Some(BUSY);
    }
    let mut masters = world.hosts().filter_map(|host| world.node(host)).filter(|node| node.view.me().is_master());
    masters.any(|node| node.leaving().chain(node.coming()).next().is_some()).then_some(HALF_MOVED)
}

/// The button that mends them.
pub(super) fn mend_slots(busy: bool) -> Button {
    Button::act("fix", "Mend half-moved slots", vec![Action::Operate(Task::Fix)]).unless(busy, BUSY)
}

/// The sheet's items.
pub(super) fn items(known: Known<'_>) -> Vec<Item> {
    let mut items = vec![Item::Heading("Build")];
    items.extend(building(known));

    items.push(Item::Heading("Roads"));
    items.extend(roads(known));
    items.push(Item::Heading("Streets"));
    items.extend(streets(known));
    items
}

fn building(known: Known<'_>) -> Vec<Item> {
    let snapshot = known.snapshot;
    let busy = known.world.operator().is_some();
    let hindrance = hindrance(known.world);
    let mut buttons =
        vec![Button::act("add-shop", known.voice.told("+ shop"), join(snapshot, None)).held_by(hindrance)];
    if let Some(master) = barest(snapshot) {
        let label =
            format!("+ {} of {}", known.voice.word(Term::Copy), words::name_of(snapshot, master, known.voice));
        buttons.push(Button::act("add-backup", label, join(snapshot, Some(master))).held_by(hindrance));
    }
    let share = vec![Action::Operate(Task::Rebalance)];
    buttons.push(Button::act("rebalance", "Share slots out evenly", share).held_by(hindrance));
    buttons.push(mend_slots(busy));
    if busy {
        buttons.push(Button::act("stop-operator", "Stop the operator", vec![Action::StopOperator]));
    }
    let mut items = vec![Item::Buttons(buttons)];
    items.push(Item::Note(
        known
            .voice
            .told("The operator stands beside every shop: unlike yours, its words take no time on the road."),
    ));
    let of = snapshot.nodes.iter().filter(|node| serves(node) && node.running).map(|node| node.host);
    let backups = by_name(known, of, |host| Press::Do(join(snapshot, Some(host))));
    items.push(Choice::one("add-backup-to", known.voice.told("+ backup"), "of", backups).held_by(hindrance));
    if let Some(progress) = known.world.operator() {
        let done = match progress.of {
            0 => "The operator is at work.".to_owned(),
            of => {
                let [moved, of] = [progress.moved, of].map(|slots| words::thousands(slots.into()));
                format!("The operator has moved {moved} of {of} slots.")
            }
        };
        items.push(Item::Note(done));
    }
    items
}

/// The acts that put up a new machine and let it join.
pub(super) fn join(snapshot: &Snapshot, replica_of: Option<HostId>) -> Vec<Action> {
    let Some(rack) = snapshot.best_rack(replica_of) else { return Vec::new() };
    let host = HostId(snapshot.nodes.len() as u16);
    vec![Action::AddMachine(rack), Action::Operate(Task::Join { host, replica_of })]
}

/// The master with slots that has the fewest replicas.
fn barest(snapshot: &Snapshot) -> Option<HostId> {
    let masters = snapshot.nodes.iter().filter(|node| serves(node) && node.running);
    let backups = |master: HostId| {
        let role = Role::Replica { of: Some(master) };
        snapshot.nodes.iter().filter(|node| node.role == role && node.running).count()
    };
    masters.map(|node| node.host).min_by_key(|&host| (backups(host), host))
}

/// Whether a node is a master with slots.
pub(super) fn serves(node: &NodeView) -> bool {
    node.role == Role::Master && !node.slots.is_empty()
}

fn roads(known: Known<'_>) -> Vec<Item> {
    let network = known.world.network();
    let cut: Vec<(Place, Place)> = network.cuts().collect();
    // From everybody: that one street of it is cut is another rack's affair.
    let is_off = |(inside, outside): (Vec<Place>, Vec<Place>)| {
        let nodes = outside.iter().filter(|place| matches!(place, Place::Node(_)));
        let mut pairs = nodes.flat_map(|out| inside.iter().map(move |own| (*own, *out))).peekable();
        pairs.peek().is_some() && pairs.all(|pair| cut.contains(&pair))
    };
    let racks = known.snapshot.racks.iter().map(|rack| {
        let off = is_off(super::roads::of_rack(known, rack.id));
        let acts = if off { mend(known, rack.id) } else { vec![Action::CutOff(rack.id)] };
        Button::act("cut-rack", known.voice.told(&format!("Cut off rack {}", rack.name)), acts).while_on(off)
    });
    let mut buttons: Vec<Button> = racks.collect();
    // A city has one region, or some.
    for region in (0..network.regions).filter(|_| network.regions > 1) {
        let inside = |rack| network.region(rack) == region;
        let off = is_off(super::roads::sides(known, |host| inside(network.rack(host))));
        let dark = known.snapshot.racks.iter().all(|rack| !inside(rack.id) || !rack.powered);
        let name = region + 1;
        let (roads, power) = (Action::RegionRoads { region, open: off }, Action::RegionPower { region, on: dark });
        buttons.push(Button::act("cut-region", format!("Cut off region {name}"), vec![roads]).while_on(off));
        buttons.push(Button::act("dark-region", format!("No power in region {name}"), vec![power]).while_on(dark));
    }
    let calm = cut.is_empty() && network.is_calm();
    buttons.push(
        Button::act("heal", "Open all roads", vec![Action::Heal])
            .unless(calm, "Every road is open and fast already."),
    );
    vec![
        Item::Buttons(buttons),
        Item::Note(
            known
                .voice
                .told("With a mouse: drag a line across the streets to cut them, or a shop to another rack."),
        ),
    ]
}

fn mend(known: Known<'_>, rack: crate::cluster::id::RackId) -> Vec<Action> {
    let (one, other) = super::roads::of_rack(known, rack);
    vec![Action::Mend { one, other }]
}

fn streets(known: Known<'_>) -> Vec<Item> {
    let Streets { other_rack, .. } = known.world.network().streets;
    let weather = known.world.network().weather;
    let longer = |&way: &Micros| {
        let streets = Streets {
            same_rack: way * 2 / 3,
            other_rack: way,
            other_region: way.max(100 * MS),
            to_client: way * 4 / 3,
        };
        (span(way), vec![Action::Streets(streets)])
    };
    let later = |&jitter: &Micros| (span(jitter), vec![Action::Weather(Weather { jitter, ..weather })]);
    let lost = |&loss: &u64| {
        let worse = Weather { loss_per_mille: loss as u16, ..weather };
        (format!("{loss} of 1,000"), vec![Action::Weather(worse)])
    };
    let range = |field, label, at, steps| Item::Range(Range { field, label, at, steps });
    vec![
        range("latency", "From rack to rack", nearest(&STREETS, other_rack), STREETS.iter().map(longer).collect()),
        range("jitter", "Later by chance", nearest(&JITTERS, weather.jitter), JITTERS.iter().map(later).collect()),
        range(
            "loss",
            "Lost, and sent again",
            nearest(&LOSSES, weather.loss_per_mille.into()),
            LOSSES.iter().map(lost).collect(),
        ),
        lag(known),
        timeout(known),
    ]
}

/// The streets between masters and their replicas.
fn lag(known: Known<'_>) -> Item {
    let pairs: Vec<(HostId, HostId)> = known
        .snapshot
        .nodes
        .iter()
        .filter_map(|node| match node.role {
            Role::Replica { of: Some(master) } => Some((master, node.host)),
            _ => None,
        })
        .collect();
    let slowed = |pair: &(HostId, HostId)| known.world.network().slowed(Place::Node(pair.0), Place::Node(pair.1));
    let now = pairs.iter().map(slowed).max().unwrap_or(0);
    let steps = LAGS.map(|by| {
        let slow = |&(master, replica): &(HostId, HostId)| Action::Slow {
            one: vec![Place::Node(master)],
            other: vec![Place::Node(replica)],
            by,
        };
        (span(by), pairs.iter().map(slow).collect())
    });
    Item::Range(Range { field: "lag", label: "Copies come later", steps: steps.into(), at: nearest(&LAGS, now) })
}

/// The node timeout. Each node has to be told: until then the slider stays where it was put, and says so.
fn timeout(known: Known<'_>) -> Item {
    let snapshot = known.snapshot;
    let mut steps = TIMEOUTS.map(|timeout| {
        let running = snapshot.nodes.iter().filter(|node| node.running);
        let tell = |node: &NodeView| Action::Command {
            client: ClientId(0),
            target: Some(node.host),
            line: format!("CONFIG SET cluster-node-timeout {}", timeout / MS).into(),
        };
        (span(timeout), running.map(tell).collect())
    });
    let mut at = nearest(&TIMEOUTS, snapshot.node_timeout);
    if let Some(("node-timeout", asked)) = known.asked
        && asked != at
        && let Some((words, _)) = steps.get_mut(asked)
    {
        words.push_str(", once all are told");
        at = asked;
    }
    Item::Range(Range { field: "node-timeout", label: "Node timeout", steps: steps.into(), at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Scenario, Session};
    use crate::stage::sheet::Sheet;

    fn press(session: &mut Session, act: &str) {
        let now = session.snapshot();
        let known = Known::of(&now, session.world());
        let items = Sheet::City.items(known);
        let button = items.iter().find_map(|item| match item {
            Item::Buttons(buttons) => buttons.iter().find(|button| button.act == act),
            _ => None,
        });
        let button = button.unwrap_or_else(|| panic!("no {act}")).clone();
        assert_eq!(button.hindrance, None, "{act}");
        let Press::Do(acts) = button.press else { panic!("it shows a sheet") };
        for act in acts {
            session.act(act).expect("it makes sense");
        }
    }

    fn city() -> Session {
        Session::new(&Scenario::first_city(), 1).expect("it can be built")
    }

    #[test]
    fn a_new_shop_joins_and_gets_its_share() {
        let mut session = city();
        press(&mut session, "add-shop");
        session.advance_to(40 * SECOND);
        assert!(session.world().operator().is_none(), "it has joined");
        press(&mut session, "rebalance");
        session.advance_to(3_000 * SECOND);
        let now = session.snapshot();
        let share: u32 = now.nodes[6].slots.iter().map(|range| u32::from(range.len())).sum();
        assert_eq!(share, 4096);
    }

    #[test]
    fn nothing_is_built_or_given_away_while_a_slot_is_half_moved() {
        let mut session = city();
        let now = session.snapshot();
        let line = format!("CLUSTER SETSLOT 12893 MIGRATING {}", now.nodes[0].id).into();
        let before = Sheet::City.items(Known::of(&now, session.world()));
        session.act(Action::Command { client: ClientId(0), target: Some(HostId(2)), line }).expect("it is taken");
        session.advance_to(5 * SECOND);
        let now = session.snapshot();
        let known = Known::of(&now, session.world());
        let sheets = [Sheet::City, Sheet::Shop(HostId(0)), Sheet::Lens];
        for item in sheets.into_iter().flat_map(|sheet| sheet.items(known)).chain(before) {
            let held = match item {
                Item::Buttons(buttons) => {
                    buttons.into_iter().map(|button| (button.act, button.hindrance, vec![button.press])).collect()
                }
                Item::Choose(choice) => vec![(choice.act, choice.hindrance, choice.presses)],
                _ => Vec::new(),
            };
            for (act, hindrance, presses) in held {
                for press in presses {
                    let Press::Do(acts) = &press else { continue };
                    let operates =
                        acts.iter().any(|act| matches!(act, Action::Operate(task) if *task != Task::Fix));
                    // A press that was drawn before the slot was opened is refused whole.
                    assert_eq!(press.refused(session.world()), operates.then_some(HALF_MOVED), "{act}");
                    // Of the sheets as they were before nothing is held.
                    assert!(operates || hindrance != Some(HALF_MOVED), "{act}");
                }
            }
        }
        let held = |session: &Session| {
            format!("{:?}", Sheet::City.items(Known::of(&now, session.world()))).matches(HALF_MOVED).count()
        };
        assert_eq!(held(&session), 4, "two to build, one to share out, one with a list");
        press(&mut session, "fix");
        session.advance_to(40 * SECOND);
        assert_eq!(held(&session), 0);
        press(&mut session, "add-shop");
    }

    #[test]
    fn a_new_backup_goes_to_who_has_fewest() {
        let mut session = city();
        let bereft = session.snapshot().nodes[4].role;
        session.act(Action::Kill(HostId(4))).expect("it runs");
        press(&mut session, "add-backup");
        session.advance_to(40 * SECOND);
        let now = session.snapshot();
        assert_eq!(now.nodes[6].role, bereft);
        assert!(now.crowded().is_empty(), "away from its master");
    }

    #[test]
    fn a_rack_is_cut_off_and_comes_back() {
        let mut session = city();
        press(&mut session, "cut-rack");
        assert!(session.world().network().cuts().count() > 0);
        let now = session.snapshot();
        let items = Sheet::City.items(Known::of(&now, session.world()));
        let on = items.iter().flat_map(|item| match item {
            Item::Buttons(buttons) => &buttons[..],
            _ => &[],
        });
        let on: Vec<Option<bool>> = on.filter(|button| button.act == "cut-rack").map(|button| button.on).collect();
        assert_eq!(on, [Some(true), Some(false), Some(false)], "only the rack that is cut off from all others");
        press(&mut session, "cut-rack");
        assert_eq!(session.world().network().cuts().count(), 0);
    }

    #[test]
    fn a_region_is_cut_off_or_without_power_by_one_act() {
        let mut scenario = Scenario::city(4, 1, 4).expect("it can be built");
        scenario.plan.regions = 2;
        let mut session = Session::new(&scenario, 1).expect("it can be built");
        let powered = |session: &Session| -> Vec<bool> {
            session.snapshot().racks.iter().map(|rack| rack.powered).collect()
        };
        press(&mut session, "dark-region");
        assert_eq!(powered(&session), [false, false, true, true]);
        press(&mut session, "dark-region");
        assert_eq!(powered(&session), [true; 4]);
        press(&mut session, "cut-region");
        // Four machines, and four others and a client, both ways.
        assert_eq!(session.world().network().cuts().count(), 2 * 4 * 5);
        press(&mut session, "cut-region");
        assert_eq!(session.world().network().cuts().count(), 0);
    }

    #[test]
    fn a_timeout_that_was_asked_for_stays_put_until_all_are_told() {
        let mut session = city();
        let shown = |session: &Session| {
            let now = session.snapshot();
            let known = Known { asked: Some(("node-timeout", 0)), ..Known::of(&now, session.world()) };
            let Item::Range(range) = timeout(known) else { panic!("a slider") };
            range
        };
        let asked = shown(&session);
        assert_eq!((asked.at, &*asked.steps[0].0), (0, "1.0 s, once all are told"));
        for act in asked.steps[0].1.clone() {
            session.act(act).expect("it makes sense");
        }
        session.advance_to(20 * SECOND);
        let set = shown(&session);
        assert_eq!((set.at, &*set.steps[0].0), (0, "1.0 s"));
    }

    #[test]
    fn every_slider_stands_where_the_city_is_and_sets_what_it_says() {
        let mut session = city();
        for field in ["latency", "jitter", "loss", "lag", "node-timeout"] {
            let range = |session: &Session| {
                let now = session.snapshot();
                let known = Known::of(&now, session.world());
                let items = Sheet::City.items(known);
                items.into_iter().find_map(|item| match item {
                    Item::Range(range) if range.field == field => Some(range),
                    _ => None,
                })
            };
            let before = range(&session).expect("it is there");
            let other = (before.at + 1) % before.steps.len();
            for act in before.steps[other].1.clone() {
                session.act(act).expect("it makes sense");
            }
            session.advance_to(session.now() + 20 * SECOND);
            assert_eq!(range(&session).expect("it is there").at, other, "{field}");
        }
    }
}
