//! Answers as redis-cli shows them to a person: `tests/data/redis_cli.txt` has what the real one shows for which bytes.

use cluster_city::cluster::reply::Reply;
use cluster_city::cluster::resp::Protocol;

use crate::golden_dialogue::value::Value;

const RECORDED: &str = include_str!("../data/redis_cli.txt");

#[test]
fn answers_of_resp3_are_shown_as_redis_cli_shows_them() {
    let mut seen = 0;
    for block in RECORDED.split("\n\n").filter(|block| block.starts_with("> ")) {
        let (values, shown): (Vec<&str>, Vec<&str>) =
            block.lines().skip(1).partition(|line| line.starts_with("= "));
        let ours: Vec<String> = values.iter().flat_map(|line| reply(&line[2..]).lines(Protocol::Resp3)).collect();
        assert_eq!(ours, shown, "{block}");
        seen += 1;
    }
    assert!(seen > 30, "only {seen} were found");
}

/// What the core would have said to be put on the wire like this.
fn reply(escaped: &str) -> Reply {
    let bytes = unescaped(escaped);
    let (value, rest) = Value::read(&bytes).expect("a whole value");
    assert!(rest.is_empty(), "one value a line: {escaped}");
    from(&value)
}

fn from(value: &Value) -> Reply {
    let text = || value.text();
    match value {
        Value::Line('+', _) => Reply::status(text()),
        Value::Line('-', _) => Reply::error(text()),
        Value::Line(':', _) => Reply::Integer(text().parse().expect("a number")),
        Value::Line(',', _) => Reply::Double(text().into()),
        Value::Line('#', yes) => Reply::Boolean(yes == b"t"),
        Value::Bulk('=', Some(body)) => Reply::verbatim(&body[4..]),
        Value::Bulk(_, Some(body)) => Reply::bulk(body),
        Value::Many(sign, Some(items)) => {
            let mut all = items.iter().map(from);
            match sign {
                '~' => Reply::Set(all.collect()),
                '>' => Reply::Push(all.collect()),
                '%' => Reply::Map(std::iter::from_fn(|| Some((all.next()?, all.next()?))).collect()),
                _ => Reply::Array(all.collect()),
            }
        }
        _ => Reply::Null,
    }
}

/// Takes back what [`Value::show`] did.
fn unescaped(line: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), line.bytes());
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        bytes.push(match rest.next() {
            Some(b'r') => b'\r',
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'x') => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&digits, 16).expect("two digits")
            }
            Some(other) => other,
            None => break,
        });
    }
    bytes
}
