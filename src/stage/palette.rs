//! Hues and patterns of shards. The colours themselves are CSS custom properties in `static/palette.css`,
//! so that a change of theme redraws nothing; the test below holds that file to its contrast.

/// How many hues there are before they repeat.
pub const HUES: u16 = 10;

/// A pattern laid over a hue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Nothing.
    Solid,
    /// Diagonal lines.
    Diagonal,
    /// Dots.
    Dots,
    /// Horizontal lines.
    Horizontal,
    /// Vertical lines.
    Vertical,
    /// Crossed diagonal lines.
    Cross,
}

const PATTERNS: [Pattern; 6] =
    [Pattern::Solid, Pattern::Diagonal, Pattern::Dots, Pattern::Horizontal, Pattern::Vertical, Pattern::Cross];

/// The style of a shard: sets its hue, and the colours of text on it and in it.
pub fn hue(shard: Option<u16>) -> String {
    match shard {
        Some(shard) => {
            let n = (shard.max(1) - 1) % HUES + 1;
            format!("--hue:var(--shard-{n});--on-hue:var(--on-shard-{n});--hue-text:var(--shard-{n}-text)")
        }
        None => "--hue:var(--muted);--on-hue:var(--card);--hue-text:var(--muted)".to_owned(),
    }
}

/// The pattern of a shard, and whether it is drawn at double scale. Where hues repeat, patterns differ.
pub fn pattern(shard: u16) -> (Pattern, bool) {
    let index = shard.max(1) - 1;
    let shifted = usize::from(index + index / HUES);
    (PATTERNS[shifted % PATTERNS.len()], index / HUES >= PATTERNS.len() as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const CSS: &str = include_str!("../../static/palette.css");
    const DRAWING: &str = include_str!("../../static/drawing.css");

    /// The colours of a theme: the custom properties, each with what `light-dark()` gives there.
    fn theme(dark: bool) -> BTreeMap<String, String> {
        let body = &CSS[CSS.find("--").expect("a custom property")..CSS.rfind('}').expect("the block's end")];
        let lines = body.split(';').filter_map(|line| line.trim().split_once(':'));
        let of = |value: &str| {
            let both = value.strip_prefix("light-dark(").and_then(|rest| rest.strip_suffix(')'));
            let (light, night) = both.and_then(|both| both.split_once(", ")).unwrap_or((value, value));
            if dark { night } else { light }.to_owned()
        };
        lines.map(|(name, value)| (name.trim().to_owned(), of(value.trim()))).collect()
    }

    /// A custom property, or a colour that `drawing.css` mixes or has by itself.
    fn colour(colours: &BTreeMap<String, String>, name: &str) -> Option<String> {
        let fixed =
            [("lamp", "#5BE49B"), ("lamp-doubt", "#F5C451"), ("lamp-bad", "#FF6B6B"), ("inverse-lost", "#F4F1EA")];
        if let Some((_, fixed)) = fixed.iter().find(|(known, _)| *known == name) {
            assert!(DRAWING.contains(fixed), "{name} is {fixed} in the drawing");
            return Some((*fixed).to_owned());
        }
        if name == "differs" {
            return colours.get("--action-text").cloned();
        }
        if let Some(shard) = name.strip_suffix("-lit") {
            assert!(DRAWING.contains(".bars { fill: color-mix(in srgb, var(--hue) 50%, #FFFFFF); }"));
            let hex = colours.get(&format!("--{shard}"))?;
            let half = |at: usize| (u16::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) + 255) / 2;
            return Some(format!("#{:02X}{:02X}{:02X}", half(1), half(3), half(5)));
        }
        colours.get(&format!("--{name}")).cloned()
    }

    fn luminance(hex: &str) -> f64 {
        assert!(hex.starts_with('#') && hex.len() == 7, "not a plain colour: {hex}");
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_can_be_read_and_shapes_can_be_seen() {
        let mut misses = Vec::new();
        for (word, dark) in [("light", false), ("dark", true)] {
            let colours = theme(dark);
            let get = |name: &str| colour(&colours, name).unwrap_or_else(|| panic!("{word} {name}"));
            let mut check = |front: &str, ground: &str, least: f64| {
                let found = contrast(&get(front), &get(ground));
                if found < least {
                    misses.push(format!("{word}: {front} on {ground}: {found:.2} < {least}"));
                }
            };
            for ground in ["page", "block", "card"] {
                for text in ["ink", "muted", "fail", "warn", "action-text"] {
                    check(text, ground, 4.5);
                }
                check("frost", ground, 3.0);
            }
            check("on-action", "action", 4.5);
            check("inverse", "pill", 4.5);
            check("term-ink", "term", 4.5);
            check("term-muted", "term", 4.5);
            check("term-prompt", "term", 4.5);
            check("term-error", "term", 4.5);
            // Where a number or a pattern stands on a tile, and what marks it.
            check("inverse-lost", "char", 4.5);
            check("differs", "card", 3.0);
            check("fail", "block", 3.0);
            check("flame-core", "char", 3.0);
            // A road block and a crate stand on the page's ground and in the blocks.
            check("fail", "road", 3.0);
            // A machine's lamps and bars on its face.
            for lamp in ["lamp", "lamp-doubt", "lamp-bad"] {
                check(lamp, "face", 3.0);
            }
            for shard in 1..=HUES {
                check(&format!("shard-{shard}-lit"), "face", 3.0);
                // Lanes and tiles stand on a block, and are outlined in the hue's darker shade.
                check(&format!("shard-{shard}-text"), "block", 4.5);
                check(&format!("on-shard-{shard}"), &format!("shard-{shard}"), 4.5);
                check(&format!("shard-{shard}"), "card", 3.0);
                check(&format!("shard-{shard}-text"), "card", 4.5);
                check(&format!("shard-{shard}-text"), "page", 4.5);
            }
        }
        assert!(misses.is_empty(), "{}", misses.join("\n"));
    }

    #[test]
    fn hue_and_pattern_together_tell_sixty_shards_apart() {
        let mut seen = std::collections::BTreeSet::new();
        for shard in 1..=60 {
            let (pattern, double) = pattern(shard);
            assert!(seen.insert((hue(Some(shard)), format!("{pattern:?}{double}"))), "shard {shard}");
        }
    }
}
