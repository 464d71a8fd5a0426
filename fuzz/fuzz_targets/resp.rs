//! Any bytes in any pieces as RESP requests: the pieces make no difference, and nothing panics or piles up.
#![no_main]

use cluster_city::cluster::resp::Parser;
use libfuzzer_sys::fuzz_target;

/// How many words each request has with all of their bytes, and whether the stream broke.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Vec<Vec<u8>>>, Option<Vec<u8>>) {
    let mut parser = Parser::default();
    let mut requests = Vec::new();
    for piece in pieces {
        parser.feed(piece);
        loop {
            match parser.next_request() {
                Ok(Some(words)) => requests.push(words.iter().map(|word| word.to_vec()).collect()),
                Ok(None) => break,
                Err(error) => return (requests, Some(error.reply().to_vec())),
            }
        }
    }
    (requests, None)
}

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, stream) = input;
    let at_once = read([stream]);
    assert_eq!(read(stream.chunks(usize::from(piece) + 1)), at_once);
});
