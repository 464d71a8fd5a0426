//! The script that wasm-bindgen makes, without what only people read: comments and indentation.

/// The same script, shorter. A text over several lines could lose blanks here: a script with one stays as it is.
pub(crate) fn trimmed(script: &str) -> String {
    if script.lines().any(|line| line.matches('`').count() % 2 == 1) {
        return script.to_owned();
    }
    let mut trimmed = String::with_capacity(script.len());
    let mut in_comment = false;
    for line in script.lines().map(str::trim) {
        let begins = line.starts_with("/*");
        if (in_comment || begins) && line.ends_with("*/") {
            in_comment = false;
        } else if begins {
            in_comment = true;
        } else if !(in_comment || line.is_empty() || line.starts_with("//")) {
            trimmed.extend([line, "\n"]);
        }
    }
    trimmed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_people_read_goes() {
        let script = "/* types */\n/**\n * What it does.\n */\nfunction f(a) {\n    // why\n    const url = 'a//b /* c';\n\n    \
                      return a /* two */\n        + 1;\n}\n";
        assert_eq!(trimmed(script), "function f(a) {\nconst url = 'a//b /* c';\nreturn a /* two */\n+ 1;\n}\n");
    }

    #[test]
    fn a_text_over_several_lines_keeps_its_blanks() {
        let script = "f(`one\n    two`);\n";
        assert_eq!(trimmed(script), script);
    }
}
