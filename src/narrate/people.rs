//! Sentences about what people and clients do.

use super::{Term, Words, counted, span};
use crate::cluster::fact::{FactKind, Redirect, Silence};
use crate::cluster::id::{HostId, Place};
use crate::cluster::operator::Task;
use crate::cluster::reply::{Blob, Reply};
use crate::cluster::resp::Protocol;
use crate::cluster::slot::Slot;
use crate::cluster::snapshot::FlightKind;

pub(super) fn sentence(kind: &FactKind, words: Words<'_>) -> Option<String> {
    use FactKind as F;
    Some(match kind {
        F::Killed { host } => format!("{} {}.", words.name(*host), words.word(Term::Burns)),
        F::ShutDown { host } => format!("{} shuts down, as it was told (SHUTDOWN).", words.name(*host)),
        F::Restarted { host } => {
            format!("{} starts again. It knows the cluster from nodes.conf, and holds no keys.", words.name(*host))
        }
        F::Frozen { host } => {
            format!("{} freezes (SIGSTOP): it keeps its connections and answers nothing.", words.name(*host))
        }
        F::Thawed { host } => format!("{} goes on (SIGCONT), and sees all it missed at once.", words.name(*host)),
        F::PowerLost { rack } => {
            format!("{} loses its power, and all in it is gone without a word.", words.rack(*rack))
        }
        F::RoadsMended
        | F::PowerBack { .. }
        | F::TaskBegun { .. }
        | F::TaskDone { .. }
        | F::TaskFailed { .. }
        | F::MachineAdded { .. }
        | F::MachineMoved { .. }
        | F::Meeting { .. }
        | F::Forgotten { .. }
        | F::ClusterReset { .. }
        | F::SlotsAssigned { .. }
        | F::RoadsCut { .. }
        | F::RoadsLossy { .. }
        | F::RoadsSlowed { .. }
        | F::MachineSlowed { .. }
        | F::MessageLost { .. }
        | F::MessageDelayed { .. }
        | F::StreetsChanged { .. }
        | F::WeatherChanged { .. } => of_hands(kind, words),
        F::CommandTyped { argv, target: None, .. } => format!("You type {}.", command(argv)),
        F::CommandTyped { argv, target: Some(host), .. } => {
            format!("You type {} to {} alone.", command(argv), words.name(*host))
        }
        F::Routed { slot: Some(slot), to, .. } => {
            format!("Your client asks {} about slot {slot}.", words.name(*to))
        }
        F::Routed { slot: None, to, .. } => format!("Your client asks {}.", words.name(*to)),
        F::Redirected { redirect, slot, from, to, .. } => redirected(words, *redirect, *slot, *from, *to),
        F::Unanswered { from, silence, .. } => unanswered(words, *from, *silence),
        F::Answered { from, reply, command: number, .. } => {
            let (name, reply) = (words.name(*from), short(reply));
            ended(match words.typed(*number) {
                Some(argv) => format!("{name} answers {}: {reply}", command(argv)),
                None => format!("{name} answers: {reply}"),
            })
        }
        F::Heard { from, reply, .. } => ended(format!("{} tells: {}", words.name(*from), short(reply))),
        F::GaveUp { text, .. } if kind.is_by_wish() => format!("You {text}."),
        F::GaveUp { text, .. } => format!("{}: {text}.", words.word(Term::Refused)),
        F::MapLearned { from, slots, .. } => {
            format!(
                "Your client's copy of the {} changes in {}, as {} tells it.",
                words.word(Term::Directory),
                counted(*slots, "slot"),
                words.name(*from)
            )
        }
        _ => return None,
    })
}

/// What is done by hand and by operators, and by commands that the page fetches when somebody asks for them. It is of the
/// page's second part (see `split/`), so it must stay a function by itself.
#[inline(never)]
fn of_hands(kind: &FactKind, words: Words<'_>) -> String {
    use FactKind as F;
    match kind {
        F::PowerBack { rack } => format!("{} has its power back; its machines start.", words.rack(*rack)),
        F::TaskBegun { task } => format!("The operator begins: {}.", of_task(words, task)),
        F::TaskDone { task, slots: 0 } => format!("The operator is done: {}.", of_task(words, task)),
        F::TaskDone { task, slots } => {
            format!("The operator is done: {}; {} moved.", of_task(words, task), counted(*slots, "slot"))
        }
        F::TaskFailed { slots: 0, text, .. } => format!("The operator stops: {text}."),
        F::TaskFailed { slots, text, .. } => {
            format!("The operator stops after {}: {text}.", counted(*slots, "slot"))
        }
        // Nobody has heard its name before this.
        F::MachineAdded { shard, rack, .. } => {
            format!(
                "{} {shard} opens in {}. It knows nobody yet, and serves nothing.",
                words.word(Term::Master),
                words.rack(*rack)
            )
        }
        F::MachineMoved { host, rack } => format!("{} moves to {}.", words.name(*host), words.rack(*rack)),
        F::Meeting { host, addr } => {
            format!("{} is told to meet {}.", words.name(*host), words.name(*addr))
        }
        F::Forgotten { host, peer } => {
            format!(
                "{} is told to forget {}, and will not hear of it for 60 s.",
                words.name(*host),
                words.name(*peer)
            )
        }
        F::ClusterReset { host, hard } => {
            let name = if *hard { ", and has a new name" } else { "" };
            format!("{} is reset: it knows nobody and serves nothing{name}.", words.name(*host))
        }
        F::SlotsAssigned { host, slots, added: true } => {
            format!("{} is given {}.", words.name(*host), counted(*slots, "slot"))
        }
        F::SlotsAssigned { host, slots, added: false } => {
            format!("{} takes {} off its table.", words.name(*host), counted(*slots, "slot"))
        }
        F::RoadsCut { one, other, both_ways } => {
            let way = if *both_ways { "between" } else { "one way, from" };
            let and = if *both_ways { "and" } else { "to" };
            format!("The road is cut {way} {} {and} {}.", side(words, one), side(words, other))
        }
        F::RoadsMended => "The roads are open again; what was held back goes on.".to_owned(),
        F::RoadsLossy { per_mille: 0 } => "Nothing is lost on the road any more.".to_owned(),
        F::RoadsLossy { per_mille } => {
            format!("The road is lossy: {per_mille} of 1,000 messages are lost and sent again.")
        }
        F::RoadsSlowed { by: 0 } => "The road is as fast as before.".to_owned(),
        F::RoadsSlowed { by } => format!("The road is slower: {} more for every message.", span(*by)),
        F::MachineSlowed { host, by } => {
            format!("{} does everything {} later than it could.", words.name(*host), span(*by))
        }
        F::MessageLost { from, to, kind, .. } => format!(
            "{} from {} to {} is lost: you dropped it, and the connection breaks with it.",
            message(*kind),
            side(words, &[*from]),
            side(words, &[*to])
        ),
        F::MessageDelayed { from, to, by } => format!(
            "A message from {} to {} is held up for {}.",
            side(words, &[*from]),
            side(words, &[*to]),
            span(*by)
        ),
        F::StreetsChanged { streets } => format!(
            "A message takes {} within a rack, {} between racks, {} between regions, and {} to your client.",
            span(streets.same_rack),
            span(streets.other_rack),
            span(streets.other_region),
            span(streets.to_client)
        ),
        F::WeatherChanged { weather } => format!(
            "The streets: up to {} later by chance, {} of 1,000 messages lost and sent again{}.",
            span(weather.jitter),
            weather.loss_per_mille,
            match weather.duplicate_per_mille {
                0 => String::new(),
                twice => format!(", {twice} of the bus's come twice"),
            }
        ),
        // The others are told above.
        _ => String::new(),
    }
}

fn of_task(words: Words<'_>, task: &Task) -> String {
    match task {
        Task::Reshard { from, to, slots } => {
            format!("{} from {} to {}", counted(*slots, "slot"), words.name(*from), words.name(*to))
        }
        Task::Rebalance => "the same number of slots for every master".to_owned(),
        Task::Join { host, replica_of: None } => format!("{} joins the cluster", words.name(*host)),
        Task::Join { host, replica_of: Some(master) } => {
            format!("{} joins the cluster as a replica of {}", words.name(*host), words.name(*master))
        }
        Task::Leave { host } => format!("{} leaves the cluster", words.name(*host)),
        Task::Slot { slot, to } => format!("slot {slot} to {}", words.name(*to)),
        Task::Fix => "slots that were left half moved".to_owned(),
    }
}

fn side(words: Words<'_>, places: &[Place]) -> String {
    let named = places.iter().map(|place| match place {
        Place::Node(host) => words.name(*host),
        Place::Client(_) => "your client".to_owned(),
        Place::Outside => "a client from outside".to_owned(),
        Place::Operator => "the operator".to_owned(),
    });
    named.collect::<Vec<_>>().join(", ")
}

fn redirected(words: Words<'_>, redirect: Redirect, slot: Slot, from: HostId, to: HostId) -> String {
    let (from, place, to) = (words.name(from), words.address(to), words.name(to));
    match redirect {
        Redirect::Moved => format!("{from} says MOVED: slot {slot} lives at {to} ({place})."),
        Redirect::Ask => {
            format!("{from} says ASK: this once, ask {to} ({place}) about slot {slot}.")
        }
    }
}

fn unanswered(words: Words<'_>, from: HostId, silence: Silence) -> String {
    let name = words.name(from);
    match silence {
        Silence::Refused => format!("{name} refuses your client's connection: nobody is there."),
        // Whoever broke it: its process ended, or somebody lost a message on it.
        Silence::Closed => format!("Your client's connection to {name} breaks."),
        Silence::TimedOut => format!("{name} does not answer your client for 2 s."),
    }
}

/// The words of a command, quoted only where that is needed, and not too many.
fn command(argv: &[Blob]) -> String {
    let shown: Vec<String> = argv.iter().take(6).map(|word| String::from_utf8_lossy(word).into_owned()).collect();
    let more = if argv.len() > shown.len() { " …" } else { "" };
    clipped(&(shown.join(" ") + more))
}

fn short(reply: &Reply) -> String {
    match reply {
        Reply::Array(items) | Reply::Set(items) => counted(items.len() as u64, "element"),
        Reply::Map(pairs) | Reply::Pairs(pairs) => counted(pairs.len() as u64, "pair"),
        // CLUSTER NODES and its like are texts of many lines.
        Reply::Bulk(bytes) | Reply::Verbatim(bytes) if bytes.contains(&b'\n') => {
            let lines = bytes.split(|&byte| byte == b'\n').filter(|line| line.len() > 1).count();
            counted(lines as u64, "line")
        }
        Reply::Null | Reply::NullArray => "nothing (nil)".to_owned(),
        Reply::Integer(number) => number.to_string(),
        Reply::Error(text) => clipped(text.trim_end_matches('.')),
        other => clipped(&other.lines(Protocol::Resp2).join(" ")),
    }
}

/// A sentence has one end: what was cut short has its own.
fn ended(sentence: String) -> String {
    if sentence.ends_with('…') { sentence } else { sentence + "." }
}

fn clipped(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
}

/// A message of a kind, to begin a sentence with.
fn message(kind: FlightKind) -> &'static str {
    match kind {
        FlightKind::Request => "A request",
        FlightKind::Reply | FlightKind::ErrorReply => "A reply",
        FlightKind::Moved => "A MOVED reply",
        FlightKind::Ask => "An ASK reply",
        FlightKind::Replication => "A piece of the replication stream",
        FlightKind::Ack => "A REPLCONF ACK",
        FlightKind::Ping => "A PING",
        FlightKind::Pong => "A PONG",
        FlightKind::Fail => "A FAIL",
        FlightKind::VoteRequest => "A vote request",
        FlightKind::Vote => "A vote",
        FlightKind::Update => "An UPDATE",
        FlightKind::Connection => "A message",
    }
}
