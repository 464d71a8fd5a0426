//! Rust code as the rules read it: without comments and strings, in words. Not a parser, just enough of a lexer.

/// A file's code: comments, strings and characters blanked out, every line where it was.
pub(crate) struct Code {
    text: String,
}

impl Code {
    /// Blanks out what is not code.
    pub(crate) fn of(source: &str) -> Self {
        let mut text = String::with_capacity(source.len());
        let mut rest = source;
        while let Some(first) = rest.chars().next() {
            let after_word = text.chars().next_back().is_some_and(is_word);
            let length = if after_word { 0 } else { raw_string(rest) };
            let length = if length > 0 { length } else { not_code(rest) };
            let taken = if length > 0 { length } else { first.len_utf8() };
            let (part, tail) = rest.split_at(taken);
            if length > 0 {
                text.extend(part.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            } else {
                text.push_str(part);
            }
            rest = tail;
        }
        Self { text }
    }

    /// What is left.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The line of a place in the text, from 1.
    pub(crate) fn line(&self, at: usize) -> usize {
        1 + self.text[..at].matches('\n').count()
    }

    /// Every identifier and number with its place.
    pub(crate) fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let start = from + self.text[from..].find(is_word)?;
            let word = word_at(&self.text, start);
            from = start + word.len();
            Some((start, word))
        })
    }

    /// The first names of paths that start at the crate's root or climb towards it, groups in braces included.
    pub(crate) fn roots(&self) -> Vec<(usize, &str)> {
        let mut names = Vec::new();
        for (at, word) in self.words() {
            if word != "crate" && word != "super" {
                continue;
            }
            let Some(path) = self.text[at + word.len()..].strip_prefix("::") else {
                continue;
            };
            let start = self.text.len() - path.len();
            if path.starts_with('{') {
                names.extend(group(path).into_iter().map(|(offset, name)| (start + offset, name)));
            } else {
                names.push((start, word_at(&self.text, start)));
            }
        }
        names
    }
}

/// Whether a word is a number with a fraction, an exponent or a float's suffix.
pub(crate) fn is_float(word: &str) -> bool {
    if !word.starts_with(|first: char| first.is_ascii_digit()) || word.starts_with("0x") {
        return false;
    }
    let digits = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    let exponent =
        digits.strip_prefix(['e', 'E']).is_some_and(|power| power.starts_with(|c: char| c.is_ascii_digit()));
    digits.starts_with('.') || exponent || digits.ends_with("f32") || digits.ends_with("f64")
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The identifier or number at this place. A fraction belongs to its number, but not to a tuple's field.
fn word_at(text: &str, start: usize) -> &str {
    let rest = &text[start..];
    let end = |from: usize| from + rest[from..].find(|c| !is_word(c)).unwrap_or(rest.len() - from);
    let whole = end(0);
    let is_number = rest.starts_with(|first: char| first.is_ascii_digit());
    let before = &text[..start];
    let is_field = before.ends_with('.') && !before.ends_with("..");
    let Some(fraction) = rest[whole..].strip_prefix('.') else {
        return &rest[..whole];
    };
    let has_fraction = !fraction.starts_with(|next: char| next == '.' || next == '_' || next.is_alphabetic());
    if is_number && !is_field && has_fraction { &rest[..end(whole + 1)] } else { &rest[..whole] }
}

/// The names that a group in braces begins its paths with: `{a::b, c::{d, e}}` has `a` and `c`.
fn group(text: &str) -> Vec<(usize, &str)> {
    let mut names = Vec::new();
    let (mut depth, mut expects) = (0, false);
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        let opens = depth == 1 && matches!(character, '{' | ',');
        if expects && is_word(character) {
            names.push((at, word_at(text, at)));
        }
        expects = opens || expects && character.is_whitespace();
    }
    names
}

/// The length of the comment, string or character at the start of the text, or 0.
fn not_code(text: &str) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return block_comment(text);
    }
    if text.starts_with('"') {
        return quoted(text, '"');
    }
    if text.starts_with('\'') {
        // 'a' and '\n' are characters; 'a followed by anything else is a lifetime.
        let mut characters = text.chars().skip(1);
        let is_character = match characters.next() {
            Some('\\') => true,
            _ => characters.next() == Some('\''),
        };
        return if is_character { quoted(text, '\'') } else { 0 };
    }
    0
}

/// The length of `r"…"`, `r#"…"#` and so on (also `br` and `cr`) at the start of the text, or 0.
fn raw_string(text: &str) -> usize {
    let prefix = if text.starts_with('r') {
        1
    } else if text.starts_with("br") || text.starts_with("cr") {
        2
    } else {
        return 0;
    };
    let hashes = text[prefix..].chars().take_while(|&c| c == '#').count();
    let open = prefix + hashes;
    if !text[open..].starts_with('"') {
        return 0;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    text[open + 1..].find(&close).map_or(text.len(), |at| open + 1 + at + close.len())
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}
