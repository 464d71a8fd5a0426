//! Every fact that the log shows leads back to an act, to a named timer, or to the city's opening.

use std::collections::BTreeMap;

use cluster_city::cluster::fact::{Fact, FactId, FactKind};
use cluster_city::narrate::{self, Weight};
use cluster_city::sim::Session;
#[cfg(feature = "proof")]
use cluster_city::sim::proof::{Style, write};

use crate::script::perform;

/// Names of facts whose chains begin with nothing, with the stories they are of.
fn without_root(name: &str, facts: &[Fact], found: &mut BTreeMap<String, Vec<String>>) {
    let get = |id: FactId| facts.binary_search_by_key(&id, |fact| fact.id).ok().map(|at| &facts[at]);
    for fact in facts.iter().filter(|fact| narrate::weight(fact) >= Weight::Event) {
        let mut first = fact;
        while let Some(cause) = first.cause.and_then(get) {
            assert!(cause.id < first.id, "{name}: a cause comes first");
            first = cause;
        }
        // The oldest are not kept.
        let cut_short = first.cause.is_some();
        if !cut_short && !narrate::is_act(&first.kind) && !narrate::is_timer(&first.kind) {
            let word =
                |kind: &FactKind| format!("{kind:?}").split([' ', '{']).next().unwrap_or_default().to_owned();
            let key = format!("{} from {}", word(&fact.kind), word(&first.kind));
            found.entry(key).or_default().push(format!("{name} {}: {first:?}", fact.at));
        }
    }
}

fn of(session: &Session) -> Vec<Fact> {
    session.facts().iter().cloned().collect()
}

#[test]
fn every_fact_of_the_stories_leads_back_to_an_act_or_a_timer() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/");
    let mut found = BTreeMap::new();
    let files = std::fs::read_dir(folder).expect("it is there").map(|file| file.expect("it can be read").path());
    let mut scripts: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "script")).collect();
    scripts.sort();
    assert!(scripts.len() > 30);
    for path in scripts {
        let script = std::fs::read_to_string(&path).expect("it can be read");
        let name = path.file_stem().expect("it has a name").to_string_lossy();
        without_root(&name, &of(&perform(&script)), &mut found);
    }
    show(&found);
}

#[cfg(feature = "proof")]
#[test]
fn every_fact_of_random_worlds_leads_back_to_an_act_or_a_timer() {
    let mut found = BTreeMap::new();
    for seed in 0..60 {
        let (script, _) = write(seed, Style::SHORT, None);
        let mut session = Session::new(&script.scenario, script.seed).expect("it was built before");
        for beat in &script.beats {
            // What makes no sense changes nothing.
            let _ = session.act(beat.act.clone());
            session.advance_to(session.now() + beat.wait);
        }
        without_root(&format!("seed {seed}"), &of(&session), &mut found);
    }
    show(&found);
}

fn show(found: &BTreeMap<String, Vec<String>>) {
    let told: Vec<String> =
        found.iter().map(|(kind, all)| format!("{} × {kind}, as in {}", all.len(), all[0])).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}
