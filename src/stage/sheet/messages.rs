//! The messages on their way: a list to choose from, and one of them opened, to be lost or held up.

use super::roads::end;
use super::{Button, Item, Known, Press, Sheet, row};
use crate::cluster::fact::{FactId, FactKind};
use crate::cluster::snapshot::{Flight, FlightKind};
use crate::cluster::time::{MS, Micros, SECOND};
use crate::cluster::world::Letter;
use crate::narrate::span;
use crate::sim::Action;
use crate::stage::parcel::{Kinds, is_gossip};
use crate::stage::{cause, message};

/// The most messages listed.
const MOST: usize = 40;

/// What a message is, in Redis's terms.
fn kind(kind: FlightKind) -> &'static str {
    match kind {
        FlightKind::Request => "Request",
        FlightKind::Reply => "Reply",
        FlightKind::ErrorReply => "Error",
        FlightKind::Moved => "MOVED",
        FlightKind::Ask => "ASK",
        FlightKind::Replication => "Replication stream",
        FlightKind::Ack => "REPLCONF ACK",
        FlightKind::Ping => "PING",
        FlightKind::Pong => "PONG",
        FlightKind::Fail => "FAIL",
        FlightKind::VoteRequest => "FAILOVER_AUTH_REQUEST",
        FlightKind::Vote => "FAILOVER_AUTH_ACK",
        FlightKind::Update => "UPDATE",
        FlightKind::Connection => "Connection",
    }
}

/// All of them, the weighty ones first, and of these the newest.
pub(super) fn all(known: Known<'_>) -> Vec<Item> {
    let snapshot = known.snapshot;
    // What waits on a cut street for long must not keep out what was sent since.
    let newest = snapshot.flights.iter().rev();
    let (rest, large): (Vec<&Flight>, Vec<&Flight>) = newest.partition(|flight| is_gossip(flight.kind));
    let listed = large.into_iter().chain(rest).take(MOST).map(|flight| {
        let ends = format!("{} → {}", end(known, flight.from), end(known, flight.to));
        let label = format!("{} · {ends}", kind(flight.kind));
        Button::show("open-message", label, Sheet::Message(flight.id))
    });
    let listed: Vec<Button> = listed.collect();
    let count = snapshot.flights.len();
    let note = match count {
        0 => "Nothing is on its way just now.".to_owned(),
        _ if count > MOST => format!("{MOST} of {count}. Stop time to take one out."),
        _ => "Stop time to take one out. Press one in the drawing, too.".to_owned(),
    };
    let filters = (0..).zip(Kinds::ALL);
    let filters =
        filters.map(|(nth, (act, name))| Button::stay(act, name, known.kinds.has(nth), Press::Draw(nth)));
    vec![
        Item::Heading("Drawn in the city"),
        Item::Buttons(filters.collect()),
        Item::Heading("All of them"),
        Item::Note(note),
        Item::List(listed),
    ]
}

/// One of them.
pub(super) fn one(known: Known<'_>, id: u64) -> Vec<Item> {
    let snapshot = known.snapshot;
    let Some(flight) = snapshot.flights.iter().find(|flight| flight.id == id) else {
        let lost = lost_by_hand(known, id);
        let gone = if lost.is_some() { "You lost it on its way." } else { "It has arrived, or was lost." };
        let mut items = vec![Item::Note(gone.to_owned())];
        let fact = lost.and_then(|(at, nth)| loss(known, at, nth));
        items.extend(fact.and_then(|fact| told(known, fact, "")).into_iter().flatten());
        items.push(Item::Buttons(vec![Button::show("messages", "Others on their way", Sheet::Messages)]));
        return items;
    };
    let held = "It waits for a road to open.";
    let later = [(100 * MS, "hold-short"), (SECOND, "hold"), (10 * SECOND, "hold-long")].map(|(by, act)| {
        Button::act(act, format!("{} later", span(by)), vec![Action::DelayMessage { message: id, by }])
            .unless(flight.held, held)
    });
    let mut buttons = vec![Button::act("lose", "Lose it", vec![Action::LoseMessage(id)])];
    buttons.extend(later);
    // What can be done comes first: a message has many fields, and time may run.
    let mut items = vec![
        Item::Buttons(buttons),
        row("Type", kind(flight.kind).to_owned()),
        row("From", end(known, flight.from)),
        row("To", end(known, flight.to)),
        row("Says", flight.label.to_string()),
    ];
    items.extend(flight.slot.map(|slot| row("Slot", slot.to_string())));
    items.push(row("Sent", format!("{} ago", span(snapshot.now.saturating_sub(flight.sent)))));
    let arrives = if flight.held {
        "when the road is open".to_owned()
    } else {
        format!("in {}", span(flight.due.saturating_sub(snapshot.now)))
    };
    items.push(row("Arrives", arrives));
    if let Some(letter) = known.world.letter(id) {
        items.extend(why_sent(known, &letter));
        items.push(Item::Heading("What it says"));
        let fields = message::fields(&letter, snapshot, known.voice);
        items.extend(fields.into_iter().map(|(name, value)| row(name, value)));
    }
    items.push(Item::Note(
        "While time stands still, drag it back along its way, or press ← here: it comes later, and so do those behind \
         it. A lost message takes its connection along: TCP loses none out of a stream."
            .to_owned(),
    ));
    items
}

/// When it was taken out by hand, and how many others were before it at that moment. A message that waits for a road has a number that others have after it: of those only
/// what was done just now is sure.
fn lost_by_hand(known: Known<'_>, id: u64) -> Option<(Micros, usize)> {
    let now = known.snapshot.now;
    let acts = known.past.map_or(&[][..], |past| past.acts).iter();
    let mut lost = acts.filter_map(|act| match act.action {
        Action::LoseMessage(lost) => Some((act.at, lost)),
        _ => None,
    });
    let (at, _) = lost.clone().find(|(at, lost)| *lost == id && (*at == now || *at < now && id < u64::MAX / 2))?;
    let nth = lost.by_ref().filter(|(when, _)| *when == at).position(|(_, lost)| lost == id)?;
    Some((at, nth))
}

/// The fact of that loss.
fn loss(known: Known<'_>, at: Micros, nth: usize) -> Option<FactId> {
    let log = known.past?.log;
    let then = log.up_to(log.last()).filter(|fact| fact.at == at);
    then.filter(|fact| matches!(fact.kind, FactKind::MessageLost { .. })).map(|fact| fact.id).nth(nth)
}

/// What a fact says, and how to learn why it happened.
fn told(known: Known<'_>, id: FactId, late: &str) -> Option<[Item; 2]> {
    let sentence = known.past?.sentence(id)?;
    let why = Button {
        act: "why",
        label: "Why did that happen?".to_owned(),
        hindrance: None,
        on: None,
        press: Press::Why(id),
    };
    Some([Item::Note(format!("{}{late}", known.voice.say(&sentence))), Item::Buttons(vec![why])])
}

/// By which rule it was sent, and because of what.
fn why_sent(known: Known<'_>, letter: &Letter) -> Vec<Item> {
    let fact = letter.cause.and_then(|id| known.past?.fact(id));
    let rule = cause::rule(letter, fact.map(|fact| &fact.kind), &end(known, letter.flight.to));
    let mut items = vec![Item::Heading("Why it was sent"), Item::Note(rule)];
    let late = fact.and_then(|fact| cause::since(letter, fact)).map_or(String::new(), |late| format!(" ({late})"));
    items.extend(letter.cause.and_then(|id| told(known, id, &late)).into_iter().flatten());
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::HostId;
    use crate::sim::{Scenario, Session};
    use crate::stage::sheet::Past;

    #[test]
    fn a_message_that_was_lost_by_hand_says_so() {
        use crate::sim::timeline::Timeline;
        use crate::stage::told::Told;
        let city = Scenario::first_city();
        let mut line = Timeline::new(&city, 7, |session| Told::new(&session.snapshot())).expect("it can be built");
        let note = |line: &Timeline<Told>, id| {
            let now = line.session().snapshot();
            let past =
                Past { log: line.branch().facts(), journal: &line.fold().journal, acts: line.branch().acts() };
            let known = Known { past: Some(past), ..Known::of(&now, line.session().world()) };
            let Some(Item::Note(note)) = one(known, id).into_iter().next() else { return String::new() };
            note
        };
        line.advance_to(SECOND);
        let flights = line.session().snapshot().flights;
        let [kept, lost] = [0, 1].map(|nth: usize| flights[nth].id);
        line.act(Action::LoseMessage(lost), "").expect("it is on its way");
        assert_eq!(note(&line, lost), "You lost it on its way.");
        line.advance_to(5 * SECOND);
        assert_eq!(note(&line, lost), "You lost it on its way.");
        let now = line.session().snapshot();
        let past = Past { log: line.branch().facts(), journal: &line.fold().journal, acts: line.branch().acts() };
        let known = Known { past: Some(past), ..Known::of(&now, line.session().world()) };
        let items = one(known, lost);
        let [_, Item::Note(what), Item::Buttons(why), _] = &items[..] else { panic!("{items:#?}") };
        assert!(what.contains(" from ") && what.contains(" is lost: you dropped it"), "{what}");
        assert!(matches!(why[0].press, Press::Why(_)), "{why:#?}");
        assert_eq!(note(&line, kept), "It has arrived, or was lost.");
        line.seek(0);
        assert_eq!(note(&line, lost), "It has arrived, or was lost.", "that is yet to come");
    }

    fn voting() -> Session {
        let mut session = Session::new(&Scenario::first_city(), 7).expect("it can be built");
        session.act(Action::Kill(HostId(2))).expect("it runs");
        session.step(60 * SECOND, |fact| crate::narrate::mark(fact) == Some("vote"));
        session
    }

    #[test]
    fn a_vote_can_be_opened_and_lost() {
        let mut session = voting();
        let now = session.snapshot();
        let list = all(Known::of(&now, session.world()));
        let Some(Item::List(buttons)) = list.last() else { panic!("a list") };
        let vote = buttons.iter().find(|button| button.label.starts_with("FAILOVER_AUTH_ACK · Shop"));
        let Press::Show(Sheet::Message(id)) = vote.expect("a vote is on its way").press else { panic!("a sheet") };
        let opened = |session: &Session| {
            let now = session.snapshot();
            let known = Known::of(&now, session.world());
            one(known, id)
        };
        let items = opened(&session);
        let Item::Buttons(acts) = &items[0] else { panic!("what can be done stands first: {items:#?}") };
        assert_eq!(acts[0].act, "lose");
        assert!(items.contains(&Item::Row("type".into(), "FAILOVER_AUTH_ACK".to_owned())), "{items:#?}");
        assert!(items.contains(&Item::Row("Says".into(), "epoch 7".to_owned())), "{items:#?}");
        session.act(Action::LoseMessage(id)).expect("it is on its way");
        assert!(opened(&session).contains(&Item::Note("It has arrived, or was lost.".to_owned())));
    }

    #[test]
    fn an_opened_message_is_framed_with_both_its_ends_though_its_kind_is_left_out() {
        use crate::cluster::id::Place;
        use crate::stage::checks::frames;
        use crate::stage::fixture;
        use crate::stage::scene::{Look, Scene};
        let city = fixture::key_typed();
        let ping = city.flights.iter().find(|flight| flight.kind == FlightKind::Ping).expect("one flies").id;
        for frame in frames() {
            let about = Sheet::Message(ping).abouts(&city);
            let look = Look { lit: about.into(), opened: Some(ping), ..Look::default() };
            let (plain, scene) = (Scene::of(&city, frame, &Look::default()), Scene::of(&city, frame, &look));
            assert!(!plain.parcels.iter().any(|parcel| parcel.id == ping) && plain.lit.is_empty());
            let drawn = scene.parcels.iter().find(|parcel| parcel.id == ping).expect("it is drawn");
            let frames = [scene.shops[0].touch, scene.shops[1].touch];
            assert!(frames.iter().all(|shop| scene.lit.contains(shop)), "{:?}", scene.lit);
            let (x, y) = (drawn.place.0 / 10, drawn.place.1 / 10);
            assert!(scene.lit.iter().any(|lit| (lit.middle(), lit.middle_y()) == (x, y)), "{:?}", scene.lit);
            assert_eq!(scene.glows.len(), 1);
        }
        let ends = (Place::Node(HostId(0)), Place::Node(HostId(1)));
        assert_eq!(Sheet::Street(ends.0, ends.1).abouts(&city), Sheet::Message(ping).abouts(&city));
        assert!(Sheet::Message(99).abouts(&city).is_empty() && Sheet::City.abouts(&city).is_empty());
    }

    #[test]
    fn each_kind_of_message_has_its_switch() {
        let session = voting();
        let now = session.snapshot();
        let list = all(Known::of(&now, session.world()));
        let Item::Buttons(buttons) = &list[1] else { panic!("switches") };
        let on: Vec<_> = buttons.iter().map(|button| (&*button.label, button.on)).collect();
        let so = |name, on| (name, Some(on));
        assert_eq!(
            on,
            [so("Requests", true), so("Replication", true), so("Gossip, ACKs", false), so("Votes", true)]
        );
        assert_eq!(buttons[3].press, Press::Draw(3));
    }

    #[test]
    fn small_talk_comes_last() {
        let session = voting();
        let now = session.snapshot();
        let list = all(Known::of(&now, session.world()));
        let Some(Item::List(buttons)) = list.last() else { panic!("a list") };
        let of = |word: &str| buttons.iter().position(|button| button.label.starts_with(word));
        assert!(of("FAILOVER_AUTH_ACK") < of("PING").or(Some(usize::MAX)));
    }
}
