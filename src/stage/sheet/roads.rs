//! Roads between two sides, whatever they are: a shop and the rest, a rack and the rest, two ends of one street.

use super::{Button, Choice, Item, Known, MOST_CHOICES, Press, Range, Sheet, nearest, row};
use crate::cluster::id::{HostId, Place, RackId};
use crate::cluster::snapshot::FlightKind;
use crate::cluster::time::{MS, Micros, SECOND};
use crate::narrate::{counted, span};
use crate::sim::Action;
use crate::stage::parcel::is_gossip;
use crate::stage::words;

/// By how much a slow road is slower.
const SLOW: Micros = SECOND;
/// How many of a thousand messages one street can be made to lose.
const LOSSY: [u64; 5] = [0, 50, 200, 500, 900];
/// By how much one street can be made slower.
const SLOWER: [Micros; 6] = [0, 200 * MS, SECOND, 5 * SECOND, 20 * SECOND, 60 * SECOND];

/// Whether nothing gets through in this direction, though whoever stands there could take it.
fn closed(known: Known<'_>, from: Place, to: Place) -> bool {
    let network = known.world.network();
    !network.passes(from, to) && !matches!(to, Place::Node(host) if !network.has_power(host))
}

/// Whether something is so of a road from everybody of `one` to somebody of `other`.
fn every(one: &[Place], other: &[Place], so: impl Fn(Place, Place) -> bool) -> bool {
    !other.is_empty() && one.iter().all(|from| other.iter().any(|to| so(*from, *to)))
}

/// All places of a city on either side: those of which `inside` is true, and the others with the clients.
pub(super) fn sides(known: Known<'_>, inside: impl Fn(HostId) -> bool) -> (Vec<Place>, Vec<Place>) {
    let nodes = known.snapshot.nodes.iter().map(|node| node.host);
    let (one, other): (Vec<HostId>, Vec<HostId>) = nodes.partition(|host| inside(*host));
    let clients = known.snapshot.clients.iter().map(|client| Place::Client(client.id));
    (one.into_iter().map(Place::Node).collect(), other.into_iter().map(Place::Node).chain(clients).collect())
}

/// The nodes of a rack, and everybody else.
pub(super) fn of_rack(known: Known<'_>, rack: RackId) -> (Vec<Place>, Vec<Place>) {
    sides(known, |host| known.world.network().rack(host) == rack)
}

/// Cutting the roads between two sides, or mending them, and making them slow.
pub(super) fn switches(known: Known<'_>, one: Vec<Place>, other: Vec<Place>) -> Vec<Button> {
    let cut = every(&one, &other, |from, to| closed(known, from, to) || closed(known, to, from));
    let slow = every(&one, &other, |from, to| known.world.network().slowed(from, to) > 0);
    let (a, b) = (one.clone(), other.clone());
    let toggle =
        if cut { Action::Mend { one: a, other: b } } else { Action::Cut { one: a, other: b, both_ways: true } };
    let by = if slow { 0 } else { SLOW };
    vec![
        Button::act("cut", "Cut them", vec![toggle]).while_on(cut),
        Button::act("slow", "1 s slower", vec![Action::Slow { one, other, by }]).while_on(slow),
    ]
}

/// `Shop 2`, `your client`.
pub(super) fn end(known: Known<'_>, place: Place) -> String {
    match place {
        Place::Node(host) => words::name_of(known.snapshot, host, known.voice),
        Place::Client(_) => "your client".to_owned(),
        Place::Operator | Place::Outside => "the operator".to_owned(),
    }
}

/// The streets of a node, to be opened: one by one, or by choice where they are many.
pub(super) fn streets_of(known: Known<'_>, host: HostId) -> Vec<Item> {
    let (_, others) = sides(known, |other| other == host);
    if known.snapshot.nodes.len() > 7 {
        let cast = crate::narrate::Cast::new(known.snapshot);
        let name = |place: Place| match place {
            Place::Node(host) => cast.name(host, known.voice),
            _ => end(known, place),
        };
        let street = |to: Place| (name(to), Press::Show(Sheet::Street(Place::Node(host), to)));
        // Your client first: of a thousand shops not all are listed.
        let all = others.iter().rev().take(1).chain(&others[..others.len() - 1]);
        let streets = all.take(MOST_CHOICES).map(|to| street(*to)).collect();
        return vec![Choice::one("street", "Look at it", "Road to", streets)];
    }
    let button = |to: Place| {
        let label = format!("To {}", end(known, to));
        Button::show("street", label, Sheet::Street(Place::Node(host), to))
    };
    vec![Item::Heading("Its streets, one by one"), Item::Buttons(others.into_iter().map(button).collect())]
}

/// One street: how long it is, what is on it, and what can be done with it.
pub(super) fn street(known: Known<'_>, one: Place, other: Place) -> Vec<Item> {
    let network = known.world.network();
    let ways = [(one, other), (other, one)].map(|(from, to)| (from, to, closed(known, from, to)));
    let mut items = Vec::new();
    for (from, to, closed) in ways {
        let takes = span(network.latency(from, to) + network.slowed(from, to));
        let on_it = known.snapshot.flights.iter().filter(|flight| (flight.from, flight.to) == (from, to));
        let on_it: Vec<FlightKind> = on_it.map(|flight| flight.kind).collect();
        let small = on_it.iter().filter(|kind| is_gossip(**kind)).count();
        let state = match (closed, network.loss(from, to)) {
            (true, _) => "cut; what is sent waits".to_owned(),
            (_, 0) => takes,
            (_, lost) => format!("{takes}, {lost} of 1,000 lost"),
        };
        items.push(row(&format!("To {}", end(known, to)), state));
        let what = format!("{}, {small} PINGs, PONGs, ACKs", counted((on_it.len() - small) as u64, "message"));
        items.push(row("On it", what));
    }
    let only = |from: Place, to: Place| Action::Cut { one: vec![from], other: vec![to], both_ways: false };
    let mut buttons = switches(known, vec![one], vec![other]);
    buttons.truncate(1);
    buttons.extend(ways.map(|(from, to, closed)| {
        let label = format!("Only to {}", end(known, to));
        Button::act("cut-one-way", label, vec![only(from, to)]).unless(closed, "Nothing gets through that way.")
    }));
    let calm = network.slowed(one, other) == 0 && network.loss(one, other) == 0;
    let open = !ways.iter().any(|(_, _, closed)| *closed);
    let (a, b) = (vec![one], vec![other]);
    let mend = (!open).then(|| Action::Mend { one: a.clone(), other: b.clone() });
    let slow = |by: Micros| Action::Slow { one: a.clone(), other: b.clone(), by };
    let lose = |per_mille: u16| Action::Spoil { one: a.clone(), other: b.clone(), per_mille };
    let heal = mend.into_iter().chain([slow(0), lose(0)]).collect();
    buttons.push(
        Button::act("heal-street", "As it was", heal).unless(calm && open, "It is open, fast and loses nothing."),
    );
    items.extend([Item::Heading("Cut it"), Item::Buttons(buttons), Item::Heading("Make it worse")]);
    let steps = LOSSY.map(|lost| (format!("{lost} of 1,000"), vec![lose(lost as u16)]));
    let at = nearest(&LOSSY, network.loss(one, other).into());
    items.push(Item::Range(Range {
        field: "lossy",
        label: "Lost on it, and sent again",
        at,
        steps: steps.into(),
    }));
    let at = nearest(&SLOWER, network.slowed(one, other));
    let steps = SLOWER.map(|by| (span(by), vec![slow(by)]));
    items.push(Item::Range(Range { field: "slower", label: "Slower by", at, steps: steps.into() }));
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Scenario, Session};

    const ENDS: (Place, Place) = (Place::Node(HostId(0)), Place::Node(HostId(4)));

    fn shown(session: &Session) -> Vec<Item> {
        let now = session.snapshot();
        Sheet::Street(ENDS.0, ENDS.1).items(Known::of(&now, session.world()))
    }

    fn acts(press: Press) -> Vec<Action> {
        let Press::Do(acts) = press else { panic!("it shows a sheet") };
        acts
    }

    #[test]
    fn a_street_is_cut_one_way_and_mended_and_slowed() {
        let mut session = Session::new(&Scenario::first_city(), 1).expect("it can be built");
        let buttons = |session: &Session| {
            let found = shown(session).into_iter().find_map(|item| match item {
                Item::Buttons(buttons) => Some(buttons),
                _ => None,
            });
            found.expect("buttons")
        };
        for act in acts(buttons(&session)[2].press.clone()) {
            session.act(act).expect("it is open");
        }
        assert_eq!(session.snapshot().cuts, [(ENDS.1, ENDS.0)]);
        let now = buttons(&session);
        assert!(now[2].hindrance.is_some() && now[1].hindrance.is_none() && now[0].on == Some(true), "{now:#?}");
        assert!(shown(&session).contains(&Item::Row("To Shop 1".into(), "cut; what is sent waits".to_owned())));
        for act in acts(now[0].press.clone()) {
            session.act(act).expect("it is cut");
        }
        assert!(session.snapshot().cuts.is_empty());
        let Some(Item::Range(range)) = shown(&session).pop() else { panic!("a slider") };
        for act in range.steps[5].1.clone() {
            session.act(act).expect("it makes sense");
        }
        assert_eq!(session.world().network().slowed(ENDS.1, ENDS.0), 60 * SECOND, "both ways");
        let Some(Item::Range(range)) = shown(&session).pop() else { panic!("a slider") };
        assert_eq!(range.at, 5);
        let heal = |session: &Session| buttons(session).into_iter().find(|button| button.act == "heal-street");
        let lossy = shown(&session).into_iter().find_map(|item| match item {
            Item::Range(range) if range.field == "lossy" => Some(range.steps[3].1.clone()),
            _ => None,
        });
        lossy.expect("a slider").into_iter().for_each(|act| session.act(act).expect("it makes sense"));
        assert_eq!(
            (session.world().network().loss(ENDS.0, ENDS.1), session.world().network().loss(ENDS.1, ENDS.0)),
            (500, 500)
        );
        for act in acts(heal(&session).expect("it is there").press) {
            session.act(act).expect("something is wrong with it");
        }
        assert!(session.world().network().is_calm() && heal(&session).is_some_and(|it| it.hindrance.is_some()));
    }

    #[test]
    fn any_street_of_a_large_city_can_be_chosen() {
        let session =
            Session::new(&Scenario::city(10, 1, 4).expect("within the bounds"), 1).expect("it can be built");
        let now = session.snapshot();
        let items = streets_of(Known::of(&now, session.world()), HostId(3));
        let Some(Item::Choose(choice)) = items.first() else { panic!("{items:#?}") };
        let names = &choice.lists[0].1;
        assert_eq!((names.len(), &*names[0], &*names[19]), (20, "your client", "Backup 10"), "{names:?}");
        assert_eq!(
            choice.press(&[1]),
            Some(&Press::Show(Sheet::Street(Place::Node(HostId(3)), Place::Node(HostId(0)))))
        );
    }
}
