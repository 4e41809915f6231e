//! zstd: the decoder of the page, which is written in Rust, gives what the one of the program gives.

use std::io::{self, Read};

use plimsoll_collect::{decompress, frames::Frames};
use plimsoll_snapshot::{Compression, Limit};

/// More is not read of a stream: a frame may stand for gigabytes of one byte.
const MOST: u64 = 8 << 20;

/// Bytes of the window. The fuzzer's own bound on allocations is above.
const WINDOW: u64 = 8 << 20;

/// Runs one input: a stream, or what is to become one, as the first byte says.
pub fn run(data: &[u8]) {
    let Some((&how, content)) = data.split_first() else { return };
    let level = i32::from(how % 8);
    let is_whole = level > 0;
    let stream = if is_whole {
        ::zstd::encode_all(content, level * 2).expect("memory takes everything")
    } else {
        content.to_vec()
    };
    let limits = crate::limits().with(Limit::WindowBytes, WINDOW);
    let program = decompress(Compression::Zstd, &stream[..], &limits).map(read);
    let page = read(Frames::new(&stream[..], WINDOW));
    match (program, page) {
        (Ok(Ok(program)), Ok(page)) => assert!(program == page, "the page reads something else"),
        (Ok(Ok(_)), Err(error)) if is_whole => panic!("the page does not read it: {error}"),
        // What is damaged may be noticed by one of them alone: a checksum, a dictionary that is not there.
        _ => {}
    }
}

fn read(stream: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(MOST).read_to_end(&mut bytes)?;
    Ok(bytes)
}
