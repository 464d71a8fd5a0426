//! What redis-server 7.0.15 answered in a long dialogue, our nodes answer too: byte by byte, pair by pair.

use cluster_city::cluster::time::SECOND;

use crate::golden_dialogue::city::City;
use crate::golden_dialogue::{GOLDEN, Line, lines, replay};

/// Requests that are not understood here: there are no scripts (docs/fidelity.md, A14), and the dialogue shows what a real
/// server would have said. A line whose reply begins to agree must go.
const WAITING: &[&str] = &[r#"SCRIPT LOAD "return 1""#];

#[test]
fn our_nodes_answer_as_redis_did() {
    let ours = replay(&mut City::new(15 * SECOND), GOLDEN);
    let mut ours = ours.into_iter();
    let (mut wrong, mut section, mut count) = (String::new(), "", 0);
    for line in lines(GOLDEN) {
        match line {
            Line::Text(text) => section = text,
            Line::Settle => {}
            Line::Pair { connection, request, recorded } => {
                let (recorded, ours) = (recorded.expect("a recorded reply"), ours.next().expect("a reply"));
                count += 1;
                match (ours == recorded, WAITING.contains(&request)) {
                    (true, false) | (false, true) => {}
                    (true, true) => wrong += &format!("{request}: agrees now, take it out of WAITING\n"),
                    (false, false) => {
                        wrong +=
                            &format!("{section}: {connection}> {request}\n  real {recorded}\n  ours {ours}\n");
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(count >= 229, "only {count} pairs");
}
