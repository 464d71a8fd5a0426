//! Hashing: CRC16, hash tags with all their edges, sets of slots. Figures: Redis 7.0.15, asked by `CLUSTER KEYSLOT`.

use cluster_city::cluster::slot::{SlotSet, hashed_part, key_crc, key_slot};
use cluster_city::cluster::world::Plan;

fn check(key: &str, hashed: &str, slot: u16) {
    assert_eq!(std::str::from_utf8(hashed_part(key.as_bytes())), Ok(hashed), "what of {key:?} is hashed");
    assert_eq!(key_slot(key.as_bytes()), slot, "the slot of {key:?}");
}

#[test]
fn the_check_value_of_crc16_xmodem() {
    assert_eq!(key_crc(b"123456789"), 0x31c3);
    check("123456789", "123456789", 12739);
}

#[test]
fn plain_keys() {
    check("foo", "foo", 12182);
    check("bar", "bar", 5061);
    check("user:123", "user:123", 12893);
    check("", "", 0);
}

#[test]
fn hash_tags() {
    check("{user1000}.following", "user1000", 3443);
    check("foo{bar}{zap}", "bar", 5061);
    check("foo{{bar}}zap", "{bar", 4015);
    check("foo}bar{baz}", "baz", 4813);
    check("a{b}", "b", 3300);
    check("{b}", "b", 3300);
    check("{a}{b}", "a", 15495);
}

#[test]
fn tags_that_are_none() {
    check("foo{}{bar}", "foo{}{bar}", 8363);
    check("{}foo", "{}foo", 9500);
    check("{}", "{}", 15257);
    check("{", "{", 4092);
    check("foo{bar", "foo{bar", 15278);
    check("x{}y{b}", "x{}y{b}", 13959);
}

#[test]
fn sets_know_their_ranges() {
    let mut set: SlotSet = [0, 1, 2, 63, 64, 65, 16383].into_iter().collect();
    let ranges = |set: &SlotSet| set.ranges().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(ranges(&set), "0-2 63-65 16383");
    assert!(!set.insert(64) && set.remove(64) && !set.remove(64));
    assert_eq!(ranges(&set), "0-2 63 65 16383");
    assert_eq!(set.len(), 6);
}

#[test]
fn slots_are_shared_as_redis_cli_does() {
    let share = |masters, index| {
        let ranges = Plan { masters, ..Plan::small() }.slots(index).ranges();
        ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        (share(3, 0), share(3, 1), share(3, 2)),
        ("0-5460".into(), "5461-10922".into(), "10923-16383".into())
    );
    assert_eq!((share(1, 0), share(6, 1)), ("0-16383".into(), "2731-5460".into()));
    for masters in [1, 2, 3, 5, 7, 100, 1000] {
        let whole: u32 =
            (0..masters).map(|index| u32::from(Plan { masters, ..Plan::small() }.slots(index).len())).sum();
        assert_eq!(whole, 16384, "{masters} masters");
    }
}
