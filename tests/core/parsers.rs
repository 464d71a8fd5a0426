//! Any bytes at every place where bytes from outside are read: requests, payloads of RESTORE, numbers, SORT's words.
//! (Globs and doubles are told from their models where they are: `command/keys.rs`, `command/double.rs`.)

use std::rc::Rc;

use cluster_city::cluster::command::argument::{integer, range};
use cluster_city::cluster::command::line::split_bytes;
use cluster_city::cluster::connection::Payload;
use cluster_city::cluster::digest::Digest;
use cluster_city::cluster::id::HostId;
use cluster_city::cluster::reply::{Blob, Reply};
use cluster_city::cluster::resp::{MOST_REQUEST_BYTES, Parser};
use cluster_city::cluster::store::dump::{Unreadable, dump, restore};
use cluster_city::cluster::store::{Limits, Value};
use cluster_city::cluster::time::MS;
use cluster_city::cluster::world::World;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::terminal::city;

/// One seed, so that a run that fails fails again.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(11), ..ProptestConfig::default() }
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..most)
}

/// What a stream says: its requests, and the last words if it broke.
type Read = (Vec<Rc<[Blob]>>, Option<Vec<u8>>);

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Read {
    let (mut parser, mut requests) = (Parser::default(), Vec::new());
    for piece in pieces {
        parser.feed(piece);
        loop {
            match parser.next_request() {
                Ok(Some(words)) => requests.push(words),
                Ok(None) => break,
                Err(error) => return (requests, Some(error.reply().to_vec())),
            }
        }
    }
    (requests, None)
}

/// Words as a client sends them.
fn encoded(words: &[Vec<u8>]) -> Vec<u8> {
    let word = |word: &Vec<u8>| [format!("${}\r\n", word.len()).as_bytes(), word, b"\r\n"].concat();
    [format!("*{}\r\n", words.len()).into_bytes(), words.iter().flat_map(word).collect()].concat()
}

/// Bytes of which a protocol is made, so that chance gets deep: any other one now and then.
fn resp_like() -> impl Strategy<Value = Vec<u8>> {
    let sign = prop::sample::select(b"*$\r\n\r\n0123456789-+ '\"\\xaZ\0".to_vec());
    prop::collection::vec(prop_oneof![9 => sign, 1 => any::<u8>()], 0..300)
}

/// A sound stream of which some bytes are others.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let requests = prop::collection::vec(prop::collection::vec(bytes(30), 1..5), 1..6);
    let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    (requests, damage).prop_map(|(requests, damage)| {
        let mut stream: Vec<u8> = requests.iter().flat_map(|words| encoded(words)).collect();
        damage.iter().for_each(|(at, byte)| *at.get_mut(&mut stream) = *byte);
        stream
    })
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn any_pieces_say_what_the_whole_says(
        stream in prop_oneof![resp_like(), damaged()],
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let whole = read([&stream[..]]);
        prop_assert_eq!(&read(stream.chunks(1)), &whole);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        prop_assert_eq!(&read(cuts.windows(2).map(|cut| &stream[cut[0]..cut[1]])), &whole);
        // Nobody gets more than was sent.
        let words: usize = whole.0.iter().flat_map(|words| words.iter()).map(|word| word.len()).sum();
        prop_assert!(words <= stream.len());
    }

    #[test]
    fn a_sound_request_is_read_whatever_follows_it(
        words in prop::collection::vec(bytes(60), 1..8), tail in resp_like()
    ) {
        let stream = [encoded(&words), tail].concat();
        let (requests, _) = read([&stream[..]]);
        let first: Vec<Vec<u8>> = requests[0].iter().map(|word| word.to_vec()).collect();
        prop_assert_eq!(first, words);
    }

    #[test]
    fn an_inline_line_is_split_as_a_typed_one(line in bytes(80)) {
        let line: Vec<u8> = line.into_iter().filter(|byte| !matches!(byte, b'\n' | 0)).collect();
        prop_assume!(line.first() != Some(&b'*'));
        let (requests, broken) = read([&line[..], b"\r\n"]);
        match split_bytes(&line) {
            None => prop_assert!(broken.is_some_and(|text| text.ends_with(b"unbalanced quotes in request\r\n"))),
            Some(words) if words.is_empty() => prop_assert!(requests.is_empty() && broken.is_none()),
            Some(words) => prop_assert_eq!(requests, vec![Rc::from(words)]),
        }
    }

    /// What was announced is not kept before it comes: a count and a length cost a few bytes.
    #[test]
    fn announcements_cost_nothing(counts in prop::collection::vec((1..=i32::MAX, 0..=600_000_000i64), 1..20)) {
        for (count, length) in counts {
            let mut parser = Parser::default();
            let head = format!("*{count}\r\n${length}\r\n");
            parser.feed(head.as_bytes());
            let too_long = length + 64 > MOST_REQUEST_BYTES as i64;
            prop_assert_eq!(parser.next_request().is_err(), too_long, "{}", head);
            prop_assert_eq!(parser.waiting(), 0);
        }
    }

    #[test]
    fn integers_are_those_that_are_written_alike(text in prop_oneof![
        "[-+ 0]{0,2}[0-9]{0,21}", "-?[01]{0,2}", any::<i64>().prop_map(|number| number.to_string()),
        any::<i128>().prop_map(|number| (number >> 62).to_string()), "\\PC{0,6}",
    ]) {
        // Strict: only what would be written so.
        let known = text.parse::<i64>().ok().filter(|number| number.to_string() == text);
        prop_assert_eq!(integer(text.as_bytes()), known);
    }

    #[test]
    fn ranges_lie_within(start in any::<i64>(), stop in any::<i64>(), near in (-9..9i64, -9..9i64), length in 0..9usize) {
        for (start, stop) in [(start, stop), near, (start, near.1), (near.0, stop)] {
            // By definition: each index, from the front or from the end.
            let at = |index: i64| if index < 0 { i128::from(index) + length as i128 } else { index.into() };
            let within = (0..length).filter(|&index| (at(start)..=at(stop)).contains(&(index as i128)));
            let within: Vec<usize> = within.collect();
            let known = within.first().zip(within.last()).map(|(&first, &last)| (first, last));
            prop_assert_eq!(range(start, stop, length), known, "{}..{} of {}", start, stop, length);
        }
    }
}

/// A payload of RESTORE: sound items in a sound envelope, but for what `damage` does to its middle.
fn payload(kind: u8, items: &[Vec<u8>], tail: &[u8]) -> Vec<u8> {
    let item = |item: &Vec<u8>| [&(item.len() as u32).to_le_bytes()[..], item].concat();
    seal([vec![kind], items.iter().flat_map(item).collect(), tail.to_vec()].concat())
}

/// Puts the version and the sum after it, which chance would not find.
fn seal(mut body: Vec<u8>) -> Vec<u8> {
    let version = dump(&Value::String(b"x"[..].into()));
    body.push(version[version.len() - 9]);
    let sum = Digest::of(&&body[..]).to_le_bytes();
    body.extend(sum);
    body
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn what_restore_takes_dump_gives_back(
        kind in prop_oneof![9 => prop::sample::select(b"srlmhz".to_vec()), 1 => any::<u8>()],
        items in prop::collection::vec(prop_oneof![bytes(12), any::<f64>().prop_map(|x| x.to_bits().to_le_bytes().to_vec())], 0..9),
        tail in prop_oneof![4 => Just(Vec::new()), 1 => bytes(9)],
    ) {
        let limits = Limits::default();
        let sealed = payload(kind, &items, &tail);
        let restored = restore(&sealed, &limits);
        if tail.is_empty() && matches!((kind, items.len()), (b's' | b'r', 1) | (b'l' | b'm', 1..)) {
            prop_assert!(restored.is_ok());
        }
        if let Ok(value) = restored {
            let dumped = dump(&value);
            prop_assert_eq!(restore(&dumped, &limits), Ok(value));
            // A single byte that is another one: refused.
            let at = dumped.len() / 2;
            let mut other = dumped;
            other[at] ^= 1;
            prop_assert_eq!(restore(&other, &limits), Err(Unreadable::Envelope));
        }
    }

    #[test]
    fn arbitrary_payloads_are_refused(body in bytes(60)) {
        let limits = Limits::default();
        prop_assert_eq!(restore(&body, &limits), Err(Unreadable::Envelope));
        // With a sound envelope too nothing panics; whole or not at all.
        let _taken_or_not = restore(&seal(body.clone()), &limits);
        let cut = payload(b'l', &[body], &[9]);
        prop_assert_eq!(restore(&cut, &limits), Err(Unreadable::Body));
    }
}

/// A world in which one connection asks one node, and what it answers.
fn ask(world: &mut World, words: Vec<Vec<u8>>) -> Reply {
    let conn = world.dial(HostId(2)).expect("there is such a node");
    world.ask(conn, words.into_iter().map(Into::into).collect());
    world.run_until(world.now() + MS);
    let mut said = world.take_outside().into_iter().filter(|(from, _)| *from == conn);
    let reply = said.find_map(|(_, payload)| match payload {
        Payload::Reply(reply) => Some(reply),
        _ => None,
    });
    world.hang_up(conn);
    reply.expect("it answers")
}

/// A clause of SORT: its words, and what it does to the outcome.
#[derive(Clone, Debug)]
enum Clause {
    Limit(i64, i64),
    Descending(bool),
    Alpha,
    /// A pattern without a star: nothing is sorted.
    By(String),
    /// One with a star.
    ByKeys(String),
    Get(String),
    Unknown(String),
}

impl Clause {
    fn words(&self) -> Vec<Vec<u8>> {
        let text = match self {
            Self::Limit(start, length) => format!("LIMIT {start} {length}"),
            Self::Descending(down) => if *down { "DESC" } else { "aSc" }.to_owned(),
            Self::Alpha => "alpha".to_owned(),
            Self::By(pattern) | Self::ByKeys(pattern) => format!("BY {pattern}"),
            Self::Get(pattern) => format!("GET {pattern}"),
            Self::Unknown(word) => word.clone(),
        };
        text.split(' ').map(|word| word.as_bytes().to_vec()).collect()
    }
}

fn a_clause() -> impl Strategy<Value = Clause> {
    let number = || prop_oneof![4 => -3..12i64, 1 => any::<i64>()];
    prop_oneof![
        4 => (number(), number()).prop_map(|(start, length)| Clause::Limit(start, length)),
        4 => any::<bool>().prop_map(Clause::Descending),
        4 => Just(Clause::Alpha),
        2 => "[!-)+-~]{1,6}".prop_map(Clause::By),
        1 => "[!-~]{0,3}\\*[!-~]{0,3}".prop_map(Clause::ByKeys),
        1 => "[!-~]{1,4}".prop_map(Clause::Get),
        1 => "X[!-~]{0,4}".prop_map(Clause::Unknown),
    ]
}

/// What SORT gives for a list of numbers, by its manual.
fn sorted(items: &[i64], clauses: &[Clause]) -> Reply {
    let (mut limit, mut down, mut alpha, mut as_is) = (None, false, false, false);
    for clause in clauses {
        match clause {
            Clause::Limit(start, length) => limit = Some((*start, *length)),
            Clause::Descending(given) => down = *given,
            Clause::Alpha => alpha = true,
            Clause::By(_) => as_is = true,
            Clause::ByKeys(_) => return Reply::error("ERR BY option of SORT denied in Cluster mode."),
            Clause::Get(_) => return Reply::error("ERR GET option of SORT denied in Cluster mode."),
            Clause::Unknown(_) => return Reply::error("ERR syntax error"),
        }
    }
    let mut items: Vec<i64> = items.to_vec();
    if !as_is && alpha {
        items.sort_by_key(|item| item.to_string());
    } else if !as_is {
        items.sort();
    }
    if down {
        items.reverse();
    }
    let (start, length) = limit.unwrap_or((0, -1));
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let kept = items.iter().skip(usize::try_from(start).unwrap_or(0)).take(length);
    Reply::Array(kept.map(|item| Reply::bulk(item.to_string())).collect())
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn sort_does_what_its_words_say(
        items in prop::collection::vec(-20..20i64, 1..9), clauses in prop::collection::vec(a_clause(), 0..5)
    ) {
        let words = |line: &str| line.split(' ').map(|word| word.as_bytes().to_vec()).collect::<Vec<_>>();
        let (mut world, key) = (city(), "{user:123}l");
        let numbers: Vec<String> = items.iter().map(i64::to_string).collect();
        ask(&mut world, words(&format!("RPUSH {key} {}", numbers.join(" "))));
        let given = clauses.iter().flat_map(Clause::words);
        let argv: Vec<_> = words(&format!("SORT {key}")).into_iter().chain(given).collect();
        prop_assert_eq!(ask(&mut world, argv), sorted(&items, &clauses));
    }

    #[test]
    fn restore_refuses_what_is_not_whole(body in bytes(60), kind in any::<u8>(), flag in "\\PC{0,8}") {
        let mut world = city();
        let mut restore = |payload: Vec<u8>| {
            ask(&mut world, vec![b"RESTORE".to_vec(), b"{user:123}r".to_vec(), b"0".to_vec(), payload])
        };
        let wrong = Reply::error("ERR DUMP payload version or checksum are wrong");
        prop_assert_eq!(&restore(body.clone()), &wrong);
        let broken = Reply::error("ERR Bad data format");
        prop_assert_eq!(restore(payload(kind, &[body], &[1, 0, 0, 0])), broken);
        // No word makes a node lose its tongue.
        ask(&mut world, vec![b"RESTORE".to_vec(), b"{user:123}r".to_vec(), flag.clone().into(), vec![], flag.into()]);
    }
}
