//! The words that change with the skin: one table, a row a term, a column a voice.
//!
//! A text that is kept (a line of the log) is written with marks in the place of these words, and [`Voice::say`] puts
//! them in when it is shown: who changes the skin changes the words of what is past, too, and no state.

use std::borrow::Cow;

/// Which words to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Voice {
    /// Shop, backup, directory; with the Redis word beside it where it helps.
    #[default]
    Story,
    /// Branch library, backup, catalogue.
    Library,
    /// Master, replica, slot table.
    Redis,
    /// Marks, for texts that are kept: [`Voice::say`] puts the words of another voice in.
    Marked,
}

/// A term, by what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// The name of a master, before its number.
    Master,
    /// Of a master whose place was taken.
    OldMaster,
    /// Of a replica.
    Replica,
    /// Any of them, as a word.
    Node,
    /// Several.
    Nodes,
    /// A replica, as a word.
    Copy,
    /// Several.
    Copies,
    /// Where they stand.
    Rack,
    /// The slot map.
    Directory,
    /// Those who ask.
    Customers,
    /// What a process is that was killed.
    Burns,
    /// The same as a state.
    OnFire,
    /// The act.
    Burn,
    /// A key, counted.
    Key,
    /// In a word or two, for the timeline.
    Burning,
    /// What somebody who is not served is.
    Refused,
    /// Why a replica takes over that was told to.
    HandsOver,
    /// A master, as a word.
    OneMaster,
    /// Several.
    Masters,
    /// The act of killing, as it is looked back to.
    TheFire,
}

/// Shops, library, servers.
const WORDS: [[&str; 3]; 20] = [
    ["Shop", "Branch", "Master"],
    ["Old shop", "Old branch", "Old master"],
    ["Backup", "Backup", "Replica"],
    ["shop", "branch", "node"],
    ["shops", "branches", "nodes"],
    ["backup", "backup", "replica"],
    ["backups", "backups", "replicas"],
    ["Rack", "District", "Rack"],
    ["directory", "catalogue", "slot table"],
    ["Customers", "Readers", "Clients"],
    ["is on fire: its process is killed", "is on fire: its process is killed", "was killed (SIGKILL)"],
    ["on fire", "on fire", "killed"],
    ["Set on fire", "Set on fire", "Kill"],
    ["key", "book", "key"],
    ["burns", "burns", "killed"],
    ["You are turned away", "You are turned away", "The client gives up"],
    ["while its shop is renovated", "while its branch is renovated", "from its master"],
    ["shop", "branch", "master"],
    ["shops", "branches", "masters"],
    ["the fire", "the fire", "the kill"],
];

/// Whole phrases of the page, and then words, as [`Voice::told`] puts them into other voices. Longer ones come first.
const TOLD: [[&str; 3]; 10] = [
    [
        "A shop burns down. Its backup opens next door.",
        "A branch burns down. Its backup opens next door.",
        "A master dies. Its replica takes its place.",
    ],
    ["shops notice", "branches notice", "nodes notice"],
    ["Set fire to ", "Set fire to ", "Kill "],
    ["has opened", "has opened", "has taken over"],
    ["rack", "district", "rack"],
    ["backups", "backups", "replicas"],
    ["backup", "backup", "replica"],
    ["shops", "branches", "nodes"],
    ["shop", "branch", "node"],
    ["The directory", "The catalogue", "The slot table"],
];

/// The first mark: private use, so no text of a person has it by chance.
const FIRST: u32 = 0xE000;
/// All marks in a row.
const MARKS: &str = "\u{E000}\u{E001}\u{E002}\u{E003}\u{E004}\u{E005}\u{E006}\u{E007}\u{E008}\u{E009}\u{E00A}\u{E00B}\u{E00C}\u{E00D}\u{E00E}\u{E00F}\u{E010}\u{E011}\u{E012}\u{E013}";

impl Voice {
    /// The word of a term.
    pub fn word(self, term: Term) -> &'static str {
        let row = term as usize;
        let column = match self {
            Self::Story => 0,
            Self::Library => 1,
            Self::Redis => 2,
            Self::Marked => return MARKS.get(row * 3..row * 3 + 3).unwrap_or_default(),
        };
        WORDS[row][column]
    }

    /// A kept text in this voice.
    pub fn say(self, marked: &str) -> Cow<'_, str> {
        let is_mark = |letter: char| (FIRST..FIRST + WORDS.len() as u32).contains(&u32::from(letter));
        if self == Self::Marked || !marked.contains(is_mark) {
            return Cow::Borrowed(marked);
        }
        let column = self as usize;
        let mut said = String::with_capacity(marked.len() + 16);
        for letter in marked.chars() {
            match WORDS.get((u32::from(letter).wrapping_sub(FIRST)) as usize) {
                Some(row) => said.push_str(row[column]),
                None => said.push(letter),
            }
        }
        Cow::Owned(said)
    }

    /// A sentence of the page, written in the words of shops, in this voice. Never for what people typed.
    pub fn told(self, story: &str) -> String {
        let mut said = story.to_owned();
        if self != Self::Story {
            for row in TOLD {
                said = said.replace(row[0], row[self as usize % 3]);
            }
        }
        said
    }

    /// `1 shop`, `2 branches`.
    pub fn nodes(self, count: u32) -> String {
        format!("{count} {}", self.word(if count == 1 { Term::Node } else { Term::Nodes }))
    }

    /// `1 shop`, `2 branches`, `2 masters`.
    pub fn masters(self, count: u32) -> String {
        format!("{count} {}", self.word(if count == 1 { Term::OneMaster } else { Term::Masters }))
    }

    /// `1 backup`, `2 replicas`.
    pub fn copies(self, count: u32) -> String {
        format!("{count} {}", self.word(if count == 1 { Term::Copy } else { Term::Copies }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_text_is_said_in_every_voice() {
        let kept = format!("{} 3 {}.", Voice::Marked.word(Term::Master), Voice::Marked.word(Term::Burns));
        assert_eq!(Voice::Story.say(&kept), "Shop 3 is on fire: its process is killed.");
        assert_eq!(Voice::Library.say(&kept), "Branch 3 is on fire: its process is killed.");
        assert_eq!(Voice::Redis.say(&kept), "Master 3 was killed (SIGKILL).");
        assert_eq!(Voice::Library.say("SET shop Ada"), "SET shop Ada", "what people type stays as it is");
    }

    #[test]
    fn a_sentence_of_the_page_is_told_in_every_voice() {
        let sentence = "Restart the old shop: it comes back as a backup of the new one.";
        assert_eq!(Voice::Story.told(sentence), sentence);
        assert_eq!(
            Voice::Library.told(sentence),
            "Restart the old branch: it comes back as a backup of the new one."
        );
        assert_eq!(
            Voice::Redis.told(sentence),
            "Restart the old node: it comes back as a replica of the new one."
        );
        assert_eq!(
            Voice::Redis.told("A shop burns down. Its backup opens next door."),
            "A master dies. Its replica takes its place."
        );
    }

    #[test]
    fn every_mark_stands_for_one_term() {
        let last = Term::TheFire as usize;
        assert_eq!((WORDS.len(), MARKS.chars().count()), (last + 1, last + 1));
        assert_eq!(Voice::Marked.word(Term::Refused), "\u{E00F}");
        assert_eq!(Voice::Redis.say(Voice::Marked.word(Term::Refused)), "The client gives up");
        assert_eq!((Voice::Library.nodes(1), Voice::Library.nodes(2)), ("1 branch".into(), "2 branches".into()));
        assert_eq!((Voice::Redis.masters(1), Voice::Redis.masters(2)), ("1 master".into(), "2 masters".into()));
    }
}
