//! Any bytes as what RESTORE takes, with a sound version and checksum put after them: nothing panics, and what is
//! taken is given back by DUMP.
#![no_main]

use cluster_city::cluster::digest::Digest;
use cluster_city::cluster::store::Limits;
use cluster_city::cluster::store::dump::{dump, restore};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let limits = Limits::default();
    let _refused = restore(body, &limits);
    let mut sealed = body.to_vec();
    sealed.push(2);
    let sum = Digest::of(&&sealed[..]).to_le_bytes();
    sealed.extend(sum);
    if let Ok(value) = restore(&sealed, &limits) {
        assert_eq!(restore(&dump(&value), &limits), Ok(value));
    }
});
