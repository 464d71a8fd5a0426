//! Checks of words: no sheet of one skin speaks in the words of another.

use super::cause::Past;
use super::inspect::inspect;
use super::sheet::{Button, Item, Known, Sheet, Whose};
use super::skin::Skin;
use super::told::Told;
use super::transcript::LastKey;
use super::until::Until;
use crate::cluster::id::{ClientId, HostId, Place, RackId};
use crate::cluster::operator::Task;
use crate::cluster::time::SECOND;
use crate::narrate::Voice;
use crate::sim::timeline::Timeline;
use crate::sim::{Action, Scenario};

/// The texts of an item, as the page shows them: what never changes is told in the skin's words when it is drawn.
fn texts(item: &Item, voice: Voice) -> Vec<String> {
    let of_button = |button: &Button| [button.label.clone(), voice.told(button.hindrance.unwrap_or_default())];
    match item {
        Item::Heading(words) | Item::Find(words) => vec![voice.told(words)],
        Item::Note(words) | Item::Live(words) => vec![words.clone()],
        Item::Row(name, value) => vec![name.to_string(), value.clone()],
        Item::Grid(..) => Vec::new(),
        Item::Choose(choice) => {
            let lists = choice.lists.iter().flat_map(|(of, names)| names.iter().cloned().chain([voice.told(of)]));
            lists.chain([choice.label.clone(), voice.told(choice.hindrance.unwrap_or_default())]).collect()
        }
        Item::Buttons(buttons) | Item::List(buttons) => buttons.iter().flat_map(of_button).collect(),
        Item::Range(range) => {
            let steps = range.steps.iter().map(|(words, _)| words.clone());
            steps.chain([voice.told(range.label)]).collect()
        }
    }
}

/// Every sheet and every inspector of one moment, title first.
fn sheets(line: &Timeline<Told>, voice: Voice) -> Vec<(String, Vec<String>)> {
    let now = line.session().snapshot();
    let past = Past { log: line.branch().facts(), journal: &line.fold().journal, acts: line.branch().acts() };
    let key = LastKey { key: "user:123".into(), tag: None, slot: 12_893 };
    let known = |whose| Known {
        past: Some(past),
        key: Some(&key),
        lens_at: 12_893,
        voice,
        whose,
        ..Known::of(&now, line.session().world())
    };
    let node = |host| Place::Node(HostId(host));
    let mut all = vec![Sheet::City, Sheet::Client, Sheet::Key, Sheet::Messages, Sheet::Keys, Sheet::Lens];
    all.extend((0..3).map(|rack| Sheet::Rack(RackId(rack))));
    all.extend(now.nodes.iter().map(|node| Sheet::Shop(node.host)));
    all.extend([Sheet::Street(node(0), node(2)), Sheet::Street(node(1), Place::Client(ClientId(0)))]);
    all.extend(now.flights.iter().map(|flight| Sheet::Message(flight.id)).chain([Sheet::Message(1)]));
    let title = |sheet: Sheet| voice.told(sheet.title());
    let shown = |sheet: Sheet, whose| {
        let said = sheet.items(known(whose)).iter().flat_map(|item| texts(item, voice)).collect();
        (title(sheet), said)
    };
    let mut found: Vec<_> = all.into_iter().map(|sheet| shown(sheet, Whose::Truth)).collect();
    for whose in now.nodes.iter().map(|node| Whose::Node(node.host)).chain([Whose::Client]) {
        found.push(shown(Sheet::Views, whose));
    }
    for host in now.nodes.iter().map(|node| node.host) {
        let beliefs = line.session().beliefs(host);
        let shown = inspect(&now, host, &beliefs, Vec::new(), voice).expect("it is there");
        let rows = shown.rows.iter().chain(&shown.beliefs);
        let rows = rows.flat_map(|row| [row.name.to_string(), row.value.to_string()]);
        let bid = shown.bid.iter().flat_map(|bid| [bid.title.to_string(), bid.sentence.to_string()]);
        let acts = shown.acts.iter().flat_map(|act| [act.label, act.hindrance.unwrap_or_default()]);
        let acts = acts.map(|words| voice.told(words));
        found.push((
            shown.name.to_string(),
            rows.chain(bid).chain(acts).chain([shown.state.0.to_string()]).collect(),
        ));
    }
    found.push(("Until".to_owned(), Until::MENU.iter().map(|until| voice.told(until.words())).collect()));
    found
}

/// Whether a text has one of these words, or their plural.
fn has(text: &str, words: &[&str]) -> bool {
    let mut parts = text.split(|letter: char| !letter.is_ascii_alphabetic());
    parts.any(|part| words.iter().any(|word| part.to_ascii_lowercase().trim_end_matches('s') == *word))
}

#[test]
fn no_sheet_speaks_in_another_skins_words() {
    let city = Scenario::first_city();
    for skin in [Skin::Library, Skin::Servers] {
        let voice = skin.voice();
        let words: &[&str] = if skin == Skin::Library { &["shop", "rack"] } else { &["shop", "backup"] };
        let mut line = Timeline::new(&city, 7, |session| Told::new(&session.snapshot())).expect("it can be built");
        let (mut moments, mut wrong) = (0, Vec::new());
        let mut look = |line: &Timeline<Told>| {
            moments += 1;
            for (title, said) in sheets(line, voice) {
                let said = said.into_iter().chain([title.clone()]);
                wrong.extend(said.filter(|text| has(text, words)).map(|text| format!("{title}: {text}")));
            }
        };
        let command = |line: &str| Action::Command { client: ClientId(0), target: None, line: line.into() };
        line.act(command("SET user:123 Ada"), "").expect("the client takes it");
        look(&line);
        line.advance_to(3 * SECOND);
        line.act(Action::AddMachine(RackId(0)), "").expect("there is room");
        let join = Task::Join { host: HostId(6), replica_of: None };
        line.act(Action::Operate(join), "").expect("the operator has nothing to do");
        look(&line);
        line.act(Action::Kill(HostId(2)), "").expect("it runs");
        line.act(Action::PowerOff(RackId(1)), "").expect("it has power");
        line.act(Action::CutOff(RackId(0)), "").expect("it is there");
        for _ in 0..5 {
            line.advance_to(line.session().now() + 6 * SECOND);
            look(&line);
        }
        line.act(Action::Heal, "").expect("a road is cut");
        line.act(Action::PowerOn(RackId(1)), "").expect("it has none");
        for _ in 0..12 {
            line.advance_to(line.session().now() + 2 * SECOND);
            look(&line);
        }
        wrong.sort();
        wrong.dedup();
        assert!(moments == 19 && wrong.is_empty(), "{}: {wrong:#?}", skin.name());
    }
}
