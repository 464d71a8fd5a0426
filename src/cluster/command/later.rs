//! Texts that only functions of the page's second part read. The program that cuts the page in two (`split/`) finds them
//! in memory by the signs around them.

/// Puts a text between the signs. Who reads it by lines is not disturbed: neither is a line of text.
macro_rules! later {
    ($text:expr) => {
        concat!("\u{1}later\u{2}\n", $text, "\u{3}")
    };
}
pub(super) use later;

/// The last line of such a text.
pub(super) const END: &str = "\u{3}";
