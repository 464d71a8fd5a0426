//! RESP: replies into bytes in both protocols, and bytes into requests. Expected bytes: redis-server 7.0.15.

use cluster_city::cluster::reply::Reply;
use cluster_city::cluster::resp::{Parser, Protocol, encode};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn bytes(reply: &Reply, protocol: Protocol) -> String {
    let mut out = Vec::new();
    encode(reply, protocol, &mut out);
    String::from_utf8(out).expect("a text").replace("\r\n", "|")
}

#[test]
fn every_shape_in_both_protocols() {
    let one = || Reply::Integer(1);
    let table = [
        (Reply::ok(), "+OK|", "+OK|"),
        (Reply::error("ERR a\r\nb"), "-ERR a  b|", "-ERR a  b|"),
        (Reply::Integer(i64::MIN), ":-9223372036854775808|", ":-9223372036854775808|"),
        (Reply::Integer(0), ":0|", ":0|"),
        (Reply::bulk("ab"), "$2|ab|", "$2|ab|"),
        (Reply::bulk(""), "$0||", "$0||"),
        (Reply::Null, "$-1|", "_|"),
        (Reply::NullArray, "*-1|", "_|"),
        (Reply::Array(vec![one(), Reply::Null]), "*2|:1|$-1|", "*2|:1|_|"),
        (Reply::Double("3.5".into()), "$3|3.5|", ",3.5|"),
        (Reply::Boolean(true), ":1|", "#t|"),
        (Reply::Boolean(false), ":0|", "#f|"),
        (Reply::verbatim("some text"), "$9|some text|", "=13|txt:some text|"),
        (Reply::map([("a", one()), ("b", Reply::Map(vec![]))]), "*4|$1|a|:1|$1|b|*0|", "%2|$1|a|:1|$1|b|%0|"),
        (Reply::Set(vec![one()]), "*1|:1|", "~1|:1|"),
        (Reply::Pairs(vec![(one(), one()); 2]), "*4|:1|:1|:1|:1|", "*2|*2|:1|:1|*2|:1|:1|"),
        (Reply::Push(vec![one()]), "*1|:1|", ">1|:1|"),
        (Reply::Several(vec![Reply::Push(vec![]), one()]), "*0|:1|", ">0|:1|"),
    ];
    for (reply, two, three) in table {
        assert_eq!(
            (bytes(&reply, Protocol::Resp2).as_str(), bytes(&reply, Protocol::Resp3).as_str()),
            (two, three)
        );
    }
}

/// All requests of a stream that arrives in these pieces, as words joined by `,`; then the error, if there is one.
fn requests<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    let mut parser = Parser::default();
    let mut found = Vec::new();
    for piece in pieces {
        parser.feed(piece);
        loop {
            match parser.next_request() {
                Ok(Some(words)) => {
                    let words: Vec<_> = words.iter().map(|word| word.escape_ascii().to_string()).collect();
                    found.push(words.join(","));
                }
                Ok(None) => break,
                Err(error) => {
                    found.push(error.reply().escape_ascii().to_string());
                    return found;
                }
            }
        }
    }
    found
}

fn check(stream: &[u8], wanted: &[&str]) {
    assert_eq!(requests([stream]), wanted, "{}", stream[..stream.len().min(80)].escape_ascii());
}

#[test]
fn requests_are_read() {
    check(b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n*1\r\n$4\r\nPING\r\n", &["GET,a", "PING"]);
    check(b"PING\r\nSET a \"b\\x00c\"\n  \r\n\r\nGET 'a b'\r\n", &["PING", "SET,a,b\\x00c", "GET,a b"]);
    // Nothing and less than nothing are passed over.
    check(b"*0\r\n*-1\r\n*1\r\n$0\r\n\r\n", &[""]);
    // What stands in the place of a line feed is not looked at.
    check(b"*1\rX$4\rXPINGxx*1\r\n$1\r\na\r\n", &["PING", "a"]);
    check(b"*2\r\n$3\r\nGET\r\n$10\r\nabc", &[]);
    // A zero byte hides the end of an inline line.
    check(b"PI\0NG\r\nPING\r\n", &[]);
    check(b"*2147483647\r\n$1\r\na\r\n", &[]);
}

#[test]
fn errors_are_redis_own() {
    let error = |what: &str| format!("-ERR Protocol error: {what}\\r\\n");
    let check = |stream: &[u8], what: &str| check(stream, &[&error(what)]);
    for stream in [&b"*2147483648\r\n"[..], b"*\r\n", b"* 1\r\n", b"*01\r\n", b"*x*x\r\n"] {
        check(stream, "invalid multibulk length");
    }
    for stream in [&b"*1\r\n$-1\r\n"[..], b"*1\r\n$536870913\r\n", b"*1\r\n$\r\n"] {
        check(stream, "invalid bulk length");
    }
    check(b"*1\r\nPING\r\n", "expected \\'$\\', got \\'P\\'");
    check(b"*1\r\n\r\n", "expected \\'$\\', got \\' \\'");
    check(b"*1\r\n\xff\r\n", "expected \\'$\\', got \\'\\xff\\'");
    check(b"set \"a\n", "unbalanced quotes in request");
    check(b"set 'a'b\n", "unbalanced quotes in request");
    let long = |head: &str| [head.as_bytes(), &[b'1'; 70_000]].concat();
    check(&long(""), "too big inline request");
    check(&long("*"), "too big mbulk count string");
    check(&long("*1\r\n$"), "too big bulk count string");
}

#[test]
fn a_request_has_bounds() {
    let mut parser = Parser::default();
    parser.feed(b"*1000000\r\n");
    // Announced words take no memory, but 64 MiB of them are the most.
    let mut refused = None;
    for _ in 0..200 {
        parser.feed(b"$500000\r\n");
        parser.feed(&[b'x'; 500_002]);
        if let Err(error) = parser.next_request() {
            refused = Some(error);
            break;
        }
    }
    assert_eq!(refused.expect("it is refused").reply(), b"-ERR Protocol error: too big request\r\n");
    // A stream that is no RESP stays so.
    assert!(parser.next_request().is_err());
}

/// Streams that resemble RESP, so that chance gets past the first byte.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let word = proptest::collection::vec(any::<u8>(), 0..20);
    let sound = proptest::collection::vec(word.clone(), 1..4).prop_map(|words| {
        let words = words.iter().map(|word| [format!("${}\r\n", word.len()).as_bytes(), word, b"\r\n"].concat());
        let words: Vec<Vec<u8>> = words.collect();
        [format!("*{}\r\n", words.len()).into_bytes(), words.concat()].concat()
    });
    let line = "[a-z \"'\\\\]{0,12}\r?\n".prop_map(String::into_bytes);
    let header = "[*$]-?[0-9]{0,3}\r\n".prop_map(String::into_bytes);
    let part = prop_oneof![4 => sound, 2 => line, 1 => header, 1 => word];
    proptest::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(2), ..ProptestConfig::default() })]

    #[test]
    fn pieces_make_no_difference(stream in streams(), cuts in proptest::collection::vec(0usize..200, 0..12)) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(stream.len())).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|cut| &stream[cut[0]..cut[1]]);
        prop_assert_eq!(requests(pieces), requests([&stream[..]]));
    }

    #[test]
    fn arbitrary_bytes_are_survived(stream in proptest::collection::vec(any::<u8>(), 0..2000)) {
        requests(stream.chunks(7));
    }

    #[test]
    fn what_is_encoded_is_parsed(words in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 1..9)) {
        let mut stream = Vec::new();
        encode(&Reply::Array(words.iter().map(Reply::bulk).collect()), Protocol::Resp2, &mut stream);
        let mut parser = Parser::default();
        parser.feed(&stream);
        let request = parser.next_request().expect("it is RESP").expect("it is whole");
        prop_assert_eq!(request.iter().map(|word| word.to_vec()).collect::<Vec<_>>(), words);
        prop_assert_eq!(parser.waiting(), 0);
    }
}
