//! The words that stand for arguments, and the commands made of them: what the signs in `grammar.rs` mean.

use cluster_city::cluster::rng::Rng;

const KINDS: &str = "SLHEZX";

/// All keys.
pub(crate) fn keys() -> Vec<String> {
    let of_kind = |kind: char| (0..2).map(move |number| format!("{{t}}{}{number}", kind.to_ascii_lowercase()));
    KINDS.chars().flat_map(of_kind).collect()
}

fn pick<'a>(rng: &mut Rng, from: &[&'a str]) -> &'a str {
    from[rng.below(from.len() as u32) as usize]
}

/// Something that seldom fits.
pub(crate) fn odd(rng: &mut Rng) -> Vec<u8> {
    pick(
        rng,
        &["", "x", "-1", "9223372036854775808", "nan", "NX", "(1", "*", " 1", "1 ", "+1", "0x10", "1e3", "-0"],
    )
    .into()
}

/// One command of a row.
pub(crate) fn expand(row: &str, rng: &mut Rng) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    let mut parts = row.split(' ');
    words.extend(parts.next().map(|name| name.as_bytes().to_vec()));
    for part in parts {
        piece(part, rng, &mut words);
    }
    words
}

fn piece(part: &str, rng: &mut Rng, words: &mut Vec<Vec<u8>>) {
    if let Some(choices) = part.strip_prefix('[').and_then(|part| part.strip_suffix(']')) {
        if rng.below(5) < 2 {
            one_of(choices, rng, words);
        }
    } else if let Some(choices) = part.strip_prefix('<').and_then(|part| part.strip_suffix('>')) {
        one_of(choices, rng, words);
    } else if let Some(repeated) =
        part.strip_suffix('*').filter(|repeated| repeated.len() < 4 && !repeated.is_empty())
    {
        for _ in 0..1 + rng.below(4) {
            joined(repeated, rng, words);
        }
    } else {
        joined(part, rng, words);
    }
}

/// Splits at bars that stand in no inner brackets.
fn one_of(choices: &str, rng: &mut Rng, words: &mut Vec<Vec<u8>>) {
    let mut depth = 0;
    let inner = |c: char| {
        depth += i32::from(c == '<') - i32::from(c == '>');
        c == '|' && depth == 0
    };
    let all: Vec<&str> = choices.split(inner).collect();
    joined(pick(rng, &all), rng, words);
}

fn joined(part: &str, rng: &mut Rng, words: &mut Vec<Vec<u8>>) {
    if let Some((first, rest)) = part.split_once('_').filter(|_| !part.starts_with('<')) {
        words.push(word(first, rng));
        return piece(rest, rng, words);
    }
    if part.starts_with('<') {
        return piece(part, rng, words);
    }
    words.push(word(part, rng));
}

fn word(token: &str, rng: &mut Rng) -> Vec<u8> {
    let numbers = [
        "0",
        "1",
        "-1",
        "2",
        "10",
        "-10",
        "127",
        "255",
        "256",
        "-128",
        "4294967296",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775806",
        "1000000",
        "01",
        "3.0",
        "abc",
        "-0",
    ];
    let text: &str = match token {
        "S" | "L" | "H" | "E" | "Z" | "X" | "K" => return key(token, rng),
        "v" => pick(
            rng,
            &[
                "hello",
                "world wide",
                "",
                "12",
                "-7",
                "3.5",
                "abcabcabc",
                "\u{e4}\u{f6}",
                "a\r\nb",
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                "foobar",
                "ohmytext",
            ],
        ),
        "m" => pick(
            rng,
            &[
                "a",
                "b",
                "c",
                "d",
                "ab",
                "1",
                "2",
                "33",
                "-5",
                "one",
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                "",
            ],
        ),
        "p" => pick(
            rng,
            &["0", "-1", "abc", "9223372036854775807", "9223372036854775806", "100000000", "-9223372036854775808"],
        ),
        "n" => pick(rng, &numbers),
        "c" => pick(rng, &["0", "1", "2", "3", "-1", "-2", "-3", "5", "100", "1", "2", "4"]),
        "#c" => pick(rng, &["#0", "#1", "#2", "#-1", "#x"]),
        "o" => pick(rng, &["0", "1", "7", "8", "9", "31", "100", "-1", "x", "9223372036854775807", "5", "12"]),
        "f" => pick(
            rng,
            &[
                "0.1",
                "1.5",
                "-2.25",
                "3",
                "1e10",
                "0.2",
                "-0.1",
                "1e-7",
                "inf",
                "-inf",
                "nan",
                "1e308",
                "100000.00000001",
                "3.14159265358979",
                "1e17",
                "123456789.123456789",
                "x",
                "-0",
                "0x1A",
                "1e400",
                " 1",
                "5.0e3",
                ".5",
                "5.",
            ],
        ),
        "(c" => pick(rng, &["(0", "(1", "(2", "(-1", "(x", "("]),
        "(m" => pick(rng, &["(a", "(b", "(c", "("]),
        other => other,
    };
    text.into()
}

fn key(kind: &str, rng: &mut Rng) -> Vec<u8> {
    let stray = kind == "K" || rng.below(20) == 0;
    let kind = if stray { pick(rng, &["S", "L", "H", "E", "Z", "X"]) } else { kind };
    format!("{{t}}{}{}", kind.to_ascii_lowercase(), rng.below(2)).into_bytes()
}
