//! What a session keeps in memory: after hours no more than after one.

use cluster_city::cluster::fact::FactId;
use cluster_city::cluster::id::{ClientId, HostId};
use cluster_city::cluster::rng::Rng;
use cluster_city::cluster::time::{MS, Micros, SECOND};
use cluster_city::sim::timeline::{MOST_CHECKPOINTS, MOST_LOGGED, Timeline};
use cluster_city::sim::{Action, Scenario};
use cluster_city::stage::told::Told;
use cluster_city::stage::{journal, transcript};

const HOUR: Micros = 3_600 * SECOND;

/// What is kept: facts, checkpoints, lines of the log (all, and those that matter), marks, lines of the terminal.
fn kept(line: &Timeline<Told>) -> [usize; 6] {
    let (facts, told) = (line.branch().facts(), line.fold());
    [
        facts.after(FactId(0)).count(),
        line.checkpoints(),
        told.journal.lines(true).len(),
        told.journal.lines(false).len(),
        told.journal.marks().len(),
        told.transcript.entries().len(),
    ]
}

/// Two commands a second, and a fire every three minutes that is put out a minute later.
fn busy_hour(line: &mut Timeline<Told>, rng: &mut Rng) {
    let end = line.now() + HOUR;
    let mut second = 0;
    while line.now() < end {
        for _ in 0..2 {
            let typed = format!("SET key:{} {}", rng.below(500), rng.below(1_000));
            let act = Action::Command { client: ClientId(0), target: None, line: typed.into() };
            line.act(act, "city>").expect("the client takes it");
            line.advance_to(line.now() + 500 * MS);
        }
        let host = HostId((second / 180 % 6) as u16);
        match second % 180 {
            20 => drop(line.act(Action::Kill(host), "")),
            80 => drop(line.act(Action::Restart(host), "")),
            _ => {}
        }
        second += 1;
    }
}

#[test]
fn hours_keep_no_more_than_their_bounds() {
    let opened = |session: &cluster_city::sim::Session| Told::new(&session.snapshot());
    let mut line = Timeline::new(&Scenario::first_city(), 7, opened).expect("the first city can be built");
    let mut rng = Rng::new(5);
    let bounds =
        [MOST_LOGGED + 128, MOST_CHECKPOINTS, journal::KEEP, journal::KEEP, journal::MARKS, transcript::KEEP];
    let mut full = [0; 6];
    for hour in 1..=5 {
        busy_hour(&mut line, &mut rng);
        full = kept(&line);
        let over = full.iter().zip(bounds).any(|(kept, most)| *kept > most);
        assert!(!over, "after {hour} h {full:?} are kept, of at most {bounds:?}");
        assert!(line.session().facts().is_empty(), "the branch has the facts, and has them once");
    }
    // All of them are full, so it was the bounds that held.
    let nearly = full.iter().zip(bounds).all(|(kept, most)| kept * 10 >= most * 9);
    assert!(nearly, "{full:?} of {bounds:?}");
}
