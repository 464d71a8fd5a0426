//! Tables of BENCHMARKS.md that a command writes itself: between `<!-- NAME -->` and `<!-- end of NAME -->`.

use crate::environment::Environment;
use crate::failure::{Failure, Outcome};

/// The file.
const FILE: &str = "BENCHMARKS.md";

/// Puts the rows of a table, which are the lines that begin with `prefix` (left out) and a bar, in place of those before.
pub(crate) fn table(env: &Environment, name: &str, prefix: &str, said: &str) -> Outcome {
    let rows: Vec<&str> = said
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix(prefix))
        .filter(|row| row.starts_with("| ") || row.starts_with("|-"))
        .collect();
    let path = env.root.join(FILE);
    let trouble =
        |what: String| Failure::new(what, format!("Look at the marks of {FILE}, and at the lines above."));
    if rows.len() < 3 {
        return Err(trouble(format!("no figures came for the table “{name}”")));
    }
    let text = std::fs::read_to_string(&path).map_err(|error| trouble(error.to_string()))?;
    let text = replaced(&text, name, &rows.join("\n"))
        .ok_or_else(|| trouble(format!("{FILE} has no place for the table “{name}”")))?;
    std::fs::write(&path, text).map_err(|error| trouble(error.to_string()))
}

fn replaced(text: &str, name: &str, rows: &str) -> Option<String> {
    let (before, rest) = text.split_once(&format!("<!-- {name} -->\n"))?;
    let (_, after) = rest.split_once(&format!("<!-- end of {name} -->\n"))?;
    Some(format!("{before}<!-- {name} -->\n\n{rows}\n\n<!-- end of {name} -->\n{after}"))
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn only_what_lies_between_the_marks_changes() {
        let text = "a\n<!-- x -->\nold\n<!-- end of x -->\nb\n";
        let new = "a\n<!-- x -->\n\n| 1 |\n\n<!-- end of x -->\nb\n";
        assert_eq!(replaced(text, "x", "| 1 |").as_deref(), Some(new));
        assert_eq!(replaced(new, "x", "| 1 |").as_deref(), Some(new));
        assert_eq!(replaced(text, "y", "| 1 |"), None);
    }
}
