//! What the operator reads out of CLUSTER NODES: it knows no more of the cluster than a node tells it.

use litemap::LiteMap;

use super::plan::Holder;
use crate::cluster::address::AddressBook;
use crate::cluster::id::{HostId, NodeId};
use crate::cluster::slot::Slot;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    /// The node's id.
    pub id: NodeId,
    /// Its machine.
    pub host: HostId,
    /// It is taken for a master.
    pub master: bool,
    /// Whom it follows.
    pub replica_of: Option<NodeId>,
    /// It is failing, or has no address, or has not told its name.
    pub unwell: bool,
    /// Its slots, ascending.
    pub slots: Vec<Slot>,
    /// Slots that leave it, and for whom. Only a node's own line has them.
    pub leaving: LiteMap<Slot, NodeId>,
    /// Slots that come to it, and from whom. Only a node's own line has them.
    pub coming: LiteMap<Slot, NodeId>,
}

/// All lines that can be read.
pub fn read(text: &str, book: &AddressBook, asked: HostId) -> Vec<Line> {
    text.lines().filter_map(|line| read_line(line, book, asked)).collect()
}

fn read_line(line: &str, book: &AddressBook, asked: HostId) -> Option<Line> {
    let words: Vec<&str> = line.split(' ').collect();
    let [id, address, flags, master, _, _, _, _, rest @ ..] = words.as_slice() else {
        return None;
    };
    let flags: Vec<&str> = flags.split(',').collect();
    let is = |flag: &str| flags.contains(&flag);
    // A node that nobody has spoken to yet does not know its own address: it is the one that was asked.
    let host = if is("myself") { asked } else { book.resolve(address.split('@').next()?)? };
    let mut found = Line {
        id: NodeId::parse(id.as_bytes())?,
        host,
        master: is("master"),
        replica_of: NodeId::parse(master.as_bytes()),
        unwell: is("fail") || is("fail?") || is("noaddr") || is("handshake"),
        slots: Vec::new(),
        leaving: LiteMap::new(),
        coming: LiteMap::new(),
    };
    for word in rest {
        read_slots(&mut found, word);
    }
    Some(found)
}

/// `7`, `0-5460`, `[93->-id]`, `[93-<-id]`.
fn read_slots(line: &mut Line, word: &str) {
    if let Some(open) = word.strip_prefix('[').and_then(|word| word.strip_suffix(']')) {
        for (arrow, slots) in [("->-", &mut line.leaving), ("-<-", &mut line.coming)] {
            if let Some((slot, id)) = open.split_once(arrow)
                && let (Ok(slot), Some(id)) = (slot.parse(), NodeId::parse(id.as_bytes()))
            {
                slots.insert(slot, id);
            }
        }
        return;
    }
    let (first, last) = word.split_once('-').unwrap_or((word, word));
    if let (Ok(first), Ok(last)) = (first.parse::<Slot>(), last.parse::<Slot>()) {
        line.slots.extend(first..=last);
    }
}

/// The masters that are well, with what they have.
pub fn holders(lines: &[Line]) -> Vec<Holder> {
    let masters = lines.iter().filter(|line| line.master && !line.unwell);
    masters.map(|line| Holder { id: line.id, slots: line.slots.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::id::RackId;

    #[test]
    fn lines_are_read_as_they_are_written() {
        let mut book = AddressBook::default();
        let host = book.add(RackId(0));
        let other = book.add(RackId(0));
        let (one, two) = (NodeId(1), NodeId(2));
        let text = format!(
            "{one} :6379@16379 myself,master - 0 0 1 connected 0-2 7 [1->-{two}] [9-<-{two}]\n\
             {two} {}@16379 slave,fail? {one} 5 6 1 disconnected\nnonsense\n",
            book.address(other)
        );
        let lines = read(&text, &book, host);
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[0].host, &lines[0].slots[..]), (host, &[0, 1, 2, 7][..]));
        assert_eq!((lines[0].leaving[&1], lines[0].coming[&9]), (two, two));
        assert_eq!((lines[1].host, lines[1].master, lines[1].unwell), (other, false, true));
        assert_eq!(lines[1].replica_of, Some(one));
        assert_eq!(holders(&lines).len(), 1);
    }
}
