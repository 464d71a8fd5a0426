//! Order for short lists, small in code: the standard sort and a B-tree cost a page four and nine kilobytes for each type
//! they are used with. Long lists, such as the world's queue, use those all the same.

/// Puts a short list in the order of a key; equal keys stay as they are. Takes the square of the length in moves.
pub fn sort_by_key<T, K: Ord>(list: &mut Vec<T>, key: impl Fn(&T) -> K) {
    for at in 1..list.len() {
        let item = list.remove(at);
        let place = list[..at].partition_point(|other| key(other) <= key(&item));
        list.insert(place, item);
    }
}

/// Puts a list of any length in the order of a key, by a heap; no two keys may be equal.
pub fn sort_long_by_key<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    let sink = |list: &mut [T], mut at: usize| {
        while 2 * at + 1 < list.len() {
            let left = 2 * at + 1;
            let larger = if list.get(left + 1).is_some_and(|right| key(right) > key(&list[left])) {
                left + 1
            } else {
                left
            };
            if key(&list[at]) >= key(&list[larger]) {
                break;
            }
            list.swap(at, larger);
            at = larger;
        }
    };
    for at in (0..list.len() / 2).rev() {
        sink(list, at);
    }
    for end in (1..list.len()).rev() {
        list.swap(0, end);
        sink(&mut list[..end], 0);
    }
}

/// A set as an ascending list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SmallSet<T>(Vec<T>);

impl<T> Default for SmallSet<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Ord> SmallSet<T> {
    /// Adds an item; says whether it was new.
    pub fn insert(&mut self, item: T) -> bool {
        match self.0.binary_search(&item) {
            Ok(_) => false,
            Err(place) => {
                self.0.insert(place, item);
                true
            }
        }
    }

    /// Removes an item; says whether it was there.
    pub fn remove(&mut self, item: &T) -> bool {
        match self.0.binary_search(item) {
            Ok(place) => {
                self.0.remove(place);
                true
            }
            Err(_) => false,
        }
    }

    /// Whether an item is in the set.
    pub fn contains(&self, item: &T) -> bool {
        self.0.binary_search(item).is_ok()
    }

    /// The first item that is not less than this one.
    pub fn at_or_after(&self, item: &T) -> Option<&T> {
        self.0.get(self.0.partition_point(|other| other < item))
    }

    /// The items, ascending.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// Whether nothing is in the set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds all of these.
    pub fn extend(&mut self, items: impl IntoIterator<Item = T>) {
        items.into_iter().for_each(|item| {
            self.insert(item);
        });
    }
}

impl<T: Ord> FromIterator<T> for SmallSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut set = Self::default();
        set.extend(items);
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_equal_keys_stay_in_their_order() {
        let mut list: Vec<(u32, u32)> = (0..200).map(|number| (number * 37 % 11, number)).collect();
        let mut wanted = list.clone();
        wanted.sort_by_key(|item| item.0);
        let mut long: Vec<u32> = (0..500).map(|n| (n * 7919) % 1009).collect();
        let mut sorted = long.clone();
        sorted.sort_unstable();
        sort_long_by_key(&mut long, |number| *number);
        assert_eq!(long, sorted);
        sort_by_key(&mut list, |item| item.0);
        assert_eq!(list, wanted);
    }

    #[test]
    fn a_small_set_is_a_set() {
        let mut set: SmallSet<u32> = [5, 1, 3, 1].into_iter().collect();
        assert_eq!(set.as_slice(), [1, 3, 5]);
        assert!(!set.insert(3) && set.insert(4));
        assert!(set.remove(&1) && !set.remove(&1));
        assert!(set.contains(&5) && !set.contains(&1));
        assert_eq!((set.at_or_after(&4), set.at_or_after(&6)), (Some(&4), None));
    }
}
