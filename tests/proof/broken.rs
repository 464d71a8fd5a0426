//! Rules broken on purpose: the simulator finds each within so many seeds. A checker that finds nothing here checks nothing.

use cluster_city::cluster::broken::Rule;
use cluster_city::sim::proof::{Check, Focus, Length, Style, write};

/// Which checks may notice, what the stories dwell on, and within how many of them.
fn expected(rule: Rule) -> (&'static [Check], Option<Focus>, u64) {
    match rule {
        Rule::OneVoteAnEpoch => (&[Check::Votes], Some(Focus::Votes), 60),
        Rule::MajorityWins => (&[Check::Wins], None, 60),
        Rule::WinnerTakesEpoch => (&[Check::Wins, Check::Owners], None, 60),
        Rule::NewestEpochOwns => (&[Check::Convergence, Check::Owners], None, 60),
        Rule::DataAge => (&[Check::Bids], Some(Focus::Transaction), 120),
        Rule::RankByOffset => (&[Check::Bids], Some(Focus::Ranks), 60),
        Rule::EveryCommand => (&[Check::History], None, 60),
        Rule::CopyReplaces => (&[Check::History, Check::Convergence], None, 60),
        Rule::MigrateDeletes => (&[Check::Keys], Some(Focus::Resharding), 60),
        Rule::MigrateWaits => (&[Check::Losses], Some(Focus::Resharding), 200),
        Rule::WaitCounts => (&[Check::Wait], None, 300),
        Rule::WholeTransactions => (&[Check::Transactions], Some(Focus::Transaction), 200),
        Rule::PauseWrites => (&[Check::Losses, Check::Handover], Some(Focus::Handover), 300),
        Rule::PauseStream => (&[Check::Handover], Some(Focus::Handover), 60),
        Rule::MinorityRefuses => (&[Check::Minority], None, 120),
        Rule::TakeoverTakesEpoch => (&[Check::Wins], None, 200),
        Rule::StreamsAtOnce => (&[Check::Losses], Some(Focus::Ranks), 60),
    }
}

#[test]
fn every_broken_rule_is_found() {
    for rule in Rule::ALL {
        let (checks, focus, most) = expected(rule);
        let style = Style { length: Length::Short, focus };
        let noticed = |seed| {
            let violation = write(seed, style, Some(rule)).1.err();
            violation.is_some_and(|violation| checks.contains(&violation.check))
        };
        assert!((0..most).any(noticed), "{rule:?} was broken, and nothing noticed in {most} stories");
    }
}

/// Whoever asks `cargo xtask simulate --help` is told all names.
#[test]
fn help_names_every_rule_and_every_focus() {
    let help = include_str!("../../examples/simulate.txt");
    let rules = Rule::ALL.map(|rule| format!("{rule:?}"));
    let names: Vec<String> = rules.into_iter().chain(Focus::ALL.map(|focus| format!("{focus:?}"))).collect();
    let words: Vec<&str> = help.split([' ', ',', '\n']).collect();
    for name in names {
        assert!(words.contains(&&*name), "{name} is not told of");
    }
}
