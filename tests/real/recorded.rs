//! The recorded dialogue is what a real cluster says: checked against one, or recorded anew.

use crate::golden::{GOLDEN, Line, lines, replay};
use crate::servers::Servers;

const HEADER: &str = "\
# What six redis-server 7.0.15 answered: three masters (A, B, C) with a replica each (rA, rB, rC), on the loopback,
# made into a cluster as `redis-cli --cluster create` does, with default settings but for `save \"\"`,
# `repl-diskless-sync-delay 0`, `repl-ping-replica-period 1` and `enable-debug-command yes`.
# Recorded by `UPDATE_EXPECT=1 cargo test --no-default-features --test real golden`; replayed against our nodes by
# `tests/core/golden.rs`, and against a real cluster by `tests/real/recorded.rs`.
#
# `CONNECTION> REQUEST` and below it the bytes of the reply, with what may differ from run to run replaced as
# `tests/golden/same.rs` says. `settle`: wait until all nodes agree. `$A`, `$portA`: a node's id and port.

";

#[test]
fn golden_replies_are_what_a_real_cluster_says() -> Result<(), String> {
    let replies = replay(&mut Servers::start(15_000), GOLDEN);
    let mut replies = replies.into_iter();
    let mut text = HEADER.to_owned();
    let mut in_header = true;
    for line in lines(GOLDEN) {
        match line {
            // The header is what stands before the first empty line.
            Line::Text(line) if in_header && line.starts_with('#') && GOLDEN.starts_with("# What six") => {}
            Line::Text("") if in_header && GOLDEN.starts_with("# What six") => in_header = false,
            Line::Text(line) => text += &format!("{line}\n"),
            Line::Settle => text += "settle\n",
            Line::Pair { connection, request, .. } => {
                let reply = replies.next().expect("a reply to each request");
                text += &format!("{connection}> {request}\n    {reply}\n");
            }
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/golden.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        return std::fs::write(path, text).map_err(|error| format!("{path} cannot be written: {error}"));
    }
    if text == GOLDEN { Ok(()) } else { Err(differences(&text, GOLDEN)) }
}

/// Where two recordings part, line by line with the request before it: short enough that a log keeps it.
fn differences(now: &str, then: &str) -> String {
    let mut text = "what the real cluster says now is not what was recorded:\n".to_owned();
    let mut asked = "";
    for (now, then) in now.lines().zip(then.lines()) {
        if !now.starts_with("    ") {
            asked = now;
        }
        if now != then {
            text += &format!("{asked}\n  now: {}\n  then: {}\n", now.trim(), then.trim());
        }
    }
    text
}
