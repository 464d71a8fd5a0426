//! Random programs: lists of commands that follow from a seed.

use cluster_city::cluster::command::line as terminal;
use cluster_city::cluster::rng::Rng;

use crate::grammar::GRAMMAR;
use crate::words;

/// A command's words.
pub(crate) type Command = Vec<Vec<u8>>;
/// Commands in order.
pub(crate) type Program = Vec<Command>;

/// A line as it would be typed.
pub(crate) fn read(line: &str) -> Command {
    let words = terminal::split(line).expect("the line can be read");
    words.iter().map(|word| word.to_vec()).collect()
}

/// The line that stands for a command.
pub(crate) fn line(command: &Command) -> String {
    let words = command.iter().map(|word| {
        let plain =
            !word.is_empty() && word.iter().all(|byte| byte.is_ascii_graphic() && !b"\"'\\".contains(byte));
        if plain { String::from_utf8_lossy(word).into_owned() } else { cluster_city::cluster::reply::quoted(word) }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The program of a seed: commands, most of them valid, and then a look at every key.
pub(crate) fn random(seed: u64) -> Program {
    let mut rng = Rng::new(seed);
    let rows: Vec<&str> = GRAMMAR.lines().map(str::trim).filter(|row| !row.is_empty()).collect();
    // A program dwells on a few commands, so that they meet in the same keys.
    let few: Vec<&str> = (0..12).map(|_| rows[rng.below(rows.len() as u32) as usize]).collect();
    let mut program = Program::new();
    for _ in 0..20 + rng.below(40) {
        let row = if rng.below(3) > 0 {
            few[rng.below(12) as usize]
        } else {
            rows[rng.below(rows.len() as u32) as usize]
        };
        let mut command = words::expand(row, &mut rng);
        spoil(&mut command, &mut rng);
        program.push(command);
    }
    for key in words::keys() {
        for look in [
            "TYPE",
            "OBJECT ENCODING",
            "TTL",
            "GET",
            "LRANGE * 0 -1",
            "SMEMBERS",
            "HGETALL",
            "ZRANGE * 0 -1 WITHSCORES",
        ] {
            let line = if look.contains('*') { look.replace('*', &key) } else { format!("{look} {key}") };
            program.push(read(&line));
        }
    }
    program.push(read("DBSIZE"));
    program
}

/// Makes some commands nearly valid: a word too few, too many, or out of place.
fn spoil(command: &mut Command, rng: &mut Rng) {
    let length = command.len();
    // One that waits might wait for ever, SPOP without a count takes what chance gives it, and a sound SHUTDOWN is the end.
    let waits = [&b"BL"[..], b"BR", b"BZ", b"SPOP", b"WAIT", b"SHUTDOWN"]
        .iter()
        .any(|start| command[0].starts_with(start));
    if length < 2 || waits {
        return;
    }
    let at = 1 + rng.below(length as u32 - 1) as usize;
    match rng.below(40) {
        0 if command.len() > 2 => drop(command.remove(at)),
        1 => command.insert(at + 1, words::odd(rng)),
        2 if at > 1 => command[at] = words::odd(rng),
        3 if at > 1 => command.swap(at, 1),
        _ => {}
    }
}
